"""A witness inside a real Home Assistant.

It writes down each delivery report at once, for the next instant may be its last.
"""

import json
import os

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.typing import ConfigType

BOOK = "reports.jsonl"


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Listen from the start of the house to its end."""
    book = os.open(hass.config.path(BOOK), os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    @callback
    def _note(event: Event) -> None:
        os.write(book, json.dumps(event.data, default=str).encode() + b"\n")

    hass.bus.async_listen("smsmode_delivery_report", _note)
    return True
