"""Phases of alerts, why and how they end, and what became of the latest alert of each plan. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AlertPhase(StrEnum):
    """Phase of an alert."""

    SENDING = "sending"
    DELIVERING = "delivering"
    WAITING = "waiting"
    NOT_SENT = "not_sent"
    ACKNOWLEDGED = "acknowledged"
    EXHAUSTED = "exhausted"
    CANCELLED = "cancelled"
    RESOLVED = "resolved"

    @property
    def is_running(self) -> bool:
        """Whether it still escalates."""
        return self in {AlertPhase.SENDING, AlertPhase.DELIVERING, AlertPhase.WAITING, AlertPhase.NOT_SENT}


class AlertReason(StrEnum):
    """Reason for which an alert is not sent, or ended without anybody acting."""

    NOBODY_ACTED = "nobody_acted"
    NOBODY_REACHED = "nobody_reached"
    NO_CREDIT = "no_credit"
    KEY_REFUSED = "key_refused"
    LIMIT = "limit"
    QUEUE_FULL = "queue_full"
    GATEWAY_UNREACHABLE = "gateway_unreachable"
    EXPIRED = "expired"
    UNLOADING = "unloading"
    SLEPT = "slept"


class AcknowledgedHow(StrEnum):
    """Way in which somebody acknowledged an alert."""

    REPLY = "reply"
    LISTENED = "listened"
    NOTIFICATION = "notification"
    LINK = "link"
    USER = "user"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PlanEnd:
    """End of the latest alert of a plan: how and when it ended, why if nobody acted, and who took care of it."""

    phase: AlertPhase
    at: datetime
    reason: AlertReason | None = None
    acknowledged_by: str | None = None
