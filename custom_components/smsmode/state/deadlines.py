"""Deadlines of an account that go with a wall clock that was set. Pure: the difference is handed in.

Only a deadline of this life is shifted. One that was read from the disk was set by the wall clock of an earlier life,
and means that moment: where this start had a wrong clock and learned the time later, shifting would spoil it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from .account_state import AccountState
from .outbox import Outbox
from .tracked_dict import TrackedDict

type _Collection = tuple[TrackedDict[Any], tuple[str, ...]]


class Deadlines:
    """Deadlines in some collections, each with the names of its fields; to be made when they were just read."""

    def __init__(self, *collections: _Collection) -> None:
        """Remember which deadlines are those of an earlier life."""
        self._collections = collections
        self._earlier = {(id(things), key, field): moment for things, key, field, moment in self._all()}

    def shift(self, by: timedelta) -> None:
        """Move every deadline that was set in this life."""
        for things, key, field, moment in list(self._all()):
            if self._earlier.get((id(things), key, field)) != moment:
                setattr(things[key], field, moment + by)
                things.mark_changed(key)

    def _all(self) -> Iterator[tuple[TrackedDict[Any], str, str, datetime]]:
        for things, fields in self._collections:
            for key, thing in things.items():
                for field in fields:
                    if (moment := getattr(thing, field)) is not None:
                        yield things, key, field, moment


def outbox_deadlines(outbox: Outbox) -> _Collection:
    """Return the deadlines of an outbox."""
    return outbox.items, ("due", "expires_at", "attempted_at")


def account_deadlines(state: AccountState) -> Deadlines:
    """Return all deadlines of an account; those of its watchdogs are set anew when the clock was set."""
    return Deadlines(outbox_deadlines(state.outbox), (state.alerts.all, ("due",)), (state.questions.all, ("deadline",)))
