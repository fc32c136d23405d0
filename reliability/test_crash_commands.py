"""Home Assistant is killed during commands by SMS: each is done at most once, and answered once.

Of three runs one ends at any instant, one between the script and its answer, and one when the gateway has accepted the
answer without answering itself.
"""

import asyncio
import json
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from aiohttp import ClientSession

from custom_components.smsmode.config.commands import hash_pin
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS

from .figures import Figures
from .hass_process import HassClient, HassProcess

QUICK, FULL = 4, 19
MAX_RUN = 1.0
PATIENCE = 240
PIN = "4711"
SCRIPTS = """
script:
"""
SCRIPT = """
  gate_{number}:
    sequence:
      - event: gate_opened
        event_data: {{gate: {number}}}
      - delay: 0.5
"""


@pytest.fixture
def house(gateway: Gateway, tmp_path: Path, quick: bool) -> HassProcess:
    """Return a process with gates, each opened by a script."""
    house = HassProcess(tmp_path / "home", gateway)
    scripts = "".join(SCRIPT.format(number=number) for number in range(_count(quick)))
    with (house.folder / "configuration.yaml").open("a") as configuration:
        configuration.write(SCRIPTS + scripts)
    return house


async def test_a_command_is_never_done_twice_nor_answered_twice_whoever_kills_the_house(
    house: HassProcess, gateway: Gateway, rng: Random, quick: bool, figures: Figures
) -> None:
    """Send one command in each run and kill the process in the middle, but for the last run."""
    gates = _count(quick)
    async with ClientSession() as session:
        try:
            await _set_up(house, session, gates)
            for gate in range(gates - 1):
                await gateway.reply(ALICE_DIGITS, f"{PIN} Open gate {gate}", stray=True, callback=False)
                await _run_and_crash(house, gateway, session, gate, rng)
            await gateway.reply(ALICE_DIGITS, f"{PIN} Open gate {gates - 1}", stray=True, callback=False)
            await house.start()
            async with house.connected(session) as client:
                await _wait_until_settled(client, house, gates - 1)
        finally:
            await house.kill()
    opened = Counter(event["gate"] for event in house.events)
    answered = Counter(message.text for message in await gateway.messages())
    segments = sum(message.segments for message in await gateway.messages())
    figures.note(kills=gates - 1, commands=gates, done=len(opened), answered=len(answered))
    figures.zero(
        done_twice=sum(opened.values()) - len(opened),
        answered_twice=sum(answered.values()) - len(answered),
        done_wrongly=sum(text not in {_answer(gate) for gate in opened} for text in answered),
        last_not_done=int(opened[gates - 1] != 1) + int(answered[_answer(gates - 1)] != 1),
        credits_too_many=round(100 - await gateway.balance()) - sum(answered.values()),
        segments_too_many=segments - sum(answered.values()),
    )
    figures.at_least(gates // 2, done_all_the_same=len(opened))
    figures.check()


def _count(quick: bool) -> int:
    return QUICK if quick else FULL


def _answer(gate: int) -> str:
    return f"Open gate {gate}: done."


async def _set_up(house: HassProcess, session: ClientSession, gates: int) -> None:
    """Run once, so that there is an account, and store that Alice may send commands."""
    await house.start()
    async with house.connected(session) as client:
        await _wait_until(client, "sensor.home_queued", "0")
    assert await house.stop()
    file = house.folder / ".storage" / "core.config_entries"
    written = json.loads(file.read_text())
    (entry,) = [entry for entry in written["data"]["entries"] if entry["domain"] == "smsmode"]
    alice = next(each["subentry_id"] for each in entry["subentries"] if each["title"] == "Alice")
    commands = [{"words": f"Open gate {gate}", "script": f"script.gate_{gate}"} for gate in range(gates)]
    entry["subentries"].append(
        {
            "data": {
                "recipient": alice,
                "commands": commands,
                "pin": hash_pin(PIN),
                "assist": False,
                "hourly_limit": 30,
            },
            "subentry_id": "01COMMANDS",
            "subentry_type": "commands",
            "title": "Alice",
            "unique_id": f"commands:{alice}",
        }
    )
    file.write_text(json.dumps(written))


async def _run_and_crash(house: HassProcess, gateway: Gateway, session: ClientSession, gate: int, rng: Random) -> None:
    """Kill the process: at any instant, when it has opened the gate, or while it answers."""
    before = gateway.latest_serial
    if gate % 3 == 2:
        await gateway.fail("sendSMS.do", "hang_after")
    await house.start()
    async with house.connected(session), asyncio.timeout(PATIENCE):
        match gate % 3:
            case 0:
                await asyncio.sleep(rng.uniform(0, MAX_RUN))
            case 1:
                await _wait_until_opened(house, gate)
            case 2:
                await gateway.wait_for_requests("sendSMS.do", after=before)
        await house.kill()
    await gateway.clear_faults()


async def _wait_until_settled(client: HassClient, house: HassProcess, last: int) -> None:
    """Wait until the last gate is open and no message is uncertain."""
    await _wait_until_opened(house, last)
    await asyncio.sleep(1)
    await _wait_until(client, "sensor.home_queued", "0")


async def _wait_until_opened(house: HassProcess, gate: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while gate not in {event["gate"] for event in house.events}:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)


async def _wait_until(client: HassClient, entity_id: str, state: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while await client.state(entity_id) != state:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.2)
