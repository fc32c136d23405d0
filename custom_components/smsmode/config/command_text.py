"""What an SMS that commands the house says: perhaps a PIN, then words. Pure."""

import re
import unicodedata
from dataclasses import dataclass

PIN = re.compile(r"\d{4,8}", re.ASCII)
HIDDEN = "••••"
_FIRST_WORD = re.compile(r"\s*(\d{4,8})(?:[\s:,;.-]+|$)", re.ASCII)
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, repr=False)
class CommandText:
    """The PIN that stands before a command, if there is one, and the rest as it was written."""

    pin: str | None
    rest: str


def read_command(text: str) -> CommandText:
    """Take the PIN off a text."""
    match = _FIRST_WORD.match(text)
    return CommandText(match[1], text[match.end() :].strip()) if match else CommandText(None, text.strip())


def hide_pin(text: str) -> str:
    """Give a text as it may be shown and kept."""
    match = _FIRST_WORD.match(text)
    return f"{HIDDEN}{text[match.end(1) :]}" if match else text


def fold(words: str) -> str:
    """Give words without case, accents and punctuation, by which commands are compared."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", words) if not unicodedata.combining(letter))
    return " ".join(_NO_WORD.sub(" ", plain.casefold()).split())


def pins_in(text: str) -> list[str]:
    """Give all that could be a PIN in a text."""
    return list(dict.fromkeys(digits for digits in re.findall(r"\d+", text) if PIN.fullmatch(digits)))
