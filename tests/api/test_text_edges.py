"""How a text travels, where one character more or less would decide otherwise."""

import pytest

from custom_components.smsmode.api import Alphabet, Encoding, StopClause, count_units, prepare_text


def test_the_stop_mention_is_paid_for_in_either_alphabet() -> None:
    # 65 characters, or 155 when the ellipses are written out: with the mention two segments either way.
    text = "…" * 45 + "x" * 20
    prepared = prepare_text(text, stop=StopClause.ALWAYS)
    assert (prepared.alphabet, prepared.text, prepared.segments) == (Alphabet.UNICODE, text, 2)


@pytest.mark.parametrize(("room", "stop"), [(70, StopClause.NEVER), (70, StopClause.IF_FREE), (59, StopClause.ALWAYS)])
def test_an_emoji_is_worth_an_alphabet_only_if_all_of_it_fits(room: int, stop: StopClause) -> None:
    fits, too_long = "ê" + "x" * (room - 3) + "🔥", "ê" + "x" * (room - 2) + "🔥"
    assert prepare_text(fits, max_segments=1, stop=stop).alphabet is Alphabet.UNICODE
    assert prepare_text(too_long, max_segments=1, stop=stop).alphabet is Alphabet.GSM


@pytest.mark.parametrize(
    ("char", "encoding"),
    [
        ("x", Encoding.GSM),
        ("€", Encoding.GSM),
        ("火", Encoding.UNICODE),
        ("\uffff", Encoding.UNICODE),
        ("\U00010000", Encoding.UNICODE),
        ("🔥", Encoding.UNICODE),
    ],
    ids=ascii,
)
@pytest.mark.parametrize("max_segments", [1, 5])
def test_what_is_cut_off_would_not_have_fitted(char: str, encoding: Encoding, max_segments: int) -> None:
    prepared = prepare_text(char * 1_000, encoding=encoding, max_segments=max_segments)
    room = {Alphabet.GSM: {1: 160, 5: 765}, Alphabet.UNICODE: {1: 70, 5: 335}}[prepared.alphabet][max_segments]
    assert room - count_units(char, prepared.alphabet) < prepared.characters <= room


def test_letters_are_not_taken_for_control_characters() -> None:
    text = "EXIT, Ж"
    assert prepare_text(text, encoding=Encoding.UNICODE).text == text


@pytest.mark.parametrize("text", ["", "abc", "Ж", "🔥🔥", "€"])
@pytest.mark.parametrize("alphabet", Alphabet)
def test_units_are_whole(text: str, alphabet: Alphabet) -> None:
    assert isinstance(count_units(text, alphabet), int)
