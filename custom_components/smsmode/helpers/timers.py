"""Clocks by their keys: each rings once, at its moment, unless it is set anew or stopped before."""

from collections.abc import Callable
from datetime import datetime, timedelta

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util


class KeyedTimers:
    """The clocks of somebody who waits for several things."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with none."""
        self._hass = hass
        self._cancels: dict[str, CALLBACK_TYPE] = {}

    def set(self, key: str, moment: datetime, ring: Callable[[], object]) -> None:
        """Have this called at a moment, or soon if that is over, in place of what was set before."""
        self.cancel(key)

        @callback
        def go(_now: datetime) -> None:
            del self._cancels[key]
            ring()

        pause = max(moment - dt_util.utcnow(), timedelta(0))
        self._cancels[key] = async_call_later(self._hass, pause, go)

    def cancel(self, key: str) -> None:
        """Let one not ring, if there is one."""
        if (cancel := self._cancels.pop(key, None)) is not None:
            cancel()

    def stop(self) -> None:
        """Let none ring."""
        for key in list(self._cancels):
            self.cancel(key)
