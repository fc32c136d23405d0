"""A watchdog in a Home Assistant that is killed with `kill -9` in the middle of its pushes.

The gateway always has its message scheduled, never three of them; after the last start there is exactly one; and when
the process stops for good, exactly one SMS is delivered.
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

from .figures import Figures
from .hass_process import ActionError, HassClient, HassProcess, HassStoppedError

QUICK, FULL = 3, 20
SWITCH, HEALTH = "switch.cellar_armed", "binary_sensor.cellar_health"
MINUTES = 60
MAX_START = 3.0
MAX_PUSHES = 1.5
SETTLED_AFTER = 600
# So that the process dies in the middle: what is slow or hangs took effect, or never will.
PUSH_FAULTS = (("slow:0.3", True), ("slow:0.3", False), ("hang_before", None), ("hang_after", None), ("code:50", None))
PUSH_ENDPOINTS = ("sendSMS.do", "deleteSMS.do")


class ScheduledMonitor:
    """Monitor of the scheduled messages, counted at each change from the first one on."""

    def __init__(self, state: GatewayState) -> None:
        """Listen to the changes of a gateway."""
        self._state = state
        self._since_two: float | None = None
        self.started = False
        self.most = self.least = 1
        self.longest_two = 0.0
        self.changes = 0
        state.listeners.append(lambda *_: self.count())

    @property
    def held(self) -> int:
        """Return the number of scheduled messages."""
        return sum(message.status() == SCHEDULED for message in self._state.messages.values())

    def count(self) -> None:
        """Count again."""
        held, now = self.held, time.monotonic()
        self.started |= held > 0
        if not self.started:
            return
        self.changes += 1
        self.most, self.least = max(self.most, held), min(self.least, held)
        if held > 1 and self._since_two is None:
            self._since_two = now
        elif held <= 1 and self._since_two is not None:
            self.longest_two = max(self.longest_two, now - self._since_two)
            self._since_two = None


class PushFaults(Faults):
    """Faults of half of the requests of a push."""

    def __init__(self, rng: Random) -> None:
        """Begin without faults."""
        super().__init__()
        self._rng = rng
        self.is_active = False
        self.injected: Counter[str] = Counter()
        self.received: Counter[str] = Counter()

    @override
    def take(self, endpoint: str, now: datetime) -> Fault | None:
        """Draw a fault for a request, or none."""
        self.received[endpoint] += 1
        if not self.is_active or endpoint not in PUSH_ENDPOINTS or self._rng.random() < 0.5:
            return None
        fault, acts = self._rng.choice(PUSH_FAULTS)
        self.injected[fault.partition(":")[0]] += 1
        return Fault.read({"endpoint": endpoint, "fault": fault, "act": acts}, now)


async def test_whoever_kills_the_house_one_message_waits_and_silence_sends_it(
    gateway: Gateway, tmp_path: Path, rng: Random, quick: bool, figures: Figures
) -> None:
    """Arm it, kill the process many times, run until idle, stop for good."""
    kills = QUICK if quick else FULL
    gateway.emulator.faults = faults = PushFaults(rng)
    monitor = ScheduledMonitor(gateway.emulator.state)
    house = HassProcess(tmp_path / "home", gateway)
    async with ClientSession() as session:
        try:
            await _arm(house, session)
            for number in range(kills):
                faults.is_active = True
                await (_crash_while_starting if number % 4 == 3 else _crash_while_pushing)(house, session, rng)
                faults.is_active = False
                await gateway.release()
            await _run_until_idle(house, session, monitor)
            held_after_rest = monitor.held
        finally:
            await house.kill()
    pushes = faults.received["sendSMS.do"]
    least, most = monitor.least, monitor.most
    await gateway.advance((MINUTES + 5) * 60)
    delivered = [message for message in await gateway.messages() if message.status != SCHEDULED]
    figures.note(kills=kills, pushes=pushes, deletions=faults.received["deleteSMS.do"], changes=monitor.changes)
    figures.note(faults=", ".join(f"{count} {name}" for name, count in sorted(faults.injected.items())) or "none")
    figures.within(2, held_at_most=most)
    figures.at_least(1, held_at_least=least)
    figures.note(two_at_once_for_seconds=round(monitor.longest_two, 1))
    figures.zero(not_exactly_one_after_the_last_start=int(held_after_rest != 1))
    figures.zero(not_exactly_one_delivered=int(len(delivered) != 1), left_scheduled=monitor.held)
    figures.within(1, credits_spent=100 - await gateway.balance())
    figures.check()


async def _arm(house: HassProcess, session: ClientSession) -> None:
    """Run until the account is stored; start again with a watchdog, and switch it on."""
    await house.start()
    async with house.connected(session):
        while not house.has_account:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
    await house.kill()
    _prepare(house)
    await house.start()
    async with house.connected(session) as client:
        await _push(client)
        await _wait_until(client, SWITCH, "on")
        await house.kill()


def _prepare(house: HassProcess) -> None:
    """Add a watchdog to the stored config entry."""
    path = house.folder / ".storage" / "core.config_entries"
    document = json.loads(path.read_text())
    (entry,) = [entry for entry in document["data"]["entries"] if entry["domain"] == "smsmode"]
    data = {"targets": [ALICE], "message": "The house is silent.", "minutes": MINUTES, "quiet_minutes": 0}
    watchdog = {"subentry_id": ulid_now(), "subentry_type": "watchdog", "title": "Cellar", "unique_id": None}
    entry["subentries"].append(watchdog | {"data": data})
    path.write_text(json.dumps(document))


async def _crash_while_starting(house: HassProcess, _session: ClientSession, rng: Random) -> None:
    """Kill the process while it starts, which is when it pushes."""
    await house.start()
    await asyncio.sleep(rng.uniform(0, MAX_START))
    await house.kill()


async def _crash_while_pushing(house: HassProcess, session: ClientSession, rng: Random) -> None:
    """Kill the process while it pushes again and again."""
    await house.start()
    async with house.connected(session) as client:
        pushing = asyncio.create_task(_push_for_ever(client))
        await asyncio.sleep(rng.uniform(0.05, MAX_PUSHES))
        await house.kill()
        await pushing


async def _push_for_ever(client: HassClient) -> None:
    while not client.is_closed:
        await _push(client)
        await asyncio.sleep(0.02)


async def _push(client: HassClient) -> None:
    try:
        await client.call_action("switch", "turn_on", {"entity_id": SWITCH}, answers=False)
    except ActionError, HassStoppedError:
        # Not taken this time, or by nobody any more.
        return


async def _run_until_idle(house: HassProcess, session: ClientSession, monitor: ScheduledMonitor) -> None:
    """Run until one message is scheduled and the watchdog is healthy."""
    await house.start()
    async with house.connected(session) as client, asyncio.timeout(SETTLED_AFTER):
        while monitor.held != 1 or await client.state("sensor.home_queued") != "0":  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.5)
        await _push(client)
        await _wait_until(client, HEALTH, "off")
        while monitor.held != 1:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
    await house.kill()


async def _wait_until(client: HassClient, entity_id: str, state: str) -> None:
    async with asyncio.timeout(SETTLED_AFTER):
        while await client.state(entity_id) != state:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.2)
