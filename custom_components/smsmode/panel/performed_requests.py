"""Requests that send, each performed once: whoever lost the connection asks again, and gets the first result."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from time import monotonic
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..helpers.bounds import drop_oldest

# In seconds.
REMEMBERED_FOR: Final = 600
MAX_REMEMBERED: Final = 1_000

type RequestKey = tuple[str, str]
"""A user, and the id that the client chose."""


class PerformedRequests:
    """The requests of the last minutes, with their results, errors included."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin without any."""
        self._hass = hass
        self._performed: OrderedDict[RequestKey, tuple[float, asyncio.Task[Any]]] = OrderedDict()

    async def async_perform(self, key: RequestKey, perform: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Return the result of a request, which is performed unless it was already. It goes on without whoever asks."""
        now = monotonic()
        while self._performed and next(iter(self._performed.values()))[0] <= now:
            self._performed.popitem(last=False)
        if key not in self._performed:
            task = self._hass.async_create_task(perform(), f"{DOMAIN} request of a panel")
            self._performed[key] = now + REMEMBERED_FOR, task
        drop_oldest(self._performed, MAX_REMEMBERED)
        return await asyncio.shield(self._performed[key][1])


REQUESTS: HassKey[PerformedRequests] = HassKey(f"{DOMAIN}_requests")
