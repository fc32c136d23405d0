"""Command line of the proofs: `python -m reliability [--quick] [--seed N] [--only PROOF …] [--databases] [--write]`.

Each proof is a test file of this folder; its first line says what it proves. `--write` puts the table into
docs/development/reliability.md, between the marks.
"""

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import override

import pytest

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "development" / "reliability.md"
LONGEST = "test_crash_send"
# Needs servers, which only `--databases` starts.
DATABASES = HERE / "test_databases.py"
MARKS = ("<!-- faults -->", "<!-- /faults -->")


@dataclass
class Row:
    """Row of the table: the result of one proof."""

    title: str
    figures: list[str] = field(default_factory=list)
    seconds: float = 0
    passed: bool = True

    @override
    def __str__(self) -> str:
        """Return the row as Markdown."""
        verdict = "✓" if self.passed else "✗"
        return f"| {self.title} | {'<br>'.join(self.figures)} | {self.seconds:.0f} s | {verdict} |"


class Recorder:
    """Collects the figures of each test file while pytest runs it."""

    def __init__(self) -> None:
        """Begin without rows."""
        self.rows: dict[str, Row] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add the result of a test to the row of its file."""
        row = self.rows.setdefault(report.fspath, Row(_title(Path(report.fspath))))
        row.seconds += report.duration
        row.passed &= report.passed or report.skipped
        if report.when == "call":
            row.figures += [f"{name.replace('_', ' ')}: {value}" for name, value in report.user_properties]
        if report.skipped and isinstance(report.longrepr, tuple):
            row.figures.append(report.longrepr[2])


def _title(path: Path) -> str:
    """Return the title of a proof: the first line of its docstring."""
    return (HERE.parent / path).read_text().split('"""')[1].splitlines()[0].rstrip(".")


def _table(rows: list[Row], command: str) -> str:
    head = ["| What happens | Figures | Time | |", "|---|---|---|---|"]
    return "\n".join([*head, *map(str, rows), "", f"`{command}`"])


def _sort_key(proof: Path) -> tuple[bool, str]:
    """Return the key of sorting: the longest proof first, so that none waits for it at the end."""
    return proof.stem != LONGEST, proof.stem


def _write(table: str) -> None:
    """Replace the text between the marks of the page."""
    first, last = MARKS
    before, _, rest = PAGE.read_text().partition(first)
    _, mark, after = rest.partition(last)
    assert mark, f"{PAGE.name} has no marks"
    PAGE.write_text(f"{before}{first}\n{table}\n{last}{after}")


def main() -> int:
    """Run the proofs; the exit code is that of pytest."""
    parser = argparse.ArgumentParser(prog="python -m reliability", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--only", nargs="*", default=[], help="names of proofs, as in test_NAME.py")
    parser.add_argument("--databases", action="store_true", help="the recorder on PostgreSQL and MariaDB, and no other")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    others = {*HERE.glob("test_*.py")} - {DATABASES}
    files = [HERE / f"test_{name}.py" for name in chosen.only] or sorted(others, key=_sort_key)
    files = [DATABASES] if chosen.databases else files
    options = ["--quick"] * chosen.quick + ([f"--seed={chosen.seed}"] if chosen.seed is not None else [])
    # The small ones wait more than they work; of the others none is to disturb the figures of another.
    options += ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"] * chosen.quick
    recorder = Recorder()
    code = pytest.main(["-q", "--timeout=0", *options, *map(str, files)], plugins=[recorder])
    table = _table(list(recorder.rows.values()), " ".join(["python -m reliability", *sys.argv[1:]]))
    sys.stdout.write(f"\n{table}\n")
    if chosen.write:
        _write(table)
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
