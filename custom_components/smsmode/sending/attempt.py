"""Gateway sender: one attempt to send an outbox item, and the record of its result."""

import asyncio
import random
from dataclasses import dataclass, replace
from datetime import timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..api import (
    BatchRequest,
    GatewayClient,
    MessageClass,
    MessageRequest,
    MessageStatus,
    SendResult,
    SmsmodeAuthError,
    SmsmodeConnectionError,
    SmsmodeCreditError,
    SmsmodeError,
    SmsmodeTemporaryError,
    SmsmodeUncertainError,
    VoiceRequest,
)
from ..const import LOGGER
from ..errors import key_of
from ..helpers.clock import Clock
from ..helpers.listeners import Listeners
from ..helpers.repair_issues import IssueType, async_clear_issue, async_raise_issue
from ..receiving.callback_health import CallbackHealth
from ..receiving.callback_url import async_callback_url
from ..receiving.processor import InboundProcessor
from ..state.message_log import SendDetails, TrackedMessage, shared_details
from ..state.outbox import OutboxItem, Phase
from ..state.store import AccountStore
from .origin import origin_of
from .reconciliation import content_digest


@dataclass(frozen=True, slots=True)
class Attempt:
    """Result of one attempt: the id of the message, or the error.

    ``refused`` means a final refusal by the gateway; ``is_over`` that no attempt follows, which must be reported.
    """

    message_id: str | None = None
    error: SmsmodeError | None = None
    refused: bool = False
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class OutboxItemSettled:
    """An item has left the outbox: the gateway accepted it, or (without id) it was given up with nobody waiting.

    ``error`` is the refusal by the gateway; None for what waited for too long.
    """

    item: OutboxItem
    message_id: str | None
    error: SmsmodeError | None = None


class GatewaySender:
    """Sends outbox items; the only caller of the gateway's sending endpoints."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: GatewayClient,
        store: AccountStore,
        processor: InboundProcessor,
        callbacks: CallbackHealth,
        clock: Clock,
    ) -> None:
        """Send for one account."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._store = store
        self._processor = processor
        self._callbacks = callbacks
        self._clock = clock
        self._lock = asyncio.Lock()
        self.settled: Listeners[OutboxItemSettled] = Listeners()

    async def async_attempt(self, item: OutboxItem, *, on_disk: bool) -> Attempt:
        """Make one attempt.

        It waits for the gateway alone: the result is recorded in the same step, so that a reload cannot come between.
        """
        if not on_disk and self._store.state.outbox.may_wait_on_disk(item):
            # After a crash it would be sent twice. What the disk has not, or has as being sent, would not.
            return self._schedule_retry(item, SmsmodeConnectionError("the disk cannot be written"))
        try:
            if not self._indistinguishable_items(item):
                result = await self._async_submit(item)
            else:
                async with self._lock:
                    if any(rival.phase is Phase.UNCERTAIN for rival in self._indistinguishable_items(item)):
                        return self._schedule_retry(item, SmsmodeConnectionError("another must be found first"))
                    result = await self._async_submit(item)
        except (SmsmodeConnectionError, SmsmodeTemporaryError) as err:
            return self._schedule_retry(item, err)
        except SmsmodeUncertainError as err:
            return self._mark_uncertain(item, err)
        except SmsmodeError as err:
            return self._reject(err)
        except BaseException:
            # Cut short, by a reload or by a mistake of ours: it may have left.
            self._mark_uncertain(item, SmsmodeUncertainError())
            raise
        return self.accept(item, result.message_id)

    def _indistinguishable_items(self, item: OutboxItem) -> list[OutboxItem]:
        """Return the items that the list of sent messages cannot tell from this one.

        They have the same text, go to several recipients, and one of the two to a group.

        A message to one number is listed with that number, and with the count 1.
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
        result = await self._async_request(item)
        if self._store.state.is_known(result.message_id):
            # The answer to another request, or an id that is used again: what became of this one is not known.
            raise SmsmodeUncertainError("the id of another message")
        return result

    async def _async_request(self, item: OutboxItem) -> SendResult:
        request = item.request
        if request.send_at is not None and request.send_at <= self._processor.gateway_now() + timedelta(minutes=1):
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
        """Move an accepted item from the outbox to the message log."""
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
            sent_at=request.send_at or self._clock.now(),
            codes={} if group else dict.fromkeys(item.targets, ()),
            group=group,
            reference=request.reference,
            content=content_digest(request),
            is_complete=group is None,
            details=self._details(item),
        )
        self._store.state.schedule.record_accepted(item, message_id, self._processor.gateway_now())
        is_answerable = isinstance(request, MessageRequest) and request.message_class is MessageClass.REPLY
        self._processor.async_note_sent(message, item.expense.segments, is_answerable=is_answerable)
        self._store.async_save_soon()
        return Attempt(message_id=message_id)

    def _details(self, item: OutboxItem) -> SendDetails:
        """Return what is shown of a message later: of the texts nothing, of people no more than an id."""
        origin = origin_of(item, self._store.state.alerts)
        details = SendDetails(kind=item.kind, segments=item.expense.segments, origin=origin, group_id=item.group_id)
        return shared_details(details)

    def _schedule_retry(self, item: OutboxItem, err: SmsmodeError) -> Attempt:
        """Schedule the next attempt of an item that was not sent, unless its caller wants no queueing."""
        item.reason = key_of(err)
        if item.may_retry:
            self._note_queued(item)
            self._store.state.outbox.schedule_retry(item, self._clock.now(), random.uniform(0.8, 1.2))  # noqa: S311
            self.changed()
        return Attempt(error=err, is_over=not item.may_retry)

    def note_unsent(self, item: OutboxItem, status: MessageStatus, targets: tuple[str, ...] | None = None) -> None:
        """Record the status of a message that has not left, for some of its targets or all."""
        self._processor.async_note_unsent(targets or item.targets, status, item.reference)

    def _note_queued(self, item: OutboxItem) -> None:
        """Record that a message waits, once: another attempt is no news, and must not look like any."""
        if item.attempts == 1:
            self.note_unsent(item, MessageStatus.QUEUED)

    def _mark_uncertain(self, item: OutboxItem, err: SmsmodeError) -> Attempt:
        self._store.state.outbox.mark_uncertain(item, self._clock.now())
        if item.may_retry:
            self._note_queued(item)
        self.changed()
        return Attempt(error=err)

    def _reject(self, err: SmsmodeError) -> Attempt:
        if isinstance(err, SmsmodeAuthError):
            self._entry.async_start_reauth(self._hass)
        return Attempt(error=err, refused=True, is_over=True)

    def drop(self, item: OutboxItem) -> None:
        """Remove an item that the gateway does not have from the outbox, and refund its cost."""
        self._store.state.outbox.remove(item)
        self._store.state.budget.refund(item.key, item.expense)
        self.changed()

    def release_unknown(self, item: OutboxItem) -> None:
        """Remove an item of which nobody knows whether the gateway has it, and report that; it may have been paid."""
        self._store.state.outbox.remove(item)
        self.changed()
        self.settled.notify(OutboxItemSettled(item, None))
        if not item.is_provisional:
            self._processor.async_process_given_up(item.targets, item.reference, MessageStatus.UNDEFINED)

    def changed(self) -> None:
        """Save the state soon, and notify the listeners."""
        self._store.async_save_soon()
        self._processor.async_changed()

    def give_up(self, item: OutboxItem, status: MessageStatus) -> None:
        """Remove an item for good, and report it as lost."""
        self.drop(item)
        self._report_lost(item, status)

    def _report_lost(self, item: OutboxItem, status: MessageStatus, error: SmsmodeError | None = None) -> None:
        """Report a lost message for which no caller waits: log, repair issue and delivery report."""
        self.settled.notify(OutboxItemSettled(item, None, error))
        if item.is_provisional:
            return
        LOGGER.error("A queued message of %s was given up: %s", self._entry.title, status)
        # Cleared first, because an issue that was ignored would stay ignored.
        async_clear_issue(self._hass, self._entry, IssueType.MESSAGE_GIVEN_UP)
        async_raise_issue(self._hass, self._entry, IssueType.MESSAGE_GIVEN_UP)
        self._processor.async_process_given_up(item.targets, item.reference, status)

    @callback
    def async_report_failure(self, item: OutboxItem, attempt: Attempt) -> None:
        """Report a refused or failed attempt for which no caller waits any more."""
        if attempt.refused:
            poor = isinstance(attempt.error, SmsmodeCreditError)
            status = MessageStatus.INSUFFICIENT_CREDIT if poor else MessageStatus.REJECTED
            self._report_lost(item, status, attempt.error)
        elif attempt.is_over:
            self._report_lost(item, MessageStatus.EXPIRED)


def _is_to_several(item: OutboxItem) -> bool:
    return len(item.targets) > 1 or _is_to_group(item)


def _is_to_group(item: OutboxItem) -> bool:
    return isinstance(item.request, MessageRequest) and item.request.group is not None
