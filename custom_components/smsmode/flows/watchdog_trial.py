"""Steps after the form of a new watchdog: one person gets its message now, and sees what the others would get."""

from abc import ABC, abstractmethod
from typing import Any, Final

import probatio
from homeassistant.config_entries import ConfigEntryState, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import SelectOptionDict, SelectSelector, SelectSelectorConfig
from homeassistant.util import dt as dt_util

from ..config.options import read_settings
from ..const import CONF_MESSAGE
from ..helpers.error_sentences import async_error_sentence
from ..helpers.money import price_note
from ..helpers.sms_texts import LAST_SIGN, localized
from ..runtime import SmsmodeConfigEntry
from ..sending.composer import MessageSendOptions
from ..state.account_facts import WATCHDOG_FACTS

FIELD_PERSON: Final = "person"
# In place of the code that each message of a watchdog has.
_CODE: Final = "TEST"

type Input = dict[str, Any] | None


def trial_schema(options: list[SelectOptionDict]) -> probatio.Schema:
    """Describe the form; ``options`` are the people."""
    return probatio.Schema({probatio.Required(FIELD_PERSON): SelectSelector(SelectSelectorConfig(options=options))})


class WatchdogTrialSteps(ConfigSubentryFlow, ABC):
    """Steps of the trial; whatever comes of it, the watchdog is added unless the person goes back to correct it."""

    _title: str
    _data: dict[str, Any]

    @abstractmethod
    async def async_step_correct(self, _user_input: Input = None) -> SubentryFlowResult:
        """Show the form again."""

    async def async_offer_trial(self, title: str, data: dict[str, Any]) -> SubentryFlowResult:
        """Offer the trial, if the account runs and has anybody to try it on."""
        self._title, self._data = title, data
        if self._get_entry().state is not ConfigEntryState.LOADED:
            return await self.async_step_add()
        if not self._is_proven:
            return self._offer("check_unproven")
        return self._offer("check") if self._people() else await self.async_step_add()

    @property
    def _is_proven(self) -> bool:
        """Return whether this account has proven that a watchdog costs nothing and alarms nobody without need."""
        entry: SmsmodeConfigEntry = self._get_entry()
        return entry.runtime_data.store.state.facts.is_proven(*WATCHDOG_FACTS)

    async def async_step_check_unproven(self, _user_input: Input = None) -> SubentryFlowResult:
        """Ask for a clear yes."""
        return self._offer("check_unproven")

    async def async_step_check(self, _user_input: Input = None) -> SubentryFlowResult:
        """Offer the trial again."""
        return self._offer("check")

    async def async_step_tried(self, _user_input: Input = None) -> SubentryFlowResult:
        """Show that the message was sent."""
        return self._offer("tried")

    async def async_step_try_on(self, user_input: Input = None) -> SubentryFlowResult:
        """Ask on whom to try it, and send the message to that person."""
        errors: dict[str, str] = {}
        reason = ""
        if user_input is not None:
            try:
                await self._async_send(user_input[FIELD_PERSON])
            except HomeAssistantError as err:
                errors, reason = (
                    {"base": "not_tried"},
                    await async_error_sentence(self.hass, err, self.hass.config.language),
                )
            else:
                return await self.async_step_tried()
        schema = trial_schema([SelectOptionDict(value=number, label=name) for number, name in self._people().items()])
        return self.async_show_form(
            step_id="try_on",
            data_schema=self.add_suggested_values_to_schema(schema, user_input or {}),
            errors=errors,
            description_placeholders={"message": self._data[CONF_MESSAGE], "reason": reason},
        )

    async def async_step_add(self, _user_input: Input = None) -> SubentryFlowResult:
        """Add the watchdog."""
        return self.async_create_entry(title=self._title, data=self._data)

    def _offer(self, step_id: str) -> SubentryFlowResult:
        return self.async_show_menu(
            step_id=step_id,
            menu_options=["add", "try_on", "correct"] if self._people() else ["add", "correct"],
            description_placeholders={
                "name": self._title,
                "message": self._data[CONF_MESSAGE],
                "price": price_note(self.hass, read_settings(self.hass, self._get_entry()).price_of(1)),
            },
        )

    def _people(self) -> dict[str, str]:
        """Return the names of the recipients with a number, by their numbers."""
        entry: SmsmodeConfigEntry = self._get_entry()
        return {each.number: each.name for each in entry.runtime_data.recipients.all if each.number is not None}

    async def _async_send(self, number: str) -> None:
        """Send the message as it would be. Raises a translated error."""
        entry: SmsmodeConfigEntry = self._get_entry()
        sign = localized(LAST_SIGN, self.hass.config.language).format(moment=dt_util.now(), code=_CODE)
        order = MessageSendOptions(
            message=f"{self._data[CONF_MESSAGE]}\n{sign}",
            targets=(number,),
            ignore_quiet_hours=True,
            accept_changes=True,
        )
        await entry.runtime_data.messages.async_send_message(order)
