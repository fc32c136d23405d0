"""The suites hold against a gateway that does otherwise what the document leaves open.

They are written for the gateway as it is guessed to be. Here they run again, against one that does much otherwise
at once; what each two of them do to an account is proven by pairs. A test whose promise is another one there is marked.
"""

import re
import subprocess
import sys
from pathlib import Path

from .figures import Figures

ROOT = Path(__file__).parent.parent
SUITES = ("tests/receiving", "tests/watchdog")
# What a removed account does to its gateway.
QUICK = ("tests/watchdog/test_cleanup.py",)
TOGETHER = (
    "no refund",
    "entities",
    "oldest first",
    "oldest reply first",
    "latin callbacks",
    "key by get",
    "past dates",
    "password",
    "rows",
    "charset",
)


def test_the_suites_hold(quick: bool, figures: Figures) -> None:
    """Run them in a process of their own, as they are run for every change."""
    variants = [f"--variant={name}" for name in TOGETHER]
    command = [sys.executable, "-m", "pytest", "-q", "--timeout=0", *variants, *(QUICK if quick else SUITES)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    counts = {what: int(number) for number, what in re.findall(r"(\d+) (passed|failed|error|skipped)", run.stdout)}
    figures.note(variants=len(TOGETHER), skipped=counts.get("skipped", 0))
    figures.at_least(10, passed=counts.get("passed", 0))
    figures.zero(failed=counts.get("failed", 0) + counts.get("error", 0))
    figures.check(line for line in run.stdout.splitlines() if line.startswith("FAILED"))
