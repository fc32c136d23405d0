"""Validators of the fields of YAML, and what to do about each problem.

Home Assistant writes the path of the key before each of these sentences, and what it found there unless the key is
marked as secret.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

import phonenumbers
import probatio
from homeassistant.generated.countries import COUNTRIES
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from ..api import InputProblem, SmsmodeInputError
from ..const import DEFAULT_BASE_URL
from ..helpers.validation import plain_text
from .commands import CommandProblem
from .options import CallbackMode, KeepConversations
from .phone_numbers import NumberProblem
from .quick_replies import MAX_LENGTH, MAX_QUICK_REPLIES, are_possible, clean_quick_replies
from .recipient_groups import GroupProblem
from .recipient_validation import RecipientProblem
from .watchdogs import WatchdogProblem

REGIONS = tuple(sorted(COUNTRIES & phonenumbers.SUPPORTED_REGIONS))

NUMBER_ADVICE: Mapping[str, str] = {
    NumberProblem.NOT_A_NUMBER: "this is not a phone number; write it like '06 12 34 56 78' or '+33 6 12 34 56 78'",
    NumberProblem.IMPOSSIBLE: "no phone has this number; check its digits and the region, or write it with +",
    NumberProblem.FIXED_LINE: "this is a fixed line, which gets no SMS; give a mobile number",
    NumberProblem.PREMIUM: "this is a special-rate or service number, which gets no SMS; give a mobile number",
}
# A table for each place: the name of another recipient is taken, or that of another watchdog.
ADVICE: Mapping[str, str] = {
    **NUMBER_ADVICE,
    InputProblem.ACCESS_TOKEN_INVALID: "a key has no spaces, accents or other unusual signs; copy it again",
    InputProblem.BASE_URL_INVALID: f"write a complete https address such as {DEFAULT_BASE_URL}",
    InputProblem.SENDER_INVALID: "a sender has 1 to 11 letters and digits, at least one letter, no accents or spaces",
    RecipientProblem.NAME_MISSING: "give the recipient a name",
    RecipientProblem.NAME_IS_NUMBER: "a name must not look like a phone number; use a word",
    RecipientProblem.NAME_IS_GROUP: "a name must not begin with 'group:'; put the group under group",
    RecipientProblem.NAME_TOO_LONG: "a name has at most 100 characters; shorten it",
    RecipientProblem.NAME_TAKEN: "two recipients have this name; capitals, accents and punctuation do not count",
    RecipientProblem.NUMBER_OR_GROUP: "give the recipient a number or a group",
    RecipientProblem.NUMBER_AND_GROUP: "give the recipient a number or a group, not both",
    RecipientProblem.GROUP_IS_NUMBER: "this is a phone number; put it under number",
    RecipientProblem.GROUP_INVALID: "give one group of the gateway, without commas or emoji",
    RecipientProblem.PERSON_WITH_GROUP: "a group at sMsmode is no person; give the person to a recipient with a number",
    RecipientProblem.PERSON_TAKEN: "another recipient has this person; remove it from one of them",
    RecipientProblem.QUIET_INCOMPLETE: "quiet hours need start and end, or a schedule; give both times",
    RecipientProblem.QUIET_TWICE: "quiet hours are two times or a schedule; remove one of them",
    RecipientProblem.QUIET_EMPTY: "quiet hours must not end when they start; change one of the times",
    RecipientProblem.ALREADY_CONFIGURED: "another recipient has this number or group; remove one of them",
}
GROUP_ADVICE: Mapping[str, str] = {
    RecipientProblem.NAME_MISSING: "give the group a name",
    RecipientProblem.NAME_IS_NUMBER: "a name must not look like a phone number; use a word",
    RecipientProblem.NAME_IS_GROUP: "a name must not begin with 'group:'; write what stands behind it",
    RecipientProblem.NAME_TOO_LONG: "a name has at most 100 characters; shorten it",
    RecipientProblem.NAME_TAKEN: "a recipient, or another group, has this name; capitals and accents do not count",
    GroupProblem.MEMBERS_MISSING: "name at least one recipient of the account",
    GroupProblem.MEMBER_UNKNOWN: "this is not a recipient of the account; write a name that stands under recipients",
}
COMMAND_ADVICE: Mapping[str, str] = {
    CommandProblem.NOTHING: "allow a command, or write assist: true",
    CommandProblem.WORDS_INVALID: "a command is one or more words of 40 characters at most, and begins with no PIN",
    CommandProblem.WORDS_REPEATED: "two commands have the same words; capitals, accents and punctuation do not count",
    CommandProblem.TOO_MANY: "there is room for 20 commands; remove some",
    CommandProblem.PIN_INVALID: "a PIN has 4 to 8 digits; write it in quotes",
    CommandProblem.PIN_MISSING: "give a pin: what is not without_pin, and Assist, want one",
}
WATCHDOG_ADVICE: Mapping[str, str] = {
    **NUMBER_ADVICE,
    WatchdogProblem.NAME_MISSING: "give the watchdog a name",
    WatchdogProblem.NAME_TAKEN: "two watchdogs have this name; capitals, accents and punctuation do not count",
    WatchdogProblem.TARGETS_MISSING: "say who is told",
    WatchdogProblem.TARGET_UNKNOWN: "this is neither a recipient of the account nor a number nor group:NAME",
    WatchdogProblem.ONE_GROUP: "a watchdog tells several people, or one single group",
    WatchdogProblem.MESSAGE_TOO_LONG: "with the last sign of life this is longer than five segments; shorten it",
    WatchdogProblem.PERIOD_TOO_SHORT: "a watchdog needs 20 minutes at least",
}


def entity_in(domain: str) -> probatio.All[Any]:
    """Return a validator of the id of an entity of a domain: that of Home Assistant takes text for granted."""
    return probatio.All(plain_text, cv.entity_domain(domain))


def within(limit: Callable[[str], str | None]) -> probatio.All[Any]:
    """Return a validator of text by a validator of the gateway's input."""

    def check(value: str) -> str | None:
        try:
            return limit(value)
        except SmsmodeInputError as err:
            raise probatio.Invalid(ADVICE[err.problem]) from None

    return probatio.All(plain_text, check)


def region(value: Any) -> str:
    """Validate an ISO country code whose numbering is known."""
    if (code := plain_text(value).upper()) not in REGIONS:
        raise probatio.Invalid("use the two letters of a country, such as FR")
    return code


def callback_mode(value: Any) -> str:
    """Validate a callback mode; ``off`` without quotes is False in YAML."""
    mode: str = probatio.In([mode.value for mode in CallbackMode])(CallbackMode.OFF.value if value is False else value)
    return mode


def keep_conversations(value: Any) -> str:
    """Validate for how many days conversations are kept: ``off``, which without quotes is False in YAML, 30 or 90."""
    written = KeepConversations.OFF.value if value is False else str(value)
    days: str = probatio.In([each.value for each in KeepConversations])(written)
    return days


def quick_replies(value: Any) -> list[str]:
    """Validate the texts that the panel offers to answer with."""
    texts: list[str] = probatio.Schema([plain_text])(probatio.EnsureList()(value))
    if not are_possible(texts):
        raise probatio.Invalid(f"give {MAX_QUICK_REPLIES} texts at most, each of {MAX_LENGTH} characters at most")
    return clean_quick_replies(texts)


def aware_datetime(value: Any) -> datetime:
    """Validate a date and time; without a zone it is that of the house."""
    moment = cv.datetime(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt_util.get_default_time_zone())


def quoted_time(value: Any) -> time:
    """Validate a time of day in quotes; without them YAML reads 22:00 as 1320."""
    if not isinstance(value, str):
        raise probatio.Invalid("write a time in quotes, such as '22:00'")
    moment: time = cv.time(value)
    return moment


def period(value: Any) -> timedelta:
    """Validate a duration, in any form that Home Assistant accepts."""
    try:
        duration: timedelta = cv.positive_time_period(value)
    except OverflowError:
        raise probatio.Invalid("this is too long") from None
    return duration
