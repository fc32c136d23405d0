"""The message of a watchdog that the gateway holds: composed with the last sign of life, and validated beforehand."""

from datetime import datetime, timedelta
from string import ascii_uppercase, digits

from ..api import StopClause
from ..api.text import MAX_SEGMENTS
from ..config.options import AccountOptions
from ..config.recipients import Recipients, Resolved
from ..config.watchdogs import WatchdogConfig, WatchdogError, WatchdogProblem, mark_of, reference_of
from ..const import CONF_MESSAGE, CONF_MINUTES, CONF_TARGETS
from ..helpers.sms_texts import LAST_SIGN, localized
from ..sending.composer import Draft, MessageSendOptions, compose_message
from ..state.watchdog import MIN_PERIOD

_LETTERS = digits + ascii_uppercase
_LONGEST_SERIAL = len(_LETTERS) ** 5


def compose_watchdog_message(
    config: WatchdogConfig,
    recipients: Recipients,
    settings: AccountOptions,
    language: str,
    *,
    serial: int,
    now: datetime,
    at: datetime,
) -> Draft:
    """Compose the message; ``now`` is in the time zone of the house. Raises WatchdogError or SmsmodeInputError.

    No two of them are alike, so that none is ever taken for another in the gateway's list.
    """
    resolved = _resolve(config, recipients)
    code = f"{mark_of(config.subentry_id)}-{_base36(serial)}"
    sign = localized(LAST_SIGN, language).format(moment=now, code=code)
    options = MessageSendOptions(
        message=f"{config.message}\n{sign}",
        send_at=at,
        max_segments=MAX_SEGMENTS,
        stop=StopClause.NEVER,
        reference=reference_of(config.subentry_id),
        accept_changes=True,
    )
    (draft,) = compose_message(options, resolved, settings)
    if draft.texts[0].truncated:
        raise WatchdogError(CONF_MESSAGE, WatchdogProblem.MESSAGE_TOO_LONG)
    return draft


def validate_watchdog(
    config: WatchdogConfig, recipients: Recipients, settings: AccountOptions, language: str, now: datetime
) -> None:
    """Refuse a watchdog whose message could not be sent when it matters. Raises WatchdogError or SmsmodeInputError."""
    if config.period < MIN_PERIOD:
        raise WatchdogError(CONF_MINUTES, WatchdogProblem.PERIOD_TOO_SHORT)
    if not config.message.strip():
        raise WatchdogError(CONF_MESSAGE, WatchdogProblem.MESSAGE_MISSING)
    if recipients.resolve([target for target in config.targets if not recipients.targets_of(target)]).failures:
        raise WatchdogError(CONF_TARGETS, WatchdogProblem.TARGET_UNKNOWN)
    tomorrow = now + timedelta(days=1)
    compose_watchdog_message(config, recipients, settings, language, serial=_LONGEST_SERIAL, now=now, at=tomorrow)


def _resolve(config: WatchdogConfig, recipients: Recipients) -> Resolved:
    """Resolve the targets; a recipient that was removed meanwhile is passed over."""
    resolved = recipients.resolve(
        [each for target in config.targets for each in recipients.targets_of(target) or (target,)]
    )
    if not resolved.numbers and not resolved.groups:
        raise WatchdogError(CONF_TARGETS, WatchdogProblem.TARGETS_MISSING)
    if len(resolved.groups) + bool(resolved.numbers) > 1:
        # Of two requests one may fail: neither "alive" nor "deleted" would have a meaning then.
        raise WatchdogError(CONF_TARGETS, WatchdogProblem.ONE_GROUP)
    return resolved


def _base36(number: int) -> str:
    """Write a number in as few characters as digits and letters allow."""
    written = ""
    while number:
        number, rest = divmod(number, len(_LETTERS))
        written = _LETTERS[rest] + written
    return written or _LETTERS[0]
