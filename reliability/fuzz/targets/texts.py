"""Target: encoding of texts; segments are counted independently by the package `gsm0338`."""

import unicodedata
from dataclasses import replace
from functools import partial

from gsm0338 import Codec

from custom_components.smsmode.api import (
    Alphabet,
    Encoding,
    PreparedText,
    SmsmodeInputError,
    StopClause,
    count_segments,
    count_units,
    is_gsm,
    prepare_text,
)
from custom_components.smsmode.api.gsm import gsm_equivalent
from custom_components.smsmode.api.text import truncate_text
from reliability.fuzz.byte_source import BREAK, ByteSource
from reliability.fuzz.invariants import attempt

_CODEC = Codec()
_ENCODINGS, _STOPS = tuple(Encoding), tuple(StopClause)
_STOP_MENTION = 11
_LONGER_THAN_FITS = 1000

_TEXTS = (
    "Déjà 5 € à la fenêtre",
    "🔥 dans la cuisine 👨\u200d👩🏽🇫🇷",
    "e\u0301 {x} \u2018½\u2019 …",
    "a\r\nb\vc\td",
    "Ж" * 40,
)
# An encoding, segments, whether with a mention and replies, and how often it is repeated.
_OPTIONS = (bytes([0, 4, 0, 0, 0]), bytes([1, 0, 0, 0, 2]), bytes([2, 0, 0, 0, 9]), bytes([0, 0, 0, 0, 9]))
SEEDS = (
    bytes([0, 5, 0, 0, 39]) + BREAK.join(("Fenêtre ouverte ".encode(), "🔥".encode())),
    *(options + text.encode() for options in _OPTIONS for text in _TEXTS),
)


def read(data: bytes) -> None:
    """Prepare a text for a choice of options."""
    source = ByteSource(data)
    encoding, segments = source.pick(_ENCODINGS), source.below(7)
    stop, reply, repeat = source.pick(_STOPS), bool(source.below(2)), source.below(40)
    head, *tail = source.texts()
    text = (head * (repeat + 1))[:_LONGER_THAN_FITS] + "".join(tail)
    way = partial(prepare_text, encoding=encoding, max_segments=segments, reply=reply, stop=stop)
    prepared = attempt(way, text, ours=SmsmodeInputError).value
    if prepared is None:
        return
    _assert_fits(prepared, segments, stop)
    _assert_told(text, prepared)
    assert way(prepared.text) == replace(prepared, changes=(), left_out=0, replaced=0), "prepared again it is another"
    assert prepared.alphabet is Alphabet.GSM or (encoding is not Encoding.GSM and not reply)
    _check_parts(text, prepared.alphabet)


def _assert_fits(prepared: PreparedText, segments: int, stop: StopClause) -> None:
    gsm = prepared.alphabet is Alphabet.GSM
    units = len(_CODEC.encode(prepared.text)[0]) if gsm else len(prepared.text.encode("utf-16-be")) // 2
    units += _STOP_MENTION if stop is StopClause.ALWAYS else 0
    one, part = (160, 153) if gsm else (70, 67)
    needed = 1 if units <= one else (units + part - 1) // part
    assert (prepared.characters, prepared.segments) == (units, needed), "counted wrong"
    assert 1 <= needed <= segments, "does not fit"
    assert prepared.segments == count_segments(prepared.text, prepared.alphabet, stop)
    assert not gsm or is_gsm(prepared.text)


def _assert_told(text: str, prepared: PreparedText) -> None:
    """Assert that the listed changes turn the text into the one that is sent, as far as it was not cut."""
    lines = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\r\n", "\n")
    changes = {change.original: change.replacement for change in prepared.changes}
    unseen = {char: new for char, new in changes.items() if unicodedata.category(char) == "Cc"}
    bare = _change(lines.replace("\r", "\n"), unseen)
    made = _change(unicodedata.normalize("NFC", bare), changes)
    if not prepared.truncated:
        assert prepared.text == made, "changed without a word"
        return
    mark = "..." if prepared.alphabet is Alphabet.GSM else "…"
    assert prepared.text.endswith(mark)
    assert made.startswith(prepared.text.removesuffix(mark)), "cut and changed"


def _change(text: str, changes: dict[str, str]) -> str:
    return "".join(changes.get(char, char) for char in text)


def _check_parts(text: str, alphabet: Alphabet) -> None:
    for char in set(text):
        said = gsm_equivalent.__wrapped__(char)
        assert said == gsm_equivalent(char)
        assert said is None or is_gsm(said)
        assert said != char or is_gsm(char)
    room = 20
    if count_units(text, Alphabet.UNICODE) > room and alphabet is Alphabet.UNICODE:
        cut = truncate_text(text, room, "…", lambda char: count_units(char, Alphabet.UNICODE))
        assert count_units(cut, Alphabet.UNICODE) <= room
