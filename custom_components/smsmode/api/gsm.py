"""Characters that the gateway takes (document p. 8), and equivalents for those it would turn into "?".

The table is that of the document's byte column, because its printed column is garbled. È (%C8) is left out, because
GSM 03.38 lacks it.
"""

# Look-alikes are the very matter of this file.
# ruff: noqa: RUF001

import unicodedata
from functools import lru_cache

GSM_EXTENSION_CHARACTERS = "{|}~[\\]^€"
"""Characters that the gateway counts twice (p. 8): the extension table of GSM 03.38."""

GSM_CHARACTERS = frozenset(
    "\n\r !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
    "¡£¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùü" + GSM_EXTENSION_CHARACTERS
)
"""Every character that the gateway sends as it is."""

# Typography, and letters that Unicode does not decompose. Accents and compatibility forms need no line here: Unicode's
# own tables decompose them. What stands in neither has no equivalent.
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
def gsm_equivalent(char: str) -> str | None:
    """Return the GSM equivalent of `char`: e for ê, oe for œ, nothing for °; None for another script or an emoji."""
    if char in GSM_CHARACTERS:
        return char
    if char in _EQUIVALENTS:
        return _EQUIVALENTS[char]
    if _is_invisible(char):
        return ""
    parts = unicodedata.normalize("NFKD", char)
    if parts == char:
        return None
    equivalents = [gsm_equivalent(part) for part in parts]
    # 1½ must not become 11/2.
    lead = " " if _FRACTION_SLASH in parts else ""
    return None if None in equivalents else lead + "".join(filter(None, equivalents))


def _is_invisible(char: str) -> bool:
    """Return whether this is an accent or a formatting mark; a stroke through a letter (≠, ∉) is more than that."""
    category = unicodedata.category(char)
    return category == "Cf" or (category == "Mn" and unicodedata.combining(char) != _OVERLAY)
