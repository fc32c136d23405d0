"""Refusals of the message of an alert: the reason, and whether it is about the account or about the people. Pure.

Who cannot be written to is passed over. An account that is refused could write to nobody: to pass somebody over for
that would be to not even try.
"""

from collections.abc import Mapping

from ..state.alert_phases import AlertReason
from ..state.alerts import Alert
from ..state.budget import LimitType

_REASONS: Mapping[str | None, AlertReason] = {
    "no_credit": AlertReason.NO_CREDIT,
    "no_credit_balance": AlertReason.NO_CREDIT,
    "invalid_auth": AlertReason.KEY_REFUSED,
    **dict.fromkeys(LimitType, AlertReason.LIMIT),
    "outbox_full": AlertReason.QUEUE_FULL,
    "account_stopping": AlertReason.UNLOADING,
}
_UNREACHABLE = {"cannot_connect", "gateway_busy"}


def reason_of_refusal(key: str | None) -> AlertReason:
    """Return why a message was refused, by the translation key of the error."""
    return _REASONS.get(key, AlertReason.NOBODY_REACHED)


def reason_of_expiry(key: str | None) -> AlertReason:
    """Return why a message waited for too long, by the key of why its latest attempt did not leave."""
    return AlertReason.GATEWAY_UNREACHABLE if key in _UNREACHABLE else AlertReason.EXPIRED


def is_account_refused(key: str | None, alert: Alert) -> bool:
    """Return whether nobody could be written to, so that the step is to be tried again.

    Where one person has got too many messages, the others can still be alarmed, if the alert has any; and a later step
    may do without the account.
    """
    if alert.has_local_step_ahead:
        return False
    if key == LimitType.RECIPIENT:
        return all(set(step.targets) <= set(alert.targets) for step in alert.steps)
    return key in _REASONS
