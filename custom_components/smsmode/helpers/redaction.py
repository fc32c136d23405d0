"""Redaction of numbers and folding of lines in logs, errors and the logbook. Pure."""

import re

# As many as the owner of a number recognises it by.
VISIBLE_DIGITS = 3
# Four digits and more, with whatever people put between them, or in the place of some.
_NUMBER = re.compile(r"\+?(?:\d[\W_OolI]{0,6}){3,}\d")
_MARKUP = re.compile(r"[!-/:-@\[-`{-~]")
_FOLDED: dict[int, str | None] = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029), " ")
_FOLDED |= dict.fromkeys((0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))


def single_line(text: str) -> str:
    """Return a text with white space and control characters folded into single spaces.

    Else the name of a target could add a line of its own to the log, or colour and turn what a terminal shows.
    """
    return " ".join(text.translate(_FOLDED).split())


def quoted(text: str) -> str:
    """Return a text as Markdown that is shown as it is written: no name is a link, or bold."""
    return f"`{single_line(text).replace('`', "'")}`"


def escaped(text: str) -> str:
    """Return a text as Markdown within a sentence that is shown as it is written."""
    return _MARKUP.sub(r"\\\g<0>", single_line(text))


def mask_numbers(text: str) -> str:
    """Return a text on one line, of each number in it no more than its owner recognises it by."""
    return _NUMBER.sub(lambda match: f"…{last_digits(match[0])}", single_line(text))


def last_digits(number: str) -> str:
    """Return the digits of a number that may be shown."""
    return number[-VISIBLE_DIGITS:]
