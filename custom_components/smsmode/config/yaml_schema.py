"""Schemas of the YAML of accounts and of messages. Whatever is refused is refused with what to do about it.

Home Assistant writes the path of the key behind each of these sentences, and what it found there unless the key is
marked as secret. Keys and numbers stand in all kinds of wrong places, so all that can hold one is.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import probatio
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_NAME, CONF_PLATFORM, CONF_REGION
from homeassistant.core import async_get_hass
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import VolDictType
from homeassistant.util import slugify

from ..api import Encoding, MessageClass, StopClause
from ..api.text import MAX_SEGMENTS
from ..api.validation import validate_access_token, validate_base_url, validate_sender
from ..const import (
    CONF_ACCOUNT,
    CONF_ALERT_PLANS,
    CONF_ASSISTANT_LIMIT,
    CONF_BASE_URL,
    CONF_CALENDAR_EVENTS,
    CONF_CALLBACKS,
    CONF_CREDIT_PRICE,
    CONF_DAILY_LIMIT,
    CONF_DEFAULT_ACCOUNT,
    CONF_ENCODING,
    CONF_END,
    CONF_FALLBACK,
    CONF_GROUP,
    CONF_GROUPS,
    CONF_KEEP_CONVERSATIONS,
    CONF_LINKS,
    CONF_LOW_BALANCE,
    CONF_MAX_SEGMENTS,
    CONF_MEMBERS,
    CONF_MESSAGE,
    CONF_MINUTES,
    CONF_NUMBER,
    CONF_PERSON,
    CONF_QUICK_REPLIES,
    CONF_QUIET_HOURS,
    CONF_QUIET_MINUTES,
    CONF_RECIPIENT_HOURLY_LIMIT,
    CONF_RECIPIENTS,
    CONF_REFUSE_CHANGED_TEXT,
    CONF_REPEAT_URGENT,
    CONF_SCHEDULE,
    CONF_SENDER,
    CONF_START,
    CONF_STEPS,
    CONF_STOP,
    CONF_TARGETS,
    CONF_URGENT_DAILY_LIMIT,
    CONF_USER_ACCESS,
    DEFAULT_BASE_URL,
    DOMAIN,
    LONGEST_EXPIRY,
)
from ..helpers.validation import identifier, no_boolean, plain_text, text
from .alert_plans import MAX_PLANS, PLAN_FIELDS, PlanError, PlanProblem
from .commands import (
    CONF_AGENT,
    CONF_ASSIST,
    CONF_COMMANDS,
    CONF_FREE,
    CONF_HOURLY_LIMIT,
    CONF_PIN,
    CONF_SCRIPT,
    CONF_WORDS,
    DEFAULT_HOURLY_LIMIT,
    MAX_HOURLY_LIMIT,
    CommandError,
)
from .field_validators import (
    ADVICE,
    COMMAND_ADVICE,
    GROUP_ADVICE,
    NUMBER_ADVICE,
    WATCHDOG_ADVICE,
    aware_datetime,
    callback_mode,
    entity_in,
    keep_conversations,
    period,
    quick_replies,
    quoted_time,
    region,
    within,
)
from .options import UserAccess, default_region
from .phone_numbers import looks_like_number
from .recipient_validation import (
    MAX_RECIPIENTS,
    RecipientError,
    RecipientProblem,
    TakenNames,
    ensure_new_person,
    read_recipient,
)
from .watchdogs import MAX_MINUTES, MAX_QUIET_MINUTES, WatchdogError
from .yaml_subentries import (
    CONF_ALLOWED,
    CONF_WATCHDOGS,
    DEFAULT_MINUTES,
    MAX_WATCHDOGS,
    read_watchdog,
    read_yaml_group,
    read_yaml_plan,
    validate_yaml_commands,
)

MAX_LIMIT = 1_000_000

PLAN_ADVICE: Mapping[str, str] = {
    **NUMBER_ADVICE,
    PlanProblem.NAME_MISSING: "give the plan a name",
    PlanProblem.NAME_TAKEN: "two plans have this name; capitals, accents and punctuation do not count",
    PlanProblem.NAME_TOO_LONG: "the name of a plan has at most 64 characters; shorten it",
    PlanProblem.MESSAGE_MISSING: "write what the message says",
    PlanProblem.TARGETS_MISSING: "a step is for nobody; name somebody in each",
    PlanProblem.TARGET_UNKNOWN: "one of these is no recipient or group of the account, no number and no entity",
}
_SWITCHES = (CONF_DEFAULT_ACCOUNT, CONF_REPEAT_URGENT, CONF_CALENDAR_EVENTS, CONF_LINKS, CONF_REFUSE_CHANGED_TEXT)
_NO_TARGET = "name a recipient, or leave target out to write to all recipients of the account"
_TOO_MANY_RECIPIENTS = f"an account has at most {MAX_RECIPIENTS} recipients; put the others into a second account"
_sender = within(lambda value: validate_sender(value, MessageClass.PRO))
_segments = probatio.All(no_boolean, probatio.Coerce(int), probatio.Range(min=1, max=MAX_SEGMENTS))
_limit = probatio.All(no_boolean, probatio.Coerce(int), probatio.Range(min=0, max=MAX_LIMIT))
_amount = probatio.All(no_boolean, probatio.Coerce(float), probatio.Range(min=0, max=MAX_LIMIT))

# What a message may say beside its text, title and targets. The limits of the gateway are checked when it is composed,
# where a refusal is translated.
MESSAGE_FIELDS: VolDictType = {
    probatio.Optional("sender"): text,
    probatio.Optional("reply"): cv.boolean,
    probatio.Optional("encoding"): probatio.Coerce(Encoding),
    probatio.Optional("max_segments"): _segments,
    probatio.Optional("stop"): probatio.Coerce(StopClause),
    probatio.Optional("send_at"): aware_datetime,
    probatio.Optional("reference"): identifier,
    probatio.Optional("expires_after"): probatio.All(period, probatio.Range(max=LONGEST_EXPIRY)),
    probatio.Optional("queue"): cv.boolean,
    probatio.Optional("urgent"): cv.boolean,
    probatio.Optional("repeat"): cv.boolean,
    probatio.Optional("camera"): entity_in("camera"),
}

PLATFORM_SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_PLATFORM): text,
        probatio.Optional(CONF_NAME): plain_text,
        probatio.Optional(CONF_ACCOUNT): plain_text,
        probatio.Optional(probatio.Secret("target")): probatio.All(
            probatio.EnsureList(), [plain_text], probatio.Length(min=1, msg=_NO_TARGET)
        ),
        probatio.Optional(probatio.Secret("data")): {**MESSAGE_FIELDS, probatio.Optional("sender"): _sender},
    }
)

_COMMANDS = probatio.Schema(
    {
        probatio.Optional(CONF_ALLOWED, default=list): probatio.All(
            probatio.EnsureList(),
            [
                probatio.Schema(
                    {
                        probatio.Required(CONF_WORDS): plain_text,
                        probatio.Optional(CONF_SCRIPT): cv.entity_domain("script"),
                        probatio.Optional(CONF_FREE): cv.boolean,
                    }
                )
            ],
        ),
        probatio.Optional(probatio.Secret(CONF_PIN)): plain_text,
        probatio.Optional(CONF_ASSIST, default=False): cv.boolean,
        probatio.Optional(CONF_AGENT): plain_text,
        probatio.Optional(CONF_HOURLY_LIMIT, default=DEFAULT_HOURLY_LIMIT): probatio.All(
            probatio.Coerce(int), probatio.Range(min=1, max=MAX_HOURLY_LIMIT)
        ),
    }
)
_WATCHDOG = probatio.Schema(
    {
        probatio.Required(CONF_NAME): plain_text,
        probatio.Required(probatio.Secret(CONF_TARGETS)): probatio.All(probatio.EnsureList(), [plain_text]),
        probatio.Required(CONF_MESSAGE): plain_text,
        probatio.Optional(CONF_MINUTES, default=DEFAULT_MINUTES): probatio.All(
            probatio.Coerce(int), probatio.Range(max=MAX_MINUTES)
        ),
        probatio.Optional(CONF_QUIET_MINUTES, default=0): probatio.All(
            probatio.Coerce(int), probatio.Range(min=0, max=MAX_QUIET_MINUTES)
        ),
    }
)

_QUIET_HOURS = probatio.All(
    probatio.Schema(
        {
            probatio.Optional(CONF_START): quoted_time,
            probatio.Optional(CONF_END): quoted_time,
            probatio.Optional(CONF_SCHEDULE): cv.entity_domain("schedule"),
        }
    ),
    probatio.Length(min=1, msg=ADVICE[RecipientProblem.QUIET_INCOMPLETE]),
)
# Schemas of their own: a bare dictionary would allow extra keys because the whole of the configuration does.
_RECIPIENT = probatio.Schema(
    {
        probatio.Required(CONF_NAME): plain_text,
        probatio.Optional(CONF_NUMBER): plain_text,
        probatio.Optional(CONF_GROUP): plain_text,
        probatio.Optional(CONF_PERSON): cv.entity_domain("person"),
        probatio.Optional(CONF_QUIET_HOURS): _QUIET_HOURS,
        probatio.Optional(CONF_COMMANDS): _COMMANDS,
    }
)

_GROUP = probatio.Schema(
    {
        probatio.Required(CONF_NAME): plain_text,
        probatio.Required(probatio.Secret(CONF_MEMBERS)): probatio.All(probatio.EnsureList(), [plain_text]),
    }
)


def _without_secrets(field: Any) -> Any:
    """Return the key of a field that is not quoted if it can hold a number."""
    return probatio.Required(probatio.Secret(CONF_STEPS)) if str(field) == CONF_STEPS else field


_ALERT_PLAN = probatio.Schema(
    {
        probatio.Required(CONF_NAME): plain_text,
        **{_without_secrets(field): validator for field, validator in PLAN_FIELDS.items()},
    }
)


def _no_number_as_key(value: Any) -> Any:
    """Refuse ``"06 12 34 56 78": Alice``, because an unknown key is quoted even if it is a secret."""
    if isinstance(value, Mapping) and any(looks_like_number(str(key)) for key in value):
        raise probatio.Invalid("write the number behind number: and the name behind name:")
    return value


def _read_recipients(account: dict[str, Any]) -> dict[str, Any]:
    """Return an account with the numbers of its recipients as MSISDNs; refuse what the form refuses."""
    if len(account[CONF_RECIPIENTS]) > MAX_RECIPIENTS:
        raise probatio.Invalid(_TOO_MANY_RECIPIENTS, path=[CONF_RECIPIENTS])
    country = account.get(CONF_REGION) or default_region(async_get_hass())
    taken, persons = TakenNames(), set[str]()
    recipients: list[dict[str, Any]] = []
    for index, written in enumerate(account[CONF_RECIPIENTS]):
        try:
            recipient = read_recipient(written, country)
            taken.ensure_new(recipient)
            ensure_new_person(recipient, persons)
        except RecipientError as err:
            raise probatio.Invalid(ADVICE[err.problem], path=[CONF_RECIPIENTS, index, err.field]) from None
        taken.add(recipient["title"], recipient["unique_id"])
        persons.add(recipient["data"].get(CONF_PERSON, ""))
        commands = _read_commands(written, [CONF_RECIPIENTS, index])
        recipients.append({CONF_NAME: recipient["title"], **recipient["data"], **commands})
    return account | {CONF_RECIPIENTS: recipients}


def _read_commands(recipient: Mapping[str, Any], place: list[str | int]) -> dict[str, Any]:
    """Return the commands of a recipient; refuse what the form refuses."""
    if CONF_COMMANDS not in recipient:
        return {}
    path = [*place, CONF_COMMANDS]
    if CONF_GROUP in recipient:
        raise probatio.Invalid("a group cannot command the house; give one person a number", path=path)
    try:
        validate_yaml_commands(recipient[CONF_COMMANDS])
    except CommandError as err:
        raise probatio.Invalid(COMMAND_ADVICE[err.problem], path=[*path, err.field]) from None
    return {CONF_COMMANDS: recipient[CONF_COMMANDS]}


def _read_groups(account: dict[str, Any]) -> dict[str, Any]:
    """Return an account with the members of its groups as they are called there; refuse what the form refuses."""
    if CONF_GROUPS not in account:
        return account
    groups: list[dict[str, Any]] = []
    for index, written in enumerate(account[CONF_GROUPS]):
        try:
            groups.append(read_yaml_group(written, account[CONF_RECIPIENTS], groups))
        except RecipientError as err:
            raise probatio.Invalid(GROUP_ADVICE[err.problem], path=[CONF_GROUPS, index, err.field]) from None
    return account | {CONF_GROUPS: groups}


def _read_watchdogs(account: dict[str, Any]) -> dict[str, Any]:
    """Return an account with the numbers of its watchdogs as MSISDNs; refuse what the form refuses."""
    if CONF_WATCHDOGS not in account:
        return account
    country = account.get(CONF_REGION) or default_region(async_get_hass())
    watchdogs: list[dict[str, Any]] = []
    for index, written in enumerate(account[CONF_WATCHDOGS]):
        try:
            watchdogs.append(read_watchdog(written, account, [other[CONF_NAME] for other in watchdogs], country))
        except WatchdogError as err:
            raise probatio.Invalid(WATCHDOG_ADVICE[err.problem], path=[CONF_WATCHDOGS, index, err.field]) from None
    return account | {CONF_WATCHDOGS: watchdogs}


def _read_alert_plans(account: dict[str, Any]) -> dict[str, Any]:
    """Return an account with the numbers of its alert plans as MSISDNs; refuse what the form refuses."""
    if CONF_ALERT_PLANS not in account:
        return account
    country = account.get(CONF_REGION) or default_region(async_get_hass())
    plans: list[dict[str, Any]] = []
    for index, written in enumerate(account[CONF_ALERT_PLANS]):
        try:
            plans.append(read_yaml_plan(written, account, [other[CONF_NAME] for other in plans], country))
        except PlanError as err:
            raise probatio.Invalid(PLAN_ADVICE[err.problem], path=[CONF_ALERT_PLANS, index, err.field]) from None
    return account | {CONF_ALERT_PLANS: plans}


def _distinct(accounts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Refuse two accounts with the same name or the same key, and two default accounts."""
    names = [slugify(account[CONF_NAME]) for account in accounts]
    keys = [account[CONF_ACCESS_TOKEN] for account in accounts]
    if (index := _repeated(names)) is not None:
        raise probatio.Invalid("two accounts have this name; give each its own", path=[index, CONF_NAME])
    if (index := _repeated(keys)) is not None:
        # At its name, because Home Assistant quotes what it finds at the path.
        raise probatio.Invalid("another account has the access_token of this one", path=[index, CONF_NAME])
    defaults = [index for index, account in enumerate(accounts) if account.get(CONF_DEFAULT_ACCOUNT)]
    if len(defaults) > 1:
        raise probatio.Invalid("only one account can be the default account", path=[defaults[1], CONF_DEFAULT_ACCOUNT])
    return accounts


def _repeated(values: Sequence[str]) -> int | None:
    """Return the index of the first repeated value."""
    return next((index for index, value in enumerate(values) if value in values[:index]), None)


_ACCOUNT = probatio.All(
    probatio.Schema(
        {
            probatio.Required(CONF_NAME): plain_text,
            probatio.Required(probatio.Secret(CONF_ACCESS_TOKEN)): within(validate_access_token),
            probatio.Optional(CONF_BASE_URL, default=DEFAULT_BASE_URL): within(validate_base_url),
            probatio.Optional(CONF_SENDER): _sender,
            probatio.Optional(CONF_REGION): region,
            probatio.Optional(CONF_ENCODING): probatio.In([encoding.value for encoding in Encoding]),
            probatio.Optional(CONF_MAX_SEGMENTS): _segments,
            probatio.Optional(CONF_STOP): probatio.In([stop.value for stop in StopClause]),
            probatio.Optional(CONF_LOW_BALANCE): _amount,
            probatio.Optional(CONF_CREDIT_PRICE): _amount,
            probatio.Optional(CONF_DAILY_LIMIT): _limit,
            probatio.Optional(CONF_URGENT_DAILY_LIMIT): _limit,
            probatio.Optional(CONF_RECIPIENT_HOURLY_LIMIT): _limit,
            probatio.Optional(CONF_ASSISTANT_LIMIT): _limit,
            probatio.Optional(CONF_CALLBACKS): callback_mode,
            probatio.Optional(CONF_USER_ACCESS): probatio.All(
                probatio.EnsureList(), [probatio.In([access.value for access in UserAccess])]
            ),
            probatio.Optional(CONF_KEEP_CONVERSATIONS): keep_conversations,
            probatio.Optional(probatio.Secret(CONF_QUICK_REPLIES)): quick_replies,
            **{probatio.Optional(field): cv.boolean for field in _SWITCHES},
            probatio.Optional(CONF_FALLBACK): entity_in("notify"),
            probatio.Optional(CONF_RECIPIENTS, default=list): probatio.All(
                probatio.EnsureList(), [probatio.All(_no_number_as_key, _RECIPIENT)]
            ),
            probatio.Optional(CONF_GROUPS): probatio.All(probatio.EnsureList(), [_GROUP]),
            probatio.Optional(CONF_ALERT_PLANS): probatio.All(
                probatio.EnsureList(), probatio.Length(max=MAX_PLANS), [_ALERT_PLAN]
            ),
            probatio.Optional(CONF_WATCHDOGS): probatio.All(
                probatio.EnsureList(), probatio.Length(max=MAX_WATCHDOGS), [_WATCHDOG]
            ),
        }
    ),
    _read_recipients,
    _read_groups,
    _read_alert_plans,
    _read_watchdogs,
)


def _none_if_empty(value: Any) -> Any:
    """Read ``smsmode:`` with nothing behind it, which Home Assistant hands over as ``{}``, as no accounts."""
    return value or []


CONFIG_SCHEMA = probatio.Schema(
    {probatio.Secret(DOMAIN): probatio.All(_none_if_empty, probatio.EnsureList(), [_ACCOUNT], _distinct)},
    extra=probatio.ALLOW_EXTRA,
)
