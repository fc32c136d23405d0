"""The YAML of who may command the house, and of watchdogs. Refused as in schema.py: with what to do about it."""

from collections.abc import Mapping
from typing import Any

import probatio
from homeassistant.const import CONF_NAME
from homeassistant.helpers import config_validation as cv

from ..const import CONF_GROUP, CONF_MESSAGE, CONF_MINUTES, CONF_QUIET_MINUTES, CONF_TARGETS
from ..helpers.validation import plain_text
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
    CommandProblem,
)
from .phone_numbers import NumberProblem
from .watchdogs import MAX_MINUTES, MAX_QUIET_MINUTES, WatchdogError, WatchdogProblem
from .yaml_subentries import CONF_ALLOWED, CONF_WATCHDOGS, DEFAULT_MINUTES, read_watchdog, validate_yaml_commands

NUMBER_ADVICE: Mapping[str, str] = {
    NumberProblem.NOT_A_NUMBER: "this is no phone number; write it like '06 12 34 56 78' or '+33 6 12 34 56 78'",
    NumberProblem.IMPOSSIBLE: "no phone has this number; check its digits and the region, or write it with +",
    NumberProblem.FIXED_LINE: "this is a fixed line, which gets no SMS; give a mobile number",
    NumberProblem.PREMIUM: "this is a special-rate or service number, which gets no SMS; give a mobile number",
}
_ADVICE: Mapping[str, str] = {
    **NUMBER_ADVICE,
    CommandProblem.NOTHING: "allow a command, or write assist: true",
    CommandProblem.WORDS_INVALID: "a command is one or more words of 40 characters at most, and begins with no PIN",
    CommandProblem.WORDS_REPEATED: "two commands have the same words; capitals, accents and punctuation do not count",
    CommandProblem.TOO_MANY: "there is room for 20 commands; remove some",
    CommandProblem.PIN_INVALID: "a PIN has 4 to 8 digits; write it in quotes",
    CommandProblem.PIN_MISSING: "give a pin: what is not without_pin, and Assist, want one",
    WatchdogProblem.NAME_TAKEN: "two watchdogs have this name; capitals, accents and punctuation do not count",
    WatchdogProblem.TARGETS_MISSING: "say who is told",
    WatchdogProblem.TARGET_UNKNOWN: "this is neither a recipient of the account nor a number nor group:NAME",
    WatchdogProblem.ONE_GROUP: "a watchdog tells several people, or one single group",
    WatchdogProblem.MESSAGE_TOO_LONG: "with the last sign of life this is longer than five segments; shorten it",
    WatchdogProblem.PERIOD_TOO_SHORT: "a watchdog needs 20 minutes at least",
}

COMMANDS = probatio.Schema(
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
WATCHDOG = probatio.Schema(
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


def read_commands(recipient: Mapping[str, Any], place: list[str | int]) -> dict[str, Any]:
    """Give what a recipient may command; refuse what the form refuses."""
    if CONF_COMMANDS not in recipient:
        return {}
    path = [*place, CONF_COMMANDS]
    if CONF_GROUP in recipient:
        raise probatio.Invalid("a group cannot command the house; give one person a number", path=path)
    try:
        validate_yaml_commands(recipient[CONF_COMMANDS])
    except CommandError as err:
        raise probatio.Invalid(_ADVICE[err.problem], path=[*path, err.field]) from None
    return {CONF_COMMANDS: recipient[CONF_COMMANDS]}


def read_watchdogs(account: dict[str, Any], region: str) -> dict[str, Any]:
    """Write the numbers of the watchdogs as MSISDNs, and refuse what the form refuses."""
    if CONF_WATCHDOGS not in account:
        return account
    watchdogs: list[dict[str, Any]] = []
    for index, written in enumerate(account[CONF_WATCHDOGS]):
        try:
            watchdogs.append(read_watchdog(written, account, [other[CONF_NAME] for other in watchdogs], region))
        except WatchdogError as err:
            raise probatio.Invalid(_ADVICE[err.problem], path=[CONF_WATCHDOGS, index, err.field]) from None
    return account | {CONF_WATCHDOGS: watchdogs}
