"""Runs of mutmut in a copy of the tree, so that the checkout does not change, and their results."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PARTS = ("custom_components", "emulator", "reliability", "tests")
PURE = (
    "sending/duplicates",
    "sending/reconciliation",
    "state/budget",
    "state/message_log",
    "state/outbox",
    "state/reply_history",
    "state/tracked_dict",
)
PRODUCT = "custom_components/smsmode"
# Tests of these modules in files of other names.
MORE_SUITES = ("sending/lookup", "sending/send_uncertain")

# mutmut, with Home Assistant imported once instead of in each of its processes.
_WARM = "import pytest_homeassistant_custom_component.plugins; from mutmut.__main__ import cli; cli()"

# How the run of the tests ended: with a failure, without one, without a test at all, or out of time.
_FAILED = {1}
_PASSED = {0, 33}
_OUT_OF_TIME = {24, -24, -9, 152}


@dataclass(frozen=True)
class Scope:
    """Scope of a run: files to mutate, tests that must notice, and a pattern of mutants."""

    files: Sequence[str]
    tests: Sequence[str]
    mutants: str = "*"


@dataclass(frozen=True)
class Outcome:
    """Outcome: the mutants tried, by result; ``strange`` are those without a clear result."""

    killed: list[str]
    timeouts: list[str]
    survivors: list[str]
    strange: list[str]

    @property
    def tried(self) -> int:
        """Return the number of mutants tried."""
        return len(self.killed) + len(self.timeouts) + len(self.survivors) + len(self.strange)

    @property
    def score(self) -> float:
        """Return the percentage noticed; a timeout counts as noticed."""
        return 100 * (len(self.killed) + len(self.timeouts)) / self.tried


def suite_of(name: str) -> list[str]:
    """Return the test files of a module: `state/outbox`, `api/text`."""
    folder, slash, stem = name.rpartition("/")
    found = sorted(ROOT.glob(f"tests/{folder}{slash}test_{stem}*.py"))
    assert found, f"no test file of {name}"
    return [str(path.relative_to(ROOT)) for path in found]


EVERYTHING = Scope(
    files=[f"{PRODUCT}/api/*.py", *(f"{PRODUCT}/{name}.py" for name in PURE)],
    tests=[
        "tests/api",
        *suite_of("state/account_state"),
        *suite_of("state/spending_history"),
        *suite_of("receiving/report_fetcher"),
        *(test for name in (*PURE, *MORE_SUITES) for test in suite_of(name)),
    ],
)


def mutate(scope: Scope, copy: Path) -> Outcome:
    """Try the mutants of `scope` in a `copy` of the tree that is made for it."""
    _prepare(scope, copy)
    result = _mutmut(copy, "run", "--max-children", str(os.process_cpu_count()), scope.mutants)
    assert result.returncode == 0, result.stdout[-2_000:] + result.stderr[-2_000:]
    codes: dict[str, int | None] = {}
    for report in sorted((copy / "mutants").rglob("*.py.meta")):
        codes |= json.loads(report.read_text())["exit_code_by_key"]
    return _outcome({name: code for name, code in codes.items() if code is not None})


def difference(mutant: str, copy: Path) -> str:
    """Return the difference that a mutant makes."""
    return _mutmut(copy, "show", mutant).stdout


def _prepare(scope: Scope, copy: Path) -> None:
    for part in PARTS:
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "setup.cfg", copy)
    chosen = {"only_mutate": scope.files, "pytest_add_cli_args_test_selection": scope.tests}
    lines = [f"{key} = {json.dumps(list(value))}\n" for key, value in chosen.items()]
    (copy / "pyproject.toml").write_text((HERE / "mutmut.toml").read_text() + "".join(lines))


def _mutmut(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # mutmut keeps the tests of a mutant in a set, whose order should be the same each time.
    environment = os.environ | {"PYTHONHASHSEED": "0"}
    start = ["-c", _WARM] if arguments[0] == "run" else ["-m", "mutmut"]
    command = [sys.executable, *start, *arguments]
    return subprocess.run(command, cwd=copy, env=environment, check=False, capture_output=True, text=True)  # noqa: S603 - nothing of it comes from outside


def _outcome(codes: dict[str, int]) -> Outcome:
    def having(wanted: set[int]) -> list[str]:
        return [name for name, code in codes.items() if code in wanted]

    killed, timeouts, survivors = having(_FAILED), having(_OUT_OF_TIME), having(_PASSED)
    known = _FAILED | _OUT_OF_TIME | _PASSED
    return Outcome(killed, timeouts, survivors, [name for name, code in codes.items() if code not in known])
