"""Queue as people see it: the messages of the outbox, without those that a watchdog holds."""

from datetime import datetime

from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from ..config.recipients import Recipients
from ..helpers.redaction import mask_numbers
from ..state.outbox import Outbox, OutboxItem, Phase

# A doubtful message has no other reason: whether it left is being looked up.
UNCERTAIN = "uncertain"


def queued_messages(outbox: Outbox) -> list[OutboxItem]:
    """Return the messages that wait, the oldest first. A watchdog looks after its own."""
    return [item for item in outbox.items.values() if not item.is_provisional]


def find_queued(outbox: Outbox, queue_id: str) -> OutboxItem | None:
    """Return the message of a queue id, None if it waits no more."""
    item = outbox.items.get(queue_id)
    return None if item is None or item.is_provisional else item


def wait_reason(item: OutboxItem) -> str | None:
    """Return why a message waits, as a key of the translations; None before its first attempt has ended."""
    return UNCERTAIN if item.phase is Phase.UNCERTAIN else item.reason


def recipient_names(item: OutboxItem, recipients: Recipients) -> list[str]:
    """Return the names of those who get a message; a number that is no recipient's is masked."""
    return [recipients.name_of_target(target) or mask_numbers(target) for target in item.targets]


def as_row(item: OutboxItem, recipients: Recipients) -> JsonObjectType:
    """Return a message of the queue as the action lists it: neither text nor whole number."""
    return {
        "queue_id": item.key,
        "kind": item.kind,
        "phase": item.phase,
        "reason": wait_reason(item),
        "recipients": list(recipient_names(item, recipients)),
        "since": _local(item.expense.at),
        "next_attempt": None if item.phase is Phase.SENDING else _local(item.due),
        "expires": _local(item.expires_at),
        "urgent": item.is_urgent,
        "reference": item.reference,
    }


def _local(moment: datetime) -> str:
    return dt_util.as_local(moment).isoformat()
