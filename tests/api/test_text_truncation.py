"""Truncation of a text."""

import pytest

from custom_components.smsmode.api.text import Alphabet, prepare_text, truncate_text


def width(char: str) -> int:
    return 2 if char > "\uffff" else 1


@pytest.mark.parametrize(
    ("text", "room", "kept"),
    [
        ("one two three", 10, "one two…"),
        ("one two three", 8, "one two…"),
        ("one two three", 7, "one…"),
        ("one two three", 2, "o…"),
        ("one\ntwo three", 6, "one…"),
        ("hi " + "x" * 100, 60, "hi " + "x" * 56 + "…"),
        ("火" * 20, 10, "火" * 9 + "…"),
        ("😀😀😀😀", 6, "😀😀…"),
        ("ab\u0301\u0302cd", 4, "a…"),
        ("a👩\u200d👧b", 5, "a…"),
        ("a👩\u200d👧b", 6, "a…"),
        ("a👍🏽bcdef", 5, "a…"),
        ("🇫🇷🇩🇪🇪🇸", 8, "🇫🇷…"),
        ("🇫🇷🇩🇪🇪🇸", 10, "🇫🇷🇩🇪…"),
        ("a🏴\U000e0067\U000e007fb", 6, "a…"),
        ("e" + "\u0301" * 50, 10, "…"),
    ],
    ids=ascii,
)
def test_a_text_is_truncated_at_a_word_or_else_at_a_visible_character(text: str, room: int, kept: str) -> None:
    assert truncate_text(text, room, "…", width) == kept


@pytest.mark.parametrize(
    ("text", "room", "kept"),
    [
        pytest.param("a👍🏻bcdef", 5, "a…", id="the lightest skin"),
        pytest.param("a👍🏿bcdef", 5, "a…", id="the darkest skin"),
        pytest.param("ab1\u20e3cd", 4, "ab…", id="a key around a digit"),
        pytest.param("abक\u093ecd", 4, "ab…", id="a vowel sign with a width of its own"),
        pytest.param("a🏴\U000e0020\U000e007fb", 6, "a…", id="the first tag of a flag"),
        pytest.param("🇦🇿🇦🇿🇦🇿", 7, "🇦🇿…", id="the first and the last letter of flags"),
        pytest.param("a🇫🇷🇩🇪", 4, "a…", id="half a flag behind a letter"),
        pytest.param("a🇫🇷🇩🇪b", 8, "a🇫🇷…", id="half of the second flag"),
    ],
)
def test_what_a_reader_sees_as_one_character_is_kept_or_dropped_whole(text: str, room: int, kept: str) -> None:
    assert truncate_text(text, room, "…", width) == kept


def test_an_ending_stands_whole_on_a_line_of_its_own_and_is_counted() -> None:
    prepared = prepare_text("Water! " * 30, max_segments=1, ending="OK https://house.example/1")
    assert prepared.text.endswith("Water!...\nOK https://house.example/1")
    assert (prepared.characters <= 160, prepared.segments, prepared.truncated) == (True, 1, True)
    assert prepare_text("Water!", ending="OK").characters == len("Water!\nOK")


def test_an_ending_counts_where_the_cheaper_alphabet_is_chosen() -> None:
    text = "Fenêtre ouverte"
    assert prepare_text(text).alphabet is Alphabet.UNICODE
    assert prepare_text(text, ending="x" * 60).alphabet is Alphabet.GSM
