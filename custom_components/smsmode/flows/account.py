"""The form in which a person gives the key of an account, and what it says when something is wrong with it."""

from collections.abc import Mapping
from typing import Any, Final

import probatio
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType

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
from ..const import CONF_BASE_URL, DEFAULT_BASE_URL, LOGGER, SITE

SECTION_ADVANCED: Final = "advanced"
PLACEHOLDERS: Final = {"site": SITE, "example_url": DEFAULT_BASE_URL}

type Presence = type[probatio.Required | probatio.Optional]

NAME_SCHEMA = probatio.Schema({probatio.Optional(CONF_NAME): TextSelector(TextSelectorConfig(autocomplete="off"))})
_KEY = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
_URL = TextSelector(TextSelectorConfig(type=TextSelectorType.URL, autocomplete="off"))

_QUOTES = "\"'`“”„‘’«»"  # noqa: RUF001 - what it is about

# The frontend shows no error at a field inside a section, only above the section.
_INPUT_ERRORS: Mapping[str, dict[str, str]] = {
    InputProblem.ACCESS_TOKEN_INVALID: {CONF_ACCESS_TOKEN: "invalid_access_token"},
    InputProblem.BASE_URL_INVALID: {SECTION_ADVANCED: "invalid_base_url"},
}


def key_schema(presence: Presence) -> probatio.Schema:
    """Ask for the key alone."""
    return probatio.Schema({presence(probatio.Secret(CONF_ACCESS_TOKEN)): _KEY})


def tidy_key(written: str) -> str:
    """Take away what copy and paste adds to a key: quotes, white space, line breaks, and signs that are not seen."""
    return "".join(plain(written).split()).strip(_QUOTES)


def account_schema(presence: Presence, base_url: str) -> probatio.Schema:
    """Ask for the key and the address; who has another address than the usual one sees it."""
    address = probatio.Schema({probatio.Required(CONF_BASE_URL, default=base_url): _URL})
    advanced = section(address, {"collapsed": base_url == DEFAULT_BASE_URL})
    return key_schema(presence).extend({probatio.Required(SECTION_ADVANCED): advanced})


def base_url_of(user_input: dict[str, Any] | None, otherwise: str = DEFAULT_BASE_URL) -> str:
    """Give the address that was written, the usual one if it was emptied."""
    if user_input is None:
        return otherwise
    return user_input[SECTION_ADVANCED][CONF_BASE_URL].strip() or DEFAULT_BASE_URL


def explain(err: SmsmodeError) -> dict[str, str]:
    """Say at which field of the form what is wrong."""
    match err:
        case SmsmodeInputError():
            return _INPUT_ERRORS[err.problem]
        case SmsmodeAuthError():
            return {CONF_ACCESS_TOKEN: "invalid_auth"}
        case SmsmodeConnectionError() | SmsmodeUncertainError() | SmsmodeTemporaryError():
            return {"base": "cannot_connect"}
    LOGGER.warning("The gateway does not tell the balance: %s", err)
    return {"base": "unknown"}
