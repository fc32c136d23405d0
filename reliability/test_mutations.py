"""Mutants: small mistakes made on purpose in the API and the state, which a test must notice.

mutmut makes them one by one and runs the tests of the file; a mutant that no test notices has survived. Those that do,
and why, are in `docs/development/surviving-mutants.md`. mutmut changes what is inside of functions: tables and patterns
at the level of a module, the fields of a dataclass and the members of an enum are not mutated.

The small run tries every tenth mutant of one file; of so few, one or two survivors more than on average mean nothing.
"""

from pathlib import Path
from random import Random

from reliability.mutation.run import EVERYTHING, PRODUCT, Scope, mutate, suite_of

from .figures import Figures

SAMPLES = {
    "api/callback": ["api/callback"],
    "api/list_parser": ["api/list_parser", "api/parser"],
    "api/text": ["api/text"],
    "state/message_log": ["state/message_log"],
    "sending/reconciliation": ["sending/reconciliation", "sending/lookup", "sending/send_uncertain"],
    "state/outbox": ["state/outbox", "state/account_state"],
}


def _sample(rng: Random) -> Scope:
    name = rng.choice(list(SAMPLES))
    tests = [test for suite in SAMPLES[name] for test in suite_of(suite)]
    return Scope([f"{PRODUCT}/{name}.py"], tests, f"*{rng.randrange(10)}")


def test_the_tests_notice_mistakes(tmp_path: Path, rng: Random, quick: bool, figures: Figures) -> None:
    """Count the mutants that survive."""
    outcome = mutate(_sample(rng) if quick else EVERYTHING, tmp_path / "tree")
    figures.note(mutants=outcome.tried, killed=len(outcome.killed), timeouts=len(outcome.timeouts))
    figures.note(survived=len(outcome.survivors))
    figures.zero(without_a_verdict=len(outcome.strange))
    figures.at_least(75 if quick else 90, percent_noticed=round(outcome.score, 1))
    figures.check()
