"""Message service: resolve, compose and send, for the actions, the notify services and the entities."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..api import (
    MessageStatus,
    SmsmodeCreditError,
    SmsmodeError,
    SmsmodeInputError,
    SmsmodeUncertainError,
)
from ..config.commands import CommandPermission, find_pins, verify_pin
from ..config.options import AccountOptions, LinkObstacle
from ..config.recipients import Failure, Recipients, Resolved
from ..const import LOGGER
from ..errors import (
    UNCERTAIN,
    batch_row_error,
    describe,
    key_of,
    no_target,
    translate,
    translate_errors,
    validation_error,
)
from ..helpers.executor import async_run_maybe_in_executor
from ..helpers.turns import Turns
from ..receiving.processor import InboundProcessor
from .composer import (
    BatchSendOptions,
    Draft,
    MessageSendOptions,
    SendOptions,
    VoiceSendOptions,
    compose_batch,
    compose_message,
    compose_voice,
    cost_of,
    find_invalid_rows,
)
from .deferral import compose_for_all, split_batch
from .dispatcher import MessageDispatcher, ReceiptStatus
from .fallback import Fallback
from .pauses import PauseManager
from .pictures import CAMERA_FAILED, PictureManager, async_ensure_may_see, sample_picture_line
from .quiet_schedules import FindQuietHours, QuietSchedules
from .responses import PreviewResponse, Price, SendSummary, preview_response, send_warnings

# In each round of the event loop: a few milliseconds.
SENDS_EACH_ROUND = 10
# Each is compared with every PIN, which takes time on purpose.
MAX_PINS_CHECKED = 10


class MessageService:
    """Sends messages of one account.

    Errors are translated; targets that nothing could be sent to are named.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        options: AccountOptions,
        recipients: Recipients,
        permissions: Sequence[CommandPermission],
        dispatcher: MessageDispatcher,
        processor: InboundProcessor,
        fallback: Fallback,
        pauses: PauseManager,
        schedules: QuietSchedules,
        pictures: PictureManager,
        ask_balance: Callable[[], Decimal | None],
    ) -> None:
        """``ask_balance`` has the balance asked for in the background, and returns the last that is known."""
        self._hass = hass
        self._options = options
        self._recipients = recipients
        self._pins = [permission.pin for permission in permissions if permission.pin is not None]
        self._dispatcher = dispatcher
        self._processor = processor
        self.fallback = fallback
        self.pauses = pauses
        self.schedules = schedules
        self.pictures = pictures
        self._ask_balance = ask_balance
        self._turns = Turns(hass.loop, SENDS_EACH_ROUND)

    async def async_send_message(self, order: MessageSendOptions) -> SendSummary:
        """Send an SMS; a translated error if it reaches nobody, or breaks a rule."""
        obstacle = await self._async_check_camera(order)
        await self._async_take_turn(order)
        resolved = await self._async_resolve(order, order.targets)
        if order.camera is None:
            return await self._async_send_text(order, resolved)
        picture = None if obstacle else await self.pictures.async_take(order.camera)
        if picture is None:
            summary = await self._async_send_text(order, resolved)
            return replace(summary, warnings=[*summary.warnings, {"reason": obstacle or CAMERA_FAILED}])
        return await self._async_send_picture(order, resolved, picture)

    async def _async_send_picture(self, order: MessageSendOptions, resolved: Resolved, picture: str) -> SendSummary:
        """Send an SMS with a link to a picture, which nobody needs any more if the link did not leave."""
        try:
            summary = await self._async_send_text(replace(order, ending=self.pictures.link(picture)), resolved)
        except HomeAssistantError as err:
            if err.translation_key != UNCERTAIN:
                self.pictures.async_forget([picture])
            raise
        if all(receipt.status in {ReceiptStatus.DUPLICATE, None} for receipt in summary.receipts):
            self.pictures.async_forget([picture])
        return summary

    async def _async_check_camera(self, order: MessageSendOptions) -> LinkObstacle | None:
        """Raise an error for a picture that cannot be sent. What is urgent leaves without: the reason is returned."""
        if order.camera is None:
            return None
        await async_ensure_may_see(self._hass, order.context, order.camera)
        if order.send_at is not None:
            raise validation_error("camera_with_send_at")
        obstacle = self.pictures.obstacle
        if obstacle is not None and not order.urgent:
            raise validation_error(f"camera_{obstacle}")
        return obstacle

    async def _async_send_text(self, order: MessageSendOptions, resolved: Resolved) -> SendSummary:
        if resolved.groups:
            await self._async_reject_group_pin(f"{order.title or ''}\n{order.message}")
        quiet = await self._async_find_quiet_hours(order, resolved.targets)
        with translate_errors():
            compose = partial(self._compose_message, order, resolved, quiet, self._processor.gateway_now())
            drafts = await async_run_maybe_in_executor(self._hass, len(resolved.numbers), compose)
        return await self._async_send(drafts, order, resolved.failures, resolved.unknown_ranges)

    async def async_send_voice_message(self, order: VoiceSendOptions) -> SendSummary:
        """Have a text read aloud by a call; a translated error if it reaches nobody, or breaks a rule."""
        await self._async_take_turn(order)
        resolved = await self._async_resolve(order, order.targets, voice=True)
        quiet = await self._async_find_quiet_hours(order, resolved.targets)
        with translate_errors():
            now = self._processor.gateway_now()
            drafts = compose_for_all(
                quiet, order, resolved, lambda part, some: compose_voice(part, some, self._options), now
            )
        return await self._async_send(drafts, order, resolved.failures, resolved.unknown_ranges)

    async def async_send_batch(self, order: BatchSendOptions, failures: Sequence[Failure]) -> SendSummary:
        """Send many different texts in one request; ``failures`` are the rows that have no possible target.

        A translated error names the first row that cannot be sent, unless such rows are to be skipped and others are
        left.
        """
        order, paused = self._leave_out_paused_rows(order)
        failures = [*failures, *paused]
        if not order.rows and failures:
            raise no_target(failures)
        quiet = await self._async_find_quiet_hours(order, {row.number for row in order.rows})
        with translate_errors():
            compose = partial(self._compose_batch, order, quiet, self._processor.gateway_now())
            drafts, invalid = await async_run_maybe_in_executor(self._hass, len(order.rows), compose)
        return await self._async_send(drafts, order, [*failures, *invalid], order.unknown_ranges)

    async def async_preview_message(self, order: MessageSendOptions) -> PreviewResponse:
        """Return what an SMS would be and cost, and send nothing. The cost is in segments, a group counted as one."""
        await self._async_check_camera(order)
        if order.camera is not None:
            order = replace(order, ending=sample_picture_line(self._hass, self._options))
        resolved = await self._async_resolve(order, order.targets)
        quiet = await self._async_find_quiet_hours(order, resolved.targets)
        with translate_errors():
            drafts = self._compose_message(order, resolved, quiet, self._processor.gateway_now())
        warnings = send_warnings(order.send_at, resolved.unknown_ranges)
        return preview_response(drafts, resolved.failures, warnings, self._price(cost_of(drafts)))

    def _price(self, segments: int) -> Price:
        price = self._options.price_of(segments)
        return {} if price is None else {"price": price, "currency": self._hass.config.currency}

    async def _async_find_quiet_hours(self, order: SendOptions, targets: Iterable[str]) -> FindQuietHours:
        """Return what finds the quiet hours of targets; nothing is read for what they do not hold back."""
        if order.urgent or order.ignore_quiet_hours:
            return self._recipients.quiet_hours_of
        return await self.schedules.async_read(targets, order.send_at or self._processor.gateway_now())

    def _compose_message(
        self, order: MessageSendOptions, resolved: Resolved, quiet: FindQuietHours, now: datetime
    ) -> list[Draft]:
        return compose_for_all(
            quiet, order, resolved, lambda part, some: compose_message(part, some, self._options), now
        )

    def _compose_batch(
        self, order: BatchSendOptions, quiet: FindQuietHours, now: datetime
    ) -> tuple[list[Draft], list[Failure]]:
        """Compose a batch, or what is left of it without the rows that cannot be sent."""
        parts = split_batch(quiet, order, now)
        try:
            return [compose_batch(part, self._options) for part in parts], []
        except SmsmodeInputError:
            invalid = find_invalid_rows(order, self._options)
        if not order.skip_invalid or len(invalid) == len(order.rows):
            index, problem = next(iter(invalid.items()))
            raise batch_row_error(problem, order.position(index), order.rows[index].number)
        valid = tuple(row for index, row in enumerate(order.rows) if index not in invalid)
        parts = split_batch(quiet, replace(order, rows=valid), now)
        return [compose_batch(part, self._options) for part in parts], [
            Failure(order.rows[index].number, problem, order.position(index)) for index, problem in invalid.items()
        ]

    async def _async_take_turn(self, order: SendOptions) -> None:
        """Wait for the turn of a message, but never with one that is urgent; refuse what there is no room for.

        Before it is composed: of thousands in one instant most are refused.
        """
        if not order.urgent:
            await self._turns.async_take()
        with translate_errors():
            self._dispatcher.ensure_room(order)

    def _leave_out_paused_rows(self, order: BatchSendOptions) -> tuple[BatchSendOptions, list[Failure]]:
        """Return a batch without the rows to recipients that are paused, and these as failures."""
        paused = self.pauses.find_paused({row.number for row in order.rows}, order.send_at)
        if order.urgent or not paused:
            return order, []
        kept = [(index, row) for index, row in enumerate(order.rows) if row.number not in paused]
        positions = tuple(order.position(index) for index, _ in kept)
        return replace(order, rows=tuple(row for _, row in kept), positions=positions), [
            replace(paused[row.number], row=order.position(index))
            for index, row in enumerate(order.rows)
            if row.number in paused
        ]

    async def _async_resolve(
        self, order: SendOptions, targets: Sequence[object] | None, *, voice: bool = False
    ) -> Resolved:
        """Resolve targets, of which at least one must be possible, and not paused."""
        resolve = partial(self._recipients.resolve, targets, voice=voice)
        resolved = await async_run_maybe_in_executor(self._hass, len(targets or ()), resolve)
        if not order.urgent and not order.ignore_quiet_hours:
            resolved = self.pauses.leave_out(resolved, order.send_at)
        if not resolved.numbers and not resolved.groups:
            raise no_target(resolved.failures) if resolved.failures else validation_error("no_recipients")
        return resolved

    async def _async_reject_group_pin(self, text: str) -> None:
        """Reject a text for a group that contains the PIN of somebody who may send commands.

        Everybody in the group, now or later, could send commands with it.
        """
        guesses = find_pins(text)[:MAX_PINS_CHECKED]
        if self._pins and guesses:
            has_pin = partial(_has_pin, guesses, self._pins)
            if await self._hass.async_add_executor_job(has_pin):
                raise validation_error("pin_in_group")

    async def _async_send(
        self, drafts: Sequence[Draft], order: SendOptions, failures: Sequence[Failure], unknown_ranges: Sequence[str]
    ) -> SendSummary:
        """Send drafts. The fall-back is told of what is urgent and cannot leave, and the caller as well."""
        try:
            return await self._async_dispatch(drafts, order, failures, unknown_ranges)
        except HomeAssistantError as err:
            if order.urgent and not isinstance(err, ServiceValidationError):
                self.fallback.async_handle_refusal(drafts, err.translation_key)
            raise

    async def _async_dispatch(
        self, drafts: Sequence[Draft], order: SendOptions, failures: Sequence[Failure], unknown_ranges: Sequence[str]
    ) -> SendSummary:
        """Send drafts; raise only if all of them failed, else name those that did."""
        warnings = send_warnings(order.send_at, unknown_ranges)
        if warnings:
            LOGGER.warning("Sent with a warning: %s", ", ".join(sorted({each["reason"] for each in warnings})))
        with translate_errors():
            receipts = await self._dispatcher.async_send(drafts, order)
        errors = [receipt.error for receipt in receipts if receipt.error is not None]
        if len(errors) == len(receipts):
            # An uncertain result must not be hidden behind a certain one.
            unknown = [error for error in errors if isinstance(error, SmsmodeUncertainError)]
            raise self._translate((unknown or errors)[0]) from None
        refused = [
            Failure(target, key_of(receipt.error))
            for receipt in receipts
            if receipt.error is not None
            for target in receipt.draft.recipients
        ]
        for receipt in receipts:
            if receipt.error is None:
                continue
            if order.urgent:
                self.fallback.async_handle_refusal([receipt.draft], key_of(receipt.error))
            # An uncertain one is reported when it is known.
            if not isinstance(receipt.error, SmsmodeUncertainError):
                reference = receipt.draft.request.reference
                self._processor.async_process_given_up(receipt.draft.recipients, reference, MessageStatus.REJECTED)
        if failures or refused:
            # The caller may not look at the response, and a notify service gives none.
            LOGGER.warning("Not everybody was written to: %s", describe([*failures, *refused]))
        return SendSummary(receipts, [*failures, *refused], warnings)

    def _translate(self, err: SmsmodeError) -> HomeAssistantError:
        """Translate an error of the gateway. Missing credits are told with the last known balance: nobody waits."""
        return translate(err, self._ask_balance() if isinstance(err, SmsmodeCreditError) else None)


def _has_pin(guesses: Sequence[str], pins: Sequence[Mapping[str, str]]) -> bool:
    return any(verify_pin(guess, pin) for pin in pins for guess in guesses)
