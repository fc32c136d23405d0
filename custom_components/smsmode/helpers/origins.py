"""Origin of a call: the automation or script that acts, by the context in which it was started.

The state of an automation has the context of its run only for seconds, and a text may leave after an hour of waiting.
"""

from collections import OrderedDict
from typing import Any, Final

from homeassistant.core import Context, Event, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from .bounds import drop_oldest

# Not imported: an alarm must leave where automations cannot be loaded.
_STARTED: Final = ("automation_triggered", "script_started")
MAX_RUNS: Final = 1_000
_RUNS: HassKey[OrderedDict[str, str]] = HassKey(f"{DOMAIN}_origins")


@callback
def async_watch_origins(hass: HomeAssistant) -> None:
    """Remember the latest runs of automations and scripts from now on."""
    runs = hass.data[_RUNS] = OrderedDict()

    @callback
    def note(event: Event[dict[str, Any]]) -> None:
        # A script that an automation starts has its context; whoever looks for the text looks there first.
        runs.setdefault(event.context.id, event.data["entity_id"])
        drop_oldest(runs, MAX_RUNS)

    for event_type in _STARTED:
        hass.bus.async_listen(event_type, note)


@callback
def find_origin(hass: HomeAssistant, context: Context | None) -> str | None:
    """Return the entity id of the automation or script that acts in a context; None if it is anybody else."""
    return None if context is None else hass.data[_RUNS].get(context.id)


@callback
def name_of_origin(hass: HomeAssistant, origin: str | None) -> str | None:
    """Return the name of an automation or script, and that of a watchdog as it is."""
    state = hass.states.get(origin or "")
    return state.name if state else origin
