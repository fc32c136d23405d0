"""Bytes, words and numbers on the wire, both ways."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from .exceptions import InputProblem, SmsmodeInputError, SmsmodeUncertainError

LATIN_9 = "iso-8859-15"
UTF_8 = "utf-8"

_BREAK = re.compile(r"<br\s*/?>|\r\n?", re.IGNORECASE)
_EDGES = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\x00\ufeff\u200b"
_EXCERPT = 40
_ID = re.compile(r"[\w.:+/=@-]{1,64}", re.ASCII)
_NUMBER = re.compile(r"\+?\d{3,15}", re.ASCII)
_NATIONAL = re.compile(r"0[1-9]\d{8}", re.ASCII)
_INTERNATIONAL = re.compile(r"(?:\+|00)?([1-9]\d{6,14})", re.ASCII)


def encode_form(parameters: Mapping[str, str | None], charset: str) -> str:
    """Percent-encode in `charset` what has a value (document p. 8: ISO-8859-15; p. 28: UTF-8)."""
    given = {name: value for name, value in parameters.items() if value}
    try:
        return urlencode(given, encoding=charset, errors="strict")
    except UnicodeEncodeError:
        unencodable = SmsmodeInputError(InputProblem.TEXT_NOT_ENCODABLE)
    # Raised out here, because UnicodeEncodeError holds the text and would stay attached as the context.
    raise unencodable


def decode_text(raw: bytes) -> str:
    """Decode an answer: UTF-8 when it is valid, else ISO-8859-15, whatever its header says.

    Accented French in ISO-8859-15 is practically never valid UTF-8. Line breaks become newlines, the edges are bare.
    """
    try:
        text = raw.decode(UTF_8)
    except UnicodeDecodeError:
        text = raw.decode(LATIN_9)
    return _BREAK.sub("\n", text).strip(_EDGES)


def shape(text: str) -> str:
    """Show how something is written without what is written: ``33612345678 11 | Zoé`` is ``99999999999 99 | aaa``."""
    # An answer that we cannot read may hold numbers, texts or a key anywhere, so no letter and no digit may pass.
    excerpt = "".join(map(_shape_of, text[:_EXCERPT]))
    return f"{excerpt}..." if len(text) > _EXCERPT else excerpt


def _shape_of(char: str) -> str:
    if char.isalpha():
        return "a"
    if char.isnumeric():
        return "9"
    if char.isspace():
        return " "
    return char if char.isascii() and char.isprintable() else "?"


def unintelligible(text: str) -> SmsmodeUncertainError:
    """Complain about an answer, by its shape."""
    return SmsmodeUncertainError(f"unintelligible answer: {shape(text) or 'nothing'}")


def is_id(value: str) -> bool:
    """Tell whether this can be an id of the gateway: opaque, case-sensitive, twelve letters and digits when seen."""
    return bool(_ID.fullmatch(value))


def is_number(value: str) -> bool:
    """Tell whether this can be a phone number or a short code."""
    return bool(_NUMBER.fullmatch(value))


def read_number(value: str) -> str:
    """Write a number of the gateway as ``+E.164``: ``336…``, ``06…`` and ``00336…`` are all ``+336…``.

    Short codes and whatever is no number stay as they are.
    """
    if _NATIONAL.fullmatch(value):
        return f"+33{value[1:]}"
    if match := _INTERNATIONAL.fullmatch(value):
        return f"+{match[1]}"
    return value
