"""Triggers of automations: a reply was received, a delivery was reported, a question was answered, an alert changed.

They listen to the events on the bus, which come from all accounts. So they can be set up before an account is, and stay
through its reloads.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, cast, override

import probatio
from homeassistant.const import CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import (
    NotTriggeredInfo,
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType, VolDictType

from .api import DeliveryOutcome, MessageStatus
from .automation_filter import ACCOUNT_FIELDS, RECIPIENT_FIELDS, TEXTS, AutomationFilter, validate_filter
from .const import (
    ATTR_CONFIG_ENTRY_ID,
    EVENT_ALERT_CHANGED,
    EVENT_DELIVERY_REPORT,
    EVENT_LATE_REPLY,
    EVENT_QUESTION_ANSWERED,
    EVENT_REPLY,
)
from .errors import validation_error
from .helpers.bounded_regex import BoundedRegex, RegexError
from .helpers.text_match import contains_words, equals_words
from .helpers.validation import identifier
from .state.alert_phases import AlertPhase

CONF_OUTCOME = "outcome"
CONF_REFERENCE = "reference"
CONF_TEXT_IS = "text_is"
CONF_TEXT_CONTAINS = "text_contains"
CONF_TEXT_MATCHES = "text_matches"
CONF_ONLY_VERIFIED = "only_verified"
CONF_ASK_ID = "ask_id"
CONF_ANSWER = "answer"
CONF_ALERT_ID = "alert_id"
CONF_STATE = "state"

_IDS = probatio.All(cv.ensure_list, [identifier])
_MESSAGE_FIELDS: VolDictType = {**ACCOUNT_FIELDS, **RECIPIENT_FIELDS, probatio.Optional(CONF_REFERENCE): _IDS}


def _options_schema(fields: VolDictType, *, takes_target: bool = False) -> probatio.Schema:
    target: VolDictType = {probatio.Optional(CONF_TARGET): cv.TARGET_FIELDS} if takes_target else {}
    return probatio.Schema({probatio.Optional(CONF_OPTIONS, default=dict): fields, **target})


class _OptionFilterTrigger(Trigger):
    """Base of the triggers: fires on bus events of some types whose data the options select."""

    _event_types: ClassVar[tuple[str, ...]]
    _schema: ClassVar[probatio.Schema]
    # The name of the event data in the trigger's variables.
    _variable: ClassVar[str]

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Store the options."""
        super().__init__(hass, config)
        self._options: dict[str, Any] = config.options or {}

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the options; the account need not be set up yet."""
        return cast(ConfigType, cls._schema(config))

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        """Subscribe to the events."""

        @callback
        def handle(event: Event) -> None:
            if not self._is_selected(event.data):
                return
            if reason := self._objection(event):
                if did_not_trigger:
                    did_not_trigger(NotTriggeredInfo(reason))
                return
            run_action({self._variable: dict(event.data)}, self._describe(event.data))

        subscriptions = [self._hass.bus.async_listen(event_type, handle) for event_type in self._event_types]

        @callback
        def unsubscribe() -> None:
            for end in subscriptions:
                end()

        return unsubscribe

    @abstractmethod
    def _is_selected(self, data: Mapping[str, Any]) -> bool:
        """Return whether the options select an event, so that it triggers or a trace tells why it does not."""

    def _objection(self, _event: Event) -> str | None:
        """Return why a selected event does not trigger all the same, None if it does."""
        return None

    @abstractmethod
    def _describe(self, data: Mapping[str, Any]) -> str:
        """Return the description of a trigger in a trace."""


class _MessageTrigger(_OptionFilterTrigger):
    """Base of the triggers that can be narrowed to accounts, recipients and references."""

    # Whether its messages may go to fixed lines.
    _voice: ClassVar[bool]
    _number_key: ClassVar[str]

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Store the options."""
        super().__init__(hass, config)
        self._filter = AutomationFilter(hass, self._options, config.target)

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the options, their recipients and numbers among them. Raises translated errors."""
        return validate_filter(hass, cls._schema, config, voice=cls._voice)

    @override
    def _is_selected(self, data: Mapping[str, Any]) -> bool:
        references = self._options.get(CONF_REFERENCE)
        return (not references or data["reference"] in references) and self._filter.includes(
            data[ATTR_CONFIG_ENTRY_ID], data[self._number_key]
        )


class ReplyReceivedTrigger(_MessageTrigger):
    """Fires on each reply that is received in time; a late one opens no doors."""

    _event_types = (EVENT_REPLY, EVENT_LATE_REPLY)
    _schema = _options_schema(
        {
            **_MESSAGE_FIELDS,
            probatio.Optional(CONF_TEXT_IS): TEXTS,
            probatio.Optional(CONF_TEXT_CONTAINS): TEXTS,
            probatio.Optional(CONF_TEXT_MATCHES): TEXTS,
            probatio.Optional(CONF_ONLY_VERIFIED, default=True): cv.boolean,
        },
        takes_target=True,
    )
    _variable = "reply"
    _voice = False
    _number_key = "sender"

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Store the options, and compile the regular expressions."""
        super().__init__(hass, config)
        self._patterns = [BoundedRegex(expression) for expression in self._options.get(CONF_TEXT_MATCHES, ())]

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the options, the regular expressions among them. Raises translated errors."""
        checked = await super().async_validate_config(hass, config)
        for expression in checked[CONF_OPTIONS].get(CONF_TEXT_MATCHES, ()):
            try:
                BoundedRegex(expression)
            except RegexError as err:
                raise validation_error(err.problem) from None
        return checked

    @override
    def _objection(self, event: Event) -> str | None:
        if event.event_type == EVENT_LATE_REPLY:
            return "late"
        if self._options[CONF_ONLY_VERIFIED] and not event.data["verified"]:
            return "not_verified"
        return None if self._matches_text(event.data["message"]) else "other_text"

    def _matches_text(self, text: str) -> bool:
        """Return whether a text fits each of the text options, in one of the ways that the option names."""
        whole, part = self._options.get(CONF_TEXT_IS), self._options.get(CONF_TEXT_CONTAINS)
        return (
            (not whole or any(equals_words(text, wanted) for wanted in whole))
            and (not part or any(contains_words(text, wanted) for wanted in part))
            and (not self._patterns or any(pattern.fits(text) for pattern in self._patterns))
        )

    @override
    def _describe(self, _data: Mapping[str, Any]) -> str:
        return "SMS reply received"


class DeliveryReportedTrigger(_MessageTrigger):
    """Fires on each delivery report, or on those of some outcomes."""

    _event_types = (EVENT_DELIVERY_REPORT,)
    _schema = _options_schema(
        {
            **_MESSAGE_FIELDS,
            probatio.Optional(CONF_OUTCOME): probatio.All(cv.ensure_list, [probatio.Coerce(DeliveryOutcome)]),
        },
        takes_target=True,
    )
    _variable = "report"
    _voice = True
    _number_key = "number"

    @override
    def _is_selected(self, data: Mapping[str, Any]) -> bool:
        outcomes = self._options.get(CONF_OUTCOME)
        return (not outcomes or MessageStatus(data["status"]).outcome in outcomes) and super()._is_selected(data)

    @override
    def _describe(self, data: Mapping[str, Any]) -> str:
        return f"SMS delivery report: {MessageStatus(data['status']).outcome}"


class QuestionAnsweredTrigger(_OptionFilterTrigger):
    """Fires when a question gets its answer, also one that was asked before a restart."""

    _event_types = (EVENT_QUESTION_ANSWERED,)
    _schema = _options_schema(
        {
            probatio.Optional(ATTR_CONFIG_ENTRY_ID): _IDS,
            probatio.Optional(CONF_ASK_ID): _IDS,
            probatio.Optional(CONF_ANSWER): _IDS,
        }
    )
    _variable = "question"

    @override
    def _is_selected(self, data: Mapping[str, Any]) -> bool:
        values = {
            ATTR_CONFIG_ENTRY_ID: data[ATTR_CONFIG_ENTRY_ID],
            CONF_ASK_ID: data["ask_id"],
            CONF_ANSWER: data["id"],
        }
        return all(value in self._options.get(option, (value,)) for option, value in values.items())

    @override
    def _describe(self, _data: Mapping[str, Any]) -> str:
        return "SMS question answered"


class AlertChangedTrigger(_OptionFilterTrigger):
    """Fires on each change of state of an alert, or on some."""

    _event_types = (EVENT_ALERT_CHANGED,)
    _schema = _options_schema(
        {
            probatio.Optional(ATTR_CONFIG_ENTRY_ID): _IDS,
            probatio.Optional(CONF_ALERT_ID): _IDS,
            probatio.Optional(CONF_STATE): probatio.All(cv.ensure_list, [probatio.Coerce(AlertPhase)]),
        }
    )
    _variable = "alert"

    @override
    def _is_selected(self, data: Mapping[str, Any]) -> bool:
        options = (ATTR_CONFIG_ENTRY_ID, CONF_ALERT_ID, CONF_STATE)
        return all(data[option] in self._options.get(option, (data[option],)) for option in options)

    @override
    def _describe(self, data: Mapping[str, Any]) -> str:
        return f"SMS alert: {data['state']}"


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers by their names."""
    return {
        "reply_received": ReplyReceivedTrigger,
        "delivery_reported": DeliveryReportedTrigger,
        "question_answered": QuestionAnsweredTrigger,
        "alert_changed": AlertChangedTrigger,
    }
