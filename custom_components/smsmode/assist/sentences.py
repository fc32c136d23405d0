"""Sentences that people say to Assist, in English and French: templates, and what is read from a sentence. Pure.

The templates tell whether a sentence is meant for us. What it says is read from the sentence as it was written: to
match templates its punctuation is removed, and an SMS without any is another text.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ..helpers.text_match import comparison_key

_EN_PLEASE = "[please|can you|could you]"
_FR_PLEASE = "[peux-tu|pouvez-vous|s'il te plaît|s'il vous plaît]"
_FR_WRITE = "(envoie|envoies|envoyer|envoyez|écris|écrire|écrivez)"
SEND_TEMPLATES: Final = (
    f"{_EN_PLEASE} (send|write) (a|an) (sms|text message|text) to {{sms_rest}}",
    f"{_EN_PLEASE} (send|write) {{sms_who}} (a|an) (sms|text message|text) {{sms_rest}}",
    f"{_FR_PLEASE} {_FR_WRITE} un (sms|texto) à {{sms_rest}}",
    f"{_FR_PLEASE} {_FR_WRITE} à {{sms_who}} un (sms|texto) {{sms_rest}}",
    f"{_FR_PLEASE} (préviens|prévenir|prévenez) {{sms_who}} par (sms|texto) {{sms_rest}}",
    f"{_FR_PLEASE} (écris|écrire|écrivez|dis|dire|dites) à {{sms_who}} par (sms|texto) {{sms_rest}}",
)
ACKNOWLEDGE_TEMPLATES: Final = (
    "(I take|I will take|I'll take|I am taking|I'm taking) care of (the|this) alert [{sms_alert}]",
    "(je m'occupe|je vais m'occuper) de (l'alerte|cette alerte) [{sms_alert}]",
    "je prends (l'alerte|cette alerte) [en charge]",
)
YES_TEMPLATES: Final = (
    "(yes|ok|okay|confirm) [please|send it|I do]",
    "(oui|d'accord|ok|vas-y|allez-y|confirme) [envoie-le|envoyez-le|s'il te plaît|s'il vous plaît|je m'en occupe]",
    "(send it|envoie-le|envoyez-le)",
)
NO_TEMPLATES: Final = (
    "(no|cancel) [thanks|thank you|it|don't send it]",
    "(non|annule|annulez) [merci|ne l'envoie pas]",
    "(don't send it|ne l'envoie pas)",
)

_WRITE = r"(?:send|write|envoie[sz]?|envoye[rz]|[ée]cri(?:s|re|vez)|dis|dire|dites|pr[ée]vien[ts]|pr[ée]ven(?:ir|ez))"
_SMS = r"(?:an?|un) (?:sms|texto|text message|text)\b"
_SHAPES = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        rf"\b{_WRITE} {_SMS} (?:to|à|a) (?P<rest>.+)",
        rf"\b{_WRITE} (?:à )?(?P<who>.+?) (?:{_SMS}|par (?:sms|texto)\b)(?P<text>.*)",
        r"\b(?:text|sms) (?P<rest>.+)",
    )
)
_CONNECTOR = re.compile(
    r"(?:saying(?: that)?|that says|to say(?: that)?|telling (?:him|her|them)(?: that)?|with the (?:text|message)|that|"
    r"(?:en )?disant(?: que?)?|pour (?:lui |leur )?dire(?: que?)?|avec le (?:texte|message)|que?)(?:\b|')[ ']*",
    re.IGNORECASE,
)
_ALERT = re.compile(r"\b(?:alert|alerte)\b\W*(?P<alert>.*)", re.IGNORECASE)
_SEPARATORS = " :,–—-"
_QUOTES = {"“": "”", "«": "»", '"': '"'}
_IN_CHARGE = "en charge"
# No name has more.
_MAX_WORDS = 12
_PLAIN_NAME = re.compile(r"[\w '’-]+")


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """Whom somebody wants to write to, as they called them, and what."""

    name: str
    message: str


def templates_of_names(names: Iterable[str]) -> list[str]:
    """Return the templates that name people, because they do not say that it is about an SMS."""
    plain = sorted({name for name in names if _PLAIN_NAME.fullmatch(name)})
    return [f"{_EN_PLEASE} (text|sms) ({'|'.join(plain)}) {{sms_rest}}"] if plain else []


def read_request(sentence: str, names: Iterable[str]) -> Request:
    """Return what a sentence of the templates asks for. The longest name of ``names`` that it begins with is meant."""
    sentence = " ".join(sentence.split()).replace("’", "'")
    match = next(filter(None, (shape.search(sentence) for shape in _SHAPES)), None)
    if match is None:
        return Request("", "")
    found = match.groupdict()
    if found.get("who"):
        return Request(found["who"], _message(found["text"]))
    rest = found["rest"]
    end = _end_of_name(rest, {comparison_key(name) for name in names})
    return Request(rest[:end].strip(_SEPARATORS), _message(rest[end:]))


def read_alert(sentence: str) -> str:
    """Return how a sentence calls the alert, empty if it does not."""
    match = _ALERT.search(" ".join(sentence.split()))
    name = match["alert"].strip(" .!?") if match else ""
    return "" if name == _IN_CHARGE else name


def _end_of_name(rest: str, keys: set[str]) -> int:
    """Return where the name ends: the longest that is known, else what stands before a colon or “saying”."""
    ends = [word.end() for word in re.finditer(r"[^\s:]+", rest)][:_MAX_WORDS]
    known: dict[str, int] = {}
    for end in ends:
        # What follows and is no word, as a quotation mark, belongs to the text.
        known.setdefault(comparison_key(rest[:end]), end)
    if found := [end for key, end in known.items() if key in keys]:
        return found[-1]
    if ":" in rest:
        return rest.index(":")
    starts = (end + 1 for end in ends[:-1])
    return next((start for start in starts if _CONNECTOR.match(rest, start)), ends[0])


def _message(text: str) -> str:
    """Return the text of the SMS without what leads to it."""
    told = text.lstrip()
    message = told.strip(_SEPARATORS)
    if not told.startswith(":") and (connector := _CONNECTOR.match(message)):
        message = message[connector.end() :].strip(_SEPARATORS)
    closing = _QUOTES.get(message[:1])
    return message[1:-1].strip() if closing and message.endswith(closing) and len(message) > 1 else message
