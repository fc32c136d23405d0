"""Messages of an alert: the SMS, call or notification of a step, a hint what to answer, and what is told at its end."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ..helpers.sms_texts import ALERT_BUTTON, ALERT_HINT, localized
from ..sending.composer import MessageSendOptions, VoiceSendOptions
from ..state.alert_steps import Channel
from ..state.alerts import Alert
from .answers import example_of

# What the companion app sends back when the button is pressed, and what makes it take a notification away.
COMPANION_EVENT = "mobile_app_notification_action"
CLEAR_MESSAGE = "clear_notification"
_ACKNOWLEDGE = "SMSMODE_ACKNOWLEDGE_"
_NO_ENDINGS: Mapping[str, str] = MappingProxyType({})


def sms_options(alert: Alert, endings: Mapping[str, str] = _NO_ENDINGS, ending: str = "") -> MessageSendOptions:
    """Return the send options of the SMS of the current step, with a last line for all or one for some."""
    return MessageSendOptions(
        message=alert.message,
        targets=alert.targets,
        reply=True,
        endings=endings,
        ending=ending,
        reference=alert.reference if alert.step.channel is Channel.SMS else alert.link_reference,
        urgent=True,
        repeat=True,
        origin=alert.origin,
    )


def voice_options(alert: Alert) -> VoiceSendOptions:
    """Return the send options of the call of the current step."""
    return VoiceSendOptions(
        message=alert.message,
        targets=alert.targets,
        language=alert.language,
        reference=alert.reference,
        urgent=True,
        repeat=True,
        origin=alert.origin,
    )


def hint_options(alert: Alert, language: str) -> MessageSendOptions:
    """Return the send options of what tells the latest person who was not understood what to answer."""
    answers = " / ".join(map(example_of, alert.answers))
    return MessageSendOptions(
        message=localized(ALERT_HINT, language).format(answers=answers),
        targets=alert.hinted[-1:],
        reply=True,
        max_segments=1,
        reference=alert.hint_reference,
        urgent=True,
        repeat=True,
        origin=alert.origin,
    )


def notice_options(alert: Alert, numbers: tuple[str, ...]) -> MessageSendOptions:
    """Return the send options of what these people are told at the end of an alert."""
    return MessageSendOptions(
        message=alert.pending_notice or "",
        targets=numbers,
        reference=alert.notice_reference,
        urgent=True,
        repeat=True,
        origin=alert.origin,
    )


def script_variables(alert: Alert) -> dict[str, Any]:
    """Return the variables of the script of a step."""
    return {"message": alert.message, "alert_id": alert.alert_id, "step": alert.position + 1}


def companion_tag(alert: Alert) -> str:
    """Return the tag of the notifications of an alert: one takes the place of another."""
    return f"smsmode-{alert.key}"


def companion_data(alert: Alert, language: str) -> dict[str, Any]:
    """Return the data of a notification of the companion app: a sound in spite of silence, and a button.

    iOS reads ``push``; Android reads ``ttl``, ``priority`` and ``channel``, and keeps it until it is swiped away.
    Source: the app's documentation, "Critical notifications" and "Actionable notifications".
    """
    return {
        "tag": companion_tag(alert),
        "actions": [{"action": f"{_ACKNOWLEDGE}{alert.key}", "title": localized(ALERT_BUTTON, language)}],
        "push": {"sound": {"name": "default", "critical": 1, "volume": 1.0}, "interruption-level": "critical"},
        "ttl": 0,
        "priority": "high",
        "channel": "alarm_stream",
        "sticky": "true",
    }


def acknowledged_key(action: object) -> str | None:
    """Return the key of the alert that the button of a notification acknowledges, None for any other button."""
    if not isinstance(action, str) or not action.startswith(_ACKNOWLEDGE):
        return None
    return action.removeprefix(_ACKNOWLEDGE)
