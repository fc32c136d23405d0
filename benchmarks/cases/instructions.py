"""Instructions per send, which no other process changes: what valgrind's callgrind counts, if it is there.

`perf stat` could count them without slowing anything, but not in most virtual machines. Callgrind
counts those of every thread of the house, not those of the kernel.
"""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import competitors, peer_integrations
from benchmarks.hass_instance import ROOT, account, house, stub
from benchmarks.runner import Goal, Row, Work, parse_quick, print_rows, row_with_goal
from custom_components.smsmode.const import DOMAIN

from .sends import WHY

TOTALS = re.compile(r"^totals: (\d+)$", re.MULTILINE)
MILLION = 1e6
INSTRUCTIONS = Goal(limit=3.0, unit=" times", why=WHY)


async def _order(*order: str) -> None:
    """Send a command to callgrind for this process."""
    process = await asyncio.create_subprocess_exec(
        *("callgrind_control", *order, str(os.getpid())), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    assert await process.wait() == 0, f"callgrind did not take the order {order}"


async def _counted(works: dict[str, Work], count: int) -> None:
    """Run the work of each competitor alone, and record the instructions counted."""
    serial = 0
    for work in works.values():
        for _ in range(count):
            await work(serial := serial + 1)
    await _order("-i", "on")
    for work in works.values():
        await work(serial := serial + 1)
        await _order("-z")
        for _ in range(count):
            await work(serial := serial + 1)
        await _order("-d")


async def run(count: int) -> None:
    """Send messages under callgrind."""
    with stub() as gateway:
        peer_integrations.point_to(gateway.url)
        async with (
            house(account(gateway.url) + peer_integrations.CONFIGURATION) as hass,
            competitors.session() as session,
        ):
            works = await competitors.competitors_of(hass, session, gateway)
            (entry,) = hass.config_entries.async_entries(DOMAIN)
            # Else one of them, slow as they are here, is counted together with a poll of ours.
            await entry.runtime_data.coordinator.async_shutdown()
            await _counted(works, count)


def measure(*, quick: bool) -> list[Row]:
    """Start Home Assistant under callgrind, and compare the counts."""
    if shutil.which("callgrind_control") is None:
        return [Row(what="instructions per send", figure="valgrind is not installed")]
    count = 1 if quick else 12
    with TemporaryDirectory() as folder:
        options = ["--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={folder}/out"]
        program = [sys.executable, "-m", "benchmarks.cases.instructions", "--count", str(count)]
        subprocess.run(["valgrind", *options, *program], cwd=ROOT, check=True, stdout=sys.stderr)  # noqa: S603, S607
        # One file for each dump, numbered from 1.
        files = [Path(folder, f"out.{number}") for number in range(1, len(competitors.NAMES) + 1)]
        totals = [TOTALS.search(file.read_text()) for file in files]
    costs = [int(total[1]) / count / MILLION for total in totals if total]
    return _rows(dict(zip(competitors.NAMES, costs, strict=True)))


def _rows(costs: dict[str, float]) -> list[Row]:
    rows = [Row(what=f"{name}, one at a time", figure=f"{cost:.2f} million") for name, cost in costs.items()]
    cheapest = min(peer_integrations.NAMES, key=lambda name: costs[name])
    floor, peer = f"{costs[competitors.FLOOR]:.2f} million", f"{cheapest} {costs[cheapest]:.2f} million"
    for name in competitors.OUR_WAYS:
        ratio, key = costs[name] / costs[competitors.FLOOR], "instructions" * (name == competitors.OURS)
        what = f"{name} against the floor"
        rows.append(row_with_goal(what, ratio, INSTRUCTIONS, key=key, floor=floor, peer=peer))
    return rows


if __name__ == "__main__":
    if sys.argv[1:2] == ["--count"]:
        asyncio.run(run(int(sys.argv[2])))
    else:
        print_rows(measure(quick=parse_quick(__doc__)))
