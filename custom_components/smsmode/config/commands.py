"""Who may command the house by SMS, and how: as a person chooses it in the form, and as it is kept in a subentry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry

from ..const import CONF_NUMBER, SUBENTRY_COMMANDS, SUBENTRY_RECIPIENT
from ..helpers.validation import FieldError
from .command_text import PIN, fold, read_command

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


class CommandProblem(StrEnum):
    """What can be wrong with what a person chose; the value names the explanation."""

    NOTHING = "nothing_to_command"
    WORDS_INVALID = "words_invalid"
    WORDS_REPEATED = "words_repeated"
    TOO_MANY = "too_many_commands"
    PIN_INVALID = "pin_invalid"
    PIN_MISSING = "pin_missing"


class CommandError(FieldError):
    """What was chosen cannot be kept."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Command:
    """Words, and the script that they start; without a script they are an event alone."""

    words: str
    script: str | None = None
    needs_pin: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CommandPermission:
    """What one person may command."""

    subentry_id: str
    name: str
    number: str
    commands: Mapping[str, Command]
    pin: Mapping[str, str] | None = field(repr=False)
    assist: bool
    agent: str | None
    hourly_limit: int


def check_commands(written: Mapping[str, Any], *, has_pin: bool) -> None:
    """Refuse what could not work, or would be unsafe. Raises CommandError."""
    commands: list[Mapping[str, Any]] = written.get(CONF_COMMANDS) or []
    folded = [fold(command.get(CONF_WORDS, "")) for command in commands]
    if not commands and not written.get(CONF_ASSIST):
        raise CommandError(CONF_COMMANDS, CommandProblem.NOTHING)
    if len(commands) > MAX_COMMANDS:
        raise CommandError(CONF_COMMANDS, CommandProblem.TOO_MANY)
    if not all(words and len(words) <= MAX_WORDS and read_command(words).pin is None for words in folded):
        raise CommandError(CONF_COMMANDS, CommandProblem.WORDS_INVALID)
    if len(set(folded)) < len(folded):
        raise CommandError(CONF_COMMANDS, CommandProblem.WORDS_REPEATED)
    pin = written.get(CONF_PIN, "").strip()
    if pin and not PIN.fullmatch(pin):
        raise CommandError(CONF_PIN, CommandProblem.PIN_INVALID)
    needs_pin = written.get(CONF_ASSIST) or not all(command.get(CONF_FREE) for command in commands)
    if needs_pin and not pin and not has_pin:
        raise CommandError(CONF_PIN, CommandProblem.PIN_MISSING)


def read_accesses(entry: ConfigEntry) -> list[CommandPermission]:
    """Give who may command an account; nobody through a recipient that is gone, or has become a group."""
    people = {each.subentry_id: each for each in entry.get_subentries_of_type(SUBENTRY_RECIPIENT)}
    return [
        _access(subentry, person)
        for subentry in entry.get_subentries_of_type(SUBENTRY_COMMANDS)
        if (person := people.get(subentry.data[CONF_RECIPIENT])) is not None and CONF_NUMBER in person.data
    ]


def _access(subentry: ConfigSubentry, person: ConfigSubentry) -> CommandPermission:
    data = subentry.data
    commands = [
        Command(words=written[CONF_WORDS], script=written.get(CONF_SCRIPT), needs_pin=not written.get(CONF_FREE, False))
        for written in data[CONF_COMMANDS]
    ]
    return CommandPermission(
        subentry_id=subentry.subentry_id,
        name=person.title,
        number=person.data[CONF_NUMBER],
        commands={fold(command.words): command for command in commands},
        pin=data.get(CONF_PIN),
        assist=data[CONF_ASSIST],
        agent=data.get(CONF_AGENT),
        hourly_limit=int(data[CONF_HOURLY_LIMIT]),
    )
