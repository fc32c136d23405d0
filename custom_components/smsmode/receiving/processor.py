"""Inbound processor: decides once whether a reply or a delivery report is new, records it and publishes the event.

Callbacks and polls both end here, in any order and as often as they like.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..api import DeliveryOutcome, DeliveryReport, MessageStatus, Reply
from ..config.pin_redaction import PinFinder, hide_pin, pin_candidates
from ..config.recipients import Recipients
from ..const import ATTR_CONFIG_ENTRY_ID, EVENT_DELIVERY_REPORT, EVENT_DELIVERY_RESULT, EVENT_LATE_REPLY, EVENT_REPLY
from ..helpers.clock import Clock
from ..helpers.links import hide_links
from ..helpers.listeners import KeyedListeners, Listeners
from ..helpers.targets import GROUP_PREFIX
from ..state.message_log import MAX_TARGETS, MessageLog, TrackedMessage
from ..state.reply_history import ReplyEventType
from ..state.store import AccountStore
from .events import ReplyEvent, ReportEvent, UnverifiedReason


class InboundProcessor:
    """Processor of the replies and delivery reports of one account.

    ``reply_received`` and ``report_received`` notify of what is new, ``reply_from`` of the replies of one number; the
    bus gets the same events after them. ``report_announced`` notifies of a report by callback that the gateway has to
    confirm. ``is_in_doubt`` tells whether a number is taken for one that nothing reaches, so that its deliveries have
    to be confirmed as well.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        store: AccountStore,
        recipients: Recipients,
        pin_finder: PinFinder,
        clock: Clock,
        gateway_now: Callable[[], datetime],
    ) -> None:
        """Process nothing before `async_begin`."""
        self._hass = hass
        self._entry_id = entry_id
        self._store = store
        self._recipients = recipients
        self._clock = clock
        self.gateway_now = gateway_now
        self.pin_finder = pin_finder
        self.is_listening = False
        # How many of the messages of this life may be answered.
        self.answerable_sent = 0
        self.message_sent: Listeners[TrackedMessage] = Listeners()
        self.reply_received: Listeners[ReplyEvent] = Listeners()
        self.reply_from: KeyedListeners[ReplyEvent] = KeyedListeners()
        self.report_received: Listeners[ReportEvent] = Listeners()
        self.report_announced: Listeners[DeliveryReport] = Listeners()
        self.is_in_doubt: Callable[[str], bool] = lambda _number: False
        self._changed: Listeners[None] = Listeners()

    @property
    def message_log(self) -> MessageLog:
        """Return what was sent, what came of it, and which replies were received."""
        return self._store.state.message_log

    @property
    def awaits_answers(self) -> bool:
        """Return whether a question is open or an alert runs."""
        state = self._store.state
        return state.questions.has_open or bool(state.alerts.listening)

    @property
    def clock_was_set(self) -> Listeners[timedelta]:
        """Return the listeners that are told by how much the wall clock was set."""
        return self._clock.was_set

    @callback
    def async_check_clock(self) -> None:
        """Notice that the wall clock was set, also if nothing waits that would."""
        self._clock.async_check()

    def now(self) -> datetime:
        """Return the time by which the age of a message is reckoned."""
        return self._clock.now()

    @callback
    def async_begin(self) -> None:
        """Process from now on: entities and automations are there. What arrived before is found by the poll."""
        self.is_listening = True

    @callback
    def async_stop(self) -> None:
        """Process nothing any more: it would be published, but not persisted."""
        self.is_listening = False

    @callback
    def async_on_change(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Subscribe to changes of the message log and the outbox; returns the function that unsubscribes."""
        return self._changed.subscribe(lambda _: listener())

    @callback
    def async_changed(self) -> None:
        """Schedule a write of the state, and notify of the change."""
        self._store.async_save_later()
        self._changed.notify(None)

    @callback
    def async_note_sent(self, message: TrackedMessage, segments: int, *, is_answerable: bool = False) -> None:
        """Record a message that the gateway accepted, and process the reports that arrived before its response."""
        self.answerable_sent += is_answerable
        early = self.message_log.record_sent(message, segments)
        self.message_sent.notify(message)
        self.async_changed()
        for report in early:
            self.async_announce_report(report)

    def is_of_alert(self, message_id: str) -> bool:
        """Return whether a message belongs to an alert that runs."""
        message = self.message_log.messages.get(message_id)
        return message is not None and self._store.state.alerts.find_by_reference(message.reference) is not None

    @callback
    def async_announce_report(self, report: DeliveryReport) -> None:
        """Process a report by callback; one on which somebody acts has to be confirmed by the gateway first."""
        if self._store.state.alerts.find_by_reference(report.reference) is not None:
            # Of what it belongs to, the message log alone knows.
            report = replace(report, reference=None)
        if report.message_id not in self.message_log.messages or not self._must_be_confirmed(report):
            self.async_process_report(report)
        elif self.is_listening and self.message_log.is_new(report):
            self.report_announced.notify(report)

    def _must_be_confirmed(self, report: DeliveryReport) -> bool:
        """Return whether a report says that a person is not reached, or could end or skip a step of an alert.

        Any other delivery is believed, for it is only shown.
        """
        if report.status.outcome is DeliveryOutcome.PENDING:
            return False
        is_delivery = report.status.outcome is DeliveryOutcome.DELIVERED and report.status is not MessageStatus.LISTENED
        return not is_delivery or self.is_of_alert(report.message_id) or self.is_in_doubt(report.number)

    @callback
    def async_process_report(self, report: DeliveryReport) -> None:
        """Process a delivery report, from a callback or a poll."""
        if not self.is_listening:
            return
        known = self.message_log.outcome_of(report.message_id, report.number)
        new = self.message_log.record_report(report, self.now())
        if new is None:
            return
        self.async_changed()
        self._publish_report(
            ReportEvent(
                outcome=new.status.outcome,
                status=new.status,
                code=new.code,
                message_id=new.message_id,
                number=new.number,
                recipient=self._recipients.name_of(new.number),
                reference=new.reference,
                received_at=new.received_at or self.now(),
                operator=new.operator,
                cost=None if new.cost is None else float(new.cost),
            ),
            known,
        )

    @callback
    def async_note_complete(self, message_id: str) -> None:
        """Record that the gateway has named all numbers of a group message."""
        self.message_log.mark_complete(message_id)
        self.async_changed()

    @callback
    def async_forget_messages(self, message_ids: Iterable[str]) -> None:
        """Remove messages from the log: no report of them is awaited any more."""
        forgotten = list(message_ids)
        for message_id in forgotten:
            self.message_log.remove(message_id)
        if forgotten:
            self._store.state.text_archive.remove_messages(forgotten)
            self.async_changed()

    @callback
    def async_close_message(self, message_id: str) -> None:
        """Await no more reports of a message."""
        self.message_log.close(message_id)
        self.async_changed()

    @callback
    def async_note_unsent(
        self, targets: tuple[str, ...], status: MessageStatus, reference: str | None, message_id: str | None = None
    ) -> None:
        """Record that a message waits or was cancelled; no report is published, for whoever did it knows."""
        now = self.now()
        self.message_log.record_unsent(targets[-MAX_TARGETS:], status, reference, now, message_id)
        self.async_changed()

    @callback
    def async_process_given_up(self, targets: tuple[str, ...], reference: str | None, status: MessageStatus) -> None:
        """Record and publish that a queued message will not be sent any more; it never had an id.

        One that nobody knows of is undefined, which for whoever waits for it is a failure.
        """
        outcome = DeliveryOutcome.FAILED if status is MessageStatus.UNDEFINED else status.outcome
        now = self.now()
        self.message_log.record_unsent(targets, status, reference, now)
        self.async_changed()
        for target in targets:
            self._publish_report(
                ReportEvent(
                    outcome=outcome,
                    status=status,
                    code=None,
                    message_id=None,
                    number=target.removeprefix(GROUP_PREFIX),
                    recipient=self._recipients.name_of(target),
                    reference=reference,
                    received_at=now,
                )
            )

    @callback
    def async_has_settled(self, reply: Reply) -> bool:
        """Return whether a reply that a callback reported need not be verified any more."""
        return self.message_log.reply_history.is_settled(reply, reply.received_at or self.gateway_now())

    @callback
    def async_has_listed(self, reply: Reply) -> bool:
        """Return whether the gateway's list of replies has shown this one before."""
        return self.message_log.reply_history.is_listed(reply, reply.received_at or self.gateway_now())

    async def async_take_reply(self, reply: Reply) -> None:
        """Process a verified reply, as soon as it is known what in it is a PIN."""
        pins = await self.pin_finder.async_find(reply.sender, reply.text)
        self.async_process_reply(reply, verified=True, pins=pins)

    @callback
    def async_process_reply(
        self,
        reply: Reply,
        *,
        verified: bool,
        reason: UnverifiedReason | None = None,
        pins: frozenset[str] | None = None,
    ) -> None:
        """Process a reply; it is verified if the gateway's list shows it so that no text can imitate it.

        ``pins`` are hidden in what somebody writes who may command; by default all that could be one.
        """
        if not self.is_listening:
            return
        if not self.pin_finder.is_commander(reply.sender):
            pins, text = frozenset(), hide_links(reply.text)
        else:
            pins = pin_candidates(reply.text) if pins is None else pins
            text = hide_links(hide_pin(reply.text, pins))
        new = self.message_log.record_reply(reply, self.gateway_now(), listed=verified, shown=text)
        if new is None:
            return
        self.async_changed()
        event_type, completed = new
        event = ReplyEvent(
            event_type=event_type,
            reply=completed,
            recipient=self._recipients.name_of(reply.sender),
            verified=verified,
            raw_text=reply.text,
            pins=pins,
            reason=reason,
            is_foreign=reply.message_id is not None and not self.message_log.is_own(reply.message_id),
        )
        self.reply_received.notify(event)
        self.reply_from.notify((reply.sender,), event)
        name = EVENT_REPLY if event_type is ReplyEventType.RECEIVED else EVENT_LATE_REPLY
        self._hass.bus.async_fire(name, {ATTR_CONFIG_ENTRY_ID: self._entry_id, **event.as_dict()})

    def _publish_report(self, event: ReportEvent, known: DeliveryOutcome | None = None) -> None:
        """Publish a report; and the result, unless it is on its way, or this was known of it already."""
        self.report_received.notify(event)
        data = {ATTR_CONFIG_ENTRY_ID: self._entry_id, **event.as_dict()}
        self._hass.bus.async_fire(EVENT_DELIVERY_REPORT, data)
        if event.outcome not in (DeliveryOutcome.PENDING, known):
            self._hass.bus.async_fire(EVENT_DELIVERY_RESULT, data | {"outcome": event.outcome})
