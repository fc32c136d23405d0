"""Scaling: cost of a send, a report, a save and a poll by the number of known deliveries; memory of a delivery.

There is a house for each size, in a process of its own, and they take turns.
"""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from statistics import median

from benchmarks.hass_instance import ROOT
from benchmarks.runner import Goal, Row, parse_quick, print_rows, row_with_goal, spread

SIZES = (10, 1_000, 10_000, 100_000)
LARGE = 10_000
OPERATIONS = ("send", "report", "save", "poll")
FLAT = Goal(
    limit=1.2,
    unit=" times",
    why="of a larger memory less is in the processor's caches, and a larger file is a deeper tree",
)
BLOCK = Goal(
    limit=10,
    unit=" ms",
    why="what changed is taken in one go, so that what is written is true of one moment; it is encoded in a thread, "
    "which shares Python's one lock with the event loop",
)
WEIGHT = Goal(
    limit=400,
    unit=" bytes",
    why="the id, the number, and per message an object, a dict of its numbers and two entries of dicts: Python's own "
    "sizes of these come to more",
)


class HouseProcess:
    """Process of a preloaded account."""

    def __init__(self, size: int) -> None:
        """Keep the size."""
        self._size = size
        self._process: Process
        self.costs: dict[str, list[float]] = {work: [] for work in OPERATIONS}
        self.first: dict[str, float] = {}

    async def start(self) -> None:
        """Start the process."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.cases.preload", str(self._size)), stdin=PIPE, stdout=PIPE, cwd=ROOT
        )
        self.first = json.loads(await self._read_line())

    async def work(self, name: str, times: int, *, counts: bool) -> None:
        """Run an operation so many times."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{name} {times}\n".encode())
        cost = float(await self._read_line())
        self.costs[name] += [cost] if counts else []

    async def stop(self) -> None:
        """Stop the process."""
        await self._process.communicate()

    async def _read_line(self) -> bytes:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        assert line, f"the house with {self._size} deliveries fell"
        return line


async def measure(*, quick: bool) -> list[Row]:
    """Compare each size with the smallest."""
    times, rounds = (10, 1) if quick else (50, 7)
    houses = {size: HouseProcess(size) for size in (SIZES[:3] if quick else SIZES)}
    for child in houses.values():
        await child.start()
    for turn in range(rounds + 1):
        for work in OPERATIONS:
            for child in houses.values():
                await child.work(work, times, counts=bool(turn))
    for child in houses.values():
        await child.stop()
    rows = [row for work in OPERATIONS for row in _rows(work, houses)]
    found = houses[LARGE].first
    return [
        *rows,
        row_with_goal("memory of a pending delivery, when it is saved", found["weight"], WEIGHT, key="weight"),
        row_with_goal(f"longest block while {LARGE:,} are saved at once", found["block"] * 1000, BLOCK, key="block"),
    ]


def _rows(work: str, houses: dict[int, HouseProcess]) -> list[Row]:
    found = {size: child.costs[work] for size, child in houses.items()}
    middle = [median(costs) for costs in found.values()]
    figure = "; ".join(f"{size:,}: {median(costs):,.0f} µs {spread(costs)}" for size, costs in found.items())
    ratio = max(middle) / middle[0]
    return [
        Row(what=f"one {work} with so many known deliveries", figure=figure),
        row_with_goal(f"one {work}: the dearest against {min(found)}", ratio, FLAT, key=f"flat {work}"),
    ]


if __name__ == "__main__":
    print_rows(asyncio.run(measure(quick=parse_quick(__doc__))))
