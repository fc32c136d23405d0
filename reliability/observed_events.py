"""Observed events: replies and reports of the integration, compared with those of the gateway."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from homeassistant.core import Event

from tests.support.gateway import GatewayMessage
from tests.support.house import House

from .scenario import ScenarioLog
from .send_oracle import LossReports

LATE = timedelta(minutes=15)
# The list of replies has whole minutes, and time moves in steps of three minutes.
SLACK = timedelta(minutes=4)
SECOND = timedelta(seconds=1)
# What is doubtful does not expire before it is certain.
MAX_OVERDUE = timedelta(minutes=30)
FINAL_CODES = {11, 16}
UNRECORDED = ("third", "second")


class ObservedEvents:
    """Events of a house from now on."""

    def __init__(self, house: House) -> None:
        """Listen to the events."""
        self._reports = house.capture("smsmode_delivery_report")
        self._in_time = house.capture("smsmode_reply")
        self._sort_key = house.capture("smsmode_late_reply")
        self.wrong: list[str] = []

    def count_losses(self) -> LossReports:
        """Count the reports of messages that have no id."""
        losses = LossReports()
        for event in self._reports:
            if event.data["reference"] not in UNRECORDED:
                losses.add(event.data)
        return losses

    def compare(self, log: ScenarioLog, messages: Iterable[GatewayMessage]) -> dict[str, int]:
        """Return the figures that must be 0."""
        messages = list(messages)
        return self._compare_replies(log) | self._compare_reports(messages) | self._compare_waits(log, messages)

    def _compare_replies(self, log: ScenarioLog) -> dict[str, int]:
        heard = Counter(event.data["reply_id"] for event in (*self._in_time, *self._sort_key))
        forged = [event for event in (*self._in_time, *self._sort_key) if event.data["reply_id"] not in log.replies]
        too_soon = [event for event in self._sort_key if _waited(event, log) < LATE - SLACK]
        too_late = [event for event in self._in_time if _waited(event, log) > LATE + SLACK]
        self._show("live taken for late", too_soon)
        self._show("late taken for live", too_late)
        return {
            "replies_lost": len(log.replies.keys() - heard.keys()),
            "replies_doubled": heard.total() - len(heard),
            "live_replies_taken_for_late": len(too_soon),
            "late_replies_taken_for_live": len(too_late),
            "forged_replies_taken_for_true": sum(event.data["verified"] for event in forged),
        }

    def _compare_reports(self, messages: Iterable[GatewayMessage]) -> dict[str, int]:
        """Check that each final status was reported, and none twice."""
        heard = Counter(
            (event.data["message_id"], event.data["number"], event.data["code"])
            for event in self._reports
            if event.data["message_id"] is not None
        )
        last_words = {
            (message.id, f"+{delivery.number}", delivery.status)
            for message in messages
            for delivery in message.deliveries
            if delivery.status in FINAL_CODES and delivery.reference != "third"
        }
        sent = {message.id: f"{message.deliveries[0].reference} of {message.created_at}" for message in messages}
        self.wrong += [f"no report {code} of {sent[message_id]}" for message_id, _, code in last_words - heard.keys()]
        return {
            "reports_lost": len(last_words - heard.keys()),
            "reports_doubled": heard.total() - len(heard),
        }

    def _compare_waits(self, log: ScenarioLog, messages: Iterable[GatewayMessage]) -> dict[str, int]:
        """Compare the wait of each message with its limit, in UTC."""
        ends = [
            (event.data["reference"], event.time_fired, "expired")
            for event in self._reports
            if event.data["status"] == "expired"
        ]
        early = [end for end in ends if _over(*end[:2], log) < -SECOND]
        ends += [
            (message.deliveries[0].reference, datetime.fromisoformat(message.created_at), "left")
            for message in messages
        ]
        late = [end for end in ends if _over(*end[:2], log) > MAX_OVERDUE]
        self.wrong += [_told("too early", *end, log) for end in early]
        self.wrong += [_told("too late", *end, log) for end in late]
        return {"expired_too_early": len(early), "left_or_expired_too_late": len(late)}

    def _show(self, what: str, events: list[Event]) -> None:
        self.wrong += [f"{what} at {event.time_fired:%m-%d %H:%M} UTC: {event.data['received_at']}" for event in events]


def _waited(event: Event, log: ScenarioLog) -> timedelta:
    """Return the time from a reply to its event; 0 for a forged reply."""
    return event.time_fired - log.replies.get(event.data["reply_id"], event.time_fired)


def _over(reference: str | None, moment: datetime, log: ScenarioLog) -> timedelta:
    """Return by how much a message had exceeded its limit at a moment."""
    asked_at, lasts = log.patience.get(reference or "", (moment, timedelta()))
    return moment - asked_at - lasts


def _told(how: str, reference: str, moment: datetime, end: str, log: ScenarioLog) -> str:
    asked_at, lasts = log.patience[reference]
    return f"{end} {how}: {reference}, asked for at {asked_at:%m-%d %H:%M} for {lasts}, at {moment:%m-%d %H:%M} UTC"
