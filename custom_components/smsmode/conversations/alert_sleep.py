"""Sleep of alerts: the time between two lives of an account, in which nobody looked after them.

A house that was off for hours, or that begins with a backup of hours ago, must not wake people for what is long over.
"""

from collections.abc import Callable
from datetime import timedelta

from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback

from ..helpers.clock import Clock
from ..state.active_alerts import ActiveAlerts
from ..state.alerts import SLEPT_AFTER, Alert


class AlertSleep:
    """How long the alerts slept that an earlier life left; those that slept for too long are handed over once."""

    def __init__(
        self, hass: HomeAssistant, clock: Clock, alerts: ActiveAlerts, overslept: Callable[[Alert], object]
    ) -> None:
        """Do nothing before `async_start`; ``overslept`` gets each alert that slept for too long."""
        self._hass = hass
        self._clock = clock
        self._alerts = alerts
        self._overslept = overslept
        self._slept: dict[str, timedelta] = {}
        self._unsubscribe: CALLBACK_TYPE | None = None
        self.is_over = False

    @callback
    def async_start(self) -> None:
        """Measure, before anybody looks after the alerts again. A clock may be wrong while Home Assistant starts."""
        now = self._clock.now()
        self._slept = {alert.key: alert.slept_for(now) for alert in self._alerts.all.values()}
        if self._hass.state is not CoreState.running:
            self._unsubscribe = self._clock.was_set.subscribe(self._async_clock_was_set)

    @callback
    def async_end(self) -> None:
        """Hand over what has slept for too long: Home Assistant has started."""
        self.is_over = True
        for key, slept in self._slept.items():
            alert = self._alerts.all.get(key)
            # One that is kept has nothing left to wake anybody for.
            if slept > SLEPT_AFTER and alert is not None and alert.kept_until is None:
                self._overslept(alert)

    @callback
    def async_stop(self) -> None:
        """Measure no more."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    @callback
    def _async_clock_was_set(self, by: timedelta) -> None:
        """Learn how long they slept from the first correction of a clock that was wrong at the start."""
        self._slept = {key: slept + by for key, slept in self._slept.items()}
        if self.is_over:
            self.async_stop()
            self.async_end()
