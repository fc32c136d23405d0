"""What an account costs while little happens: requests to the gateway and writes to the disk in a day."""

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.house import ROOT
from bench.measure import Row, tell

from .day import ANSWERS

# As coordinator.py documents: without a public address, and nothing sent.
DOCUMENTED = 360


async def measure() -> list[Row]:
    """Have the days lived in a process of their own, by a clock that is moved."""
    with TemporaryDirectory() as folder:
        answers = Path(folder, "figures")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pytest", "-q", "--timeout=0", str(Path(__file__).with_name("day.py"))),
            cwd=ROOT,
            env=os.environ | {ANSWERS: str(answers)},
            stdout=sys.stderr,
        )
        assert await process.wait() == 0, "the days were not lived to their end"
        days = [json.loads(line) for line in answers.read_text().splitlines()]
    quiet, busy = days
    return [
        Row(
            what="requests on a day without messages",
            figure=str(quiet["requests"]),
            goal=f"≤ {DOCUMENTED}",
            met=quiet["requests"] <= DOCUMENTED,
        ),
        Row(
            what="writes to the disk on a day without messages",
            figure=f"{quiet['writes']} ({quiet['bytes']} bytes)",
            goal="0",
            met=not quiet["writes"],
        ),
        Row(what=f"requests on a day with {busy['messages']} messages", figure=str(busy["requests"])),
        Row(
            what=f"writes to the disk on a day with {busy['messages']} messages",
            figure=f"{busy['writes']} ({busy['bytes']:,} bytes)",
        ),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="there is no smaller day")
    parser.parse_args()
    tell(asyncio.run(measure()))
