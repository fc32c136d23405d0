"""Parser of the gateway's callbacks: delivery reports (document p. 21) and replies (p. 22).

They are unsigned, so nothing in them is trusted to make sense.
"""

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from .dates import parse_date
from .encoding import LATIN_9, UTF_8, WINDOWS_1252, decode_all, is_id, is_phone_number, normalize_number
from .exceptions import SmsmodeCallbackError
from .models import DeliveryReport, Reply
from .response import parse_amount

_MAX_LENGTH = 16 * 1024
_MAX_PARAMETERS = 32
_MAX_REFERENCE = 255
_STATUS = re.compile(r"\d{1,5}", re.ASCII)
_OPERATOR = re.compile(r"\d{5,6}", re.ASCII)


def parse_callback(query: str, body: str = "") -> DeliveryReport | Reply:
    """Parse a callback from its query string, its form body, or both, still percent-encoded.

    ``statut`` makes it a delivery report, ``message`` and ``emetteur`` a reply. Parameters of other names are ignored.
    The bytes may be UTF-8, ISO-8859-15 or Windows-1252: the document does not say which.
    Raises SmsmodeCallbackError for anything else, for more than 32 parameters and for more than 16 KiB.
    """
    fields = _parse_fields("&".join(filter(None, (query, body))))
    if "statut" in fields:
        return _parse_report(fields)
    if "message" in fields and "emetteur" in fields:
        return _parse_reply(fields)
    raise SmsmodeCallbackError("neither a delivery report nor a reply")


def charset_of(query: str, body: str = "") -> str | None:
    """Return in which charset the text of a callback came; None if it is ASCII, which is the same in all of them."""
    raw = unquote_to_bytes(_to_bytes(query + body))
    if raw.isascii():
        return None
    try:
        raw.decode(UTF_8)
    except UnicodeDecodeError:
        return WINDOWS_1252 if any(0x80 <= byte < 0xA0 for byte in raw) else LATIN_9  # noqa: PLR2004 - as in decode_all
    return UTF_8


def _parse_fields(raw: str) -> dict[str, str]:
    if len(raw) > _MAX_LENGTH or raw.count("&") >= _MAX_PARAMETERS:
        raise SmsmodeCallbackError("too long")
    pairs = [pair.partition(b"=") for pair in _to_bytes(raw).replace(b"+", b" ").split(b"&") if pair]
    decoded = decode_all([unquote_to_bytes(part) for name, _, value in pairs for part in (name, value)])
    fields = dict(zip(decoded[::2], decoded[1::2], strict=True))
    if len(fields) < len(pairs):
        raise SmsmodeCallbackError("the same parameter twice")
    return fields


def _to_bytes(raw: str) -> bytes:
    """Return the bytes that came; aiohttp keeps those that are not UTF-8 as lone surrogates."""
    try:
        return raw.encode(UTF_8, "surrogateescape")
    except UnicodeEncodeError:
        unreadable = SmsmodeCallbackError("not a query")
    # Raised out here, because UnicodeEncodeError holds the query and would stay attached as the context.
    raise unreadable


def _parse_report(fields: Mapping[str, str]) -> DeliveryReport:
    number, status, message_id = (fields.get(name, "").strip() for name in ("numero", "statut", "smsID"))
    if not (is_phone_number(number) and _STATUS.fullmatch(status) and is_id(message_id)):
        raise SmsmodeCallbackError("a delivery report without a number, a status or a message")
    operator = fields.get("mcc_mnc", "").strip()
    return DeliveryReport(
        message_id=message_id,
        number=normalize_number(number),
        code=int(status),
        received_at=parse_date(fields.get("date_reception", "").strip()),
        reference=_reference(fields),
        operator=operator if _OPERATOR.fullmatch(operator) else None,
        cost=parse_amount(fields.get("cost", "")),
    )


def _parse_reply(fields: Mapping[str, str]) -> Reply:
    """Parse a reply, where ``emetteur`` is the person and ``numero`` the gateway's short code."""
    sender, short_code = fields["emetteur"].strip(), fields.get("numero", "").strip()
    if not is_phone_number(sender) or (short_code and not is_phone_number(short_code)):
        raise SmsmodeCallbackError("a reply without a sender")
    return Reply(
        reply_id=_optional_id(fields, "responseID"),
        received_at=parse_date(fields.get("date_reception", "").strip()),
        sender=normalize_number(sender),
        text=fields["message"],
        short_code=normalize_number(short_code) or None,
        message_id=_optional_id(fields, "smsID"),
        reference=_reference(fields),
    )


def _optional_id(fields: Mapping[str, str], name: str) -> str | None:
    value = fields.get(name, "").strip()
    if value and not is_id(value):
        raise SmsmodeCallbackError("an impossible id")
    return value or None


def _reference(fields: Mapping[str, str]) -> str | None:
    reference = fields.get("refClient", "")
    if len(reference) > _MAX_REFERENCE:
        raise SmsmodeCallbackError("an impossible reference")
    return reference or None
