"""Active alerts of an account: those that run, whose end is yet to be told, or that are kept. Pure, and bounded."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from .alert_phases import AlertPhase
from .alerts import Alert
from .tracked_dict import TrackedDict

MAX_ALERTS = 50


class TooManyAlertsError(Exception):
    """As many alerts are running as may be."""


@dataclass(slots=True, kw_only=True, repr=False)
class ActiveAlerts:
    """All alerts of one account that run, whose end is yet to be told, or that are kept for their all-clear."""

    all: TrackedDict[Alert] = field(default_factory=TrackedDict)

    def has_room_for(self, alert_id: str | None) -> bool:
        """Return whether an alert of this id runs already, or may begin."""
        return len(self.all) < MAX_ALERTS or self._idle is not None or self.get(alert_id) is not None

    def add(self, alert: Alert) -> None:
        """Add an alert, which takes the place of earlier ones like it. Raises TooManyAlertsError.

        If there are too many, one that only listens or is kept makes way.
        """
        self._replace_earlier(alert)
        if len(self.all) >= MAX_ALERTS:
            if self._idle is None:
                raise TooManyAlertsError
            del self.all[self._idle]
        self.all[alert.key] = alert

    def _replace_earlier(self, alert: Alert) -> None:
        """Leave the all-clear to an alert, if one of its plan, or of its id, has ended before."""
        for earlier in list(self.all.values()):
            is_alike = earlier.plan_id == alert.plan_id if alert.plan_id else earlier.alert_id == alert.alert_id
            if not is_alike or earlier.phase.is_running:
                continue
            if earlier.kept_until is not None:
                del self.all[earlier.key]
            else:
                earlier.is_replaced = True
                self.all.mark_changed(earlier.key)

    @property
    def _idle(self) -> str | None:
        """The key of the oldest alert that only listens or is kept."""
        ended = (key for key, each in self.all.items() if each.phase is AlertPhase.EXHAUSTED or each.kept_until)
        return next(ended, None)

    @property
    def running(self) -> list[Alert]:
        """The alerts that still escalate."""
        return [alert for alert in self.all.values() if alert.phase.is_running]

    @property
    def listening(self) -> list[Alert]:
        """The alerts that somebody can still acknowledge by SMS: those that run, or were exhausted a while ago."""
        return [each for each in self.all.values() if each.is_listening]

    @property
    def kept(self) -> list[Alert]:
        """The alerts that have ended, and are kept for their all-clear."""
        return [each for each in self.all.values() if each.kept_until is not None]

    def get(self, alert_id: str | None) -> Alert | None:
        """Return the running alert of this id."""
        return next((alert for alert in self.running if alert.alert_id == alert_id), None)

    def find_unresolved(self, alert_id: str) -> Alert | None:
        """Return the alert of this id that runs, else the latest that listens or has an all-clear to send."""
        return next((each for each in self._unresolved if each.alert_id == alert_id), None)

    def find_unresolved_of_plan(self, plan_id: str) -> Alert | None:
        """Return the alert of a plan that runs, else the latest that listens or has an all-clear to send."""
        return next((each for each in self._unresolved if each.plan_id == plan_id), None)

    @property
    def _unresolved(self) -> Iterator[Alert]:
        """The alerts whose cause can be over, the latest first."""
        return (each for each in self.all.latest_first() if each.can_be_resolved)

    def get_of_plan(self, plan_id: str) -> Alert | None:
        """Return the running alert of a plan."""
        return next((alert for alert in self.running if alert.plan_id == plan_id), None)

    def find_of_plan(self, plan_id: str) -> Alert | None:
        """Return the alert of a plan that runs, else the latest that nobody acted on and still listens."""
        return next((alert for alert in reversed(self.listening) if alert.plan_id == plan_id), None)

    def find_by_reference(self, reference: str | None) -> Alert | None:
        """Return the alert that a message of this reference belongs to, if it still listens."""
        return next((alert for alert in self.listening if (reference or "").startswith(alert.reference_prefix)), None)
