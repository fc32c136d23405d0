"""Subentry flow of a recipient: its form, and the check that may follow."""

from typing import Any, Final, override

import probatio
from homeassistant.config_entries import (
    SOURCE_IMPORT,
    SOURCE_USER,
    ConfigSubentry,
    ConfigSubentryData,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
    TimeSelector,
)

from ..config.countries import country_name
from ..config.options import read_settings
from ..config.phone_numbers import calling_code, pretty_number
from ..config.recipient_groups import names_of_groups
from ..config.recipient_validation import (
    MAX_RECIPIENTS,
    RecipientError,
    TakenNames,
    ensure_new_person,
    read_recipient,
)
from ..const import (
    CONF_END,
    CONF_GROUP,
    CONF_NUMBER,
    CONF_PERSON,
    CONF_QUIET_HOURS,
    CONF_SCHEDULE,
    CONF_START,
    SUBENTRY_RECIPIENT,
)
from .folding import with_unfolded
from .recipient_check import RecipientCheckSteps

SECTION_GATEWAY: Final = "gateway"
# What is missing is explained by our own check, in the language of the house.
SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_NAME, default=""): TextSelector(TextSelectorConfig(autocomplete="off")),
        probatio.Optional(CONF_NUMBER): TextSelector(TextSelectorConfig(type=TextSelectorType.TEL, autocomplete="off")),
        probatio.Optional(CONF_PERSON): EntitySelector(EntitySelectorConfig(domain="person")),
        probatio.Optional(SECTION_GATEWAY): section(
            probatio.Schema({probatio.Optional(CONF_GROUP): TextSelector(TextSelectorConfig(autocomplete="off"))}),
            {"collapsed": True},
        ),
        probatio.Optional(CONF_QUIET_HOURS): section(
            probatio.Schema(
                {
                    probatio.Optional(CONF_START): TimeSelector(),
                    probatio.Optional(CONF_END): TimeSelector(),
                    probatio.Optional(CONF_SCHEDULE): EntitySelector(EntitySelectorConfig(domain="schedule")),
                }
            ),
            {"collapsed": True},
        ),
    }
)


class RecipientFlow(RecipientCheckSteps):
    """One form: a name, and a number or a group of the gateway. A new recipient can be tried before it is added."""

    _written: dict[str, Any]

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a recipient."""
        if self._get_entry().source == SOURCE_IMPORT:
            return self.async_abort(reason="managed_by_yaml")
        if len(list(self._get_entry().get_subentries_of_type(SUBENTRY_RECIPIENT))) >= MAX_RECIPIENTS:
            return self.async_abort(reason="too_many", description_placeholders={"limit": str(MAX_RECIPIENTS)})
        if user_input is None:
            return self._show("user", {})
        self._written = user_input
        try:
            recipient = self._read(user_input)
        except RecipientError as err:
            return self._show("user", user_input, _errors(err))
        return await self.async_offer_check(recipient)

    @override
    async def async_step_correct(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the form again, as it was written."""
        return self._show("user", self._written)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Edit a recipient."""
        entry, subentry = self._get_entry(), self._get_reconfigure_subentry()
        if entry.source == SOURCE_IMPORT:
            return self.async_abort(reason="managed_by_yaml")
        if user_input is None:
            return self._show("reconfigure", _as_written(subentry))
        try:
            recipient = self._read(user_input, subentry.subentry_id)
        except RecipientError as err:
            return self._show("reconfigure", user_input, _errors(err))
        # Home Assistant's own word for it is English in a French house.
        return self.async_update_and_abort(
            entry,
            subentry,
            title=recipient["title"],
            data=recipient["data"],
            unique_id=recipient["unique_id"],
            reason="reconfigure_successful",
        )

    def _read(self, written: dict[str, Any], own_id: str | None = None) -> ConfigSubentryData:
        """Check what was written, also against the other recipients of the account. Raises RecipientError."""
        entry = self._get_entry()
        recipients = [each for each in entry.get_subentries_of_type(SUBENTRY_RECIPIENT) if each.subentry_id != own_id]
        others = [(other.title, other.unique_id) for other in recipients]
        recipient = read_recipient({**written, **written.get(SECTION_GATEWAY, {})}, self._region)
        TakenNames([*others, *names_of_groups(entry)]).ensure_new(recipient)
        ensure_new_person(recipient, {other.data[CONF_PERSON] for other in recipients if CONF_PERSON in other.data})
        return recipient

    @property
    def _region(self) -> str:
        return read_settings(self.hass, self._get_entry()).region

    def _show(self, step_id: str, written: dict[str, Any], errors: dict[str, str] | None = None) -> SubentryFlowResult:
        opened = [name for name in (SECTION_GATEWAY, CONF_QUIET_HOURS) if any(written.get(name, {}).values())]
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(with_unfolded(SCHEMA, {*(errors or {}), *opened}), written),
            errors=errors,
            description_placeholders={
                "region": country_name(self._region, self.hass.config.language),
                "code": calling_code(self._region),
            },
            last_step=False if self.source == SOURCE_USER else None,
        )


def _errors(err: RecipientError) -> dict[str, str]:
    """Return the error where it is seen: the frontend shows none at a field inside a section, only above it."""
    return {SECTION_GATEWAY if err.field == CONF_GROUP else err.field: err.problem}


def _as_written(subentry: ConfigSubentry) -> dict[str, Any]:
    """Return a recipient as its form shows it."""
    written = {CONF_NAME: subentry.title, **subentry.data}
    if group := written.pop(CONF_GROUP, None):
        written[SECTION_GATEWAY] = {CONF_GROUP: group}
    if number := subentry.data.get(CONF_NUMBER):
        written[CONF_NUMBER] = pretty_number(number)
    return written
