"""Alphabet, segments and truncation of a text (document p. 7, 8 and 27); pure.

The encoding ``auto`` is the cheapest that keeps the meaning: unchanged if that costs no more segments, else accents and
typography are replaced. An emoji or another script is never dropped, unless it stands so far behind that Unicode would
have no room for it.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from .exceptions import InputProblem, SmsmodeInputError
from .gsm import GSM_CHARACTERS, GSM_EXTENSION_CHARACTERS, gsm_equivalent
from .models import StopClause


class Encoding(StrEnum):
    """Encoding that the user chooses."""

    AUTO = "auto"
    GSM = "gsm"
    UNICODE = "unicode"


class Alphabet(StrEnum):
    """Alphabet of a message as it is sent."""

    GSM = "gsm"
    UNICODE = "unicode"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class TextChange:
    """Replacement of a character by another, by several or by none, and how often."""

    original: str
    replacement: str
    count: int


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class PreparedText:
    """Text as it will be sent.

    ``characters`` are units as the gateway counts them, the STOP mention included if it is certain to be added.
    ``costly`` names the characters that count double, or those that force Unicode. Unified line ends and
    composed accents are not listed as changes: nobody sees them. ``left_out`` counts the characters that truncation
    removed at the end, ``replaced`` those that have no equivalent and became "?".
    """

    text: str
    alphabet: Alphabet
    characters: int
    segments: int
    changes: tuple[TextChange, ...]
    left_out: int
    replaced: int
    costly: tuple[str, ...]

    @property
    def truncated(self) -> bool:
        """Whether its end was left out."""
        return self.left_out > 0


type _Changes = Counter[tuple[str, str]]

MAX_SEGMENTS = 5
# "STOP 36034" and a separator: 160 less the 149 characters of p. 9.
_STOP_UNITS = 11
_SINGLE = {Alphabet.GSM: 160, Alphabet.UNICODE: 70}
_PART = {Alphabet.GSM: 153, Alphabet.UNICODE: 67}
# Longer runs are not words (an address, a script without spaces): they are truncated anywhere.
_MAX_WORD_LENGTH = 40
_JOINER = "\u200d"
# Where a text was truncated.
_MARKS = {Alphabet.GSM: "...", Alphabet.UNICODE: "…"}


def is_gsm(text: str) -> bool:
    """Return whether the gateway takes every character as it is (p. 8)."""
    return GSM_CHARACTERS.issuperset(text)


def count_units(text: str, alphabet: Alphabet) -> int:
    """Count a text as the gateway does: some GSM characters twice (p. 8), Unicode in UTF-16 units (p. 27)."""
    if alphabet is Alphabet.UNICODE:
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    return len(text) + sum(map(text.count, GSM_EXTENSION_CHARACTERS))


def count_segments(text: str, alphabet: Alphabet, stop: StopClause = StopClause.NEVER) -> int:
    """Return the number of SMS that a text takes, without a limit: one of 160 units (70 in Unicode), or n of 153 (67).

    The STOP mention counts if it is certain to be added.
    """
    return _segments(count_units(text, alphabet) + _stop_units(stop), alphabet)


def _segments(units: int, alphabet: Alphabet) -> int:
    return 1 if units <= _SINGLE[alphabet] else -(-units // _PART[alphabet])


def _stop_units(stop: StopClause) -> int:
    return _STOP_UNITS if stop is StopClause.ALWAYS else 0


def _capacity(segments: int, alphabet: Alphabet, stop: StopClause) -> int:
    units = _SINGLE[alphabet] if segments == 1 else segments * _PART[alphabet]
    return units - _stop_units(stop)


def prepare_text(
    text: str,
    *,
    encoding: Encoding = Encoding.AUTO,
    max_segments: int = MAX_SEGMENTS,
    reply: bool = False,
    stop: StopClause = StopClause.NEVER,
    ending: str = "",
) -> PreparedText:
    """Choose the alphabet, replace what it lacks, and truncate what exceeds `max_segments`, at a word.

    `ending` is a last line in GSM characters, never truncated: half of an address is none.
    With `reply` the text cannot be Unicode, because a message has one ``classe_msg`` (p. 7 and 28): ``auto`` works as
    ``gsm``. Raises SmsmodeInputError for ``unicode`` with `reply`, for an empty text and for a `max_segments` outside
    1 to 5.
    """
    if not 1 <= max_segments <= MAX_SEGMENTS:
        raise SmsmodeInputError(InputProblem.MAX_SEGMENTS_INVALID)
    if reply and encoding is Encoding.UNICODE:
        raise SmsmodeInputError(InputProblem.TEXT_NOT_ENCODABLE)
    normalized, changes = _normalize(text)
    tail = f"\n{ending}" if ending else ""
    alphabet = _choose_alphabet(normalized, Encoding.GSM if reply else encoding, max_segments, stop, tail)
    whole, replaced = _in_alphabet(normalized, alphabet)
    if not whole.strip():
        raise SmsmodeInputError(InputProblem.TEXT_EMPTY)
    kept = _truncate_to(whole, alphabet, _capacity(max_segments, alphabet, stop) - count_units(tail, alphabet))
    units = count_units(kept + tail, alphabet) + _stop_units(stop)
    changes += replaced
    return PreparedText(
        text=kept + tail,
        alphabet=alphabet,
        characters=units,
        segments=_segments(units, alphabet),
        changes=tuple(TextChange(original=old, replacement=new, count=n) for (old, new), n in changes.items()),
        left_out=0 if kept == whole else len(whole) - len(kept.removesuffix(_MARKS[alphabet])),
        replaced=sum(n for (old, new), n in replaced.items() if new == "?" and gsm_equivalent(old) is None),
        costly=_costly(kept, alphabet),
    )


def _in_alphabet(text: str, alphabet: Alphabet) -> tuple[str, _Changes]:
    """Return the text with what the alphabet lacks replaced."""
    if alphabet is Alphabet.GSM and not is_gsm(text):
        return _replace(text, _to_gsm)
    return text, Counter()


def _normalize(text: str) -> tuple[str, _Changes]:
    """Return the text in Unicode's composed form, with plain line ends and without control characters."""
    if is_gsm(text) and "\r" not in text:
        return text, Counter()
    # Pairs of surrogates become the character that they encode, lone ones U+FFFD.
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    lines = whole.replace("\r\n", "\n").replace("\r", "\n")
    # Before composing, because a control character separates a letter from its accent.
    text, changes = _replace(lines, _remove_control)
    return unicodedata.normalize("NFC", text), changes


def _remove_control(char: str) -> str:
    if char in "\v\f\x85":
        return "\n"
    return "" if unicodedata.category(char) == "Cc" and char not in "\n\t" else char


def _replace(text: str, by: Callable[[str], str]) -> tuple[str, _Changes]:
    substitutes = [by(char) for char in text]
    pairs = zip(text, substitutes, strict=True)
    return "".join(substitutes), Counter(pair for pair in pairs if pair[0] != pair[1])


def _choose_alphabet(text: str, encoding: Encoding, max_segments: int, stop: StopClause, tail: str) -> Alphabet:
    if encoding is Encoding.UNICODE:
        return Alphabet.UNICODE
    if encoding is Encoding.GSM or is_gsm(text):
        return Alphabet.GSM
    # Nothing is paid for a character that is truncated all the same.
    room = _capacity(max_segments, Alphabet.UNICODE, stop) - count_units(tail, Alphabet.UNICODE)
    kept = _truncate_to(text, Alphabet.UNICODE, room)
    unicode = _loses_meaning(kept) or (kept == text and _is_unicode_no_dearer(text + tail, stop))
    return Alphabet.UNICODE if unicode else Alphabet.GSM


def _to_gsm(char: str) -> str:
    replacement = gsm_equivalent(char)
    return "?" if replacement is None else replacement


def _loses_meaning(text: str) -> bool:
    return any(gsm_equivalent(char) is None for char in set(text))


def _is_unicode_no_dearer(text: str, stop: StopClause) -> bool:
    plain, _ = _replace(text, _to_gsm)
    return count_segments(text, Alphabet.UNICODE, stop) <= count_segments(plain, Alphabet.GSM, stop)


def _truncate_to(text: str, alphabet: Alphabet, room: int) -> str:
    if count_units(text, alphabet) <= room:
        return text
    if alphabet is Alphabet.GSM:
        return truncate_text(text, room, _MARKS[alphabet], lambda char: 2 if char in GSM_EXTENSION_CHARACTERS else 1)
    return truncate_text(text, room, _MARKS[alphabet], lambda char: 2 if char > "\uffff" else 1)


def _costly(text: str, alphabet: Alphabet) -> tuple[str, ...]:
    if alphabet is Alphabet.GSM:
        return tuple(char for char in GSM_EXTENSION_CHARACTERS if char in text)
    return tuple(char for char in dict.fromkeys(text) if char not in GSM_CHARACTERS)


def truncate_text(text: str, room: int, mark: str, width: Callable[[str], int]) -> str:
    """Truncate a text that exceeds `room` units at a word, and append `mark`, whose characters take one unit each.

    `width` returns the units of a character, one or more. What a reader sees as one character (an emoji with its skin,
    a flag, a letter with its accents) is kept or dropped as a whole.
    """
    # No character takes less than one unit, so what stands beyond `room` cannot matter.
    space = room - len(mark)
    end = sum(used <= space for used in accumulate(map(width, text[:space])))
    return text[: _word_boundary(text, end)].rstrip() + mark


def _word_boundary(text: str, end: int) -> int:
    if text[end].isspace():
        return end
    for start in range(end, max(0, end - _MAX_WORD_LENGTH), -1):
        if text[start - 1].isspace():
            return start
    return _character_boundary(text, end)


def _character_boundary(text: str, end: int) -> int:
    while end and _continues_character(text, end):
        end -= 1
    return end


def _continues_character(text: str, index: int) -> bool:
    """Return whether the character at `index` belongs to the one before it."""
    before, char = text[index - 1], text[index]
    if _JOINER in {before, char} or "\U0001f3fb" <= char <= "\U0001f3ff":
        return True
    if unicodedata.category(char) in {"Mn", "Me", "Mc"} or "\U000e0020" <= char <= "\U000e007f":
        return True
    return _is_flag_half(char) and _flag_halves(text, index) % 2 == 1


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flag_halves(text: str, index: int) -> int:
    """Return how many regional indicators stand right before `index`: two make a flag."""
    start = index
    while start and _is_flag_half(text[start - 1]):
        start -= 1
    return index - start
