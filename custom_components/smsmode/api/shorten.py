"""Cut a text that is too long, where it hurts least: at a word, never inside what a reader sees as one character."""

import unicodedata
from collections.abc import Callable
from itertools import accumulate

# What is longer is no word (an address, a script without spaces): it is cut wherever it must be.
_LONGEST_WORD = 40
_JOINER = "\u200d"


def truncate_text(text: str, room: int, mark: str, width: Callable[[str], int]) -> str:
    """Keep as many whole words of `text` as leave space for `mark` in `room`, where a character takes `width`."""
    end = _longest(text, room - len(mark), width)
    return text[: _at_word(text, end)].rstrip() + mark


def _longest(text: str, room: int, width: Callable[[str], int]) -> int:
    # No character is narrower than one, so what stands beyond `room` cannot matter.
    return sum(used <= room for used in accumulate(map(width, text[:room])))


def _at_word(text: str, end: int) -> int:
    if text[end].isspace():
        return end
    for start in range(end, max(0, end - _LONGEST_WORD), -1):
        if text[start - 1].isspace():
            return start
    return _at_character(text, end)


def _at_character(text: str, end: int) -> int:
    while end and _is_inside(text, end):
        end -= 1
    return end


def _is_inside(text: str, index: int) -> bool:
    """Tell whether the character at `index` belongs to the one before it."""
    before, char = text[index - 1], text[index]
    if _JOINER in {before, char} or "\U0001f3fb" <= char <= "\U0001f3ff":
        return True
    if unicodedata.category(char) in {"Mn", "Me", "Mc"} or "\U000e0020" <= char <= "\U000e007f":
        return True
    return _is_flag_half(char) and _flag_halves(text, index) % 2 == 1


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flag_halves(text: str, index: int) -> int:
    """Count the regional indicators right before `index`: two make a flag."""
    start = index
    while start and _is_flag_half(text[start - 1]):
        start -= 1
    return index - start
