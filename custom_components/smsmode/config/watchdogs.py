"""A watchdog as a person describes it, and the message that it has the gateway hold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from string import ascii_uppercase, digits
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry

from ..api import StopClause
from ..api.text import MAX_SEGMENTS
from ..const import CONF_MESSAGE, CONF_MINUTES, CONF_QUIET_MINUTES, CONF_TARGETS
from ..helpers.text_match import comparison_key
from ..helpers.validation import FieldError
from ..sending.composer import Draft, MessageSendOptions, compose_message
from ..state.watchdog import MAX_PERIOD, MIN_PERIOD
from .options import AccountOptions
from .recipients import Recipients, Resolved

# Not among the translations: whoever holds the telephone reads it, in letters that each count once.
LAST_SIGN: Final[Mapping[str, str]] = {
    "en": "Last sign of life: {moment:%Y-%m-%d %H:%M} ({code})",
    "fr": "Dernier signe de vie : {moment:%d/%m/%Y %H:%M} ({code})",
}
MARK_LENGTH = 5
SHORTEST_MINUTES = int(MIN_PERIOD.total_seconds() // 60)
LONGEST_MINUTES = int(MAX_PERIOD.total_seconds() // 60)
LONGEST_QUIET_MINUTES = 24 * 60
_LETTERS = digits + ascii_uppercase
# Of any moment, with as long a code as there can be.
_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST_SIGN: Final = max(
    (sign.format(moment=_MOMENT, code="M" * (2 * MARK_LENGTH + 1)) for sign in LAST_SIGN.values()), key=len
)


class WatchdogProblem(StrEnum):
    """What can be wrong with a watchdog; the value names the explanation."""

    NAME_MISSING = "name_missing"
    NAME_TAKEN = "name_taken"
    TARGETS_MISSING = "targets_missing"
    TARGET_UNKNOWN = "target_unknown"
    ONE_GROUP = "one_group"
    MESSAGE_MISSING = "message_missing"
    MESSAGE_TOO_LONG = "message_too_long"
    PERIOD_TOO_SHORT = "period_too_short"


class WatchdogError(FieldError):
    """A watchdog cannot be kept as it is described."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WatchdogConfig:
    """What one watchdog is to do. A target is the subentry id of a recipient, or a number."""

    subentry_id: str
    name: str
    targets: tuple[str, ...]
    message: str
    period: timedelta
    quiet: timedelta

    def compose(
        self,
        recipients: Recipients,
        settings: AccountOptions,
        language: str,
        *,
        serial: int,
        now: datetime,
        at: datetime,
    ) -> Draft:
        """Write the message; ``now`` is in the time zone of the house. Raises WatchdogError or SmsmodeInputError.

        No two of them are alike, so that none is ever taken for another in the gateway's list.
        """
        resolved = self._resolve(recipients)
        code = f"{mark_of(self.subentry_id)}-{_short(serial)}"
        sign = LAST_SIGN.get(language, LAST_SIGN["en"]).format(moment=now, code=code)
        order = MessageSendOptions(
            message=f"{self.message}\n{sign}",
            send_at=at,
            max_segments=MAX_SEGMENTS,
            stop=StopClause.NEVER,
            reference=reference_of(self.subentry_id),
        )
        (draft,) = compose_message(order, resolved, settings)
        if draft.texts[0].truncated:
            raise WatchdogError(CONF_MESSAGE, WatchdogProblem.MESSAGE_TOO_LONG)
        return draft

    def _resolve(self, recipients: Recipients) -> Resolved:
        """Find whom it is to write to; a recipient that was removed meanwhile is passed over."""
        known = {recipient.subentry_id: recipient.target for recipient in recipients.all}
        resolved = recipients.resolve([known.get(target, target) for target in self.targets])
        if not resolved.numbers and not resolved.groups:
            raise WatchdogError(CONF_TARGETS, WatchdogProblem.TARGETS_MISSING)
        if len(resolved.groups) + bool(resolved.numbers) > 1:
            # Of two requests one may fail: neither "alive" nor "deleted" would have a meaning then.
            raise WatchdogError(CONF_TARGETS, WatchdogProblem.ONE_GROUP)
        return resolved


def mark_of(subentry_id: str) -> str:
    """Give what tells the messages of a watchdog from all others, also those of another house.

    The end of its id, which is left to chance.
    """
    return subentry_id[-MARK_LENGTH:].upper()


def is_of(subentry_id: str, text: str) -> bool:
    """Tell a message of a watchdog by its text, whatever it was to say then."""
    return f"({mark_of(subentry_id)}-" in text


def reference_of(subentry_id: str) -> str:
    """Give the reference of the messages of a watchdog."""
    return f"watchdog-{subentry_id}"


def subentry_id_of(reference: str | None) -> str:
    """Give the watchdog that a message of such a reference is of."""
    return (reference or "").removeprefix("watchdog-")


def read_plan(subentry_id: str, name: str, data: Mapping[str, Any]) -> WatchdogConfig:
    """Read what is kept in a subentry."""
    return WatchdogConfig(
        subentry_id=subentry_id,
        name=name,
        targets=tuple(data[CONF_TARGETS]),
        message=data[CONF_MESSAGE],
        period=timedelta(minutes=data[CONF_MINUTES]),
        quiet=timedelta(minutes=data[CONF_QUIET_MINUTES]),
    )


def plan_of(subentry: ConfigSubentry) -> WatchdogConfig:
    """Read the plan of a subentry."""
    return read_plan(subentry.subentry_id, subentry.title, subentry.data)


def check_plan(
    plan: WatchdogConfig, recipients: Recipients, settings: AccountOptions, language: str, now: datetime
) -> None:
    """Refuse what could not be sent when it matters. Raises WatchdogError."""
    if plan.period < MIN_PERIOD:
        raise WatchdogError(CONF_MINUTES, WatchdogProblem.PERIOD_TOO_SHORT)
    if not plan.message.strip():
        raise WatchdogError(CONF_MESSAGE, WatchdogProblem.MESSAGE_MISSING)
    _check_targets(plan, recipients)
    plan.compose(recipients, settings, language, serial=_LONGEST_SERIAL, now=now, at=now + timedelta(days=1))


_LONGEST_SERIAL = len(_LETTERS) ** 5


def _check_targets(plan: WatchdogConfig, recipients: Recipients) -> None:
    known = {recipient.subentry_id for recipient in recipients.all}
    failures = recipients.resolve([target for target in plan.targets if target not in known]).failures
    if failures:
        raise WatchdogError(CONF_TARGETS, WatchdogProblem.TARGET_UNKNOWN)


def _short(number: int) -> str:
    """Write a number in as few characters as digits and letters allow."""
    written = ""
    while number:
        number, rest = divmod(number, len(_LETTERS))
        written = _LETTERS[rest] + written
    return written or _LETTERS[0]


def ensure_free(name: str, others: Iterable[str]) -> None:
    """Refuse no name, and the name of another watchdog. Raises WatchdogError."""
    if not comparison_key(name):
        raise WatchdogError("name", WatchdogProblem.NAME_MISSING)
    if comparison_key(name) in map(comparison_key, others):
        raise WatchdogError("name", WatchdogProblem.NAME_TAKEN)
