"""Conditions of automations: the balance is above a value, a recipient can be reached.

Accounts are resolved anew each time, so a condition can be set up before an account is and stays through its reloads.
For an account that is not set up no condition holds.
"""

from abc import abstractmethod
from decimal import Decimal
from typing import Any, ClassVar, Unpack, override

import probatio
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_OPTIONS, CONF_TARGET
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.condition import (
    Condition,
    ConditionCheckParams,
    ConditionConfig,
    condition_trace_set_result,
)
from homeassistant.helpers.typing import ConfigType

from .automation_filter import (
    ACCOUNT_FIELDS,
    CONF_RECIPIENT,
    RECIPIENT_FIELDS,
    AutomationFilter,
    ConfigSchema,
    validate_filter,
)
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


def _ensure_somebody(config: ConfigType) -> ConfigType:
    options = config[CONF_OPTIONS]
    if not (config.get(CONF_TARGET) or options.get(CONF_RECIPIENT) or options.get(CONF_NUMBER)):
        raise probatio.Invalid("choose a target, or name a recipient or a number")
    return config


_REACHABLE_SCHEMA = probatio.All(
    probatio.Schema(
        {
            probatio.Optional(CONF_OPTIONS, default=dict): {**ACCOUNT_FIELDS, **RECIPIENT_FIELDS},
            probatio.Optional(CONF_TARGET): cv.TARGET_FIELDS,
        }
    ),
    _ensure_somebody,
)


class _AccountCondition(Condition):
    """Base of the conditions, which must hold for each of the accounts that are meant."""

    _schema: ClassVar[ConfigSchema]

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Store the options."""
        super().__init__(hass, config)
        self._options: dict[str, Any] = config.options or {}
        self._filter = AutomationFilter(hass, self._options, config.target)

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the options; the account need not be set up yet. Raises translated errors."""
        return validate_filter(hass, cls._schema, config, voice=True)

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        """Check each account; the trace tells which of them objects, and why."""
        accounts = self._filter.accounts()
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
        """Return why the condition does not hold for an account, None if it does."""


class BalanceAboveCondition(_AccountCondition):
    """Holds if the balance is above a value, as of the last poll."""

    _schema = _BALANCE_SCHEMA

    @override
    def _objection(self, entry: ConfigEntry, account: SmsmodeRuntimeData) -> str | None:
        balance, value = account.coordinator.data, self._options[CONF_VALUE]
        if balance is None or not account.coordinator.last_update_success:
            return f"the balance of {entry.title} is not known"
        return None if balance > Decimal(value) else f"the balance of {entry.title} is not above {value:g}"


class RecipientReachableCondition(_AccountCondition):
    """Holds unless the latest status of a message to a recipient tells that none reaches it."""

    _schema = _REACHABLE_SCHEMA

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        """Check each account for all numbers; a recipient that no account has is not reached."""
        if not super()._async_check(**kwargs):
            return False
        if self._filter.unknown():
            condition_trace_set_result(result=False, message="there is no such recipient")
            return False
        return True

    @override
    def _objection(self, entry: ConfigEntry, account: SmsmodeRuntimeData) -> str | None:
        latest = account.processor.message_log.last_status_of
        statuses = [latest[number].status for number in self._filter.numbers(entry) if number in latest]
        unreachable = [status for status in statuses if status.is_recipient_unreachable]
        return f"the latest status at {entry.title} is {unreachable[0]}" if unreachable else None


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions by their names."""
    return {"balance_above": BalanceAboveCondition, "recipient_reachable": RecipientReachableCondition}
