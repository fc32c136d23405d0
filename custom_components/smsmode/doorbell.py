"""A reply by callback is only a ring at the door: the gateway itself is asked who was there.

Callbacks are unsigned and caller ids can be forged. What the gateway's own list shows is heard as verified; what it
does not show within a minute is heard unverified, so that nothing is lost and nothing that acts on a reply is fooled.
However many rings come, the gateway is asked at most once every few seconds, and few rings are kept.
"""

import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .api import Reply, SmsmodeError
from .const import DOMAIN
from .inbox import Inbox

PATIENCE = timedelta(minutes=1)
BETWEEN_LOOKS = 3.0
MAX_RINGS = 100


class Doorbell:
    """The replies that callbacks announced and the gateway has not confirmed yet."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, inbox: Inbox, fetch: Callable[[], Awaitable[None]]
    ) -> None:
        """``fetch`` asks the gateway for its replies and lets the inbox hear them."""
        self._hass = hass
        self._entry = entry
        self._inbox = inbox
        self._fetch = fetch
        self._rings: list[tuple[datetime, Reply]] = []
        self._looking = False
        self._cancel_timer: CALLBACK_TYPE | None = None
        entry.async_on_unload(self._stop)

    @callback
    def async_ring(self, reply: Reply) -> None:
        """Take a callback's word for the time being, and go and look."""
        if len(self._rings) >= MAX_RINGS or self._inbox.async_knows_reply(reply):
            return
        self._rings.append((dt_util.utcnow(), reply))
        if not self._looking and self._cancel_timer is None:
            self._go()

    @callback
    def _stop(self) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None

    @callback
    def _go(self, _now: datetime | None = None) -> None:
        self._cancel_timer = None
        if self._rings:
            self._looking = True
            self._entry.async_create_background_task(self._hass, self._async_look(), f"{DOMAIN} doorbell")

    async def _async_look(self) -> None:
        """Ask the gateway; hear unverified what it did not confirm in time; for the rest look again, not at once."""
        try:
            with contextlib.suppress(SmsmodeError):
                await self._fetch()
        finally:
            self._looking = False
        now = dt_util.utcnow()
        for rung_at, reply in self._rings:
            if now - rung_at >= PATIENCE:
                self._inbox.async_hear_reply(reply, verified=False, listed=False)
        self._rings = [ring for ring in self._rings if not self._inbox.async_knows_reply(ring[1])]
        self._cancel_timer = async_call_later(self._hass, BETWEEN_LOOKS, self._go)
