"""The alerts that insist until somebody acts: a state machine that is kept on disk.

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
    """How a step reaches people."""

    SMS = "sms"
    VOICE = "voice"


class AlertPhase(StrEnum):
    """How far an alert is."""

    SENDING = "sending"
    DELIVERING = "delivering"
    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    EXHAUSTED = "exhausted"
    CANCELLED = "cancelled"

    @property
    def is_running(self) -> bool:
        """Say whether it still insists."""
        return self in {AlertPhase.SENDING, AlertPhase.DELIVERING, AlertPhase.WAITING}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AlertStep:
    """Whom to reach at the same time, how, and how long to wait for delivery and then for somebody to act."""

    targets: tuple[str, ...]
    channel: Channel
    delivery_timeout: timedelta
    answer_timeout: timedelta


@dataclass(slots=True, kw_only=True, repr=False)
class Alert:
    """An alert under way.

    ``position`` counts the steps over all rounds; ``pending_notice`` is what ``notice_targets`` are yet to be told.
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

    @property
    def step(self) -> AlertStep:
        """Give the step that it is at."""
        return self.steps[self.position % len(self.steps)]

    @property
    def reference_prefix(self) -> str:
        """Begin the reference of each of its messages."""
        return f"alr-{self.key}-"

    @property
    def reference(self) -> str:
        """Name the message of the step that it is at."""
        return f"{self.reference_prefix}{self.position}"

    @property
    def notice_reference(self) -> str:
        """Name the message that tells the others."""
        return f"{self.reference_prefix}told"

    @property
    def contacted(self) -> tuple[str, ...]:
        """Give everybody who was written to or called so far, each once."""
        steps = self.steps[: self.position + 1]
        return tuple(dict.fromkeys(target for step in steps for target in step.targets))

    @property
    def sms_targets(self) -> tuple[str, ...]:
        """Give everybody to whom the gateway has an SMS, each once."""
        steps = self.steps[: self.position + (self.phase is not AlertPhase.SENDING)]
        return tuple(dict.fromkeys(target for step in steps if step.channel is Channel.SMS for target in step.targets))

    def record_accepted(self, now: datetime) -> None:
        """The gateway has the message of this step: wait for its delivery."""
        self.phase, self.due = AlertPhase.DELIVERING, now + self.step.delivery_timeout

    def record_report(self, number: str, outcome: DeliveryOutcome, now: datetime) -> bool:
        """Take news of the message of this step. Say whether it changed anything."""
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
        """Go to the next step; after the last it is exhausted."""
        self.unreachable, self.due = set(), None
        if self.position + 1 == len(self.steps) * self.rounds:
            self.phase = AlertPhase.EXHAUSTED
        else:
            self.position += 1
            self.phase = AlertPhase.SENDING
        return True

    def advance_if_due(self, now: datetime) -> bool:
        """Go on if what was waited for did not come in time. Say whether it did not."""
        return self.phase.is_running and self.due is not None and self.due <= now and self.advance()

    def acknowledge(self, number: str | None, name: str) -> None:
        """Somebody takes it; what the others are told stays to be sent."""
        if self.tell_others:
            self.pending_notice = self.tell_others.replace("{recipient}", name)
            self.notice_targets = tuple(target for target in self.sms_targets if target != number)
        self.phase, self.due = AlertPhase.ACKNOWLEDGED, None

    def cancel(self) -> None:
        """Insist no more."""
        self.phase, self.due = AlertPhase.CANCELLED, None


class TooManyAlertsError(Exception):
    """As many alerts are running as may."""


@dataclass(slots=True, kw_only=True, repr=False)
class ActiveAlerts:
    """All alerts of one account that run, or whose end is yet to be told."""

    all: TrackedDict[Alert] = field(default_factory=TrackedDict)

    def add(self, alert: Alert) -> None:
        """Take an alert on. TooManyAlertsError."""
        if len(self.all) >= MAX_ALERTS:
            raise TooManyAlertsError
        self.all[alert.key] = alert

    @property
    def running(self) -> list[Alert]:
        """Give those that still insist."""
        return [alert for alert in self.all.values() if alert.phase.is_running]

    def get(self, alert_id: str) -> Alert | None:
        """Give the running alert of this id."""
        return next((alert for alert in self.running if alert.alert_id == alert_id), None)

    def find_by_reference(self, reference: str | None) -> Alert | None:
        """Give the running alert that a message of this reference belongs to."""
        return next((alert for alert in self.running if (reference or "").startswith(alert.reference_prefix)), None)
