"""A million inputs to each parser: no exception but ours, no hang, the same result twice.

Two engines make them: atheris, guided by what the code does with each, and hypothesis, from what the gateway's language
is made of. Where atheris cannot be imported hypothesis makes them all. `reliability/fuzz` says what must hold.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

from reliability.fuzz.engines import GUIDED
from reliability.fuzz.runner import Outcome, fuzz
from reliability.fuzz.seeded_bugs import SEEDED_BUGS, insert_bugs

from .figures import Figures

INPUTS = 1_000_000
QUICK_INPUTS = 20_000
TO_FIND = 20_000


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations() -> None:
    """Replace the fixture of Home Assistant: the fuzzer does not use it."""


def test_nothing_that_is_read_does_harm(seed: int, quick: bool, figures: Figures) -> None:
    """Check that neither engine finds an input that violates an invariant."""
    each = (QUICK_INPUTS if quick else INPUTS) // len(SEEDED_BUGS) + 1
    guided = each * 9 // 10 if GUIDED else 0
    outcomes = fuzz(guided=guided, grammar=each - guided, seed=seed)
    _write_down(outcomes, figures)
    made = sum(outcome.inputs for outcome in outcomes)
    figures.note(inputs=f"{made:,}")
    figures.zero(inputs_missing=max(0, (QUICK_INPUTS if quick else INPUTS) - made))
    findings = [f"{outcome.subject} {outcome.finding}" for outcome in outcomes if outcome.finding]
    figures.zero(findings=len(findings))
    if findings:
        pytest.fail("\n\n".join(findings), pytrace=False)
    figures.check()


def _write_down(outcomes: Sequence[Outcome], figures: Figures) -> None:
    figures.note(guided_by_coverage="yes" if GUIDED else "no")
    for subject in dict.fromkeys(outcome.subject for outcome in outcomes):
        inputs = sum(outcome.inputs for outcome in outcomes if outcome.subject == subject)
        seconds = sum(outcome.seconds for outcome in outcomes if outcome.subject == subject)
        figures.note(**{subject: f"{inputs:,} in {seconds:.0f} s, {inputs / seconds:,.0f}/s"})


def test_faults_that_were_planted_are_found(tmp_path: Path, seed: int, figures: Figures) -> None:
    """Check that the fuzzer finds all seeded bugs."""
    insert_bugs(tmp_path)
    outcomes = fuzz(**{"guided" if GUIDED else "grammar": TO_FIND}, seed=seed, root=tmp_path)
    missed = {subject for subject, *_ in SEEDED_BUGS} - {outcome.subject for outcome in outcomes if outcome.finding}
    figures.at_least(len(SEEDED_BUGS), planted_faults_found=len(SEEDED_BUGS) - len(missed))
    assert not missed
    figures.check()
