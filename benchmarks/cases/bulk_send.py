"""Bulk sends: one text to 10,000 numbers, and 50,000 texts by batch."""

import asyncio
import gc
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from benchmarks.hass_instance import account, house, stub
from benchmarks.runner import Goal, Row, parse_quick, print_rows, row_with_goal
from custom_components.smsmode.const import DOMAIN
from reliability.loop_monitor import LoopMonitor


def _peak() -> float:
    """Return the peak memory of this process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def _collections() -> Iterator[list[float]]:
    """Yield the milliseconds of each run of the garbage collector, which stops everything."""
    found: list[float] = []
    began = perf_counter()

    def note(phase: str, _info: dict[str, int]) -> None:
        nonlocal began
        if phase == "stop":
            found.append((perf_counter() - began) * 1000)
        began = perf_counter()

    gc.callbacks.append(note)
    try:
        yield found
    finally:
        gc.callbacks.remove(note)


def _goal(collections: list[float]) -> Goal:
    why = (
        "json, in one go, of all that is to be on the disk before it leaves; and Python goes through the memory of the "
        f"whole house, when so much is new in it, which took {max(collections, default=0):.0f} ms at the longest"
    )
    return Goal(limit=35, unit=" ms", why=why)


async def measure(*, quick: bool) -> list[Row]:
    """Measure both, once each: in use, the first time counts."""
    numbers, texts = (1_000, 2_000) if quick else (10_000, 50_000)
    targets = [f"+336{number:08}" for number in range(numbers)]
    lines = [{"target": f"+336{number:08}", "message": f"Your code is {number}"} for number in range(texts)]
    works: dict[str, tuple[str, dict[str, Any]]] = {
        f"one text to {numbers:,} numbers": ("send_message", {"message": "Water!", "target": targets}),
        f"{texts:,} texts by batch": ("send_batch", {"messages": lines}),
    }
    rows: list[Row] = []
    with stub() as gateway:
        async with house(account(gateway.url)) as hass:
            for what, (action, fields) in works.items():
                before, asked, began = _peak(), (await gateway.counts())["requests"], perf_counter()
                with _collections() as collections:
                    async with LoopMonitor() as monitor:
                        await hass.services.async_call(DOMAIN, action, fields, blocking=True, return_response=True)
                seconds, requests = perf_counter() - began, (await gateway.counts())["requests"] - asked
                figure = f"{seconds:.2f} s, {requests} requests, {_peak() - before:.0f} MB more at the peak"
                rows.append(Row(what=what, figure=figure))
                longest = monitor.longest * 1000
                rows.append(row_with_goal(f"{what}: longest block", longest, _goal(collections), key=f"many {action}"))
    return rows


if __name__ == "__main__":
    print_rows(asyncio.run(measure(quick=parse_quick(__doc__))))
