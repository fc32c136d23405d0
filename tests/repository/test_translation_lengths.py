"""What people read fits where they read it: on a telephone, in either language."""

import re

import pytest

from tests.support.translations import TRANSLATIONS, strings

# The first that matches counts. Lengths are what a screen of 360 points shows without cutting, or without scrolling
# past what has to be done; a description of a repair issue is read at leisure.
LIMITS = (
    (r"issues\.\w+\.(fix_flow\.step\.\w+\.)?title", 60),
    (r"issues\..*\.menu_options\.\w+", 40),
    (r"issues\..*\.description", 500),
    (r"issues\..*", 160),
    (r"exceptions\.\w+\.message", 300),
    (r"entity\..*\.state\.\w+", 40),
    (r"entity\..*\.unit_of_measurement", 12),
    (r"entity\..*\.name", 30),
    (r"system_health\.info\.\w+", 40),
    (r"selector\..*\.options\.\w+", 70),
    (r".*\.menu_options\.\w+", 40),
    (r".*\.data\.\w+", 40),
    (r".*\.data_description\.\w+", 220),
    (r".*\.(title|name|submit)", 40),
    (r"(services|triggers|conditions|selector)\..*\.description", 220),
    (r".*\.(description|(error|abort|progress|create_entry)\.\w+)", 300),
)
# What a name or a list is taken to be as long as.
FILLED = "x" * 10


def _limit(path: str) -> int | None:
    return next((limit for kind, limit in LIMITS if re.fullmatch(kind, path)), None)


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_no_sentence_is_too_long_for_a_telephone(language: str) -> None:
    lengths = {path: len(re.sub(r"{\w+}", FILLED, text)) for path, text in strings(TRANSLATIONS[language])}
    assert not {path: length for path, length in lengths.items() if length > (_limit(path) or 160)}


@pytest.mark.parametrize(("kind", "_limit_of_it"), LIMITS, ids=[kind for kind, _ in LIMITS])
def test_every_limit_is_one_of_something(kind: str, _limit_of_it: int) -> None:
    first = [
        next((each for each, _ in LIMITS if re.fullmatch(each, path)), None) for path, _ in strings(TRANSLATIONS["en"])
    ]
    assert kind in first


def test_the_longest_words_of_french_do_not_break_a_line() -> None:
    words = {word for _, text in strings(TRANSLATIONS["fr"]) for word in re.split(r"[\s\u00a0\u202f]", text)}
    assert not [word for word in words if len(word) > 32]
