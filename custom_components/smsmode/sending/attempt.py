"""Makes one attempt to hand a message to the gateway, and enters what came of it."""

import asyncio
import random
from dataclasses import dataclass, replace
from datetime import timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..api import (
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
from ..const import LOGGER
from ..helpers.clock import Clock
from ..helpers.listeners import Listeners
from ..helpers.repair_issues import IssueType, async_clear_issue, async_raise_issue
from ..receiving.callback_health import CallbackHealth
from ..receiving.callback_url import async_callback_url
from ..receiving.processor import InboundProcessor
from ..state.message_log import TrackedMessage
from ..state.outbox import OutboxItem, Phase
from ..state.store import AccountStore
from .reconciliation import content_of


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt came to: the id, or the error.

    ``refused`` if the gateway said no for good; ``is_over`` if nothing more comes of it, which somebody must be told.
    """

    message_id: str | None = None
    error: SmsmodeError | None = None
    refused: bool = False
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class OutboxItemSettled:
    """An item has left the outbox: the gateway accepted it, or (without id) it was given up with nobody waiting."""

    item: OutboxItem
    message_id: str | None


class GatewaySender:
    """The only one who calls the gateway's sending endpoints."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: SmsmodeClient,
        store: AccountStore,
        processor: InboundProcessor,
        callbacks: CallbackHealth,
        clock: Clock,
    ) -> None:
        """Carry for one account."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._store = store
        self._processor = processor
        self._callbacks = callbacks
        self._clock = clock
        self._turn = asyncio.Lock()
        self.settled: Listeners[OutboxItemSettled] = Listeners()

    async def async_attempt(self, item: OutboxItem, *, on_disk: bool) -> Attempt:
        """Make one attempt. The one wait is for the gateway: what follows cannot be torn by a reload."""
        if not on_disk and item.attempts > 1:
            # The disk has it as waiting: after a fall it would leave once more. What it never had may leave.
            return self._wait(item, SmsmodeConnectionError("the disk is full"))
        try:
            if not self._indistinguishable_items(item):
                result = await self._async_submit(item)
            else:
                async with self._turn:
                    if any(rival.phase is Phase.UNCERTAIN for rival in self._indistinguishable_items(item)):
                        return self._wait(item, SmsmodeConnectionError("another must be found first"))
                    result = await self._async_submit(item)
        except (SmsmodeConnectionError, SmsmodeTemporaryError) as err:
            return self._wait(item, err)
        except SmsmodeUncertainError as err:
            return self._mark_uncertain(item, err)
        except SmsmodeError as err:
            return self._refuse(err)
        except BaseException:
            # Cut short, by a reload or by a mistake of ours: it may have left.
            self._mark_uncertain(item, SmsmodeUncertainError())
            raise
        return self.accept(item, result.message_id)

    def _indistinguishable_items(self, item: OutboxItem) -> list[OutboxItem]:
        """Give what the gateway's list could not tell from this message: the same text to several, one of them a group.

        What goes to one number shows it, and that there is no other.
        """
        if not _is_to_several(item):
            return []
        return [
            other
            for other in self._store.state.outbox.items.values()
            if other is not item
            and other.request.text == item.request.text
            and (_is_to_group(item) or _is_to_group(other))
            and _is_to_several(other)
        ]

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
        result = await self._client.send_message(replace(request, report_url=url, reply_url=reply_url))
        # What is held is deleted before anything is reported of it.
        if url is not None and not item.is_provisional:
            self._callbacks.async_note_sent(result.message_id)
        return result

    def accept(self, item: OutboxItem, message_id: str) -> Attempt:
        """The gateway has it: off the outbox, into the ledger."""
        self._store.state.outbox.remove(item)
        item.message_id = message_id
        self.settled.notify(OutboxItemSettled(item, message_id))
        if item.is_provisional:
            self._store.async_save_soon()
            return Attempt(message_id=message_id)
        request = item.request
        group = request.group if isinstance(request, MessageRequest) else None
        message = TrackedMessage(
            message_id=message_id,
            sent_at=request.send_at or dt_util.utcnow(),
            codes={} if group else dict.fromkeys(item.targets, ()),
            group=group,
            reference=request.reference,
            content=content_of(request),
            is_complete=group is None,
        )
        self._store.state.schedule.record_accepted(item, message_id, dt_util.utcnow())
        self._processor.async_note_sent(message, item.expense.segments)
        self._store.async_save_soon()
        return Attempt(message_id=message_id)

    def _wait(self, item: OutboxItem, err: SmsmodeError) -> Attempt:
        """It did not leave: it waits in the outbox, unless the caller wanted to know at once."""
        if item.may_retry:
            self._store.state.outbox.schedule_retry(item, self._clock.now(), random.uniform(0.8, 1.2))  # noqa: S311
            self.changed()
        return Attempt(error=err, is_over=not item.may_retry)

    def _mark_uncertain(self, item: OutboxItem, err: SmsmodeError) -> Attempt:
        self._store.state.outbox.mark_uncertain(item, self._clock.now())
        self.changed()
        return Attempt(error=err)

    def _refuse(self, err: SmsmodeError) -> Attempt:
        if isinstance(err, SmsmodeAuthError):
            self._entry.async_start_reauth(self._hass)
        return Attempt(error=err, refused=True, is_over=True)

    def drop(self, item: OutboxItem) -> None:
        """Take off the outbox what the gateway does not have; what it would have cost may be spent again."""
        self._store.state.outbox.remove(item)
        self._store.state.budget.refund(item.key, item.expense)
        self.changed()

    def changed(self) -> None:
        """Have it written down, and told."""
        self._store.async_save_soon()
        self._processor.async_changed()

    def give_up(self, item: OutboxItem, status: MessageStatus) -> None:
        """Send it no more, and say so."""
        self.drop(item)
        self._tell(item, status)

    def _tell(self, item: OutboxItem, status: MessageStatus) -> None:
        """Nobody waits for this message any more: say aloud that it was lost."""
        self.settled.notify(OutboxItemSettled(item, None))
        if item.is_provisional:
            return
        LOGGER.error("A queued message of %s was given up: %s", self._entry.title, status)
        # Anew: one that was ignored would stay so.
        async_clear_issue(self._hass, self._entry, IssueType.MESSAGE_GIVEN_UP)
        async_raise_issue(self._hass, self._entry, IssueType.MESSAGE_GIVEN_UP)
        self._processor.async_process_given_up(item.targets, item.reference, status)

    @callback
    def async_tell_refusal(self, item: OutboxItem, attempt: Attempt) -> None:
        """Tell the house that a message for which no caller waits any more was refused, or could not leave at once."""
        if attempt.refused:
            poor = isinstance(attempt.error, SmsmodeCreditError)
            self._tell(item, MessageStatus.INSUFFICIENT_CREDIT if poor else MessageStatus.REJECTED)
        elif attempt.is_over:
            self._tell(item, MessageStatus.EXPIRED)


def _is_to_several(item: OutboxItem) -> bool:
    return len(item.targets) > 1 or _is_to_group(item)


def _is_to_group(item: OutboxItem) -> bool:
    return isinstance(item.request, MessageRequest) and item.request.group is not None
