"""The trigger of an answered question. It listens to all accounts, before they are set up and through their reloads."""

from typing import Any, cast, override

import probatio
from homeassistant.const import CONF_OPTIONS
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.trigger import Trigger, TriggerActionRunner, TriggerConfig, TriggerNotTriggeredReporter
from homeassistant.helpers.typing import ConfigType

from .asking import SIGNAL_QUESTION, AskOutcome
from .const import ATTR_CONFIG_ENTRY_ID

CONF_ASK_ID = "ask_id"
CONF_ANSWER = "answer"
_TEXTS = probatio.All(cv.ensure_list, [cv.string])
_SCHEMA = probatio.Schema(
    {
        probatio.Optional(CONF_OPTIONS, default=dict): {
            probatio.Optional(ATTR_CONFIG_ENTRY_ID): _TEXTS,
            probatio.Optional(CONF_ASK_ID): _TEXTS,
            probatio.Optional(CONF_ANSWER): _TEXTS,
        }
    }
)


class QuestionAnsweredTrigger(Trigger):
    """Triggers when a question gets its answer, also one that was asked before a restart."""

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Keep the options."""
        super().__init__(hass, config)
        self._options: dict[str, Any] = config.options or {}

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Check the options; the account need not be set up yet."""
        return cast(ConfigType, _SCHEMA(config))

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        """Listen."""

        @callback
        def hear(entry_id: str, _key: str, outcome: AskOutcome) -> None:
            if outcome.understood is None:
                return
            told = {
                ATTR_CONFIG_ENTRY_ID: entry_id,
                CONF_ASK_ID: outcome.ask_id,
                CONF_ANSWER: outcome.understood.id,
            }
            if all(value in self._options.get(name, (value,)) for name, value in told.items()):
                run_action({"question": outcome.as_dict()}, "SMS question answered")

        return async_dispatcher_connect(self._hass, SIGNAL_QUESTION, hear)
