"""Urgent messages while the disk is slow, hangs, is full or read-only from the start: they leave within 3 s, once.

Home Assistant is killed while it has them in memory alone, or while the disk gets them late, and starts again.
"""

import asyncio
import errno
import time
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from random import Random

import pytest
from aiohttp import ClientSession

from custom_components.smsmode.const import DOMAIN
from tests.support.gateway import Gateway

from .fault_shim import DiskOperation, FaultShim, find_compiler
from .figures import Figures
from .hass_process import HassClient, HassProcess
from .test_crash_send import unreadable

QUICK, FULL = 1, 6
# Longer than anybody waits.
SYNC_SECONDS = 10
LEAVES_WITHIN = 3
MESSAGES = 2
# Longer than what may wait is put off.
WRITTEN_AFTER = 3
SETTLED_AFTER = 300


def _hang(shim: FaultShim) -> None:
    shim.hang(DiskOperation.WRITE)
    shim.hang(DiskOperation.SYNC)


DISKS: Mapping[str, Callable[[FaultShim], None]] = {
    "slow": lambda shim: shim.slow(DiskOperation.SYNC, SYNC_SECONDS),
    "hanging": _hang,
    "full": lambda shim: shim.fail(DiskOperation.WRITE, errno.ENOSPC),
    "read_only": lambda shim: shim.fail(DiskOperation.OPEN, errno.EROFS),
}
# Those that have taken nothing yet, and may still do.
LATE = {"slow", "hanging"}


class DiskRuns:
    """Runs of a process whose disk is bad, one after the other."""

    def __init__(self, house: HassProcess, shim: FaultShim, session: ClientSession, rng: Random) -> None:
        """Begin before the first run."""
        self.house, self.shim = house, shim
        self.sent: list[str] = []
        self.slowest: dict[str, float] = {}
        self.writes_at_start = self.unreadable = self.runs = 0
        self._session, self._rng = session, rng
        self._serials = count(1)

    async def begin(self) -> None:
        """Run once, so that there is an account, of which nothing waits to be written."""
        await self.house.start()
        async with self.house.connected(self._session), asyncio.timeout(SETTLED_AFTER):
            while not self.house.has_account:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.2)
            await asyncio.sleep(WRITTEN_AFTER)
        await self._kill()

    async def run(self, disk: str, *, recovers: bool) -> None:
        """Run on a bad disk, and kill the process: at once, or at any instant after the disk has recovered."""
        DISKS[disk](self.shim)
        before = self._writes
        await self.house.start()
        async with self.house.connected(self._session) as client:
            if not self.sent:
                await asyncio.sleep(WRITTEN_AFTER)
                self.writes_at_start = self._writes - before
            for _ in range(MESSAGES):
                took = await self._send(client)
                self.slowest[disk] = max(took, self.slowest.get(disk, 0))
            if recovers:
                self.shim.clear()
                await asyncio.sleep(self._rng.uniform(0, 0.2))
        await self._kill()

    async def end(self) -> None:
        """Run until nothing waits any more."""
        await self.house.start()
        async with self.house.connected(self._session) as client, asyncio.timeout(SETTLED_AFTER):
            while await client.state("sensor.home_queued") != "0":  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.2)
        await self._kill()

    @property
    def _writes(self) -> int:
        return self.shim.calls(DiskOperation.WRITE) + self.shim.calls(DiskOperation.SYNC)

    async def _send(self, client: HassClient) -> float:
        """Send an urgent message; return how many seconds that took."""
        text = f"Water {next(self._serials)}!"
        self.sent.append(text)
        fields = {"message": text, "target": ["Alice"], "urgent": True}
        began = time.monotonic()
        await client.call_action(DOMAIN, "send_message", fields, answers=True)
        return time.monotonic() - began

    async def _kill(self) -> None:
        await self.house.kill()
        self.shim.clear()
        self.runs += 1
        self.unreadable += unreadable(self.house.folder)


async def test_urgent_messages_leave_within_seconds_whatever_the_disk_does_and_once(
    gateway: Gateway, tmp_path: Path, rng: Random, quick: bool, figures: Figures
) -> None:
    """Run on each bad disk, and on a good one at the end."""
    compiler = find_compiler()
    if compiler is None:
        pytest.skip("no C compiler: bad disks were not tried")
    shim = FaultShim(tmp_path, compiler)
    house = HassProcess(tmp_path / "home", gateway, shim.environment)
    async with ClientSession() as session:
        runs = DiskRuns(house, shim, session, rng)
        try:
            await runs.begin()
            for number in range(QUICK if quick else FULL):
                for disk in DISKS:
                    await runs.run(disk, recovers=number % 2 == 0 and disk in LATE)
            await runs.end()
        finally:
            await house.kill()
    arrived = Counter(message.text for message in await gateway.messages())
    figures.note(runs=runs.runs, messages=len(runs.sent))
    figures.within(LEAVES_WITHIN, **{f"seconds_on_a_{disk}_disk": took for disk, took in runs.slowest.items()})
    figures.zero(
        lost=len(set(runs.sent) - arrived.keys()),
        doubled=sum(times - 1 for times in arrived.values()),
        writes_of_an_idle_start=runs.writes_at_start,
        unreadable_files=runs.unreadable,
    )
    figures.check()
