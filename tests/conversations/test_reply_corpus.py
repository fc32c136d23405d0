"""Real-life replies are read as they are meant: see ``replies.yaml`` and ``replies_held_out.yaml``."""

from pathlib import Path

import pytest
import yaml

from custom_components.smsmode.conversations.answers import READY, AnswerMatcher
from custom_components.smsmode.state.questions import Answer

type Corpus = dict[str, dict[str, list[str]]]
"""Texts by the ready-made answers that they reply to, and by the answer that is meant."""

NEITHER = "none"


def read_corpus(name: str) -> Corpus:
    """Return the corpus of a file beside this one."""
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    # BaseLoader: in YAML `no` and `yes` would be false and true.
    corpus: Corpus = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - reads strings only
    return corpus


CORPORA = {name: read_corpus(f"{name}.yaml") for name in ("replies", "replies_held_out")}
EACH = [(name, ready) for name, corpus in CORPORA.items() for ready in corpus]


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations() -> None:
    """No Home Assistant runs here: texts are read."""


def readings(answers: tuple[Answer, ...], texts: list[str]) -> dict[str, str]:
    """Return the reading of each text."""
    matcher = AnswerMatcher(answers)
    found = {text: matcher.understand(text) for text in texts}
    return {text: (answer.id or NEITHER) if answer else NEITHER for text, answer in found.items()}


@pytest.mark.parametrize(("name", "ready"), EACH)
def test_at_least_97_of_100_real_replies_are_read_as_they_are_meant(name: str, ready: str) -> None:
    meanings = CORPORA[name][ready]
    texts = [text for group in meanings.values() for text in group]
    assert len(texts) > 40
    read = readings(READY[ready], texts)
    wrong = {text: read[text] for meant, group in meanings.items() for text in group if read[text] != meant}
    assert len(wrong) <= 0.03 * len(texts), wrong


@pytest.mark.parametrize(("name", "ready"), EACH)
def test_no_reply_that_says_no_or_nothing_is_ever_read_as_yes(name: str, ready: str) -> None:
    meanings = CORPORA[name][ready]
    (agreed,) = {"ok", "yes", "done"} & meanings.keys()
    texts = [text for meant, group in meanings.items() if meant != agreed for text in group]
    assert {text for text, reading in readings(READY[ready], texts).items() if reading == agreed} == set()
