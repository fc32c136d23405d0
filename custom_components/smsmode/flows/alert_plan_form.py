"""Form of an alert plan: its fields, as a person fills them in and as they are stored."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import probatio
from homeassistant.components.notify import DOMAIN as NOTIFY_DOMAIN
from homeassistant.const import CONF_ENTITY_ID, CONF_LANGUAGE, CONF_NAME, CONF_STATE
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    DurationSelector,
    EntitySelector,
    EntitySelectorConfig,
    LanguageSelector,
    LanguageSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    ObjectSelectorField,
    Selector,
    StateSelector,
    StateSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ..api import VoiceLanguage
from ..config.alert_fields import as_form_step
from ..config.alert_plans import NO_STATES
from ..const import CONF_MESSAGE, CONF_OVER_WHEN, CONF_STEPS
from ..conversations.alert_targets import SCRIPT_DOMAIN
from ..state.alerts import MAX_ROUNDS

CAMERA_DOMAIN: Final = "camera"
CONF_CAMERA: Final = "camera"
CONF_REPEAT: Final = "repeat"
CONF_ALL_CLEAR: Final = "all_clear"
CONF_ANSWERS: Final = "answers"
CONF_LISTENED: Final = "listened_acknowledges"
CONF_TELL_OTHERS: Final = "tell_others"
SECTION_END: Final = "end"
SECTION_ANSWERS: Final = "acknowledging"
_IF_CHOSEN: Final = (CONF_CAMERA, CONF_LANGUAGE)
# What the sentences that acknowledge are told apart by: in a form they all mean the same.
_ANSWER_ID: Final = "ok"


def form_schema(entities: Iterable[str]) -> probatio.Schema:
    """Describe the form; ``entities`` are those of the recipients. What is missing is told by our own check."""
    return probatio.Schema(
        {
            probatio.Required(CONF_NAME, default=""): TextSelector(TextSelectorConfig(autocomplete="off")),
            probatio.Optional(CONF_MESSAGE): TextSelector(TextSelectorConfig(multiline=True)),
            probatio.Optional(CONF_STEPS): _steps(entities),
            probatio.Required(CONF_REPEAT, default=1): NumberSelector(
                NumberSelectorConfig(min=1, max=MAX_ROUNDS, step=1, mode=NumberSelectorMode.BOX)
            ),
            probatio.Optional(CONF_CAMERA): EntitySelector(EntitySelectorConfig(domain=CAMERA_DOMAIN)),
            probatio.Optional(CONF_LANGUAGE): LanguageSelector(LanguageSelectorConfig(languages=list(VoiceLanguage))),
            probatio.Required(SECTION_END): section(
                probatio.Schema(
                    {
                        probatio.Optional(CONF_ENTITY_ID): EntitySelector(EntitySelectorConfig()),
                        probatio.Optional(CONF_ALL_CLEAR): TextSelector(TextSelectorConfig(multiline=True)),
                    }
                ),
                {"collapsed": True},
            ),
            probatio.Required(SECTION_ANSWERS): section(
                probatio.Schema(
                    {
                        probatio.Optional(CONF_TELL_OTHERS): TextSelector(TextSelectorConfig(multiline=True)),
                        probatio.Optional(CONF_ANSWERS): TextSelector(TextSelectorConfig(multiple=True)),
                        probatio.Required(CONF_LISTENED, default=False): BooleanSelector(),
                    }
                ),
                {"collapsed": True},
            ),
        }
    )


def state_schema(entity_id: str) -> probatio.Schema:
    """Describe the form of the state in which the cause is over."""
    config = StateSelectorConfig(entity_id=entity_id, hide_states=list(NO_STATES))
    return probatio.Schema({probatio.Required(CONF_STATE, default=""): StateSelector(config)})


def _steps(entities: Iterable[str]) -> ObjectSelector:
    """Return the selector of the steps, with the fields that a step of the action has."""
    fields: dict[str, Selector[Any]] = {
        "target": EntitySelector(EntitySelectorConfig(include_entities=list(entities), multiple=True)),
        "number": TextSelector(TextSelectorConfig(type=TextSelectorType.TEL, multiple=True)),
        "call": BooleanSelector(),
        "acknowledge_link": BooleanSelector(),
        "notify": EntitySelector(EntitySelectorConfig(domain=NOTIFY_DOMAIN, multiple=True)),
        "script": EntitySelector(EntitySelectorConfig(domain=SCRIPT_DOMAIN, multiple=True)),
        "only_home": BooleanSelector(),
        "only_away": BooleanSelector(),
        "delivery_timeout": DurationSelector(),
        "answer_timeout": DurationSelector(),
    }
    return ObjectSelector(
        ObjectSelectorConfig(
            multiple=True,
            translation_key=CONF_STEPS,
            label_field="target",
            description_field="number",
            fields={
                name: ObjectSelectorField(selector=selector.serialize()["selector"])
                for name, selector in fields.items()
            },
        )
    )


def as_written(user_input: Mapping[str, Any], ids: Mapping[str, str], kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return a filled-in form as the fields of a plan; ``ids`` are those of the recipients by their entities.

    ``kept`` are those of the plan that is edited: the state in which the cause is over stays if its entity does.
    """
    end, answers = user_input[SECTION_END], user_input[SECTION_ANSWERS]
    steps = [_with_ids(step, ids) for step in user_input.get(CONF_STEPS, [])]
    written = {
        CONF_NAME: user_input.get(CONF_NAME, ""),
        CONF_MESSAGE: user_input.get(CONF_MESSAGE, "").strip(),
        CONF_STEPS: steps,
        CONF_REPEAT: int(user_input[CONF_REPEAT]),
        CONF_LISTENED: answers[CONF_LISTENED],
        CONF_TELL_OTHERS: answers.get(CONF_TELL_OTHERS, "").strip(),
        CONF_ALL_CLEAR: end.get(CONF_ALL_CLEAR, "").strip(),
    }
    written |= {field: user_input[field] for field in _IF_CHOSEN if user_input.get(field)}
    if sentences := [sentence for sentence in answers.get(CONF_ANSWERS, []) if sentence.strip()]:
        written[CONF_ANSWERS] = [{"id": _ANSWER_ID, "sentences": sentences}]
    if (over := kept.get(CONF_OVER_WHEN)) and over[CONF_ENTITY_ID] == end.get(CONF_ENTITY_ID):
        written[CONF_OVER_WHEN] = over
    return written


def _with_ids(step: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    return {**step, "target": [ids.get(target, target) for target in step.get("target", [])]}


def as_form(name: str, data: Mapping[str, Any], entities: Mapping[str, str]) -> dict[str, Any]:
    """Return a stored plan as the form has it; ``entities`` are those of the recipients by their ids."""
    sentences = [sentence for answer in data.get(CONF_ANSWERS, []) for sentence in answer["sentences"]]
    end = {CONF_ALL_CLEAR: data.get(CONF_ALL_CLEAR, "")}
    if over := data.get(CONF_OVER_WHEN):
        end[CONF_ENTITY_ID] = over[CONF_ENTITY_ID]
    return {
        CONF_NAME: name,
        CONF_MESSAGE: data[CONF_MESSAGE],
        CONF_STEPS: [as_form_step(step, entities) for step in data[CONF_STEPS]],
        CONF_REPEAT: data[CONF_REPEAT],
        **{field: data[field] for field in _IF_CHOSEN if field in data},
        SECTION_END: end,
        SECTION_ANSWERS: {
            CONF_TELL_OTHERS: data.get(CONF_TELL_OTHERS, ""),
            CONF_ANSWERS: sentences,
            CONF_LISTENED: data.get(CONF_LISTENED, False),
        },
    }
