"""Measuring: contestants take turns, so that what disturbs the machine disturbs all of them."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from statistics import median
from time import perf_counter, process_time
from typing import override

type Work = Callable[[int], Awaitable[object]]
"""Does one thing; it is given a number that it has never been given before."""


@dataclass(slots=True, kw_only=True)
class Row:
    """One line of the table. ``goal`` says what was wanted, ``met`` whether it is so; None where there is no goal."""

    what: str
    figure: str
    goal: str = ""
    met: bool | None = None
    why: str = ""


@dataclass(slots=True)
class Runs:
    """What several runs of one contestant came to."""

    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Give the median of things done per second."""
        return median(self.rates)

    @property
    def cost(self) -> float:
        """Give the median of the processor time of one, in microseconds."""
        return median(self.costs)

    @override
    def __str__(self) -> str:
        """Write both, with the spread of the cost over all runs."""
        return f"{self.rate:,.0f}/s, {self.cost:,.0f} µs ({min(self.costs):,.0f} to {max(self.costs):,.0f})"


class Race:
    """Contestants who do the same work in turns."""

    def __init__(self, contestants: dict[str, Work], *, rounds: int, count: int, at_once: int) -> None:
        """Say who, how often, how much, and how much of it at once."""
        self._contestants = contestants
        self._rounds, self._count, self._at_once = rounds, count, at_once
        self._serial = 0

    async def run(self) -> dict[str, Runs]:
        """Let them run; a first round warms up and is not counted."""
        runs = {name: Runs() for name in self._contestants}
        for turn in range(self._rounds + 1):
            for name, work in self._contestants.items():
                rate, cost = await self._once(work)
                if turn:
                    runs[name].rates.append(rate)
                    runs[name].costs.append(cost)
        return runs

    async def _once(self, work: Work) -> tuple[float, float]:
        began, spent = perf_counter(), process_time()
        await asyncio.gather(*(self._walk(work, lane) for lane in range(self._at_once)))
        self._serial += self._count
        return self._count / (perf_counter() - began), (process_time() - spent) / self._count * 1e6

    async def _walk(self, work: Work, lane: int) -> None:
        for number in range(self._serial + lane, self._serial + self._count, self._at_once):
            await work(number)


def tell(rows: list[Row]) -> None:
    """Hand the rows to whoever started this process."""
    sys.stdout.write(f"\nROWS {json.dumps([asdict(row) for row in rows])}\n")
