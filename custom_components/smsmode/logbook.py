"""Logbook entries of the bus events, as sentences in the language of Home Assistant.

A sentence is made anew from its event whenever somebody looks: nothing is stored, and no text of an SMS is shown.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from homeassistant.components.logbook import (
    LOGBOOK_ENTRY_ICON,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
    LazyEventPartialState,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from .api import DeliveryOutcome, MessageStatus
from .const import (
    ATTR_CONFIG_ENTRY_ID,
    DOMAIN,
    EVENT_ALERT_CHANGED,
    EVENT_COMMAND,
    EVENT_DELIVERY_RESULT,
    EVENT_LATE_REPLY,
    EVENT_LIMIT_REACHED,
    EVENT_MESSAGE_SENT,
    EVENT_QUESTION_ANSWERED,
    EVENT_REPLY,
    EVENT_TEXT_CHANGED,
    EVENT_WATCHDOG,
    EVENT_WATCHDOG_STOPPED,
    MANUFACTURER,
)
from .helpers.origins import name_of_origin
from .helpers.redaction import last_digits
from .state.alert_phases import AlertPhase
from .state.alert_steps import Channel

_STATUS = "event.delivery_report.state_attributes.status.state"
_ICONS = {
    DeliveryOutcome.DELIVERED: "mdi:message-check",
    DeliveryOutcome.FAILED: "mdi:message-alert",
    DeliveryOutcome.EXPIRED: "mdi:timer-off",
}
# Of these the status says no more than the sentence.
_PLAIN = {
    MessageStatus.RECEIVED: "message_arrived",
    MessageStatus.DELIVERED: "message_arrived",
    MessageStatus.UNDEFINED: "message_unknown",
}
# A script is started and delivered nothing: what is waited for is a person.
_SCRIPT_STARTED = (Channel.SCRIPT, AlertPhase.WAITING)
# More names than these are counted.
_MAX_PEOPLE = 4
# By so many its owner recognises a number.
_VISIBLE_DIGITS = 3

type Entry = dict[str, Any]


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[LazyEventPartialState], Entry]], None],
) -> None:
    """Register the descriptions of the events."""
    for event_type, describe in (
        (EVENT_REPLY, _describe_reply),
        (EVENT_LATE_REPLY, _describe_late_reply),
        (EVENT_MESSAGE_SENT, _describe_sent),
        (EVENT_DELIVERY_RESULT, _describe_result),
        (EVENT_LIMIT_REACHED, _describe_limit),
        (EVENT_TEXT_CHANGED, _describe_text_change),
        (EVENT_COMMAND, _describe_command),
        (EVENT_ALERT_CHANGED, _describe_alert),
        (EVENT_QUESTION_ANSWERED, _describe_question),
        (EVENT_WATCHDOG, _describe_watchdog),
        (EVENT_WATCHDOG_STOPPED, _describe_watchdog_stopped),
    ):
        async_describe_event(DOMAIN, event_type, partial(describe, hass))


def _describe_reply(hass: HomeAssistant, event: LazyEventPartialState) -> Entry:
    key = "replied" if event.data["verified"] else "replied_unconfirmed"
    return _entry(_sender(hass, event), _sentence(hass, key), "mdi:message-reply-text")


def _describe_late_reply(hass: HomeAssistant, event: LazyEventPartialState) -> Entry:
    return _entry(_sender(hass, event), _sentence(hass, "replied_late"), "mdi:message-reply-text-outline")


def _describe_sent(hass: HomeAssistant, event: LazyEventPartialState) -> Entry:
    people = _people(hass, event.data["recipients"], event.data["count"])
    if send_at := dt_util.parse_datetime(event.data["send_at"] or ""):
        sentence = _sentence(hass, "scheduled", people=people, time=f"{dt_util.as_local(send_at):%Y-%m-%d %H:%M}")
    else:
        key = "called" if event.data["kind"] == "voice" else "asked" if event.data["ask_id"] else "wrote"
        sentence = _sentence(hass, key, people=people)
    if event.data["alert_id"]:
        sentence = _sentence(hass, "for_alert", sentence=sentence, alert_id=event.data["alert_id"])
    return _entry(_account(hass, event), sentence, "mdi:message-arrow-right")


def _describe_result(hass: HomeAssistant, event: LazyEventPartialState) -> Entry:
    status = MessageStatus(event.data["status"])
    outcome = DeliveryOutcome(event.data["outcome"])
    recipient = event.data["recipient"] or _number(hass, event.data["number"], "to_number") or event.data["number"]
    if status in _PLAIN:
        message = _sentence(hass, _PLAIN[status])
    else:
        message = _sentence(hass, f"message_{outcome}", status=_translated(hass, "entity", f"{_STATUS}.{status}"))
    return _entry(_sentence(hass, "message_to", recipient=recipient), message, _ICONS[outcome])


def _describe_limit(hass: HomeAssistant, event: LazyEventPartialState) -> Entry:
    message = _sentence(hass, event.data["limit"], segments=event.data["segments"])
    return _entry(_account(hass, event), message, "mdi:message-off")


def _describe_text_change(hass: HomeAssistant, event: LazyEventPartialState) -> Entry:
    counts = {"text_cut": event.data["characters_left_out"], "text_replaced": event.data["characters_replaced"]}
    parts = [_sentence(hass, key, characters=count) for key, count in counts.items() if count]
    name = name_of_origin(hass, event.data["origin"]) or _account(hass, event)
    return _entry(name, _sentence(hass, "text_changed", losses=", ".join(parts)), "mdi:content-cut")


def _describe_command(hass: HomeAssistant, event: LazyEventPartialState) -> Entry:
    sentence = _sentence(hass, f"command_{event.data['outcome']}", command=event.data["command"])
    return _entry(event.data["recipient"], sentence, "mdi:console")


def _describe_alert(hass: HomeAssistant, event: LazyEventPartialState) -> Entry:
    state = event.data["state"]
    sentence = _sentence(
        hass,
        "alert_started" if (event.data.get("how"), state) == _SCRIPT_STARTED else f"alert_{state}",
        people=", ".join(event.data["recipients"]),
        by=event.data["acknowledged_by"] or _sentence(hass, "somebody"),
    )
    if event.data.get("presence_ignored"):
        sentence = _sentence(hass, "presence_ignored", sentence=sentence)
    return _entry(_sentence(hass, "alert", alert_id=event.data["alert_id"]), sentence, "mdi:alarm-light")


def _describe_question(hass: HomeAssistant, event: LazyEventPartialState) -> Entry:
    if event.data["number"] is None:
        return _entry(_account(hass, event), _sentence(hass, "question_unanswered"), "mdi:chat-remove")
    return _entry(_person(hass, event, event.data["number"]), _sentence(hass, "question_answered"), "mdi:chat-question")


def _describe_watchdog(hass: HomeAssistant, event: LazyEventPartialState) -> Entry:
    return _entry(event.data["name"], _sentence(hass, "watchdog_gone_off"), "mdi:alarm-light")


def _describe_watchdog_stopped(hass: HomeAssistant, event: LazyEventPartialState) -> Entry:
    sentence = _sentence(hass, f"watchdog_stopped_{event.data['reason']}")
    return _entry(event.data["name"], sentence, "mdi:shield-off")


def _account(hass: HomeAssistant, event: LazyEventPartialState) -> str:
    entry = hass.config_entries.async_get_entry(event.data[ATTR_CONFIG_ENTRY_ID])
    return entry.title if entry else MANUFACTURER


def _people(hass: HomeAssistant, names: Sequence[str], count: int) -> str:
    """Return the names of people in a row, and of many the first, with the number of the others."""
    if count > _MAX_PEOPLE:
        shown = names[: _MAX_PEOPLE - 1]
        return _sentence(hass, "and_others", people=", ".join(shown), count=str(count - len(shown)))
    *first, last = names
    return _sentence(hass, "and", people=", ".join(first), last=last) if first else last


def _sender(hass: HomeAssistant, event: LazyEventPartialState) -> str:
    return _person(hass, event, event.data["sender"])


def _person(hass: HomeAssistant, event: LazyEventPartialState, number: str) -> str:
    return event.data["recipient"] or _number(hass, number, "unknown_number") or _sentence(hass, "unknown_sender")


def _number(hass: HomeAssistant, number: str, key: str) -> str | None:
    """Return a number by its last digits, None for what is no number."""
    return _sentence(hass, key, digits=last_digits(number)) if number.removeprefix("+").isdecimal() else None


def _sentence(hass: HomeAssistant, key: str, **placeholders: str) -> str:
    return _translated(hass, "common", f"logbook_{key}").format(**placeholders)


def _translated(hass: HomeAssistant, category: str, key: str) -> str:
    """Return a loaded translation; this may run in a thread of the recorder, which must not load any."""
    words = async_get_cached_translations(hass, hass.config.language, category, DOMAIN)
    return words.get(f"component.{DOMAIN}.{category}.{key}", "")


def _entry(name: str, message: str, icon: str) -> Entry:
    return {LOGBOOK_ENTRY_NAME: name, LOGBOOK_ENTRY_MESSAGE: message, LOGBOOK_ENTRY_ICON: icon}
