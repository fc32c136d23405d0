"""A real process starts in 2020, learns the time, and is set an hour ahead, an hour and 50 ms back, during an alert."""

import asyncio
import time
from itertools import pairwise
from pathlib import Path

import pytest
from aiohttp import ClientSession

from custom_components.smsmode.const import DOMAIN
from tests.support.gateway import Gateway
from tests.support.house import ALICE, ALICE_DIGITS, BOB

from .fault_shim import FaultShim, find_compiler
from .figures import Figures
from .hass_process import HassProcess

HOUR = 3600
# In seconds ahead of true time: at the start, and then during each step.
IN_2020 = -6.5 * 365 * 24 * HOUR
SETTINGS = (0, HOUR, -0.05, -HOUR)
TIMEOUT = 6
PROMPT, EARLY = 10, 1
# The house polls every minute at least.
HEARD_WITHIN = 75
STEPS = [{"target": target, "delivery_timeout": {"seconds": TIMEOUT}} for target in (ALICE, BOB, ALICE, BOB, ALICE)]
ALERT = {"message": "Water! Answer OK.", "alert_id": "cellar", "tell_others": "", "steps": STEPS}


async def test_each_person_is_alarmed_in_time_whatever_the_wall_clock_does(
    gateway: Gateway, tmp_path: Path, figures: Figures
) -> None:
    """Set the clock in the middle of each step, and answer at the end what was sent in 2020."""
    if (compiler := find_compiler()) is None:
        pytest.skip("no C compiler")
    shim = FaultShim(tmp_path, compiler)
    process = HassProcess(tmp_path / "home", gateway, shim.environment)
    shim.move_clock(IN_2020)
    async with ClientSession() as session:
        try:
            await process.start()
            async with process.connected(session) as client:
                while not process.has_account:  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.1)
                await client.call_action(DOMAIN, "alert", ALERT, answers=True)
                arrived = [await _arrival(gateway, 1)]
                for number, setting in enumerate(SETTINGS, start=2):
                    await asyncio.sleep(TIMEOUT / 2)
                    shim.move_clock(setting)
                    arrived.append(await _arrival(gateway, number))
                shim.move_clock(0)
                first = (await gateway.messages())[0]
                await gateway.reply(ALICE_DIGITS, "OK", first.id, callback=False)
                answered_at = time.monotonic()
                while await client.state("sensor.home_active_alerts") != "0":
                    assert time.monotonic() - answered_at < HEARD_WITHIN
                    await asyncio.sleep(0.5)
        finally:
            await process.kill()
    waits = [later - earlier - TIMEOUT for earlier, later in pairwise(arrived)]
    states = [event["state"] for event in process.events if event["state"] in {"acknowledged", "exhausted"}]
    figures.note(settings=len(SETTINGS) + 2, messages=len(await gateway.messages()))
    figures.within(PROMPT, latest_seconds=round(max(waits), 1))
    figures.at_least(-EARLY, earliest_seconds=round(min(waits), 1))
    figures.zero(not_acknowledged=int(states[-1:] != ["acknowledged"]))
    figures.check()


async def _arrival(gateway: Gateway, count: int) -> float:
    """Return when the gateway has so many messages."""
    async with asyncio.timeout(2 * TIMEOUT + PROMPT):
        while len(await gateway.messages()) < count:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
    return time.monotonic()
