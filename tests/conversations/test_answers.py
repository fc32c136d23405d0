from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.smsmode.conversations.answers import (
    MAX_ANSWERS,
    READY,
    AnswerError,
    AnswerMatcher,
    AnswerProblem,
)
from custom_components.smsmode.helpers.text_match import normalize_text
from custom_components.smsmode.state.questions import Answer


def book(**answers: str | list[str]) -> AnswerMatcher:
    return AnswerMatcher(
        Answer(name, (sentences,) if isinstance(sentences, str) else tuple(sentences))
        for name, sentences in answers.items()
    )


def understood(answers: AnswerMatcher, text: str) -> tuple[str | None, dict[str, str]] | None:
    found = answers.understand(text)
    return (found.id, dict(found.slots)) if found else None


@pytest.mark.parametrize(
    ("ready", "text", "expected"),
    [
        pytest.param("yes_no", "Oui merci !", "yes", id="thanks"),
        pytest.param("yes_no", "yes please", "yes", id="please"),
        pytest.param("yes_no", "Bonjour, oui svp. Bonne journée", "yes", id="politeness-at-both-ends"),
        pytest.param("yes_no", "  OUI\n", "yes", id="capitals-and-space"),
        pytest.param("yes_no", "D’accord", "yes", id="typographic-apostrophe"),
        pytest.param("yes_no", "bien sur", "yes", id="accent-forgotten"),
        pytest.param("yes_no", "Non, pas maintenant.", "no", id="no-with-reason"),
        pytest.param("yes_no", "NON", "no", id="no"),
        pytest.param("yes_no", "oui mais non", None, id="both"),
        pytest.param("yes_no", "merci", None, id="only-polite"),
        pytest.param("yes_no", "peut-être", None, id="neither"),
        pytest.param("yes_no", "non merci", "no", id="polite-no"),
        pytest.param("yes_no", "nous arrivons", None, id="begins-like-no"),
        pytest.param("yes_no", "", None, id="nothing"),
        pytest.param("yes_no", "!?", None, id="punctuation-alone"),
        pytest.param("ok", "ok", "ok", id="ok"),
        pytest.param("ok", "Bien reçu, merci", "ok", id="received"),
        pytest.param("ok", "Je m'en occupe", "ok", id="taken"),
        pytest.param("ok", "I'm on it", "ok", id="taken-in-english"),
        pytest.param("ok", "pas ok", None, id="not-ok"),
        pytest.param("done", "C'est fait !", "done", id="done"),
        pytest.param("done", "ok, it's done", "done", id="done-in-english"),
        pytest.param("done", "pas fait", None, id="not-done"),
    ],
)
def test_a_ready_set_understands_what_people_write(ready: str, text: str, expected: str | None) -> None:
    found = AnswerMatcher(READY[ready]).understand(text)
    assert (found and found.id) == expected


def test_slots_are_given_as_they_were_written() -> None:
    late = book(late="[j'arrive] dans {minutes} (minutes|min)", who="je suis {nom}")
    assert understood(late, "J'arrive dans 3,5 minutes, merci") == ("late", {"minutes": "3,5"})
    assert understood(late, "DANS VINGT-CINQ MIN.") == ("late", {"minutes": "VINGT-CINQ"})
    assert understood(late, "Je suis Zoé Élan !") == ("who", {"nom": "Zoé Élan"})


def test_a_ligature_moves_no_slot() -> None:
    assert understood(book(a="sœur {nom}"), "Ma sœur".removeprefix("Ma ") + " Zoé") == ("a", {"nom": "Zoé"})


def test_accents_count_in_no_template() -> None:
    assert understood(book(a="c'est Réglé !"), "C est regle") == ("a", {})


def test_sentences_under_the_same_id_are_one_answer() -> None:
    answers = AnswerMatcher([*READY["yes_no"], Answer("yes", ("vas-y Paul",)), Answer("later", ("plus tard",))])
    assert [understood(answers, text) for text in ("vas y paul", "oui", "plus tard")] == [
        ("yes", {}),
        ("yes", {}),
        ("later", {}),
    ]


def test_without_answers_every_text_is_one() -> None:
    assert understood(AnswerMatcher([]), "whatever") == (None, {})


def test_what_could_be_two_answers_is_none() -> None:
    # Apart at first sight, for nobody foresees what a slot is filled with.
    answers = book(a="red {x} and blue", b="red wine {y} blue")
    assert understood(answers, "red wine and blue") is None
    assert understood(answers, "red cheese and blue") == ("a", {"x": "cheese"})


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        pytest.param([("a", "oui"), ("b", "OUI !")], AnswerProblem.OVERLAP, id="the-same"),
        pytest.param([("a", "oui"), ("b", "oui merci")], AnswerProblem.OVERLAP, id="the-same-but-polite"),
        pytest.param([("a", "(yes|sure)"), ("b", "[not] sure")], AnswerProblem.OVERLAP, id="in-one-variant"),
        pytest.param([("a", "{x} minutes"), ("b", "20 minutes")], AnswerProblem.OVERLAP, id="within-a-slot"),
        pytest.param([("a", "{x} minutes"), ("b", "in {y}")], AnswerProblem.OVERLAP, id="two-slots"),
        pytest.param([("a", "(a")], AnswerProblem.SENTENCE, id="open-bracket"),
        pytest.param([("a", "{x")], AnswerProblem.SENTENCE, id="open-slot"),
        pytest.param([("a", "{}")], AnswerProblem.SENTENCE, id="slot-without-name"),
        pytest.param([("a", "<rule> x")], AnswerProblem.SENTENCE, id="rule"),
        pytest.param([("a", "[x]")], AnswerProblem.SENTENCE, id="matches-nothing"),
        pytest.param([("a", "{x}")], AnswerProblem.SENTENCE, id="matches-everything"),
        pytest.param([("a", "!")], AnswerProblem.SENTENCE, id="punctuation"),
        pytest.param([("a", " ")], AnswerProblem.EMPTY, id="no-sentence"),
        pytest.param([("  ", "x")], AnswerProblem.EMPTY, id="no-id"),
        pytest.param([("a", "[a] [b] [c] [d] [e] [f] [g] [h] [i] [j] z")], AnswerProblem.TOO_MANY, id="variants"),
        pytest.param([(str(n), f"x{n}") for n in range(MAX_ANSWERS + 1)], AnswerProblem.TOO_MANY, id="answers"),
    ],
)
def test_answers_that_cannot_be_told_apart_or_read_are_refused(
    answers: list[tuple[str, str]], problem: AnswerProblem
) -> None:
    with pytest.raises(AnswerError) as refused:
        AnswerMatcher([Answer(name, (sentence,)) for name, sentence in answers])
    assert refused.value.problem is problem


@given(st.text(max_size=60))
def test_no_text_and_no_template_make_it_stumble(text: str) -> None:
    AnswerMatcher(READY["yes_no"]).understand(text)
    normalize_text(text)
    with suppress(AnswerError):
        AnswerMatcher([Answer("a", (text,)), Answer("b", ("something else",))]).understand(text)


@given(st.sampled_from(["oui", "non", "c'est fait"]), st.sampled_from(["merci", "S'il te plaît", "thanks!"]))
def test_politeness_never_changes_an_answer(text: str, polite: str) -> None:
    for answers in map(AnswerMatcher, READY.values()):
        assert understood(answers, f"{text}, {polite}") == understood(answers, text)
        assert understood(answers, f"{polite} {text}") == understood(answers, text)
