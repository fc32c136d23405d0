"""The one way in: whatever brings a report or a reply, those who listen hear of it once, and only if it is news."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util import dt as dt_util
from homeassistant.util.signal_type import SignalType

from ..api import DeliveryOutcome, DeliveryReport, MessageStatus, Reply
from ..config.commands import hide_pin
from ..config.recipients import Recipients
from ..const import ATTR_CONFIG_ENTRY_ID, DOMAIN, EVENT_DELIVERY_REPORT, EVENT_LATE_REPLY, EVENT_REPLY
from ..helpers.recorder import as_data
from ..helpers.targets import GROUP_PREFIX
from ..state.message_log import MessageLog, TrackedMessage
from ..state.reply_history import ReplyEventType
from ..state.store import AccountStore
from .callback_monitor import CallbackMonitor


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReplyEvent:
    """A reply as entities, triggers and the event bus give it on."""

    news: ReplyEventType
    reply: Reply
    recipient: str | None
    verified: bool
    # As the telephone sent it, with the PIN that `reply` does not show.
    written: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Give the event data of the public surface."""
        return {
            "message": as_data(self.reply.text),
            "sender": self.reply.sender,
            "recipient": self.recipient,
            "message_id": self.reply.message_id,
            "reference": self.reply.reference,
            "reply_id": self.reply.reply_id,
            "received_at": _iso(self.reply.received_at),
            "verified": self.verified,
        }


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReportEvent:
    """A delivery report as entities, triggers and the event bus give it on; without id if it never left the house."""

    outcome: DeliveryOutcome
    status: MessageStatus
    code: int | None
    message_id: str | None
    number: str
    recipient: str | None
    reference: str | None
    received_at: datetime
    operator: str | None = None
    cost: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give the event data of the public surface."""
        return {
            "message_id": self.message_id,
            "number": self.number,
            "recipient": self.recipient,
            "status": self.status,
            "code": self.code,
            "received_at": _iso(self.received_at),
            "reference": self.reference,
            "operator": self.operator,
            "cost": self.cost,
        }


# For those who listen to all accounts, loaded or not: the id of the config entry, and the event.
SIGNAL_REPLY = SignalType[str, ReplyEvent](f"{DOMAIN}_reply")
SIGNAL_REPORT = SignalType[str, ReportEvent](f"{DOMAIN}_report")


class InboundProcessor:
    """The door of one account: asks the ledger, tells listeners and the bus, has it written down."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        store: AccountStore,
        recipients: Recipients,
        commanders: Collection[str] = (),
    ) -> None:
        """Stand before the ledger of this account; what ``commanders`` write may begin with a PIN."""
        self._hass = hass
        self._entry_id = entry_id
        self._store = store
        self._recipients = recipients
        self._commanders = commanders
        self.is_listening = False
        self.callbacks = CallbackMonitor()
        self._on_reply: list[Callable[[ReplyEvent], None]] = []
        self._on_report: list[Callable[[ReportEvent], None]] = []
        self._on_change: list[CALLBACK_TYPE] = []

    @property
    def message_log(self) -> MessageLog:
        """What is known."""
        return self._store.state.message_log

    @property
    def awaits_answers(self) -> bool:
        """Say whether a question is open, or an alert runs."""
        state = self._store.state
        return state.questions.has_open or bool(state.alerts.running)

    @callback
    def async_begin(self) -> None:
        """Hear news from now on: entities and automations are there to be told. What came before, the poll brings."""
        self.is_listening = True

    @callback
    def async_stop(self) -> None:
        """Hear nothing any more: it would be told, but not remembered."""
        self.is_listening = False

    @callback
    def async_on_reply(self, listener: Callable[[ReplyEvent], None]) -> CALLBACK_TYPE:
        """Tell a listener of each reply; gives the way to stop."""
        return _subscribe(self._on_reply, listener)

    @callback
    def async_on_report(self, listener: Callable[[ReportEvent], None]) -> CALLBACK_TYPE:
        """Tell a listener of each delivery report; gives the way to stop."""
        return _subscribe(self._on_report, listener)

    @callback
    def async_on_change(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Tell a listener that something in the ledger or the outbox is different; gives the way to stop."""
        return _subscribe(self._on_change, listener)

    @callback
    def async_changed(self) -> None:
        """Have it written down, and told."""
        self._store.async_save_later()
        for listener in list(self._on_change):
            listener()

    @callback
    def async_note_sent(self, message: TrackedMessage, segments: int) -> None:
        """The gateway accepted a message; reports that were quicker than its answer follow."""
        early = self.message_log.record_sent(message, segments)
        self.async_changed()
        for report in early:
            self.async_process_report(report)

    @callback
    def async_process_report(self, report: DeliveryReport) -> None:
        """Take a report from whichever side."""
        if not self.is_listening:
            return
        news = self.message_log.record_report(report, dt_util.utcnow())
        if news is None:
            return
        if not self.message_log.messages[news.message_id].pending_count:
            self.callbacks.note_final(news.message_id, dt_util.utcnow())
        self.async_changed()
        self._tell_report(
            ReportEvent(
                outcome=news.status.outcome,
                status=news.status,
                code=news.code,
                message_id=news.message_id,
                number=news.number,
                recipient=self._recipients.name_of(news.number),
                reference=news.reference,
                received_at=news.received_at or dt_util.utcnow(),
                operator=news.operator,
                cost=None if news.cost is None else float(news.cost),
            )
        )

    @callback
    def async_note_callback(self) -> None:
        """Something was called that could be understood: the house can be reached."""
        self.callbacks.note_callback(dt_util.utcnow())

    @callback
    def async_note_complete(self, message_id: str) -> None:
        """The gateway has named all numbers of a group."""
        self.message_log.mark_complete(message_id)
        self.async_changed()

    @callback
    def async_forget_messages(self, message_ids: Iterable[str]) -> None:
        """Nothing more is to be awaited of these messages."""
        forgotten = list(message_ids)
        for message_id in forgotten:
            self.message_log.remove(message_id)
        if forgotten:
            self.async_changed()

    @callback
    def async_process_given_up(self, targets: tuple[str, ...], reference: str | None, status: MessageStatus) -> None:
        """A queued message will not be sent any more; it never had an id."""
        now = dt_util.utcnow()
        self.message_log.record_given_up(targets, status, reference, now)
        self.async_changed()
        for target in targets:
            self._tell_report(
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
    def async_knows_reply(self, reply: Reply) -> bool:
        """Say whether a reply was heard already, by whichever side."""
        return self.message_log.reply_history.is_known(reply, reply.received_at or dt_util.utcnow())

    @callback
    def async_has_listed(self, reply: Reply) -> bool:
        """Say whether the list of replies has shown this one before."""
        return self.message_log.reply_history.is_listed(reply, reply.received_at or dt_util.utcnow())

    @callback
    def async_process_reply(self, reply: Reply, *, verified: bool) -> None:
        """Take a reply from whichever side, verified if the gateway's list shows it so that no text can imitate it."""
        if not self.is_listening:
            return
        heard = self.message_log.record_reply(reply, dt_util.utcnow(), listed=verified)
        if heard is None:
            return
        self.async_changed()
        news, reply = heard
        written, reply = reply.text, self._without_pin(reply)
        event = ReplyEvent(
            news=news,
            reply=reply,
            recipient=self._recipients.name_of(reply.sender),
            verified=verified,
            written=written,
        )
        for listener in list(self._on_reply):
            listener(event)
        async_dispatcher_send(self._hass, SIGNAL_REPLY, self._entry_id, event)
        name = EVENT_REPLY if news is ReplyEventType.RECEIVED else EVENT_LATE_REPLY
        self._hass.bus.async_fire(name, {ATTR_CONFIG_ENTRY_ID: self._entry_id, **event.as_dict()})

    def _without_pin(self, reply: Reply) -> Reply:
        """Hide a PIN from all but the one who checks it: what is told is recorded, and shown."""
        if reply.sender not in self._commanders:
            return reply
        hidden = replace(reply, text=hide_pin(reply.text))
        last = self.message_log.last_reply
        if last is not None and last.text == reply.text:
            self.message_log.last_reply = replace(last, text=hidden.text)
        return hidden

    def _tell_report(self, event: ReportEvent) -> None:
        for listener in list(self._on_report):
            listener(event)
        async_dispatcher_send(self._hass, SIGNAL_REPORT, self._entry_id, event)
        self._hass.bus.async_fire(EVENT_DELIVERY_REPORT, {ATTR_CONFIG_ENTRY_ID: self._entry_id, **event.as_dict()})


def _subscribe[T](listeners: list[T], listener: T) -> CALLBACK_TYPE:
    """Add a listener; give the way to take it off."""
    listeners.append(listener)

    @callback
    def unsubscribe() -> None:
        listeners.remove(listener)

    return unsubscribe


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
