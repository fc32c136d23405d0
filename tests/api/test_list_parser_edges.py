"""Rows of the gateway whose last bar may mean two things."""

import pytest

from custom_components.smsmode.api.parser import parse_replies, parse_status

HEAD = "abc | 22112026-12:00 | 33601020304"


@pytest.mark.parametrize(
    ("tail", "text", "short_code", "message_id"),
    [
        pytest.param("a | b | 36034 |", "a | b", "36034", None, id="no message id"),
        pytest.param("a | b | My house |", "a | b", "My house", None, id="no message id, and a name of two words"),
        pytest.param("a | b | 123|", "a | b", "123", None, id="no message id, and the shortest short code"),
        pytest.param("a | b | 36034 | |", "a | b", "36034", None, id="no message id, and a spare bar"),
        pytest.param("a | b | 36034 | def |", "a | b", "36034", "def", id="a message id and a spare bar"),
        pytest.param("a | b | 36034 | def", "a | b", "36034", "def", id="a message id"),
    ],
)
def test_a_reply_with_a_bar_in_its_text_is_cut_at_the_right_ones(
    tail: str, text: str, short_code: str, message_id: str | None
) -> None:
    (reply,) = parse_replies(f"{HEAD} | {tail}")
    assert (reply.text, reply.short_code, reply.message_id) == (text, short_code, message_id)


def test_a_status_without_words_has_none() -> None:
    answer = parse_status("11")
    assert (answer.code, answer.description) == (11, "")
