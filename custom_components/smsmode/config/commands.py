"""Commands by SMS: their text and PIN, who may give which, and how a person configures them."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry

from ..const import CONF_NUMBER, SUBENTRY_COMMANDS, SUBENTRY_RECIPIENT
from ..helpers.text_match import normalize_text
from ..helpers.validation import FieldError

CONF_RECIPIENT = "recipient"
CONF_COMMANDS = "commands"
CONF_WORDS = "words"
CONF_SCRIPT = "script"
CONF_FREE = "without_pin"
CONF_PIN = "pin"
CONF_ASSIST = "assist"
CONF_AGENT = "agent"
CONF_HOURLY_LIMIT = "hourly_limit"

DEFAULT_HOURLY_LIMIT = 10
MAX_HOURLY_LIMIT = 30
MAX_COMMANDS = 20
MAX_WORDS = 40

PIN = re.compile(r"\d{4,8}", re.ASCII)
FIRST_WORD = re.compile(r"\s*(\d{4,8})(?:[\s:,;.-]+|$)", re.ASCII)
# 16 MiB and a twentieth of a second for each guess, on the small computer of a house.
_SCRYPT_COST = {"n": 2**14, "r": 8, "p": 1}


class CommandProblem(StrEnum):
    """What can be wrong with configured commands; the value is the translation key."""

    NOTHING = "nothing_to_command"
    WORDS_INVALID = "words_invalid"
    WORDS_REPEATED = "words_repeated"
    TOO_MANY = "too_many_commands"
    PIN_INVALID = "pin_invalid"
    PIN_MISSING = "pin_missing"


class CommandError(FieldError):
    """The commands cannot be kept as configured."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Command:
    """Words, and the script that they run; without a script they only fire an event."""

    words: str
    script: str | None = None
    needs_pin: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CommandPermission:
    """The commands that one recipient may give."""

    subentry_id: str
    name: str
    number: str
    commands: Mapping[str, Command]
    pin: Mapping[str, str] | None = field(repr=False)
    assist: bool
    agent: str | None
    hourly_limit: int


@dataclass(frozen=True, slots=True, repr=False)
class CommandText:
    """An SMS that commands the house: the PIN before the command, if there is one, and the rest as written."""

    pin: str | None
    rest: str


def parse_command(text: str) -> CommandText:
    """Split a text into PIN and command."""
    match = FIRST_WORD.match(text)
    return CommandText(match[1], text[match.end() :].strip()) if match else CommandText(None, text.strip())


def find_pins(text: str) -> list[str]:
    """Return all that could be a PIN in a text, each once."""
    return list(dict.fromkeys(digits for digits in re.findall(r"\d+", text) if PIN.fullmatch(digits)))


def hash_pin(pin: str) -> dict[str, str]:
    """Return the salted scrypt hash of a PIN, as it is stored. Slow: call it in the executor."""
    salt = secrets.token_hex(16)
    return {"salt": salt, "hash": _digest(pin, salt)}


def verify_pin(pin: str, stored: Mapping[str, str]) -> bool:
    """Compare a PIN with a stored hash, in constant time. Slow: call it in the executor."""
    return hmac.compare_digest(_digest(pin, stored["salt"]), stored["hash"])


def _digest(pin: str, salt: str) -> str:
    return hashlib.scrypt(pin.encode(), salt=bytes.fromhex(salt), **_SCRYPT_COST).hex()


def validate_commands(written: Mapping[str, Any], *, has_pin: bool) -> None:
    """Validate configured commands: refuse what could not work or would be unsafe. Raises CommandError."""
    commands: list[Mapping[str, Any]] = written.get(CONF_COMMANDS) or []
    normalized = [normalize_text(command.get(CONF_WORDS, "")) for command in commands]
    if not commands and not written.get(CONF_ASSIST):
        raise CommandError(CONF_COMMANDS, CommandProblem.NOTHING)
    if len(commands) > MAX_COMMANDS:
        raise CommandError(CONF_COMMANDS, CommandProblem.TOO_MANY)
    if not all(words and len(words) <= MAX_WORDS and parse_command(words).pin is None for words in normalized):
        raise CommandError(CONF_COMMANDS, CommandProblem.WORDS_INVALID)
    if len(set(normalized)) < len(normalized):
        raise CommandError(CONF_COMMANDS, CommandProblem.WORDS_REPEATED)
    pin = written.get(CONF_PIN, "").strip()
    if pin and not PIN.fullmatch(pin):
        raise CommandError(CONF_PIN, CommandProblem.PIN_INVALID)
    needs_pin = written.get(CONF_ASSIST) or not all(command.get(CONF_FREE) for command in commands)
    if needs_pin and not pin and not has_pin:
        raise CommandError(CONF_PIN, CommandProblem.PIN_MISSING)


def read_command_permissions(entry: ConfigEntry) -> list[CommandPermission]:
    """Return the permissions of an account; none for a recipient that is gone or has become a group."""
    people = {each.subentry_id: each for each in entry.get_subentries_of_type(SUBENTRY_RECIPIENT)}
    return [
        _permission(subentry, person)
        for subentry in entry.get_subentries_of_type(SUBENTRY_COMMANDS)
        if (person := people.get(subentry.data[CONF_RECIPIENT])) is not None and CONF_NUMBER in person.data
    ]


def _permission(subentry: ConfigSubentry, person: ConfigSubentry) -> CommandPermission:
    data = subentry.data
    commands = [
        Command(words=written[CONF_WORDS], script=written.get(CONF_SCRIPT), needs_pin=not written.get(CONF_FREE, False))
        for written in data[CONF_COMMANDS]
    ]
    return CommandPermission(
        subentry_id=subentry.subentry_id,
        name=person.title,
        number=person.data[CONF_NUMBER],
        commands={normalize_text(command.words): command for command in commands},
        pin=data.get(CONF_PIN),
        assist=data[CONF_ASSIST],
        agent=data.get(CONF_AGENT),
        hourly_limit=int(data[CONF_HOURLY_LIMIT]),
    )
