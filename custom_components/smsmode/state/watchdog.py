"""Dead man's switch: a message that the gateway holds and sends unless it is renewed. A persisted state machine.

    off ──arm──> pending ──accepted──> armed ──renewal──> armed and pending
                                         ^                        │ accepted
                                         └──deleted── armed, and the one before to delete

The new message is there before the old one is deleted, so that there is never none; and while one is pending, or still
to be deleted, no other is sent, so that there are never more than two. Pure: time is handed in.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from ..api import SentMessage
from ..api.dates import skip_repeated_hour
from ..helpers.targets import GROUP_PREFIX
from .budget import Cost

RENEWALS_PER_PERIOD = 4
MIN_RENEWAL_INTERVAL = timedelta(minutes=5)
MAX_RENEWAL_INTERVAL = timedelta(hours=1)
MIN_PERIOD = RENEWALS_PER_PERIOD * MIN_RENEWAL_INTERVAL
MAX_PERIOD = timedelta(days=7)
RETRY_DELAY = timedelta(minutes=1)
# The gateway has a clock of its own: so close to its time, a message may have been sent.
MARGIN = timedelta(minutes=2)
MAX_TO_DELETE = 20
# Due whatever the clock shows: until the gateway's is measured, it may be ahead.
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
# So many false alarms with nothing deleted in between: this gateway does not do what a watchdog needs.
MAX_ALARMS = 3
# So many deletions in a row, and each time the credits were gone for good: this gateway sells what is only held.
MAX_UNREFUNDED = 4


def renewal_interval(period: timedelta) -> timedelta:
    """Return the interval at which a message of this period is renewed."""
    return min(max(period / RENEWALS_PER_PERIOD, MIN_RENEWAL_INTERVAL), MAX_RENEWAL_INTERVAL)


def scheduled_send_time(now: datetime, period: timedelta) -> datetime:
    """Return when a message is to be sent, in whole minutes of the gateway, never in the hour that autumn repeats.

    Later rather than sooner: sooner would be a false alarm.
    """
    moment = (now + period).astimezone(UTC)
    whole = moment.replace(second=0, microsecond=0)
    if whole != moment:
        whole += timedelta(minutes=1)
    return skip_repeated_hour(whole)


class Action(StrEnum):
    """Next action of a watchdog."""

    RENEW = "renew"
    DELETE = "delete"
    WAIT = "wait"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HeldMessage:
    """Message that the gateway holds until its time, and what it costs if it is sent.

    Nothing is known of the costs of one that was found in the gateway's list.
    """

    message_id: str
    send_at: datetime
    costs: tuple[Cost, ...] = ()

    def may_have_been_sent(self, now: datetime) -> bool:
        """Whether the gateway must be asked first: it would delete one that was sent just as well."""
        return not self.costs or now >= self.send_at - MARGIN


@dataclass(slots=True, kw_only=True, repr=False)
class WatchdogState:
    """State of a watchdog: what a person wants of it, and what the gateway has of it.

    ``armed_message`` is what silence sends, ``pending_send_at`` when the one on its way to the gateway is to leave,
    ``to_delete`` what is to be deleted. ``renewed_at`` is when the gateway took the last one; ``renew_at`` and
    ``delete_at`` when to act next. ``alarms`` counts the messages sent since one was deleted in time, ``unrefunded``
    the deletions that gave no credits back, judged by the ``balance`` after the last one, when so many segments
    (``segments_sent``) had been sent besides.
    """

    armed: bool = False
    serial: int = 0
    armed_message: HeldMessage | None = None
    pending_send_at: datetime | None = None
    to_delete: list[HeldMessage] = field(default_factory=list)
    renewed_at: datetime | None = None
    renew_at: datetime | None = None
    delete_at: datetime | None = None
    failed_renewals: int = 0
    failed_deletions: int = 0
    alarms: int = 0
    balance: float | None = None
    segments_sent: int = 0
    unrefunded: int = 0

    @property
    def is_off(self) -> bool:
        """Whether it is disarmed, and the gateway has nothing of it any more."""
        return not (self.armed or self.armed_message or self.pending_send_at or self.to_delete)

    def held_messages(self) -> Iterator[HeldMessage]:
        """Yield all messages that the gateway may have."""
        if self.armed_message is not None:
            yield self.armed_message
        yield from self.to_delete

    def holds(self, message_id: str) -> bool:
        """Return whether a message is one that the gateway holds for this watchdog."""
        return any(held.message_id == message_id for held in self.held_messages())

    def may_hold_for(self, number: str) -> bool:
        """Return whether the gateway may hold a message to a number: nobody knows who is in a group."""
        if self.pending_send_at is not None:
            return True
        return any(
            not held.costs or any(target == number or target.startswith(GROUP_PREFIX) for target, _ in held.costs)
            for held in self.held_messages()
        )

    def record_lost(self, message_id: str) -> bool:
        """Return whether a message that is no longer at the gateway was the armed one; another is sent at once."""
        if self.armed_message is None or self.armed_message.message_id != message_id:
            return False
        self.armed_message = None
        self.renew_at = AT_ONCE if self.armed else None
        return True

    def arm(self) -> None:
        """Arm it: a message is to be held from now on."""
        self.armed = True
        self.failed_renewals = self.alarms = self.unrefunded = 0
        self.balance = None
        self.renew_at = AT_ONCE

    def disarm(self) -> None:
        """Disarm it: what the gateway has is deleted, and what is on its way as soon as it is there."""
        self.armed = False
        self.renew_at = None
        self._release_armed()

    def act_now(self, now: datetime) -> None:
        """Make everything due now: Home Assistant has just started, or its clock was set."""
        if self.armed:
            self.renew_at = AT_ONCE
        if self.to_delete:
            self.delete_at = AT_ONCE
        if self.renewed_at is not None:
            self.renewed_at = min(self.renewed_at, now)

    def next_action(self, now: datetime, interval: timedelta) -> Action:
        """Return what to do now. A message that must have been sent by now is checked, and another takes its place.

        What is due clearly later than ``interval`` from now was set by a clock that was ahead, and is due as well.
        """
        if self.armed_message is not None and self.armed_message.send_at <= now:
            self._release_armed()
            self.renew_at = AT_ONCE
        if self.pending_send_at is not None:
            return Action.WAIT
        pause = RETRY_DELAY if self.failed_renewals else interval
        if self.armed and _is_due(self.renew_at, now, pause) and self._has_room(now):
            return Action.RENEW
        return Action.DELETE if self.to_delete and _is_due(self.delete_at, now, RETRY_DELAY) else Action.WAIT

    def _has_room(self, now: datetime) -> bool:
        """Whether one more at the gateway makes two at most, of which one may have been sent."""
        if not self.to_delete:
            return True
        return self.armed_message is None and len(self.to_delete) == 1 and self.to_delete[0].send_at <= now

    def begin_renewal(self, send_at: datetime) -> None:
        """Record that a message is on its way to the gateway."""
        self.serial += 1
        self.pending_send_at = send_at

    def record_accepted(self, held: HeldMessage, now: datetime, interval: timedelta) -> None:
        """Record that the gateway has it: the one before is to be deleted, or this one if it was disarmed meanwhile."""
        if self.pending_send_at is None or not self.armed:
            self._schedule_deletion(held)
        else:
            self._release_armed()
            self.armed_message = held
            self.renewed_at = now
            self.renew_at = now + interval
            self.failed_renewals = 0
        self.pending_send_at = None

    def record_failed_renewal(self, now: datetime) -> None:
        """Record that the renewal failed: try again soon. The message before it stays, and is sent at its time."""
        self.pending_send_at = None
        if self.armed:
            self.failed_renewals += 1
            self.renew_at = now + RETRY_DELAY

    def record_deletion(self, held: HeldMessage) -> None:
        """Record that a message was deleted in time."""
        self.alarms = 0
        self._forget(held)

    def record_sent(self, held: HeldMessage) -> None:
        """Record that a message was sent. A watchdog that only costs, and alarms without need, is disarmed."""
        self.alarms += 1
        self._forget(held)
        if self.alarms >= MAX_ALARMS:
            self.disarm()

    def _forget(self, held: HeldMessage) -> None:
        self.to_delete = [other for other in self.to_delete if other.message_id != held.message_id]
        self.failed_deletions = 0
        self.delete_at = AT_ONCE

    def record_balance(self, before: float, after: float, segments: int) -> None:
        """Record the balance before and after a deletion. A watchdog whose renewals are never refunded is disarmed.

        Credits that come back late, or are taken only when a message leaves, are no loss; nor is what the account
        sends besides, of which ``segments_sent`` tells.
        """
        if after > before:
            self.unrefunded = 0
        elif self.balance is not None and segments == self.segments_sent:
            self.unrefunded = self.unrefunded + 1 if before < self.balance else 0
        self.balance, self.segments_sent = after, segments
        if self.unrefunded >= MAX_UNREFUNDED:
            self.disarm()

    def record_failed_deletion(self, now: datetime) -> None:
        """Record that a deletion failed or is uncertain: try again soon."""
        self.failed_deletions += 1
        self.delete_at = now + RETRY_DELAY

    def record_found(self, rows: Collection[SentMessage], now: datetime) -> None:
        """Schedule the deletion of unknown messages of it that the gateway's list shows as still to be sent."""
        known = {held.message_id for held in self.held_messages()}
        left = [
            HeldMessage(message_id=row.message_id, send_at=row.sent_at.astimezone(UTC))
            for row in rows
            if row.message_id not in known and row.sent_at is not None and row.sent_at > now
        ]
        if left and not self.serial:
            # There is one, and nothing is stored of it: the state was lost, and it is still wanted.
            self.armed, self.renew_at = True, AT_ONCE
            self.armed_message = max(left, key=lambda held: held.send_at)
            left.remove(self.armed_message)
        for held in left[: MAX_TO_DELETE - len(self.to_delete)]:
            self._schedule_deletion(held)

    def has_problem(self, now: datetime, interval: timedelta) -> bool:
        """Whether the last renewal failed or is overdue, or a message cannot be deleted."""
        if self.failed_deletions or not self.armed:
            return bool(self.failed_deletions)
        return bool(self.failed_renewals) or self.armed_message is None or self._is_overdue(now, interval)

    def is_about_to_send(self, now: datetime, period: timedelta) -> bool:
        """Whether so much of the period went by without a renewal that a person should know."""
        return self.armed and (self.armed_message is None or now >= self.armed_message.send_at - period / 2)

    def _is_overdue(self, now: datetime, interval: timedelta) -> bool:
        return self.renewed_at is None or now > self.renewed_at + interval + MARGIN

    def _release_armed(self) -> None:
        if self.armed_message is not None:
            self._schedule_deletion(self.armed_message)
            self.armed_message = None

    def _schedule_deletion(self, held: HeldMessage) -> None:
        self.to_delete.append(held)
        self.delete_at = AT_ONCE


def _is_due(moment: datetime | None, now: datetime, longest: timedelta) -> bool:
    return moment is not None and not now < moment <= now + longest + MARGIN
