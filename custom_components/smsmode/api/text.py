"""How a text travels: in which alphabet, with which changes, in how many segments; pure.

The policy of ``auto`` is the cheapest that keeps the meaning. Faithful when that costs no more segments; else the
accents and the typography give way; but an emoji or another script is never dropped, unless it stands so far behind
that Unicode would have no room for it.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from .exceptions import InputProblem, SmsmodeInputError
from .gsm import DOUBLE, REPERTOIRE, equivalent
from .models import StopClause
from .shorten import truncate_text


class Encoding(StrEnum):
    """The policy that a person chooses."""

    AUTO = "auto"
    GSM = "gsm"
    UNICODE = "unicode"


class Alphabet(StrEnum):
    """What is really sent."""

    GSM = "gsm"
    UNICODE = "unicode"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class TextChange:
    """A character that gave way to another, to several or to none, and how often."""

    original: str
    replacement: str
    count: int


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class PreparedText:
    """A text as it will be sent.

    ``characters`` are units as the gateway counts them, the STOP mention included if it is certain to be added.
    ``costly`` names the characters that count double, or those that force Unicode. Unified line ends and
    composed accents are not listed as changes: nobody sees them.
    """

    text: str
    alphabet: Alphabet
    characters: int
    segments: int
    changes: tuple[TextChange, ...]
    truncated: bool
    costly: tuple[str, ...]


type _Changes = Counter[tuple[str, str]]

MAX_SEGMENTS = 5
# "STOP 36034" and a separator: 160 less the 149 characters of document p. 9.
_STOP_UNITS = 11
_SINGLE = {Alphabet.GSM: 160, Alphabet.UNICODE: 70}
_PART = {Alphabet.GSM: 153, Alphabet.UNICODE: 67}


def is_gsm(text: str) -> bool:
    """Tell whether the gateway takes every character as it is."""
    return REPERTOIRE.issuperset(text)


def count_units(text: str, alphabet: Alphabet) -> int:
    """Count as the gateway does: some GSM characters twice (p. 8), Unicode in UTF-16 units (p. 27)."""
    if alphabet is Alphabet.UNICODE:
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    return len(text) + sum(map(text.count, DOUBLE))


def count_segments(text: str, alphabet: Alphabet, stop: StopClause = StopClause.NEVER) -> int:
    """Count the SMS that a text takes: one of 160 (70 in Unicode), or so many of 153 (67), without a limit."""
    return _segments(count_units(text, alphabet) + _stop_units(stop), alphabet)


def _segments(units: int, alphabet: Alphabet) -> int:
    return 1 if units <= _SINGLE[alphabet] else -(-units // _PART[alphabet])


def _stop_units(stop: StopClause) -> int:
    return _STOP_UNITS if stop is StopClause.ALWAYS else 0


def _room(segments: int, alphabet: Alphabet, stop: StopClause) -> int:
    units = _SINGLE[alphabet] if segments == 1 else segments * _PART[alphabet]
    return units - _stop_units(stop)


def prepare_text(
    text: str,
    *,
    encoding: Encoding = Encoding.AUTO,
    max_segments: int = MAX_SEGMENTS,
    reply: bool = False,
    stop: StopClause = StopClause.NEVER,
) -> PreparedText:
    """Choose the alphabet, change what must change, and cut what is too long, at a word and with an ellipsis.

    With `reply` the text cannot be Unicode (one ``classe_msg`` only): ``auto`` works as ``gsm``, and ``unicode`` is
    refused with SmsmodeInputError, as are an empty text and a `max_segments` outside 1 to 5.
    """
    if not 1 <= max_segments <= MAX_SEGMENTS:
        raise SmsmodeInputError(InputProblem.MAX_SEGMENTS_INVALID)
    if reply and encoding is Encoding.UNICODE:
        raise SmsmodeInputError(InputProblem.TEXT_NOT_ENCODABLE)
    faithful, changes = _faithful(text)
    alphabet = _choose(faithful, Encoding.GSM if reply else encoding, max_segments, stop)
    wanted, replaced = _replace(faithful, _spoken) if alphabet is Alphabet.GSM else (faithful, Counter())
    if not wanted.strip():
        raise SmsmodeInputError(InputProblem.TEXT_EMPTY)
    return _fit(wanted, alphabet, changes + replaced, max_segments, stop)


def _faithful(text: str) -> tuple[str, _Changes]:
    """Give the text as Unicode can carry it: composed, with plain line ends, without control characters."""
    if is_gsm(text) and "\r" not in text:
        return text, Counter()
    # Pairs of surrogates become the character that they mean, lone ones U+FFFD.
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    lines = whole.replace("\r\n", "\n").replace("\r", "\n")
    # Without them first, for they keep a letter from its accent.
    text, changes = _replace(lines, _without_control)
    return unicodedata.normalize("NFC", text), changes


def _without_control(char: str) -> str:
    if char in "\v\f\x85":
        return "\n"
    return "" if unicodedata.category(char) == "Cc" and char not in "\n\t" else char


def _replace(text: str, by: Callable[[str], str]) -> tuple[str, _Changes]:
    substitutes = [by(char) for char in text]
    pairs = zip(text, substitutes, strict=True)
    return "".join(substitutes), Counter(pair for pair in pairs if pair[0] != pair[1])


def _choose(text: str, policy: Encoding, max_segments: int, stop: StopClause) -> Alphabet:
    if policy is Encoding.UNICODE:
        return Alphabet.UNICODE
    if policy is Encoding.GSM or is_gsm(text):
        return Alphabet.GSM
    # Nothing is paid for a character that is cut off all the same.
    kept = _cut(text, Alphabet.UNICODE, _room(max_segments, Alphabet.UNICODE, stop))
    faithful = _loses_meaning(kept) or (kept == text and _is_no_dearer(text, stop))
    return Alphabet.UNICODE if faithful else Alphabet.GSM


def _spoken(char: str) -> str:
    spoken = equivalent(char)
    return "?" if spoken is None else spoken


def _loses_meaning(text: str) -> bool:
    return any(equivalent(char) is None for char in set(text))


def _is_no_dearer(text: str, stop: StopClause) -> bool:
    plain, _ = _replace(text, _spoken)
    return count_segments(text, Alphabet.UNICODE, stop) <= count_segments(plain, Alphabet.GSM, stop)


def _fit(text: str, alphabet: Alphabet, changes: _Changes, max_segments: int, stop: StopClause) -> PreparedText:
    kept = _cut(text, alphabet, _room(max_segments, alphabet, stop))
    units = count_units(kept, alphabet) + _stop_units(stop)
    return PreparedText(
        text=kept,
        alphabet=alphabet,
        characters=units,
        segments=_segments(units, alphabet),
        changes=tuple(TextChange(original=old, replacement=new, count=n) for (old, new), n in changes.items()),
        truncated=kept != text,
        costly=_costly(kept, alphabet),
    )


def _cut(text: str, alphabet: Alphabet, room: int) -> str:
    if count_units(text, alphabet) <= room:
        return text
    if alphabet is Alphabet.GSM:
        return truncate_text(text, room, "...", lambda char: 2 if char in DOUBLE else 1)
    return truncate_text(text, room, "…", lambda char: 2 if char > "\uffff" else 1)


def _costly(text: str, alphabet: Alphabet) -> tuple[str, ...]:
    if alphabet is Alphabet.GSM:
        return tuple(char for char in DOUBLE if char in text)
    return tuple(char for char in dict.fromkeys(text) if char not in REPERTOIRE)
