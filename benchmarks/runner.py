"""Runner of measurements: competitors take turns, so that a disturbance of the machine affects all of them."""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from statistics import median
from time import perf_counter, process_time
from typing import Any, override

MARK = "ROWS "

type Work = Callable[[int], Awaitable[object]]
"""Does one thing; it is given a number that it has never been given before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Goal of a value, and the reason that is given where it is missed."""

    limit: float
    unit: str = ""
    at_least: bool = False
    why: str = ""

    def is_met(self, value: float) -> bool:
        """Return whether a value meets the goal."""
        return value >= self.limit if self.at_least else value <= self.limit

    @override
    def __str__(self) -> str:
        """Return the limit as text."""
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}{self.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Row of the table; ``floor`` and ``peer`` are what others have there. The summary has the rows with a key."""

    what: str
    figure: str
    value: float = 0
    goal: Goal | None = None
    key: str = ""
    floor: str = ""
    peer: str = ""

    @property
    def verdict(self) -> str:
        """Return whether the goal is met; if not, by how much, and why."""
        if self.goal is None:
            return ""
        if self.goal.is_met(self.value):
            return "met"
        small, large = sorted((self.value, self.goal.limit))
        missed = f"missed by {format_number(large - small)}{self.goal.unit}"
        return f"{missed}: {self.goal.why}" if self.goal.why else missed


def row_with_goal(
    what: str, value: float, goal: Goal, figure: str = "", key: str = "", floor: str = "", peer: str = ""
) -> Row:
    """Return the row of a value that has a goal."""
    figure = figure or f"{format_number(value)}{goal.unit}"
    return Row(what=what, figure=figure, value=value, goal=goal, key=key, floor=floor, peer=peer)


def format_number(value: float) -> str:
    """Format a number with its significant digits."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def spread(values: list[float]) -> str:
    """Format the smallest and the largest value."""
    return f"({format_number(min(values))} to {format_number(max(values))})"


@dataclass(slots=True)
class Runs:
    """Results of several runs of one competitor."""

    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Return the median rate, per second."""
        return median(self.rates)

    @property
    def cost(self) -> float:
        """Return the median processor time of one operation, in microseconds."""
        return median(self.costs)

    @override
    def __str__(self) -> str:
        """Return both, each with its spread over all runs."""
        return f"{self.rate:,.0f}/s {spread(self.rates)}, {self.cost:,.0f} µs of processor {spread(self.costs)}"


class Comparison:
    """Comparison of competitors that do the same work in turns."""

    # Of all races of a process: who is given a number twice sees the same message twice.
    _serial = 0

    def __init__(
        self, competitors_of: dict[str, Work], *, rounds: int, count: int, at_once: int, pause: float = 0
    ) -> None:
        """Keep the competitors, the rounds, the count of each round, the concurrency and the seconds after each."""
        self._contestants = competitors_of
        self._pause = pause
        self._rounds, self._count, self._at_once = rounds, count, at_once

    async def run(self) -> dict[str, Runs]:
        """Run all rounds; a first round warms up and is not counted."""
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
        first, Comparison._serial = Comparison._serial, Comparison._serial + self._count
        await asyncio.gather(*(self._worker(work, first + lane, first + self._count) for lane in range(self._at_once)))
        return self._count / (perf_counter() - began), (process_time() - spent) / self._count * 1e6

    async def _worker(self, work: Work, first: int, end: int) -> None:
        for number in range(first, end, self._at_once):
            await work(number)
            if self._pause:
                await asyncio.sleep(self._pause)


def parse_quick(description: str | None) -> bool:
    """Return whether the option --quick is given."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true")
    return bool(parser.parse_args().quick)


def print_rows(rows: list[Row]) -> None:
    """Print the rows for the process that started this one."""
    sys.stdout.write(f"\n{MARK}{json.dumps([asdict(row) for row in rows])}\n")


def parse_rows(output: str) -> list[Row]:
    """Parse the rows of the output of a case; empty if there are none."""
    told = [line for line in output.splitlines() if line.startswith(MARK)]
    return [_row(fields) for fields in json.loads(told[-1].removeprefix(MARK))] if told else []


def _row(fields: dict[str, Any]) -> Row:
    return Row(**fields | {"goal": Goal(**fields["goal"]) if fields["goal"] else None})
