"""Messages of an alert, as send options: the SMS or call of a step, a hint what to answer, and who acknowledged it."""

from ..helpers.sms_texts import ALERT_HINT, localized
from ..sending.composer import MessageSendOptions, VoiceSendOptions
from ..state.alerts import Alert, AlertStep
from .answers import example_of


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


def notice_options(alert: Alert) -> MessageSendOptions:
    """Return the send options of what tells the others who acknowledged an alert."""
    return MessageSendOptions(
        message=alert.pending_notice or "",
        targets=alert.notice_targets,
        reference=alert.notice_reference,
        urgent=True,
        repeat=True,
        origin=alert.origin,
    )
