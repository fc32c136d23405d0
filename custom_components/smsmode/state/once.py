"""Is a message of this reference on its way, or gone? What was promised is sent once, whatever falls meanwhile.

A message is in the outbox on the disk before it leaves, and after that in the ledger. So whoever decides on the disk
that something is to be sent, under a reference of its own, finds out after a fall whether it was.
"""

from ..runtime import SmsmodeRuntimeData


def is_taken_on(account: SmsmodeRuntimeData, reference: str) -> bool:
    """Say whether a message of this reference was taken on."""
    waiting = account.store.state.outbox.items.values()
    return any(item.reference == reference for item in waiting) or is_accepted(account, reference)


def is_accepted(account: SmsmodeRuntimeData, reference: str) -> bool:
    """Say whether the gateway has a message of this reference."""
    return any(message.reference == reference for message in account.store.state.message_log.messages.latest_first())


def last_accepted(account: SmsmodeRuntimeData) -> str | None:
    """Give the reference of the message that the gateway took last."""
    return next((message.reference for message in account.store.state.message_log.messages.latest_first()), None)
