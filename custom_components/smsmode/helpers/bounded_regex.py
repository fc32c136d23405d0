"""Regular expressions whose cost is bounded before they are used.

Anybody can send the text that an expression is tried on, and Home Assistant stands still meanwhile.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

try:
    # Python's own parser of regular expressions, which the re module does not give under a public name.
    from re import _constants as op  # type: ignore[attr-defined]
    from re import _parser  # type: ignore[attr-defined]
except ImportError:
    # Any version of Python may do without it: then no cost is known, and no expression is accepted.
    op = _parser = None

# As many characters as five segments have, four, three, two, and one.
_LENGTHS = (765, 612, 459, 306, 160)
# A few hundredths of a second.
_MAX_COST = 5_000_000


class RegexProblem(StrEnum):
    """Why a regular expression is refused; the value is the translation key."""

    INVALID = "pattern_invalid"
    COSTLY = "pattern_costly"
    UNSUPPORTED = "pattern_unsupported"


class RegexError(ValueError):
    """A regular expression is refused."""

    def __init__(self, problem: RegexProblem) -> None:
        """Store why."""
        super().__init__(problem.value)
        self.problem = problem


class BoundedRegex:
    """A regular expression that is searched for in a text, without regard to case."""

    def __init__(self, expression: str) -> None:
        """Compile an expression that can be tried on 160 characters in no time. Raises RegexError."""
        try:
            self._expression = re.compile(expression, re.IGNORECASE)
            self._length = _affordable_length(expression)
        except re.PatternError, OverflowError, RecursionError:
            raise RegexError(RegexProblem.INVALID) from None
        except AttributeError, TypeError, ValueError:
            # The private parser is gone, or gives something else than it did.
            raise RegexError(RegexProblem.UNSUPPORTED) from None
        if not self._length:
            raise RegexError(RegexProblem.COSTLY)

    def fits(self, text: str) -> bool:
        """Search the beginning of a text, in which line breaks count as spaces."""
        return self._expression.search(" ".join(text.split())[: self._length]) is not None


def _affordable_length(expression: str) -> int:
    """Return of how many characters at most the expression can be tried at each; 0 if it is too costly."""
    tree = _parser.parse(expression)
    return next((length for length in _LENGTHS if length * _cost(tree, length) <= _MAX_COST), 0)


def _cost(tree: Iterable[tuple[Any, Any]], length: int) -> int:
    """Return in how many ways at most an expression can be tried at one place of a text of some length."""
    ways = 1
    for kind, argument in tree:
        # More than too many is not counted.
        ways = min(ways * _cost_of(kind, argument, length), _MAX_COST + 1)
    return ways


def _cost_of(kind: Any, argument: Any, length: int) -> int:
    match kind:
        case op.MAX_REPEAT | op.MIN_REPEAT | op.POSSESSIVE_REPEAT:
            least, most, repeated = argument
            once = _cost(repeated, length)
            total: int = sum(once**times for times in range(least, min(most, length) + 1))
            return max(1, total)
        case op.BRANCH:
            return sum(_cost(branch, length) for branch in argument[1])
        case op.GROUPREF_EXISTS:
            return sum(_cost(branch or (), length) for branch in argument[1:])
        case op.SUBPATTERN | op.ASSERT | op.ASSERT_NOT:
            return _cost(argument[-1], length)
        case op.ATOMIC_GROUP:
            return _cost(argument, length)
        case _:
            return 1
