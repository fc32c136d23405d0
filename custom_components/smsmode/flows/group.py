"""Subentry flow of a group of recipients."""

from typing import Any

import probatio
from homeassistant.config_entries import ConfigSubentryData, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)

from ..config.recipient_groups import read_group, taken_names
from ..config.recipient_validation import RecipientError
from ..config.yaml_subentries import is_of_yaml
from ..const import CONF_MEMBERS, SUBENTRY_RECIPIENT


def form_schema(options: list[SelectOptionDict]) -> probatio.Schema:
    """Describe the form; ``options`` are the recipients. What is missing is told by our own check."""
    members = SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.DROPDOWN)
    return probatio.Schema(
        {
            probatio.Required(CONF_NAME, default=""): TextSelector(TextSelectorConfig(autocomplete="off")),
            probatio.Optional(CONF_MEMBERS): SelectSelector(members),
        }
    )


class GroupFlow(ConfigSubentryFlow):
    """One form: a name, and recipients of the account. What YAML describes is changed there."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a group."""
        if not self._recipients():
            return self.async_abort(reason="no_recipients")
        if user_input is None:
            return self._show("user", {})
        try:
            group = self._read(user_input)
        except RecipientError as err:
            return self._show("user", user_input, {err.field: err.problem})
        return self.async_create_entry(title=group["title"], data=group["data"])

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Edit a group."""
        subentry = self._get_reconfigure_subentry()
        if is_of_yaml(subentry):
            return self.async_abort(reason="managed_by_yaml")
        if user_input is None:
            known = self._recipients()
            members = [member for member in subentry.data[CONF_MEMBERS] if member in known]
            return self._show("reconfigure", {CONF_NAME: subentry.title, CONF_MEMBERS: members})
        try:
            group = self._read(user_input, subentry.subentry_id)
        except RecipientError as err:
            return self._show("reconfigure", user_input, {err.field: err.problem})
        return self.async_update_and_abort(
            self._get_entry(),
            subentry,
            title=group["title"],
            data=group["data"],
            # Home Assistant's own word for it is English in a French house.
            reason="reconfigure_successful",
        )

    def _recipients(self) -> dict[str, str]:
        """Return the names of the recipients by their ids."""
        recipients = self._get_entry().get_subentries_of_type(SUBENTRY_RECIPIENT)
        return {recipient.subentry_id: recipient.title for recipient in recipients}

    def _read(self, written: dict[str, Any], own_id: str | None = None) -> ConfigSubentryData:
        """Check what was written. Raises RecipientError."""
        taken = taken_names(self._get_entry(), own_id)
        return read_group(written.get(CONF_NAME, ""), written.get(CONF_MEMBERS, []), self._recipients(), taken)

    def _show(self, step_id: str, written: dict[str, Any], errors: dict[str, str] | None = None) -> SubentryFlowResult:
        options = [SelectOptionDict(value=member, label=name) for member, name in self._recipients().items()]
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(form_schema(options), written),
            errors=errors,
        )
