"""Groups of recipients, commands, plans and watchdogs of YAML: validated, and synchronised with the subentries.

An account of YAML can have others that were set up in the UI; those are never touched.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry, ConfigSubentryData
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant, valid_entity_id

from ..api import Encoding
from ..api.text import MAX_SEGMENTS, prepare_text
from ..const import (
    CONF_ALERT_PLANS,
    CONF_ENCODING,
    CONF_GROUP,
    CONF_GROUPS,
    CONF_MEMBERS,
    CONF_MESSAGE,
    CONF_MINUTES,
    CONF_NUMBER,
    CONF_PERSON,
    CONF_RECIPIENTS,
    CONF_STEPS,
    CONF_TARGETS,
    LOGGER,
    SUBENTRY_ALERT_PLAN,
    SUBENTRY_COMMANDS,
    SUBENTRY_GROUP,
    SUBENTRY_RECIPIENT,
    SUBENTRY_WATCHDOG,
)
from ..helpers.targets import GROUP_PREFIX, group_target
from ..helpers.text_match import comparison_key
from ..state.watchdog import MIN_PERIOD
from .alert_fields import recipients_of, with_recipients
from .alert_plans import PlanError, PlanProblem, as_data, read_plan
from .commands import CONF_COMMANDS, CONF_PIN, CONF_RECIPIENT, CommandError, hash_pin, validate_commands, verify_pin
from .entry_update import async_update_and_reload, create_subentry
from .phone_numbers import NumberError, NumberProblem, looks_like_number, parse_number
from .recipient_groups import read_group
from .watchdogs import LONGEST_SIGN, WatchdogError, WatchdogProblem, ensure_name_is_free

CONF_ALLOWED: Final = "allowed"
CONF_WATCHDOGS: Final = "watchdogs"
DEFAULT_MINUTES: Final = 60
MAX_WATCHDOGS: Final = 10
_PREFIX = "yaml_"


def commands_id(recipient_id: str) -> str:
    """Return the unique id of the commands of a recipient in YAML."""
    return f"{_PREFIX}commands:{recipient_id}"


def group_id(name: str) -> str:
    """Return the unique id of a group of recipients of YAML. Its name is its identity."""
    return f"{_PREFIX}group:{comparison_key(name)}"


def watchdog_id(name: str) -> str:
    """Return the unique id of a watchdog of YAML. Its name is its identity."""
    return f"{_PREFIX}watchdog:{comparison_key(name)}"


def plan_id(name: str) -> str:
    """Return the unique id of an alert plan of YAML. Its name is its identity."""
    return f"{_PREFIX}alert_plan:{comparison_key(name)}"


def is_of_yaml(subentry: ConfigSubentry) -> bool:
    """Return whether YAML manages a subentry of a group of recipients, of commands, of a plan or of a watchdog."""
    return (subentry.unique_id or "").startswith(_PREFIX)


def validate_yaml_commands(written: Mapping[str, Any]) -> None:
    """Refuse what the form refuses. Raises CommandError, with the field as YAML names it."""
    try:
        validate_commands(as_form_input(written), has_pin=False)
    except CommandError as err:
        raise CommandError(CONF_ALLOWED if err.field == CONF_COMMANDS else err.field, err.problem) from None


def as_form_input(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return commands as the form names their fields."""
    return {CONF_COMMANDS if name == CONF_ALLOWED else name: value for name, value in written.items()}


def read_yaml_group(
    written: Mapping[str, Any], recipients: Sequence[Mapping[str, Any]], others: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return a group of recipients with its members as their names are spelt. Raises RecipientError."""
    names = {comparison_key(person[CONF_NAME]): person[CONF_NAME] for person in recipients}
    taken = [*names.values(), *(person[CONF_GROUP] for person in recipients if CONF_GROUP in person)]
    members = [names.get(comparison_key(member), member) for member in written[CONF_MEMBERS]]
    group = read_group(written[CONF_NAME], members, names.values(), [*taken, *(other[CONF_NAME] for other in others)])
    return {CONF_NAME: group["title"], CONF_MEMBERS: group["data"][CONF_MEMBERS]}


def read_watchdog(
    written: Mapping[str, Any], account: Mapping[str, Any], others: Iterable[str], region: str
) -> dict[str, Any]:
    """Return a watchdog with its numbers as MSISDNs. Raises WatchdogError."""
    ensure_name_is_free(written[CONF_NAME], others)
    if timedelta(minutes=written[CONF_MINUTES]) < MIN_PERIOD:
        raise WatchdogError(CONF_MINUTES, WatchdogProblem.PERIOD_TOO_SHORT)
    known = _known_targets(account)
    targets = [_read_target(target, known, region) for target in written[CONF_TARGETS]]
    _check_requests([each for target in targets for each in known.get(comparison_key(target), (target,))])
    encoding = Encoding(account.get(CONF_ENCODING, Encoding.AUTO))
    if prepare_text(f"{written[CONF_MESSAGE]}\n{LONGEST_SIGN}", encoding=encoding, max_segments=MAX_SEGMENTS).truncated:
        raise WatchdogError(CONF_MESSAGE, WatchdogProblem.MESSAGE_TOO_LONG)
    return {**written, CONF_TARGETS: targets}


def read_yaml_plan(
    written: Mapping[str, Any], account: Mapping[str, Any], others: Iterable[str], region: str
) -> dict[str, Any]:
    """Return an alert plan as it is stored, with its numbers as MSISDNs. Raises PlanError."""
    name, fields = read_plan(written, others)
    known = _known_targets(account)
    steps = [
        with_recipients(step, [_read_plan_target(target, known, region) for target in recipients_of(step)])
        for step in fields[CONF_STEPS]
    ]
    return {CONF_NAME: name, **as_data({**fields, CONF_STEPS: steps})}


def _read_plan_target(target: Any, known: Container[str], region: str) -> str:
    """Return an MSISDN, or a name, a group or an entity as written: these are resolved anew with each alert."""
    if not isinstance(target, str):
        raise PlanError(CONF_STEPS, NumberProblem.NOT_A_NUMBER)
    if looks_like_number(target):
        try:
            return parse_number(target, region, voice=True)
        except NumberError as err:
            raise PlanError(CONF_STEPS, err.problem) from None
    is_elsewhere = target.startswith(GROUP_PREFIX) or valid_entity_id(target)
    if not is_elsewhere and comparison_key(target) not in known:
        raise PlanError(CONF_STEPS, PlanProblem.TARGET_UNKNOWN)
    return target


def _known_targets(account: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the targets of each recipient and of each group of recipients, by what counts of their names."""
    people = account[CONF_RECIPIENTS]
    known: dict[str, tuple[str, ...]] = {comparison_key(person[CONF_NAME]): (_target(person),) for person in people}
    known |= {comparison_key(each[CONF_PERSON]): (_target(each),) for each in people if CONF_PERSON in each}
    for group in account.get(CONF_GROUPS, ()):
        members = [known[comparison_key(member)] for member in group[CONF_MEMBERS]]
        known[comparison_key(group[CONF_NAME])] = tuple(target for targets in members for target in targets)
    return known


def _target(person: Mapping[str, Any]) -> str:
    return person.get(CONF_NUMBER) or group_target(person[CONF_GROUP])


def _read_target(target: str, known: Container[str], region: str) -> str:
    """Return an MSISDN, or the name or group as written: names are resolved anew with each push."""
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


async def async_sync_yaml_subentries(hass: HomeAssistant, entry: ConfigEntry, account: Mapping[str, Any]) -> None:
    """Update groups, commands, plans and watchdogs to what YAML says; the account is reloaded once if any changed."""
    wanted = [*_groups(entry, account), *await _async_commands(hass, entry, account)]
    wanted += [*_described(entry, account, CONF_ALERT_PLANS, SUBENTRY_ALERT_PLAN, plan_id)]
    wanted += [*_described(entry, account, CONF_WATCHDOGS, SUBENTRY_WATCHDOG, watchdog_id)]
    kept = _managed_by_yaml(entry)
    same = [each for each in wanted if (known := kept.get(each["unique_id"])) and known.data == each["data"]]
    if len(same) < len(wanted) or len(wanted) < len(kept):
        await async_update_and_reload(hass, entry, partial(_write, hass, entry, wanted))


def _managed_by_yaml(entry: ConfigEntry) -> dict[str | None, ConfigSubentry]:
    return {subentry.unique_id: subentry for subentry in entry.subentries.values() if is_of_yaml(subentry)}


def _write(hass: HomeAssistant, entry: ConfigEntry, wanted: list[ConfigSubentryData]) -> None:
    manager, kept = hass.config_entries, _managed_by_yaml(entry)
    for unique_id in kept.keys() - {each["unique_id"] for each in wanted}:
        manager.async_remove_subentry(entry, kept[unique_id].subentry_id)
    for each in wanted:
        if (known := kept.get(each["unique_id"])) is None:
            manager.async_add_subentry(entry, create_subentry(each))
        else:
            manager.async_update_subentry(entry, known, title=each["title"], data=each["data"])


async def _async_commands(
    hass: HomeAssistant, entry: ConfigEntry, account: Mapping[str, Any]
) -> list[ConfigSubentryData]:
    """Return the commands of each recipient, with the PIN as a hash."""
    people = {person.unique_id: person for person in entry.get_subentries_of_type(SUBENTRY_RECIPIENT)}
    rivals = {
        each.data[CONF_RECIPIENT] for each in entry.get_subentries_of_type(SUBENTRY_COMMANDS) if not is_of_yaml(each)
    }
    commands = []
    for recipient in account[CONF_RECIPIENTS]:
        if CONF_COMMANDS not in recipient:
            continue
        person = people[recipient[CONF_NUMBER]]
        if person.subentry_id in rivals:
            LOGGER.warning("Commands of YAML are left out: those that were set up in the UI for the same person stay")
            continue
        data = as_form_input(recipient[CONF_COMMANDS]) | {CONF_RECIPIENT: person.subentry_id}
        if CONF_PIN in data:
            data[CONF_PIN] = await _async_hash(hass, entry, data[CONF_PIN], person)
        commands.append(_subentry(SUBENTRY_COMMANDS, person.title, data, commands_id(person.subentry_id)))
    return commands


async def _async_hash(hass: HomeAssistant, entry: ConfigEntry, pin: str, person: ConfigSubentry) -> Mapping[str, str]:
    """Return the stored hash if it is of this PIN, else a new one."""
    known = _managed_by_yaml(entry).get(commands_id(person.subentry_id))
    kept: Mapping[str, str] | None = known.data.get(CONF_PIN) if known else None
    return await hass.async_add_executor_job(_hash, pin, kept)


def _hash(pin: str, kept: Mapping[str, str] | None) -> Mapping[str, str]:
    return kept if kept and verify_pin(pin, kept) else hash_pin(pin)


def _groups(entry: ConfigEntry, account: Mapping[str, Any]) -> list[ConfigSubentryData]:
    """Return the groups of recipients, their members by their ids, which no other name changes."""
    ids = {person.title: person.subentry_id for person in entry.get_subentries_of_type(SUBENTRY_RECIPIENT)}
    groups = []
    for name, written in _without_rivals(entry, SUBENTRY_GROUP, account.get(CONF_GROUPS, ())):
        data = {CONF_MEMBERS: [ids[member] for member in written[CONF_MEMBERS]]}
        groups.append(_subentry(SUBENTRY_GROUP, name, data, group_id(name)))
    return groups


def _without_rivals(
    entry: ConfigEntry, kind: str, described: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the names and fields of what YAML describes, without those whose name was set up in the UI."""
    rivals = {comparison_key(each.title) for each in entry.get_subentries_of_type(kind) if not is_of_yaml(each)}
    for written in described:
        name: str = written[CONF_NAME]
        if comparison_key(name) in rivals:
            LOGGER.warning("A %s of YAML is left out: one of its name was set up in the UI, and stays", kind)
        else:
            yield name, written


def _described(
    entry: ConfigEntry, account: Mapping[str, Any], field: str, kind: str, unique_id: Callable[[str], str]
) -> Iterator[ConfigSubentryData]:
    """Yield the subentries of one kind that have the fields that YAML has."""
    for name, written in _without_rivals(entry, kind, account.get(field, ())):
        data = {field: value for field, value in written.items() if field != CONF_NAME}
        yield _subentry(kind, name, data, unique_id(name))


def _subentry(kind: str, title: str, data: Mapping[str, Any], unique_id: str) -> ConfigSubentryData:
    return ConfigSubentryData(subentry_type=kind, title=title, data=data, unique_id=unique_id)
