"""Actions of the queue: list what waits, cancel one message of it, or retry one now."""

from homeassistant.core import ServiceCall, ServiceResponse

from ..errors import validation_error
from ..runtime import SmsmodeRuntimeData
from ..sending.queue import as_row, find_queued, queued_messages
from ..state.outbox import OutboxItem
from .account import AccountCall


async def async_get_queue(call: ServiceCall) -> ServiceResponse:
    """List the messages that the gateway does not have yet, the oldest first."""
    account = (await AccountCall.of(call)).entry.runtime_data
    return {"queue": [as_row(item, account.recipients) for item in queued_messages(account.store.state.outbox)]}


async def async_cancel_message(call: ServiceCall) -> ServiceResponse:
    """Cancel one message of the queue; ``cancelled`` is false if it may have left already."""
    account, item = await _async_queued(call)
    return {"cancelled": account.worker.async_cancel(item)}


async def async_retry_message(call: ServiceCall) -> ServiceResponse:
    """Retry one message of the queue now; ``retried`` is false if an attempt is under way."""
    account, item = await _async_queued(call)
    return {"retried": account.worker.async_retry([item]) == 1}


async def _async_queued(call: ServiceCall) -> tuple[SmsmodeRuntimeData, OutboxItem]:
    question = await AccountCall.of(call)
    account = question.entry.runtime_data
    item = find_queued(account.store.state.outbox, question.fields["queue_id"])
    if item is None:
        raise validation_error("queue_id_unknown")
    return account, item
