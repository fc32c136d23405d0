"""Invariants of each parser: a value or an error of ours, the same twice, and no secret in it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from custom_components.smsmode.api import SmsmodeError

# Longer than any return code: part of a phone number.
_DIGITS = re.compile(r"\d{5,}")
_FAR_EAST_AND_WEST = (timezone(timedelta(hours=14)), timezone(timedelta(hours=-12)))


class Attempt[T](NamedTuple):
    """Attempt: the value or the error of a function."""

    value: T | None
    error: Exception | None


def attempt[T](function: Callable[..., T], *args: object, ours: type[Exception] = SmsmodeError) -> Attempt[T]:
    """Call a function twice; any exception but ours escapes."""
    first, second = _once(function, args, ours), _once(function, args, ours)
    assert (first.value, _described(first.error)) == (second.value, _described(second.error)), "read twice differently"
    if first.error is not None:
        _assert_discreet(first.error)
    for value in _values_in(first.value):
        _assert_usable(value)
    return first


def _once[T](function: Callable[..., T], args: tuple[object, ...], ours: type[Exception]) -> Attempt[T]:
    try:
        return Attempt(function(*args), None)
    except ours as error:
        return Attempt(None, error)


def _described(error: Exception | None) -> object:
    return None if error is None else (type(error), error.args)


def _assert_discreet(error: BaseException) -> None:
    """Assert that neither an error nor its causes hold a phone number."""
    chained: BaseException | None = error
    while chained is not None:
        said = " ".join(map(str, (*chained.args, *vars(chained).values())))
        # The shape of a number is all nines.
        assert {*"".join(_DIGITS.findall(said))} <= {"9"}, "a number in an error"
        chained = chained.__context__


def _values_in(value: object) -> Iterator[object]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _values_in(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _values_in(getattr(value, field.name))
    else:
        yield value


def _assert_usable(value: object) -> None:
    """Assert that a value can be stored, and converted to each time zone."""
    if isinstance(value, str):
        assert value.encode("utf-8", "replace") == value.encode("utf-8", "surrogatepass"), "half a character"
    if isinstance(value, datetime):
        assert [value.astimezone(zone) for zone in _FAR_EAST_AND_WEST]
