"""What may be shown of the gateway's own words, which can repeat what it was sent: a key, a number, a text."""

import re

_LONGEST = 200
_INNOCENT = 3
_NUMBER = re.compile(r"\+?\d(?:[\W_]{0,3}\d){3,}")
# A word, or a sign that is neither blank nor on a French keyboard.
_WORD = re.compile(r"\w+|[^\w\s!-~°’«»…]")
_FRENCH = re.compile(r"[a-zàâäçéèêëîïôöùûüÿœæ0-9]+")
_BLOTS = re.compile(r"…(?:[\s…]*…)+")


def redact_gateway_text(words: str, sent: str = "") -> str:
    """Leave words that can be French and were not `sent`, and numbers of up to three digits; the rest becomes ``…``.

    What comes back in pieces or in another encoding is not recognised by what was sent, hence the other rules.
    """
    known = frozenset(re.findall(r"\w+", sent.casefold()))
    haystack = " ".join(known)

    def leave(match: re.Match[str]) -> str:
        word = match[0].casefold()
        if not _FRENCH.fullmatch(word) or word in known:
            return "…"
        secret = len(word) > _INNOCENT and (word in haystack or any(map(str.isdigit, word)))
        return "…" if secret else match[0]

    return _BLOTS.sub("…", _WORD.sub(leave, _NUMBER.sub("…", words[:_LONGEST])))
