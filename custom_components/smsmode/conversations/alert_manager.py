"""Manager of alerts: sends each step once, follows its delivery, and ends the alert when somebody acknowledges it."""

import contextlib
from collections.abc import Awaitable, Callable

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..api import DeliveryOutcome, SmsmodeError
from ..config.recipients import Recipients
from ..const import DOMAIN, LOGGER
from ..errors import key_of
from ..helpers.clock import Clock, KeyedTimers
from ..helpers.listeners import Subscriptions
from ..helpers.tasks import BackgroundTasks
from ..helpers.turns import Turns
from ..receiving.processor import InboundProcessor
from ..sending.attempt import OutboxItemSettled
from ..sending.service import MessageService
from ..sending.worker import OutboxWorker
from ..state.alert_phases import AcknowledgedHow, AlertPhase, AlertReason
from ..state.alerts import Alert
from ..state.outbox import DOUBT_PATIENCE
from ..state.store import AccountStore
from .alert_buttons import async_listen_to_buttons
from .alert_ends import AlertEnds
from .alert_inbox import AlertInbox
from .alert_links import AlertLinks
from .alert_messages import hint_options
from .alert_notifier import Acknowledgement, AlertNotifier
from .alert_refusals import is_account_refused, reason_of_expiry, reason_of_refusal
from .alert_sender import AlertSender
from .alert_sleep import AlertSleep
from .reply_router import ReplyRouter

# To compose one takes milliseconds.
ALERTS_EACH_ROUND = 2


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
        self.recipients = recipients
        self.notifier = AlertNotifier(hass, entry, recipients)
        self._store = store
        self._processor = processor
        self._worker = worker
        self._fetch = fetch
        self._clock = clock
        self.alerts = store.state.alerts
        self.links = AlertLinks(hass, entry, recipients, self.alerts, clock, messages.pictures)
        self._sender = AlertSender(hass, recipients, messages, store, self.links)
        self._ends = AlertEnds(store, worker, self._sender, clock)
        self._inbox = AlertInbox(self.alerts, self)
        self._timers = KeyedTimers(hass, clock)
        self._tasks = BackgroundTasks(hass, entry, f"{DOMAIN} alert")
        self._router = ReplyRouter(processor, self._inbox.async_handle_reply)
        self._subscriptions = Subscriptions()
        self._being_sent: set[str] = set()
        self.turns = Turns(hass.loop, ALERTS_EACH_ROUND)
        self._sleep = AlertSleep(hass, clock, self.alerts, self._end_asleep)

    @callback
    def async_start(self) -> None:
        """Subscribe to replies, delivery reports and changes of the outbox."""
        self._sleep.async_start()
        self._router.async_start()
        self.notifier.async_start()
        self._subscriptions.add(
            self.notifier.changed.subscribe(self.links.async_handle_change),
            self._worker.settled.subscribe(self._inbox.async_handle_settled),
            self._processor.report_received.subscribe(self._inbox.async_handle_report),
            self._processor.async_on_change(self._async_handle_change),
            async_listen_to_buttons(self._hass, self.alerts, self._async_handle_button),
        )

    @callback
    def async_stop(self) -> None:
        """Stop; alerts that run are resumed at the next start."""
        self._sleep.async_stop()
        self.links.pictures.async_stop()
        self._router.async_stop()
        self._subscriptions.end()
        self._timers.stop()
        self._tasks.cancel()

    def is_waiting(self) -> bool:
        """Return whether an alert runs, listens or is kept."""
        return bool(self.alerts.all)

    @callback
    def async_look_over(self) -> None:
        """Set the timer of each running alert anew, and look whether the gateway has its step by now."""
        if not self._sleep.is_over:
            return
        self._ends.async_look_over()
        for alert in self.alerts.listening:
            self._check_accepted(alert)
            self._check_doubt(alert)
            if self._is_dropped(alert):
                alert.pass_over(AlertReason.NOBODY_REACHED)
                self._continue(alert)
            else:
                self._save(alert)

    def _is_dropped(self, alert: Alert) -> bool:
        """Return whether somebody took the message of a step out of the queue: nothing else would end its wait."""
        is_waiting = alert.phase is AlertPhase.SENDING and alert.reference not in self._being_sent
        return is_waiting and not self._store.state.is_enqueued(alert.reference)

    async def async_begin(self, alert: Alert) -> None:
        """Start an alert and send its first step.

        Raises a translated error if its first round leaves for nobody, which ends it.
        """
        self.alerts.add(alert)
        self._publish(alert)
        while (err := await self._async_try_step(alert)) is not None:
            reason = reason_of_refusal(err.translation_key)
            if is_account_refused(err.translation_key, alert) or alert.position + 1 == len(alert.steps):
                alert.give_up(reason)
                self._continue(alert)
                raise err
            LOGGER.error("A step of the alert %s was not sent: %s", alert.alert_id, err)
            alert.pass_over(reason)
            self._publish(alert)

    async def async_retry(self, alert: Alert) -> None:
        """Try the step of an alert again whose account was refused; a translated error if it still is."""
        if alert.phase is not AlertPhase.NOT_SENT:
            return
        alert.retry()
        if (err := await self._async_try_step(alert)) is not None:
            self._handle_error(alert, err)
            raise err

    @callback
    def async_acknowledge(
        self, alert: Alert, number: str | None, name: str, how: AcknowledgedHow, answer: str | None = None
    ) -> None:
        """Acknowledge an alert: nothing more is sent, and the others are notified."""
        alert.acknowledge(number, name)
        self._end(alert, Acknowledgement(by=name, how=how, answer=answer))

    @callback
    def async_acknowledge_by_number(
        self, alert: Alert, number: str, how: AcknowledgedHow, answer: str | None = None
    ) -> None:
        """Acknowledge an alert in the name of whoever has a number."""
        self.async_acknowledge(alert, number, self.notifier.name_of(number), how, answer)

    async def async_acknowledge_by_user(
        self, alert: Alert, user_id: str | None, how: AcknowledgedHow = AcknowledgedHow.USER
    ) -> None:
        """Acknowledge an alert in the name of whoever is logged in: recipient, else user, else the house."""
        if (recipient := self.recipients.find_by_user(user_id)) is not None:
            self.async_acknowledge(alert, recipient.number, recipient.name, how)
            return
        user = None if user_id is None else await self._hass.auth.async_get_user(user_id)
        if alert in self.alerts.listening:
            self.async_acknowledge(alert, None, (user and user.name) or self._hass.config.location_name, how)

    @callback
    def _async_handle_button(self, alert: Alert, user_id: str | None) -> None:
        self._tasks.create(self.async_acknowledge_by_user(alert, user_id, AcknowledgedHow.NOTIFICATION))

    @callback
    def async_cancel(self, alert: Alert) -> None:
        """Cancel an alert; nobody is notified."""
        alert.cancel()
        self._end(alert)

    @callback
    def async_resolve(self, alert: Alert, all_clear: str | None) -> None:
        """End an alert whose cause is over; everybody who was alarmed gets the all-clear, unless it is empty."""
        alert.resolve(all_clear)
        self._end(alert)

    def _end(self, alert: Alert, acknowledged: Acknowledgement | None = None) -> None:
        self._ends.async_cancel_messages(alert)
        self._publish(alert, acknowledged)
        self._tasks.create(self._ends.async_finish(alert))

    @callback
    def async_hint(self, alert: Alert) -> None:
        """Tell the latest of those who were not understood what to answer."""
        self._save(alert)
        self._tasks.create(self._sender.async_tell(alert, hint_options(alert, self._hass.config.language)))

    @callback
    def async_record_settled(self, alert: Alert, settled: OutboxItemSettled) -> None:
        """Take note of why the message of a step was given up; the report of that follows."""
        key = None if settled.error is None else key_of(settled.error)
        if is_account_refused(key, alert):
            # Of several messages of a step, one that is there or on its way is enough to go on.
            if not self._store.state.is_enqueued(alert.reference):
                self._refuse(alert, reason_of_refusal(key))
        elif key is None:
            alert.failure = reason_of_expiry(settled.item.reason)

    @callback
    def async_record_report(
        self, alert: Alert, number: str, outcome: DeliveryOutcome, *, is_unpaid: bool = False
    ) -> None:
        """Record a delivery report of the current step."""
        if alert.record_report(number, outcome, self._clock.now(), is_unpaid=is_unpaid):
            self._continue(alert)

    def _continue(self, alert: Alert) -> None:
        """Publish a change of phase, and send or finish what follows from it."""
        now = self._clock.now()
        match alert.phase:
            case AlertPhase.EXHAUSTED:
                # Whoever got the last message may still be typing.
                alert.listen(now)
                self._publish(alert)
                self.notifier.async_report_exhausted(alert)
            case AlertPhase.NOT_SENT:
                self._publish(alert)
                self.notifier.async_report_not_sent(alert)
            case AlertPhase.SENDING:
                self._publish(alert)
                self._tasks.create(self._async_send_step(alert))
            case _:
                self._publish(alert)
                self.notifier.async_note_reached()

    async def _async_send_step(self, alert: Alert) -> None:
        """Send the message of a step, unless that was done before a crash."""
        if (err := await self._async_try_step(alert)) is not None:
            self._handle_error(alert, err)

    def _handle_error(self, alert: Alert, err: HomeAssistantError) -> None:
        """Pass over the people of a step that is not sent, or try it again if it is not for them that it is refused."""
        reason = reason_of_refusal(err.translation_key)
        if reason is AlertReason.UNLOADING:
            # It goes on at the next start.
            return
        if is_account_refused(err.translation_key, alert):
            self._refuse(alert, reason)
        else:
            LOGGER.error("A step of the alert %s was not sent: %s", alert.alert_id, err)
            alert.pass_over(reason)
            self._continue(alert)

    def _refuse(self, alert: Alert, reason: AlertReason) -> None:
        """Have a step tried again whose account is refused, or end the alert after too long; that is told once."""
        now = self._clock.now()
        if alert.is_stale(now):
            alert.give_up(reason)
            self._publish(alert)
        elif alert.record_refusal(reason, now):
            self._continue(alert)
        else:
            self._save(alert)

    async def _async_try_step(self, alert: Alert) -> HomeAssistantError | None:
        """Send the message of a step once; return the error if it is refused and the alert still waits for it."""
        if alert.phase is not AlertPhase.SENDING or self._store.state.is_enqueued(alert.reference):
            self._check_accepted(alert)
            return None
        reference = alert.reference
        self._being_sent.add(reference)
        try:
            reached = await self._sender.async_send_step(alert)
        except HomeAssistantError as err:
            # Somebody may have ended it meanwhile, or it may have gone on.
            return err if self._is_at(alert, reference) else None
        finally:
            self._being_sent.discard(reference)
        if self._is_at(alert, reference):
            self._note_sent(alert, reached)
        return None

    def _is_at(self, alert: Alert, reference: str) -> bool:
        return alert in self.alerts.running and alert.reference == reference

    def _note_sent(self, alert: Alert, reached: tuple[str, ...] | None) -> None:
        """Record that a step was done, or that its message is in the outbox, or at the gateway already."""
        if reached is not None:
            alert.record_done(reached, self._clock.now())
            self._continue(alert)
            return
        self._check_accepted(alert)
        if alert.phase is AlertPhase.SENDING and alert.record_queued(self._clock.now()):
            self._publish(alert)

    @callback
    def _async_handle_change(self) -> None:
        """Check the alert whose step the gateway accepted last, if it is one; all others are unchanged."""
        for alert in self.alerts.running if self._sleep.is_over else ():
            if alert.reference == self._store.state.last_accepted:
                self._check_accepted(alert)

    def _check_accepted(self, alert: Alert) -> None:
        """Start to wait for the delivery of a step, if the gateway has accepted it."""
        if alert.phase is AlertPhase.SENDING and self._store.state.is_accepted(alert.reference):
            alert.record_accepted(self._clock.now())
            self._publish(alert)
            self.notifier.async_note_accepted()

    def _check_doubt(self, alert: Alert) -> None:
        """Bound the time that a step waits for a message of which nobody knows whether it left."""
        since = self._store.state.outbox.in_doubt_since(alert.reference)
        if since is not None:
            alert.record_doubt(since + DOUBT_PATIENCE)

    def _publish(self, alert: Alert, acknowledged: Acknowledgement | None = None) -> None:
        """Persist and publish a change, and set the timer of what is due next; forget what is given up."""
        self._save(alert)
        if alert.is_given_up:
            del self.alerts.all[alert.key]
        self.notifier.async_publish(alert, acknowledged)

    def _save(self, alert: Alert) -> None:
        """Persist an alert, and that it is looked after."""
        alert.seen_at = self._clock.now()
        self.alerts.all.mark_changed(alert.key)
        self._store.async_save_soon()
        self._set_timer(alert)

    def _set_timer(self, alert: Alert) -> None:
        if alert.due is None:
            self._timers.cancel(alert.key)
        else:
            self._timers.set(alert.key, alert.due, lambda: self._tasks.create(self._async_due(alert)))
        self._clock.async_wake()

    async def _async_due(self, alert: Alert) -> None:
        """Try a refused step again; else advance the alert, after one more fetch: an answer may not be known yet."""
        if alert.phase is AlertPhase.NOT_SENT:
            alert.retry()
            await self._async_send_step(alert)
            return
        with contextlib.suppress(SmsmodeError):
            await self._fetch()
        is_in_doubt = self._store.state.outbox.in_doubt_since(alert.reference) is not None
        if alert.advance_if_due(self._clock.now(), is_in_doubt=is_in_doubt):
            self._continue(alert)
        elif alert.phase is AlertPhase.EXHAUSTED and alert in self.alerts.listening:
            # Else the look of the minute has set its timer again while the answers were fetched.
            await self._ends.async_finish(alert)

    @callback
    def async_resume(self) -> None:
        """Resume each alert where it stood, but for those that slept for too long; Home Assistant has started."""
        self._sleep.async_end()
        self.links.async_check()
        for alert in list(self.alerts.all.values()):
            if alert.kept_until is not None:
                continue
            if alert not in self.alerts.listening:
                self._tasks.create(self._ends.async_finish(alert))
            elif alert.phase is AlertPhase.NOT_SENT and alert.is_stale(self._clock.now()):
                self._refuse(alert, alert.failure or AlertReason.NOBODY_REACHED)
            elif alert.phase in {AlertPhase.SENDING, AlertPhase.NOT_SENT}:
                # That the account was refused may be why it was loaded again.
                alert.retry()
                self._tasks.create(self._async_send_step(alert))
            else:
                self._set_timer(alert)

    def _end_asleep(self, alert: Alert) -> None:
        """End an alert that slept for too long; it is told unless its end was told before."""
        self._ends.async_cancel_messages(alert)
        if alert.phase.is_running:
            alert.end_asleep()
            self._publish(alert)
            self.notifier.async_report_slept(alert)
        self._timers.cancel(alert.key)
        self._ends.async_close(alert)
