import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.smsmode.conversations.answers import MAX_LENGTH, READY, AnswerMatcher
from custom_components.smsmode.conversations.reply_reading import plain_reply, prefixes, spellings
from custom_components.smsmode.state.questions import Answer

YES_NO = AnswerMatcher(READY["yes_no"])
DENIALS = ["mais non", "je ne peux pas", "pas maintenant", "but I can't", "no", "jamais", "impossible", "👎"]


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations() -> None:
    """No Home Assistant runs here: texts are read."""


def reading(matcher: AnswerMatcher, text: str) -> str | None:
    found = matcher.understand(text)
    return found.id if found else None


@given(start=st.sampled_from(["oui", "Yes", "ok", "OK merci", "ouiii", "👍"]), end=st.sampled_from(DENIALS))
def test_no_yes_that_is_denied_behind_it_is_a_yes(start: str, end: str) -> None:
    assert reading(YES_NO, f"{start} {end}") != "yes"


@given(text=st.text(max_size=MAX_LENGTH * 2))
def test_any_text_can_be_read(text: str) -> None:
    assert reading(YES_NO, text) in (None, "yes", "no")


@given(answer=st.sampled_from(["oui", "non"]), letters=st.integers(3, 30))
def test_a_letter_may_be_repeated(answer: str, letters: int) -> None:
    assert reading(YES_NO, answer + answer[-1] * letters) == {"oui": "yes", "non": "no"}[answer]


def test_answers_of_ones_own_may_have_words_around_them() -> None:
    matcher = AnswerMatcher([Answer("open", ("ouvre",)), Answer("close", ("ferme",)), Answer("one", ("1",))])
    assert reading(matcher, "Ouvre le portail stp") == "open"
    assert reading(matcher, "Alors ferme tout\n\nEnvoyé de mon iPhone") == "close"
    assert reading(matcher, "ouvre et ferme") is None
    assert reading(matcher, "ouvre pas") is None
    assert reading(matcher, "1") == "one"
    assert reading(matcher, "1 personne est blessée") is None


def test_a_question_is_no_answer_unless_the_answers_have_one() -> None:
    assert reading(AnswerMatcher([Answer("what", ("quoi ?",)), Answer("ok", ("ok",))]), "Quoi ?") == "what"
    assert reading(YES_NO, "oui ?") is None


@pytest.mark.parametrize("sign", ["👍", "👍🏿", "✅", "👌"])
def test_a_sign_is_the_word_that_the_answers_have_for_it(sign: str) -> None:
    matcher = AnswerMatcher([Answer("agree", ("oui", "d'accord")), Answer("refuse", ("non",))])
    assert reading(matcher, sign) == "agree"
    assert reading(matcher, "👎") == "refuse"


def test_a_reaction_never_answers_with_what_it_quotes() -> None:
    assert plain_reply("Laughed at “Answer OK”") == ""
    assert reading(YES_NO, "A retiré un j’aime de « oui »") is None


def test_no_spelling_and_no_beginning_is_empty() -> None:
    assert spellings("") == []
    assert prefixes("euh") == []
    assert prefixes("o k") == [("o k", [])]
