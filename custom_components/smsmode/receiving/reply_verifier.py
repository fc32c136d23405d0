"""Verifier of replies: a callback only announces a reply, and the gateway itself confirms it.

Callbacks are unsigned and caller ids can be forged. What the gateway's own list shows is processed as verified; what it
does not show a minute later is processed as unverified, so that nothing is lost and nothing that acts on a reply is
deceived. A list that cannot be read says nothing about a reply, which is kept until it can be read; but not longer than
until a reply counts as late, for nothing would act on it any more. However many callbacks arrive, the gateway is asked
at most once every few seconds, with exponential backoff while it confirms none, and few callbacks are kept: one that
finds no place is not lost, for the list shows all replies.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from time import monotonic

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..api import Reply, SmsmodeError
from ..const import DOMAIN
from ..helpers.listeners import Listeners
from ..helpers.tasks import BackgroundTasks
from ..state.reply_history import LATE_AFTER, in_second_pass
from .events import UnverifiedReason
from .processor import InboundProcessor

# In seconds, from the callback to a pass over the list that does not show the reply, and without any pass.
VERIFY_TIMEOUT = 60.0
LIST_TIMEOUT = LATE_AFTER.total_seconds()
LOOKUP_INTERVAL = 3.0
# With pauses of 3, 6 and 12 seconds before it, one of the lookups is a minute after the callback.
MAX_BACKOFF = 13.0
MAX_PENDING = 50


class ReplyVerifier:
    """Verifier of the replies that callbacks announced and the gateway has not confirmed yet."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, processor: InboundProcessor, fetch: Callable[[], Awaitable[bool]]
    ) -> None:
        """Set up with ``fetch``, which has the processor process the gateway's list of replies.

        It returns whether the list could be read without a gap.
        """
        self._hass = hass
        self._processor = processor
        self._fetch = fetch
        self.announced: Listeners[Reply] = Listeners()
        # When each was submitted, by the monotonic clock, and the reply.
        self._pending: list[tuple[float, Reply]] = []
        self._is_verifying = False
        self._backoff = LOOKUP_INTERVAL
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._tasks = BackgroundTasks(hass, entry, f"{DOMAIN} reply verification")

    @callback
    def async_submit(self, reply: Reply) -> None:
        """Keep an announced reply as pending, and start to verify it unless the next lookup is scheduled."""
        self.announced.notify(reply)
        now = self._processor.gateway_now()
        reply = in_second_pass(reply, now - LATE_AFTER, now)
        if not self._processor.is_listening or self._processor.async_has_settled(reply):
            return
        if len(self._pending) >= MAX_PENDING or any(reply == other for _, other in self._pending):
            return
        self._pending.append((monotonic(), reply))
        if not self._is_verifying and self._cancel_timer is None:
            self._async_start_lookup()

    @callback
    def async_stop(self) -> None:
        """Cancel the lookups; what was not confirmed is found by the next poll."""
        self._tasks.cancel()
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None

    @callback
    def _async_start_lookup(self, _now: datetime | None = None) -> None:
        self._cancel_timer = None
        if self._pending:
            self._is_verifying = True
            self._tasks.create(self._async_verify())
        else:
            self._backoff = LOOKUP_INTERVAL

    async def _async_verify(self) -> None:
        """Fetch the list; process as unverified what timed out; schedule the next lookup for the rest."""
        begun_at = monotonic()
        is_read = False
        try:
            with contextlib.suppress(SmsmodeError):
                is_read = await self._fetch()
        finally:
            self._is_verifying = False
        submitted = len(self._pending)
        self._pending = [each for each in self._pending if not self._processor.async_has_settled(each[1])]
        if len(self._pending) < submitted:
            self._backoff = LOOKUP_INTERVAL
        timeout = VERIFY_TIMEOUT if is_read else LIST_TIMEOUT
        reason = UnverifiedReason.NOT_LISTED if is_read else UnverifiedReason.LIST_UNREADABLE
        for each in [each for each in self._pending if begun_at - each[0] >= timeout]:
            self._pending.remove(each)
            self._processor.async_process_reply(each[1], verified=False, reason=reason)
            await asyncio.sleep(0)
        self._cancel_timer = async_call_later(self._hass, self._backoff, self._async_start_lookup)
        self._backoff = min(2 * self._backoff, MAX_BACKOFF)
