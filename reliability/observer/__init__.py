"""Observer: integration that records events of a real Home Assistant in files.

Each delivery report, answer, change of an alert and opened gate is written at once, because the process may be killed
at any instant.
"""

import json
import os

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.typing import ConfigType

REPORTS_FILE = "reports.jsonl"
EVENTS_FILE = "events.jsonl"
TOLD = ("smsmode_question_answered", "smsmode_alert_changed", "gate_opened")


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Listen from the start of Home Assistant to its end."""
    _write_down(hass, REPORTS_FILE, "smsmode_delivery_report")
    for event in TOLD:
        _write_down(hass, EVENTS_FILE, event)
    return True


def _write_down(hass: HomeAssistant, name: str, kind: str) -> None:
    file = os.open(hass.config.path(name), os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    @callback
    def _note(event: Event) -> None:
        os.write(file, json.dumps(event.data, default=str).encode() + b"\n")

    hass.bus.async_listen(kind, _note)
