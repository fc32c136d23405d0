"""Steps of a check that look: the key, the text, its report, and the list of sent messages."""

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import ClassVar, override

from ..api import MessageStatus, SmsmodeAuthError
from ..helpers.sms_texts import CHECK_TEXTS, localized
from ..receiving.fact_learner import UNREPORTED
from ..state.account_facts import CheckStep, Evidence, Fact
from .context import CheckContext


class Step(ABC):
    """One step: it begins, and is looked at until it is done or its time is over. Any of these may raise an error."""

    step: ClassVar[CheckStep]
    interval: ClassVar[timedelta] = timedelta(seconds=10)
    timeout: ClassVar[timedelta] = timedelta(minutes=2)

    def __init__(self, context: CheckContext) -> None:
        """Do nothing yet."""
        self.context = context

    async def async_begin(self) -> None:  # noqa: B027 - few steps do nothing at first
        """Do what the step does at first."""

    async def async_look(self) -> bool:
        """Ask the gateway what has come of it; return whether the step is done."""
        return True

    async def async_hear(self) -> bool:
        """Conclude from what was received just now; return whether the step is done."""
        return False

    async def async_expire(self) -> None:  # noqa: B027 - few steps wait for anything
        """Draw the conclusion from what has not come in time."""


class WaitingStep(Step):
    """Step that waits for what the account receives, by callback or by poll."""

    @override
    async def async_look(self) -> bool:
        """Look at what has come, and else fetch."""
        if await self.async_conclude():
            return True
        await self.context.account.fetch_all()
        return await self.async_conclude()

    @override
    async def async_hear(self) -> bool:
        """Look at what has come."""
        return await self.async_conclude()

    @abstractmethod
    async def async_conclude(self) -> bool:
        """Draw the conclusion from what has come; return whether that is enough."""


class KeyStep(Step):
    """The key, the form of the balance, and the clocks."""

    step = CheckStep.KEY

    @override
    async def async_begin(self) -> None:
        """Ask for the balance."""
        try:
            await self.context.account.client.get_balance()
        except SmsmodeAuthError:
            self.context.learn(Fact.KEY_ACCEPTED, holds=False)
            raise
        self.context.learn(Fact.KEY_ACCEPTED, holds=True)
        self.context.account.learner.async_check_clock(Evidence.CHECK)


class TextStep(Step):
    """One SMS with everything that charsets lose."""

    step = CheckStep.TEXT

    @override
    async def async_begin(self) -> None:
        """Send it."""
        text = localized(CHECK_TEXTS, self.context.account.hass.config.language)
        self.context.account.learner.async_expect(text)
        self.context.message_id = await self.context.async_send(text)


class ReportStep(WaitingStep):
    """The delivery report of that SMS."""

    step = CheckStep.REPORT

    @override
    async def async_conclude(self) -> bool:
        """Record when it came, once it is final, and whether a callback brought it."""
        message = self.context.message(self.context.message_id)
        if message is None:
            return True
        if message.pending_count:
            return False
        self.context.learn(Fact.REPORTS_COME, holds=True, number=self.context.seconds_since(message.sent_at))
        await self._async_judge_callbacks()
        return True

    @override
    async def async_expire(self) -> None:
        """Without any status there are no reports; a phone that is off has those of its operator."""
        message = self.context.message(self.context.message_id)
        codes = [] if message is None else [codes[-1] for codes in message.codes.values() if codes]
        has_any = any(MessageStatus.from_code(code) not in UNREPORTED for code in codes)
        self.context.learn(Fact.REPORTS_COME, holds=has_any, number=self.context.seconds_since(self.context.started_at))
        await self._async_judge_callbacks()

    async def _async_judge_callbacks(self) -> None:
        """Record that no callback has come although the gateway has an address for them."""
        account = self.context.account
        if not account.learner.has_heard_callback and await account.has_callbacks():
            self.context.learn(Fact.CALLBACKS_COME, holds=False)


class SentListStep(Step):
    """The list of sent messages: how late it shows one, in which order, charset and zone."""

    step = CheckStep.SENT_LIST
    timeout = timedelta(minutes=5)

    def __init__(self, context: CheckContext) -> None:
        """Count how often the list did not show it."""
        super().__init__(context)
        self._misses = 0

    @override
    async def async_look(self) -> bool:
        """Read the list, of which the learner takes what there is to take."""
        message = self.context.message(self.context.message_id)
        if message is None:
            return True
        account = self.context.account
        rows = await account.client.get_sent_page(count=50, start=0)
        shown = next((row for row in rows if row is not None and row.message_id == message.message_id), None)
        if shown is None:
            self._misses += 1
            return False
        lag = timedelta(seconds=self.context.seconds_since(message.sent_at)) if self._misses else timedelta(0)
        account.learner.facts.learn_lag(lag, at=account.clock.now(), evidence=Evidence.CHECK)
        account.learner.async_learn_zone(shown, message)
        return True

    @override
    async def async_expire(self) -> None:
        """Record that the list does not show it."""
        self.context.learn(Fact.SENT_LISTED, holds=False)
