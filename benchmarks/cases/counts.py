"""Counts of one message that no machine changes: turns of the event loop, statements, writes, bytes, states.

Tests hold them; this runs those and reports what they counted.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

from benchmarks.hass_instance import ROOT
from benchmarks.runner import Goal, Row, parse_quick, print_rows, row_with_goal

TESTS = "tests/end_to_end/test_counts.py"
KILOBYTE = 1024
# The writes of a day without messages have that key.
KEYS = {"writes": "writes of a life"}
ONE = Goal(limit=1, why="another statement may wait for the interpreter")
ROWS = {
    "turns": (
        "turns of the event loop from the call to the request",
        Goal(limit=2, why="the thread of the database tells the loop, which goes on in its next turn"),
    ),
    "statements": ("statements, and writes to the disk, before the request", ONE),
    "writes": (
        "writes to the disk in the life of a message: sent, accepted, reported, answered",
        Goal(
            limit=3,
            why="that it was accepted is written at once and not with its report: a fall in between would leave a "
            "message in doubt whose caller was told that it is accepted, and an urgent one may be repeated then",
        ),
    ),
    "bytes": (
        "what these write",
        Goal(
            limit=16,
            unit=" KB",
            why="the fourth write, see above; and SQLite writes whole pages, one of 1 KB for each place that a row has "
            "in the table and in its index: 6 to 9 a write, for up to eleven rows",
        ),
    ),
    "states": (
        "states that a message writes",
        Goal(
            limit=4,
            why="each says something else: the last status of the account and of the recipient, when the recipient was "
            "written to last, what was spent today and this month, and how many reports are awaited; who has no use "
            "for one of them disables it",
        ),
    ),
}


def measure() -> list[Row]:
    """Run the tests; returns a row for each count."""
    with TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "--no-cov", f"--junitxml={report}", TESTS]
        subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr)  # noqa: S603 - our own
        counts = {each.get("name", ""): float(each.get("value", 0)) for each in ET.parse(report).iter("property")}  # noqa: S314 - our own
    counts["bytes"] /= KILOBYTE
    return [row_with_goal(what, counts[key], goal, key=KEYS.get(key, key)) for key, (what, goal) in ROWS.items()]


if __name__ == "__main__":
    parse_quick(__doc__)
    print_rows(measure())
