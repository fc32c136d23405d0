"""Targets of the steps of an alert: those that Home Assistant calls by itself, and what each is called."""

from collections.abc import Sequence
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback, valid_entity_id

from ..config.notifiers import is_possible
from ..config.recipients import Failure, Recipients
from ..helpers.notifying import exists, is_entity
from ..helpers.redaction import mask_numbers
from ..state.alert_steps import Channel

# Why a target is left out.
NOT_NOTIFIER: Final = "not_notifier"
UNKNOWN_SCRIPT: Final = "unknown_script"
# Not imported: an alarm must leave where scripts cannot be loaded.
SCRIPT_DOMAIN: Final = "script"


@callback
def find_local_targets(
    hass: HomeAssistant, entry: ConfigEntry, channel: Channel, targets: Sequence[object]
) -> tuple[tuple[str, ...], tuple[Failure, ...]]:
    """Return what a step calls, each once, and what it cannot call.

    What notifies by this very account would be an SMS of which the alert learns nothing.
    """
    names = list(dict.fromkeys(map(str, targets)))
    if channel is Channel.NOTIFY:
        found = [name for name in names if is_possible(hass, entry, name) and exists(hass, name)]
        reason = NOT_NOTIFIER
    else:
        found = [name for name in names if name.startswith(f"{SCRIPT_DOMAIN}.") and is_entity(hass, name)]
        reason = UNKNOWN_SCRIPT
    return tuple(found), tuple(Failure(name, reason) for name in names if name not in found)


@callback
def may_come(hass: HomeAssistant, entry: ConfigEntry, channel: Channel, name: str) -> bool:
    """Return whether a step may call something later that is not there now, as much is not at the start."""
    if channel is Channel.NOTIFY:
        return is_possible(hass, entry, name)
    return valid_entity_id(name) and name.startswith(f"{SCRIPT_DOMAIN}.")


@callback
def name_of(hass: HomeAssistant, recipients: Recipients, target: str) -> str:
    """Return the name of a recipient, a notifier or a script, or a masked number."""
    state = hass.states.get(target)
    return recipients.name_of(target) or (state.name if state else mask_numbers(target))
