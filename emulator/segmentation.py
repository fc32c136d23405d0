"""Segmentation: accepted characters, segments, the cut at nbr_msg, the STOP mention (p. 7 to 9, 27)."""

from dataclasses import dataclass
from string import ascii_letters, digits

# The byte column of the table on p. 8; the characters printed beside it contain errors of the press.
_ACCENTED = bytes.fromhex("a1a3a4a5a7bfc4c5c6c7c8c9d1d6d8dcdfe0e4e5e6e8e9ecf1f2f6f8f9fc").decode("iso-8859-15")
DOUBLE = frozenset("{|}~[\\]^€")
REPERTOIRE = frozenset(ascii_letters + digits + "\n\r !\"#$%&'()*+,-./:;<=>?@_" + _ACCENTED) | DOUBLE

STOP_FRANCE = " STOP 36034"
STOP_ABROAD = " no-sms.eu"
STOP_ROOM = 149


@dataclass(frozen=True)
class Alphabet:
    """Alphabet of an SMS: how its characters are counted."""

    unicode: bool
    single: int
    joined: int

    def units(self, text: str) -> int:
        """Count a text: double characters count two; in Unicode, UTF-16 units."""
        if self.unicode:
            return len(text.encode("utf-16-le")) // 2
        return len(text) + sum(character in DOUBLE for character in text)

    def room(self, segments: int) -> int:
        """Return how many units fit in so many segments."""
        return self.single if segments == 1 else self.joined * segments

    def segments(self, text: str) -> int:
        """Return how many segments a text takes."""
        units = self.units(text)
        return 1 if units <= self.single else -(-units // self.joined)

    def cut(self, text: str, room: int) -> str:
        """Return the longest beginning of a text that fits in so many units."""
        used = 0
        for position, character in enumerate(text):
            used += self.units(character)
            if used > room:
                return text[:position]
        return text


GSM = Alphabet(unicode=False, single=160, joined=153)
UNICODE = Alphabet(unicode=True, single=70, joined=67)


def to_repertoire(text: str) -> str:
    """Replace characters that the table does not have by "?"; byte 80 is a second euro sign (p. 8)."""
    return "".join(c if c in REPERTOIRE else "?" for c in text.replace("\x80", "€"))


def wants_stop(text: str, stop: str, alphabet: Alphabet) -> bool:
    """Return whether the STOP mention is added: always with 2, only where it is free with 1 (p. 9)."""
    if stop == "2":
        return True
    if stop != "1":
        return False
    if alphabet.unicode:
        return alphabet.segments(text + STOP_FRANCE) == alphabet.segments(text)
    return alphabet.units(text) <= STOP_ROOM


def compose(text: str, *, number: str, stop: str, max_segments: int, alphabet: Alphabet) -> str:
    """Return the text as the phone of this number gets it."""
    body = text if alphabet.unicode else to_repertoire(text)
    room = alphabet.room(max_segments)
    if not wants_stop(body, stop, alphabet):
        return alphabet.cut(body, room)
    mention = STOP_FRANCE if number.startswith("33") else STOP_ABROAD
    return alphabet.cut(body, room - len(mention)) + mention
