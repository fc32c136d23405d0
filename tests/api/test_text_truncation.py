"""Where a text is cut."""

import pytest

from custom_components.smsmode.api.text import truncate_text


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
def test_it_is_cut_where_it_hurts_least(text: str, room: int, kept: str) -> None:
    assert truncate_text(text, room, "…", width) == kept
