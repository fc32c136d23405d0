"""First byte: how long after the call it reaches the gateway, in a calm house and in houses that are busy.

Each house is a process of its own, in which all competitors take turns.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event
from time import monotonic
from typing import Final

from homeassistant.core import HomeAssistant

from benchmarks import competitors, peer_integrations
from benchmarks.hass_instance import ROOT, Stub, account, house, stub
from benchmarks.runner import Goal, Row, Work, parse_quick, print_rows, row_with_goal
from reliability.fault_shim import DiskOperation, FaultShim, find_compiler

# Seconds of nothing after each message, as in a household.
PAUSE = 0.08
# Seconds for which the loop is held up, and for which it is not.
BLOCK = 0.01
SLOW_SYNC = 0.02
RECORDER = "\nrecorder:\n  commit_interval: 1\n"
PER_CENT = 100
CALM, BUSY_THREAD, SLOW_DISK, RECORDED = "calm", "beside a busy thread", "on a slow disk", "beside the recorder"
_WHY = (
    "the text is held against the document, the budget and the duplicate filter first, seven rows are written and not "
    "one, and each message has a connection of its own, which is opened after the write"
)
GOALS: Final = {
    CALM: Goal(limit=1.5, unit=" times", why=_WHY),
    BUSY_THREAD: Goal(
        limit=1.0, unit=" times", why=f"{_WHY}; each turn of the loop on the way waits 5 ms for the interpreter"
    ),
}


@asynccontextmanager
async def _calm(_hass: HomeAssistant) -> AsyncIterator[None]:
    yield


@asynccontextmanager
async def _busy_thread(hass: HomeAssistant) -> AsyncIterator[None]:
    """Keep a thread of the house computing, as an integration may."""
    ends = Event()

    def compute() -> None:
        number = 0
        while not ends.is_set():
            number += 1

    computing = hass.async_add_executor_job(compute)
    try:
        yield
    finally:
        ends.set()
        await computing


@asynccontextmanager
async def _busy_loop(hass: HomeAssistant) -> AsyncIterator[None]:
    """Hold the event loop up half of the time."""

    async def hold_up() -> None:
        while True:
            end = monotonic() + BLOCK
            while monotonic() < end:
                pass
            await asyncio.sleep(BLOCK)

    holding = hass.async_create_background_task(hold_up(), "busy loop")
    try:
        yield
    finally:
        holding.cancel()


# What is special in each house while messages are sent.
HOUSES: Final[Mapping[str, Callable[[HomeAssistant], AbstractAsyncContextManager[None]]]] = {
    CALM: _calm,
    BUSY_THREAD: _busy_thread,
    "beside a busy event loop": _busy_loop,
    RECORDED: _calm,
    SLOW_DISK: _calm,
}


async def _send_some(work: Work, gateway: Stub, first: int, count: int) -> list[float]:
    """Return the milliseconds from the call to the first byte of so many messages."""
    calls = []
    # What a start asks is none.
    await gateway.arrivals()
    for number in range(first, first + count):
        calls.append(monotonic())
        await work(number)
        await asyncio.sleep(PAUSE)
    arrivals = await gateway.arrivals()
    assert len(arrivals) == count, f"{count} messages, and {len(arrivals)} have arrived"
    return [(arrived - called) * 1000 for called, arrived in zip(calls, arrivals, strict=True)]


async def live(name: str, rounds: int, count: int) -> dict[str, list[float]]:
    """Live in one house; returns the milliseconds of each competitor. A first round warms up and is not counted."""
    serial = 0
    with stub() as gateway:
        peer_integrations.point_to(gateway.url)
        configuration = account(gateway.url) + peer_integrations.CONFIGURATION + RECORDER * (name == RECORDED)
        async with house(configuration) as hass, competitors.session() as session:
            everybody = await competitors.competitors_of(hass, session, gateway)
            works = {each: everybody[each] for each in (*competitors.ONE_OF_EACH, competitors.FLOOR)}
            found: dict[str, list[float]] = {each: [] for each in works}
            async with HOUSES[name](hass):
                for turn in range(rounds + 1):
                    for each, work in works.items():
                        milliseconds = await _send_some(work, gateway, serial, count)
                        found[each] += milliseconds if turn else []
                        serial += count
    return found


def _run(name: str, rounds: int, count: int, environment: Mapping[str, str]) -> dict[str, list[float]]:
    command = [sys.executable, "-m", "benchmarks.cases.first_byte", "--house", name, str(rounds), str(count)]
    answer = subprocess.run(  # noqa: S603 - our own
        command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, env=os.environ | environment
    )
    found: dict[str, list[float]] = json.loads(answer.stdout.splitlines()[-1])
    return found


def measure(*, quick: bool) -> list[Row]:
    """Measure all houses, one after the other."""
    rounds, count = (1, 2) if quick else (4, 5)
    rows: list[Row] = []
    for name in HOUSES:
        environment: dict[str, str] = {}
        with TemporaryDirectory() as folder:
            if name == SLOW_DISK:
                if (compiler := find_compiler()) is None:
                    rows.append(Row(what=f"first byte {name}", figure="there is no C compiler"))
                    continue
                shim = FaultShim(Path(folder), compiler)
                shim.slow(DiskOperation.SYNC, SLOW_SYNC)
                environment = shim.environment
            rows += _rows(name, _run(name, rounds, count, environment))
    return rows


def _rows(name: str, found: dict[str, list[float]]) -> list[Row]:
    """Return the row of each competitor, and ours against the floor."""
    middle = {each: median(times) for each, times in found.items()}
    rows = [
        Row(what=f"first byte {name}: {each}", figure=f"{middle[each]:.1f} ms (99 of 100 within {_late(times):.1f})")
        for each, times in found.items()
    ]
    quickest = min(peer_integrations.NAMES, key=lambda each: middle[each])
    ours, floor = middle[competitors.OURS], middle[competitors.FLOOR]
    what, others = f"first byte {name}: {competitors.OURS} against the floor", f"{quickest} {middle[quickest]:.1f} ms"
    figure = f"{ours / floor:.2f} times ({ours:.1f} ms)"
    if (goal := GOALS.get(name)) is None:
        return [*rows, Row(what=what, figure=figure, floor=f"{floor:.1f} ms", peer=others)]
    key = f"first byte {name}"
    return [*rows, row_with_goal(what, ours / floor, goal, figure, key=key, floor=f"{floor:.1f} ms", peer=others)]


def _late(times: list[float]) -> float:
    return sorted(times)[-max(len(times) // PER_CENT, 1)]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--house"]:
        _, _, house_name, house_rounds, house_count = sys.argv
        result = asyncio.run(live(house_name, int(house_rounds), int(house_count)))
        sys.stdout.write(f"\n{json.dumps(result)}\n")
    else:
        print_rows(measure(quick=parse_quick(__doc__)))
