"""The options of an account: sending, money, callbacks."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from homeassistant.config_entries import SOURCE_IMPORT, ConfigFlowResult, OptionsFlow

from .callback_url import CallbackAddress, CallbackObstacle, async_callback_address
from .const import CONF_CALLBACKS
from .options_form import (
    FIELD_CALLBACK_STATE,
    FIELD_CALLBACK_URL,
    SCHEMA,
    SECTION_CALLBACKS,
    SECTIONS,
    find_errors,
    read_options,
)
from .settings import CallbackMode, read_settings


class SmsmodeOptionsFlow(OptionsFlow):
    """One form in three sections. The update listener of the entry reloads it."""

    # The choice whose obstacle was shown: who sends the form off again means it.
    _warned_of: CallbackMode | None = None

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show and store the options, stored without their sections."""
        if self.config_entry.source == SOURCE_IMPORT:
            return self.async_abort(reason="managed_by_yaml")
        written = self._current() if user_input is None else user_input
        mode = CallbackMode(written[SECTION_CALLBACKS][CONF_CALLBACKS])
        address = await async_callback_address(self.hass, self.config_entry, mode)
        errors = find_errors(written)
        if mode is not self._warned_of and (warning := _warning(mode, address.obstacle)):
            errors[SECTION_CALLBACKS] = warning
        self._warned_of = mode
        if user_input is None or errors:
            return self._show(written, address, errors)
        return self.async_create_entry(data=read_options(user_input))

    def _current(self) -> dict[str, dict[str, Any]]:
        """Give the options in force, in their sections, without those that are not set."""
        settings = asdict(read_settings(self.hass, self.config_entry))
        return {
            name: {str(field): settings[field] for field in fields.schema if settings.get(str(field)) is not None}
            for name, fields in SECTIONS.items()
        }

    def _show(
        self, written: Mapping[str, Mapping[str, Any]], address: CallbackAddress, errors: dict[str, str]
    ) -> ConfigFlowResult:
        """Show what was written, and by which address the gateway calls back, or why by none."""
        shown = {
            FIELD_CALLBACK_STATE: str(address.obstacle or address.route),
            FIELD_CALLBACK_URL: address.url or "",
        }
        values = {**written, SECTION_CALLBACKS: {**written[SECTION_CALLBACKS], **shown}}
        return self.async_show_form(
            step_id="init", data_schema=self.add_suggested_values_to_schema(SCHEMA, values), errors=errors
        )


def _warning(mode: CallbackMode, obstacle: CallbackObstacle | None) -> str | None:
    """Name what a person should know: not that there is no address, where they chose none and need none."""
    if obstacle in (None, CallbackObstacle.TURNED_OFF):
        return None
    if mode is CallbackMode.AUTO and obstacle is CallbackObstacle.NO_ADDRESS:
        return None
    return f"callback_{obstacle}"
