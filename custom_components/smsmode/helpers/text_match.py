"""Does a text say what somebody waits for? Pure.

People answer "Oui", "OK " and "ok !" and mean the same: words are compared without case, accents and punctuation. A
regular expression is held to what it can cost, because anybody can send the text it is tried on, and Home Assistant
stands still meanwhile.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

# Python's own parser of regular expressions, which the re module does not give under a public name.
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_BETWEEN_WORDS = re.compile(r"[\W_]+")
# What two letters stand for, and Unicode does not take apart.
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})

# As many characters as five segments have, four, three, two, and one.
_REACHES = (765, 612, 459, 306, 160)
# A few hundredths of a second.
_MOST_WAYS = 5_000_000


class RegexProblem(StrEnum):
    """Why a regular expression is not taken; the value names the explanation."""

    INVALID = "pattern_invalid"
    COSTLY = "pattern_costly"


class RegexError(ValueError):
    """A regular expression is not taken."""

    def __init__(self, problem: RegexProblem) -> None:
        """Remember why."""
        super().__init__(problem.value)
        self.problem = problem


def equals_words(text: str, wanted: str) -> bool:
    """Whether a text has the words that are wanted, and no others."""
    return _plain(text) == _plain(wanted)


def contains_words(text: str, wanted: str) -> bool:
    """Whether a text has the words that are wanted, one after the other. Half a word is none."""
    if words := _words(wanted):
        return f" {words} " in f" {_words(text)} "
    return wanted.strip() in text


class BoundedRegex:
    """A regular expression that is looked for anywhere in a text, whatever the case."""

    def __init__(self, expression: str) -> None:
        """Take an expression that can be tried on 160 characters in no time. Raises PatternError."""
        try:
            tree = _parser.parse(expression)
            self._expression = re.compile(expression, re.IGNORECASE)
        except re.PatternError, OverflowError, RecursionError:
            raise RegexError(RegexProblem.INVALID) from None
        # It is tried at each place of the text.
        reaches = (reach for reach in _REACHES if reach * _ways(tree, reach) <= _MOST_WAYS)
        self._reach = next(reaches, 0)
        if not self._reach:
            raise RegexError(RegexProblem.COSTLY)

    def fits(self, text: str) -> bool:
        """Look for it in the beginning of a text, whose line breaks are taken for spaces."""
        return self._expression.search(" ".join(text.split())[: self._reach]) is not None


def _plain(text: str) -> str:
    """Give the words of a text, or if it has none, an emoji for instance, the text."""
    return _words(text) or text.strip()


def _words(text: str) -> str:
    """Give the words of a text, without case and accents."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_LIGATURES)
    bare = "".join(character for character in folded if not unicodedata.combining(character))
    return _BETWEEN_WORDS.sub(" ", bare).strip()


def _ways(tree: Iterable[tuple[Any, Any]], length: int) -> int:
    """Say in how many ways at most an expression can be tried at one place of a text of some length."""
    ways = 1
    for kind, argument in tree:
        # More than too many is not counted.
        ways = min(ways * _ways_of(kind, argument, length), _MOST_WAYS + 1)
    return ways


def _ways_of(kind: Any, argument: Any, length: int) -> int:
    match kind:
        case op.MAX_REPEAT | op.MIN_REPEAT | op.POSSESSIVE_REPEAT:
            least, most, repeated = argument
            once = _ways(repeated, length)
            total: int = sum(once**times for times in range(least, min(most, length) + 1))
            return max(1, total)
        case op.BRANCH:
            return sum(_ways(branch, length) for branch in argument[1])
        case op.GROUPREF_EXISTS:
            return sum(_ways(branch or (), length) for branch in argument[1:])
        case op.SUBPATTERN | op.ASSERT | op.ASSERT_NOT:
            return _ways(argument[-1], length)
        case op.ATOMIC_GROUP:
            return _ways(argument, length)
        case _:
            return 1
