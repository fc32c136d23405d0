"""Quick replies: the short texts that the panel offers to answer with."""

from collections.abc import Iterable
from typing import Final

MAX_QUICK_REPLIES: Final = 8
# In characters: what fits into one SMS.
MAX_LENGTH: Final = 160


def clean_quick_replies(written: Iterable[str]) -> list[str]:
    """Return texts without blanks around them, without empty ones, and each once."""
    return list(dict.fromkeys(filter(None, (text.strip() for text in written))))


def are_possible(written: Iterable[str]) -> bool:
    """Return whether there are not too many texts, and none is too long."""
    texts = clean_quick_replies(written)
    return len(texts) <= MAX_QUICK_REPLIES and all(len(text) <= MAX_LENGTH for text in texts)
