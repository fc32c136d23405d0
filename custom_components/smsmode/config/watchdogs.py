"""Configuration of a watchdog, and the marks by which its messages are recognised."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_NAME

from ..const import CONF_MESSAGE, CONF_MINUTES, CONF_QUIET_MINUTES, CONF_TARGETS
from ..helpers.sms_texts import LAST_SIGN
from ..helpers.text_match import comparison_key
from ..helpers.validation import FieldError
from ..state.watchdog import MAX_PERIOD, MIN_PERIOD

MARK_LENGTH = 5
MIN_MINUTES = int(MIN_PERIOD.total_seconds() // 60)
MAX_MINUTES = int(MAX_PERIOD.total_seconds() // 60)
MAX_QUIET_MINUTES = 24 * 60
# Of any moment, with as long a code as there can be.
_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST_SIGN: Final = max(
    (sign.format(moment=_MOMENT, code="M" * (2 * MARK_LENGTH + 1)) for sign in LAST_SIGN.values()), key=len
)
_REFERENCE_PREFIX = "watchdog-"


class WatchdogProblem(StrEnum):
    """What can be wrong with a watchdog; the value is the translation key."""

    NAME_MISSING = "name_missing"
    NAME_TAKEN = "name_taken"
    TARGETS_MISSING = "targets_missing"
    TARGET_UNKNOWN = "target_unknown"
    ONE_GROUP = "one_group"
    MESSAGE_MISSING = "message_missing"
    MESSAGE_TOO_LONG = "message_too_long"
    PERIOD_TOO_SHORT = "period_too_short"


class WatchdogError(FieldError):
    """A watchdog cannot be kept as configured."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WatchdogConfig:
    """Configuration of one watchdog. A target is the subentry id of a recipient, a name, a group or a number."""

    subentry_id: str
    name: str
    targets: tuple[str, ...]
    message: str
    period: timedelta
    quiet: timedelta


def mark_of(subentry_id: str) -> str:
    """Return what tells the messages of a watchdog from all others, also those of another house.

    It is the end of its id, which is random.
    """
    return subentry_id[-MARK_LENGTH:].upper()


def is_message_of(subentry_id: str, text: str) -> bool:
    """Return whether a text is a message of a watchdog, whatever its message was then."""
    return f"({mark_of(subentry_id)}-" in text


def reference_of(subentry_id: str) -> str:
    """Return the reference of the messages of a watchdog."""
    return f"{_REFERENCE_PREFIX}{subentry_id}"


def subentry_id_of(reference: str | None) -> str:
    """Return the subentry id of the watchdog that a message of such a reference belongs to."""
    return (reference or "").removeprefix(_REFERENCE_PREFIX)


def read_watchdog_config(subentry_id: str, name: str, data: Mapping[str, Any]) -> WatchdogConfig:
    """Read the data of a subentry."""
    return WatchdogConfig(
        subentry_id=subentry_id,
        name=name,
        targets=tuple(data[CONF_TARGETS]),
        message=data[CONF_MESSAGE],
        period=timedelta(minutes=data[CONF_MINUTES]),
        quiet=timedelta(minutes=data[CONF_QUIET_MINUTES]),
    )


def watchdog_config_of(subentry: ConfigSubentry) -> WatchdogConfig:
    """Return the configuration in a subentry."""
    return read_watchdog_config(subentry.subentry_id, subentry.title, subentry.data)


def ensure_name_is_free(name: str, others: Iterable[str]) -> None:
    """Refuse a missing name, and that of another watchdog. Raises WatchdogError."""
    if not comparison_key(name):
        raise WatchdogError(CONF_NAME, WatchdogProblem.NAME_MISSING)
    if comparison_key(name) in map(comparison_key, others):
        raise WatchdogError(CONF_NAME, WatchdogProblem.NAME_TAKEN)
