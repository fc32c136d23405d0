"""Subentry flow of a watchdog."""

from typing import Any, override

import probatio
from homeassistant.config_entries import ConfigSubentry, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
from homeassistant.util import dt as dt_util

from ..config.countries import country_name
from ..config.options import AccountOptions, read_settings
from ..config.phone_numbers import NumberError, looks_like_number, parse_number
from ..config.recipients import Recipients
from ..config.watchdogs import (
    MAX_MINUTES,
    MAX_QUIET_MINUTES,
    MIN_MINUTES,
    WatchdogError,
    ensure_name_is_free,
    read_watchdog_config,
)
from ..config.yaml_subentries import DEFAULT_MINUTES, MAX_WATCHDOGS, is_of_yaml
from ..const import CONF_MESSAGE, CONF_MINUTES, CONF_QUIET_MINUTES, CONF_TARGETS, SUBENTRY_WATCHDOG
from ..helpers.sms_texts import WATCHDOG_MESSAGES, localized
from ..watchdog.message import validate_watchdog
from .watchdog_trial import WatchdogTrialSteps

# Of a watchdog that is only just being described: as long as any.
_NO_ID = "0" * 26


def form_schema(options: list[SelectOptionDict]) -> probatio.Schema:
    """Describe the form; ``options`` are the recipients. What is missing is told by our own check."""
    return probatio.Schema(
        {
            probatio.Required(CONF_NAME, default=""): TextSelector(TextSelectorConfig(autocomplete="off")),
            probatio.Optional(CONF_TARGETS): SelectSelector(
                SelectSelectorConfig(
                    options=options, multiple=True, custom_value=True, mode=SelectSelectorMode.DROPDOWN
                )
            ),
            probatio.Optional(CONF_MESSAGE): TextSelector(TextSelectorConfig(multiline=True)),
            probatio.Required(CONF_MINUTES, default=DEFAULT_MINUTES): _minutes(MAX_MINUTES),
            probatio.Required(CONF_QUIET_MINUTES, default=0): _minutes(MAX_QUIET_MINUTES),
        }
    )


def _minutes(longest: int) -> NumberSelector:
    # The shortest period is told by our own check, which says why.
    config = NumberSelectorConfig(min=0, max=longest, step=1, mode=NumberSelectorMode.BOX, unit_of_measurement="min")
    return NumberSelector(config)


class WatchdogFlow(WatchdogTrialSteps):
    """One form: who is told what, after how long a silence. What YAML describes is changed there."""

    _written: dict[str, Any]

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a watchdog."""
        if len(self._others()) >= MAX_WATCHDOGS:
            return self.async_abort(reason="too_many")
        if user_input is None:
            message = localized(WATCHDOG_MESSAGES, self.hass.config.language)
            return self._show("user", {CONF_MESSAGE: message.format(house=self.hass.config.location_name)})
        self._written = user_input
        try:
            title, data = self._read(user_input)
        except WatchdogError as err:
            return self._show("user", user_input, {err.field: err.problem})
        return await self.async_offer_trial(title, data)

    @override
    async def async_step_correct(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the form again, as it was written."""
        return self._show("user", self._written)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Edit a watchdog; one that is armed is pushed at once, with what is new."""
        subentry = self._get_reconfigure_subentry()
        if is_of_yaml(subentry):
            return self.async_abort(reason="managed_by_yaml")
        if user_input is None:
            return self._show("reconfigure", {CONF_NAME: subentry.title, **subentry.data})
        try:
            title, data = self._read(user_input, subentry.subentry_id)
        except WatchdogError as err:
            return self._show("reconfigure", user_input, {err.field: err.problem})
        return self.async_update_and_abort(self._get_entry(), subentry, title=title, data=data)

    def _others(self, own_id: str | None = None) -> list[ConfigSubentry]:
        subentries = self._get_entry().get_subentries_of_type(SUBENTRY_WATCHDOG)
        return [subentry for subentry in subentries if subentry.subentry_id != own_id]

    def _read(self, written: dict[str, Any], own_id: str | None = None) -> tuple[str, dict[str, Any]]:
        """Check what was written. Raises WatchdogError."""
        name = written.get(CONF_NAME, "").strip()
        ensure_name_is_free(name, [other.title for other in self._others(own_id)])
        data = {
            CONF_TARGETS: [self._target(target) for target in written.get(CONF_TARGETS, [])],
            CONF_MESSAGE: written.get(CONF_MESSAGE, "").strip(),
            CONF_MINUTES: int(written[CONF_MINUTES]),
            CONF_QUIET_MINUTES: int(written[CONF_QUIET_MINUTES]),
        }
        config = read_watchdog_config(own_id or _NO_ID, name, data)
        validate_watchdog(config, self._recipients, self._settings, self.hass.config.language, dt_util.now())
        return name, data

    def _target(self, written: str) -> str:
        """Return the id of a recipient, which no other name changes, or an MSISDN, which no other region changes."""
        if not looks_like_number(written):
            recipient = self._recipients.find_by_name(written.strip())
            return recipient.subentry_id if recipient else written
        try:
            return parse_number(written, self._settings.region)
        except NumberError as err:
            raise WatchdogError(CONF_TARGETS, err.problem) from None

    @property
    def _settings(self) -> AccountOptions:
        return read_settings(self.hass, self._get_entry())

    @property
    def _recipients(self) -> Recipients:
        return Recipients(self.hass, self._get_entry(), self._settings.region)

    def _show(self, step_id: str, written: dict[str, Any], errors: dict[str, str] | None = None) -> SubentryFlowResult:
        recipients = self._recipients
        named = [(each.subentry_id, each.name) for each in recipients.all]
        named += [(each.subentry_id, each.name) for each in recipients.groups]
        options = [SelectOptionDict(value=subentry_id, label=name) for subentry_id, name in named]
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(form_schema(options), written),
            errors=errors,
            description_placeholders={
                "shortest": str(MIN_MINUTES),
                "region": country_name(self._settings.region, self.hass.config.language),
            },
        )
