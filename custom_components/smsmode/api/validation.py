"""Validation of parameters against the limits of the vendor's document.

Each validate_ function returns the value as the gateway takes it, and raises SmsmodeInputError if it breaks a limit.
"""

import ipaddress
import re
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from .encoding import UTF_8, is_id
from .exceptions import InputProblem, SmsmodeInputError
from .models import MessageClass, StopClause
from .text import MAX_SEGMENTS, Alphabet, count_segments, is_gsm

MAX_REFERENCE = 40
MAX_USERNAME = 50
MAX_PAGE = 10_000

_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{1,11}", re.ASCII)
_MOBILE = re.compile(r"0([67]\d{8})", re.ASCII)
_INTERNATIONAL = re.compile(r"\+?([1-9]\d{3,14})", re.ASCII)
_VISIBLE = re.compile(r"[!-~]+", re.ASCII)
# So strict that no two URL parsers can disagree about the host: no user, no escapes, no query.
_ADDRESS = re.compile(r"https?://(?:[a-z\d._-]+|\[[a-f\d:.]+\])(?::\d+)?(?:/[\w.~/-]*)?", re.ASCII | re.IGNORECASE)


def require(condition: object, problem: InputProblem) -> None:
    """Raise SmsmodeInputError with `problem` unless the condition holds."""
    if not condition:
        raise SmsmodeInputError(problem)


def validate_access_token(token: str) -> str:
    """Return a key, stripped: visible ASCII characters.

    Its length is not checked: the document (p. 5) says 32 characters where its example, and other editions, have 12.
    """
    trimmed = token.strip()
    require(_VISIBLE.fullmatch(trimmed), InputProblem.ACCESS_TOKEN_INVALID)
    return trimmed


def validate_base_url(url: str) -> str:
    """Return the base URL of the gateway without trailing slashes: https, or http to this very machine."""
    trimmed = url.strip().rstrip("/")
    require(_ADDRESS.fullmatch(trimmed) and _is_safe(trimmed), InputProblem.BASE_URL_INVALID)
    return trimmed


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        # Encoded only as a check: empty or overlong labels would be a UnicodeError in the resolver.
        complete = host.encode("idna") and parts.port != 0
    except ValueError:
        return False
    return bool(complete) and (parts.scheme == "https" or is_loopback(host))


def is_loopback(host: str) -> bool:
    """Return whether a host is this very machine, by a name or address that cannot mean another."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def validate_number(value: str) -> str:
    """Return a recipient as the gateway takes it (p. 6): 4 to 15 digits, international without ``+``.

    French mobile numbers may be national. The document's own examples are a digit short, so no exact length is asked.
    """
    if match := _MOBILE.fullmatch(value):
        return f"33{match[1]}"
    match = _INTERNATIONAL.fullmatch(value)
    if match is None:
        raise SmsmodeInputError(InputProblem.NUMBER_INVALID)
    return match[1]


def validate_numbers(values: Iterable[str]) -> str:
    """Return recipients as a list with commas (p. 6), each once, in their order; at least one."""
    unique = dict.fromkeys(map(validate_number, values))
    require(unique, InputProblem.RECIPIENTS_MISSING)
    return ",".join(unique)


def validate_characters(text: str, alphabet: Alphabet) -> str:
    """Return a text that is not empty and has no character that the gateway would replace by "?" (p. 8)."""
    require(text.strip(), InputProblem.TEXT_EMPTY)
    fits = is_gsm(text) if alphabet is Alphabet.GSM else _is_valid_unicode(text)
    require(fits, InputProblem.TEXT_NOT_ENCODABLE)
    return text


def _is_valid_unicode(text: str) -> bool:
    return text.encode(UTF_8, "replace") == text.encode(UTF_8, "surrogatepass")


def validate_text(value: str, alphabet: Alphabet, max_segments: int, stop: StopClause) -> str:
    """Return a text of at most `max_segments`, 1 to 5: the gateway truncates a longer one in silence (p. 7)."""
    require(1 <= max_segments <= MAX_SEGMENTS, InputProblem.MAX_SEGMENTS_INVALID)
    validate_characters(value, alphabet)
    require(count_segments(value, alphabet, stop) <= max_segments, InputProblem.TEXT_TOO_LONG)
    return value


def validate_sender(value: str | None, message_class: MessageClass) -> str | None:
    """Return a sender name (p. 7): up to 11 letters and digits, not digits alone, and none if replies are to come."""
    if value is not None:
        require(message_class is not MessageClass.REPLY, InputProblem.SENDER_WITH_REPLY)
        require(_SENDER.fullmatch(value), InputProblem.SENDER_INVALID)
    return value


def validate_reference(value: str | None) -> str | None:
    """Return a reference of up to 40 characters: the limit stands in later editions of the document only."""
    require(len(value or "") <= MAX_REFERENCE, InputProblem.REFERENCE_TOO_LONG)
    return value


def require_ahead(send_at: datetime | None, now: datetime) -> None:
    """Refuse a time to send at that has passed by the gateway's clock."""
    require(send_at is None or send_at > now, InputProblem.DATE_PAST)


def validate_message_id(value: str) -> str:
    """Return a message id, stripped."""
    trimmed = value.strip()
    require(is_id(trimmed), InputProblem.MESSAGE_ID_MISSING)
    return trimmed


def validate_username(value: str) -> str:
    """Return the name of a sub-account: up to 50 characters (p. 13)."""
    require(value.strip(), InputProblem.NAME_MISSING)
    require(len(value) <= MAX_USERNAME, InputProblem.USERNAME_TOO_LONG)
    return value


def validate_group(name: str) -> str:
    """Return the name of a group: without a comma, because groups travel as a list with commas (p. 16)."""
    require(name.strip() and "," not in name, InputProblem.GROUP_NAME_INVALID)
    return name


def validate_page(start: int | None, count: int | None) -> dict[str, str | None]:
    """Return the parameters of a page (p. 18 and 23): ``start`` from 0; ``offset``, which is a count, 1 to 10,000."""
    require(start is None or start >= 0, InputProblem.PAGE_INVALID)
    require(count is None or 1 <= count <= MAX_PAGE, InputProblem.PAGE_INVALID)
    return {"start": None if start is None else str(start), "offset": None if count is None else str(count)}
