"""Cancellations that can be undone: a message is held back for some seconds, and is cancelled for good after them.

Nothing of this is on the disk: when the account stops, what is held is cancelled at once, for nobody can undo it any
more. After a crash within these seconds the message waits again, where everybody sees it.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..api import GatewayClient, SmsmodeError, SmsmodeNotFoundError
from ..const import DOMAIN, LOGGER
from ..helpers.notices import async_show_notice
from ..helpers.tasks import BackgroundTasks
from ..receiving.processor import InboundProcessor
from ..state.outbox import Phase
from ..state.store import AccountStore
from .schedule_tracker import ScheduleTracker
from .worker import OutboxWorker

UNDO_TIME: Final = timedelta(seconds=10)
# What the gateway sends sooner is deleted at once, for it must not leave while somebody could still undo.
MARGIN: Final = timedelta(minutes=2)
# How long, in seconds, the account waits at its end for the gateway to delete what is held.
STOP_TIMEOUT: Final = 5.0


class Cancellations:
    """The messages of one account that are held back because somebody has cancelled them a moment ago."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: GatewayClient,
        store: AccountStore,
        processor: InboundProcessor,
        worker: OutboxWorker,
        tracker: ScheduleTracker,
    ) -> None:
        """Hold nothing yet."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._store = store
        self._processor = processor
        self._worker = worker
        self._tracker = tracker
        self._timers: dict[str, CALLBACK_TYPE] = {}
        self._tasks = BackgroundTasks(hass, entry, f"{DOMAIN} cancellations")

    def is_held(self, key: str) -> bool:
        """Return whether a message is held back, of the outbox or scheduled."""
        return key in self._timers

    @callback
    def async_hold(self, key: str) -> bool:
        """Hold a message back, and cancel it in a while; False if it may leave, or has left, before that."""
        if self.is_held(key) or not self._may_be_held(key):
            return self.is_held(key)
        self._store.state.outbox.hold(key)
        self._timers[key] = async_call_later(self._hass, UNDO_TIME, partial(self._async_time_over, key))
        self._processor.async_changed()
        return True

    @callback
    def async_undo(self, key: str) -> bool:
        """Let a message go its way again; False if it is not held any more."""
        if not self._release(key):
            return False
        self._worker.async_schedule()
        self._processor.async_changed()
        return True

    async def async_stop(self) -> None:
        """Cancel what is held."""
        for key in list(self._timers):
            self._begin(key)
        await self._tasks.async_finish(STOP_TIMEOUT)

    def _may_be_held(self, key: str) -> bool:
        if (item := self._store.state.outbox.items.get(key)) is not None:
            return item.phase is Phase.WAITING and not item.is_provisional
        if (scheduled := self._store.state.schedule.items.get(key)) is None or not self._client.is_reachable:
            return False
        return scheduled.send_at > self._processor.gateway_now() + UNDO_TIME + MARGIN

    def _release(self, key: str) -> bool:
        if (cancel := self._timers.pop(key, None)) is None:
            return False
        cancel()
        self._store.state.outbox.release(key)
        return True

    @callback
    def _async_time_over(self, key: str, _now: datetime) -> None:
        self._begin(key)

    def _begin(self, key: str) -> None:
        self._release(key)
        # What has expired meanwhile, or was cancelled otherwise, is gone.
        if key in self._store.state.outbox.items or key in self._store.state.schedule.items:
            self._tasks.create(self._async_cancel(key))

    async def _async_cancel(self, key: str) -> None:
        """Cancel a message; that this failed is told to everybody, for whoever wanted it may have gone."""
        try:
            await self._tracker.async_cancel(key)
        except SmsmodeNotFoundError:
            LOGGER.debug("The gateway does not have a message any more that was cancelled")
        except SmsmodeError as err:
            LOGGER.warning("A message that was cancelled could not be deleted: %s", type(err).__name__)
            async_show_notice(self._hass, "not_cancelled", f"not_cancelled_{key}", account=self._entry.title)
        self._processor.async_changed()
