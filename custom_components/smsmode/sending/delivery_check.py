"""Delivery check: a test SMS, and its progress for the form that shows it."""

import asyncio
from contextlib import suppress
from enum import StrEnum

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..api import DeliveryOutcome, Encoding, MessageStatus
from ..helpers.sms_texts import TEST_MESSAGES, localized
from ..helpers.targets import GROUP_PREFIX
from ..receiving.processor import InboundProcessor
from .composer import MessageSendOptions
from .dispatcher import SendReceipt
from .service import MessageService

# In seconds: as long as a person watches a form; most phones confirm within ten.
CHECK_TIMEOUT = 120
# In seconds: as long as a form takes to show a change.
LOOK = 5


class CheckProgress(StrEnum):
    """Progress of a check; the value is the key of the text that the form shows."""

    SENDING = "sending"
    ACCEPTED = "accepted"
    UNDER_WAY = "under_way"
    NO_ANSWER = "no_answer"


class CheckResult(StrEnum):
    """Result of a check; the value is the step of the flow that shows it."""

    DELIVERED = "delivered"
    NOT_DELIVERED = "not_delivered"
    BLOCKED = "blocked"
    SOME_DELIVERED = "some_delivered"
    NOT_SENT = "not_sent"
    GROUP_REFUSED = "group_refused"
    UNREPORTED = "unreported"


_NO_ANSWER = frozenset({MessageStatus.TEMPORARY_ABSENCE, MessageStatus.TEMPORARY_PHONE})


async def async_send_test_message(messages: MessageService, language: str, target: str) -> SendReceipt:
    """Send the test SMS to a number, or to ``group:`` and a group; a translated error if it cannot leave now.

    It costs one segment for each who gets it. Asked for again within a minute, the receipt is that of a repetition.
    """
    order = MessageSendOptions(
        message=localized(TEST_MESSAGES, language),
        targets=(target,),
        encoding=Encoding.GSM,
        queue=False,
    )
    (receipt,) = (await messages.async_send_message(order)).receipts
    return receipt


class DeliveryCheck:
    """One test SMS to a number or a group. Its status is read from the message log, by callback or by poll."""

    def __init__(self, hass: HomeAssistant, messages: MessageService, processor: InboundProcessor, target: str) -> None:
        """Send nothing yet."""
        self._hass = hass
        self._messages = messages
        self._processor = processor
        self._target = target
        self._message_id: str | None = None
        self._deadline = 0.0
        self._looked = asyncio.Event()
        self.progress: CheckProgress | CheckResult = CheckProgress.SENDING
        self.statuses: list[MessageStatus] = []
        self.error: HomeAssistantError | None = None

    async def async_advance(self) -> None:
        """Send the test SMS, or wait for the next change of `progress`."""
        self._looked.clear()
        if self.progress is CheckProgress.SENDING:
            await self._async_send()
        else:
            await self._async_listen()

    def look(self) -> None:
        """Note that the form shows the present progress."""
        self._looked.set()

    def count(self, outcome: DeliveryOutcome) -> int:
        """Return the number of recipients with this outcome."""
        return sum(status.outcome is outcome for status in self.statuses)

    async def _async_send(self) -> None:
        try:
            receipt = await async_send_test_message(self._messages, self._hass.config.language, self._target)
        except HomeAssistantError as err:
            self.error = err
            self.progress = CheckResult.GROUP_REFUSED if self._is_group_wrong(err) else CheckResult.NOT_SENT
            return
        self._message_id = receipt.message_id
        self._deadline = self._hass.loop.time() + CHECK_TIMEOUT
        self.progress = self._read()

    def _is_group_wrong(self, err: HomeAssistantError) -> bool:
        """Return whether the gateway refused a parameter: the name of the group is the only one that a person wrote."""
        return self._target.startswith(GROUP_PREFIX) and err.translation_key == "gateway_parameter"

    async def _async_until_looked_at(self) -> None:
        """Wait until the form shows the present progress.

        It asks once for each change that it is told of, and reports an error if the flow has ended before it asks.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK):
                await self._looked.wait()

    async def _async_listen(self) -> None:
        await self._async_until_looked_at()
        changed = asyncio.Event()
        stop = self._processor.async_on_change(changed.set)
        try:
            async with asyncio.timeout_at(self._deadline):
                while (progress := self._read()) is self.progress:
                    changed.clear()
                    await changed.wait()
            self.progress = progress
        except TimeoutError:
            self.progress = (
                CheckResult.SOME_DELIVERED if self.count(DeliveryOutcome.DELIVERED) else CheckResult.UNREPORTED
            )
        finally:
            stop()

    def _read(self) -> CheckProgress | CheckResult:
        """Return the progress by the message log."""
        message = self._processor.message_log.messages.get(self._message_id or "")
        if message is None:
            return CheckProgress.ACCEPTED
        self.statuses = [MessageStatus.from_code(codes[-1]) for codes in message.codes.values() if codes]
        if not self.statuses:
            return CheckProgress.ACCEPTED
        if not message.pending_count:
            return _outcome(self.statuses)
        return CheckProgress.NO_ANSWER if _NO_ANSWER.issuperset(self.statuses) else CheckProgress.UNDER_WAY


def _outcome(statuses: list[MessageStatus]) -> CheckResult:
    delivered = [status.outcome is DeliveryOutcome.DELIVERED for status in statuses]
    if all(delivered):
        return CheckResult.DELIVERED
    if any(delivered):
        return CheckResult.SOME_DELIVERED
    return CheckResult.BLOCKED if set(statuses) == {MessageStatus.BLOCKED_RECIPIENT} else CheckResult.NOT_DELIVERED
