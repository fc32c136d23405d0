"""Escalating alerts: steps until somebody acknowledges. A persisted state machine.

    sending ──accepted──> delivering ──delivered──> waiting
       │                      │                        │
       └──── unreachable ─────┴──── too slow ──────────┴──> the next step, sending; after the last: exhausted

A step is one message to one or several people at the same time. At any point somebody may acknowledge, or cancel.
Pure: time is handed in. Bounded: the steps and the rounds of an alert, and the alerts at a time.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ..api import DeliveryOutcome, VoiceLanguage
from .questions import Answer
from .tracked_dict import TrackedDict

MAX_ALERTS = 50
MAX_STEPS = 20
MAX_ROUNDS = 5


class Channel(StrEnum):
    """Channel of a step."""

    SMS = "sms"
    VOICE = "voice"


class AlertPhase(StrEnum):
    """Phase of an alert."""

    SENDING = "sending"
    DELIVERING = "delivering"
    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    EXHAUSTED = "exhausted"
    CANCELLED = "cancelled"

    @property
    def is_running(self) -> bool:
        """Whether it still escalates."""
        return self in {AlertPhase.SENDING, AlertPhase.DELIVERING, AlertPhase.WAITING}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AlertStep:
    """Step of an alert: targets to reach at the same time, how, and the timeouts of delivery and then of an answer."""

    targets: tuple[str, ...]
    channel: Channel
    delivery_timeout: timedelta
    answer_timeout: timedelta


@dataclass(slots=True, kw_only=True, repr=False)
class Alert:
    """Alert that runs, or whose end is yet to be told.

    ``position`` counts the steps over all rounds; ``pending_notice`` is what ``notice_targets`` are yet to be told;
    ``origin`` is the automation or script that raised it.
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

    @property
    def step(self) -> AlertStep:
        """The current step."""
        return self.steps[self.position % len(self.steps)]

    @property
    def reference_prefix(self) -> str:
        """The prefix of the references of its messages."""
        return f"alr-{self.key}-"

    @property
    def reference(self) -> str:
        """The reference of the message of the current step."""
        return f"{self.reference_prefix}{self.position}"

    @property
    def notice_reference(self) -> str:
        """The reference of the message that tells the others."""
        return f"{self.reference_prefix}told"

    @property
    def contacted(self) -> tuple[str, ...]:
        """Everybody who was written to or called so far, each once."""
        steps = self.steps[: self.position + 1]
        return tuple(dict.fromkeys(target for step in steps for target in step.targets))

    @property
    def sms_targets(self) -> tuple[str, ...]:
        """Everybody to whom the gateway has an SMS, each once."""
        steps = self.steps[: self.position + (self.phase is not AlertPhase.SENDING)]
        return tuple(dict.fromkeys(target for step in steps if step.channel is Channel.SMS for target in step.targets))

    def record_accepted(self, now: datetime) -> None:
        """Record that the gateway accepted the message of this step: wait for its delivery."""
        self.phase, self.due = AlertPhase.DELIVERING, now + self.step.delivery_timeout

    def record_report(self, number: str, outcome: DeliveryOutcome, now: datetime) -> bool:
        """Record the delivery outcome of a target of this step; return whether it changed anything."""
        if number not in self.step.targets or self.phase not in {AlertPhase.SENDING, AlertPhase.DELIVERING}:
            return False
        if outcome is DeliveryOutcome.DELIVERED:
            self.phase, self.due = AlertPhase.WAITING, now + self.step.answer_timeout
            return True
        if outcome is DeliveryOutcome.PENDING:
            return False
        self.unreachable.add(number)
        return self.unreachable >= set(self.step.targets) and self.advance()

    def advance(self) -> bool:
        """Advance to the next step; after the last it is exhausted."""
        self.unreachable, self.due = set(), None
        if self.position + 1 == len(self.steps) * self.rounds:
            self.phase = AlertPhase.EXHAUSTED
        else:
            self.position += 1
            self.phase = AlertPhase.SENDING
        return True

    def advance_if_due(self, now: datetime) -> bool:
        """Advance if the timeout of this phase has passed; return whether it has."""
        return self.phase.is_running and self.due is not None and self.due <= now and self.advance()

    def acknowledge(self, number: str | None, name: str) -> None:
        """Record who acknowledged it; what the others are told is yet to be sent."""
        if self.tell_others:
            self.pending_notice = self.tell_others.replace("{recipient}", name)
            self.notice_targets = tuple(target for target in self.sms_targets if target != number)
        self.phase, self.due = AlertPhase.ACKNOWLEDGED, None

    def listen(self, now: datetime) -> None:
        """Listen for an answer as long as the last step would have waited for one, though nothing more is sent."""
        self.due = now + self.step.answer_timeout

    def cancel(self) -> None:
        """Cancel it."""
        self.phase, self.due = AlertPhase.CANCELLED, None


class TooManyAlertsError(Exception):
    """As many alerts are running as may be."""


@dataclass(slots=True, kw_only=True, repr=False)
class ActiveAlerts:
    """All alerts of one account that run, or whose end is yet to be told."""

    all: TrackedDict[Alert] = field(default_factory=TrackedDict)

    def add(self, alert: Alert) -> None:
        """Add an alert. Raises TooManyAlertsError."""
        if len(self.all) >= MAX_ALERTS:
            exhausted = next((key for key, each in self.all.items() if each.phase is AlertPhase.EXHAUSTED), None)
            if exhausted is None:
                raise TooManyAlertsError
            del self.all[exhausted]
        self.all[alert.key] = alert

    @property
    def running(self) -> list[Alert]:
        """The alerts that still escalate."""
        return [alert for alert in self.all.values() if alert.phase.is_running]

    @property
    def listening(self) -> list[Alert]:
        """The alerts that somebody can still acknowledge by SMS: those that run, or were exhausted a while ago."""
        return [each for each in self.all.values() if each.phase.is_running or each.phase is AlertPhase.EXHAUSTED]

    def get(self, alert_id: str) -> Alert | None:
        """Return the running alert of this id."""
        return next((alert for alert in self.running if alert.alert_id == alert_id), None)

    def find_by_reference(self, reference: str | None) -> Alert | None:
        """Return the alert that a message of this reference belongs to, if it still listens."""
        return next((alert for alert in self.listening if (reference or "").startswith(alert.reference_prefix)), None)
