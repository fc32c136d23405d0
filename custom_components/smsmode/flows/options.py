"""The form of the options of an account, in its sections, and what it accepts."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

import probatio
from homeassistant.const import CONF_REGION
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    CountrySelector,
    CountrySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)

from ..api import Encoding, MessageClass, SmsmodeInputError, StopClause
from ..api.text import MAX_SEGMENTS
from ..api.validation import validate_sender
from ..config.field_validators import REGIONS
from ..config.options import CallbackMode
from ..config.yaml_schema import MAX_LIMIT
from ..const import (
    CONF_CALLBACKS,
    CONF_DAILY_LIMIT,
    CONF_ENCODING,
    CONF_LOW_BALANCE,
    CONF_MAX_SEGMENTS,
    CONF_RECIPIENT_HOURLY_LIMIT,
    CONF_SENDER,
    CONF_STOP,
    CONF_URGENT_DAILY_LIMIT,
)
from ..receiving.callback_url import CallbackObstacle, CallbackRoute

SECTION_SENDING: Final = "sending"
SECTION_MONEY: Final = "money"
SECTION_CALLBACKS: Final = "callbacks"
# Only to be read and copied.
FIELD_CALLBACK_STATE: Final = "callback_state"
FIELD_CALLBACK_URL: Final = "callback_url"
_LIMITS: Final = (CONF_DAILY_LIMIT, CONF_URGENT_DAILY_LIMIT, CONF_RECIPIENT_HOURLY_LIMIT)
_INVALID: Final = "invalid_"
_STATES = [str(state) for state in (*CallbackRoute, *CallbackObstacle) if state is not CallbackRoute.NONE]


def _choice(field: str, options: list[str]) -> SelectSelector:
    """Show all choices at once, which a telephone has room for and a closed list has not."""
    return SelectSelector(SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST, translation_key=field))


def _amount(step: Literal[1, "any"]) -> NumberSelector:
    """Take any number: what is wrong with it is explained by ourselves, in the language of the person."""
    return NumberSelector(NumberSelectorConfig(step=step, mode=NumberSelectorMode.BOX))


def _shown(field: str, options: list[str]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN, translation_key=field, read_only=True)
    )


_SEGMENTS = NumberSelector(NumberSelectorConfig(min=1, max=MAX_SEGMENTS, step=1, mode=NumberSelectorMode.SLIDER))

SECTIONS: Mapping[str, probatio.Schema] = {
    SECTION_SENDING: probatio.Schema(
        {
            probatio.Optional(CONF_SENDER): TextSelector(TextSelectorConfig(autocomplete="off")),
            probatio.Optional(CONF_REGION): CountrySelector(CountrySelectorConfig(countries=list(REGIONS))),
            probatio.Required(CONF_ENCODING): _choice(CONF_ENCODING, list(Encoding)),
            probatio.Required(CONF_MAX_SEGMENTS): probatio.All(_SEGMENTS, probatio.Coerce(int)),
            probatio.Required(CONF_STOP): _choice(CONF_STOP, list(StopClause)),
        }
    ),
    SECTION_MONEY: probatio.Schema(
        {
            probatio.Required(CONF_LOW_BALANCE): _amount("any"),
            **{probatio.Required(field): _amount(1) for field in _LIMITS},
        }
    ),
    SECTION_CALLBACKS: probatio.Schema(
        {
            probatio.Required(CONF_CALLBACKS): _choice(CONF_CALLBACKS, list(CallbackMode)),
            probatio.Optional(FIELD_CALLBACK_STATE): _shown(FIELD_CALLBACK_STATE, _STATES),
            probatio.Optional(FIELD_CALLBACK_URL): TextSelector(TextSelectorConfig(read_only=True, multiline=True)),
        }
    ),
}


def in_sections(shown: Mapping[str, probatio.Schema]) -> probatio.Schema:
    """Ask for the fields of some sections."""
    return probatio.Schema({probatio.Required(name): section(fields) for name, fields in shown.items()})


def what_is_wrong(errors: Mapping[str, str]) -> dict[str, probatio.Schema]:
    """Give the fields that errors are about: in the whole form, an error stands out of sight of who pressed its button.

    A warning is about the whole of its section.
    """
    return {name: _only(SECTIONS[name], error.removeprefix(_INVALID)) for name, error in errors.items()}


def _only(fields: probatio.Schema, name: str) -> probatio.Schema:
    asked = {field: selector for field, selector in fields.schema.items() if str(field) == name}
    return probatio.Schema(asked) if asked else fields


def read_options(written: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Give the options as they are kept: without their sections, without what is only shown, numbers whole."""
    options = {field: value for fields in written.values() for field, value in fields.items()}
    for shown in (FIELD_CALLBACK_STATE, FIELD_CALLBACK_URL):
        options.pop(shown, None)
    if sender := options.pop(CONF_SENDER, "").strip():
        options[CONF_SENDER] = sender
    return options | {field: int(options[field]) for field in _LIMITS}


def find_errors(written: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Say what is wrong, by section: the frontend shows no error at a field inside a section, only above it."""
    sender = written[SECTION_SENDING].get(CONF_SENDER, "").strip()
    errors: dict[str, str] = {}
    try:
        validate_sender(sender or None, MessageClass.PRO)
    except SmsmodeInputError:
        errors[SECTION_SENDING] = f"{_INVALID}{CONF_SENDER}"
    if (field := next(_impossible(written[SECTION_MONEY]), None)) is not None:
        errors[SECTION_MONEY] = f"{_INVALID}{field}"
    return errors


def _impossible(money: Mapping[str, float]) -> Iterator[str]:
    """Name the amounts that cannot be."""
    for field, amount in money.items():
        if not 0 <= amount <= MAX_LIMIT or (field in _LIMITS and amount != int(amount)):
            yield field
