"""Deadlines of an account that go with a wall clock that was set. Pure: time is handed in.

Only a deadline of this life is shifted, and one of an earlier life if the clock was right before it was set. One that
was read from the disk was set by the wall clock of an earlier life, and means that moment: where this start had a wrong
clock and learned the time later, shifting would spoil it. But the clock of the earlier life may have been ahead, and
then that moment is hours or days too late: nothing waits longer than it can have been told to.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from .account_state import AccountState
from .alerts import KEPT_FOR, Alert
from .links import SHOWN_FOR
from .outbox import MAX_BACKOFF, REQUEST, Outbox
from .tracked_dict import TrackedDict

type _Collection = tuple[TrackedDict[Any], tuple[str, ...]]

# No pause between two attempts is longer: the longest backoff, stretched by chance.
MAX_PAUSE = MAX_BACKOFF * 1.2


class Deadlines:
    """Deadlines in some collections, each with the names of its fields; to be made when they were just read."""

    def __init__(self, *collections: _Collection) -> None:
        """Remember which deadlines are those of an earlier life."""
        self._collections = collections
        self._earlier = {(id(things), key, field): moment for things, key, field, moment in self._all()}
        # When a message was enqueued, and when it expires, by what was read.
        self._corrected: dict[str, tuple[datetime, datetime]] = {}

    def adopt(self) -> None:
        """Take every deadline for one of this life, whose clock is right: those of earlier lives mean true times."""
        self._earlier.clear()
        self._corrected.clear()

    def shift(self, by: timedelta) -> None:
        """Move every deadline that was set in this life."""
        for things, key, field, moment in list(self._all()):
            if not self._is_earlier(things, key, field, moment):
                setattr(things[key], field, moment + by)
                things.mark_changed(key)

    def correct_outbox(self, outbox: Outbox, now: datetime) -> None:
        """Give what an earlier life enqueued later than now as long to live as it had then.

        Either the clock of that life was ahead, or this one is behind: when that is set, what was right comes back.
        """
        for key, (enqueued_at, expires_at) in list(self._corrected.items()):
            if key not in outbox.items or enqueued_at > now:
                continue
            outbox.items[key].expires_at = expires_at
            self._set_enqueued_at(outbox, key, enqueued_at)
            self._earlier[id(outbox.items), key, "expires_at"] = expires_at
            del self._corrected[key]
        for key, item in outbox.items.items():
            if (ahead := item.expense.at - now) <= timedelta(0):
                continue
            if self._is_earlier(outbox.items, key, "expires_at", item.expires_at):
                self._corrected[key] = item.expense.at, item.expires_at
                item.expires_at -= ahead
            if item.attempted_at is not None:
                item.attempted_at = min(item.attempted_at, now)
            if item.doubted_at is not None:
                item.doubted_at = min(item.doubted_at, now)
            self._set_enqueued_at(outbox, key, item.expense.at - ahead)

    def _set_enqueued_at(self, outbox: Outbox, key: str, moment: datetime) -> None:
        item = outbox.items[key]
        item.expense = replace(item.expense, at=moment)
        outbox.items.mark_changed(key)
        outbox.items.mark_changed(key, REQUEST)

    def _is_earlier(self, things: TrackedDict[Any], key: str, field: str, moment: datetime) -> bool:
        return self._earlier.get((id(things), key, field)) == moment

    def _all(self) -> Iterator[tuple[TrackedDict[Any], str, str, datetime]]:
        for things, fields in self._collections:
            for key, thing in things.items():
                for field in fields:
                    if (moment := getattr(thing, field)) is not None:
                        yield things, key, field, moment


def outbox_deadlines(outbox: Outbox) -> _Collection:
    """Return the deadlines of an outbox."""
    return outbox.items, ("due", "expires_at", "attempted_at", "doubted_at")


def account_deadlines(state: AccountState) -> Deadlines:
    """Return all deadlines of an account; those of its watchdogs are set anew when the clock was set."""
    return Deadlines(
        outbox_deadlines(state.outbox),
        (state.alerts.all, ("due", "give_up_at", "kept_until")),
        (state.questions.all, ("deadline",)),
        (state.commands.records, ("locked_until", "answered_at")),
        (state.pauses, ("until",)),
        (state.pictures, ("expires_at",)),
    )


def bound_deadlines(state: AccountState, now: datetime) -> None:
    """Bring forward what is due later than it can be."""
    for item in state.outbox.idle_items():
        if item.due > now + MAX_PAUSE:
            state.outbox.make_due(item, now)
    for key, alert in state.alerts.all.items():
        if _bound_alert(alert, now):
            state.alerts.all.mark_changed(key)
    for subentry_id, pause in state.pauses.items():
        if pause.bound(now):
            state.pauses.mark_changed(subentry_id)
    for key, picture in state.pictures.items():
        if picture.expires_at is not None and picture.expires_at > now + SHOWN_FOR:
            picture.expires_at = now + SHOWN_FOR
            state.pictures.mark_changed(key)


def _bound_alert(alert: Alert, now: datetime) -> bool:
    """Bring forward the deadlines of an alert; return whether any was too late."""
    before = alert.due, alert.give_up_at, alert.kept_until
    alert.due = _at_most(alert.due, now + max(alert.step.delivery_timeout, alert.step.answer_timeout))
    alert.give_up_at = _at_most(alert.give_up_at, now + alert.longest_wait)
    alert.kept_until = _at_most(alert.kept_until, now + KEPT_FOR)
    return before != (alert.due, alert.give_up_at, alert.kept_until)


def _at_most(moment: datetime | None, latest: datetime) -> datetime | None:
    return None if moment is None else min(moment, latest)
