"""What of a text counts when it is compared: no accents, no capitals, no punctuation, no politeness. Pure."""

import unicodedata
from collections.abc import Iterator, Mapping

# Of the templates of sentences.
_SYNTAX = frozenset("[](){}<>|;:")
_LIGATURES = {"œ": "oe", "æ": "ae"}

# Folded.
_POLITE = (
    *("thank you very much", "have a nice day", "s il vous plait", "merci beaucoup", "s il te plait", "bonne journee"),
    *(
        "bonne soiree",
        "thanks a lot",
        "bonne nuit",
        "cordialement",
        "merci bien",
        "good night",
        "thank you",
        "a bientot",
    ),
    *("bonjour", "bonsoir", "see you", "a plus", "thanks", "coucou", "please", "salut", "merci", "hello"),
    *("bisous", "bises", "svp", "stp", "pls", "thx", "hey", "hi"),
)


def fold(text: str) -> str:
    """Leave of a text its letters and digits, without accents, all small, single spaces between words."""
    return " ".join(_folded(text)[0].split())


def _folded(text: str, keep: frozenset[str] = frozenset()) -> tuple[str, list[int]]:
    """Fold a text, and say of each character where in the text it comes from."""
    folded: list[str] = []
    origins: list[int] = []
    for index, char in enumerate(text):
        plain = unicodedata.normalize("NFKD", _LIGATURES.get(char.casefold(), char)).casefold()
        for part in plain:
            if not unicodedata.combining(part):
                folded.append(part if part.isalnum() or part in keep else " ")
                origins.append(index)
    return "".join(folded), origins


def fold_template(template: str) -> str:
    """Fold a template, and leave its syntax and the names of its slots alone."""
    parts: list[str] = []
    for piece in template.replace("}", "{").split("{"):
        parts.append(f"{{{piece.strip()}}}" if len(parts) % 2 else _folded(piece, _SYNTAX)[0])
    return "".join(parts).strip() if template.count("{") == template.count("}") else template


def without_politeness(folded: str) -> str:
    """Take greetings and thanks off both ends; nothing may be left."""
    before = None
    while before != folded:
        before = folded
        for phrase in _POLITE:
            folded = f" {folded} ".removeprefix(f" {phrase} ").strip()
            folded = f" {folded} ".removesuffix(f" {phrase} ").strip()
    return folded


def as_written(text: str, slots: Mapping[str, str]) -> dict[str, str]:
    """Give slots as the person spelt them."""
    folded, origins = _folded(text)
    words = [(start, end) for start, end in _words(folded)]
    written = {}
    for name, value in slots.items():
        wanted = value.split()
        spans = (words[at : at + len(wanted)] for at in range(len(words)))
        span = next((span for span in spans if [folded[start:end] for start, end in span] == wanted), None)
        written[name] = text[origins[span[0][0]] : origins[span[-1][1] - 1] + 1] if span else value
    return written


def _words(text: str) -> Iterator[tuple[int, int]]:
    """Give where each word begins and ends."""
    start = 0
    for word in text.split():
        start = text.index(word, start)
        yield start, start + len(word)
        start += len(word)
