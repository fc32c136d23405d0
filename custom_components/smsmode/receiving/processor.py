"""Inbound processor: decides once whether a reply or a delivery report is new, records it and publishes the event.

Callbacks and polls both end here, in any order and as often as they like.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..api import DeliveryReport, MessageStatus, Reply
from ..config.commands import hide_pin
from ..config.recipients import Recipients
from ..const import ATTR_CONFIG_ENTRY_ID, EVENT_DELIVERY_REPORT, EVENT_LATE_REPLY, EVENT_REPLY
from ..helpers.listeners import Listeners
from ..helpers.targets import GROUP_PREFIX
from ..state.message_log import MessageLog, TrackedMessage
from ..state.reply_history import ReplyEventType
from ..state.store import AccountStore
from .events import ReplyEvent, ReportEvent, UnverifiedReason


class InboundProcessor:
    """Processor of the replies and delivery reports of one account.

    ``reply_received`` and ``report_received`` notify of what is new; the bus gets the same events after them.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        store: AccountStore,
        recipients: Recipients,
        commanders: Collection[str] = (),
    ) -> None:
        """Process nothing before `async_begin`; what ``commanders`` write may begin with a PIN."""
        self._hass = hass
        self._entry_id = entry_id
        self._store = store
        self._recipients = recipients
        self._commanders = commanders
        self.is_listening = False
        self.reply_received: Listeners[ReplyEvent] = Listeners()
        self.report_received: Listeners[ReportEvent] = Listeners()
        self._changed: Listeners[None] = Listeners()

    @property
    def message_log(self) -> MessageLog:
        """Return what was sent, what came of it, and which replies were received."""
        return self._store.state.message_log

    @property
    def awaits_answers(self) -> bool:
        """Return whether a question is open or an alert runs."""
        state = self._store.state
        return state.questions.has_open or bool(state.alerts.running)

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
    def async_note_sent(self, message: TrackedMessage, segments: int) -> None:
        """Record a message that the gateway accepted, and process the reports that arrived before its response."""
        early = self.message_log.record_sent(message, segments)
        self.async_changed()
        for report in early:
            self.async_process_report(report)

    @callback
    def async_process_report(self, report: DeliveryReport) -> None:
        """Process a delivery report, from a callback or a poll."""
        if not self.is_listening:
            return
        new = self.message_log.record_report(report, dt_util.utcnow())
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
                received_at=new.received_at or dt_util.utcnow(),
                operator=new.operator,
                cost=None if new.cost is None else float(new.cost),
            )
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
            self.async_changed()

    @callback
    def async_process_given_up(self, targets: tuple[str, ...], reference: str | None, status: MessageStatus) -> None:
        """Record and publish that a queued message will not be sent any more; it never had an id."""
        now = dt_util.utcnow()
        self.message_log.record_given_up(targets, status, reference, now)
        self.async_changed()
        for target in targets:
            self._publish_report(
                ReportEvent(
                    outcome=status.outcome,
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
        return self.message_log.reply_history.is_settled(reply, reply.received_at or dt_util.utcnow())

    @callback
    def async_has_listed(self, reply: Reply) -> bool:
        """Return whether the gateway's list of replies has shown this one before."""
        return self.message_log.reply_history.is_listed(reply, reply.received_at or dt_util.utcnow())

    @callback
    def async_process_reply(self, reply: Reply, *, verified: bool, reason: UnverifiedReason | None = None) -> None:
        """Process a reply; it is verified if the gateway's list shows it so that no text can imitate it."""
        if not self.is_listening:
            return
        new = self.message_log.record_reply(reply, dt_util.utcnow(), listed=verified)
        if new is None:
            return
        self.async_changed()
        event_type, reply = new
        raw_text, reply = reply.text, self._without_pin(reply)
        event = ReplyEvent(
            event_type=event_type,
            reply=reply,
            recipient=self._recipients.name_of(reply.sender),
            verified=verified,
            raw_text=raw_text,
            reason=reason,
        )
        self.reply_received.notify(event)
        name = EVENT_REPLY if event_type is ReplyEventType.RECEIVED else EVENT_LATE_REPLY
        self._hass.bus.async_fire(name, {ATTR_CONFIG_ENTRY_ID: self._entry_id, **event.as_dict()})

    def _without_pin(self, reply: Reply) -> Reply:
        """Hide a PIN from all but the one that verifies it: events are recorded and shown."""
        if reply.sender not in self._commanders:
            return reply
        hidden = replace(reply, text=hide_pin(reply.text))
        last = self.message_log.last_reply
        if last is not None and last.text == reply.text:
            self.message_log.last_reply = replace(last, text=hidden.text)
        return hidden

    def _publish_report(self, event: ReportEvent) -> None:
        self.report_received.notify(event)
        self._hass.bus.async_fire(EVENT_DELIVERY_REPORT, {ATTR_CONFIG_ENTRY_ID: self._entry_id, **event.as_dict()})
