"""Last ends of alert plans: what became of the latest alert of each, until it is raised again. Pure."""

from dataclasses import dataclass
from datetime import datetime

from .alerts import AlertPhase, AlertReason


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PlanEnd:
    """End of the latest alert of a plan: how and when it ended, why if nobody acted, and who took care of it."""

    phase: AlertPhase
    at: datetime
    reason: AlertReason | None = None
    acknowledged_by: str | None = None
