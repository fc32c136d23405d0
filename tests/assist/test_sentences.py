"""What is read from a sentence is its text as it was said, and the longest name that is known."""

import pytest

from custom_components.smsmode.assist.sentences import read_alert, read_request, templates_of_names

NAMES = ("Alice", "Anne", "Anne Marie", "Jean-Luc", "L’Été")


@pytest.mark.parametrize(
    ("sentence", "name", "message"),
    [
        ("send an SMS to Anne Marie hello", "Anne Marie", "hello"),
        ("send an SMS to anne hello", "anne", "hello"),
        ("Send an SMS to Jean Luc: hello", "Jean Luc", "hello"),
        ("envoie un SMS à l'été : bonjour", "l'été", "bonjour"),
        ("send Bob Smith a text message saying that it rains", "Bob Smith", "it rains"),
        ("send an SMS to Bob Smith saying it rains", "Bob Smith", "it rains"),
        ("send an SMS to Bob Smith: it rains", "Bob Smith", "it rains"),
        ("send an SMS to Bob it rains", "Bob", "it rains"),
        ("send an SMS to Alice: that is all", "Alice", "that is all"),
        ("send an SMS to Alice", "Alice", ""),
        ("send Alice an SMS", "Alice", ""),
        ("écris à Alice par texto qu'il pleut", "Alice", "il pleut"),
        ("envoie un SMS à Alice « Quel temps ! »", "Alice", "Quel temps !"),
        ("envoie un SMS à Alice Quelle pluie", "Alice", "Quelle pluie"),
        ("text Alice “", "Alice", "“"),
        ("what the agent may take for one of ours", "", ""),
    ],
)
def test_a_sentence_is_a_name_and_a_text(sentence: str, name: str, message: str) -> None:
    request = read_request(sentence, NAMES)
    assert (request.name, request.message) == (name, message)


@pytest.mark.parametrize(
    ("sentence", "alert"),
    [
        ("I take care of the alert", ""),
        ("I take care of the alert cellar.", "cellar"),
        ("je prends l'alerte en charge", ""),
        ("je m'occupe de l'alerte : cave", "cave"),
        ("nothing of the kind", ""),
    ],
)
def test_an_alert_may_be_named(sentence: str, alert: str) -> None:
    assert read_alert(sentence) == alert


def test_a_name_with_the_syntax_of_templates_is_in_none() -> None:
    assert templates_of_names(["Alice", "Bob (work)", "{all}"])[0].count("|") == 3
    assert "(Alice)" in templates_of_names(["Alice", "Bob (work)", "{all}"])[0]
    assert templates_of_names(["[x]"]) == []
