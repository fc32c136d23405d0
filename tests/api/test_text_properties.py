"""What holds for every text."""

import contextlib
import unicodedata
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from custom_components.smsmode.api import (
    Alphabet,
    Encoding,
    PreparedText,
    SmsmodeInputError,
    StopClause,
    count_segments,
    is_gsm,
    prepare_text,
)

texts = st.text(min_size=1).filter(lambda text: text.strip())
segments = st.integers(1, 5)
encodings = st.sampled_from(Encoding)
stops = st.sampled_from(StopClause)


def try_prepare(text: str, **options: Any) -> PreparedText | None:
    """Prepare, or nothing if there is nothing in the text but what cannot be seen."""
    with contextlib.suppress(SmsmodeInputError):
        return prepare_text(text, **options)
    assert not prepare_text(f"x{text}", **options).text[1:].strip()
    return None


@given(text=texts, encoding=encodings, max_segments=segments, stop=stops)
def test_no_text_costs_more_than_was_allowed(
    text: str, encoding: Encoding, max_segments: int, stop: StopClause
) -> None:
    for long in (text, text * 50):
        prepared = try_prepare(long, encoding=encoding, max_segments=max_segments, stop=stop)
        if prepared is not None:
            assert 1 <= prepared.segments <= max_segments
            assert prepared.segments == count_segments(prepared.text, prepared.alphabet, stop)


@given(text=texts, encoding=encodings, max_segments=segments)
def test_what_goes_as_gsm_can_be_said_in_gsm(text: str, encoding: Encoding, max_segments: int) -> None:
    prepared = try_prepare(text, encoding=encoding, max_segments=max_segments)
    if prepared is not None and prepared.alphabet is Alphabet.GSM:
        assert is_gsm(prepared.text)


@given(text=texts, max_segments=segments)
def test_a_text_prepared_for_gsm_needs_no_more_preparing(text: str, max_segments: int) -> None:
    once = try_prepare(text, encoding=Encoding.GSM, max_segments=max_segments)
    if once is not None:
        again = prepare_text(once.text, encoding=Encoding.GSM, max_segments=max_segments)
        assert again == replace(once, changes=(), left_out=0, replaced=0)


@given(text=texts, repeat=st.integers(1, 100), tail=st.sampled_from(["", "🔥", "Ж"]), max_segments=segments, stop=stops)
def test_a_text_prepared_needs_no_more_preparing(
    text: str, repeat: int, tail: str, max_segments: int, stop: StopClause
) -> None:
    once = try_prepare(text * repeat + tail, max_segments=max_segments, stop=stop)
    if once is not None:
        again = prepare_text(once.text, max_segments=max_segments, stop=stop)
        assert again == replace(once, changes=(), left_out=0, replaced=0)


@given(text=texts)
def test_without_a_change_or_a_cut_the_text_arrives_as_it_was_written(text: str) -> None:
    prepared = try_prepare(text)
    if prepared is not None and not prepared.changes and not prepared.truncated:
        written = text.replace("\r\n", "\n").replace("\r", "\n")
        assert prepared.text == unicodedata.normalize("NFC", written)


@given(text=texts)
def test_auto_is_never_dearer_than_unicode(text: str) -> None:
    automatic, faithful = try_prepare(text * 3), try_prepare(text * 3, encoding=Encoding.UNICODE)
    if automatic is not None and faithful is not None:
        assert automatic.segments <= faithful.segments


@given(text=st.text(alphabet="e\u0301\u0302a 👨\u200d👩🏽🇫🇷\ufe0f", min_size=200, max_size=600), max_segments=segments)
def test_a_cut_never_parts_what_a_reader_sees_as_one(text: str, max_segments: int) -> None:
    prepared = try_prepare(text, encoding=Encoding.UNICODE, max_segments=max_segments)
    if prepared is None or not prepared.truncated:
        return
    kept = prepared.text.removesuffix("…")
    composed = unicodedata.normalize("NFC", text)
    assert composed.startswith(kept)
    following = composed[len(kept)]
    assert unicodedata.category(following) not in {"Mn", "Me"} or not kept
    assert not kept.endswith("\u200d") or following.isspace()
    assert following not in "\u200d🏽" or not kept
