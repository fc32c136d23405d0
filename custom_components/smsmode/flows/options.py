"""Options flow of an account: four fields, the others folded in sections, and the validation of what it accepts."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, Literal

import probatio
from homeassistant.config_entries import SOURCE_IMPORT, ConfigFlowResult
from homeassistant.const import CONF_REGION
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
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
from ..config.accounts import clear_default_of_others, default_entry
from ..config.field_validators import REGIONS
from ..config.notifiers import is_possible, notifier_choices
from ..config.options import CallbackMode, KeepConversations, UserAccess, read_settings
from ..config.quick_replies import are_possible, clean_quick_replies
from ..config.sender_names import is_generic_sender
from ..config.yaml_schema import MAX_LIMIT
from ..const import (
    CONF_ASSISTANT_LIMIT,
    CONF_CALENDAR_EVENTS,
    CONF_CALLBACKS,
    CONF_CREDIT_PRICE,
    CONF_DAILY_LIMIT,
    CONF_DEFAULT_ACCOUNT,
    CONF_ENCODING,
    CONF_FALLBACK,
    CONF_KEEP_CONVERSATIONS,
    CONF_LINKS,
    CONF_LOW_BALANCE,
    CONF_MAX_SEGMENTS,
    CONF_QUICK_REPLIES,
    CONF_RECIPIENT_HOURLY_LIMIT,
    CONF_REFUSE_CHANGED_TEXT,
    CONF_REPEAT_URGENT,
    CONF_SENDER,
    CONF_STOP,
    CONF_URGENT_DAILY_LIMIT,
    CONF_USER_ACCESS,
)
from ..helpers.money import price_note
from ..helpers.public_address import public_address
from ..receiving.callback_url import CallbackAddress, CallbackObstacle, CallbackRoute, async_callback_address
from .account_check import AccountCheckSteps

# The fields that stand before all sections.
TOP: Final = ""
SECTION_TEXT: Final = "text"
SECTION_SENDING: Final = "sending"
SECTION_MONEY: Final = "money"
SECTION_CALLBACKS: Final = "callbacks"
SECTION_ACCESS: Final = "access"
# Only to be read and copied.
FIELD_CALLBACK_STATE: Final = "callback_state"
FIELD_CALLBACK_URL: Final = "callback_url"
_LIMITS: Final = (CONF_DAILY_LIMIT, CONF_URGENT_DAILY_LIMIT, CONF_RECIPIENT_HOURLY_LIMIT, CONF_ASSISTANT_LIMIT)
_INVALID: Final = "invalid_"
_GENERIC: Final = "generic_"
_STATES = [str(state) for state in (*CallbackRoute, *CallbackObstacle) if state is not CallbackRoute.NONE]


def _choice(field: str, options: list[str]) -> SelectSelector:
    """Return a selector that shows all choices at once, for which a telephone has room."""
    return SelectSelector(SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST, translation_key=field))


def _amount(step: Literal[1, "any"]) -> NumberSelector:
    """Return a selector of any number: our own validation explains errors in the language of the person."""
    return NumberSelector(NumberSelectorConfig(step=step, mode=NumberSelectorMode.BOX))


def _shown(field: str, options: list[str]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN, translation_key=field, read_only=True)
    )


def _fallback_selector(choices: Sequence[str]) -> SelectSelector:
    """Return a selector of what notifies; one that is not there just now can be written."""
    config = SelectSelectorConfig(options=list(choices), mode=SelectSelectorMode.DROPDOWN, custom_value=True)
    return SelectSelector(config)


_SEGMENTS = NumberSelector(NumberSelectorConfig(min=1, max=MAX_SEGMENTS, step=1, mode=NumberSelectorMode.SLIDER))

_CHOICES = SelectSelector(
    SelectSelectorConfig(
        options=list(UserAccess), multiple=True, mode=SelectSelectorMode.LIST, translation_key=CONF_USER_ACCESS
    )
)

SECTIONS: Mapping[str, probatio.Schema] = {
    TOP: probatio.Schema(
        {
            probatio.Optional(CONF_SENDER): TextSelector(TextSelectorConfig(autocomplete="off")),
            probatio.Optional(CONF_REGION): CountrySelector(CountrySelectorConfig(countries=list(REGIONS))),
            probatio.Required(CONF_LOW_BALANCE): _amount("any"),
            probatio.Required(CONF_DAILY_LIMIT): _amount(1),
        }
    ),
    SECTION_TEXT: probatio.Schema(
        {
            probatio.Required(CONF_ENCODING): _choice(CONF_ENCODING, list(Encoding)),
            probatio.Required(CONF_MAX_SEGMENTS): probatio.All(_SEGMENTS, probatio.Coerce(int)),
            probatio.Required(CONF_STOP): _choice(CONF_STOP, list(StopClause)),
            probatio.Required(CONF_REFUSE_CHANGED_TEXT): BooleanSelector(),
        }
    ),
    SECTION_SENDING: probatio.Schema(
        {
            probatio.Optional(CONF_FALLBACK): _fallback_selector(()),
            probatio.Required(CONF_REPEAT_URGENT): BooleanSelector(),
            probatio.Required(CONF_CALENDAR_EVENTS): BooleanSelector(),
            probatio.Required(CONF_DEFAULT_ACCOUNT): BooleanSelector(),
            probatio.Required(CONF_LINKS): BooleanSelector(),
        }
    ),
    SECTION_MONEY: probatio.Schema(
        {
            probatio.Optional(CONF_CREDIT_PRICE): _amount("any"),
            **{probatio.Required(field): _amount(1) for field in _LIMITS if field != CONF_DAILY_LIMIT},
        }
    ),
    SECTION_CALLBACKS: probatio.Schema(
        {
            probatio.Required(CONF_CALLBACKS): _choice(CONF_CALLBACKS, list(CallbackMode)),
            probatio.Optional(FIELD_CALLBACK_STATE): _shown(FIELD_CALLBACK_STATE, _STATES),
            probatio.Optional(FIELD_CALLBACK_URL): TextSelector(TextSelectorConfig(read_only=True, multiline=True)),
        }
    ),
    SECTION_ACCESS: probatio.Schema(
        {
            probatio.Optional(CONF_USER_ACCESS): _CHOICES,
            probatio.Optional(CONF_QUICK_REPLIES): TextSelector(TextSelectorConfig(multiple=True)),
            probatio.Required(CONF_KEEP_CONVERSATIONS): _choice(CONF_KEEP_CONVERSATIONS, list(KeepConversations)),
        }
    ),
}


def with_fallbacks(shown: Mapping[str, probatio.Schema], choices: Sequence[str]) -> dict[str, probatio.Schema]:
    """Return sections with the choices of this house for the fall-back."""
    chosen = {CONF_FALLBACK: _fallback_selector(choices)}
    return {
        name: probatio.Schema({field: chosen.get(str(field), selector) for field, selector in fields.schema.items()})
        for name, fields in shown.items()
    }


def sections_schema(shown: Mapping[str, probatio.Schema], errors: Collection[str] = ()) -> probatio.Schema:
    """Return the schema of some sections, those without errors folded, behind the fields that stand in none."""
    sections = {
        probatio.Required(name): section(fields, {"collapsed": name not in errors})
        for name, fields in shown.items()
        if name != TOP
    }
    return probatio.Schema({**(shown[TOP].schema if TOP in shown else {}), **sections})


def fields_of_errors(errors: Mapping[str, str]) -> dict[str, probatio.Schema]:
    """Return the fields of the errors: in the whole form, an error stands out of sight of who pressed its button.

    A warning about the callbacks is about the whole of their section.
    """
    asked = {error.removeprefix(_INVALID).removeprefix(_GENERIC) for error in errors.values()}
    wrong = {name for name in SECTIONS if name in errors or (name == TOP and errors.keys() - SECTIONS.keys())}
    return {name: _only(SECTIONS[name], asked) for name in SECTIONS if name in wrong}


def _only(fields: probatio.Schema, names: Collection[str]) -> probatio.Schema:
    asked = {field: selector for field, selector in fields.schema.items() if str(field) in names}
    return probatio.Schema(asked) if asked else fields


def by_section(written: Mapping[str, Any], shown: Mapping[str, probatio.Schema]) -> dict[str, dict[str, Any]]:
    """Return what was written by section, as the form asked for it."""
    return {
        name: {field: value for field, value in written.items() if field not in SECTIONS}
        if name == TOP
        else written[name]
        for name in shown
    }


def read_options(written: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the options as they are stored: without their sections, without what is only shown, numbers whole."""
    options = {field: value for fields in written.values() for field, value in fields.items()}
    for shown in (FIELD_CALLBACK_STATE, FIELD_CALLBACK_URL):
        options.pop(shown, None)
    for field in (CONF_SENDER, CONF_FALLBACK):
        if value := options.pop(field, "").strip():
            options[field] = value
    options[CONF_QUICK_REPLIES] = clean_quick_replies(options.get(CONF_QUICK_REPLIES, ()))
    if not options.get(CONF_CREDIT_PRICE):
        options.pop(CONF_CREDIT_PRICE, None)
    return options | {field: int(options[field]) for field in _LIMITS}


def find_errors(written: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the errors by field or section: the frontend shows no error at a field inside a section, only above it."""
    errors: dict[str, str] = {}
    try:
        validate_sender(_sender(written) or None, MessageClass.PRO)
    except SmsmodeInputError:
        errors[CONF_SENDER] = f"{_INVALID}{CONF_SENDER}"
    errors |= {field: f"{_INVALID}{field}" for field in _impossible(written[TOP])}
    if (field := next(_impossible(written[SECTION_MONEY]), None)) is not None:
        errors[SECTION_MONEY] = f"{_INVALID}{field}"
    if not are_possible(written[SECTION_ACCESS].get(CONF_QUICK_REPLIES, ())):
        errors[SECTION_ACCESS] = f"{_INVALID}{CONF_QUICK_REPLIES}"
    return errors


def _sender(written: Mapping[str, Mapping[str, Any]]) -> str:
    return str(written[TOP].get(CONF_SENDER, "")).strip()


def _impossible(fields: Mapping[str, Any]) -> Iterator[str]:
    """Yield the fields whose amounts are out of range."""
    amounts = {field: fields[field] for field in (CONF_CREDIT_PRICE, CONF_LOW_BALANCE, *_LIMITS) if field in fields}
    for field, amount in amounts.items():
        if not 0 <= amount <= MAX_LIMIT or (field in _LIMITS and amount != int(amount)):
            yield field


class SmsmodeOptionsFlow(AccountCheckSteps):
    """The options, in one form and then only what is wrong in it; or the check. The update listener reloads."""

    # The choices that a warning was shown for, by field or section: who sends the form off again means them.
    _warned_of: Mapping[str, str]
    _written: dict[str, dict[str, Any]]
    _shown: Mapping[str, probatio.Schema] = SECTIONS

    async def async_step_init(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show what can be done."""
        return self.async_show_menu(step_id="init", menu_options=["settings", "check"])

    async def async_step_settings(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show and store the options, stored without their sections."""
        if self.config_entry.source == SOURCE_IMPORT:
            return self.async_abort(reason="managed_by_yaml")
        self._written = self._current() if user_input is None else self._completed(user_input)
        mode = CallbackMode(self._written[SECTION_CALLBACKS][CONF_CALLBACKS])
        address = await async_callback_address(self.hass, self.config_entry, mode)
        choices = {SECTION_CALLBACKS: str(mode), CONF_SENDER: _sender(self._written)}
        warned_of = {} if user_input is None else self._warned_of
        warnings = {
            name: warning
            for name, warning in _warnings(choices, address.obstacle).items()
            if warned_of.get(name) != choices[name]
        }
        errors = warnings | find_errors(self._written)
        fallback = self._written[SECTION_SENDING].get(CONF_FALLBACK, "").strip()
        if fallback and not is_possible(self.hass, self.config_entry, fallback):
            errors[SECTION_SENDING] = f"{_INVALID}{CONF_FALLBACK}"
        if self._written[SECTION_SENDING][CONF_LINKS] and public_address(self.hass) is None:
            errors[SECTION_SENDING] = f"{_INVALID}{CONF_LINKS}"
        self._warned_of = choices
        if user_input is not None and not errors:
            options = read_options(self._written)
            if options[CONF_DEFAULT_ACCOUNT]:
                clear_default_of_others(self.hass, self.config_entry)
            return self.async_create_entry(data=options)
        self._shown = SECTIONS if user_input is None else fields_of_errors(errors)
        return self._show(address, errors)

    def _current(self) -> dict[str, dict[str, Any]]:
        """Return the options in force by section, without those that are not set."""
        settings = asdict(read_settings(self.hass, self.config_entry))
        for field in (CONF_USER_ACCESS, CONF_QUICK_REPLIES):
            settings[field] = list(settings[field])
        settings[CONF_DEFAULT_ACCOUNT] = default_entry(self.hass) is self.config_entry
        return {
            name: {str(field): settings[field] for field in fields.schema if settings.get(str(field)) is not None}
            for name, fields in SECTIONS.items()
        }

    def _completed(self, user_input: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Add what was not asked for this time; what was asked for and left empty is empty."""
        written, given = dict(self._written), by_section(user_input, self._shown)
        for name, fields in self._shown.items():
            kept = {field: value for field, value in written[name].items() if field not in fields.schema}
            written[name] = {**kept, **given[name]}
        return written

    def _show(self, address: CallbackAddress, errors: dict[str, str]) -> ConfigFlowResult:
        """Show what was written, and by which address the gateway calls back, or why by none."""
        shown = {
            FIELD_CALLBACK_STATE: str(address.obstacle or address.route),
            FIELD_CALLBACK_URL: address.url or "",
        }
        values = {**self._written, SECTION_CALLBACKS: {**self._written[SECTION_CALLBACKS], **shown}}
        shown_fields = with_fallbacks(self._shown, notifier_choices(self.hass, self.config_entry))
        schema = self.add_suggested_values_to_schema(sections_schema(shown_fields, errors), {**values[TOP], **values})
        return self.async_show_form(
            step_id="settings",
            data_schema=schema,
            errors=errors,
            description_placeholders={
                "currency": self.hass.config.currency,
                "segment_price": price_note(self.hass, read_settings(self.hass, self.config_entry).price_of(1)),
            },
        )


def _warnings(choices: Mapping[str, str], obstacle: CallbackObstacle | None) -> dict[str, str]:
    """Return the warnings by field or section: what is possible, but hardly what a person wants.

    There is none where a person chose no callback address, or needs none.
    """
    warnings = {}
    if is_generic_sender(choices[CONF_SENDER]):
        warnings[CONF_SENDER] = f"{_GENERIC}{CONF_SENDER}"
    is_chosen = choices[SECTION_CALLBACKS] != CallbackMode.AUTO or obstacle is not CallbackObstacle.NO_ADDRESS
    if obstacle not in (None, CallbackObstacle.TURNED_OFF) and is_chosen:
        warnings[SECTION_CALLBACKS] = f"callback_{obstacle}"
    return warnings
