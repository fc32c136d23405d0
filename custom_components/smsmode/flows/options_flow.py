"""The options of an account: sending, money, callbacks."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from homeassistant.config_entries import SOURCE_IMPORT, ConfigFlowResult, OptionsFlow
from probatio import Schema

from ..config.options import CallbackMode, read_settings
from ..const import CONF_CALLBACKS
from ..receiving.callback_url import CallbackAddress, CallbackObstacle, async_callback_address
from .options import (
    FIELD_CALLBACK_STATE,
    FIELD_CALLBACK_URL,
    SECTION_CALLBACKS,
    SECTIONS,
    find_errors,
    in_sections,
    read_options,
    what_is_wrong,
)


class SmsmodeOptionsFlow(OptionsFlow):
    """One form in three sections, then only what is wrong in it. The update listener of the entry reloads it."""

    # The choice whose obstacle was shown: who sends the form off again means it.
    _warned_of: CallbackMode | None = None
    _written: dict[str, dict[str, Any]]
    _shown: Mapping[str, Schema] = SECTIONS

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show and store the options, stored without their sections."""
        if self.config_entry.source == SOURCE_IMPORT:
            return self.async_abort(reason="managed_by_yaml")
        self._written = self._current() if user_input is None else self._completed(user_input)
        mode = CallbackMode(self._written[SECTION_CALLBACKS][CONF_CALLBACKS])
        address = await async_callback_address(self.hass, self.config_entry, mode)
        errors = find_errors(self._written)
        if mode is not self._warned_of and (warning := _warning(mode, address.obstacle)):
            errors[SECTION_CALLBACKS] = warning
        self._warned_of = mode
        if user_input is not None and not errors:
            return self.async_create_entry(data=read_options(self._written))
        self._shown = SECTIONS if user_input is None else what_is_wrong(errors)
        return self._show(address, errors)

    def _current(self) -> dict[str, dict[str, Any]]:
        """Give the options in force, in their sections, without those that are not set."""
        settings = asdict(read_settings(self.hass, self.config_entry))
        return {
            name: {str(field): settings[field] for field in fields.schema if settings.get(str(field)) is not None}
            for name, fields in SECTIONS.items()
        }

    def _completed(self, user_input: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Add what was not asked for this time; what was asked for and left empty is empty."""
        written = dict(self._written)
        for name, fields in self._shown.items():
            kept = {field: value for field, value in written[name].items() if field not in fields.schema}
            written[name] = {**kept, **user_input[name]}
        return written

    def _show(self, address: CallbackAddress, errors: dict[str, str]) -> ConfigFlowResult:
        """Show what was written, and by which address the gateway calls back, or why by none."""
        shown = {
            FIELD_CALLBACK_STATE: str(address.obstacle or address.route),
            FIELD_CALLBACK_URL: address.url or "",
        }
        values = {**self._written, SECTION_CALLBACKS: {**self._written[SECTION_CALLBACKS], **shown}}
        schema = self.add_suggested_values_to_schema(in_sections(self._shown), values)
        return self.async_show_form(step_id="init", data_schema=schema, errors=errors)


def _warning(mode: CallbackMode, obstacle: CallbackObstacle | None) -> str | None:
    """Name what a person should know: not that there is no address, where they chose none and need none."""
    if obstacle in (None, CallbackObstacle.TURNED_OFF):
        return None
    if mode is CallbackMode.AUTO and obstacle is CallbackObstacle.NO_ADDRESS:
        return None
    return f"callback_{obstacle}"
