"""Manager of alerts: sends each step once, follows its delivery, and ends the alert when somebody acknowledges it."""

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..api import DeliveryOutcome, MessageStatus, SmsmodeError
from ..config.recipients import Recipients
from ..const import ATTR_CONFIG_ENTRY_ID, DOMAIN, EVENT_ALERT_CHANGED, LOGGER
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
    """Change of state of an alert; it has the names of recipients, and nobody's number or text."""

    alert_id: str
    state: AlertPhase
    step: int
    recipients: tuple[str, ...]
    channel: Channel
    acknowledged_by: str | None = None
    answer: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the public event data."""
        return {
            "alert_id": self.alert_id,
            "state": self.state,
            "step": self.step,
            "recipients": list(self.recipients),
            "how": self.channel,
            "acknowledged_by": self.acknowledged_by,
            "answer": self.answer,
        }


class AlertManager:
    """Manager of the alerts of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        recipients: Recipients,
        store: AccountStore,
        processor: InboundProcessor,
        messages: MessageService,
        worker: OutboxWorker,
        fetch: Callable[[], Awaitable[None]],
        clock: Clock,
    ) -> None:
        """Do nothing before `async_start`; ``fetch`` asks the gateway for replies and delivery reports."""
        self._hass = hass
        self._entry = entry
        self._recipients = recipients
        self._store = store
        self._processor = processor
        self._messages = messages
        self._worker = worker
        self._fetch = fetch
        self._clock = clock
        self.alerts = store.state.alerts
        self.changed: Listeners[AlertEvent] = Listeners()
        self._timers = KeyedTimers(hass, clock)
        self._tasks = BackgroundTasks(hass, entry, f"{DOMAIN} alert")
        self._router = ReplyRouter(processor, self._async_handle_reply)
        self._subscriptions = Subscriptions()

    @callback
    def async_start(self) -> None:
        """Subscribe to replies, delivery reports and changes of the outbox."""
        self._router.async_start()
        self._subscriptions.add(
            self._processor.report_received.subscribe(self._async_handle_report),
            self._processor.async_on_change(self._async_handle_change),
        )

    @callback
    def async_stop(self) -> None:
        """Stop; alerts that run are resumed at the next start."""
        self._router.async_stop()
        self._subscriptions.end()
        self._timers.stop()
        self._tasks.cancel()

    def is_waiting(self) -> bool:
        """Return whether an alert runs, or listens."""
        return bool(self.alerts.listening)

    @callback
    def async_look_over(self) -> None:
        """Set the timer of each running alert anew, and look whether the gateway has its step by now."""
        for alert in self.alerts.listening:
            self._check_accepted(alert)
            self._set_timer(alert)

    async def async_begin(self, alert: Alert) -> None:
        """Start an alert and send its first step. Raises TooManyAlertsError."""
        self.alerts.add(alert)
        self._publish(alert)
        await self._async_send_step(alert)

    @callback
    def async_acknowledge(self, alert: Alert, number: str | None, name: str, answer: str | None = None) -> None:
        """Acknowledge an alert: nothing more is sent, and the others are notified."""
        alert.acknowledge(number, name)
        self._cancel_messages(alert)
        self._publish(alert, name, answer)
        self._tasks.create(self._async_finish(alert))

    @callback
    def async_cancel(self, alert: Alert) -> None:
        """Cancel an alert; nobody is notified."""
        alert.cancel()
        self._cancel_messages(alert)
        self._publish(alert)
        self._tasks.create(self._async_finish(alert))

    def name_of(self, target: str) -> str:
        """Return the name of a recipient, or a masked number."""
        return self._recipients.name_of(target) or mask_numbers(target)

    @callback
    def _async_handle_reply(self, event: ReplyEvent, reference: str) -> None:
        alert = self.alerts.find_by_reference(reference)
        if alert is None or event.reply.sender not in alert.contacted:
            return
        understood = AnswerMatcher(alert.answers).understand(event.reply.text)
        if understood is not None:
            self.async_acknowledge(alert, event.reply.sender, self.name_of(event.reply.sender), understood.id)

    @callback
    def _async_handle_report(self, event: ReportEvent) -> None:
        alert = self.alerts.find_by_reference(event.reference)
        if alert is None:
            return
        if alert.acknowledge_on_listened and event.status is MessageStatus.LISTENED and event.number in alert.contacted:
            self.async_acknowledge(alert, event.number, self.name_of(event.number))
        elif event.reference == alert.reference:
            self._record_report(alert, event.number, event.outcome)

    def _record_report(self, alert: Alert, number: str, outcome: DeliveryOutcome) -> None:
        if alert.record_report(number, outcome, self._clock.now()):
            self._continue(alert)

    def _continue(self, alert: Alert) -> None:
        """Publish a change of phase, and send or finish what follows from it."""
        if alert.phase is AlertPhase.EXHAUSTED:
            # Whoever got the last message may still be typing.
            alert.listen(self._clock.now())
        self._publish(alert)
        if alert.phase is AlertPhase.SENDING:
            self._tasks.create(self._async_send_step(alert))
        elif alert.phase is AlertPhase.EXHAUSTED:
            LOGGER.error("Nobody of %s acknowledged the alert %s", self._entry.title, alert.alert_id)

    async def _async_send_step(self, alert: Alert) -> None:
        """Send the message of a step, unless that was done before a crash. A step that is not sent counts as failed."""
        step, reference = alert.step, alert.reference
        if alert.phase is not AlertPhase.SENDING or self._store.state.is_enqueued(reference):
            self._check_accepted(alert)
            return
        try:
            await self._async_send(alert, step, reference)
        except HomeAssistantError as err:
            LOGGER.error("A step of the alert %s was not sent: %s", alert.alert_id, err)
            for target in step.targets:
                self._record_report(alert, target, DeliveryOutcome.FAILED)
        self._check_accepted(alert)

    async def _async_send(self, alert: Alert, step: AlertStep, reference: str) -> None:
        if step.channel is Channel.VOICE:
            await self._messages.async_send_voice_message(voice_options(alert, step, reference))
        else:
            await self._messages.async_send_message(sms_options(alert, step, reference))

    @callback
    def _async_handle_change(self) -> None:
        """Check the alert whose step the gateway accepted last, if it is one; all others are unchanged."""
        for alert in self.alerts.running:
            if alert.reference == self._store.state.last_accepted:
                self._check_accepted(alert)

    def _check_accepted(self, alert: Alert) -> None:
        """Start to wait for the delivery of a step, if the gateway has accepted it."""
        if alert.phase is AlertPhase.SENDING and self._store.state.is_accepted(alert.reference):
            alert.record_accepted(self._clock.now())
            self._publish(alert)

    async def _async_finish(self, alert: Alert) -> None:
        """Notify the others, if there is a notice for them; then forget the alert."""
        if alert.pending_notice and alert.notice_targets and not self._store.state.is_enqueued(alert.notice_reference):
            options = MessageSendOptions(
                message=alert.pending_notice,
                targets=alert.notice_targets,
                reference=alert.notice_reference,
                urgent=True,
                repeat=True,
                origin=alert.origin,
            )
            try:
                await self._messages.async_send_message(options)
            except HomeAssistantError as err:
                LOGGER.warning("Nobody was notified who acknowledged the alert %s: %s", alert.alert_id, err)
        self.alerts.all.pop(alert.key, None)
        self._store.async_save_soon()

    def _cancel_messages(self, alert: Alert) -> None:
        """Cancel the messages of an alert that are still in the outbox."""
        for item in list(self._store.state.outbox.items.values()):
            if (item.reference or "").startswith(alert.reference_prefix):
                self._worker.async_cancel(item)

    def _publish(self, alert: Alert, acknowledged_by: str | None = None, answer: str | None = None) -> None:
        """Persist and publish a change, and set the timer of what is due next."""
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
        self.changed.notify(event)
        self._hass.bus.async_fire(EVENT_ALERT_CHANGED, {ATTR_CONFIG_ENTRY_ID: self._entry.entry_id, **event.as_dict()})

    def _set_timer(self, alert: Alert) -> None:
        if alert.due is None:
            self._timers.cancel(alert.key)
        else:
            self._timers.set(alert.key, alert.due, lambda: self._tasks.create(self._async_due(alert)))
        self._clock.async_wake()

    async def _async_due(self, alert: Alert) -> None:
        """Fetch once more, for an answer may not be known yet; then advance the alert."""
        with contextlib.suppress(SmsmodeError):
            await self._fetch()
        if alert.advance_if_due(self._clock.now()):
            self._continue(alert)
        elif alert.phase is AlertPhase.EXHAUSTED:
            await self._async_finish(alert)

    @callback
    def async_resume(self) -> None:
        """Resume each alert where it stood; Home Assistant has started."""
        for alert in list(self.alerts.all.values()):
            if alert not in self.alerts.listening:
                self._tasks.create(self._async_finish(alert))
            elif alert.phase is AlertPhase.SENDING:
                self._tasks.create(self._async_send_step(alert))
            else:
                self._set_timer(alert)


def sms_options(alert: Alert, step: AlertStep, reference: str) -> MessageSendOptions:
    """Return the send options of the SMS of a step."""
    return MessageSendOptions(
        message=alert.message,
        targets=step.targets,
        reply=True,
        reference=reference,
        urgent=True,
        repeat=True,
        origin=alert.origin,
    )


def voice_options(alert: Alert, step: AlertStep, reference: str) -> VoiceSendOptions:
    """Return the send options of the call of a step."""
    return VoiceSendOptions(
        message=alert.message,
        targets=step.targets,
        language=alert.language,
        reference=reference,
        urgent=True,
        repeat=True,
        origin=alert.origin,
    )
