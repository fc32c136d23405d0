"""Encoding of everything that is persisted, as data that JSON can hold, and back.

A record outlives the version that wrote it: a field that is unknown is ignored, and one that is missing gets its
default. Anything of another type than its field is an error: of that record, and of no other.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, asdict, fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache, partial
from types import NoneType
from typing import Any, TypeAliasType, cast, get_args, get_origin, get_type_hints

from ..api import BatchRequest, MessageRequest, SendRequest, VoiceRequest
from .alerts import Alert
from .message_log import Codes, SendDetails, TrackedMessage, shared_details
from .outbox import REQUEST, MessageKind, OutboxItem
from .pauses import Pause

type Json = dict[str, Any]
type Fields = Mapping[str, Any]
"""The fields of one entry of a collection: "" is the entry itself."""

_PROGRESS = (
    "phase",
    "due",
    "expires_at",
    "may_retry",
    "attempts",
    "attempted_at",
    "lookup_count",
    "failed_lookups",
    "doubted_at",
    "repeated",
    "reason",
    "fallback_used",
    "origin",
    "user_id",
    "group_id",
)
# Secret, and chosen anew at each attempt.
_CALLBACK_URLS = {"report_url", "reply_url"}
_REQUEST_TYPES: Mapping[MessageKind, type[SendRequest]] = {
    MessageKind.SMS: MessageRequest,
    MessageKind.VOICE: VoiceRequest,
    MessageKind.BATCH: BatchRequest,
}


def encode_as_is(value: Any, _field: str = "") -> Any:
    """Return what the JSON writer knows by itself: texts, numbers, dates, enums and frozen dataclasses of these."""
    return value


def encode_copy(record: Any, _field: str = "") -> Json:
    """Return a copy of a mutable dataclass."""
    return asdict(record)


def encode_alert(alert: Alert, _field: str = "") -> Json:
    """Return a copy of an alert; durations are seconds."""
    steps = [
        asdict(step)
        | {
            "delivery_timeout": step.delivery_timeout.total_seconds(),
            "answer_timeout": step.answer_timeout.total_seconds(),
        }
        for step in alert.steps
    ]
    return asdict(alert) | {"steps": steps, "unreachable": sorted(alert.unreachable)}


def encode_pause(pause: Pause, _field: str = "") -> Json:
    """Return a copy of a pause; its duration is in seconds."""
    return {"until": pause.until, "duration": pause.duration and pause.duration.total_seconds()}


def encode_outbox_item(item: OutboxItem, field: str) -> Json:
    """Return the request of a queued message and what it costs, or (the entry itself) how far it is."""
    if field != REQUEST:
        return {name: getattr(item, name) for name in _PROGRESS}
    names = {each.name for each in fields(item.request)} - _CALLBACK_URLS
    request = {name: getattr(item.request, name) for name in names}
    return {"kind": item.kind, "request": request, "expense": item.expense}


def encode_tracked_message(message: TrackedMessage, number: str) -> Any:
    """Return the codes of a number, or (the entry itself) the message without them."""
    if number:
        return message.codes[number]
    return {
        "sent_at": message.sent_at,
        "group": message.group,
        "reference": message.reference,
        "content": message.content,
        "is_complete": message.is_complete,
        "is_closed": message.is_closed,
        "charged": message.charged,
        "details": message.details,
        "numbers": list(message.codes),
    }


def decode_outbox_item(key: str, parts: Fields) -> OutboxItem:
    """Return a queued message, read from both of its fields."""
    data = parts[REQUEST]
    request = decode_record(_REQUEST_TYPES[MessageKind(data["kind"])], data["request"])
    return decode_record(OutboxItem, parts[""] | {"expense": data["expense"]}, key=key, request=request)


def decode_tracked_message(message_id: str, parts: Fields) -> TrackedMessage:
    """Return a tracked message, read from its own field and those of its numbers."""
    data = parts[""]
    codes: dict[str, Codes] = dict.fromkeys(decode(tuple[str, ...], data["numbers"]), ())
    codes |= {number: decode(tuple[int, ...], reported) for number, reported in parts.items() if number}
    details = decode(SendDetails, data["details"]) if data.get("details") else None
    shared = shared_details(details) if details else None
    return decode_record(TrackedMessage, data, message_id=message_id, codes=codes, details=shared)


def decode[T](kind: type[T], value: Any) -> T:
    """Return a value of a type, read from what JSON made of it; TypeError or ValueError if it is of another type."""
    return cast("T", _decoder(cast("Any", kind))(value))


def decode_record[T](kind: type[T], data: Json, **known: Any) -> T:
    """Return a dataclass with what ``data`` has of its fields, and with those that are known already."""
    if not isinstance(data, dict):
        raise TypeError
    values = dict(known)
    for name, hint, is_null_if_missing in _fields(cast("Any", kind)):
        if name in known:
            continue
        if name in data:
            values[name] = _decoder(hint)(data[name])
        elif is_null_if_missing:
            values[name] = None
    return kind(**values)


@cache
def _fields(kind: type) -> tuple[tuple[str, Any, bool], ...]:
    """Return the fields of a dataclass, their types, and whether None stands for one that is missing."""
    hints = get_type_hints(kind)
    return tuple(
        (each.name, hints[each.name], each.default is MISSING and NoneType in get_args(hints[each.name]))
        for each in fields(kind)
        if each.init
    )


@cache
def _decoder(kind: Any) -> Callable[[Any], Any]:
    """Return the function that reads a value of a type."""
    if isinstance(kind, TypeAliasType):
        return _decoder(kind.__value__)
    arguments = get_args(kind)
    decoders = [_decoder(argument) for argument in arguments if argument not in {NoneType, ...}]
    match get_origin(kind):
        case None if is_dataclass(kind):
            return partial(decode_record, cast("type[Any]", kind))
        case None:
            return _value_decoder(kind)
        case collection if collection is tuple and ... not in arguments:
            return partial(_decode_tuple, decoders)
        case collection if collection in {tuple, list, set}:
            return partial(_decode_each, collection, *decoders)
        case _:
            return partial(_decode_optional, *decoders)


def _value_decoder(kind: type) -> Callable[[Any], Any]:
    if issubclass(kind, Enum):
        return kind
    if issubclass(kind, datetime):
        return _decode_moment
    if issubclass(kind, date):
        return date.fromisoformat
    if issubclass(kind, timedelta):
        return _decode_duration
    return _decode_number if kind is float else partial(_decode_exactly, kind)


def _decode_exactly(kind: type, value: Any) -> Any:
    """Return a value that is of a type already; True is no number."""
    if type(value) is not kind:
        raise TypeError
    return value


def _decode_optional(decoder: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else decoder(value)


def _decode_each(collection: Callable[[Any], Any], decoder: Callable[[Any], Any], value: Any) -> Any:
    return collection(map(decoder, _decode_exactly(list, value)))


def _decode_tuple(decoders: Iterable[Callable[[Any], Any]], value: Any) -> Any:
    pairs = zip(decoders, _decode_exactly(list, value), strict=True)
    return tuple(decoder(each) for decoder, each in pairs)


def _decode_moment(value: Any) -> datetime:
    """Return a moment; one without an offset could be compared with no other."""
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _decode_number(value: Any) -> float:
    return float(value if type(value) is int else _decode_exactly(float, value))


def _decode_duration(value: Any) -> timedelta:
    return timedelta(seconds=_decode_number(value))
