"""Real-life replies are read as they are meant: see ``replies.yaml``."""

from pathlib import Path

import pytest
import yaml

from custom_components.smsmode.conversations.answers import READY, AnswerMatcher
from custom_components.smsmode.state.questions import Answer

# BaseLoader: in YAML `no` and `yes` would be false and true.
CORPUS = yaml.load(Path(__file__).with_name("replies.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - reads strings only
NEITHER = "none"


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations() -> None:
    """No Home Assistant runs here: texts are read."""


def readings(answers: tuple[Answer, ...], texts: list[str]) -> dict[str, str]:
    """Return the reading of each text."""
    matcher = AnswerMatcher(answers)
    found = {text: matcher.understand(text) for text in texts}
    return {text: (answer.id or NEITHER) if answer else NEITHER for text, answer in found.items()}


@pytest.mark.parametrize("ready", list(CORPUS))
def test_at_least_97_of_100_real_replies_are_read_as_they_are_meant(ready: str) -> None:
    texts = [text for group in CORPUS[ready].values() for text in group]
    assert len(texts) > 40
    read = readings(READY[ready], texts)
    wrong = {text: read[text] for meant, group in CORPUS[ready].items() for text in group if read[text] != meant}
    assert len(wrong) <= 0.03 * len(texts), wrong


@pytest.mark.parametrize("ready", list(CORPUS))
def test_no_reply_that_says_no_or_nothing_is_ever_read_as_yes(ready: str) -> None:
    (agreed,) = {"ok", "yes", "done"} & CORPUS[ready].keys()
    texts = [text for meant, group in CORPUS[ready].items() if meant != agreed for text in group]
    assert {text for text, reading in readings(READY[ready], texts).items() if reading == agreed} == set()
