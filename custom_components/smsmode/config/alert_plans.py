"""Alert plans: their configuration, its validation from a form or from YAML, and how one is found by its name."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

import probatio
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_ENTITY_ID, CONF_NAME, CONF_STATE, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.typing import VolDictType

from ..const import CONF_MESSAGE, CONF_OVER_WHEN, CONF_STEPS, SUBENTRY_ALERT_PLAN
from ..helpers.common_words import common_word
from ..helpers.targets import GROUP_PREFIX
from ..helpers.text_match import comparison_key
from ..helpers.validation import FieldError, plain_text
from .accounts import usable_entries
from .alert_fields import ALERT_FIELDS, recipients_of, with_recipients
from .phone_numbers import NumberError, looks_like_number, parse_number
from .recipients import Recipients

# It is the id of the alerts of the plan.
MAX_NAME: Final = 64
MAX_PLANS: Final = 50
# In which an entity says nothing of a cause.
NO_STATES: Final = (STATE_UNAVAILABLE, STATE_UNKNOWN)
OVER_WHEN: Final = probatio.Schema(
    {probatio.Required(CONF_ENTITY_ID): cv.entity_id, probatio.Required(CONF_STATE): plain_text}
)
PLAN_FIELDS: VolDictType = {**ALERT_FIELDS, probatio.Optional(CONF_OVER_WHEN): OVER_WHEN}
# Of a subentry.
_ID: Final = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
_SCHEMA: Final = probatio.Schema(PLAN_FIELDS)


class PlanProblem(StrEnum):
    """What can be wrong with a plan; the value is the translation key."""

    NAME_MISSING = "name_missing"
    NAME_TAKEN = "name_taken"
    NAME_TOO_LONG = "name_too_long"
    MESSAGE_MISSING = "message_missing"
    STEPS_MISSING = "steps_missing"
    STEPS_INVALID = "steps_invalid"
    TARGETS_MISSING = "targets_missing"
    TARGET_UNKNOWN = "target_unknown"


class PlanError(FieldError):
    """A plan cannot be kept as configured."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OverWhen:
    """State of an entity that says that the cause of an alert is over."""

    entity_id: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AlertPlan:
    """Configuration of one plan; ``fields`` are those of an alert, validated.

    A target in its steps is the subentry id of a recipient or of a group of recipients, or whatever an action takes.
    """

    subentry_id: str
    name: str
    fields: Mapping[str, Any]
    over_when: OverWhen | None

    @property
    def recipients(self) -> tuple[str, ...]:
        """Return the targets of all steps, each once."""
        return tuple(dict.fromkeys(target for step in self.fields[CONF_STEPS] for target in recipients_of(step)))

    def fields_for(self, hass: HomeAssistant, recipients: Recipients) -> dict[str, Any]:
        """Return the fields of an alert of this plan, with the recipients as they are reached now."""
        steps = [
            with_recipients(step, [_current(hass, target, recipients) for target in recipients_of(step)])
            for step in self.fields[CONF_STEPS]
        ]
        return {**self.fields, "alert_id": self.name, CONF_STEPS: steps}


def alert_plan_of(subentry: ConfigSubentry) -> AlertPlan:
    """Return the plan in a subentry."""
    fields = _SCHEMA(dict(subentry.data))
    over = fields.pop(CONF_OVER_WHEN, None)
    over_when = over and OverWhen(entity_id=over[CONF_ENTITY_ID], state=over[CONF_STATE])
    return AlertPlan(subentry_id=subentry.subentry_id, name=subentry.title, fields=fields, over_when=over_when)


def read_plan(written: Mapping[str, Any], others: Iterable[str]) -> tuple[str, dict[str, Any]]:
    """Validate a plan whose name must be none of ``others``; return the name and the fields. Raises PlanError.

    Whether the names in it are known is checked by whoever knows them.
    """
    name = " ".join(written.get(CONF_NAME, "").split())
    _check_name(name, others)
    if not written.get(CONF_MESSAGE, "").strip():
        raise PlanError(CONF_MESSAGE, PlanProblem.MESSAGE_MISSING)
    if not written.get(CONF_STEPS):
        raise PlanError(CONF_STEPS, PlanProblem.STEPS_MISSING)
    try:
        fields: dict[str, Any] = _SCHEMA({field: value for field, value in written.items() if field != CONF_NAME})
    except probatio.Invalid:
        # In a form, only how many steps there are and how long they wait can be wrong.
        raise PlanError(CONF_STEPS, PlanProblem.STEPS_INVALID) from None
    if not all(step["target"] for step in fields[CONF_STEPS]):
        raise PlanError(CONF_STEPS, PlanProblem.TARGETS_MISSING)
    return name, fields


def _check_name(name: str, others: Iterable[str]) -> None:
    if not comparison_key(name):
        raise PlanError(CONF_NAME, PlanProblem.NAME_MISSING)
    if len(name) > MAX_NAME:
        raise PlanError(CONF_NAME, PlanProblem.NAME_TOO_LONG)
    if comparison_key(name) in map(comparison_key, others):
        raise PlanError(CONF_NAME, PlanProblem.NAME_TAKEN)


def canonical_target(written: Any, recipients: Recipients, region: str) -> str:
    """Return a target as it is stored: the id of a recipient, which no other name changes, or an MSISDN.

    Raises PlanError for a name that nobody has. Whether a number gets SMS or calls is checked with the step.
    """
    target = str(written).strip()
    if looks_like_number(target):
        try:
            return parse_number(target, region, voice=True)
        except NumberError as err:
            raise PlanError(CONF_STEPS, err.problem) from None
    if recipients.get(target) or recipients.get_group(target):
        return target
    if (named := recipients.find_by_name(target)) is not None:
        return named.subentry_id
    if not target.startswith(GROUP_PREFIX) and not recipients.knows(target):
        raise PlanError(CONF_STEPS, PlanProblem.TARGET_UNKNOWN)
    return target


def as_data(value: Any) -> Any:
    """Return validated fields as they are stored: a duration as a form has it."""
    match value:
        case timedelta():
            minutes, seconds = divmod(int(value.total_seconds()), 60)
            return {"hours": minutes // 60, "minutes": minutes % 60, "seconds": seconds}
        case StrEnum():
            return value.value
        case Mapping():
            return {key: as_data(each) for key, each in value.items()}
        case list() | tuple():
            return [as_data(each) for each in value]
        case _:
            return value


def find_plans(hass: HomeAssistant, written: str) -> list[tuple[ConfigEntry, ConfigSubentry]]:
    """Return the plans that a name or an entity means, each with its account: several accounts can have one."""
    entity = er.async_get(hass).async_get(written)
    plans = [
        (entry, plan) for entry in usable_entries(hass) for plan in entry.get_subentries_of_type(SUBENTRY_ALERT_PLAN)
    ]
    if entity is not None:
        owner = entity.config_entry_id, entity.config_subentry_id
        return [(entry, plan) for entry, plan in plans if (entry.entry_id, plan.subentry_id) == owner]
    alike = [(entry, plan) for entry, plan in plans if comparison_key(plan.title) == comparison_key(written)]
    return [(entry, plan) for entry, plan in alike if plan.title == written] or alike


def readable_target(hass: HomeAssistant, target: str) -> str:
    """Return a target as people know it: the id of a recipient that was removed tells them nothing."""
    return common_word(hass, "removed_recipient") if _ID.fullmatch(target) else target


def _current(hass: HomeAssistant, target: str, recipients: Recipients) -> str:
    """Return what a recipient or a group of recipients is called now, by its id; any other target as it is."""
    if (recipient := recipients.get(target)) is not None:
        return recipient.target
    group = recipients.get_group(target)
    return readable_target(hass, target) if group is None else group.name
