"""Alerts as the panel shows them: those that run, and for a while those that have ended."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.core import callback

from ..conversations.alert_notifier import AlertEvent
from ..helpers.bounds import drop_oldest
from ..runtime import SmsmodeRuntimeData
from ..state.alert_phases import AlertPhase
from ..state.alerts import Alert
from .messages import iso

type Json = dict[str, Any]

# Whoever looks up from another window shall see what became of it, and who has it.
SHOWN_FOR: Final = timedelta(minutes=10)
MAX_ENDED: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EndedAlert:
    """An alert that has ended, as it was shown last."""

    at: datetime
    shown: Json


class AlertView:
    """View of the alerts of one account while a panel is open."""

    def __init__(self, account: SmsmodeRuntimeData) -> None:
        """Begin with those that run."""
        self._account = account
        self._ended: OrderedDict[str, EndedAlert] = OrderedDict()

    @callback
    def async_handle_event(self, event: AlertEvent) -> None:
        """Keep an alert that ends."""
        alert = event.alert
        if alert.phase.is_running and not alert.is_given_up:
            return
        self._ended.pop(alert.key, None)
        shown = self._show(alert, event.acknowledged_by)
        self._ended[alert.key] = EndedAlert(at=self._account.clock.now(), shown=shown)
        drop_oldest(self._ended, MAX_ENDED)

    def all(self) -> list[Json]:
        """Return all alerts that are shown, the latest first."""
        since = self._account.clock.now() - SHOWN_FOR
        running = self._account.alerts.alerts.listening
        shown = {key: each.shown for key, each in self._ended.items() if each.at > since}
        shown |= {alert.key: self._show(alert, None) for alert in running}
        return sorted(shown.values(), key=lambda each: str(each["key"]), reverse=True)

    def taken_by(self, alert_id: str) -> str | None:
        """Return who has the latest alert of an id, if somebody took it and it does not run any more."""
        if self._account.alerts.alerts.get(alert_id) is not None:
            return None
        ended = (each.shown for each in reversed(self._ended.values()) if each.shown["alert_id"] == alert_id)
        name: str | None = next(ended, {"acknowledged_by": None})["acknowledged_by"]
        return name

    def _show(self, alert: Alert, acknowledged_by: str | None) -> Json:
        name_of = self._account.alerts.notifier.name_of
        is_over = alert.phase in {AlertPhase.ACKNOWLEDGED, AlertPhase.CANCELLED, AlertPhase.RESOLVED}
        return {
            "key": alert.key,
            "alert_id": alert.alert_id,
            "state": alert.phase,
            "message": alert.message,
            "step": alert.position % len(alert.steps) + 1,
            "steps": [
                {
                    "recipients": [name_of(target) for target in step.targets],
                    "how": step.channel,
                    "at": iso(at) if at else None,
                }
                for step, at in zip(alert.steps, alert.step_times(), strict=True)
            ],
            "due": iso(alert.due) if alert.due and not is_over else None,
            "acknowledged_by": acknowledged_by,
            "started_at": iso(alert.started_at),
            "reason": alert.reason,
        }
