"""The same while Home Assistant, a real process, is killed by `kill -9` at any instant, or stopped, and starts again.

Who got no answer because the house died knows nothing: that message may not be doubled and, once a request of it has
left, not be lost.
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

from .conftest import Figures
from .hass_process import ActionError, HouseGoneError, RealHouse, Visit
from .random_faults import SENDING, Choice, Weather
from .send_oracle import MARK, Entry, Sign, Told, judge
from .send_simulator import GROUPS, Call, Senders
from .test_sends import REPEATED, counted

QUICK, FULL = 3, 50
# Among so many kills, one more life ends in order.
STOP_EVERY = 5
BURST = 1.2
STARTING = 3.0
BADNESS = 0.6
# The gateway dawdles, so that the house dies in the middle of a request; what hangs then was taken, or never will be.
DAWDLES: tuple[Choice, ...] = (
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


class Lives:
    """What happens to a house that is killed again and again."""

    def __init__(self, house: RealHouse, session: ClientSession, weather: Weather, chance: Random) -> None:
        """Begin before the first life."""
        self.house = house
        self.weather = weather
        self.entries: list[Entry] = []
        self.counts = Counter[str]()
        self._session = session
        self._senders = Senders(chance, REPEATED)
        self._chance = chance

    async def die_starting(self) -> None:
        """Be killed before anybody could come in, or just then."""
        await self.house.start()
        await asyncio.sleep(self._chance.uniform(0, STARTING))
        await self._kill()

    async def die_sending(self, *, in_order: bool = False) -> None:
        """Be killed, or stopped, in a stream of calls."""
        await self.house.start()
        flying: set[int] = set()
        async with self.house.visited(self._session) as visit:
            if not self.weather.badness:
                await self._furnish(visit)
            calls = [call for _ in range(self._chance.randint(8, 14)) for call in self._senders.calls()]
            work = [asyncio.create_task(self._call(visit, call, flying)) for call in calls]
            await asyncio.sleep(self._chance.uniform(0.1, BURST))
            self.counts["in flight"] += len(flying)
            await (self._stop() if in_order else self._kill())
            await asyncio.gather(*work)

    async def rest(self) -> None:
        """Live until nothing waits any more, and nothing goes wrong."""
        self.weather.badness = 0
        await self.house.start()
        async with self.house.visited(self._session) as visit, asyncio.timeout(SETTLED_AFTER):
            while await visit.state("sensor.home_queued") != "0":  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.5)
        await self._kill()

    async def _furnish(self, visit: Visit) -> None:
        """Make the groups, and let the gateway have a first message, while nothing goes wrong yet."""
        for name, numbers in GROUPS.items():
            for number in numbers:
                contact = {"name": "Somebody", "number": number, "groups": [name]}
                await visit.act(DOMAIN, "add_contact", contact, answers=True)
        await visit.act(DOMAIN, "send_message", {"message": "The first", "target": ["Alice"]}, answers=True)
        # Home Assistant writes a new account down after a second; before that a fall makes it another one.
        while not self.house.has_account:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
        self.weather.badness = BADNESS

    async def _call(self, visit: Visit, call: Call, flying: set[int]) -> None:
        await asyncio.sleep(self._chance.uniform(0, BURST))
        if visit.over:
            return
        self.entries += call.entries
        flying.add(id(call))
        try:
            call.hear(await visit.act(call.domain, call.action, call.data, answers=call.answers))
        except ActionError as err:
            call.hear_error(err.key)
        except HouseGoneError:
            self.counts["unanswered"] += 1
        flying.discard(id(call))

    async def _kill(self) -> None:
        await self.house.kill()
        self._look_back()

    async def _stop(self) -> None:
        self.counts["bad stops"] += not await self.house.stop()
        self._look_back()

    def _look_back(self) -> None:
        self.counts["lives"] += 1
        self.counts["unreadable"] += unreadable(self.house.home)


async def test_whoever_kills_the_house_nothing_is_lost_or_doubled(
    gateway: Gateway, tmp_path: Path, chance: Random, quick: bool, figures: Figures
) -> None:
    """Live and die many times, rest, and compare."""
    await gateway.set(balance=1_000_000, progression=1)
    weather = Weather(chance, stalls=DAWDLES, stalling=15)
    gateway.emulator.faults = weather
    house, kills = RealHouse(tmp_path / "home", gateway), QUICK if quick else FULL
    async with ClientSession() as session:
        lives = Lives(house, session, weather, chance)
        try:
            for number in range(kills):
                await (lives.die_starting() if number % 10 == 9 else lives.die_sending())
                if number % STOP_EVERY == 0:
                    await lives.die_sending(in_order=True)
            await lives.rest()
        finally:
            await house.kill()
    await _mark_begun(lives.entries, gateway)
    verdict = judge(lives.entries, await gateway.messages(), _given_up(house))
    figures.note(
        kills=kills,
        stops_in_order=len(range(0, kills, STOP_EVERY)),
        lives=lives.counts["lives"],
        messages=len(lives.entries),
        in_flight_at_a_kill=lives.counts["in flight"],
        told=counted(Counter(entry.told.name.lower() for entry in lives.entries)),
        faults=counted(weather.met),
        attempts=weather.attempts,
        requests=weather.requests,
    )
    figures.zero(**verdict.figures, unreadable_files=lives.counts["unreadable"], bad_stops=lives.counts["bad stops"])
    if verdict.wrong:
        figures.note(wrong=str(verdict))
    figures.judge()


async def _mark_begun(entries: list[Entry], gateway: Gateway) -> None:
    """Find out which messages without an answer the house had taken on: those of which the gateway saw a request."""
    seen: set[str] = set()
    for request in await gateway.requests():
        if request.endpoint in SENDING:
            said = unquote_to_bytes(request.query.encode() + b"&" + request.body).decode("latin-1")
            seen.update(REFERENCE.findall(said), MARK.findall(said))
    for entry in entries:
        reference = entry.signs[0][0]
        entry.begun = entry.told is not Told.NOTHING or (reference or entry.item[0]) in seen


def _given_up(house: RealHouse) -> dict[Sign, int]:
    """Give the reports of messages that never left; one that was made again after a fall counts once."""
    return {(report["reference"], report["number"]): 1 for report in house.reports if report["message_id"] is None}


def unreadable(home: Path) -> int:
    """Count the files of ours that cannot be read, or that the house itself has put aside."""
    files = [path for folder in (home, home / ".storage") for path in folder.glob("smsmode*") if path.is_file()]
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
