"""Triggers for automations: a reply came, a delivery report came.

They listen to all accounts, so they can be set up before an account is and stay through its reloads.
"""

from typing import Any, ClassVar, cast, override

import probatio
from homeassistant.const import CONF_OPTIONS
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.trigger import (
    NotTriggeredInfo,
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType

from .api import DeliveryOutcome
from .automation_filter import ACCOUNT_FIELDS, RECIPIENT_FIELDS, TEXTS, AutomationFilter, validate_filter
from .errors import validation_error
from .helpers.text_match import BoundedRegex, RegexError, contains_words, equals_words
from .own_triggers import AlertChangedTrigger, QuestionAnsweredTrigger
from .receiving.processor import SIGNAL_REPLY, SIGNAL_REPORT, ReplyEvent, ReportEvent
from .state.reply_history import ReplyEventType

CONF_OUTCOME = "outcome"
CONF_REFERENCE = "reference"
CONF_TEXT_IS = "text_is"
CONF_TEXT_CONTAINS = "text_contains"
CONF_TEXT_MATCHES = "text_matches"
CONF_ONLY_VERIFIED = "only_verified"

_COMMON = {**ACCOUNT_FIELDS, **RECIPIENT_FIELDS, probatio.Optional(CONF_REFERENCE): TEXTS}
_REPLY_SCHEMA = probatio.Schema(
    {
        probatio.Optional(CONF_OPTIONS, default=dict): {
            **_COMMON,
            probatio.Optional(CONF_TEXT_IS): TEXTS,
            probatio.Optional(CONF_TEXT_CONTAINS): TEXTS,
            probatio.Optional(CONF_TEXT_MATCHES): TEXTS,
            probatio.Optional(CONF_ONLY_VERIFIED, default=True): cv.boolean,
        }
    }
)
_REPORT_SCHEMA = probatio.Schema(
    {
        probatio.Optional(CONF_OPTIONS, default=dict): {
            **_COMMON,
            probatio.Optional(CONF_OUTCOME): probatio.All(cv.ensure_list, [probatio.Coerce(DeliveryOutcome)]),
        }
    }
)


class _SmsTrigger(Trigger):
    """A trigger that can be narrowed to accounts, recipients and references."""

    _schema: ClassVar[probatio.Schema]
    _voice: ClassVar[bool]

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Keep the options."""
        super().__init__(hass, config)
        self._options: dict[str, Any] = config.options or {}
        self._whom = AutomationFilter(hass, self._options)

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Check the options; the account need not be set up yet."""
        checked = cast(ConfigType, cls._schema(config))
        return {CONF_OPTIONS: validate_filter(hass, checked[CONF_OPTIONS], voice=cls._voice)}

    def _is_about(self, entry_id: str, number: str, reference: str | None) -> bool:
        references = self._options.get(CONF_REFERENCE)
        return (not references or reference in references) and self._whom.includes(entry_id, number)


class ReplyReceivedTrigger(_SmsTrigger):
    """Triggers on each reply that comes in time; a late one opens no doors."""

    _schema = _REPLY_SCHEMA
    _voice = False

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Keep the options, and prepare the regular expressions."""
        super().__init__(hass, config)
        self._patterns = [BoundedRegex(expression) for expression in self._options.get(CONF_TEXT_MATCHES, ())]

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Check the options, the regular expressions among them."""
        checked = await super().async_validate_config(hass, config)
        for expression in checked[CONF_OPTIONS].get(CONF_TEXT_MATCHES, ()):
            try:
                BoundedRegex(expression)
            except RegexError as err:
                raise validation_error(err.problem) from None
        return checked

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        """Listen."""

        @callback
        def hear(entry_id: str, event: ReplyEvent) -> None:
            if not self._is_about(entry_id, event.reply.sender, event.reply.reference):
                return
            if reason := self._objection(event):
                if did_not_trigger:
                    did_not_trigger(NotTriggeredInfo(reason))
                return
            run_action({"reply": event.as_dict()}, "SMS reply received")

        return async_dispatcher_connect(self._hass, SIGNAL_REPLY, hear)

    def _objection(self, event: ReplyEvent) -> str | None:
        """Say why a reply of somebody who is meant does not trigger."""
        if event.news is not ReplyEventType.RECEIVED:
            return "late"
        if self._options[CONF_ONLY_VERIFIED] and not event.verified:
            return "not_verified"
        return None if self._is_said(event.reply.text) else "other_text"

    def _is_said(self, text: str) -> bool:
        """Whether a text is as each of the options wants it, in one of the ways that the option names."""
        whole, part = self._options.get(CONF_TEXT_IS), self._options.get(CONF_TEXT_CONTAINS)
        return (
            (not whole or any(equals_words(text, wanted) for wanted in whole))
            and (not part or any(contains_words(text, wanted) for wanted in part))
            and (not self._patterns or any(pattern.fits(text) for pattern in self._patterns))
        )


class DeliveryReportedTrigger(_SmsTrigger):
    """Triggers on each delivery report, or on those of some outcomes."""

    _schema = _REPORT_SCHEMA
    _voice = True

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        """Listen."""
        outcomes = self._options.get(CONF_OUTCOME) or list(DeliveryOutcome)

        @callback
        def hear(entry_id: str, event: ReportEvent) -> None:
            if event.outcome in outcomes and self._is_about(entry_id, event.number, event.reference):
                run_action({"report": event.as_dict()}, f"SMS delivery report: {event.outcome}")

        return async_dispatcher_connect(self._hass, SIGNAL_REPORT, hear)


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Name the triggers."""
    return {
        "reply_received": ReplyReceivedTrigger,
        "delivery_reported": DeliveryReportedTrigger,
        "question_answered": QuestionAnsweredTrigger,
        "alert_changed": AlertChangedTrigger,
    }
