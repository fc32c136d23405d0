"""The triggers of questions and alerts. They listen to all accounts, also before these are set up."""

from collections.abc import Mapping
from typing import Any, cast, override

import probatio
from homeassistant.const import CONF_OPTIONS
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.trigger import Trigger, TriggerActionRunner, TriggerConfig, TriggerNotTriggeredReporter
from homeassistant.helpers.typing import ConfigType

from .const import ATTR_CONFIG_ENTRY_ID
from .conversations.alert_manager import SIGNAL_ALERT, AlertEvent
from .conversations.question_manager import SIGNAL_QUESTION, QuestionResult
from .state.alerts import AlertPhase

_TEXTS = probatio.All(cv.ensure_list, [cv.string])


def _schema(**fields: Any) -> probatio.Schema:
    options = {probatio.Optional(name): validator for name, validator in fields.items()}
    return probatio.Schema(
        {probatio.Optional(CONF_OPTIONS, default=dict): {probatio.Optional(ATTR_CONFIG_ENTRY_ID): _TEXTS, **options}}
    )


class _NarrowedTrigger(Trigger):
    """A trigger whose options each name what may be."""

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

    def _is_meant(self, told: Mapping[str, str | None]) -> bool:
        return all(value in self._options.get(name, (value,)) for name, value in told.items())


class QuestionAnsweredTrigger(_NarrowedTrigger):
    """Triggers when a question gets its answer, also one that was asked before a restart."""

    _schema = _schema(ask_id=_TEXTS, answer=_TEXTS)

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        """Listen."""

        @callback
        def hear(entry_id: str, _key: str, outcome: QuestionResult) -> None:
            if outcome.understood is None:
                return
            told = {ATTR_CONFIG_ENTRY_ID: entry_id, "ask_id": outcome.ask_id, "answer": outcome.understood.id}
            if self._is_meant(told):
                run_action({"question": outcome.as_dict()}, "SMS question answered")

        return async_dispatcher_connect(self._hass, SIGNAL_QUESTION, hear)


class AlertChangedTrigger(_NarrowedTrigger):
    """Triggers on each change of state of an alert, or on some."""

    _schema = _schema(alert_id=_TEXTS, state=probatio.All(cv.ensure_list, [probatio.Coerce(AlertPhase)]))

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        """Listen."""

        @callback
        def hear(entry_id: str, event: AlertEvent) -> None:
            if self._is_meant({ATTR_CONFIG_ENTRY_ID: entry_id, "alert_id": event.alert_id, "state": event.state}):
                run_action({"alert": event.as_dict()}, f"SMS alert: {event.state}")

        return async_dispatcher_connect(self._hass, SIGNAL_ALERT, hear)
