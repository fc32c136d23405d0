"""Conversation with one person: what the gateway's lists and the outbox know of it at the moment. Nothing is stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.util import dt as dt_util

from ..actions.conversation_lists import async_read_lists
from ..api import MessageRequest, Reply, SentMessage
from ..helpers.links import hide_links
from ..runtime import SmsmodeRuntimeData
from ..state.outbox import OutboxItem
from .people import Person

# Of each list at the gateway, whose rows are those of all recipients.
ROWS = 50
MAX_MESSAGES = 20
NOT_LISTED = (
    f"Only the latest {ROWS} sent messages and the latest {ROWS} replies of the account were searched. Messages to "
    "groups, to several people at once, and calls are not in this list."
)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Line:
    """One message of a conversation."""

    at: datetime | None
    fields: dict[str, Any]


async def async_read_conversation(person: Person, limit: int) -> dict[str, Any]:
    """Return the latest messages with a person, the oldest first, and what is missing."""
    account = person.entry.runtime_data
    lists = await async_read_lists(account, ROWS)
    lines = [_waiting(item) for item in _outbox(account, person.number)]
    missing = [NOT_LISTED]
    if lists.sent is not None:
        lines += [_sent(account, row) for row in lists.sent if row.recipient.lstrip("+") == person.number.lstrip("+")]
    else:
        missing.append(_unreadable("sent messages"))
    if lists.replies is not None:
        lines += [_reply(row) for row in lists.replies if row.sender == person.number]
    else:
        missing.append(_unreadable("replies"))
    lines.sort(key=lambda line: line.at or dt_util.utc_from_timestamp(0))
    return {"messages": [line.fields for line in lines[-limit:]], "missing": missing}


def _unreadable(what: str) -> str:
    return f"The {what} could not be read: the gateway cannot be reached at the moment, or refuses the account."


def _outbox(account: SmsmodeRuntimeData, number: str) -> list[OutboxItem]:
    """Return what waits for this person alone and is no message of a watchdog."""
    items = account.store.state.outbox.items.values()
    return [item for item in items if item.targets == (number,) and not item.is_provisional]


def _waiting(item: OutboxItem) -> Line:
    text = hide_links(item.request.text) if isinstance(item.request, MessageRequest) else None
    return _line(item.expense.at, "to_person", text, "queued")


def _sent(account: SmsmodeRuntimeData, row: SentMessage) -> Line:
    scheduled = account.store.state.schedule.items.get(row.message_id)
    return _line(row.sent_at, "to_person", account.texts.join_sent(row), "scheduled" if scheduled else "accepted")


def _reply(row: Reply) -> Line:
    return _line(row.received_at, "from_person", row.text, "received")


def _line(at: datetime | None, direction: str, text: str | None, status: str) -> Line:
    when = dt_util.as_local(at).isoformat(timespec="minutes") if at else None
    return Line(at=at, fields={"at": when, "direction": direction, "text": text, "status": status})
