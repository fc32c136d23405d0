"""A message that the gateway holds and silence sends: a state machine that is kept on disk.

    off ──arm──> leaving ──accepted──> alive ──begin──> alive, leaving ──accepted──> alive, doomed ──deleted──> alive

The new one is there before the old one goes, so that there is never none; and while one leaves, or one is still to be
deleted, no other leaves, so that there are never more than two. Pure: time is handed in.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from ..api import SentMessage
from ..api.dates import skip_repeated_hour
from .budget import Cost

CHECKS = 4
SHORTEST_CHECK = timedelta(minutes=5)
LONGEST_CHECK = timedelta(hours=1)
SHORTEST_PERIOD = CHECKS * SHORTEST_CHECK
LONGEST_PERIOD = timedelta(days=7)
AGAIN = timedelta(minutes=1)
# The gateway's clock is not the house's: so close to its time, a message may have gone off.
MARGIN = timedelta(minutes=2)
MAX_DOOMED = 20
# Each of them a false alarm, with nothing deleted in between: this gateway does not do what a watchdog needs.
MAX_ALARMS = 3
# So many deletions in a row, and each time the credits were gone for good: this gateway sells what is only held.
MAX_UNPAID = 4


def check_of(period: timedelta) -> timedelta:
    """Say how often a message of this period is pushed back."""
    return min(max(period / CHECKS, SHORTEST_CHECK), LONGEST_CHECK)


def scheduled_send_time(now: datetime, period: timedelta) -> datetime:
    """Say when a message is to leave, in the whole minutes of the gateway, and never in the hour that autumn repeats.

    Later rather than sooner: sooner would be a false alarm.
    """
    moment = (now + period).astimezone(UTC)
    whole = moment.replace(second=0, microsecond=0)
    if whole != moment:
        whole += timedelta(minutes=1)
    return skip_repeated_hour(whole)


class Action(StrEnum):
    """What is to be done now."""

    PUSH = "push"
    DELETE = "delete"
    REST = "rest"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HeldMessage:
    """A message that the gateway holds until its time, and what it costs whom if it goes off.

    Nothing is known of the costs of one that was found in the gateway's list.
    """

    message_id: str
    leaves_at: datetime
    costs: tuple[Cost, ...] = ()

    def may_have_left(self, now: datetime) -> bool:
        """Say whether the gateway must be asked first: it would delete one that has gone off just as well."""
        return not self.costs or now >= self.leaves_at - MARGIN


@dataclass(slots=True, kw_only=True, repr=False)
class WatchdogState:
    """One watchdog: what a person wants of it, and what the gateway has of it.

    ``alive`` is what silence sends, ``leaving`` when that which is on its way there leaves, ``doomed`` what is to be
    deleted. ``pushed_at`` is when the gateway took the last one; ``push_at`` and ``clean_at`` when to act next.
    ``alarms`` counts what has gone off since one was deleted in time, ``unpaid`` the deletions that gave no credits
    back, as far as the ``balance`` after the last one tells, when so many ``segments`` had been sent besides.
    """

    armed: bool = False
    serial: int = 0
    alive: HeldMessage | None = None
    leaving: datetime | None = None
    doomed: list[HeldMessage] = field(default_factory=list)
    pushed_at: datetime | None = None
    push_at: datetime | None = None
    clean_at: datetime | None = None
    failed_pushes: int = 0
    failed_deletions: int = 0
    alarms: int = 0
    balance: float | None = None
    segments: int = 0
    unpaid: int = 0

    @property
    def is_off(self) -> bool:
        """Say whether nothing is wanted, and the gateway has nothing any more."""
        return not (self.armed or self.alive or self.leaving or self.doomed)

    def held(self) -> Iterator[HeldMessage]:
        """Give all that the gateway may have."""
        if self.alive is not None:
            yield self.alive
        yield from self.doomed

    def arm(self, now: datetime) -> None:
        """Have one alive from now on."""
        self.armed = True
        self.failed_pushes = self.alarms = self.unpaid = 0
        self.balance = None
        self.push_at = now

    def disarm(self, now: datetime) -> None:
        """Have none any more: what the gateway has is deleted, and what is on its way as soon as it is there."""
        self.armed = False
        self.push_at = None
        self._doom_alive(now)

    def hurry(self, now: datetime) -> None:
        """Do now whatever is to be done at all: the house has just started, or its clock was set."""
        if self.armed:
            self.push_at = now
        if self.doomed:
            self.clean_at = now
        if self.pushed_at is not None:
            self.pushed_at = min(self.pushed_at, now)

    def wake(self, now: datetime) -> Action:
        """Say what is to be done now. What must have gone off by now is looked after, and another put in its place."""
        if self.alive is not None and self.alive.leaves_at <= now:
            self._doom_alive(now)
            self.push_at = now
        if self.leaving is not None:
            return Action.REST
        if self.armed and _is_due(self.push_at, now) and self._has_room(now):
            return Action.PUSH
        return Action.DELETE if self.doomed and _is_due(self.clean_at, now) else Action.REST

    def _has_room(self, now: datetime) -> bool:
        """Whether one more at the gateway makes two at most, of which one may have gone off."""
        if not self.doomed:
            return True
        return self.alive is None and len(self.doomed) == 1 and self.doomed[0].leaves_at <= now

    def begin(self, leaves_at: datetime) -> None:
        """One is on its way to the gateway."""
        self.serial += 1
        self.leaving = leaves_at

    def accepted(self, held: HeldMessage, now: datetime, check: timedelta) -> None:
        """The gateway has it: the one before is not needed any more, nor is this one if it was called off meanwhile."""
        if self.leaving is None or not self.armed:
            self._doom(held, now)
        else:
            self._doom_alive(now)
            self.alive = held
            self.pushed_at = now
            self.push_at = now + check
            self.failed_pushes = 0
        self.leaving = None

    def not_taken(self, now: datetime) -> None:
        """It did not reach the gateway: try again soon. The one before is alive still, and goes off at its time."""
        self.leaving = None
        if self.armed:
            self.failed_pushes += 1
            self.push_at = now + AGAIN

    def deleted(self, held: HeldMessage, now: datetime) -> None:
        """One was deleted in time."""
        self.alarms = 0
        self._forget(held, now)

    def gone_off(self, held: HeldMessage, now: datetime) -> None:
        """One has left. A watchdog that only ever costs, and alarms without need, is called off."""
        self.alarms += 1
        self._forget(held, now)
        if self.alarms >= MAX_ALARMS:
            self.disarm(now)

    def _forget(self, held: HeldMessage, now: datetime) -> None:
        self.doomed = [other for other in self.doomed if other.message_id != held.message_id]
        self.failed_deletions = 0
        self.clean_at = now

    def weigh(self, before: float, after: float, segments: int, now: datetime) -> None:
        """Take the balance before and after a deletion. A watchdog whose every push is paid for good is called off.

        Credits that come back late, or are taken only when a message leaves, are no loss; nor is what the account
        sends besides, of which ``segments`` tells.
        """
        if after > before:
            self.unpaid = 0
        elif self.balance is not None and segments == self.segments:
            self.unpaid = self.unpaid + 1 if before < self.balance else 0
        self.balance, self.segments = after, segments
        if self.unpaid >= MAX_UNPAID:
            self.disarm(now)

    def not_deleted(self, now: datetime) -> None:
        """Nobody knows whether one is deleted: try again soon."""
        self.failed_deletions += 1
        self.clean_at = now + AGAIN

    def found(self, rows: Collection[SentMessage], now: datetime) -> None:
        """Delete what the gateway's list shows of this watchdog that is still to leave and that nobody knew of."""
        known = {held.message_id for held in self.held()}
        left = [
            HeldMessage(message_id=row.message_id, leaves_at=row.sent_at.astimezone(UTC))
            for row in rows
            if row.message_id not in known and row.sent_at is not None and row.sent_at > now
        ]
        if left and not self.serial:
            # There is one, and nothing is remembered of it: the memory is lost, not the wish.
            self.armed, self.push_at = True, now
            self.alive = max(left, key=lambda held: held.leaves_at)
            left.remove(self.alive)
        for held in left[: MAX_DOOMED - len(self.doomed)]:
            self._doom(held, now)

    def is_troubled(self, now: datetime, check: timedelta) -> bool:
        """Say whether the last push failed or is overdue, or something cannot be deleted."""
        if self.failed_deletions or not self.armed:
            return bool(self.failed_deletions)
        return bool(self.failed_pushes) or self.alive is None or self._is_overdue(now, check)

    def is_about_to_leave(self, now: datetime, period: timedelta) -> bool:
        """Say whether so much of the period went by without a push that a person should know."""
        return self.armed and (self.alive is None or now >= self.alive.leaves_at - period / 2)

    def _is_overdue(self, now: datetime, check: timedelta) -> bool:
        return self.pushed_at is None or now > self.pushed_at + check + MARGIN

    def _doom_alive(self, now: datetime) -> None:
        if self.alive is not None:
            self._doom(self.alive, now)
            self.alive = None

    def _doom(self, held: HeldMessage, now: datetime) -> None:
        self.doomed.append(held)
        self.clean_at = now


def _is_due(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now
