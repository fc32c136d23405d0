"""A reply by callback is only a ring at the door: the gateway itself is asked who was there.

Callbacks are unsigned and caller ids can be forged. What the gateway's own list shows is heard as verified; what it
does not show within a minute is heard unverified, so that nothing is lost and nothing that acts on a reply is fooled.
However many rings come, the gateway is asked at most once every few seconds, the less often the longer it confirms
none, and few rings are kept: one that finds no place is not lost, for whoever looks sees everybody at the door.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..api import Reply, SmsmodeError
from ..const import DOMAIN
from ..helpers.tasks import BackgroundTasks
from ..state.reply_history import LATE_AFTER, in_second_pass
from .processor import InboundProcessor

VERIFY_TIMEOUT = timedelta(minutes=1)
LOOKUP_INTERVAL = 3.0
# With pauses of 3, 6 and 12 seconds before it, one of the looks is a minute after the ring.
MAX_BACKOFF = 13.0
MAX_PENDING = 50


class ReplyVerifier:
    """The replies that callbacks announced and the gateway has not confirmed yet."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, processor: InboundProcessor, fetch: Callable[[], Awaitable[None]]
    ) -> None:
        """``fetch`` asks the gateway for its replies and lets the inbox hear them."""
        self._hass = hass
        self._processor = processor
        self._fetch = fetch
        self._rings: list[tuple[datetime, Reply]] = []
        self._looking = False
        self._pause = LOOKUP_INTERVAL
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._tasks = BackgroundTasks(hass, entry, f"{DOMAIN} reply verification")

    @callback
    def async_submit(self, reply: Reply) -> None:
        """Take a callback's word for the time being, and go and look."""
        now = dt_util.utcnow()
        reply = in_second_pass(reply, now - LATE_AFTER, now)
        if not self._processor.is_listening or self._processor.async_knows_reply(reply):
            return
        if len(self._rings) >= MAX_PENDING or any(reply == other for _, other in self._rings):
            return
        self._rings.append((now, reply))
        if not self._looking and self._cancel_timer is None:
            self._go()

    @callback
    def async_stop(self) -> None:
        """Ask no more; what was not confirmed is found by the next poll."""
        self._tasks.cancel()
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None

    @callback
    def _go(self, _now: datetime | None = None) -> None:
        self._cancel_timer = None
        if self._rings:
            self._looking = True
            self._tasks.create(self._async_look())
        else:
            self._pause = LOOKUP_INTERVAL

    async def _async_look(self) -> None:
        """Ask the gateway; hear unverified what it did not confirm in time; for the rest look again, not at once."""
        try:
            with contextlib.suppress(SmsmodeError):
                await self._fetch()
        finally:
            self._looking = False
        rings = len(self._rings)
        self._drop_known()
        if len(self._rings) < rings:
            self._pause = LOOKUP_INTERVAL
        now = dt_util.utcnow()
        for rung_at, reply in list(self._rings):
            if now - rung_at >= VERIFY_TIMEOUT:
                self._processor.async_process_reply(reply, verified=False)
                await asyncio.sleep(0)
        self._drop_known()
        self._cancel_timer = async_call_later(self._hass, self._pause, self._go)
        self._pause = min(2 * self._pause, MAX_BACKOFF)

    def _drop_known(self) -> None:
        self._rings = [ring for ring in self._rings if not self._processor.async_knows_reply(ring[1])]
