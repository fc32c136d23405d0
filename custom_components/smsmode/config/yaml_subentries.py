"""Commands and watchdogs as YAML writes them: checked, and as they are kept in subentries of the account.

Apart from these, an account of YAML can have others that were set up in the UI; those are none of YAML's business.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_NAME

from ..api import Encoding
from ..api.text import MAX_SEGMENTS, prepare_text
from ..const import CONF_ENCODING, CONF_GROUP, CONF_MESSAGE, CONF_MINUTES, CONF_NUMBER, CONF_RECIPIENTS, CONF_TARGETS
from ..helpers.targets import GROUP_PREFIX, group_target
from ..helpers.text_match import comparison_key
from ..state.watchdog import MIN_PERIOD
from .commands import CONF_COMMANDS, CommandError, validate_commands
from .phone_numbers import NumberError, looks_like_number, parse_number
from .watchdogs import LONGEST_SIGN, WatchdogError, WatchdogProblem, ensure_name_is_free

CONF_ALLOWED: Final = "allowed"
CONF_WATCHDOGS: Final = "watchdogs"
DEFAULT_MINUTES: Final = 60
MAX_WATCHDOGS: Final = 10
_PREFIX = "yaml_"


def commands_id(recipient_id: str) -> str:
    """Give the unique id of what YAML lets a recipient command."""
    return f"{_PREFIX}commands:{recipient_id}"


def watchdog_id(name: str) -> str:
    """Give the unique id of a watchdog of YAML. Its name is its identity."""
    return f"{_PREFIX}watchdog:{comparison_key(name)}"


def is_of_yaml(subentry: ConfigSubentry) -> bool:
    """Say whether YAML has a say in a subentry that is no recipient."""
    return (subentry.unique_id or "").startswith(_PREFIX)


def check_written_commands(written: Mapping[str, Any]) -> None:
    """Refuse what the form refuses. Raises CommandError, with the field as YAML calls it."""
    try:
        validate_commands(form_of(written), has_pin=False)
    except CommandError as err:
        raise CommandError(CONF_ALLOWED if err.field == CONF_COMMANDS else err.field, err.problem) from None


def form_of(written: Mapping[str, Any]) -> dict[str, Any]:
    """Give commands as the form would have them."""
    return {CONF_COMMANDS if name == CONF_ALLOWED else name: value for name, value in written.items()}


def read_watchdog(
    written: Mapping[str, Any], account: Mapping[str, Any], others: Iterable[str], region: str
) -> dict[str, Any]:
    """Give a watchdog with its numbers as MSISDNs. Raises WatchdogError."""
    ensure_name_is_free(written[CONF_NAME], others)
    if timedelta(minutes=written[CONF_MINUTES]) < MIN_PERIOD:
        raise WatchdogError(CONF_MINUTES, WatchdogProblem.PERIOD_TOO_SHORT)
    known = {comparison_key(person[CONF_NAME]): _target(person) for person in account[CONF_RECIPIENTS]}
    targets = [_read_target(target, known, region) for target in written[CONF_TARGETS]]
    _check_requests([known.get(comparison_key(target), target) for target in targets])
    encoding = Encoding(account.get(CONF_ENCODING, Encoding.AUTO))
    if prepare_text(f"{written[CONF_MESSAGE]}\n{LONGEST_SIGN}", encoding=encoding, max_segments=MAX_SEGMENTS).truncated:
        raise WatchdogError(CONF_MESSAGE, WatchdogProblem.MESSAGE_TOO_LONG)
    return {**written, CONF_TARGETS: targets}


def _target(person: Mapping[str, Any]) -> str:
    return person.get(CONF_NUMBER) or group_target(person[CONF_GROUP])


def _read_target(target: str, known: Mapping[str, str], region: str) -> str:
    """Give an MSISDN, or the name or group as it is written: names are looked up anew with each push."""
    if looks_like_number(target):
        try:
            return parse_number(target, region)
        except NumberError as err:
            raise WatchdogError(CONF_TARGETS, err.problem) from None
    if not target.startswith(GROUP_PREFIX) and comparison_key(target) not in known:
        raise WatchdogError(CONF_TARGETS, WatchdogProblem.TARGET_UNKNOWN)
    return target


def _check_requests(targets: list[str]) -> None:
    """Refuse what would take several requests, for neither "alive" nor "deleted" would have a meaning then."""
    groups = {target for target in targets if target.startswith(GROUP_PREFIX)}
    if not targets:
        raise WatchdogError(CONF_TARGETS, WatchdogProblem.TARGETS_MISSING)
    if len(groups) + (len(groups) < len(targets)) > 1:
        raise WatchdogError(CONF_TARGETS, WatchdogProblem.ONE_GROUP)
