"""Text normaliser and comparison for replies, answers, commands and names. Pure.

People answer "Oui", "OK " and "ok !" and mean the same, and a telephone writes ’ where the house has '. So texts are
compared without case, accents, punctuation and whatever is not seen.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

# Syntax of sentence templates.
_SYNTAX = frozenset("[](){}<>|;:")
# What stands for other letters, and Unicode does not take apart. An SMS without Unicode has no others for most.
_LETTERS = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "\N{LATIN SMALL LETTER DOTLESS I}": "i"}
# Apostrophes and quotation marks that Unicode takes for letters.
_LETTER_APOSTROPHES = frozenset(map(chr, range(0x2B9, 0x2C0)))
# Not seen, and of no category of their own: joiners, fillers and variation selectors.
_UNSEEN = frozenset(
    map(chr, (0x34F, 0x115F, 0x1160, *range(0x180B, 0x180E), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)

# Normalised.
_POLITE = (
    *("thank you very much", "have a nice day", "s il vous plait", "merci beaucoup", "s il te plait", "bonne journee"),
    *("bonne soiree", "thanks a lot", "bonne nuit", "cordialement", "merci bien", "good night", "thank you"),
    *("a bientot", "bonjour", "bonsoir", "see you", "a plus", "thanks", "coucou", "please", "salut", "merci", "hello"),
    *("bisous", "bises", "svp", "stp", "pls", "thx", "hey", "hi"),
)


def normalize_text(text: str) -> str:
    """Return the words of a text: letters and digits without case and accents, one space between words.

    "L’ÉTÉ, enfin !" becomes "l ete enfin", "Nœud" becomes "noeud". A text without letters and digits has no words.
    """
    return " ".join("".join(map(_normalize_character, text)).split())


def comparison_key(text: str) -> str:
    """Return what two texts share if people mean the same by them: the words, or the signs of a text without words."""
    return normalize_text(text) or _visible(text)


def equals_words(text: str, wanted: str) -> bool:
    """Return whether a text has the wanted words, and no others."""
    return comparison_key(text) == comparison_key(wanted)


def contains_words(text: str, wanted: str) -> bool:
    """Return whether a text has the wanted words, one after the other. Half a word is none."""
    if words := normalize_text(wanted):
        return f" {words} " in f" {normalize_text(text)} "
    return _visible(wanted) in _visible(text)


def _visible(text: str) -> str:
    return " ".join("".join(char for char in text if not _is_unseen(char)).split())


@lru_cache(maxsize=2048)
def _normalize_character(char: str, keep: frozenset[str] = frozenset()) -> str:
    """Return what is left of a character: letters and digits, a space for what separates words, or nothing."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    return "".join(_normalize_part(part, keep) for part in folded)


def _normalize_part(part: str, keep: frozenset[str]) -> str:
    if unicodedata.combining(part) or _is_unseen(part):
        return ""
    if part in _LETTER_APOSTROPHES:
        return " "
    # Vowel signs of Indian scripts are marks, and no accents.
    is_kept = part.isalnum() or part in keep or unicodedata.category(part) in ("Mn", "Mc")
    return _LETTERS.get(part, part) if is_kept else " "


def _is_unseen(char: str) -> bool:
    """Return whether a character has no width: zero-width spaces, joiners, direction marks, soft hyphens."""
    return char in _UNSEEN or unicodedata.category(char) == "Cf"


def normalize_template(template: str) -> str:
    """Normalise a sentence template; its syntax and the names of its slots stay."""
    parts: list[str] = []
    for piece in template.replace("}", "{").split("{"):
        is_slot = len(parts) % 2
        parts.append(
            f"{{{piece.strip()}}}" if is_slot else "".join(_normalize_character(char, _SYNTAX) for char in piece)
        )
    return "".join(parts).strip() if template.count("{") == template.count("}") else template


def strip_politeness(words: str) -> str:
    """Remove greetings and thanks from both ends of normalised text; nothing may be left."""
    before = None
    while before != words:
        before = words
        for phrase in _POLITE:
            words = f" {words} ".removeprefix(f" {phrase} ").strip()
            words = f" {words} ".removesuffix(f" {phrase} ").strip()
    return words


def restore_spelling(text: str, slots: Mapping[str, str]) -> dict[str, str]:
    """Return the normalised values of slots as the person spelt them in the text."""
    pieces = list(map(_normalize_character, text))
    normalized = "".join(pieces)
    origins = [index for index, piece in enumerate(pieces) for _ in piece]
    words = list(_word_spans(normalized))
    spelt = {}
    for name, value in slots.items():
        wanted = value.split()
        spans = (words[at : at + len(wanted)] for at in range(len(words)))
        span = next((span for span in spans if [normalized[start:end] for start, end in span] == wanted), None)
        spelt[name] = text[origins[span[0][0]] : origins[span[-1][1] - 1] + 1] if span else value
    return spelt


def _word_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each word begins and ends."""
    start = 0
    for word in text.split():
        start = text.index(word, start)
        yield start, start + len(word)
        start += len(word)
