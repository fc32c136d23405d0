"""Forms of config flows for tests: suggested values, sections, and the reloads they cause."""

from collections.abc import Mapping
from typing import Any

import probatio
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
    ConfigSubentry,
    SubentryFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section

from .house import House


async def open_subentry_form(house: House, subentry: ConfigSubentry | None = None, *, kind: str) -> SubentryFlowResult:
    """Open the form of a kind of subentry, empty or on one."""
    if subentry is not None:
        result: SubentryFlowResult = await house.entry.start_subentry_reconfigure_flow(house.hass, subentry.subentry_id)
        return result
    return await house.hass.config_entries.subentries.async_init(
        (house.entry.entry_id, kind), context={"source": SOURCE_USER}
    )


async def open_options(hass: HomeAssistant, entry_id: str, option: str = "settings") -> ConfigFlowResult:
    """Open the options of an account, and choose a line of their menu."""
    menu = await hass.config_entries.options.async_init(entry_id)
    return await hass.config_entries.options.async_configure(menu["flow_id"], {"next_step_id": option})


async def submit(house: House, form: SubentryFlowResult, written: Mapping[str, Any]) -> SubentryFlowResult:
    """Send the form of a subentry off."""
    result = await house.hass.config_entries.subentries.async_configure(form["flow_id"], dict(written))
    await house.async_settle()
    return result


def suggested(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return the suggested values of a form, those of a section under its name."""
    return _suggested(form["data_schema"])


def section_of(form: Mapping[str, Any], name: str) -> section:
    """Return a section of a form."""
    found: section = form["data_schema"].schema[name]
    return found


def _suggested(schema: probatio.Schema) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for marker, field in schema.schema.items():
        if isinstance(field, section):
            inner = _suggested(field.schema)
            values |= {str(marker): inner} if inner else {}
        elif marker.description:
            values[key_of(marker)] = marker.description["suggested_value"]
    return values


def key_of(marker: Any) -> str:
    """Return the key inside nested markers."""
    while isinstance(marker, probatio.Marker):
        marker = marker.schema
    return str(marker)


def count_starts(entry: ConfigEntry) -> list[ConfigEntryState]:
    """Collect the result of each setup of an entry from now on: one for each (re)load."""
    starts: list[ConfigEntryState] = []
    ends = {ConfigEntryState.LOADED, ConfigEntryState.SETUP_ERROR, ConfigEntryState.SETUP_RETRY}
    entry.async_on_state_change(lambda: starts.append(entry.state) if entry.state in ends else None)
    return starts
