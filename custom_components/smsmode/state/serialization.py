"""What is remembered, as JSON can hold it, and back: `read_…` reads what JSON made of what `write_…` wrote.

Dates, enums and frozen dataclasses are left to the JSON writer, which knows them.
"""

from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from ..api import (
    BatchRequest,
    BatchRow,
    MessageClass,
    MessageRequest,
    MessageStatus,
    Reply,
    SendRequest,
    StopClause,
    VoiceLanguage,
    VoiceRequest,
)
from .budget import BudgetPool, Expense
from .command_limits import CommanderState
from .message_log import Codes, LastStatus, TrackedMessage
from .outbox import OutboxItem, Phase
from .scheduled import MessageKind, ScheduledMessage
from .watchdog import HeldMessage, WatchdogState

type Json = dict[str, Any]

_STATE = ("phase", "due", "expires_at", "may_retry", "attempts", "attempted_at", "lookup_count", "failed_lookups")
# Secret, and chosen anew at each attempt.
_CALLBACK_URLS = {"report_url", "reply_url"}
_WATCH = (
    *("armed", "serial", "armed_message", "pending_send_at", "to_delete", "renewed_at", "renew_at", "delete_at"),
    *("failed_renewals", "failed_deletions", "alarms", "balance", "segments_sent", "unrefunded"),
)


def read_moment(text: str) -> datetime:
    """Read a date with its offset."""
    return datetime.fromisoformat(text)


def maybe[T](read: Callable[[Any], T], value: Any) -> T | None:
    """Read what may be absent."""
    return None if value is None else read(value)


def write_draft(item: OutboxItem) -> Json:
    """Write what never changes of a queued message."""
    names = {each.name for each in fields(item.request)} - _CALLBACK_URLS
    request = {name: getattr(item.request, name) for name in names}
    return {"kind": type(item.request).__name__, "request": request, "expense": item.expense}


def write_state(item: OutboxItem) -> Json:
    """Write how far a queued message is."""
    return {name: getattr(item, name) for name in _STATE}


def read_item(key: str, draft: Json, state: Json) -> OutboxItem:
    """Read a queued message from both."""
    return OutboxItem(
        key=key,
        request=_read_request(draft["kind"], draft["request"]),
        expense=read_expense(draft["expense"]),
        due=read_moment(state["due"]),
        expires_at=read_moment(state["expires_at"]),
        attempted_at=maybe(read_moment, state["attempted_at"]),
        phase=Phase(state["phase"]),
        **{name: state[name] for name in ("may_retry", "attempts", "lookup_count", "failed_lookups")},
    )


def _read_request(kind: str, data: Json) -> SendRequest:
    data = data | {"send_at": maybe(read_moment, data["send_at"])}
    if kind == VoiceRequest.__name__:
        language = maybe(VoiceLanguage, data.pop("language"))
        return VoiceRequest(numbers=tuple(data.pop("numbers")), language=language, **data)
    data["message_class"] = MessageClass(data["message_class"])
    data["stop"] = StopClause(data["stop"])
    if kind == BatchRequest.__name__:
        return BatchRequest(rows=tuple(BatchRow(**row) for row in data.pop("rows")), **data)
    return MessageRequest(numbers=tuple(data.pop("numbers")), **data)


def read_expense(data: Json) -> Expense:
    """Read what a message costs."""
    costs = tuple((target, segments) for target, segments in data["costs"])
    return Expense(at=read_moment(data["at"]), costs=costs, pool=BudgetPool(data["pool"]))


def write_message(message: TrackedMessage) -> Json:
    """Write a watched message; what its numbers have come to is written apart, number by number."""
    return {
        "sent_at": message.sent_at,
        "group": message.group,
        "reference": message.reference,
        "content": message.content,
        "is_complete": message.is_complete,
        "numbers": list(message.codes),
    }


def read_message(message_id: str, data: Json, heard: dict[str, Codes]) -> TrackedMessage:
    """Read a watched message and what its numbers have come to."""
    known = {name: data[name] for name in ("group", "reference", "content", "is_complete")}
    codes: dict[str, Codes] = dict.fromkeys(data["numbers"], ())
    sent_at = read_moment(data["sent_at"])
    return TrackedMessage(message_id=message_id, sent_at=sent_at, codes=codes | heard, **known)


def write_reply(reply: Reply) -> Json:
    """Write the last reply."""
    return asdict(reply)


def read_reply(data: Json) -> Reply:
    """Read the last reply."""
    return Reply(**data | {"received_at": maybe(read_moment, data["received_at"])})


def write_command(record: CommanderState) -> Json:
    """Write what is remembered of a commander."""
    return {each.name: getattr(record, each.name) for each in fields(record)}


def read_command(data: Json) -> CommanderState:
    """Read what is remembered of a commander."""
    moments = {name: [read_moment(moment) for moment in data[name]] for name in ("handled_at", "wrong_pins_at")}
    maybe_moments = {name: maybe(read_moment, data[name]) for name in ("locked_until", "answered_at")}
    return CommanderState(**data | moments | maybe_moments)


def read_scheduled(data: Json) -> ScheduledMessage:
    """Read a message that the gateway holds for later."""
    read = {"send_at": read_moment(data["send_at"]), "kind": MessageKind(data["kind"])}
    return ScheduledMessage(**data | read | {"targets": tuple(data["targets"])})


def read_status(data: Json) -> LastStatus:
    """Read the latest news of a message."""
    received_at = read_moment(data["received_at"])
    return LastStatus(**data | {"status": MessageStatus(data["status"]), "received_at": received_at})


def write_watch(watch: WatchdogState) -> Json:
    """Write a watchdog."""
    return {name: getattr(watch, name) for name in _WATCH}


def read_watch(data: Json) -> WatchdogState:
    """Read a watchdog."""
    moments = {
        name: maybe(read_moment, data[name]) for name in ("pending_send_at", "renewed_at", "renew_at", "delete_at")
    }
    held = {
        "armed_message": maybe(_read_held, data["armed_message"]),
        "to_delete": [_read_held(each) for each in data["to_delete"]],
    }
    return WatchdogState(**data | moments | held)


def _read_held(data: Json) -> HeldMessage:
    costs = tuple((target, segments) for target, segments in data["costs"])
    return HeldMessage(message_id=data["message_id"], send_at=read_moment(data["send_at"]), costs=costs)
