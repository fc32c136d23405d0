"""Carries what is in the outbox to the gateway, and looks for what may have arrived without an answer."""

import asyncio
import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import batched

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from .api import (
    BatchRequest,
    MessageClass,
    MessageRequest,
    MessageStatus,
    SendResult,
    SmsmodeAuthError,
    SmsmodeClient,
    SmsmodeConnectionError,
    SmsmodeCreditError,
    SmsmodeError,
    SmsmodeTemporaryError,
    SmsmodeUncertainError,
    VoiceRequest,
)
from .callback_url import async_callback_url
from .const import DOMAIN, LOGGER
from .inbox import Inbox
from .ledger import WatchedMessage
from .lookup import find
from .outbox import OutboxItem, Phase
from .storage import AccountStorage

AT_ONCE = 8
ROWS_TO_LOOK_AT = 500


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt came to: the id, or the error; ``refused`` if the gateway said no for good."""

    message_id: str | None = None
    error: SmsmodeError | None = None
    refused: bool = False


class Postman:
    """The only one who calls the gateway's sending endpoints."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, client: SmsmodeClient, storage: AccountStorage, inbox: Inbox
    ) -> None:
        """Serve the outbox of one account."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._storage = storage
        self._inbox = inbox
        self._rounds = asyncio.Lock()
        self._cancel_timer: CALLBACK_TYPE | None = None
        entry.async_on_unload(self._stop)

    @callback
    def async_schedule(self) -> None:
        """Set the clock for whatever the outbox wants next."""
        self._stop()
        if (due := self._storage.outbox.next_due()) is not None:
            self._cancel_timer = async_track_point_in_utc_time(self._hass, self._async_ring, due)

    @callback
    def _stop(self) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None

    @callback
    def _async_ring(self, _now: datetime) -> None:
        self._cancel_timer = None
        self._entry.async_create_background_task(self._hass, self._async_round(), f"{DOMAIN} outbox")

    async def _async_round(self) -> None:
        """Give up what waited too long, look for what is doubtful, try what is due."""
        async with self._rounds:
            now = dt_util.utcnow()
            for item in self._storage.outbox.expired(now):
                await self._async_give_up(item, MessageStatus.EXPIRED)
            due = self._storage.outbox.due(now)
            await self._async_look([item for item in due if item.phase is Phase.DOUBTFUL])
            for few in batched([item for item in due if item.phase is Phase.WAITING], AT_ONCE, strict=False):
                await self._async_try(few)
        self.async_schedule()

    async def _async_try(self, items: Iterable[OutboxItem]) -> None:
        """Try again what did not leave; there is no caller left to tell of a refusal, so the house is told."""
        items = [item for item in items if item.key in self._storage.outbox.items]
        for item in items:
            self._storage.outbox.begin(item, dt_util.utcnow())
        await self._storage.async_save_outbox()
        attempts = await asyncio.gather(*(self.async_carry(item) for item in items))
        for item, attempt in zip(items, attempts, strict=True):
            if attempt.refused:
                poor = isinstance(attempt.error, SmsmodeCreditError)
                self._async_tell(item, MessageStatus.INSUFFICIENT_CREDIT if poor else MessageStatus.REJECTED)

    async def async_carry(self, item: OutboxItem) -> Attempt:
        """Make one attempt with an item that the outbox on disk shows as leaving."""
        try:
            result = await self._async_submit(item)
        except (SmsmodeConnectionError, SmsmodeTemporaryError) as err:
            return await self._async_wait(item, err)
        except SmsmodeUncertainError as err:
            self._storage.outbox.uncertain(item, dt_util.utcnow())
            await self._storage.async_save_outbox()
            self._inbox.async_changed()
            return Attempt(error=err)
        except SmsmodeError as err:
            return await self._async_refused(item, err)
        except asyncio.CancelledError:
            self._storage.outbox.uncertain(item, dt_util.utcnow())
            raise
        await self._async_accepted(item, result.message_id)
        return Attempt(message_id=result.message_id)

    async def _async_submit(self, item: OutboxItem) -> SendResult:
        request = item.request
        if request.send_at is not None and request.send_at <= dt_util.utcnow() + timedelta(minutes=1):
            request = replace(request, send_at=None)
        if isinstance(request, VoiceRequest):
            return await self._client.send_voice_message(request)
        url = await async_callback_url(self._hass, self._entry)
        if isinstance(request, BatchRequest):
            return await self._client.send_batch(replace(request, report_url=url))
        reply_url = url if request.message_class is MessageClass.REPLY else None
        return await self._client.send_message(replace(request, report_url=url, reply_url=reply_url))

    async def _async_accepted(self, item: OutboxItem, message_id: str) -> None:
        self._storage.outbox.settle(item)
        # First off the outbox, then into the ledger: see storage.
        await self._storage.async_save_outbox()
        request = item.request
        group = request.group if isinstance(request, MessageRequest) else None
        message = WatchedMessage(
            message_id=message_id,
            sent_at=request.send_at or dt_util.utcnow(),
            codes={} if group else dict.fromkeys(item.targets),
            group=group,
            reference=None if isinstance(request, VoiceRequest) else request.reference,
        )
        self._inbox.async_note_sent(message, item.segments)

    async def _async_wait(self, item: OutboxItem, err: SmsmodeError) -> Attempt:
        """It did not leave: it waits in the outbox, unless the caller wanted to know at once."""
        if item.again:
            self._storage.outbox.not_sent(item, dt_util.utcnow(), random.uniform(0.8, 1.2))  # noqa: S311
            await self._storage.async_save_outbox()
            self._inbox.async_changed()
        else:
            await self._async_drop(item)
        return Attempt(error=err)

    async def _async_refused(self, item: OutboxItem, err: SmsmodeError) -> Attempt:
        if isinstance(err, SmsmodeAuthError):
            self._entry.async_start_reauth(self._hass)
        await self._async_drop(item)
        return Attempt(error=err, refused=True)

    async def _async_drop(self, item: OutboxItem) -> None:
        """Take off the outbox what the gateway does not have; what it would have cost may be spent again."""
        self._storage.outbox.settle(item)
        self._storage.budget.give_back(item.costs, item.created_at)
        await self._storage.async_save_outbox()
        self._inbox.async_changed()

    async def _async_give_up(self, item: OutboxItem, status: MessageStatus) -> None:
        await self._async_drop(item)
        self._async_tell(item, status)

    @callback
    def _async_tell(self, item: OutboxItem, status: MessageStatus) -> None:
        """Nobody waits for this message any more: say aloud that it was lost."""
        LOGGER.error("A queued message of %s was given up: %s", self._entry.title, status)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            f"given_up_{self._entry.entry_id}",
            is_fixable=True,
            is_persistent=True,
            severity=ir.IssueSeverity.ERROR,
            translation_key="message_given_up",
            translation_placeholders={"account": self._entry.title},
        )
        self._inbox.async_hear_given_up(item, status)

    async def _async_look(self, items: list[OutboxItem]) -> None:
        """Settle doubtful items by the gateway's own list: there, or twice not there."""
        if not items:
            return
        now = dt_util.utcnow()
        try:
            rows = await self._client.get_sent_messages(count=ROWS_TO_LOOK_AT)
        except SmsmodeError:
            for item in items:
                self._storage.outbox.look_later(item, now)
            return
        claimed = set(self._storage.ledger.messages)
        for item in items:
            if message_id := find(item, rows, claimed):
                claimed.add(message_id)
                await self._async_accepted(item, message_id)
            elif self._storage.outbox.absent(item, now) and not item.again:
                await self._async_drop(item)
        await self._storage.async_save_outbox()
