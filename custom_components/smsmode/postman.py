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
BETWEEN_ROUNDS = timedelta(seconds=1)


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
        self._stopped = False
        entry.async_on_unload(self._stop)

    @callback
    def async_schedule(self) -> None:
        """Set the clock for whatever the outbox wants next; never after the account was unloaded."""
        self._cancel()
        if not self._stopped and (due := self._storage.outbox.next_due()) is not None:
            due = max(due, dt_util.utcnow() + BETWEEN_ROUNDS)
            self._cancel_timer = async_track_point_in_utc_time(self._hass, self._async_ring, due)

    @callback
    def _stop(self) -> None:
        self._stopped = True
        self._cancel()

    def _cancel(self) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None

    @callback
    def _async_ring(self, _now: datetime) -> None:
        self._cancel_timer = None
        self._entry.async_create_background_task(self._hass, self._async_round(), f"{DOMAIN} outbox")

    async def _async_round(self) -> None:
        """Give up what waited too long, look for what is doubtful, try what is due."""
        try:
            async with self._rounds:
                now = dt_util.utcnow()
                for item in self._storage.outbox.expired(now):
                    self._give_up(item, MessageStatus.EXPIRED)
                due = self._storage.outbox.due(now)
                await self._async_look([item for item in due if item.phase is Phase.DOUBTFUL])
                for few in batched([item for item in due if item.phase is Phase.WAITING], AT_ONCE, strict=False):
                    await self._async_try(few)
        finally:
            self.async_schedule()

    async def _async_try(self, items: Iterable[OutboxItem]) -> None:
        """Try again what did not leave; there is no caller left to tell of a refusal, so the house is told."""
        items = [item for item in items if item.key in self._storage.outbox.items]
        for item in items:
            self._storage.outbox.begin(item, dt_util.utcnow())
        for item, attempt in zip(items, await self.async_carry_all(items), strict=True):
            if attempt.refused:
                poor = isinstance(attempt.error, SmsmodeCreditError)
                self._tell(item, MessageStatus.INSUFFICIENT_CREDIT if poor else MessageStatus.REJECTED)

    async def async_carry_all(self, items: Iterable[OutboxItem]) -> list[Attempt]:
        """Make one attempt with each of the items that are leaving, once the disk knows that they are."""
        try:
            await self._storage.async_save_outbox()
            return await asyncio.gather(*(self._async_carry(item) for item in items))
        finally:
            self.async_schedule()

    async def _async_carry(self, item: OutboxItem) -> Attempt:
        """Make one attempt. The one wait is for the gateway: what follows cannot be torn by a reload."""
        try:
            result = await self._async_submit(item)
        except (SmsmodeConnectionError, SmsmodeTemporaryError) as err:
            return self._wait(item, err)
        except SmsmodeUncertainError as err:
            return self._doubt(item, err)
        except SmsmodeError as err:
            return self._refuse(item, err)
        except BaseException:
            # Cut short, by a reload or by a mistake of ours: it may have left.
            self._doubt(item, SmsmodeUncertainError())
            raise
        return self._accept(item, result.message_id)

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

    def _accept(self, item: OutboxItem, message_id: str) -> Attempt:
        self._storage.outbox.settle(item)
        request = item.request
        group = request.group if isinstance(request, MessageRequest) else None
        message = WatchedMessage(
            message_id=message_id,
            key=item.key,
            sent_at=request.send_at or dt_util.utcnow(),
            codes={} if group else dict.fromkeys(item.targets),
            group=group,
            reference=None if isinstance(request, VoiceRequest) else request.reference,
        )
        self._storage.async_save_outbox_soon()
        self._inbox.async_note_sent(message, item.segments)
        return Attempt(message_id=message_id)

    def _wait(self, item: OutboxItem, err: SmsmodeError) -> Attempt:
        """It did not leave: it waits in the outbox, unless the caller wanted to know at once."""
        if item.again:
            self._storage.outbox.not_sent(item, dt_util.utcnow(), random.uniform(0.8, 1.2))  # noqa: S311
            self._changed()
        else:
            self._drop(item)
        return Attempt(error=err)

    def _doubt(self, item: OutboxItem, err: SmsmodeError) -> Attempt:
        self._storage.outbox.uncertain(item, dt_util.utcnow())
        self._changed()
        return Attempt(error=err)

    def _refuse(self, item: OutboxItem, err: SmsmodeError) -> Attempt:
        if isinstance(err, SmsmodeAuthError):
            self._entry.async_start_reauth(self._hass)
        self._drop(item)
        return Attempt(error=err, refused=True)

    def _drop(self, item: OutboxItem) -> None:
        """Take off the outbox what the gateway does not have; what it would have cost may be spent again."""
        self._storage.outbox.settle(item)
        self._storage.budget.give_back(item.costs, item.created_at)
        self._changed()

    def _changed(self) -> None:
        self._storage.async_save_outbox_soon()
        self._inbox.async_changed()

    def _give_up(self, item: OutboxItem, status: MessageStatus) -> None:
        self._drop(item)
        self._tell(item, status)

    def _tell(self, item: OutboxItem, status: MessageStatus) -> None:
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
        reference = None if isinstance(item.request, VoiceRequest) else item.request.reference
        self._inbox.async_hear_given_up(item.targets, reference, status)

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
                self._accept(item, message_id)
            elif self._storage.outbox.absent(item, now) and not item.again:
                self._drop(item)
        self._changed()
