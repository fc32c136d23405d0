"""Does a text say what somebody waits for? Pure.

People answer "Oui", "OK " and "ok !" and mean the same: words are compared without case, accents and punctuation.
"""

import re
import unicodedata

_BETWEEN_WORDS = re.compile(r"[\W_]+")
# What two letters stand for, and Unicode does not take apart.
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})


def equals_words(text: str, wanted: str) -> bool:
    """Whether a text has the words that are wanted, and no others."""
    return _plain(text) == _plain(wanted)


def contains_words(text: str, wanted: str) -> bool:
    """Whether a text has the words that are wanted, one after the other. Half a word is none."""
    if words := _words(wanted):
        return f" {words} " in f" {_words(text)} "
    return wanted.strip() in text


def _plain(text: str) -> str:
    """Give the words of a text, or if it has none, an emoji for instance, the text."""
    return _words(text) or text.strip()


def _words(text: str) -> str:
    """Give the words of a text, without case and accents."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_LIGATURES)
    bare = "".join(character for character in folded if not unicodedata.combining(character))
    return _BETWEEN_WORDS.sub(" ", bare).strip()
