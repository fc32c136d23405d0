"""Conditions for automations: there is credit left, somebody can be reached.

They are looked up anew each time, so they can be set up before an account is and stay through its reloads. Of an
account that is not set up nothing holds.
"""

from abc import abstractmethod
from decimal import Decimal
from typing import Any, ClassVar, Unpack, cast, override

import probatio
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_OPTIONS
from homeassistant.core import HomeAssistant
from homeassistant.helpers.condition import (
    Condition,
    ConditionCheckParams,
    ConditionConfig,
    condition_trace_set_result,
)
from homeassistant.helpers.typing import ConfigType

from .automation_filter import ACCOUNT_FIELDS, CONF_RECIPIENT, RECIPIENT_FIELDS, AutomationFilter, validate_filter
from .const import CONF_NUMBER
from .runtime import SmsmodeRuntimeData

CONF_VALUE = "value"

_BALANCE_SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_OPTIONS): {
            **ACCOUNT_FIELDS,
            probatio.Required(CONF_VALUE): probatio.Coerce(float),
        }
    }
)
_REACHABLE_SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_OPTIONS): probatio.All(
            {**ACCOUNT_FIELDS, **RECIPIENT_FIELDS}, probatio.AtLeastOne(CONF_RECIPIENT, CONF_NUMBER)
        )
    }
)


class _AccountCondition(Condition):
    """A condition that must hold for each of the accounts that are meant."""

    _schema: ClassVar[probatio.Schema]

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Keep the options."""
        super().__init__(hass, config)
        self._options: dict[str, Any] = config.options or {}
        self._whom = AutomationFilter(hass, self._options)

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Check the options; the account need not be set up yet."""
        checked = cast(ConfigType, cls._schema(config))
        return {CONF_OPTIONS: validate_filter(hass, checked[CONF_OPTIONS], voice=True)}

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        """Ask each account; in the trace is said which of them objects, and why."""
        accounts = self._whom.accounts()
        objections = [objection for entry in accounts if (objection := self._objection_of(entry))]
        if not accounts:
            objections = ["there is no such account"]
        if objections:
            condition_trace_set_result(result=False, message="; ".join(objections))
        return not objections

    def _objection_of(self, entry: ConfigEntry) -> str | None:
        if entry.state is not ConfigEntryState.LOADED:
            return f"the account {entry.title} is not set up"
        return self._objection(entry, entry.runtime_data)

    @abstractmethod
    def _objection(self, entry: ConfigEntry, account: SmsmodeRuntimeData) -> str | None:
        """Say why the condition does not hold for an account."""


class BalanceAboveCondition(_AccountCondition):
    """Holds if there are more credits than a value, as far as the gateway said lately."""

    _schema = _BALANCE_SCHEMA

    @override
    def _objection(self, entry: ConfigEntry, account: SmsmodeRuntimeData) -> str | None:
        balance, value = account.coordinator.data, self._options[CONF_VALUE]
        if balance is None or not account.coordinator.last_update_success:
            return f"the balance of {entry.title} is not known"
        return None if balance > Decimal(value) else f"the balance of {entry.title} is not above {value:g}"


class RecipientReachableCondition(_AccountCondition):
    """Holds unless the latest status of a message to a recipient says that none reaches it."""

    _schema = _REACHABLE_SCHEMA

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        """Ask each account about all numbers; a recipient that nobody has is not reached."""
        if not super()._async_check(**kwargs):
            return False
        if is_unknown := bool(self._whom.unknown()):
            condition_trace_set_result(result=False, message="there is no such recipient")
        return not is_unknown

    @override
    def _objection(self, entry: ConfigEntry, account: SmsmodeRuntimeData) -> str | None:
        latest = account.processor.message_log.last_status_of
        statuses = [latest[number].status for number in self._whom.numbers(entry) if number in latest]
        unreachable = [status for status in statuses if status.is_recipient_unreachable]
        return f"the latest status at {entry.title} is {unreachable[0]}" if unreachable else None


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Name the conditions."""
    return {"balance_above": BalanceAboveCondition, "recipient_reachable": RecipientReachableCondition}
