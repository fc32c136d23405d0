"""The YAML of accounts and of messages. Whatever is refused is refused with what to do about it.

Home Assistant writes the path of the key behind each of these sentences, and what it found there unless the key is
marked as secret. Keys and numbers stand in all kinds of wrong places, so all that can hold one is.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

import phonenumbers
import probatio
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_NAME, CONF_PLATFORM, CONF_REGION
from homeassistant.core import async_get_hass
from homeassistant.generated.countries import COUNTRIES
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import VolDictType
from homeassistant.util import dt as dt_util
from homeassistant.util import slugify

from ..api import Encoding, InputProblem, MessageClass, SmsmodeInputError, StopClause
from ..api.text import MAX_SEGMENTS
from ..api.validation import validate_access_token, validate_base_url, validate_sender
from ..const import (
    CONF_ACCOUNT,
    CONF_BASE_URL,
    CONF_CALLBACKS,
    CONF_DAILY_LIMIT,
    CONF_ENCODING,
    CONF_END,
    CONF_GROUP,
    CONF_LOW_BALANCE,
    CONF_MAX_SEGMENTS,
    CONF_NUMBER,
    CONF_QUIET_HOURS,
    CONF_RECIPIENT_HOURLY_LIMIT,
    CONF_RECIPIENTS,
    CONF_SENDER,
    CONF_START,
    CONF_STOP,
    CONF_URGENT_DAILY_LIMIT,
    DEFAULT_BASE_URL,
    DOMAIN,
    LONGEST_EXPIRY,
)
from ..helpers.validation import plain_text
from .commands import CONF_COMMANDS
from .options import CallbackMode, default_region
from .phone_numbers import looks_like_number
from .recipient_validation import RecipientError, RecipientProblem, ensure_new, read_recipient
from .schema_access import COMMANDS, NUMBER_ADVICE, WATCHDOG, read_commands, read_watchdogs
from .yaml_subentries import CONF_WATCHDOGS, MAX_WATCHDOGS

MAX_LIMIT = 1_000_000
REGIONS = tuple(sorted(COUNTRIES & phonenumbers.SUPPORTED_REGIONS))

_ADVICE: Mapping[str, str] = {
    InputProblem.ACCESS_TOKEN_INVALID: "a key has no spaces, accents or other unusual signs; copy it again",
    InputProblem.BASE_URL_INVALID: f"write a complete https address such as {DEFAULT_BASE_URL}",
    InputProblem.SENDER_INVALID: "a sender has 1 to 11 letters and digits, at least one letter, no accents or spaces",
    **NUMBER_ADVICE,
    RecipientProblem.NAME_MISSING: "give the recipient a name",
    RecipientProblem.NAME_IS_NUMBER: "a name must not look like a phone number; use a word",
    RecipientProblem.NAME_IS_GROUP: "a name must not begin with 'group:'; put the group under group",
    RecipientProblem.NAME_TOO_LONG: "a name has at most 100 characters; shorten it",
    RecipientProblem.NAME_TAKEN: "two recipients have this name; capitals, accents and punctuation do not count",
    RecipientProblem.NUMBER_OR_GROUP: "give the recipient a number or a group",
    RecipientProblem.NUMBER_AND_GROUP: "give the recipient a number or a group, not both",
    RecipientProblem.GROUP_IS_NUMBER: "this is a phone number; put it under number",
    RecipientProblem.GROUP_INVALID: "give one group of the gateway, without commas or emoji",
    RecipientProblem.QUIET_EMPTY: "quiet hours must not end when they start; change one of the times",
    RecipientProblem.ALREADY_CONFIGURED: "another recipient has this number or group; remove one of them",
}


def _within(limit: Callable[[str], str | None]) -> probatio.All[Any]:
    """Take text within a limit of the gateway."""

    def check(value: str) -> str | None:
        try:
            return limit(value)
        except SmsmodeInputError as err:
            raise probatio.Invalid(_ADVICE[err.problem]) from None

    return probatio.All(plain_text, check)


def _region(value: Any) -> str:
    """Take an ISO country code whose numbering is known."""
    if (region := plain_text(value).upper()) not in REGIONS:
        raise probatio.Invalid("use the two letters of a country, such as FR")
    return region


def _callbacks(value: Any) -> str:
    """Take a callback mode; ``off`` without quotes is False in YAML."""
    mode: str = probatio.In([mode.value for mode in CallbackMode])(CallbackMode.OFF.value if value is False else value)
    return mode


def aware_datetime(value: Any) -> datetime:
    """Take a date and time; without a zone it is that of the house."""
    moment = cv.datetime(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt_util.get_default_time_zone())


def _time(value: Any) -> time:
    """Take a time of day in quotes; without them YAML reads 22:00 as 1320."""
    if not isinstance(value, str):
        raise probatio.Invalid("write a time in quotes, such as '22:00'")
    moment: time = cv.time(value)
    return moment


def period(value: Any) -> timedelta:
    """Take a duration, however it is written."""
    try:
        duration: timedelta = cv.positive_time_period(value)
    except OverflowError:
        raise probatio.Invalid("this is too long") from None
    return duration


_sender = _within(lambda value: validate_sender(value, MessageClass.PRO))
_segments = probatio.All(probatio.Coerce(int), probatio.Range(min=1, max=MAX_SEGMENTS))
_limit = probatio.All(probatio.Coerce(int), probatio.Range(min=0, max=MAX_LIMIT))

# What a message may say beside its text, title and targets. The limits of the gateway are checked when it is composed,
# where a refusal is translated.
MESSAGE_FIELDS: VolDictType = {
    probatio.Optional("sender"): cv.string,
    probatio.Optional("reply"): cv.boolean,
    probatio.Optional("encoding"): probatio.Coerce(Encoding),
    probatio.Optional("max_segments"): _segments,
    probatio.Optional("stop"): probatio.Coerce(StopClause),
    probatio.Optional("send_at"): aware_datetime,
    probatio.Optional("reference"): cv.string,
    probatio.Optional("expires_after"): probatio.All(period, probatio.Range(max=LONGEST_EXPIRY)),
    probatio.Optional("queue"): cv.boolean,
    probatio.Optional("urgent"): cv.boolean,
    probatio.Optional("repeat"): cv.boolean,
}

PLATFORM_SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_PLATFORM): cv.string,
        probatio.Optional(CONF_NAME): plain_text,
        probatio.Optional(CONF_ACCOUNT): plain_text,
        probatio.Optional(probatio.Secret("target")): probatio.All(probatio.EnsureList(), [plain_text]),
        probatio.Optional(probatio.Secret("data")): {**MESSAGE_FIELDS, probatio.Optional("sender"): _sender},
    }
)

_QUIET_HOURS = probatio.Schema({probatio.Required(CONF_START): _time, probatio.Required(CONF_END): _time})
# Schemas of their own: a bare dictionary would allow extra keys because the whole of the configuration does.
_RECIPIENT = probatio.Schema(
    {
        probatio.Required(CONF_NAME): plain_text,
        probatio.Optional(CONF_NUMBER): plain_text,
        probatio.Optional(CONF_GROUP): plain_text,
        probatio.Optional(CONF_QUIET_HOURS): _QUIET_HOURS,
        probatio.Optional(CONF_COMMANDS): COMMANDS,
    }
)


def _no_number_as_key(value: Any) -> Any:
    """Refuse ``"06 12 34 56 78": Alice``, because an unknown key is quoted even if it is a secret."""
    if isinstance(value, Mapping) and any(looks_like_number(str(key)) for key in value):
        raise probatio.Invalid("write the number behind number: and the name behind name:")
    return value


def _recipients(account: dict[str, Any]) -> dict[str, Any]:
    """Write the numbers of the recipients as MSISDNs, and refuse what the form refuses."""
    region = account.get(CONF_REGION) or default_region(async_get_hass())
    kept: list[tuple[str, str | None]] = []
    recipients = []
    for index, written in enumerate(account[CONF_RECIPIENTS]):
        try:
            recipient = read_recipient(written, region)
            ensure_new(recipient, kept)
        except RecipientError as err:
            raise probatio.Invalid(_ADVICE[err.problem], path=[CONF_RECIPIENTS, index, err.field]) from None
        kept.append((recipient["title"], recipient["unique_id"]))
        commands = read_commands(written, [CONF_RECIPIENTS, index])
        recipients.append({CONF_NAME: recipient["title"], **recipient["data"], **commands})
    return account | {CONF_RECIPIENTS: recipients}


def _read_watchdogs(account: dict[str, Any]) -> dict[str, Any]:
    return read_watchdogs(account, account.get(CONF_REGION) or default_region(async_get_hass()))


def _distinct(accounts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Refuse two accounts with the same name or the same key."""
    names = [slugify(account[CONF_NAME]) for account in accounts]
    keys = [account[CONF_ACCESS_TOKEN] for account in accounts]
    if (index := _repeated(names)) is not None:
        raise probatio.Invalid("two accounts have this name; give each its own", path=[index, CONF_NAME])
    if (index := _repeated(keys)) is not None:
        # At its name, because Home Assistant quotes what it finds at the path.
        raise probatio.Invalid("another account has the access_token of this one", path=[index, CONF_NAME])
    return accounts


def _repeated(values: Sequence[str]) -> int | None:
    """Give the index of the first value that was there before."""
    return next((index for index, value in enumerate(values) if value in values[:index]), None)


_ACCOUNT = probatio.All(
    probatio.Schema(
        {
            probatio.Required(CONF_NAME): plain_text,
            probatio.Required(probatio.Secret(CONF_ACCESS_TOKEN)): _within(validate_access_token),
            probatio.Optional(CONF_BASE_URL, default=DEFAULT_BASE_URL): _within(validate_base_url),
            probatio.Optional(CONF_SENDER): _sender,
            probatio.Optional(CONF_REGION): _region,
            probatio.Optional(CONF_ENCODING): probatio.In([encoding.value for encoding in Encoding]),
            probatio.Optional(CONF_MAX_SEGMENTS): _segments,
            probatio.Optional(CONF_STOP): probatio.In([stop.value for stop in StopClause]),
            probatio.Optional(CONF_LOW_BALANCE): probatio.All(
                probatio.Coerce(float), probatio.Range(min=0, max=MAX_LIMIT)
            ),
            probatio.Optional(CONF_DAILY_LIMIT): _limit,
            probatio.Optional(CONF_URGENT_DAILY_LIMIT): _limit,
            probatio.Optional(CONF_RECIPIENT_HOURLY_LIMIT): _limit,
            probatio.Optional(CONF_CALLBACKS): _callbacks,
            probatio.Optional(CONF_RECIPIENTS, default=list): probatio.All(
                probatio.EnsureList(), [probatio.All(_no_number_as_key, _RECIPIENT)]
            ),
            probatio.Optional(CONF_WATCHDOGS): probatio.All(
                probatio.EnsureList(), probatio.Length(max=MAX_WATCHDOGS), [WATCHDOG]
            ),
        }
    ),
    _recipients,
    _read_watchdogs,
)


def _none_if_empty(value: Any) -> Any:
    """Take ``smsmode:`` with nothing behind it, which Home Assistant hands over as ``{}``, for no accounts."""
    return value or []


CONFIG_SCHEMA = probatio.Schema(
    {probatio.Secret(DOMAIN): probatio.All(_none_if_empty, probatio.EnsureList(), [_ACCOUNT], _distinct)},
    extra=probatio.ALLOW_EXTRA,
)
