"""Inbox of alerts: what the gateway tells of their messages, and what of it acknowledges an alert."""

from typing import Protocol

from homeassistant.core import callback

from ..api import DeliveryOutcome, MessageStatus
from ..receiving.events import ReplyEvent, ReportEvent
from ..sending.attempt import OutboxItemSettled
from ..state.active_alerts import ActiveAlerts
from ..state.alert_phases import AcknowledgedHow
from ..state.alerts import Alert
from .answers import AnswerMatcher


class AlertHandler(Protocol):
    """What handles the news of an alert."""

    def async_acknowledge_by_number(
        self, alert: Alert, number: str, how: AcknowledgedHow, answer: str | None = None
    ) -> None:
        """Acknowledge an alert in the name of whoever has a number."""

    def async_hint(self, alert: Alert) -> None:
        """Tell the latest of those who were not understood what to answer."""

    def async_record_report(
        self, alert: Alert, number: str, outcome: DeliveryOutcome, *, is_unpaid: bool = False
    ) -> None:
        """Record a delivery report of the current step."""

    def async_record_settled(self, alert: Alert, settled: OutboxItemSettled) -> None:
        """Take note of why the message of the current step was given up."""


class AlertInbox:
    """Inbox of the alerts of one account."""

    def __init__(self, alerts: ActiveAlerts, handler: AlertHandler) -> None:
        """Hand over to a handler what is told of these alerts."""
        self._alerts = alerts
        self._handler = handler

    @callback
    def async_handle_reply(self, event: ReplyEvent, reference: str) -> None:
        """Hand over a reply: it acknowledges, or is not understood."""
        alert, sender = self._alerts.find_by_reference(reference), event.reply.sender
        if alert is None or sender not in alert.contacted:
            return
        understood = AnswerMatcher(alert.answers).understand(event.reply.text)
        if understood is not None:
            self._handler.async_acknowledge_by_number(alert, sender, AcknowledgedHow.REPLY, understood.id)
        elif sender not in alert.hinted:
            # Whoever writes something else may believe that they have taken it.
            alert.hinted += (sender,)
            self._handler.async_hint(alert)

    @callback
    def async_handle_report(self, event: ReportEvent) -> None:
        """Hand over a delivery report: a call that was listened to may acknowledge."""
        alert = self._alerts.find_by_reference(event.reference)
        if alert is None:
            return
        if alert.acknowledge_on_listened and event.status is MessageStatus.LISTENED and event.number in alert.contacted:
            self._handler.async_acknowledge_by_number(alert, event.number, AcknowledgedHow.LISTENED)
        elif event.reference == alert.reference:
            is_unpaid = event.status is MessageStatus.INSUFFICIENT_CREDIT
            self._handler.async_record_report(alert, event.number, event.outcome, is_unpaid=is_unpaid)

    @callback
    def async_handle_settled(self, settled: OutboxItemSettled) -> None:
        """Hand over that the message of a step was given up; the report of that follows."""
        alert = self._alerts.find_by_reference(settled.item.reference)
        if settled.message_id is None and alert is not None and settled.item.reference == alert.reference:
            self._handler.async_record_settled(alert, settled)
