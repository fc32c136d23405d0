"""Where a text is cut, at the edges of what a reader sees as one character."""

import pytest

from custom_components.smsmode.api.text import truncate_text


def width(char: str) -> int:
    return 2 if char > "\uffff" else 1


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
def test_what_a_reader_sees_as_one_is_kept_or_dropped_as_one(text: str, room: int, kept: str) -> None:
    assert truncate_text(text, room, "…", width) == kept
