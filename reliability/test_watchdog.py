"""A watchdog in a house that is killed with `kill -9` in the middle of its pushes.

The gateway always holds its message, never three of them; after the last start there is exactly one; and when the house
is dead for good, exactly one SMS is delivered.
"""

import asyncio
import json
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from random import Random
from typing import override

from aiohttp import ClientSession
from homeassistant.util.ulid import ulid_now

from emulator.codes import SCHEDULED
from emulator.faults import Fault, Faults
from emulator.state import GatewayState
from tests.support.gateway import Gateway
from tests.support.house import ALICE

from .conftest import Figures
from .hass_process import ActionError, HouseGoneError, RealHouse, Visit

QUICK, FULL = 3, 20
SWITCH, HEALTH = "switch.cellar_armed", "binary_sensor.cellar_health"
MINUTES = 60
STARTING = 3.0
PUSHING = 1.5
SETTLED_AFTER = 600
# So that the house dies in the middle: what is slow was done, or will not be; what hangs was done, or never will be.
TROUBLES = (("slow:0.3", True), ("slow:0.3", False), ("hang_before", None), ("hang_after", None), ("code:50", None))
AT_THE_GATEWAY = ("sendSMS.do", "deleteSMS.do")


class Census:
    """Counts what the gateway holds with every change of it, from when it first holds something."""

    def __init__(self, state: GatewayState) -> None:
        """Listen to a gateway."""
        self._state = state
        self._since_two: float | None = None
        self.begun = False
        self.most = self.least = 1
        self.longest_two = 0.0
        self.changes = 0
        state.listeners.append(lambda *_: self.count())

    @property
    def held(self) -> int:
        """Say how many it holds."""
        return sum(message.status() == SCHEDULED for message in self._state.messages.values())

    def count(self) -> None:
        """Look again."""
        held, now = self.held, time.monotonic()
        self.begun |= held > 0
        if not self.begun:
            return
        self.changes += 1
        self.most, self.least = max(self.most, held), min(self.least, held)
        if held > 1 and self._since_two is None:
            self._since_two = now
        elif held <= 1 and self._since_two is not None:
            self.longest_two = max(self.longest_two, now - self._since_two)
            self._since_two = None


class Troubles(Faults):
    """Goes wrong with what a push asks, half of the time."""

    def __init__(self, chance: Random) -> None:
        """Begin well-behaved."""
        super().__init__()
        self._chance = chance
        self.is_bad = False
        self.met: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()

    @override
    def take(self, endpoint: str, now: datetime) -> Fault | None:
        """Draw a fault for a request, or none."""
        self.asked[endpoint] += 1
        if not self.is_bad or endpoint not in AT_THE_GATEWAY or self._chance.random() < 0.5:
            return None
        fault, acts = self._chance.choice(TROUBLES)
        self.met[fault.partition(":")[0]] += 1
        return Fault.read({"endpoint": endpoint, "fault": fault, "act": acts}, now)


async def test_whoever_kills_the_house_one_message_waits_and_silence_sends_it(
    gateway: Gateway, tmp_path: Path, chance: Random, quick: bool, figures: Figures
) -> None:
    """Arm, die many times, rest, fall silent."""
    kills = QUICK if quick else FULL
    gateway.emulator.faults = troubles = Troubles(chance)
    census = Census(gateway.emulator.state)
    house = RealHouse(tmp_path / "home", gateway)
    async with ClientSession() as session:
        try:
            await _arm(house, session)
            for number in range(kills):
                troubles.is_bad = True
                await (_die_starting if number % 4 == 3 else _die_pushing)(house, session, chance)
                troubles.is_bad = False
                await gateway.release()
            await _rest(house, session, census)
            held_after_rest = census.held
        finally:
            await house.kill()
    pushes = troubles.asked["sendSMS.do"]
    least, most = census.least, census.most
    await gateway.advance((MINUTES + 5) * 60)
    delivered = [message for message in await gateway.messages() if message.status != SCHEDULED]
    figures.note(kills=kills, pushes=pushes, deletions=troubles.asked["deleteSMS.do"], changes=census.changes)
    figures.note(faults=", ".join(f"{count} {name}" for name, count in sorted(troubles.met.items())) or "none")
    figures.within(2, held_at_most=most)
    figures.at_least(1, held_at_least=least)
    figures.note(two_at_once_for_seconds=round(census.longest_two, 1))
    figures.zero(not_exactly_one_after_the_last_start=int(held_after_rest != 1))
    figures.zero(not_exactly_one_delivered=int(len(delivered) != 1), left_scheduled=census.held)
    figures.within(1, credits_spent=100 - await gateway.balance())
    figures.judge()


async def _arm(house: RealHouse, session: ClientSession) -> None:
    """Live until the account is written down; come back with a watchdog, and switch it on."""
    await house.start()
    async with house.visited(session):
        while not house.has_account:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
    await house.kill()
    _furnish(house)
    await house.start()
    async with house.visited(session) as visit:
        await _push(visit)
        await _until(visit, SWITCH, "on")
        await house.kill()


def _furnish(house: RealHouse) -> None:
    """Write a watchdog into what Home Assistant knows of the account."""
    path = house.home / ".storage" / "core.config_entries"
    document = json.loads(path.read_text())
    (entry,) = [entry for entry in document["data"]["entries"] if entry["domain"] == "smsmode"]
    data = {"targets": [ALICE], "message": "The house is silent.", "minutes": MINUTES, "quiet_minutes": 0}
    watchdog = {"subentry_id": ulid_now(), "subentry_type": "watchdog", "title": "Cellar", "unique_id": None}
    entry["subentries"].append(watchdog | {"data": data})
    path.write_text(json.dumps(document))


async def _die_starting(house: RealHouse, _session: ClientSession, chance: Random) -> None:
    """Be killed while it starts, which is when it pushes."""
    await house.start()
    await asyncio.sleep(chance.uniform(0, STARTING))
    await house.kill()


async def _die_pushing(house: RealHouse, session: ClientSession, chance: Random) -> None:
    """Be killed while somebody has it push again and again."""
    await house.start()
    async with house.visited(session) as visit:
        pushing = asyncio.create_task(_push_for_ever(visit))
        await asyncio.sleep(chance.uniform(0.05, PUSHING))
        await house.kill()
        await pushing


async def _push_for_ever(visit: Visit) -> None:
    while not visit.over:
        await _push(visit)
        await asyncio.sleep(0.02)


async def _push(visit: Visit) -> None:
    try:
        await visit.act("switch", "turn_on", {"entity_id": SWITCH}, answers=False)
    except ActionError, HouseGoneError:
        # Not taken this time, or by nobody any more.
        return


async def _rest(house: RealHouse, session: ClientSession, census: Census) -> None:
    """Live until all is well."""
    await house.start()
    async with house.visited(session) as visit, asyncio.timeout(SETTLED_AFTER):
        while census.held != 1 or await visit.state("sensor.home_queued") != "0":  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.5)
        await _push(visit)
        await _until(visit, HEALTH, "off")
        while census.held != 1:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
    await house.kill()


async def _until(visit: Visit, entity_id: str, state: str) -> None:
    async with asyncio.timeout(SETTLED_AFTER):
        while await visit.state(entity_id) != state:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.2)
