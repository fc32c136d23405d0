"""Charsets, ids and phone numbers of the gateway, in requests and responses."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote_plus

from .exceptions import InputProblem, SmsmodeInputError, SmsmodeUncertainError

LATIN_9 = "iso-8859-15"
UTF_8 = "utf-8"
WINDOWS_1252 = "windows-1252"

# The five numbers that Windows-1252 leaves free stay control characters.
_WINDOWS_1252 = {code: char for code in range(0x80, 0xA0) if (char := bytes([code]).decode("cp1252", "ignore"))}
_UNKNOWN = re.compile(r"\?+")
_STANDS_IN = re.compile(r"\w\?\w|\?\?|^\?")
_LINE_BREAK = re.compile(r"<br\s*/?>|\r\n?", re.IGNORECASE)
_STRIPPED = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\x00\ufeff\u200b"
_MAX_EXCERPT_LENGTH = 40
_MAX_SHAPE_LENGTH = 400
_ID = re.compile(r"[\w.:+/=@-]{1,64}", re.ASCII)
_NUMBER = re.compile(r"\+?\d{3,15}", re.ASCII)
_NATIONAL = re.compile(r"0[1-9]\d{8}", re.ASCII)
# Each byte as it travels in a form.
_QUOTED = [quote_plus(bytes([byte])) for byte in range(256)]
_INTERNATIONAL = re.compile(r"(?:\+|00)?([1-9]\d{6,14})", re.ASCII)


def encode_form(parameters: Mapping[str, str | None], charset: str) -> str:
    """Return parameters percent-encoded in `charset`, without those that have no value; names stay as they are.

    The document asks for ISO-8859-15 (p. 8), and for UTF-8 if the message is Unicode (p. 28).
    Raises SmsmodeInputError for a character that the charset lacks.
    """
    try:
        return "&".join(f"{name}={_quote(value, charset)}" for name, value in parameters.items() if value)
    except UnicodeEncodeError:
        unencodable = SmsmodeInputError(InputProblem.TEXT_NOT_ENCODABLE)
    # Raised out here, because UnicodeEncodeError holds the text and would stay attached as the context.
    raise unencodable


def _quote(value: str, charset: str) -> str:
    # Python's own codec of ISO-8859-15 costs ten times as much as that of ASCII.
    return "".join(map(_QUOTED.__getitem__, value.encode("ascii" if value.isascii() else charset)))


def in_list_charset(text: str) -> str:
    """Return a text as the list of sent messages shows it: "?" for what ISO-8859-15 lacks, white space folded."""
    return " ".join(text.encode(LATIN_9, "replace").decode(LATIN_9).split())


def as_listed(text: str) -> str:
    """Return a text as a list shows it. The number of "?" for an emoji is not known, so a run of them is one."""
    return _UNKNOWN.sub("?", in_list_charset(text))


def is_misread(text: str) -> bool:
    """Return whether a list shows "?" in place of characters of a text."""
    return as_listed(text) != " ".join(text.split())


def may_lack_characters(text: str) -> bool:
    """Return whether a text of a list may have "?" in place of a character: within a word, in a row, or first."""
    return _STANDS_IN.search(text) is not None and in_list_charset(text) == " ".join(text.split())


def decode_text(raw: bytes) -> str:
    r"""Decode the body of a response: UTF-8 if it is valid, else ISO-8859-15.

    The header names no charset that can be relied on, and accented French in ISO-8859-15 is practically never valid
    UTF-8. Line breaks, ``<br/>`` among them, become ``\n``; white space at both ends is stripped.
    """
    return _LINE_BREAK.sub("\n", decode_all([raw])[0]).strip(_STRIPPED)


def decode_all(parts: Iterable[bytes]) -> list[str]:
    """Decode parts of one message in one charset: UTF-8 if all of them are valid, else ISO-8859-15.

    Texts from Windows keep their apostrophes, quotes, dashes, ellipses and euros: 0x80 to 0x9F are control characters
    in ISO-8859-15 and in Unicode, where nobody means them, and typography in Windows-1252.
    """
    parts = list(parts)
    try:
        texts = [part.decode(UTF_8) for part in parts]
    except UnicodeDecodeError:
        texts = [part.decode(LATIN_9) for part in parts]
    return [text.translate(_WINDOWS_1252) for text in texts]


def mask_excerpt(text: str) -> str:
    """Return the first 40 characters with letters and digits masked: ``33612345678 11`` becomes ``99999999999 99``.

    A response that cannot be parsed may hold numbers, texts or a key anywhere, so no letter and no digit may pass.
    """
    excerpt = "".join(map(_mask_char, text[:_MAX_EXCERPT_LENGTH]))
    return f"{excerpt}..." if len(text) > _MAX_EXCERPT_LENGTH else excerpt


def shape_of(text: str) -> str:
    """Return the beginning of an answer with its letters as x and its digits as 9, lengths and signs kept."""
    return "".join(map(_shape_char, text[:_MAX_SHAPE_LENGTH]))


def _shape_char(char: str) -> str:
    if char.isalpha():
        return "x"
    if char.isnumeric():
        return "9"
    return char if char == "\n" or (char.isascii() and char.isprintable()) else "?"


def _mask_char(char: str) -> str:
    if char.isalpha():
        return "a"
    if char.isnumeric():
        return "9"
    if char.isspace():
        return " "
    return char if char.isascii() and char.isprintable() else "?"


def unparsable_response(text: str) -> SmsmodeUncertainError:
    """Return the exception for a response that cannot be parsed, with a masked excerpt."""
    return SmsmodeUncertainError(f"unintelligible answer: {mask_excerpt(text) or 'nothing'}")


def is_id(value: str) -> bool:
    """Return whether this can be an id of the gateway: opaque, case-sensitive; twelve letters and digits when seen."""
    return bool(_ID.fullmatch(value))


def is_phone_number(value: str) -> bool:
    """Return whether this can be a phone number or a short code."""
    return bool(_NUMBER.fullmatch(value))


def normalize_number(value: str) -> str:
    """Return a number of the gateway as ``+E.164``: ``336…``, ``06…`` and ``00336…`` all become ``+336…``.

    Short codes, groups and anything else are returned unchanged.
    """
    if _NATIONAL.fullmatch(value):
        return f"+33{value[1:]}"
    if match := _INTERNATIONAL.fullmatch(value):
        return f"+{match[1]}"
    return value
