"""Escalating alerts: steps until somebody acknowledges. A persisted state machine.

    sending ──accepted──> delivering ──delivered──> waiting
     ^   │                    │                        │
     │   └──── unreachable ───┴──── too slow ──────────┴──> the next step, sending; after the last: exhausted
     v
    not_sent: the account is refused, and the step is tried again; after too long: not_sent for good

A step is one message to one or several people at the same time; one that Home Assistant does by itself waits for no
delivery. At any point somebody may acknowledge, or cancel, or its cause may be over, which resolves it.
Who cannot be reached is passed over. While the account itself is refused nobody can be, so no step is used up, unless
a later one does without the account.
One that was acknowledged or exhausted and has an all-clear is kept: when its cause is over, those who were alarmed get
it. It does not run any more; seven days later it is forgotten.
Pure: time is handed in. Bounded: the steps and the rounds of an alert, and its retries.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..api import DeliveryOutcome, VoiceLanguage
from .alert_phases import AlertPhase, AlertReason
from .alert_steps import AlertStep, Channel
from .links import AlertCamera, AlertLink
from .questions import Answer

MAX_STEPS = 20
MAX_ROUNDS = 5
# Between two attempts of a step while the account is refused.
FIRST_RETRY = timedelta(seconds=5)
MAX_RETRY = timedelta(minutes=1)
# A stale alert is worse than none, unless its own steps take longer than that.
RETRY_FOR = timedelta(hours=1)
_PREFIX = "alr-"
# An alert that nobody looked after for so long is over: people are not woken for it.
SLEPT_AFTER = timedelta(hours=1)
# An all-clear that comes later tells nobody anything.
KEPT_FOR = timedelta(days=7)


@dataclass(slots=True, kw_only=True, repr=False)
class Alert:
    """Alert that runs, whose end is yet to be told, or that is kept for its all-clear.

    ``position`` counts the steps over all rounds; ``pending_notice`` is what ``notice_targets`` are yet to be told;
    ``origin`` is the automation or script that raised it.
    ``failure`` is why the latest message reached nobody. While the account is refused, ``retries`` counts the attempts,
    and at ``give_up_at`` it ends. ``attempt`` counts the messages of this step that the gateway took but did not send,
    for want of credits, of which ``is_unpaid`` tells. ``seen_at`` is when it was looked after last,
    ``fallback_used`` whether it was told in another way,
    ``hinted`` are those who were told what to answer. ``all_clear`` is what those who were alarmed are told when its
    cause is over. ``plan_id`` is the subentry id of the plan that it was raised from. ``left_out`` has the targets that
    a step was not for: its position over all rounds, and the target. ``is_presence_ignored`` tells that the presence of
    the current step would have left nobody. ``taken_at`` is when the gateway, or Home Assistant, took the steps until
    now: the position of each over all rounds, and the moment. ``links`` are those of the steps until now.
    ``clear_targets`` are those who had been alarmed when somebody acknowledged it, or when it was found to have slept;
    ``kept_until`` is when it is forgotten if its cause is not over before. ``is_replaced`` tells that it was raised
    again since, which leaves the all-clear to the later one.
    """

    key: str
    alert_id: str
    message: str
    steps: tuple[AlertStep, ...]
    rounds: int
    started_at: datetime
    answers: tuple[Answer, ...]
    tell_others: str
    acknowledge_on_listened: bool = False
    language: VoiceLanguage | None = None
    phase: AlertPhase = AlertPhase.SENDING
    position: int = 0
    unreachable: set[str] = field(default_factory=set)
    due: datetime | None = None
    pending_notice: str | None = None
    notice_targets: tuple[str, ...] = ()
    origin: str | None = None
    failure: AlertReason | None = None
    was_accepted: bool = False
    was_reached: bool = False
    is_unpaid: bool = False
    attempt: int = 0
    retries: int = 0
    give_up_at: datetime | None = None
    hinted: tuple[str, ...] = ()
    seen_at: datetime | None = None
    fallback_used: bool = False
    all_clear: str = ""
    plan_id: str | None = None
    left_out: tuple[tuple[int, str], ...] = ()
    is_presence_ignored: bool = False
    taken_at: tuple[tuple[int, datetime], ...] = ()
    links: tuple[AlertLink, ...] = ()
    camera: AlertCamera | None = None
    clear_targets: tuple[str, ...] | None = None
    kept_until: datetime | None = None
    is_replaced: bool = False

    @property
    def step(self) -> AlertStep:
        """The current step."""
        return self._step_at(self.position)

    @property
    def reference_prefix(self) -> str:
        """The prefix of the references of its messages."""
        return f"{_PREFIX}{self.key}-"

    @staticmethod
    def owns(reference: str | None) -> bool:
        """Return whether a message belongs to an alert, which may be over."""
        return (reference or "").startswith(_PREFIX)

    @property
    def reference(self) -> str:
        """The reference of the message of the current step."""
        return f"{self.reference_prefix}{self.position}" + (f"-{self.attempt}" if self.attempt else "")

    @property
    def notice_reference(self) -> str:
        """The reference of the message that tells the others; the all-clear may follow who takes care."""
        is_second = self.phase is AlertPhase.RESOLVED and self.clear_targets is not None
        return f"{self.reference_prefix}{'clear' if is_second else 'told'}"

    @property
    def hint_reference(self) -> str:
        """The reference of the message that tells the latest of ``hinted`` what to answer."""
        return f"{self.reference_prefix}hint{len(self.hinted)}"

    @property
    def link_reference(self) -> str:
        """The reference of the SMS with the links that goes with the call of the current step."""
        return f"{self.reference_prefix}link{self.position}"

    def replace_links(self, links: Iterable[AlertLink]) -> None:
        """Record the links of the current step, in the place of those of an attempt that did not leave."""
        self.links = (*(link for link in self.links if link.position != self.position), *links)

    @property
    def targets(self) -> tuple[str, ...]:
        """The targets of the current step, without those that it is not for."""
        return self._targets_at(self.position)

    @property
    def contacted(self) -> tuple[str, ...]:
        """Everybody whom a step until now is for, each once."""
        steps = self.steps[: self.position + 1]
        return tuple(dict.fromkeys(target for step in steps for target in step.targets))

    @property
    def alarmed(self) -> tuple[str, ...]:
        """Everybody for whom the gateway has an SMS or a call, and whatever notified; each once."""
        return self._reached_by(lambda step: step.channel is not Channel.SCRIPT)

    @property
    def informed(self) -> tuple[str, ...]:
        """Everybody who can read about it: to whom the gateway has an SMS, and whatever notified; each once."""
        return self._reached_by(lambda step: step.has_sms or step.channel is Channel.NOTIFY)

    @property
    def notified(self) -> tuple[str, ...]:
        """The notify entities and actions that were called, each once."""
        return self._reached_by(lambda step: step.channel is Channel.NOTIFY)

    def _reached_by(self, is_wanted: Callable[[AlertStep], bool]) -> tuple[str, ...]:
        sent = range(self.position + (self.phase not in {AlertPhase.SENDING, AlertPhase.NOT_SENT}))
        those = [position for position in sent if is_wanted(self._step_at(position))]
        return tuple(dict.fromkeys(target for position in those for target in self._targets_at(position)))

    def _step_at(self, position: int) -> AlertStep:
        return self.steps[position % len(self.steps)]

    def _targets_at(self, position: int) -> tuple[str, ...]:
        targets = self._step_at(position).targets
        return tuple(target for target in targets if (position, target) not in self.left_out)

    def step_times(self) -> list[datetime | None]:
        """Return when each step of this round was taken, or will be if nobody answers; None where nobody knows.

        What is to come is delivered as late as its step allows.
        """
        first = self.position - self.position % len(self.steps)
        is_sure = self.phase.is_running and self.phase is not AlertPhase.NOT_SENT
        taken, planned = dict(self.taken_at), self.due if is_sure else None
        times = [taken.get(first + index) for index in range(len(self.steps))]
        for index in range(self.position - first + 1, len(self.steps)):
            times[index] = planned
            step = self.steps[index]
            planned = planned and planned + step.delivery_timeout + step.answer_timeout
        return times

    def _note_taken(self, now: datetime) -> None:
        self.taken_at = (*(each for each in self.taken_at if each[0] != self.position), (self.position, now))

    @property
    def has_local_step_ahead(self) -> bool:
        """Whether a later step does without the gateway."""
        ahead = range(self.position + 1, len(self.steps) * self.rounds)
        return any(self._step_at(position).channel.is_local for position in ahead)

    @property
    def reason(self) -> AlertReason | None:
        """Why it is not sent, or ended without anybody acting; None in every other phase."""
        if self.phase not in {AlertPhase.NOT_SENT, AlertPhase.EXHAUSTED}:
            return None
        if self.phase is AlertPhase.EXHAUSTED and self.was_reached:
            return AlertReason.NOBODY_ACTED
        return self.failure or AlertReason.NOBODY_REACHED

    @property
    def is_given_up(self) -> bool:
        """Whether it has ended without being sent."""
        return self.phase is AlertPhase.NOT_SENT and self.due is None

    @property
    def is_listening(self) -> bool:
        """Whether somebody can still acknowledge it."""
        return self.phase.is_running or (self.phase is AlertPhase.EXHAUSTED and self.kept_until is None)

    @property
    def can_be_resolved(self) -> bool:
        """Whether its cause can be over: it runs or listens, or has an all-clear for those whom it alarmed."""
        return not self.is_replaced and (self.is_listening or self._has_all_clear)

    @property
    def _has_all_clear(self) -> bool:
        has_ended = self.phase in {AlertPhase.ACKNOWLEDGED, AlertPhase.EXHAUSTED}
        return has_ended and bool(self.all_clear) and not self.is_replaced

    @property
    def longest_wait(self) -> timedelta:
        """How long it waits for an account that is refused: as long as all of its steps take at most."""
        each = (step.delivery_timeout + step.answer_timeout for step in self.steps)
        return max(RETRY_FOR, sum(each, timedelta()) * self.rounds)

    def record_accepted(self, now: datetime) -> None:
        """Record that the gateway accepted the message of this step: wait for its delivery."""
        self._end_refusal()
        self.was_accepted = True
        self._note_taken(now)
        self.phase, self.due = AlertPhase.DELIVERING, now + self.step.delivery_timeout

    def record_done(self, targets: tuple[str, ...], now: datetime) -> None:
        """Record that Home Assistant did this step by itself for these of its targets: wait for an answer."""
        self.leave_out(target for target in self.targets if target not in targets)
        self._end_refusal()
        self.was_accepted = self.was_reached = True
        self._note_taken(now)
        self.phase, self.due = AlertPhase.WAITING, now + self.step.answer_timeout

    def leave_out(self, targets: Iterable[str]) -> None:
        """Record targets that this step is not for."""
        self.left_out = tuple(dict.fromkeys([*self.left_out, *((self.position, target) for target in targets)]))

    def record_queued(self, now: datetime) -> bool:
        """Record that the message of this step waits for the gateway; return whether that changed anything.

        The account is not refused, or not any more. A later step that does without the gateway does not wait for it.
        """
        was_refused = self.give_up_at is not None
        self._end_refusal()
        if self.has_local_step_ahead:
            self.due = now + self.step.delivery_timeout
        return was_refused or self.due is not None

    def _end_refusal(self) -> None:
        self.failure, self.retries, self.give_up_at = None, 0, None

    def record_refusal(self, reason: AlertReason, now: datetime) -> bool:
        """Record that the account is refused: try the same step again, in a while; return whether that is news."""
        is_news = self.give_up_at is None or self.failure is not reason
        if self.give_up_at is None:
            self.give_up_at = now + self.longest_wait
        pause = min(FIRST_RETRY * 2 ** min(self.retries, 16), MAX_RETRY)
        self.retries += 1
        self.phase, self.failure, self.due = AlertPhase.NOT_SENT, reason, min(now + pause, self.give_up_at)
        return is_news

    def is_stale(self, now: datetime) -> bool:
        """Return whether the account has been refused for so long that nobody is to be alarmed any more."""
        return self.give_up_at is not None and self.give_up_at <= now

    def retry(self) -> None:
        """Begin another attempt at a refused step."""
        self.phase, self.due = AlertPhase.SENDING, None

    def give_up(self, reason: AlertReason) -> None:
        """End it, because its message leaves for nobody."""
        self.phase, self.failure, self.due = AlertPhase.NOT_SENT, reason, None

    def pass_over(self, reason: AlertReason) -> bool:
        """Advance to the next step at once, because the message of this one leaves for nobody."""
        self.failure = reason
        self.leave_out(self.targets)
        return self.advance()

    def record_report(self, number: str, outcome: DeliveryOutcome, now: datetime, *, is_unpaid: bool = False) -> bool:
        """Record the delivery outcome of a target of this step; return whether it changed anything."""
        if number not in self.targets or self.phase not in {AlertPhase.SENDING, AlertPhase.DELIVERING}:
            return False
        if outcome is DeliveryOutcome.DELIVERED:
            self.was_reached = True
            self.phase, self.due = AlertPhase.WAITING, now + self.step.answer_timeout
            return True
        if outcome is DeliveryOutcome.PENDING:
            return False
        self.unreachable.add(number)
        self.is_unpaid |= is_unpaid
        if not self.unreachable >= set(self.targets):
            return False
        return self._send_again(now) if self.is_unpaid and not self.has_local_step_ahead else self.advance()

    def _send_again(self, now: datetime) -> bool:
        """Have this step sent again, in a message of its own: the gateway had no credits left for the last one."""
        self.unreachable, self.is_unpaid = set(), False
        self.attempt += 1
        self.record_refusal(AlertReason.NO_CREDIT, now)
        return True

    def record_doubt(self, settled_by: datetime) -> None:
        """Record that nobody knows whether the message of this step left; go on if that is not settled in time."""
        if self.phase is AlertPhase.SENDING and self.due is None:
            self.due = settled_by

    def advance(self) -> bool:
        """Advance to the next step; after the last it is exhausted, or not sent if the gateway never had a message."""
        self.unreachable, self.due, self.is_unpaid, self.attempt = set(), None, False, 0
        self.is_presence_ignored = False
        if self.position + 1 == len(self.steps) * self.rounds:
            self.phase = AlertPhase.EXHAUSTED if self.was_accepted else AlertPhase.NOT_SENT
        else:
            self.position += 1
            self.phase = AlertPhase.SENDING
        return True

    def advance_if_due(self, now: datetime, *, is_in_doubt: bool) -> bool:
        """Advance if the timeout of this phase has passed; return whether it has.

        ``is_in_doubt`` tells a message that may have left from one that waits here for the gateway.
        """
        if not self.phase.is_running or self.due is None or self.due > now:
            return False
        if self.phase is AlertPhase.SENDING and not is_in_doubt:
            self.failure = AlertReason.GATEWAY_UNREACHABLE
        else:
            # Of what was not reported, or got no answer, nobody knows.
            self.was_accepted = self.was_reached = True
        return self.advance()

    def acknowledge(self, number: str | None, name: str) -> None:
        """Record who acknowledged it; what the others are told is yet to be sent."""
        self.clear_targets = self.alarmed
        if self.tell_others:
            self.pending_notice = self.tell_others.replace("{recipient}", name)
            self.notice_targets = tuple(target for target in self.informed if target != number)
        self.phase, self.due = AlertPhase.ACKNOWLEDGED, None

    def resolve(self, all_clear: str | None) -> None:
        """Record that its cause is over; ``all_clear`` is yet to be sent, None stands for its own."""
        self.pending_notice = self.all_clear if all_clear is None else all_clear
        self.notice_targets = self.alarmed if self.clear_targets is None else self.clear_targets
        self.phase, self.due, self.kept_until = AlertPhase.RESOLVED, None, None

    def listen(self, now: datetime) -> None:
        """Listen for an answer as long as the last step would have waited for one, though nothing more is sent."""
        self.due = now + self.step.answer_timeout

    def slept_for(self, now: datetime) -> timedelta:
        """Return for how long nobody has looked after it."""
        return now - (self.seen_at or self.due or self.started_at)

    def end_asleep(self) -> None:
        """End it, because it slept for too long to wake anybody for it."""
        self.clear_targets = self.alarmed
        self.phase, self.due = AlertPhase.EXHAUSTED, None
        self.failure, self.was_reached = AlertReason.SLEPT, False

    def cancel(self) -> None:
        """Cancel it."""
        self.phase, self.due, self.kept_until = AlertPhase.CANCELLED, None, None

    def keep(self, now: datetime) -> bool:
        """Keep it until its cause is over; return whether there is an all-clear for then. Its other end is told."""
        if not self._has_all_clear:
            return False
        self.kept_until = now + KEPT_FOR
        self.due, self.pending_notice, self.links = None, None, ()
        return True
