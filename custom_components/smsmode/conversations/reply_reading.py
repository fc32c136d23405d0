"""Reading of replies: what people write around an answer, and what turns an answer into its opposite. Pure.

People do not write the one word they were asked for: they add words, repeat letters, send an emoji, tap a reaction, and
their telephone adds a signature. None of it may hide an answer, and none of it may make a yes of a no: whatever denies,
doubts, asks or hands the matter to somebody else leaves a reply without an answer.
"""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What stands for an emoji or a reaction; no word that people write.
EMOJI_YES: Final = "emojiyes"
EMOJI_NO: Final = "emojino"
# What stands for "no problem", which denies nothing.
NO_PROBLEM: Final = "noproblem"

_MEANT: Final = {EMOJI_YES: ("ok", "oui", "yes", "d accord"), EMOJI_NO: ("non", "no")}
_YES_SIGNS: Final = re.compile("[👍👌✅🆗☑✔💯🫡]")
_NO_SIGNS: Final = re.compile("[👎❌🚫⛔✖🙅]")

# How iPhones and Android telephones write a reaction to somebody who cannot show it, English and French.
_QUOTED: Final = r"\s*(?:[«“\"„].*|to [«“\"„].*|à [«“\"„].*)"
_LIKED: Final = re.compile(
    rf"(?:liked|loved|a aimé|a adoré|reacted 👍\S*|a réagi par 👍\S*|👍\S*){_QUOTED}", re.IGNORECASE | re.DOTALL
)
_DISLIKED: Final = re.compile(
    rf"(?:disliked|n[’']a pas aimé|reacted 👎\S*|a réagi par 👎\S*|👎\S*){_QUOTED}", re.IGNORECASE | re.DOTALL
)
_REACTED: Final = re.compile(
    rf"(?:laughed at|emphasized|questioned|removed .{{1,30}} from|reacted \S+|a réagi par \S+"
    rf"|a ri de|a souligné|a mis en doute|a retiré .{{1,30}} de|a supprimé .{{1,30}} de){_QUOTED}",
    re.IGNORECASE | re.DOTALL,
)
# The line from which on a text is a signature.
_SIGNATURE: Final = re.compile(
    r"\n\s*(?:--\s*$|envoyé (?:de|depuis|à partir)\b|sent (?:from|via)\b|get outlook\b|télécharger outlook\b"
    r"|obtenez outlook\b|provenance\b).*",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)

_REASSURING: Final = re.compile(
    r"\b(?:(?:il )?(?:n )?y a )?(?:pas|aucun|sans|no|zero) (?:de |d )?"
    r"(?:probleme|pb|souci|problem|prob|worrie|stres)s?\b"
)
_UNSURE: Final = re.compile(
    r"\b(?:(?:sais|sait) pas|aucune idee|no (?:idea|clue)|don ?t know|dunno|peut etre|oui ou non|yes or no"
    r"|oui et non)\b"
)
_DENIAL: Final = _words(
    "aucun aucune cannot cant cancel annule annuler couldnt dont forget impossible jamais laisse n nan ne "
    "never ni no nobody non none nope not nothing oublie pas personne refus refuse rien sans stop unable "
    "without wont"
)
_DENIAL_IN_TWO_WORDS: Final = re.compile(r"\b(?:ca|do|wo|is|are|does|did|could|would|should|have|has|was)n t\b")
_DOUBT: Final = _words(
    "almost attends attendez but busy comment demain except if later mais maybe perhaps plus pourquoi "
    "presque quand qui quoi sauf si sinon tard tomorrow unless wait what when where who why"
)
_BUSY: Final = re.compile(r"\b(?:suis|etais) (?:tres |trop )?(?:occupee?|absente?|malade|loin|coincee?)\b")
_HANDED_ON: Final = _words("appelle appelez ask call demande demandez dis tell vois see")
_AFFIRMATIVE: Final = frozenset(["oui", "yes", "ok", "okay", EMOJI_YES])
_FILLERS: Final = _words("ah alors allez bah ben beh bon donc eh euh et heu hmm hum mm oh ouf so um voila well")
_MAX_PREFIX: Final = 8
_SHORT_WORD: Final = 5


def plain_reply(text: str) -> str:
    """Return a reply without signature, with emoji and reactions as words.

    A reaction quotes what it reacts to; the quotation is no answer. One that is neither yes nor no leaves nothing.
    """
    text = _SIGNATURE.sub("", text).strip()
    for pattern, word in ((_DISLIKED, EMOJI_NO), (_LIKED, EMOJI_YES), (_REACTED, "")):
        if pattern.fullmatch(text):
            return word
    return _NO_SIGNS.sub(f" {EMOJI_NO} ", _YES_SIGNS.sub(f" {EMOJI_YES} ", text))


def spellings(folded: str) -> list[str]:
    """Return a folded text and what it may be meant to be: repeated letters and words once, signs as words."""
    folded = _REASSURING.sub(NO_PROBLEM, folded)
    once = re.sub(r"([^\W\d])\1{2,}", r"\1", folded)
    short = " ".join(_undoubled(word) for word in once.split())
    found = [folded, once, short]
    found += [" ".join(word for word, _ in groupby(text.split())) for text in (once, short)]
    for sign, words in _MEANT.items():
        found += [text.replace(sign, word) for text in found[:] if sign in text.split() for word in words]
    return [text for text in dict.fromkeys(found) if text]


def _undoubled(word: str) -> str:
    return re.sub(r"([^\W\d])\1", r"\1", word) if len(word) <= _SHORT_WORD else word


def prefixes(folded: str) -> list[tuple[str, list[str]]]:
    """Return each beginning of a text and the words behind it, the longest first.

    A single letter or a number is no beginning: "1 person is hurt" is not the answer 1.
    """
    words = folded.split()
    while words and words[0] in _FILLERS:
        words.pop(0)
    parts = [(" ".join(words[:size]), words[size:]) for size in range(min(len(words), _MAX_PREFIX), 0, -1)]
    return [(head, rest) for head, rest in parts if len(head) > 1 and not head.isdigit()]


def denies(words: Sequence[str]) -> bool:
    """Return whether words say no to something."""
    return not _DENIAL.isdisjoint(words) or _DENIAL_IN_TWO_WORDS.search(" ".join(words)) is not None


def keeps_meaning(answer: str, rest: Sequence[str]) -> bool:
    """Return whether an answer is still meant with these words behind it; ``answer`` is folded."""
    text = " ".join(rest)
    if _UNSURE.search(f"{answer} {text}"):
        return False
    if denies(answer.split()):
        return _AFFIRMATIVE.isdisjoint(rest) and not {"mais", "but", "si", "sinon", "if"} & set(rest)
    if rest and rest[0] in _HANDED_ON:
        return False
    return not denies(rest) and _DOUBT.isdisjoint(rest) and not _BUSY.search(text) and EMOJI_NO not in rest
