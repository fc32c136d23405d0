"""Startup cost: the import beyond what Home Assistant imports anyway, and the set-up of an account."""

import asyncio
import os
import subprocess
import sys
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from homeassistant.setup import async_get_setup_timings

from benchmarks.hass_instance import ROOT, account, house, stub
from benchmarks.runner import Goal, Row, parse_quick, print_rows, row_with_goal, spread
from custom_components.smsmode.const import DOMAIN
from reliability.loop_monitor import LoopMonitor

TIME = Goal(
    limit=85,
    unit=" ms",
    why="its modules and those of phonenumbers are read, and their dataclasses and forms are made",
)
_AT_ONCE = "five recipients are added at a time, and the account's own entities in one"
BLOCKS = {200: Goal(limit=20, unit=" ms", why=_AT_ONCE), 1_000: Goal(limit=50, unit=" ms", why=_AT_ONCE)}
WEIGHT = Goal(limit=12, unit=" MB", why="code, forms and phonenumbers' tables of regions stay in memory")


# What it is measured against: the library of phone numbers, which is read in any case.
LIBRARY = "phonenumbers"
RATIO = Goal(limit=5.5, unit=" times", why="a module for each concern, with its dataclasses and forms")


def _imports(rounds: int) -> list[tuple[float, float, float]]:
    """Return the milliseconds and megabytes of our import, and the milliseconds of the library alone, of each round."""
    found = []
    with TemporaryDirectory() as folder:
        # As at home: Python keeps what it compiled once, wherever this is run and whatever is set there.
        kept = {"PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}
        for _ in range(rounds + 1):
            (milliseconds, megabytes), (alone, _) = _import(kept), _import(kept, LIBRARY)
            found.append((milliseconds, megabytes, alone))
    # The first run compiles.
    return found[1:]


def _import(environment: dict[str, str], *names: str) -> tuple[float, float]:
    command = [sys.executable, "-m", "benchmarks.cases.import_time", *names]
    answer = subprocess.run(  # noqa: S603 - our own
        command, cwd=ROOT, capture_output=True, text=True, check=True, env=os.environ | environment
    )
    milliseconds, megabytes = answer.stdout.split()
    return float(milliseconds), float(megabytes)


async def _set_ups(recipients: int, rounds: int) -> tuple[float, list[float], float]:
    """Return the milliseconds of Home Assistant's startup report, of further set-ups, and of their longest block."""
    people = [{"name": f"Person {number}", "number": f"+3361{number:07}"} for number in range(recipients)]
    found, blocks = [], []
    with stub() as gateway:
        async with house(account(gateway.url, people)) as hass:
            reported = async_get_setup_timings(hass)[DOMAIN] * 1000
            (entry,) = hass.config_entries.async_entries(DOMAIN)
            for _ in range(rounds):
                await hass.config_entries.async_unload(entry.entry_id)
                began = perf_counter()
                async with LoopMonitor() as monitor:
                    await hass.config_entries.async_setup(entry.entry_id)
                blocks.append(monitor.longest * 1000)
                found.append((perf_counter() - began) * 1000)
    return reported, found, min(blocks)


async def measure(*, quick: bool) -> list[Row]:
    """Measure the import in processes of its own, and the set-up with few and many recipients."""
    rounds = 1 if quick else 7
    times, weights, library = map(list, zip(*await asyncio.to_thread(_imports, rounds), strict=True))
    spent, weight, alone = median(times), median(weights), median(library)
    rows = [
        row_with_goal(
            "processor time of importing everything", spent, TIME, f"{spent:.0f} ms {spread(times)}", key="import"
        ),
        row_with_goal(
            f"… against importing {LIBRARY} alone", spent / alone, RATIO, key="import ratio", floor=f"{alone:.0f} ms"
        ),
        row_with_goal("memory of it", weight, WEIGHT, f"{weight:.1f} MB {spread(weights)}", key="memory"),
    ]
    for recipients in (10, 200) if quick else (10, 200, 1_000):
        reported, found, block = await _set_ups(recipients, rounds)
        figure = f"{median(found):.0f} ms {spread(found)}"
        rows.append(Row(what=f"set-up of an account with {recipients} recipients", figure=figure))
        what = f"Home Assistant's startup report, with {recipients} recipients in YAML"
        rows.append(Row(what=what, figure=f"{reported:.0f} ms"))
        what = f"longest block of the event loop in the set-up, {recipients:,} recipients"
        goal = BLOCKS.get(recipients)
        rows.append(
            row_with_goal(what, block, goal, key=f"block {recipients}")
            if goal
            else Row(what=what, figure=f"{block:.1f} ms")
        )
    return rows


if __name__ == "__main__":
    print_rows(asyncio.run(measure(quick=parse_quick(__doc__))))
