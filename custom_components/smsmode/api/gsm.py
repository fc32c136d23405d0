"""The characters that the gateway takes (document p. 8), and what stands in for those it would turn into "?".

The table is read by its byte column, because its printed one is garbled. È (%C8) is left out: GSM 03.38 lacks it.
"""

# Look-alikes are the very matter of this file.
# ruff: noqa: RUF001

import unicodedata
from functools import lru_cache

DOUBLE = "{|}~[\\]^€"
"""What the gateway counts twice."""

REPERTOIRE = frozenset(
    "\n\r !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
    "¡£¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùü" + DOUBLE
)

# Typography, and letters that Unicode does not take apart. Accents and compatibility forms need no line here: their
# decomposition is found in Unicode's own tables. What stands in neither has no equivalent.
_EQUIVALENTS = {
    **dict.fromkeys("‘’‚‛′ʹʻʼʽˈ´`", "'"),
    **dict.fromkeys("“”„‟″«»¨", '"'),
    **dict.fromkeys("‐‑‒–—―−⁃•‣¯", "-"),
    **dict.fromkeys("\t\u1680\u180e", " "),
    **dict.fromkeys("\u2028\u2029", "\n"),
    **dict.fromkeys("°˚®", ""),
    "…": "...",
    "·": ".",
    "‹": "<",
    "›": ">",
    "⁄": "/",
    "∕": "/",
    "¦": "|",
    "¸": ",",
    "˜": "~",
    "ˆ": "^",
    "×": "x",
    "÷": "/",
    "±": "+/-",
    "≤": "<=",
    "≥": ">=",
    "≠": "<>",
    "≈": "~",
    "→": "->",
    "←": "<-",
    "⇒": "=>",
    "©": "(c)",
    "¢": "c",
    "µ": "u",
    "œ": "oe",
    "Œ": "OE",
    "ẞ": "SS",
    "ð": "d",
    "Ð": "D",
    "đ": "d",
    "Đ": "D",
    "ħ": "h",
    "Ħ": "H",
    "ı": "i",
    "ł": "l",
    "Ł": "L",
    "ŋ": "n",
    "Ŋ": "N",
    "þ": "th",
    "Þ": "Th",
    "ŧ": "t",
    "Ŧ": "T",
    "ƒ": "f",
}
_OVERLAY = 1
_FRACTION_SLASH = "⁄"


@lru_cache(maxsize=4096)
def equivalent(char: str) -> str | None:
    """Say `char` in the repertoire: ê is e, œ is oe, ° is nothing; ``None`` for another script or an emoji."""
    if char in REPERTOIRE:
        return char
    if char in _EQUIVALENTS:
        return _EQUIVALENTS[char]
    if _is_unseen(char):
        return ""
    parts = unicodedata.normalize("NFKD", char)
    if parts == char:
        return None
    spoken = [equivalent(part) for part in parts]
    # 1½ must not become 11/2.
    lead = " " if _FRACTION_SLASH in parts else ""
    return None if None in spoken else lead + "".join(filter(None, spoken))


def _is_unseen(char: str) -> bool:
    """Tell whether this is an accent or a formatting mark; a stroke through a letter (≠, ∉) is more than that."""
    category = unicodedata.category(char)
    return category == "Cf" or (category == "Mn" and unicodedata.combining(char) != _OVERLAY)
