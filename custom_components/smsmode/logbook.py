"""Our events as sentences of the logbook, in the language of the house.

A sentence is made anew from its event whenever somebody looks: nothing is stored, and no text of an SMS is shown.
"""

from collections.abc import Callable
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

from .api import DeliveryOutcome, MessageStatus
from .const import (
    ATTR_CONFIG_ENTRY_ID,
    DOMAIN,
    EVENT_ALERT_CHANGED,
    EVENT_COMMAND,
    EVENT_DELIVERY_REPORT,
    EVENT_LATE_REPLY,
    EVENT_LIMIT_REACHED,
    EVENT_QUESTION_ANSWERED,
    EVENT_REPLY,
    EVENT_WATCHDOG,
    MANUFACTURER,
)

_STATUS = "event.delivery_report.state_attributes.status.state"
_ICONS = {
    DeliveryOutcome.DELIVERED: "mdi:message-check",
    DeliveryOutcome.PENDING: "mdi:message-processing",
    DeliveryOutcome.FAILED: "mdi:message-alert",
    DeliveryOutcome.EXPIRED: "mdi:timer-off",
}
# As many as its owner recognises a number by.
_DIGITS = 3

type Entry = dict[str, Any]


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[LazyEventPartialState], Entry]], None],
) -> None:
    """Tell the logbook how to describe our events."""
    for event_type, describe in (
        (EVENT_REPLY, _describe_reply),
        (EVENT_LATE_REPLY, _describe_late_reply),
        (EVENT_DELIVERY_REPORT, _describe_report),
        (EVENT_LIMIT_REACHED, _describe_limit),
        (EVENT_COMMAND, _describe_command),
        (EVENT_ALERT_CHANGED, _describe_alert),
        (EVENT_QUESTION_ANSWERED, _describe_question),
        (EVENT_WATCHDOG, _describe_watchdog),
    ):
        async_describe_event(DOMAIN, event_type, partial(describe, hass))


def _describe_reply(hass: HomeAssistant, event: LazyEventPartialState) -> Entry:
    said = "replied" if event.data["verified"] else "replied_unconfirmed"
    return _entry(_sender(hass, event), _say(hass, said), "mdi:message-reply-text")


def _describe_late_reply(hass: HomeAssistant, event: LazyEventPartialState) -> Entry:
    return _entry(_sender(hass, event), _say(hass, "replied_late"), "mdi:message-reply-text-outline")


def _describe_report(hass: HomeAssistant, event: LazyEventPartialState) -> Entry:
    status = MessageStatus(event.data["status"])
    recipient = event.data["recipient"] or _number(hass, event.data["number"], "to_number") or event.data["number"]
    message = _say(hass, f"message_{status.outcome}", status=_translated(hass, "entity", f"{_STATUS}.{status}"))
    return _entry(_say(hass, "message_to", recipient=recipient), message, _ICONS[status.outcome])


def _describe_limit(hass: HomeAssistant, event: LazyEventPartialState) -> Entry:
    message = _say(hass, event.data["limit"], segments=event.data["segments"])
    return _entry(_account(hass, event), message, "mdi:message-off")


def _describe_command(hass: HomeAssistant, event: LazyEventPartialState) -> Entry:
    said = _say(hass, f"command_{event.data['outcome']}", command=event.data["command"])
    return _entry(event.data["recipient"], said, "mdi:console")


def _describe_alert(hass: HomeAssistant, event: LazyEventPartialState) -> Entry:
    said = _say(
        hass,
        f"alert_{event.data['state']}",
        people=", ".join(event.data["recipients"]),
        by=event.data["acknowledged_by"] or _say(hass, "somebody"),
    )
    return _entry(_say(hass, "alert", alert_id=event.data["alert_id"]), said, "mdi:alarm-light")


def _describe_question(hass: HomeAssistant, event: LazyEventPartialState) -> Entry:
    if event.data["number"] is None:
        return _entry(_account(hass, event), _say(hass, "question_unanswered"), "mdi:chat-remove")
    return _entry(_person(hass, event, event.data["number"]), _say(hass, "question_answered"), "mdi:chat-question")


def _describe_watchdog(hass: HomeAssistant, event: LazyEventPartialState) -> Entry:
    return _entry(event.data["name"], _say(hass, "watchdog_gone_off"), "mdi:alarm-light")


def _account(hass: HomeAssistant, event: LazyEventPartialState) -> str:
    entry = hass.config_entries.async_get_entry(event.data[ATTR_CONFIG_ENTRY_ID])
    return entry.title if entry else MANUFACTURER


def _sender(hass: HomeAssistant, event: LazyEventPartialState) -> str:
    return _person(hass, event, event.data["sender"])


def _person(hass: HomeAssistant, event: LazyEventPartialState, number: str) -> str:
    return event.data["recipient"] or _number(hass, number, "unknown_number") or _say(hass, "unknown_sender")


def _number(hass: HomeAssistant, number: str, key: str) -> str | None:
    """Show the end of a number; of what is none, nothing."""
    return _say(hass, key, digits=number[-_DIGITS:]) if number.removeprefix("+").isdecimal() else None


def _say(hass: HomeAssistant, key: str, **placeholders: str) -> str:
    return _translated(hass, "common", f"logbook_{key}").format(**placeholders)


def _translated(hass: HomeAssistant, category: str, key: str) -> str:
    """Look up what was loaded with the integration; this may run in a thread of the recorder."""
    words = async_get_cached_translations(hass, hass.config.language, category, DOMAIN)
    return words.get(f"component.{DOMAIN}.{category}.{key}", "")


def _entry(name: str, message: str, icon: str) -> Entry:
    return {LOGBOOK_ENTRY_NAME: name, LOGBOOK_ENTRY_MESSAGE: message, LOGBOOK_ENTRY_ICON: icon}
