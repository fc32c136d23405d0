"""The state of an account as JSON and back: `decode` reads what `encode` wrote, and raises for anything else."""

from collections import deque
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from .api import (
    BatchRequest,
    BatchRow,
    MessageClass,
    MessageRequest,
    MessageStatus,
    Reply,
    StopClause,
    VoiceLanguage,
    VoiceRequest,
)
from .budget import Budget, Expense
from .ledger import LastStatus, Ledger, WatchedMessage
from .outbox import Outbox, OutboxItem, Phase, Request
from .replies import HeardReplies

type Json = dict[str, Any]


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _maybe[T](read: Callable[[Any], T], value: Any) -> T | None:
    return None if value is None else read(value)


def encode_request(request: Request) -> Json:
    """Write a request with its kind; without callback URLs, which are secret and chosen anew at each attempt."""
    data = asdict(request)
    data.pop("report_url", None)
    data.pop("reply_url", None)
    return {"kind": type(request).__name__, **data}


def decode_request(data: Json) -> Request:
    """Read a request."""
    fields = {key: value for key, value in data.items() if key != "kind"}
    fields["send_at"] = _moment(fields["send_at"])
    if data["kind"] == VoiceRequest.__name__:
        language = _maybe(VoiceLanguage, fields.pop("language"))
        return VoiceRequest(numbers=tuple(fields.pop("numbers")), language=language, **fields)
    fields["message_class"] = MessageClass(fields["message_class"])
    fields["stop"] = StopClause(fields["stop"])
    if data["kind"] == BatchRequest.__name__:
        return BatchRequest(rows=tuple(BatchRow(**row) for row in fields.pop("rows")), **fields)
    return MessageRequest(numbers=tuple(fields.pop("numbers")), **fields)


def encode_outbox(outbox: Outbox) -> Json:
    """Write the outbox."""
    return {"items": [{**asdict(item), "request": encode_request(item.request)} for item in outbox.items.values()]}


def decode_outbox(data: Json) -> Outbox:
    """Read the outbox."""
    items = [_decode_item(item) for item in data["items"]]
    return Outbox(items={item.key: item for item in items})


def _decode_item(data: Json) -> OutboxItem:
    moments = {key: datetime.fromisoformat(data[key]) for key in ("created_at", "expires_at", "due")}
    return OutboxItem(
        key=data["key"],
        request=decode_request(data["request"]),
        costs=tuple((target, segments) for target, segments in data["costs"]),
        again=data["again"],
        phase=Phase(data["phase"]),
        attempts=data["attempts"],
        attempted_at=_moment(data["attempted_at"]),
        looks=data["looks"],
        blind=data["blind"],
        **moments,
    )


def encode_ledger(ledger: Ledger) -> Json:
    """Write the ledger. What came early is not kept: after a restart the poll brings it."""
    data = asdict(ledger)
    data.pop("early")
    data["messages"] = list(data["messages"].values())
    return data


def decode_ledger(data: Json) -> Ledger:
    """Read the ledger."""
    messages = [
        WatchedMessage(**{**item, "sent_at": datetime.fromisoformat(item["sent_at"])}) for item in data["messages"]
    ]
    return Ledger(
        heard=_decode_heard(data["heard"]),
        messages={message.message_id: message for message in messages},
        last_reply=_maybe(_decode_reply, data["last_reply"]),
        last_status=_maybe(_decode_status, data["last_status"]),
        last_status_of={target: _decode_status(status) for target, status in data["last_status_of"].items()},
        segments_sent=data["segments_sent"],
        pending=sum(message.awaited for message in messages),
    )


def _decode_heard(data: Json) -> HeardReplies:
    memories = {
        name: {key: datetime.fromisoformat(moment) for key, moment in data[name].items()}
        for name in ("ids", "contents", "nameless", "unlisted")
    }
    return HeardReplies(horizon=datetime.fromisoformat(data["horizon"]), **memories)


def _decode_reply(data: Json) -> Reply:
    return Reply(**{**data, "received_at": _moment(data["received_at"])})


def _decode_status(data: Json) -> LastStatus:
    received_at = datetime.fromisoformat(data["received_at"])
    return LastStatus(**{**data, "status": MessageStatus(data["status"]), "received_at": received_at})


def encode_budget(budget: Budget) -> Json:
    """Write what was spent; the limits are options."""
    recent = [[expense.at, expense.target, expense.segments] for expense in budget.recent]
    return {"day": budget.day, "spent_today": budget.spent_today, "recent": recent}


def decode_budget(data: Json) -> Budget:
    """Read what was spent."""
    recent = deque(Expense(datetime.fromisoformat(at), target, segments) for at, target, segments in data["recent"])
    return Budget(
        day=_maybe(date.fromisoformat, data["day"]),
        spent_today=data["spent_today"],
        recent=recent,
    )
