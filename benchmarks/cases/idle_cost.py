"""Idle cost of an account: wake-ups, requests to the gateway and writes to the disk in a day."""

import asyncio
import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.hass_instance import ROOT
from benchmarks.runner import Goal, Row, parse_quick, print_rows, row_with_goal

from .idle_day import ANSWERS, DAY, HOURS

# As coordinator.py documents, a day: without a public address, and nothing sent.
DOCUMENTED = 360
# After a message that arrives at once: itself, then once after five seconds and for ten minutes every minute.
AFTER_A_MESSAGE = 10
AFTER_ONE = Goal(limit=12, why="more than coordinator.py documents")
QUICK_HOURS = 1
NO_WRITES = Goal(limit=0, why="something is written although nothing changed")


async def measure(*, quick: bool) -> list[Row]:
    """Run the days in a process of their own, with a clock that is moved."""
    hours = QUICK_HOURS if quick else DAY
    with TemporaryDirectory() as folder:
        answers = Path(folder, "figures")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pytest", "-q", "--timeout=0", str(Path(__file__).with_name("idle_day.py"))),
            cwd=ROOT,
            env=os.environ | {ANSWERS: str(answers), HOURS: str(hours)},
            stdout=sys.stderr,
        )
        assert await process.wait() == 0, "the days were not lived to their end"
        quiet, busy = [json.loads(line) for line in answers.read_text().splitlines()]
    share = hours / DAY
    return [*_quiet(quiet, share, hours), *_busy(quiet, busy, share, hours)]


def _quiet(day: dict[str, int], share: float, hours: int) -> list[Row]:
    goal = Goal(limit=round(DOCUMENTED * share), why="more than coordinator.py documents")
    return [
        Row(what=f"wake-ups in {hours} h without messages", figure=str(day["wakeups"])),
        row_with_goal(f"requests in {hours} h without messages", day["requests"], goal, key="requests"),
        row_with_goal(
            f"writes to the disk in {hours} h without messages",
            day["writes"],
            NO_WRITES,
            f"{day['writes']} ({day['bytes']} bytes)",
            key="writes",
        ),
    ]


def _busy(quiet: dict[str, int], day: dict[str, int], share: float, hours: int) -> list[Row]:
    messages = day["messages"]
    most = round(DOCUMENTED * share) + AFTER_A_MESSAGE * messages
    goal = Goal(limit=most, why="more than coordinator.py documents")
    more = (day["requests"] - quiet["requests"]) / messages
    during = f"in {hours} h with {messages} messages"
    return [
        Row(what=f"wake-ups {during}", figure=str(day["wakeups"])),
        row_with_goal(f"requests {during}", day["requests"], goal, key="requests busy"),
        row_with_goal("requests after one message, its own among them", more, AFTER_ONE, key="requests after"),
        Row(what=f"writes to the disk {during}", figure=f"{day['writes']} ({day['bytes']:,} bytes)"),
    ]


if __name__ == "__main__":
    print_rows(asyncio.run(measure(quick=parse_quick(__doc__))))
