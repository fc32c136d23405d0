"""Starter of alerts: from the fields of an action or a plan to an alert that runs, once at a time for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..config.options import AccountOptions
from ..config.recipients import Recipients
from ..errors import validation_error
from ..state.active_alerts import MAX_ALERTS
from ..state.alerts import Alert
from .alert_builder import AlertBuilder, BuiltAlert
from .alert_manager import AlertManager
from .left_out import async_tell_left_out


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StartedAlert:
    """An alert that runs: the one that was asked for, or one that ran before (``is_new`` tells), and what it costs."""

    alert: Alert
    is_new: bool
    built: BuiltAlert

    def as_response(self) -> dict[str, Any]:
        """Return what the response of an action tells of it."""
        progress = {"state": self.alert.phase, "step": self.alert.position + 1}
        return {"alert_id": self.alert.alert_id, "started": self.is_new, **progress, **self.built.as_response()}


class AlertStarter:
    """Starter of the alerts of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        options: AccountOptions,
        recipients: Recipients,
        alerts: AlertManager,
    ) -> None:
        """Start alerts for these recipients."""
        self._hass = hass
        self._entry = entry
        self._alerts = alerts
        self._builder = AlertBuilder(hass, entry, options, recipients)

    async def async_start(
        self, fields: Mapping[str, Any], origin: str | None, plan_id: str | None = None
    ) -> StartedAlert:
        """Start an alert of validated fields, unless one of its id or of its plan runs. Raises a translated error.

        Whoever cannot be written to is left out, and named.
        """
        name = fields.get("alert_id")
        await self._alerts.turns.async_take()
        if not self._alerts.alerts.has_room_for(name):
            # Before anything is composed: of a thousand alerts in one instant most are refused.
            raise validation_error("too_many_alerts", limit=str(MAX_ALERTS))
        built = self._builder.build(fields, origin)
        async_tell_left_out(self._hass, self._entry, built.failures, name=name, origin=origin)
        running = self._find_running(built.alert.alert_id, plan_id)
        if running is not None:
            # One that cannot leave is no reason to say that all is well.
            await self._alerts.async_retry(running)
            return StartedAlert(alert=running, is_new=False, built=built)
        built.alert.plan_id = plan_id
        await self._alerts.async_begin(built.alert)
        return StartedAlert(alert=built.alert, is_new=True, built=built)

    async def async_preview(self, fields: Mapping[str, Any]) -> BuiltAlert:
        """Return an alert that is not started. Raises a translated error."""
        await self._alerts.turns.async_take()
        return self._builder.build(fields, None)

    def _find_running(self, alert_id: str, plan_id: str | None) -> Alert | None:
        """Return the alert that runs already; a plan knows its own, though it may have been renamed meanwhile."""
        alerts = self._alerts.alerts
        return alerts.get(alert_id) if plan_id is None else alerts.get_of_plan(plan_id)
