"""Tracker of scheduled messages: remove them when they are sent, cancel them on request.

The gateway sends by its own clock, so that is what they are compared with: the house's may be wrong for a while.
"""

from datetime import timedelta
from functools import partial

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..api import GatewayClient, MessageStatus, SmsmodeError, SmsmodeNotFoundError, SmsmodeUncertainError
from ..const import DOMAIN, LOGGER
from ..helpers.clock import Clock, KeyedTimers
from ..helpers.listeners import Subscriptions
from ..helpers.tasks import BackgroundTasks
from ..receiving.processor import InboundProcessor
from ..state.scheduled import ScheduledMessage, scheduled_in
from ..state.store import AccountStore
from .worker import OutboxWorker

# After a deletion whose answer was lost the gateway is asked so often whether it still has the message.
LOOKUP_INTERVAL = timedelta(minutes=1)
MAX_LOOKUPS = 10
_NEXT = "next"


class ScheduleTracker:
    """The scheduled messages of one account, at the gateway and in the outbox."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: GatewayClient,
        store: AccountStore,
        processor: InboundProcessor,
        worker: OutboxWorker,
        clock: Clock,
    ) -> None:
        """Do nothing before `async_start`."""
        self._client = client
        self._store = store
        self._processor = processor
        self._worker = worker
        self._clock = clock
        self._departure = KeyedTimers(hass, clock)
        self._is_stopped = False
        self._lookups = KeyedTimers(hass, clock)
        self._tasks = BackgroundTasks(hass, entry, f"{DOMAIN} deletion")
        self._subscriptions = Subscriptions()

    @callback
    def async_start(self) -> None:
        """Follow the schedule from now on."""
        self._subscriptions.add(self._processor.async_on_change(self._async_set_timer))
        self._async_set_timer()

    @callback
    def async_stop(self) -> None:
        """Follow it no more."""
        self._is_stopped = True
        self._lookups.stop()
        self._tasks.cancel()
        self._subscriptions.end()
        self._departure.stop()

    @callback
    def async_all(self) -> list[ScheduledMessage]:
        """Return all scheduled messages, the next one first."""
        now = self._processor.gateway_now()
        known = [*self._store.state.schedule.items.values(), *scheduled_in(self._store.state.outbox)]
        return sorted((each for each in known if each.send_at > now), key=lambda each: each.send_at)

    async def async_cancel(self, key: str) -> bool:
        """Cancel a message in the outbox, else delete it at the gateway; False if it may have been sent already.

        Raises SmsmodeError. What the gateway does not know is removed here as well.
        """
        if (item := self._store.state.outbox.items.get(key)) is not None:
            return self._worker.async_cancel(item)
        await self.async_delete(key)
        return True

    async def async_delete(self, message_id: str) -> str:
        """Delete a message at the gateway, scheduled or sent; return the gateway's description. Raises SmsmodeError.

        If its answer is lost, the gateway is asked whether it still has the message; the description is empty then.
        """
        try:
            description = await self._client.delete_message(message_id=message_id)
        except SmsmodeNotFoundError:
            self._forget(message_id)
            raise
        except SmsmodeUncertainError:
            if not await self._async_settle(message_id, MAX_LOOKUPS):
                raise
            return ""
        self._record_deleted(message_id)
        return description

    async def _async_settle(self, message_id: str, lookups: int) -> bool:
        """Forget a message that the gateway does not have any more; return whether that is so, or ask again later.

        The request may take effect after its answer was lost, so that it is still there is no last word.
        """
        try:
            await self._client.get_message_status(message_id)
        except SmsmodeNotFoundError:
            self._record_deleted(message_id)
            return True
        except SmsmodeError as err:
            LOGGER.debug("It is not known whether a message was deleted: %s", type(err).__name__)
        if lookups > 1 and not self._is_stopped:
            moment = self._clock.now() + LOOKUP_INTERVAL
            settle = partial(self._async_settle, message_id, lookups - 1)
            self._lookups.set(message_id, moment, lambda: self._tasks.create(settle()))
        return False

    def _record_deleted(self, message_id: str) -> None:
        """Remove a message that was deleted at the gateway; one that had not been sent yet is cancelled."""
        scheduled = self._forget(message_id)
        if scheduled is not None and scheduled.send_at > self._processor.gateway_now():
            self._processor.async_note_unsent(
                scheduled.targets, MessageStatus.CANCELLED, scheduled.reference, message_id
            )

    def _forget(self, message_id: str) -> ScheduledMessage | None:
        """Remove a message from the schedule and from the message log; return it if it was scheduled."""
        scheduled = self._store.state.schedule.remove(message_id)
        self._processor.async_forget_messages([message_id])
        self._store.async_save_soon()
        return scheduled

    @callback
    def _async_set_timer(self) -> None:
        """Wake up when the next one leaves."""
        if (departure := self._store.state.schedule.next_send_at()) is None:
            self._departure.cancel(_NEXT)
            return
        self._departure.set(_NEXT, self._client.gateway_clock.at_house(departure), self.async_look_over)
        self._clock.async_wake()

    def is_waiting(self) -> bool:
        """Return whether the gateway holds anything for later."""
        return self._store.state.schedule.next_send_at() is not None

    @callback
    def async_look_over(self) -> None:
        """Forget what has left, and wake up when the next one does: the clocks may have been set."""
        if self._store.state.schedule.remove_sent(self._processor.gateway_now()):
            self._processor.async_changed()
        self._async_set_timer()
