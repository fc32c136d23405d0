"""Validation of a recipient from a form or from YAML, and the subentry that it becomes."""

from collections.abc import Container, Iterable, Mapping
from datetime import time
from enum import StrEnum
from typing import Any

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.const import CONF_NAME

from ..api import MessageRequest, SmsmodeInputError
from ..api.request import validate_request
from ..api.validation import validate_group
from ..const import (
    CONF_END,
    CONF_GROUP,
    CONF_NUMBER,
    CONF_PERSON,
    CONF_QUIET_HOURS,
    CONF_SCHEDULE,
    CONF_START,
    SUBENTRY_RECIPIENT,
)
from ..helpers.targets import GROUP_PREFIX, group_target
from ..helpers.text_match import comparison_key
from ..helpers.validation import FieldError
from .phone_numbers import NumberError, looks_like_number, parse_number

# Home Assistant enables 10,000 entities of an account at most, and leaves out in silence what is more. A recipient has
# five; 500 are left for the account, its groups, watchdogs and plans.
MAX_RECIPIENTS = 1_900
# Beyond it Home Assistant has no room for the names of the entities.
MAX_NAME = 100


class RecipientProblem(StrEnum):
    """What can be wrong with a recipient, apart from its number; the value is the translation key."""

    NAME_MISSING = "name_missing"
    NAME_IS_NUMBER = "name_is_number"
    NAME_IS_GROUP = "name_is_group"
    NAME_TOO_LONG = "name_too_long"
    NAME_TAKEN = "name_taken"
    NUMBER_OR_GROUP = "number_or_group"
    NUMBER_AND_GROUP = "number_and_group"
    GROUP_IS_NUMBER = "group_is_number"
    GROUP_INVALID = "group_invalid"
    ALREADY_CONFIGURED = "already_configured"
    PERSON_WITH_GROUP = "person_with_group"
    PERSON_TAKEN = "person_taken"
    QUIET_INCOMPLETE = "quiet_incomplete"
    QUIET_EMPTY = "quiet_empty"
    QUIET_TWICE = "quiet_twice"


class RecipientError(FieldError):
    """A recipient cannot be kept as written."""


def read_recipient(written: Mapping[str, Any], region: str) -> ConfigSubentryData:
    """Validate ``name``, ``number`` or ``group``, ``person`` and ``quiet_hours``, national numbers as of ``region``.

    Raises RecipientError.
    """
    name, number, group = (" ".join(written.get(field, "").split()) for field in (CONF_NAME, CONF_NUMBER, CONF_GROUP))
    check_name(name)
    if number and group:
        raise RecipientError(CONF_GROUP, RecipientProblem.NUMBER_AND_GROUP)
    if not number and not group:
        raise RecipientError(CONF_NUMBER, RecipientProblem.NUMBER_OR_GROUP)
    quiet = _read_quiet_hours(written.get(CONF_QUIET_HOURS) or {})
    person = {CONF_PERSON: written[CONF_PERSON]} if written.get(CONF_PERSON) else {}
    if group and person:
        raise RecipientError(CONF_PERSON, RecipientProblem.PERSON_WITH_GROUP)
    if group:
        group = _read_group(group)
        return _subentry(name, {CONF_GROUP: group, **quiet}, group_target(group))
    try:
        msisdn = parse_number(number, region)
    except NumberError as err:
        raise RecipientError(CONF_NUMBER, err.problem) from None
    return _subentry(name, {CONF_NUMBER: msisdn, **person, **quiet}, msisdn)


def check_name(name: str) -> None:
    """Refuse a name that would mean something else as the target of a message."""
    if not comparison_key(name):
        raise RecipientError(CONF_NAME, RecipientProblem.NAME_MISSING)
    if looks_like_number(name):
        raise RecipientError(CONF_NAME, RecipientProblem.NAME_IS_NUMBER)
    if name.casefold().startswith(GROUP_PREFIX):
        raise RecipientError(CONF_NAME, RecipientProblem.NAME_IS_GROUP)
    if len(name) > MAX_NAME:
        raise RecipientError(CONF_NAME, RecipientProblem.NAME_TOO_LONG)


def _read_group(group: str) -> str:
    """Refuse what no request could name. Who writes a group as a target is written, means the group."""
    group = group.removeprefix(GROUP_PREFIX).strip()
    if looks_like_number(group):
        raise RecipientError(CONF_GROUP, RecipientProblem.GROUP_IS_NUMBER)
    try:
        validate_request(MessageRequest(text="?", group=validate_group(group)))
    except SmsmodeInputError:
        raise RecipientError(CONF_GROUP, RecipientProblem.GROUP_INVALID) from None
    return group


def _read_quiet_hours(written: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return quiet hours as they are stored, times to the minute; nothing if there are none."""
    start, end = (_read_time(written.get(field)) for field in (CONF_START, CONF_END))
    if schedule := written.get(CONF_SCHEDULE):
        if start is not None or end is not None:
            raise RecipientError(CONF_QUIET_HOURS, RecipientProblem.QUIET_TWICE)
        return {CONF_QUIET_HOURS: {CONF_SCHEDULE: schedule}}
    if start is None and end is None:
        return {}
    if start is None or end is None:
        raise RecipientError(CONF_QUIET_HOURS, RecipientProblem.QUIET_INCOMPLETE)
    if start == end:
        raise RecipientError(CONF_QUIET_HOURS, RecipientProblem.QUIET_EMPTY)
    return {CONF_QUIET_HOURS: {CONF_START: start, CONF_END: end}}


def _read_time(written: str | time | None) -> str | None:
    moment = time.fromisoformat(written) if isinstance(written, str) else written
    return None if moment is None else moment.isoformat("minutes")


def _subentry(name: str, data: Mapping[str, Any], unique_id: str) -> ConfigSubentryData:
    return ConfigSubentryData(subentry_type=SUBENTRY_RECIPIENT, title=name, data=data, unique_id=unique_id)


class TakenNames:
    """The names, and the numbers or groups, of other recipients and groups."""

    def __init__(self, others: Iterable[tuple[str, str | None]] = ()) -> None:
        """Begin with others (title, unique id)."""
        self._names: set[str] = set()
        self._ids: set[str] = set()
        for title, unique_id in others:
            self.add(title, unique_id)

    def add(self, title: str, unique_id: str | None) -> None:
        """Add another."""
        self._names.add(comparison_key(title))
        self._ids.add((unique_id or "").casefold())

    def ensure_new(self, recipient: ConfigSubentryData) -> None:
        """Refuse a name, number or group that another has. Raises RecipientError."""
        if comparison_key(recipient["title"]) in self._names:
            raise RecipientError(CONF_NAME, RecipientProblem.NAME_TAKEN)
        if (recipient["unique_id"] or "").casefold() in self._ids:
            raise RecipientError(next(iter(recipient["data"])), RecipientProblem.ALREADY_CONFIGURED)


def ensure_new_person(recipient: ConfigSubentryData, taken: Container[str]) -> None:
    """Refuse the person of another recipient. Raises RecipientError."""
    if recipient["data"].get(CONF_PERSON) in taken:
        raise RecipientError(CONF_PERSON, RecipientProblem.PERSON_TAKEN)
