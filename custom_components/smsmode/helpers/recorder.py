"""Limits of the recorder: short states without NULs, events and attributes of bounded size. Pure."""

from typing import Final

MAX_STATE: Final = 255
# An event has 32 KiB at most, in which a character takes six bytes at worst. No SMS is as long, but a callback can be.
MAX_TEXT: Final = 4_000


def as_state(text: str) -> str:
    """Return a text as a state."""
    return _cut(text, MAX_STATE)


def as_data(text: str) -> str:
    """Return a text that fits into an event or an attribute."""
    return _cut(text, MAX_TEXT)


def _cut(text: str, longest: int) -> str:
    # PostgreSQL takes no NUL: there Home Assistant cuts data at the first, and fails with a state.
    text = text.replace("\0", "")
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
