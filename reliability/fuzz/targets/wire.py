"""Target: encoding of requests, and validation of values."""

from collections.abc import Callable
from urllib.parse import parse_qsl

from custom_components.smsmode.api import SmsmodeInputError
from custom_components.smsmode.api import encoding as wire
from custom_components.smsmode.api.validation import (
    validate_access_token,
    validate_base_url,
    validate_message_id,
    validate_number,
)
from reliability.fuzz.byte_source import BREAK, ByteSource
from reliability.fuzz.generators import CHARSETS, survives
from reliability.fuzz.invariants import attempt

_UNSEEN = set("\0\ufeff\u200b")
_LIMITS: tuple[Callable[[str], str], ...] = (
    validate_access_token,
    validate_message_id,
    validate_number,
    validate_base_url,
)

SEEDS = (
    *(
        bytes([kind]) + text.encode(charset)
        for kind in (0, 2)
        for text in ("Déjà", " 0 | é\r\n<br/>\0")
        for charset in CHARSETS
    ),
    *(
        bytes([1, charset]) + BREAK.join((b"message", "Déjà 5 €".encode(), b"numero", b"33612345678"))
        for charset in (0, 1)
    ),
    *(b"\2" + text for text in (b"0612345678", b"0033612345678", b"+33612345678", b"36034", b"https://[::1]:80/a")),
)


def read(data: bytes) -> None:
    """Decode bytes, encode a form, or read a number."""
    source = ByteSource(data)
    source.pick((_decoded, _encoded, _number))(source)


def _decoded(source: ByteSource) -> None:
    raw = source.rest()
    text = attempt(wire.decode_text, raw).value
    assert text is not None
    assert "\r" not in text
    assert text == text.strip()
    assert not text or not _UNSEEN & {text[0], text[-1]}, "an edge that is not bare"
    shown = wire.mask_excerpt(text)
    assert len(shown) <= 43
    assert not {char for char in shown if char.isalnum()} - {"a", "9"}, "what is written shows"
    assert (
        text in raw.decode("utf-8", "replace").replace("\r\n", "\n")
        or raw.count(b"<")
        or raw.count(b"\r")
        or not _is_utf8(raw)
        # Control characters that are read as the typography of Windows.
        or any("\x80" <= char < "\xa0" for char in raw.decode())
    )


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _encoded(source: ByteSource) -> None:
    """Assert that a form is parsed as it was encoded, or refused."""
    charset = source.pick(CHARSETS)
    # The names of fields are the document's, in ASCII.
    form = {f"field{number}": text for number, text in enumerate(source.texts())}
    encoded = attempt(wire.encode_form, form, charset, ours=SmsmodeInputError).value
    if encoded is None:
        assert not all(survives(text, charset) for pair in form.items() for text in pair)
        return
    assert encoded.isascii()
    assert dict(parse_qsl(encoded, encoding=charset, errors="strict")) == {k: v for k, v in form.items() if v}


def _number(source: ByteSource) -> None:
    text = source.text()
    number = wire.normalize_number(text)
    assert wire.normalize_number(number) == number
    assert number == text or (number.startswith("+") and number[1:].isdecimal() and number.isascii())
    assert not wire.is_phone_number(text) or wire.is_phone_number(number)
    for limit in _LIMITS:
        passed = attempt(limit, text, ours=SmsmodeInputError).value
        assert passed is None or limit(passed) == passed
        assert passed is None or passed.isascii()
