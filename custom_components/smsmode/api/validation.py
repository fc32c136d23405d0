"""The limits of the document, one function for each: it gives the value as it travels, or raises SmsmodeInputError."""

import ipaddress
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from .dates import write_date
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
# Written so that no two readers of addresses can disagree about the host: no user, no escapes, no query.
_ADDRESS = re.compile(r"https?://(?:[a-z\d._-]+|\[[a-f\d:.]+\])(?::\d+)?(?:/[\w.~/-]*)?", re.ASCII | re.IGNORECASE)


def require(condition: object, problem: InputProblem) -> None:
    """Raise `problem` unless the condition holds."""
    if not condition:
        raise SmsmodeInputError(problem)


def access_token(token: str) -> str:
    """Trim a key. The document knows it as 12 and as 32 characters long, so its length says nothing."""
    trimmed = token.strip()
    require(_VISIBLE.fullmatch(trimmed), InputProblem.ACCESS_TOKEN_INVALID)
    return trimmed


def base_url(url: str) -> str:
    """Trim the address of the gateway: https, or http on this machine alone."""
    trimmed = url.strip().rstrip("/")
    require(_ADDRESS.fullmatch(trimmed) and _is_safe(trimmed), InputProblem.BASE_URL_INVALID)
    return trimmed


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        # Encoded to see whether it can be: of empty or endless labels the resolver would make a UnicodeError.
        complete = host.encode("idna") and parts.port != 0
    except ValueError:
        return False
    return bool(complete) and (parts.scheme == "https" or is_loopback(host))


def is_loopback(host: str) -> bool:
    """Tell this very machine by a name or address that cannot mean another."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def number(value: str) -> str:
    """Write a recipient as digits (p. 6): international, from 4 on for short codes; French mobiles may be national."""
    if match := _MOBILE.fullmatch(value):
        return f"33{match[1]}"
    match = _INTERNATIONAL.fullmatch(value)
    if match is None:
        raise SmsmodeInputError(InputProblem.NUMBER_INVALID)
    return match[1]


def numbers(values: Iterable[str]) -> str:
    """Write recipients as a list, each once, in their order (p. 6)."""
    unique = dict.fromkeys(map(number, values))
    require(unique, InputProblem.RECIPIENTS_MISSING)
    return ",".join(unique)


def characters(text: str, alphabet: Alphabet) -> str:
    """Refuse an empty text, and characters that the gateway would replace with "?" (p. 8)."""
    require(text.strip(), InputProblem.TEXT_EMPTY)
    fits = is_gsm(text) if alphabet is Alphabet.GSM else _is_whole(text)
    require(fits, InputProblem.TEXT_NOT_ENCODABLE)
    return text


def _is_whole(text: str) -> bool:
    return text.encode(UTF_8, "replace") == text.encode(UTF_8, "surrogatepass")


def text(value: str, alphabet: Alphabet, max_segments: int, stop: StopClause) -> str:
    """Refuse what the gateway would cut in silence (``nbr_msg``, p. 7)."""
    require(1 <= max_segments <= MAX_SEGMENTS, InputProblem.MAX_SEGMENTS_INVALID)
    characters(value, alphabet)
    require(count_segments(value, alphabet, stop) <= max_segments, InputProblem.TEXT_TOO_LONG)
    return value


def sender(value: str | None, message_class: MessageClass) -> str | None:
    """Check a sender ID: 11 letters and digits, not a phone number, not where replies are to come (p. 7)."""
    if value is not None:
        require(message_class is not MessageClass.REPLY, InputProblem.SENDER_WITH_REPLY)
        require(_SENDER.fullmatch(value), InputProblem.SENDER_INVALID)
    return value


def reference(value: str | None) -> str | None:
    """Check a reference: 40 characters, as later editions of the document say."""
    require(len(value or "") <= MAX_REFERENCE, InputProblem.REFERENCE_TOO_LONG)
    return value


def departure(moment: datetime | None) -> str | None:
    """Write when a message is to leave (p. 7): later than now."""
    if moment is None:
        return None
    written = write_date(moment)
    require(moment > datetime.now(UTC), InputProblem.DATE_PAST)
    return written


def message_id(value: str) -> str:
    """Trim the id of a message."""
    trimmed = value.strip()
    require(is_id(trimmed), InputProblem.MESSAGE_ID_MISSING)
    return trimmed


def username(value: str) -> str:
    """Check the name of a sub-account (p. 13)."""
    require(value.strip(), InputProblem.NAME_MISSING)
    require(len(value) <= MAX_USERNAME, InputProblem.USERNAME_TOO_LONG)
    return value


def group(name: str) -> str:
    """Check the name of a group, which travels in a list with commas (p. 16)."""
    require(name.strip() and "," not in name, InputProblem.GROUP_NAME_INVALID)
    return name


def page(start: int | None, count: int | None) -> dict[str, str | None]:
    """Write a page. What the gateway calls ``offset`` is a count (p. 18 and 23)."""
    require(start is None or start >= 0, InputProblem.PAGE_INVALID)
    require(count is None or 1 <= count <= MAX_PAGE, InputProblem.PAGE_INVALID)
    return {"start": None if start is None else str(start), "offset": None if count is None else str(count)}
