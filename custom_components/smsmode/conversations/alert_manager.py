"""Has alerts insist: sends each step once, hears what becomes of it, and stops everything when somebody takes it."""

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalType

from ..api import DeliveryOutcome, MessageStatus, SmsmodeError
from ..config.recipients import Recipients
from ..const import DOMAIN, EVENT_ALERT_CHANGED, LOGGER
from ..helpers.clock import Clock, KeyedTimers
from ..helpers.listeners import Listeners, Subscriptions
from ..helpers.redaction import mask_numbers
from ..helpers.tasks import BackgroundTasks
from ..receiving.events import ReplyEvent, ReportEvent
from ..receiving.processor import InboundProcessor
from ..sending.composer import MessageSendOptions, VoiceSendOptions
from ..sending.service import MessageService
from ..sending.worker import OutboxWorker
from ..state.alerts import Alert, AlertPhase, AlertStep, Channel
from ..state.store import AccountStore
from .answers import AnswerMatcher
from .reply_router import ReplyRouter


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AlertEvent:
    """A change of state of an alert: nobody's number or text, the names of recipients alone."""

    alert_id: str
    state: AlertPhase
    step: int
    recipients: tuple[str, ...]
    channel: Channel
    acknowledged_by: str | None = None
    answer: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give the data of the event."""
        return {
            "alert_id": self.alert_id,
            "state": self.state,
            "step": self.step,
            "recipients": list(self.recipients),
            "how": self.channel,
            "acknowledged_by": self.acknowledged_by,
            "answer": self.answer,
        }


# For those who listen to all accounts: the id of the config entry, and the change.
SIGNAL_ALERT = SignalType[str, AlertEvent](f"{DOMAIN}_alert")


class AlertManager:
    """The alerts of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        recipients: Recipients,
        store: AccountStore,
        processor: InboundProcessor,
        messages: MessageService,
        worker: OutboxWorker,
        fetch_news: Callable[[], Awaitable[None]],
        clock: Clock,
    ) -> None:
        """Take over what is running; nothing happens before `async_start`.

        ``fetch_news`` asks the gateway for replies and delivery reports.
        """
        self._hass = hass
        self._entry = entry
        self._recipients = recipients
        self._store = store
        self._processor = processor
        self._messages = messages
        self._worker = worker
        self._fetch_news = fetch_news
        self._clock = clock
        self.alerts = store.state.alerts
        self.changed: Listeners[AlertEvent] = Listeners()
        self._timers = KeyedTimers(hass, clock)
        self._tasks = BackgroundTasks(hass, entry, f"{DOMAIN} alert")
        self._router = ReplyRouter(processor, self._hear_reply)
        self._subscriptions = Subscriptions()

    @callback
    def async_start(self) -> None:
        """Listen to replies, delivery reports and changes."""
        self._router.async_start()
        self._subscriptions.add(
            self._processor.report_received.subscribe(self._hear_report),
            self._processor.async_on_change(self._hear_change),
        )

    @callback
    def async_stop(self) -> None:
        """Stop; whatever runs is taken over at the next start."""
        self._router.async_stop()
        self._subscriptions.end()
        self._timers.stop()
        self._tasks.cancel()

    def is_waiting(self) -> bool:
        """Return whether an alert runs."""
        return bool(self.alerts.running)

    @callback
    def async_look_over(self) -> None:
        """Set the timer of each running alert anew, and look whether the gateway has its step by now."""
        for alert in self.alerts.running:
            self._look_at(alert)
            self._set_timer(alert)

    async def async_begin(self, alert: Alert) -> None:
        """Take an alert on and have its first step sent. TooManyAlertsError."""
        self.alerts.add(alert)
        self._changed(alert)
        await self._async_send_step(alert)

    @callback
    def async_acknowledge(self, alert: Alert, number: str | None, name: str, answer: str | None = None) -> None:
        """Somebody takes it: nothing more goes out, and the others are told."""
        alert.acknowledge(number, name)
        self._call_off(alert)
        self._changed(alert, name, answer)
        self._tasks.create(self._async_finish(alert))

    @callback
    def async_cancel(self, alert: Alert) -> None:
        """Insist no more; nobody is told."""
        alert.cancel()
        self._call_off(alert)
        self._changed(alert)
        self._tasks.create(self._async_finish(alert))

    def name_of(self, target: str) -> str:
        """Give the name of a recipient, or so much of a number that its owner recognises it."""
        return self._recipients.name_of(target) or mask_numbers(target)

    @callback
    def _hear_reply(self, event: ReplyEvent, reference: str) -> None:
        alert = self.alerts.find_by_reference(reference)
        if alert is None or event.reply.sender not in alert.contacted:
            return
        understood = AnswerMatcher(alert.answers).understand(event.reply.text)
        if understood is not None:
            self.async_acknowledge(alert, event.reply.sender, self.name_of(event.reply.sender), understood.id)

    @callback
    def _hear_report(self, event: ReportEvent) -> None:
        alert = self.alerts.find_by_reference(event.reference)
        if alert is None:
            return
        if alert.acknowledge_on_listened and event.status is MessageStatus.LISTENED and event.number in alert.contacted:
            self.async_acknowledge(alert, event.number, self.name_of(event.number))
        elif event.reference == alert.reference:
            self._note(alert, event.number, event.outcome)

    def _note(self, alert: Alert, number: str, outcome: DeliveryOutcome) -> None:
        if alert.record_report(number, outcome, self._clock.now()):
            self._move(alert)

    def _move(self, alert: Alert) -> None:
        """Tell a change, and do what follows from it."""
        self._changed(alert)
        if alert.phase is AlertPhase.SENDING:
            self._tasks.create(self._async_send_step(alert))
        elif alert.phase is AlertPhase.EXHAUSTED:
            LOGGER.error("Nobody of %s took the alert %s", self._entry.title, alert.alert_id)
            self._tasks.create(self._async_finish(alert))

    async def _async_send_step(self, alert: Alert) -> None:
        """Send the message of a step, unless that was done before a fall. Whoever it cannot go to is unreachable."""
        step, reference = alert.step, alert.reference
        if alert.phase is not AlertPhase.SENDING or self._store.state.is_enqueued(reference):
            self._look_at(alert)
            return
        try:
            await self._async_send(alert, step, reference)
        except HomeAssistantError as err:
            LOGGER.error("A step of the alert %s was not sent: %s", alert.alert_id, err)
            for target in step.targets:
                self._note(alert, target, DeliveryOutcome.FAILED)
        self._look_at(alert)

    async def _async_send(self, alert: Alert, step: AlertStep, reference: str) -> None:
        if step.channel is Channel.VOICE:
            await self._messages.async_send_voice_message(voice_order(alert, step, reference))
        else:
            await self._messages.async_send_message(sms_order(alert, step, reference))

    @callback
    def _hear_change(self) -> None:
        """What the gateway took last may be the step of an alert; nothing else of what it has is looked at."""
        for alert in self.alerts.running:
            if alert.reference == self._store.state.last_accepted:
                self._look_at(alert)

    def _look_at(self, alert: Alert) -> None:
        """Begin to wait for the delivery of a step, if the gateway has taken it by now."""
        if alert.phase is AlertPhase.SENDING and self._store.state.is_accepted(alert.reference):
            alert.record_accepted(self._clock.now())
            self._changed(alert)

    async def _async_finish(self, alert: Alert) -> None:
        """Tell the others, if there is news for them; then nothing is left to do."""
        if alert.pending_notice and alert.notice_targets and not self._store.state.is_enqueued(alert.notice_reference):
            order = MessageSendOptions(
                message=alert.pending_notice,
                targets=alert.notice_targets,
                reference=alert.notice_reference,
                urgent=True,
                repeat=True,
            )
            try:
                await self._messages.async_send_message(order)
            except HomeAssistantError as err:
                LOGGER.warning("Nobody was told who took the alert %s: %s", alert.alert_id, err)
        self.alerts.all.pop(alert.key, None)
        self._store.async_save_soon()

    def _call_off(self, alert: Alert) -> None:
        """Take off the outbox whatever of an alert has not left."""
        for item in list(self._store.state.outbox.items.values()):
            if (item.reference or "").startswith(alert.reference_prefix):
                self._worker.async_cancel(item)

    def _changed(self, alert: Alert, acknowledged_by: str | None = None, answer: str | None = None) -> None:
        """Have a change written down and told, and the clock set for what is due next."""
        self.alerts.all.mark_changed(alert.key)
        self._store.async_save_soon()
        self._set_timer(alert)
        event = AlertEvent(
            alert_id=alert.alert_id,
            state=alert.phase,
            step=alert.position + 1,
            recipients=tuple(map(self.name_of, alert.step.targets)),
            channel=alert.step.channel,
            acknowledged_by=acknowledged_by,
            answer=answer,
        )
        async_dispatcher_send(self._hass, SIGNAL_ALERT, self._entry.entry_id, event)
        self._hass.bus.async_fire(EVENT_ALERT_CHANGED, event.as_dict() | {"config_entry_id": self._entry.entry_id})
        self.changed.notify(event)

    def _set_timer(self, alert: Alert) -> None:
        if alert.due is None:
            self._timers.cancel(alert.key)
        else:
            self._timers.set(alert.key, alert.due, lambda: self._tasks.create(self._async_due(alert)))
        self._clock.async_wake()

    async def _async_due(self, alert: Alert) -> None:
        """Look once more, for somebody may have acted and only not be known; then go on."""
        with contextlib.suppress(SmsmodeError):
            await self._fetch_news()
        if alert.advance_if_due(self._clock.now()):
            self._move(alert)

    @callback
    def async_resume(self) -> None:
        """Home Assistant has started: go on with each alert where it stood."""
        for alert in list(self.alerts.all.values()):
            if not alert.phase.is_running:
                self._tasks.create(self._async_finish(alert))
            elif alert.phase is AlertPhase.SENDING:
                self._tasks.create(self._async_send_step(alert))
            else:
                self._set_timer(alert)


def sms_order(alert: Alert, step: AlertStep, reference: str) -> MessageSendOptions:
    """Write the SMS of a step."""
    return MessageSendOptions(
        message=alert.message, targets=step.targets, reply=True, reference=reference, urgent=True, repeat=True
    )


def voice_order(alert: Alert, step: AlertStep, reference: str) -> VoiceSendOptions:
    """Write the call of a step."""
    return VoiceSendOptions(
        message=alert.message,
        targets=step.targets,
        language=alert.language,
        reference=reference,
        urgent=True,
        repeat=True,
    )
