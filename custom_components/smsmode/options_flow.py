"""The options of an account: sending, money, callbacks."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import probatio
from homeassistant.config_entries import SOURCE_IMPORT, ConfigFlowResult, OptionsFlow
from homeassistant.const import CONF_REGION
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    CountrySelector,
    CountrySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)

from .api import Encoding, MessageClass, SmsmodeInputError, StopClause, limits
from .api.text import MAX_SEGMENTS
from .callback_url import async_callback_url
from .const import (
    CONF_CALLBACKS,
    CONF_DAILY_LIMIT,
    CONF_ENCODING,
    CONF_LOW_BALANCE,
    CONF_MAX_SEGMENTS,
    CONF_RECIPIENT_HOURLY_LIMIT,
    CONF_SENDER,
    CONF_STOP,
    CONF_URGENT_DAILY_LIMIT,
)
from .schema import MAX_LIMIT, REGIONS
from .settings import CallbackMode, read_settings

SECTION_SENDING = "sending"
SECTION_MONEY = "money"
SECTION_CALLBACKS = "callbacks"
FIELD_CALLBACK_URL = "callback_url"


def _choice(field: str, options: list[str]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN, translation_key=field)
    )


def _whole(minimum: int, maximum: int) -> probatio.All[Any]:
    box = NumberSelectorConfig(min=minimum, max=maximum, step=1, mode=NumberSelectorMode.BOX)
    return probatio.All(NumberSelector(box), probatio.Coerce(int))


_SECTIONS: Mapping[str, probatio.Schema] = {
    SECTION_SENDING: probatio.Schema(
        {
            probatio.Optional(CONF_SENDER): TextSelector(TextSelectorConfig(autocomplete="off")),
            probatio.Optional(CONF_REGION): CountrySelector(CountrySelectorConfig(countries=list(REGIONS))),
            probatio.Required(CONF_ENCODING): _choice(CONF_ENCODING, list(Encoding)),
            probatio.Required(CONF_MAX_SEGMENTS): _whole(1, MAX_SEGMENTS),
            probatio.Required(CONF_STOP): _choice(CONF_STOP, list(StopClause)),
        }
    ),
    SECTION_MONEY: probatio.Schema(
        {
            probatio.Required(CONF_LOW_BALANCE): NumberSelector(
                NumberSelectorConfig(min=0, max=MAX_LIMIT, step="any", mode=NumberSelectorMode.BOX)
            ),
            probatio.Required(CONF_DAILY_LIMIT): _whole(0, MAX_LIMIT),
            probatio.Required(CONF_URGENT_DAILY_LIMIT): _whole(0, MAX_LIMIT),
            probatio.Required(CONF_RECIPIENT_HOURLY_LIMIT): _whole(0, MAX_LIMIT),
        }
    ),
    SECTION_CALLBACKS: probatio.Schema(
        {
            probatio.Required(CONF_CALLBACKS): _choice(CONF_CALLBACKS, list(CallbackMode)),
            # Only to be read and copied.
            probatio.Optional(FIELD_CALLBACK_URL): TextSelector(TextSelectorConfig(read_only=True, multiline=True)),
        }
    ),
}
SCHEMA = probatio.Schema({probatio.Required(name): section(fields) for name, fields in _SECTIONS.items()})


class SmsmodeOptionsFlow(OptionsFlow):
    """One form in three sections. The update listener of the entry reloads it."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show and store the options, stored without their sections."""
        if self.config_entry.source == SOURCE_IMPORT:
            return self.async_abort(reason="managed_by_yaml")
        if user_input is None:
            return await self._async_show(self._current(), {})
        options = {field: value for fields in user_input.values() for field, value in fields.items()}
        options.pop(FIELD_CALLBACK_URL, None)
        try:
            sender = _read_sender(options.pop(CONF_SENDER, ""))
        except SmsmodeInputError:
            # The frontend shows no error at a field inside a section, only above the section.
            return await self._async_show(user_input, {SECTION_SENDING: "invalid_sender"})
        return self.async_create_entry(data=options | sender)

    def _current(self) -> dict[str, dict[str, Any]]:
        """Give the options in force, in their sections, without those that are not set."""
        settings = asdict(read_settings(self.hass, self.config_entry))
        return {
            name: {str(field): settings[field] for field in fields.schema if settings.get(str(field)) is not None}
            for name, fields in _SECTIONS.items()
        }

    async def _async_show(self, values: dict[str, Any], errors: dict[str, str]) -> ConfigFlowResult:
        url = await async_callback_url(self.hass, self.config_entry)
        values[SECTION_CALLBACKS] = {**values[SECTION_CALLBACKS], FIELD_CALLBACK_URL: url or ""}
        return self.async_show_form(
            step_id="init", data_schema=self.add_suggested_values_to_schema(SCHEMA, values), errors=errors
        )


def _read_sender(written: str) -> dict[str, str]:
    """Check the sender, which may be left empty. Raises SmsmodeInputError."""
    sender = written.strip()
    if not sender:
        return {}
    limits.sender(sender, MessageClass.PRO)
    return {CONF_SENDER: sender}
