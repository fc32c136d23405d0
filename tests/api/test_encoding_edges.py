"""What is said of an answer that is not understood, and of an error."""

import copy

import pytest

from custom_components.smsmode.api import SmsmodeCreditError, SmsmodeGatewayError
from custom_components.smsmode.api.encoding import mask_excerpt, unparsable_response


@pytest.mark.parametrize(
    ("answer", "said"),
    [("33612345678 | Zoé", "unintelligible answer: 99999999999 | aaa"), ("", "unintelligible answer: nothing")],
    ids=["something", "nothing"],
)
def test_an_answer_that_is_not_understood_is_described(answer: str, said: str) -> None:
    assert str(unparsable_response(answer)) == said


def test_an_excerpt_says_that_it_is_one_only_if_something_was_left_out() -> None:
    assert mask_excerpt("1" * 40) == "9" * 40
    assert mask_excerpt("1" * 41) == "9" * 40 + "..."


def test_an_error_without_words_gives_its_code_alone() -> None:
    assert str(SmsmodeGatewayError(32)) == "code 32"


def test_an_error_stays_itself_when_it_is_copied() -> None:
    error = copy.copy(SmsmodeCreditError(33, "Crédits insuffisants"))
    assert (type(error), error.code, error.description) == (SmsmodeCreditError, 33, "Crédits insuffisants")
    assert error.args == (33, "Crédits insuffisants")
