"""Redaction of PINs: what in a text of somebody who may command could be a PIN, is one, and is shown in its place."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, override

from homeassistant.core import HomeAssistant

from .commands import FIRST_WORD, PIN, CommandPermission, verify_pin

HIDDEN: Final = "••••"
# Each costs a twentieth of a second. Where more could be a PIN, all of it is hidden.
MAX_GUESSES: Final = 16
MAX_REMEMBERED: Final = 500
_RUN = re.compile(r"\d+")
_LONGEST = 8
# What people put between the digits of one number.
_GAP = re.compile(r"[\W_]{1,3}")


class _Run(NamedTuple):
    start: int
    end: int
    digits: str

    @override
    def __repr__(self) -> str:
        """Return the name of the class alone."""
        return "_Run"


def hide_pin(text: str, pins: Collection[str] = ()) -> str:
    """Return a text as it may be shown and stored: without the PIN before a command, and without ``pins`` anywhere.

    What stands before a command is hidden also if it is wrong: it is most of the right one, typed in a hurry.
    """
    match = FIRST_WORD.match(text)
    return _hide(text, pins, () if match is None else (match.span(1),))


def hide_digits(text: str, pins: Collection[str]) -> str:
    """Return a part of a text without these PINs, however it begins."""
    return _hide(text, pins, ())


def _hide(text: str, pins: Collection[str], spans: Iterable[tuple[int, int]]) -> str:
    spans = [*spans, *((run.start, run.end) for run in _candidates(text) if run.digits in pins)]
    shown, position = "", 0
    for start, end in sorted(spans):
        if start >= position:
            shown += text[position:start] + HIDDEN
        position = max(position, end)
    return shown + text[position:]


def pin_candidates(text: str) -> frozenset[str]:
    """Return all that could be a PIN in a text, also with something between the digits, as in 4 7 1 1 or 47-11."""
    return frozenset(run.digits for run in _candidates(text))


def _candidates(text: str) -> Iterator[_Run]:
    runs = [_Run(*match.span(), "".join(str(int(digit)) for digit in match[0])) for match in _RUN.finditer(text)]
    for index in range(len(runs)):
        yield from (run for run in _joined(text, runs[index:]) if PIN.fullmatch(run.digits))


def _joined(text: str, runs: Sequence[_Run]) -> Iterator[_Run]:
    """Yield the first run, and what it is together with those that follow it closely."""
    joined = runs[0]
    yield joined
    for run in runs[1:]:
        if len(joined.digits) >= _LONGEST or not _GAP.fullmatch(text, joined.end, run.start):
            return
        joined = _Run(joined.start, run.end, joined.digits + run.digits)
        yield joined


class PinFinder:
    """Finder of the PINs in what the commanders of one account write."""

    def __init__(self, hass: HomeAssistant, permissions: Collection[CommandPermission]) -> None:
        """Find the PINs of these permissions."""
        self._hass = hass
        self._stored = {permission.number: permission.pin for permission in permissions}
        self._results: dict[tuple[str, str], bool] = {}

    def is_commander(self, sender: str) -> bool:
        """Return whether somebody may command, so that a PIN may stand in what they write."""
        return sender in self._stored

    async def async_find(self, sender: str, text: str) -> frozenset[str]:
        """Return what is a PIN in a text; where too much could be one, all of that."""
        stored = self._stored.get(sender)
        candidates = pin_candidates(text) if stored else frozenset()
        if not stored or not candidates:
            return frozenset()
        unknown = {digits for digits in candidates if (sender, digits) not in self._results}
        if len(unknown) > MAX_GUESSES:
            return candidates
        self._results |= await self._hass.async_add_executor_job(_verify, sender, unknown, stored)
        found = frozenset(digits for digits in candidates if self._results[sender, digits])
        while len(self._results) > MAX_REMEMBERED:
            del self._results[next(iter(self._results))]
        return found

    async def async_redact(self, sender: str, text: str) -> str:
        """Return a text as it may be shown."""
        return hide_pin(text, await self.async_find(sender, text)) if self.is_commander(sender) else text


def _verify(sender: str, candidates: Collection[str], stored: Mapping[str, str]) -> dict[tuple[str, str], bool]:
    return {(sender, digits): verify_pin(digits, stored) for digits in candidates}
