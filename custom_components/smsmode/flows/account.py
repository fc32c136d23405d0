"""Forms of an account: its key, address and name, and the errors that they show."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import count
from typing import Any, Final

import probatio
from homeassistant.components.notify import DOMAIN as NOTIFY_DOMAIN
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType
from homeassistant.util import slugify

from ..api import (
    InputProblem,
    SmsmodeAuthError,
    SmsmodeConnectionError,
    SmsmodeError,
    SmsmodeInputError,
    SmsmodeTemporaryError,
    SmsmodeUncertainError,
)
from ..config.phone_numbers import plain
from ..const import CONF_BASE_URL, DEFAULT_BASE_URL, DOMAIN, LOGGER, MANUFACTURER, SITE

SECTION_ADVANCED: Final = "advanced"
PLACEHOLDERS: Final = {"site": SITE, "example_url": DEFAULT_BASE_URL}

type Presence = type[probatio.Required | probatio.Optional]

# Only to be read and copied: what an owner writes to sMsmode so that alarms arrive at night, in its language first.
SECTION_NIGHT: Final = "night"
FIELD_CHANNEL_REQUEST: Final = "channel_request"
CHANNEL_REQUEST: Final = (
    "Bonjour, j’utilise mon compte pour les alarmes de mon domicile (fuites d’eau, intrusions), sans aucune publicité. "
    "Merci de le passer sur le canal notifications, afin que ces messages arrivent aussi la nuit, le dimanche et les "
    "jours fériés.\n\n"
    "Hello, I use my account for alarms of my home, such as leaks and intrusions, and for no advertising. Please move "
    "it to the notifications channel, so that these messages arrive at night, on Sundays and on holidays as well."
)
NAME_SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_NAME, default=""): TextSelector(TextSelectorConfig(autocomplete="off")),
        probatio.Optional(SECTION_NIGHT): section(
            probatio.Schema(
                {
                    probatio.Optional(FIELD_CHANNEL_REQUEST): TextSelector(
                        TextSelectorConfig(read_only=True, multiline=True)
                    )
                }
            ),
            {"collapsed": True},
        ),
    }
)
_KEY = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
_URL = TextSelector(TextSelectorConfig(type=TextSelectorType.URL, autocomplete="off"))

# An error of the form as a whole is one of the way to the gateway.
_OF_ADDRESS = {SECTION_ADVANCED, "base"}
_MAX_NAME = 50
# The slug of a name without letters and digits.
_EMPTY_SLUG = slugify("?")
_QUOTES = "\"'`“”„‘’«»"  # noqa: RUF001 - what it is about

# The frontend shows no error at a field inside a section, only above the section.
_INPUT_ERRORS: Mapping[str, dict[str, str]] = {
    InputProblem.ACCESS_TOKEN_INVALID: {CONF_ACCESS_TOKEN: "invalid_access_token"},
    InputProblem.BASE_URL_INVALID: {SECTION_ADVANCED: "invalid_base_url"},
}


def key_schema(presence: Presence) -> probatio.Schema:
    """Return the schema of the key alone."""
    return probatio.Schema({presence(probatio.Secret(CONF_ACCESS_TOKEN)): _KEY})


def tidy_key(written: str) -> str:
    """Strip what copy and paste adds to a key: quotes, white space, line breaks, and signs that are not seen."""
    return "".join(plain(written).split()).strip(_QUOTES)


def account_schema(presence: Presence, base_url: str, errors: Mapping[str, str]) -> probatio.Schema:
    """Return the schema of key and address; the address is collapsed while it is the usual one, and not in doubt."""
    address = probatio.Schema({probatio.Required(CONF_BASE_URL, default=base_url): _URL})
    advanced = section(address, {"collapsed": base_url == DEFAULT_BASE_URL and not errors.keys() & _OF_ADDRESS})
    return key_schema(presence).extend({probatio.Required(SECTION_ADVANCED): advanced})


def base_url_of(user_input: dict[str, Any] | None, otherwise: str = DEFAULT_BASE_URL) -> str:
    """Return the address that was entered, the usual one if it was emptied."""
    if user_input is None:
        return otherwise
    return user_input[SECTION_ADVANCED][CONF_BASE_URL].strip() or DEFAULT_BASE_URL


def form_errors(err: SmsmodeError) -> dict[str, str]:
    """Return the error of the gateway by the field of the form that it belongs to."""
    match err:
        case SmsmodeInputError():
            return _INPUT_ERRORS[err.problem]
        case SmsmodeAuthError():
            return {CONF_ACCESS_TOKEN: "invalid_auth"}
        case SmsmodeConnectionError() | SmsmodeUncertainError() | SmsmodeTemporaryError():
            return {"base": "cannot_connect"}
    LOGGER.warning("The gateway does not tell the balance: %s", err)
    return {"base": "unknown"}


class NameProblem(StrEnum):
    """Why an account cannot have a name; the value is the translation key."""

    MISSING = "name_missing"
    TOO_LONG = "name_too_long"
    TAKEN = "name_taken"


def find_name_problem(hass: HomeAssistant, name: str) -> NameProblem | None:
    """Return why an account cannot have a name, which is also that of its notify service; None if it can."""
    if slugify(name) in ("", _EMPTY_SLUG):
        return NameProblem.MISSING
    if len(name) > _MAX_NAME:
        return NameProblem.TOO_LONG
    return NameProblem.TAKEN if _is_taken(hass, name) else None


def suggest_name(hass: HomeAssistant) -> str:
    """Return a name that is free."""
    names = (MANUFACTURER if number == 1 else f"{MANUFACTURER} {number}" for number in count(1))
    return next(name for name in names if not _is_taken(hass, name))


def _is_taken(hass: HomeAssistant, name: str) -> bool:
    """Return whether an account has this name or one of the same slug, or something else such an action."""
    spelled = slugify(name)
    accounts = {slugify(entry.title) for entry in hass.config_entries.async_entries(DOMAIN)}
    return spelled in accounts or hass.services.has_service(NOTIFY_DOMAIN, spelled)
