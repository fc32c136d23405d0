"""Targets of an action: what its field ``target`` names, and the entities of Home Assistant's own target."""

from typing import Any, Final

from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.target import TargetSelection

from ..config.notify_targets import find_notify_entities
from ..errors import validation_error

FIELD_TARGET: Final = "target"
_NOT_OPTIONS: Final = {FIELD_TARGET, *map(str, cv.TARGET_FIELDS)}


def names_targets(call: ServiceCall) -> bool:
    """Return whether a call names any target, be it an empty one."""
    return FIELD_TARGET in call.data or TargetSelection(call.data).has_any_target


def read_targets(call: ServiceCall, field: str = FIELD_TARGET) -> tuple[object, ...]:
    """Return the targets of a call: names, numbers, groups of the gateway and entity ids.

    Nothing is no target: to write to all recipients is said, by the notify entity of the account. Raises a translated
    error.
    """
    selection = TargetSelection(call.data)
    entities = find_notify_entities(call.hass, selection)
    if targets := (*call.data.get(field, ()), *entities):
        return targets
    if selection.has_any_target:
        raise validation_error("nobody_selected")
    raise validation_error("no_recipients")


def without_targets(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the other fields of a call."""
    return {name: value for name, value in fields.items() if name not in _NOT_OPTIONS}
