"""Buttons of the notifications that the companion app shows: they acknowledge the alert."""

from collections.abc import Callable
from typing import Any

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback

from ..state.active_alerts import ActiveAlerts
from ..state.alerts import Alert
from .alert_messages import COMPANION_EVENT, acknowledged_key


@callback
def async_listen_to_buttons(
    hass: HomeAssistant, alerts: ActiveAlerts, acknowledge: Callable[[Alert, str | None], object]
) -> CALLBACK_TYPE:
    """Hand over each alert whose button is pressed, and the user whose telephone it is; return how to stop that."""

    @callback
    def handle(event: Event[dict[str, Any]]) -> None:
        key = acknowledged_key(event.data.get("action"))
        alert = next((each for each in alerts.listening if each.key == key), None)
        if alert is not None:
            acknowledge(alert, event.context.user_id)

    return hass.bus.async_listen(COMPANION_EVENT, handle)
