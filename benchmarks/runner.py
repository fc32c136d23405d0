"""Measuring: contestants take turns, so that what disturbs the machine disturbs all of them."""

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
    """What is wanted of a value, and what keeps it from being so; said where it is not."""

    limit: float
    unit: str = ""
    at_least: bool = False
    why: str = ""

    def is_met(self, value: float) -> bool:
        """Compare."""
        return value >= self.limit if self.at_least else value <= self.limit

    @override
    def __str__(self) -> str:
        """Write the limit."""
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}{self.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table. The summary has those that have a key."""

    what: str
    figure: str
    value: float = 0
    goal: Goal | None = None
    key: str = ""

    @property
    def verdict(self) -> str:
        """Say whether the goal is met; if not, by how much not, and why."""
        if self.goal is None:
            return ""
        if self.goal.is_met(self.value):
            return "met"
        small, large = sorted((self.value, self.goal.limit))
        missed = f"missed {large / small:.1f} times" if small > 0 else "missed"
        return f"{missed}: {self.goal.why}" if self.goal.why else missed


def judged(what: str, value: float, goal: Goal, figure: str = "", key: str = "") -> Row:
    """Make the row of a value that is held against a goal."""
    return Row(what=what, figure=figure or f"{written(value)}{goal.unit}", value=value, goal=goal, key=key)


def written(value: float) -> str:
    """Write a number with as many digits as say something."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def spread(values: list[float]) -> str:
    """Write the smallest and the largest."""
    return f"({written(min(values))} to {written(max(values))})"


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
        """Write both, each with its spread over all runs."""
        return f"{self.rate:,.0f}/s {spread(self.rates)}, {self.cost:,.0f} µs of processor {spread(self.costs)}"


class Race:
    """Contestants who do the same work in turns."""

    # Of all races of a process: who is given a number twice sees the same message twice.
    _serial = 0

    def __init__(self, contestants: dict[str, Work], *, rounds: int, count: int, at_once: int) -> None:
        """Say who, how often, how much, and how much of it at once."""
        self._contestants = contestants
        self._rounds, self._count, self._at_once = rounds, count, at_once

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
        first, Race._serial = Race._serial, Race._serial + self._count
        await asyncio.gather(*(self._walk(work, first + lane, first + self._count) for lane in range(self._at_once)))
        return self._count / (perf_counter() - began), (process_time() - spent) / self._count * 1e6

    async def _walk(self, work: Work, first: int, end: int) -> None:
        for number in range(first, end, self._at_once):
            await work(number)


def is_quick(description: str | None) -> bool:
    """Read the one option that a row has: a small run."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true")
    return bool(parser.parse_args().quick)


def tell(rows: list[Row]) -> None:
    """Hand the rows to whoever started this process."""
    sys.stdout.write(f"\n{MARK}{json.dumps([asdict(row) for row in rows])}\n")


def heard(output: str) -> list[Row]:
    """Take the rows out of what a process said; none if it told none."""
    told = [line for line in output.splitlines() if line.startswith(MARK)]
    return [_row(fields) for fields in json.loads(told[-1].removeprefix(MARK))] if told else []


def _row(fields: dict[str, Any]) -> Row:
    return Row(**fields | {"goal": Goal(**fields["goal"]) if fields["goal"] else None})
