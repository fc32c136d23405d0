"""Active alerts of an account: those that run, or whose end is yet to be told. Pure, and bounded."""

from dataclasses import dataclass, field

from .alert_phases import AlertPhase
from .alerts import Alert
from .tracked_dict import TrackedDict

MAX_ALERTS = 50


class TooManyAlertsError(Exception):
    """As many alerts are running as may be."""


@dataclass(slots=True, kw_only=True, repr=False)
class ActiveAlerts:
    """All alerts of one account that run, or whose end is yet to be told."""

    all: TrackedDict[Alert] = field(default_factory=TrackedDict)

    def has_room_for(self, alert_id: str | None) -> bool:
        """Return whether an alert of this id runs already, or may begin."""
        return len(self.all) < MAX_ALERTS or self._exhausted is not None or self.get(alert_id) is not None

    def add(self, alert: Alert) -> None:
        """Add an alert, for which one that only listens makes way. Raises TooManyAlertsError."""
        if len(self.all) >= MAX_ALERTS:
            if self._exhausted is None:
                raise TooManyAlertsError
            del self.all[self._exhausted]
        self.all[alert.key] = alert

    @property
    def _exhausted(self) -> str | None:
        """The key of the oldest alert that only listens."""
        return next((key for key, each in self.all.items() if each.phase is AlertPhase.EXHAUSTED), None)

    @property
    def running(self) -> list[Alert]:
        """The alerts that still escalate."""
        return [alert for alert in self.all.values() if alert.phase.is_running]

    @property
    def listening(self) -> list[Alert]:
        """The alerts that somebody can still acknowledge by SMS: those that run, or were exhausted a while ago."""
        return [each for each in self.all.values() if each.phase.is_running or each.phase is AlertPhase.EXHAUSTED]

    def get(self, alert_id: str | None) -> Alert | None:
        """Return the running alert of this id."""
        return next((alert for alert in self.running if alert.alert_id == alert_id), None)

    def find_unresolved(self, alert_id: str) -> Alert | None:
        """Return the alert of this id that runs, else the latest that nobody acted on and still listens."""
        return next((alert for alert in reversed(self.listening) if alert.alert_id == alert_id), None)

    def get_of_plan(self, plan_id: str) -> Alert | None:
        """Return the running alert of a plan."""
        return next((alert for alert in self.running if alert.plan_id == plan_id), None)

    def find_of_plan(self, plan_id: str) -> Alert | None:
        """Return the alert of a plan that runs, else the latest that nobody acted on and still listens."""
        return next((alert for alert in reversed(self.listening) if alert.plan_id == plan_id), None)

    def find_by_reference(self, reference: str | None) -> Alert | None:
        """Return the alert that a message of this reference belongs to, if it still listens."""
        return next((alert for alert in self.listening if (reference or "").startswith(alert.reference_prefix)), None)
