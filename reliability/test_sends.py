"""Messages while the gateway drops, stalls and garbles: each accepted once, or reported as refused or given up.

Nothing comes from the integration itself: for each message, its outcome is compared with the gateway.
"""

import asyncio
from collections import Counter
from random import Random
from time import sleep
from typing import Any

import pytest
from homeassistant.core import Event
from homeassistant.exceptions import HomeAssistantError
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from tests.support.gateway import Gateway
from tests.support.house import House, account_entry

from .figures import Figures
from .random_faults import RandomFaults
from .send_oracle import ExpectedMessage, LossReports, compare
from .send_simulator import GROUPS, Call, SendSimulator

QUICK, FULL = 60, 1_000
# How many hundredths of a second without a request are a stall.
STALLED_AFTER = 5
# After so many of them it will not go on by itself.
STUCK_AFTER = 100
HOURS_AFTER = 3
# How often the line is down, so that no connection is made at all.
OUTAGE = 0.1
# An identical text to the same recipient within a minute is held back unless it says so.
REPEATED = {"repeat": True}


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account without limits."""
    return account_entry(gateway, daily_limit=0, recipient_hourly_limit=0, callbacks="off")


class BurstRunner:
    """Runner of bursts; time moves on for the house whatever the gateway does."""

    def __init__(self, house: House, faults: RandomFaults, rng: Random) -> None:
        """Keep the house, the faults and the random numbers."""
        self._house = house
        self._faults = faults
        self._rng = rng
        self._is_online = True
        self.outages = 0

    async def burst(self, calls: list[Call]) -> None:
        """Make calls at the same time, and wait for all their tasks."""
        await self._run_through(asyncio.gather(*map(self._call, calls)))
        await self._settle()

    async def outage(self, calls: list[Call], seconds: float) -> None:
        """Make calls while no connection is possible, and move time before it is again."""
        self.outages += 1
        # A gateway that stops waits for what it has not answered yet.
        fault_rate, self._faults.fault_rate = self._faults.fault_rate, 0
        await self._house.gateway.release()
        await self.wait(60)
        self._is_online = False
        async with self._house.gateway.offline():
            await self.burst(calls)
            await self.wait(seconds)
        self._is_online = True
        self._faults.fault_rate = fault_rate

    async def wait(self, seconds: float) -> None:
        """Move time."""
        self._tick(seconds)
        await self._settle()

    async def _call(self, call: Call) -> None:
        """Make a call, which may be cancelled, and record its outcome."""
        services = self._house.hass.services
        # Eager: who goes away has at least asked.
        work = asyncio.create_task(
            services.async_call(call.domain, call.action, call.data, blocking=True, return_response=call.answers),
            eager_start=True,
        )
        if call.leaves:
            for _ in range(self._rng.randrange(100)):
                await asyncio.sleep(0)
            work.cancel()
        try:
            call.note_response(await work)
        except asyncio.CancelledError:
            return
        except HomeAssistantError as err:
            call.note_error(err.translation_key)

    async def _settle(self) -> None:
        await self._run_through(
            asyncio.ensure_future(self._house.hass.async_block_till_done(wait_background_tasks=True))
        )

    async def _run_through(self, work: asyncio.Future[Any]) -> None:
        """Wait for work; while it stalls, release the gateway or move time past the timeout."""
        stalls = 0
        while not work.done():
            before = self._faults.requests
            assert stalls < STUCK_AFTER, asyncio.all_tasks()
            for _ in range(STALLED_AFTER):
                # Real time: the clock of the loop stands still.
                await asyncio.get_running_loop().run_in_executor(None, sleep, 0.01)
                if work.done():
                    break
            else:
                if before == self._faults.requests:
                    stalls += 1
                    await self._stalled()
        await work

    async def _stalled(self) -> None:
        if self._is_online and self._rng.random() < 0.5:
            await self._house.gateway.release()
        else:
            self._tick(31)

    def _tick(self, seconds: float) -> None:
        self._house.freezer.tick(seconds)
        async_fire_time_changed(self._house.hass)


async def _open(house: House, faults: RandomFaults) -> None:
    """Prepare credits and groups, and set the faults of the gateway."""
    await house.gateway.set(balance=1_000_000, progression=1)
    for name, numbers in GROUPS.items():
        for number in numbers:
            await house.async_call("add_contact", name="Somebody", number=number, groups=[name])
    await house.async_call("send_message", message="The first", target=["Alice"])
    house.gateway.emulator.faults = faults


async def test_each_is_accepted_once_or_said_to_be_lost(
    house: House, rng: Random, quick: bool, figures: Figures
) -> None:
    """Send in bursts, end the faults, and compare."""
    faults, simulator = RandomFaults(rng), SendSimulator(rng, REPEATED)
    runner, entries = BurstRunner(house, faults, rng), list[ExpectedMessage]()
    reports = house.capture("smsmode_delivery_report")
    await _open(house, faults)
    while len(entries) < (QUICK if quick else FULL):
        faults.fault_rate = rng.choice((0.1, 0.4, 0.4, 0.7, 1.0))
        calls = [call for _ in range(rng.randint(1, 5)) for call in simulator.calls()]
        entries += [entry for call in calls for entry in call.entries]
        pause = rng.choice((1, 5, 20, 40, 60, 300))
        if rng.random() < OUTAGE:
            await runner.outage(calls, pause)
        else:
            await runner.burst(calls)
            await runner.wait(pause)
    faults.fault_rate = 0
    for _ in range(HOURS_AFTER * 60):
        await runner.wait(60)
    verdict = compare(entries, await house.gateway.messages(), _losses(reports))
    figures.note(
        messages=len(entries),
        outcome=counted(Counter(entry.outcome.name.lower() for entry in entries)),
        faults=counted(faults.injected),
        outages=runner.outages,
        attempts=faults.attempts,
        requests=faults.requests,
    )
    figures.zero(**verdict.figures, still_queued=int(house.state("sensor.home_queued").state))
    if verdict.wrong:
        figures.note(wrong=str(verdict))
    figures.check()


def _losses(reports: list[Event]) -> LossReports:
    """Count the reports of messages that have no id."""
    losses = LossReports()
    for event in reports:
        losses.add(event.data)
    return losses


def counted(counter: Counter[str]) -> str:
    """Format counts, the most frequent first."""
    return ", ".join(f"{name} {count}" for name, count in counter.most_common())
