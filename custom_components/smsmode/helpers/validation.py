"""Validation of what a person writes in a form or in YAML."""

from collections.abc import Mapping
from typing import Any, Final, TypeIs

import probatio
from homeassistant.helpers.template import ResultWrapper

_ADVICE: Final = (
    "YAML does not read this as text; put it in quotes. A template that gives only a number or true or false "
    "needs a word beside it"
)


class FieldError(ValueError):
    """A field cannot be kept as written. The value itself is not part of the error."""

    def __init__(self, field: str, problem: str) -> None:
        """Store the field, and the translation key of the explanation."""
        super().__init__(problem)
        self.field = field
        self.problem = problem


def text(value: Any) -> str:
    """Validate text, and return it as written.

    YAML makes False of off, 1320 of 22:00 and 103404472 of 0612345670, and nobody can tell what it was. Only lists and
    the like keep the text that a template rendered. Raises probatio.Invalid.
    """
    if isinstance(value, ResultWrapper) and value.render_result is not None:
        return value.render_result
    if not isinstance(value, str):
        raise probatio.Invalid(_ADVICE)
    return str(value)


def plain_text(value: Any) -> str:
    """Validate text that is not empty, and return it without white space around. Raises probatio.Invalid."""
    if not (stripped := text(value).strip()):
        raise probatio.Invalid("this must not be empty")
    return stripped


def identifier(value: Any) -> str:
    """Validate an id, which may be all digits: a template makes an integer of it. Raises probatio.Invalid."""
    return str(value) if is_integer(value) and value >= 0 else text(value)


def sentence(value: Any) -> str:
    """Validate what a person answers, which is often a single digit. Raises probatio.Invalid."""
    return str(value) if is_integer(value) and value in range(10) else text(value)


def target(value: Any) -> Any:
    """Validate one target as written: whatever is a single value, for the account says what it is to it.

    One target that cannot be read does not keep the others from being written to. Raises probatio.Invalid.
    """
    if isinstance(value, Mapping | list | tuple | set):
        raise probatio.Invalid("give one target or a list of them, not a list in a list")
    return value


def no_boolean(value: Any) -> Any:
    """Refuse a boolean where a number is wanted, for True would be 1. Raises probatio.Invalid."""
    if isinstance(value, bool):
        raise probatio.Invalid("this is no number")
    return value


def is_integer(value: Any) -> TypeIs[int]:
    """Return whether a value is an integer, which a boolean is not here."""
    return isinstance(value, int) and not isinstance(value, bool)
