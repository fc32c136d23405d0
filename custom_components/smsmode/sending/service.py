"""What every way of asking comes to: the notify services, the notify entities and the actions all end here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..api import (
    MessageStatus,
    PreparedText,
    SmsmodeCreditError,
    SmsmodeError,
    SmsmodeInputError,
    SmsmodeUncertainError,
)
from ..config.commands import CommandPermission, find_pins, verify_pin
from ..config.options import AccountOptions
from ..config.recipients import Failure, Recipients, Resolved
from ..const import LOGGER
from ..errors import batch_row_error, describe, key_of, no_target, translate, translate_errors, validation_error
from ..helpers.executor import async_run_maybe_in_executor
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
from .dispatcher import MessageDispatcher, ReceiptStatus, SendReceipt

# Each costs a moment to compare with every PIN.
MAX_PINS_CHECKED = 10


@dataclass(frozen=True, slots=True)
class SendSummary:
    """What became of a request: a receipt for each message, and the targets that nothing could be sent to."""

    receipts: Sequence[SendReceipt]
    failures: Sequence[Failure]

    def as_response(self) -> dict[str, Any]:
        """Give the response of the actions that send one text."""
        messages = [_message(receipt) for receipt in self.receipts if receipt.error is None]
        return {"messages": messages, "failed": _failed(self.failures)}

    def as_batch_response(self) -> dict[str, Any]:
        """Give the response of a batch, whose texts are counted, not repeated.

        Rows that quiet hours hold back travel in batches of their own, which are told apart.
        """
        first, *held_back = [_batch(receipt) for receipt in self.receipts if receipt.error is None]
        return {**first, "held_back": held_back, "failed": _failed(self.failures)}


class MessageService:
    """Sends for the actions, the notify services and the entities of one account.

    Whatever asks for a message ends here. Errors are translated; whoever could not be written to is named.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        options: AccountOptions,
        recipients: Recipients,
        permissions: Sequence[CommandPermission],
        dispatcher: MessageDispatcher,
        processor: InboundProcessor,
        ask_balance: Callable[[], Decimal | None],
    ) -> None:
        """``ask_balance`` has the balance asked for in the background, and returns the last that is known."""
        self._hass = hass
        self._options = options
        self._recipients = recipients
        self._pins = [permission.pin for permission in permissions if permission.pin is not None]
        self._dispatcher = dispatcher
        self._processor = processor
        self._ask_balance = ask_balance

    async def async_send_message(self, order: MessageSendOptions) -> SendSummary:
        """Send an SMS; a translated error if it reaches nobody, or breaks a rule."""
        resolved = await self._async_resolve(order.targets)
        if resolved.groups:
            await self._async_reject_group_pin(f"{order.title or ''}\n{order.message}")
        with translate_errors():
            compose = partial(self._compose_message, order, resolved)
            drafts = await async_run_maybe_in_executor(self._hass, len(resolved.numbers), compose)
        return await self._async_send(drafts, order, resolved.failures)

    async def async_send_voice_message(self, order: VoiceSendOptions) -> SendSummary:
        """Have a text read aloud by a call; a translated error if it reaches nobody, or breaks a rule."""
        resolved = await self._async_resolve(order.targets, voice=True)
        with translate_errors():
            drafts = compose_for_all(self._recipients, order, resolved, compose_voice)
        return await self._async_send(drafts, order, resolved.failures)

    async def async_send_batch(self, order: BatchSendOptions, failures: Sequence[Failure]) -> SendSummary:
        """Send many different texts in one request; ``failures`` are the rows that have no possible target.

        A translated error names the first row that cannot be sent, unless such rows are to be skipped and others are
        left.
        """
        if not order.rows and failures:
            raise no_target(failures)
        with translate_errors():
            compose = partial(self._compose_batch, order)
            drafts, invalid = await async_run_maybe_in_executor(self._hass, len(order.rows), compose)
        return await self._async_send(drafts, order, [*failures, *invalid])

    async def async_preview_message(self, order: MessageSendOptions) -> dict[str, Any]:
        """Return what an SMS would be and cost, and send nothing. The cost is in segments, a group counted as one."""
        resolved = await self._async_resolve(order.targets)
        with translate_errors():
            drafts = self._compose_message(order, resolved)
        (text,) = drafts[0].texts
        return {
            **_text(text),
            "characters": text.characters,
            "costly": list(text.costly),
            "segments": text.segments,
            "recipients": [target for draft in drafts for target in draft.recipients],
            "scheduled": [
                {"send_at": _when(draft), "recipients": list(draft.recipients)}
                for draft in drafts
                if draft.request.send_at
            ],
            "cost": cost_of(drafts),
            "failed": _failed(resolved.failures),
        }

    def _compose_message(self, order: MessageSendOptions, resolved: Resolved) -> list[Draft]:
        return compose_for_all(
            self._recipients, order, resolved, lambda part, some: compose_message(part, some, self._options)
        )

    def _compose_batch(self, order: BatchSendOptions) -> tuple[list[Draft], list[Failure]]:
        """Compose a batch, or what is left of it without the rows that cannot be sent."""
        try:
            return self._compose_rows(order), []
        except SmsmodeInputError:
            invalid = find_invalid_rows(order, self._options)
        if not order.skip_invalid or len(invalid) == len(order.rows):
            index, problem = next(iter(invalid.items()))
            raise batch_row_error(problem, order.positions[index], order.rows[index].number)
        valid = tuple(row for index, row in enumerate(order.rows) if index not in invalid)
        return self._compose_rows(replace(order, rows=valid)), [
            Failure(order.rows[index].number, problem, order.positions[index]) for index, problem in invalid.items()
        ]

    def _compose_rows(self, order: BatchSendOptions) -> list[Draft]:
        return [compose_batch(part, self._options) for part in split_batch(self._recipients, order)]

    async def _async_resolve(self, targets: Sequence[str] | None, *, voice: bool = False) -> Resolved:
        """Resolve targets, of which at least one must be possible."""
        resolve = partial(self._recipients.resolve, targets, voice=voice)
        resolved = await async_run_maybe_in_executor(self._hass, len(targets or ()), resolve)
        if not resolved.numbers and not resolved.groups:
            raise no_target(resolved.failures) if resolved.failures else validation_error("no_recipients")
        return resolved

    async def _async_reject_group_pin(self, text: str) -> None:
        """Refuse a text for a group that has the PIN of somebody who may command the house.

        Whoever is in the group, and whoever comes to be, could command the house as well.
        """
        guesses = find_pins(text)[:MAX_PINS_CHECKED]
        if self._pins and guesses:
            has_pin = partial(_has_pin, guesses, self._pins)
            if await self._hass.async_add_executor_job(has_pin):
                raise validation_error("pin_in_group")

    async def _async_send(
        self, drafts: Sequence[Draft], order: SendOptions, failures: Sequence[Failure]
    ) -> SendSummary:
        """Send drafts; raise only if all of them failed, else name those that did."""
        with translate_errors():
            receipts = await self._dispatcher.async_send(drafts, order)
        errors = [receipt.error for receipt in receipts if receipt.error is not None]
        if len(errors) == len(receipts):
            # That nobody knows of one of them must not be hidden behind what is certain of another.
            unknown = [error for error in errors if isinstance(error, SmsmodeUncertainError)]
            raise self._translate((unknown or errors)[0]) from None
        refused = [
            Failure(target, key_of(receipt.error))
            for receipt in receipts
            if receipt.error is not None
            for target in receipt.draft.recipients
        ]
        for receipt in receipts:
            # What nobody knows of is told when it is known.
            if receipt.error is not None and not isinstance(receipt.error, SmsmodeUncertainError):
                reference = receipt.draft.request.reference
                self._processor.async_process_given_up(receipt.draft.recipients, reference, MessageStatus.REJECTED)
        if failures or refused:
            # The caller may not look at the response, and a notify service gives none.
            LOGGER.warning("Not everybody was written to: %s", describe([*failures, *refused]))
        return SendSummary(receipts, [*failures, *refused])

    def _translate(self, err: SmsmodeError) -> HomeAssistantError:
        """Translate an error of the gateway. Missing credits are told with the last known balance: nobody waits."""
        return translate(err, self._ask_balance() if isinstance(err, SmsmodeCreditError) else None)


def _has_pin(guesses: Sequence[str], pins: Sequence[Mapping[str, str]]) -> bool:
    return any(verify_pin(guess, pin) for pin in pins for guess in guesses)


def _message(receipt: SendReceipt) -> dict[str, Any]:
    draft = receipt.draft
    (text,) = draft.texts
    return {
        "message_id": receipt.message_id,
        "status": _status(receipt),
        **_ids(receipt),
        "send_at": _when(draft),
        "recipients": list(draft.recipients),
        "segments": draft.segments,
        "reference": draft.request.reference,
        **_text(text),
    }


def _batch(receipt: SendReceipt) -> dict[str, Any]:
    texts = receipt.draft.texts
    return {
        "campaign_id": receipt.message_id,
        "status": _status(receipt),
        **_ids(receipt),
        "send_at": _when(receipt.draft),
        "count": len(texts),
        "segments": receipt.draft.segments,
        "changed": sum(bool(text.changes) for text in texts),
        "truncated": sum(text.truncated for text in texts),
    }


def _status(receipt: SendReceipt) -> str | None:
    """Tell what the gateway holds for later from what it has sent on its way."""
    if receipt.status is ReceiptStatus.ACCEPTED and receipt.draft.request.send_at is not None:
        return MessageStatus.SCHEDULED
    return receipt.status


def _when(draft: Draft) -> str | None:
    """Say when a message leaves, in the time of the house; None if at once."""
    send_at = draft.request.send_at
    return dt_util.as_local(send_at).isoformat() if send_at else None


def _ids(receipt: SendReceipt) -> dict[str, str]:
    """Name what waits, so that it can be called off, and what a repetition repeats."""
    match receipt.status:
        case ReceiptStatus.QUEUED:
            return {"queue_id": receipt.queue_id}
        case ReceiptStatus.DUPLICATE:
            return {"duplicate_of": receipt.message_id or receipt.queue_id}
        case _:
            return {}


def _failed(failures: Sequence[Failure]) -> list[dict[str, str | int]]:
    return [
        {"target": failure.target, "reason": failure.reason} | ({"row": failure.row} if failure.row else {})
        for failure in failures
    ]


def _text(text: PreparedText) -> dict[str, Any]:
    """Say what was done to a text."""
    return {
        "encoding": text.alphabet,
        "text": text.text,
        "changes": [asdict(change) for change in text.changes],
        "truncated": text.truncated,
    }
