"""A disk that is slow, hangs, is full or read-only, and a wall clock that is moved, in processes that run.

This proves the tool, not the product: proofs with a bad disk or clock stand on it.
"""

import errno
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from aiohttp import ClientSession

from custom_components.smsmode.const import DOMAIN
from tests.support.gateway import Gateway

from .fault_shim import DiskOperation, FaultShim, find_compiler
from .figures import Figures
from .hass_process import HassProcess

DELAY = 0.3
DAY = 24 * 3600
TOLERANCE = 60
# Writes a record, or opens the file, for each line that it reads; prints the wall clock, the seconds and the error.
WRITER = """
import json, os, sqlite3, sys, time
path = sys.argv[1]
database = sqlite3.connect(path, isolation_level=None)
for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE record (value)"):
    database.execute(statement)
for line in sys.stdin:
    began, error = time.monotonic(), None
    try:
        if line.strip() == "open":
            os.close(os.open(path, os.O_RDWR))
        else:
            database.execute("INSERT INTO record VALUES (1)")
    except sqlite3.Error as err:
        error = err.sqlite_errorname
    except OSError as err:
        error = err.errno
    print(json.dumps([time.time(), time.monotonic() - began, error]), flush=True)
"""


class Result(NamedTuple):
    """Result of one write or one opening."""

    wall_clock: float
    seconds: float
    error: str | int | None


class Writer:
    """Process that writes to the database of an account."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Keep the process, whose input and output are pipes."""
        self._process = process

    def begin(self, command: str = "write") -> None:
        """Begin to write, or to open the file."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()

    def result(self) -> Result:
        """Wait for the result."""
        assert self._process.stdout is not None
        return Result(*json.loads(self._process.stdout.readline()))

    def run(self, command: str = "write") -> Result:
        """Write, or open the file, and return the result."""
        self.begin(command)
        return self.result()


@pytest.fixture
def shim(tmp_path: Path) -> FaultShim:
    """Return a shim without faults; without a C compiler the proof is skipped."""
    compiler = find_compiler()
    if compiler is None:
        pytest.skip("no C compiler: the faults of disk and clock were not tried")
    return FaultShim(tmp_path, compiler)


@pytest.fixture
def writer(shim: FaultShim, tmp_path: Path) -> Iterator[Writer]:
    """Yield a process with the shim that writes to the database of an account."""
    command = [sys.executable, "-c", WRITER, str(tmp_path / "smsmode.1.db")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=shim.environment, stdin=pipe, stdout=pipe, text=True) as process:  # noqa: S603
        yield Writer(process)
        process.kill()


def test_each_fault_of_the_disk_begins_and_ends_in_a_running_process(
    shim: FaultShim, writer: Writer, figures: Figures
) -> None:
    """Let a process write with each fault, and without one in between."""
    before = writer.run()
    shim.slow(DiskOperation.SYNC, DELAY)
    slow = writer.run()
    shim.clear()
    shim.fail(DiskOperation.WRITE, errno.ENOSPC)
    full = writer.run()
    shim.fail(DiskOperation.WRITE, 0)
    shim.fail(DiskOperation.OPEN, errno.EROFS)
    read_only = writer.run("open")
    shim.clear()
    shim.hang(DiskOperation.SYNC)
    writer.begin()
    time.sleep(DELAY)
    shim.clear()
    hung = writer.result()
    after = [writer.run(), writer.run("open")]
    figures.note(syncs=shim.calls(DiskOperation.SYNC), writes=shim.calls(DiskOperation.WRITE))
    figures.at_least(DELAY, slow_write_seconds=slow.seconds, hung_write_seconds=hung.seconds)
    assert (full.error, read_only.error) == ("SQLITE_FULL", errno.EROFS)
    assert [result.error for result in (before, slow, hung, *after)] == [None] * 5
    figures.check()


def test_the_wall_clock_moves_in_a_running_process(shim: FaultShim, writer: Writer, figures: Figures) -> None:
    """Move the clock forward, back and home; the clock of timers stays."""
    for seconds in (0, DAY, -DAY, 0.05, 0):
        shim.move_clock(seconds)
        result = writer.run()
        assert abs(result.wall_clock - time.time() - seconds) < 5
        assert 0 <= result.seconds < TOLERANCE
    figures.note(moves=5)


async def test_home_assistant_runs_with_a_moved_clock_and_a_slow_disk(
    shim: FaultShim, gateway: Gateway, tmp_path: Path, figures: Figures
) -> None:
    """Start it, move its clock by a day, make its disk slow, and send a message."""
    process = HassProcess(tmp_path / "home", gateway, shim.environment)
    async with ClientSession() as session:
        try:
            await process.start()
            async with process.connected(session) as client:
                shim.move_clock(DAY)
                shim.slow(DiskOperation.SYNC, DELAY)
                message = {"message": "Water!", "target": ["Alice"]}
                await client.call_action(DOMAIN, "send_message", message, answers=True)
                states = {state["entity_id"]: state for state in await client.send_command("get_states")}
        finally:
            await process.kill()
    changed = datetime.fromisoformat(states["sensor.home_pending"]["last_changed"]).timestamp()
    figures.within(TOLERANCE, clock_wrong_by_seconds=abs(changed - time.time() - DAY))
    figures.zero(
        disk_not_used=int(shim.calls(DiskOperation.SYNC) == 0), not_sent=int(len(await gateway.messages()) != 1)
    )
    figures.check()
