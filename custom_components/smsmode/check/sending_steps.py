"""Steps of a check that send or schedule: a message that is deleted again, a reply, a call, a group, the night."""

from collections.abc import Awaitable
from datetime import datetime, time, timedelta
from typing import Final, override

from homeassistant.exceptions import HomeAssistantError

from ..api import MessageStatus, SmsmodeNotFoundError
from ..api.dates import PARIS
from ..errors import is_refusal
from ..helpers.listeners import Subscriptions
from ..helpers.sms_texts import CHECK_NIGHT, CHECK_REPLY, CHECK_SCHEDULED, localized
from ..helpers.targets import group_target
from ..receiving.events import ReplyEvent
from ..receiving.night_monitor import SUNDAY
from ..sending.composer import VoiceSendOptions
from ..state.account_facts import CHECK_REFERENCE, NIGHT_REFERENCE, CheckStep, Fact
from .context import CheckContext
from .steps import Step, WaitingStep

AHEAD: Final = timedelta(minutes=30)
NIGHT, SUNDAY_MORNING = time(3), time(11)
# What a person answers, and what is left of it where a charset was mistaken.
ANSWER: Final = "déjà"
_BROKEN: Final = ("?", "\ufffd", "Ã")


class ScheduleStep(Step):
    """One SMS that is scheduled in half an hour and deleted at once: whether it costs, and whether it is gone."""

    step = CheckStep.SCHEDULE
    timeout = timedelta(minutes=1)

    def __init__(self, context: CheckContext) -> None:
        """Know no balance yet."""
        super().__init__(context)
        self._before = 0.0
        self._segments = 0
        self._is_deleted = False

    @override
    async def async_begin(self) -> None:
        """Schedule it, look at its status, delete it, and look again."""
        account = self.context.account
        self._before = float(await account.client.get_balance())
        text = localized(CHECK_SCHEDULED, account.hass.config.language)
        send_at = account.client.gateway_now() + AHEAD
        try:
            message_id = await self.context.async_send(text, send_at=send_at, reference=CHECK_REFERENCE)
        except HomeAssistantError as err:
            if is_refusal(err):
                # A time that is half an hour ahead is over by its own clock.
                self.context.learn(Fact.SCHEDULES_HELD, holds=False)
            raise
        self._segments = account.processor.message_log.segments_sent
        status = await account.client.get_message_status(message_id)
        is_held = status.status is MessageStatus.SCHEDULED
        self.context.learn(Fact.SCHEDULES_HELD, holds=is_held)
        await account.schedule.async_delete(message_id)
        self._is_deleted = await self._async_is_gone(message_id)
        self.context.learn(Fact.DELETION_WORKS, holds=is_held and self._is_deleted)

    async def _async_is_gone(self, message_id: str) -> bool:
        try:
            await self.context.account.client.get_message_status(message_id)
        except SmsmodeNotFoundError:
            return True
        return False

    @override
    async def async_look(self) -> bool:
        """Compare the balances: credits may come back a little later."""
        account = self.context.account
        if account.processor.message_log.segments_sent != self._segments:
            # What else was sent meanwhile has been paid.
            return True
        if float(await account.client.get_balance()) < self._before:
            return False
        self.context.learn(Fact.DELETION_REFUNDS, holds=True)
        return True

    @override
    async def async_expire(self) -> None:
        """Record that the credits have not come back."""
        self.context.learn(Fact.DELETION_REFUNDS, holds=False)


class ReplyStep(WaitingStep):
    """One SMS that can be replied to, and the reply of the person."""

    step = CheckStep.REPLY
    interval = timedelta(seconds=15)
    timeout = timedelta(minutes=5)

    def __init__(self, context: CheckContext) -> None:
        """Listen to replies from the beginning."""
        super().__init__(context)
        self._subscriptions = Subscriptions()
        self._reply: ReplyEvent | None = None
        self._sent_at = context.started_at

    @override
    async def async_begin(self) -> None:
        """Send it."""
        processor = self.context.account.processor
        self._subscriptions.add(processor.reply_received.subscribe(self._note))
        text = localized(CHECK_REPLY, self.context.account.hass.config.language).format(answer=ANSWER)
        self._sent_at = self.context.account.clock.now()
        await self.context.async_send(text, reply=True)

    def _note(self, event: ReplyEvent) -> None:
        if event.reply.sender == self.context.number:
            self._reply = event

    @override
    async def async_conclude(self) -> bool:
        """Compare the reply with what was asked for; another text proves only that replies come."""
        if self._reply is None:
            return False
        self._subscriptions.end()
        self.context.learn(Fact.REPLIES_COME, holds=True, number=self.context.seconds_since(self._sent_at))
        self.context.learn(Fact.REPLIES_LISTED, holds=self._reply.verified)
        text = self._reply.reply.text.strip().casefold()
        if text == ANSWER or any(sign in text for sign in _BROKEN):
            self.context.learn(Fact.REPLIES_INTACT, holds=text == ANSWER)
        return True

    @override
    async def async_expire(self) -> None:
        """A person who has not answered proves nothing."""
        self._subscriptions.end()


class CallStep(Step):
    """One call."""

    step = CheckStep.CALL

    @override
    async def async_begin(self) -> None:
        """Call."""
        account = self.context.account
        text = localized(CHECK_SCHEDULED, account.hass.config.language)
        order = VoiceSendOptions(
            message=text, targets=(self.context.number,), queue=False, repeat=True, ignore_quiet_hours=True
        )
        await _async_prove(self.context, Fact.VOICE_WORKS, account.messages.async_send_voice_message(order))


class GroupStep(Step):
    """One SMS to a group of the address book at sMsmode."""

    step = CheckStep.GROUP

    @override
    async def async_begin(self) -> None:
        """Send it."""
        text = localized(CHECK_NIGHT, self.context.account.hass.config.language)
        target = group_target(self.context.group or "")
        await _async_prove(self.context, Fact.GROUPS_WORK, self.context.async_send(text, target=target))


async def _async_prove(context: CheckContext, fact: Fact, sending: Awaitable[object]) -> None:
    """Record whether the gateway takes what is sent; what fails on the way, or for want of credits, proves nothing."""
    try:
        await sending
    except HomeAssistantError as err:
        if is_refusal(err):
            context.learn(fact, holds=False)
        raise
    context.learn(fact, holds=True)


class NightStep(Step):
    """Two SMS that leave at night and on a Sunday; their reports prove whether SMS arrive then."""

    step = CheckStep.NIGHT

    @override
    async def async_begin(self) -> None:
        """Schedule them; the monitor of nights learns from their reports."""
        now = self.context.account.client.gateway_now()
        text = localized(CHECK_NIGHT, self.context.account.hass.config.language)
        for send_at in (next_night(now), next_sunday(now)):
            await self.context.async_send(text, send_at=send_at, reference=NIGHT_REFERENCE)


def next_night(now: datetime) -> datetime:
    """Return three o'clock of the next night that is not that of a Sunday."""
    day = now.astimezone(PARIS).date() + timedelta(days=1)
    if day.weekday() == SUNDAY:
        day += timedelta(days=1)
    return datetime.combine(day, NIGHT, PARIS)


def next_sunday(now: datetime) -> datetime:
    """Return eleven o'clock of the next Sunday."""
    local = now.astimezone(PARIS)
    days = (SUNDAY - local.weekday()) % 7 or 7
    return datetime.combine(local.date() + timedelta(days=days), SUNDAY_MORNING, PARIS)
