"""Triggers for automations: a reply came, a delivery report came.

They listen to all accounts, so they can be set up before an account is and stay through its reloads.
"""

from typing import Any, cast, override

import probatio
from homeassistant.const import CONF_OPTIONS
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.trigger import Trigger, TriggerActionRunner, TriggerConfig, TriggerNotTriggeredReporter
from homeassistant.helpers.typing import ConfigType

from .api import DeliveryOutcome
from .const import ATTR_CONFIG_ENTRY_ID
from .inbox import SIGNAL_REPLY, SIGNAL_REPORT, ReplyEvent, ReportEvent
from .replies import ReplyNews

CONF_OUTCOME = "outcome"
_REPLY_SCHEMA = probatio.Schema(
    {probatio.Optional(CONF_OPTIONS, default=dict): {probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}}
)
_REPORT_SCHEMA = probatio.Schema(
    {
        probatio.Optional(CONF_OPTIONS, default=dict): {
            probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
            probatio.Optional(CONF_OUTCOME): probatio.All(cv.ensure_list, [probatio.Coerce(DeliveryOutcome)]),
        }
    }
)


class _AccountTrigger(Trigger):
    """A trigger that can be narrowed to one account."""

    _schema: probatio.Schema

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Keep the options."""
        super().__init__(hass, config)
        self._options: dict[str, Any] = config.options or {}

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Check the options; the account need not be set up yet."""
        return cast(ConfigType, cls._schema(config))

    def _is_meant(self, entry_id: str) -> bool:
        return self._options.get(ATTR_CONFIG_ENTRY_ID) in (None, entry_id)


class ReplyReceivedTrigger(_AccountTrigger):
    """Triggers on each reply that comes in time; a late one opens no doors."""

    _schema = _REPLY_SCHEMA

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        """Listen."""

        @callback
        def hear(entry_id: str, event: ReplyEvent) -> None:
            if event.news is ReplyNews.RECEIVED and self._is_meant(entry_id):
                run_action({"reply": event.as_dict()}, "SMS reply received")

        return async_dispatcher_connect(self._hass, SIGNAL_REPLY, hear)


class DeliveryReportedTrigger(_AccountTrigger):
    """Triggers on each delivery report, or on those of some outcomes."""

    _schema = _REPORT_SCHEMA

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        """Listen."""
        outcomes = self._options.get(CONF_OUTCOME) or list(DeliveryOutcome)

        @callback
        def hear(entry_id: str, event: ReportEvent) -> None:
            if event.outcome in outcomes and self._is_meant(entry_id):
                run_action({"report": event.as_dict()}, f"SMS delivery report: {event.outcome}")

        return async_dispatcher_connect(self._hass, SIGNAL_REPORT, hear)


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Name the triggers."""
    return {"reply_received": ReplyReceivedTrigger, "delivery_reported": DeliveryReportedTrigger}
