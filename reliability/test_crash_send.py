"""Messages while Home Assistant, a real process, is killed by `kill -9` at any instant, or stopped, and starts again.

A caller that got no answer because the process died knows nothing: that message may not be doubled and, once a request
of it was sent, not be lost.
"""

import asyncio
import json
import re
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random
from shutil import copy
from tempfile import TemporaryDirectory
from urllib.parse import unquote_to_bytes

from aiohttp import ClientSession

from custom_components.smsmode.const import DOMAIN
from tests.support.gateway import Gateway

from .figures import Figures
from .hass_process import ActionError, HassClient, HassProcess, HassStoppedError
from .random_faults import SENDING, Choice, RandomFaults
from .send_oracle import MARK, ExpectedMessage, LossReports, Outcome, compare
from .send_simulator import GROUPS, Call, SendSimulator
from .test_sends import REPEATED, counted

QUICK, FULL = 3, 50
# After so many kills, one more run ends in order.
STOP_EVERY = 5
BURST = 1.2
MAX_START = 3.0
FAULT_RATE = 0.6
# The gateway is slow, so that the process dies in the middle of a request; what hangs took effect, or never will.
DELAYS: tuple[Choice, ...] = (
    ("slow:0.2", True),
    ("slow:0.2", False),
    ("slow:0.5", True),
    ("slow:1", False),
    ("hang_before", None),
    ("hang_after", None),
)
SETTLED_AFTER = 900
REFERENCE = re.compile(r"refClient=(\w+)")
SQLITE = b"SQLite format 3\0"


class CrashRuns:
    """Runs of a process that is killed again and again."""

    def __init__(self, house: HassProcess, session: ClientSession, faults: RandomFaults, rng: Random) -> None:
        """Begin before the first run."""
        self.house = house
        self.faults = faults
        self.entries: list[ExpectedMessage] = []
        self.counts = Counter[str]()
        self._session = session
        self._simulator = SendSimulator(rng, REPEATED)
        self._rng = rng

    async def crash_while_starting(self) -> None:
        """Kill the process while it starts."""
        await self.house.start()
        await asyncio.sleep(self._rng.uniform(0, MAX_START))
        await self._kill()

    async def crash_while_sending(self, *, in_order: bool = False) -> None:
        """Kill the process, or stop it, during calls."""
        await self.house.start()
        in_flight: set[int] = set()
        async with self.house.connected(self._session) as client:
            if not self.faults.fault_rate:
                await self._prepare(client)
            calls = [call for _ in range(self._rng.randint(8, 14)) for call in self._simulator.calls()]
            work = [asyncio.create_task(self._call(client, call, in_flight)) for call in calls]
            await asyncio.sleep(self._rng.uniform(0.1, BURST))
            self.counts["in flight"] += len(in_flight)
            await (self._stop() if in_order else self._kill())
            await asyncio.gather(*work)

    async def run_until_idle(self) -> None:
        """Run without faults until the queue is empty."""
        self.faults.fault_rate = 0
        await self.house.start()
        async with self.house.connected(self._session) as client, asyncio.timeout(SETTLED_AFTER):
            while await client.state("sensor.home_queued") != "0":  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.5)
        await self._kill()

    async def _prepare(self, client: HassClient) -> None:
        """Create the groups and send a first message, before there are faults."""
        for name, numbers in GROUPS.items():
            for number in numbers:
                contact = {"name": "Somebody", "number": number, "groups": [name]}
                await client.call_action(DOMAIN, "add_contact", contact, answers=True)
        await client.call_action(DOMAIN, "send_message", {"message": "The first", "target": ["Alice"]}, answers=True)
        # Home Assistant writes a new account down after a second; before that a fall makes it another one.
        while not self.house.has_account:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
        self.faults.fault_rate = FAULT_RATE

    async def _call(self, client: HassClient, call: Call, in_flight: set[int]) -> None:
        await asyncio.sleep(self._rng.uniform(0, BURST))
        if client.is_closed:
            return
        self.entries += call.entries
        in_flight.add(id(call))
        try:
            call.note_response(await client.call_action(call.domain, call.action, call.data, answers=call.answers))
        except ActionError as err:
            call.note_error(err.key)
        except HassStoppedError:
            self.counts["unanswered"] += 1
        in_flight.discard(id(call))

    async def _kill(self) -> None:
        await self.house.kill()
        self._check_files()

    async def _stop(self) -> None:
        self.counts["bad stops"] += not await self.house.stop()
        self._check_files()

    def _check_files(self) -> None:
        self.counts["runs"] += 1
        self.counts["unreadable"] += unreadable(self.house.folder)


async def test_whoever_kills_the_house_nothing_is_lost_or_doubled(
    gateway: Gateway, tmp_path: Path, rng: Random, quick: bool, figures: Figures
) -> None:
    """Run and kill many times, run until idle, and compare."""
    await gateway.set(balance=1_000_000, progression=1)
    faults = RandomFaults(rng, stalls=DELAYS, stall_weight=15)
    gateway.emulator.faults = faults
    house, kills = HassProcess(tmp_path / "home", gateway), QUICK if quick else FULL
    async with ClientSession() as session:
        runs = CrashRuns(house, session, faults, rng)
        try:
            for number in range(kills):
                await (runs.crash_while_starting() if number % 10 == 9 else runs.crash_while_sending())
                if number % STOP_EVERY == 0:
                    await runs.crash_while_sending(in_order=True)
            await runs.run_until_idle()
        finally:
            await house.kill()
    await _mark_started(runs.entries, gateway)
    verdict = compare(runs.entries, await gateway.messages(), _losses(house))
    figures.note(
        kills=kills,
        stops_in_order=len(range(0, kills, STOP_EVERY)),
        runs=runs.counts["runs"],
        messages=len(runs.entries),
        in_flight_at_a_kill=runs.counts["in flight"],
        outcome=counted(Counter(entry.outcome.name.lower() for entry in runs.entries)),
        faults=counted(faults.injected),
        attempts=faults.attempts,
        requests=faults.requests,
    )
    figures.zero(**verdict.figures, unreadable_files=runs.counts["unreadable"], bad_stops=runs.counts["bad stops"])
    if verdict.wrong:
        figures.note(wrong=str(verdict))
    figures.check()


async def _mark_started(entries: list[ExpectedMessage], gateway: Gateway) -> None:
    """Mark the messages without an answer that were started: those of which the gateway got a request."""
    seen: set[str] = set()
    for request in await gateway.requests():
        if request.endpoint in SENDING:
            said = unquote_to_bytes(request.query.encode() + b"&" + request.body).decode("latin-1")
            seen.update(REFERENCE.findall(said), MARK.findall(said))
    for entry in entries:
        reference = entry.report_keys[0][0]
        entry.started = entry.outcome is not Outcome.UNKNOWN or (reference or entry.item[0]) in seen


def _losses(house: HassProcess) -> LossReports:
    """Return the reports of messages that have no id; one that was repeated after a crash counts once."""
    losses = LossReports()
    for report in house.reports:
        losses.add(report)
    return losses.once()


def unreadable(folder: Path) -> int:
    """Count the files of the integration that cannot be read, or that it has quarantined."""
    files = [path for folder in (folder, folder / ".storage") for path in folder.glob("smsmode*") if path.is_file()]
    return sum(not _readable(path) for path in files if not path.name.endswith(("-wal", "-shm", "-journal")))


def _readable(path: Path) -> bool:
    content = path.read_bytes()
    if "unreadable" in path.name or "corrupt" in path.name:
        return False
    if not content.startswith(SQLITE):
        return not content or isinstance(json.loads(content), dict)
    with TemporaryDirectory() as elsewhere:
        # Not in its place: whoever opens it repairs it.
        for piece in path.parent.glob(f"{path.name}*"):
            copy(piece, elsewhere)
        with closing(sqlite3.connect(Path(elsewhere, path.name))) as database:
            (verdict,) = database.execute("PRAGMA integrity_check").fetchone()
    return bool(verdict == "ok")
