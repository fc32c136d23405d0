"""Subentry flow of commands by SMS: one form for who, what and with which PIN."""

from collections.abc import Mapping
from typing import Any, Final

import probatio
from homeassistant.config_entries import ConfigSubentry, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    ConversationAgentSelector,
    ConversationAgentSelectorConfig,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    ObjectSelectorField,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ..config.commands import (
    CONF_AGENT,
    CONF_ASSIST,
    CONF_COMMANDS,
    CONF_FREE,
    CONF_HOURLY_LIMIT,
    CONF_PIN,
    CONF_RECIPIENT,
    CONF_SCRIPT,
    CONF_WORDS,
    DEFAULT_HOURLY_LIMIT,
    MAX_HOURLY_LIMIT,
    CommandError,
    hash_pin,
    validate_commands,
)
from ..config.yaml_subentries import is_of_yaml
from ..const import CONF_NUMBER, SUBENTRY_COMMANDS, SUBENTRY_RECIPIENT
from .folding import with_unfolded

SECTION_ASSIST: Final = "sentences"
_COMMANDS = ObjectSelector(
    ObjectSelectorConfig(
        multiple=True,
        translation_key="commands",
        label_field=CONF_WORDS,
        description_field=CONF_SCRIPT,
        fields={
            CONF_WORDS: ObjectSelectorField(selector=TextSelector().serialize()["selector"], required=True),
            CONF_SCRIPT: ObjectSelectorField(
                selector=EntitySelector(EntitySelectorConfig(domain="script")).serialize()["selector"]
            ),
            CONF_FREE: ObjectSelectorField(selector=BooleanSelector().serialize()["selector"]),
        },
    )
)
WHAT = {
    probatio.Optional(CONF_COMMANDS): _COMMANDS,
    probatio.Optional(probatio.Secret(CONF_PIN)): TextSelector(
        TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="new-password")
    ),
    probatio.Required(CONF_HOURLY_LIMIT, default=DEFAULT_HOURLY_LIMIT): probatio.All(
        NumberSelector(NumberSelectorConfig(min=1, max=MAX_HOURLY_LIMIT, step=1, mode=NumberSelectorMode.BOX)),
        probatio.Coerce(int),
    ),
    probatio.Required(SECTION_ASSIST): section(
        probatio.Schema(
            {
                probatio.Required(CONF_ASSIST, default=False): BooleanSelector(),
                probatio.Optional(CONF_AGENT): ConversationAgentSelector(ConversationAgentSelectorConfig()),
            }
        ),
        {"collapsed": True},
    ),
}


class CommandFlow(ConfigSubentryFlow):
    """One form. The PIN that is kept is never shown; left empty, it stays."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Let one more person command the house."""
        people = self._people()
        if not people:
            return self.async_abort(reason="nobody_to_command")
        options = [SelectOptionDict(value=person.subentry_id, label=person.title) for person in people]
        who = {probatio.Required(CONF_RECIPIENT): SelectSelector(SelectSelectorConfig(options=options))}
        schema = probatio.Schema(who | WHAT)
        if user_input is None:
            return self._show("user", schema, {})
        try:
            data = await self._async_read(_flat(user_input), {})
        except CommandError as err:
            return self._show("user", schema, user_input, {err.field: err.problem})
        person = next(person for person in people if person.subentry_id == data[CONF_RECIPIENT])
        return self.async_create_entry(title=person.title, data=data, unique_id=f"commands:{person.subentry_id}")

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change what a person may command."""
        entry, subentry = self._get_entry(), self._get_reconfigure_subentry()
        if is_of_yaml(subentry):
            return self.async_abort(reason="managed_by_yaml")
        schema = probatio.Schema(WHAT)
        if user_input is None:
            return self._show("reconfigure", schema, _in_sections(subentry.data))
        try:
            data = await self._async_read(_flat(user_input), dict(subentry.data))
        except CommandError as err:
            return self._show("reconfigure", schema, user_input, {err.field: err.problem})
        return self.async_update_and_abort(entry, subentry, data=data)

    async def _async_read(self, written: dict[str, Any], kept: dict[str, Any]) -> dict[str, Any]:
        """Check what was written; give it as it is kept, the PIN as a hash. Raises CommandError."""
        validate_commands(written, has_pin=CONF_PIN in kept)
        data = {name: value for name, value in written.items() if name != CONF_PIN}
        data |= {name: kept[name] for name in (CONF_RECIPIENT, CONF_PIN) if name in kept}
        data.setdefault(CONF_COMMANDS, [])
        if pin := written.get(CONF_PIN, "").strip():
            data[CONF_PIN] = await self.hass.async_add_executor_job(hash_pin, pin)
        return data

    def _people(self) -> list[ConfigSubentry]:
        """Return the recipients that have a number and no commands yet."""
        entry = self._get_entry()
        taken = {subentry.data[CONF_RECIPIENT] for subentry in entry.get_subentries_of_type(SUBENTRY_COMMANDS)}
        people = entry.get_subentries_of_type(SUBENTRY_RECIPIENT)
        return [each for each in people if CONF_NUMBER in each.data and each.subentry_id not in taken]

    def _show(
        self, step_id: str, schema: probatio.Schema, written: dict[str, Any], errors: dict[str, str] | None = None
    ) -> SubentryFlowResult:
        shown = {name: value for name, value in written.items() if name != CONF_PIN}
        opened = [SECTION_ASSIST] if written.get(SECTION_ASSIST, {}).get(CONF_ASSIST) else []
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(with_unfolded(schema, opened), shown),
            errors=errors,
        )


def _flat(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was written without its section, as it is kept."""
    fields = {name: value for name, value in written.items() if name != SECTION_ASSIST}
    return {**fields, **written[SECTION_ASSIST]}


def _in_sections(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept as the form asks for it."""
    inside = (CONF_ASSIST, CONF_AGENT)
    fields = {name: value for name, value in kept.items() if name not in inside}
    return fields | {SECTION_ASSIST: {name: kept[name] for name in inside if name in kept}}
