"""What quiet hours hold back is at the gateway once, and in the calendar, though Home Assistant is killed meanwhile."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from aiohttp import ClientSession

from custom_components.smsmode.const import DOMAIN
from tests.support.gateway import Gateway, GatewayMessage
from tests.support.house import ALICE

from .conftest import Figures
from .hass_process import HouseGoneError, RealHouse, Visit

QUICK, FULL = 2, 12
LONGEST_LIFE = 0.4
SETTLED_AFTER = 240


@pytest.fixture
def house(gateway: Gateway, tmp_path: Path) -> RealHouse:
    """Give a house in which Alice sleeps for the next hours, whatever time it is."""
    house = RealHouse(tmp_path / "home", gateway)
    written = (house.home / "configuration.yaml").read_text()
    now = datetime.now(UTC)
    times = [f"{now + timedelta(hours=hours):%H:%M}" for hours in (-1, 5)]
    awake = f'number: "{ALICE}"'
    asleep = f'{awake}, quiet_hours: {{start: "{times[0]}", end: "{times[1]}"}}'
    assert awake in written
    written = written.replace(awake, asleep).replace("Europe/Paris", "UTC")
    (house.home / "configuration.yaml").write_text(written)
    return house


async def test_what_is_held_back_survives_every_kill(
    house: RealHouse, gateway: Gateway, chance: Random, quick: bool, figures: Figures
) -> None:
    """Send one text in each life, kill the house in the middle of it, and count in the end."""
    lives, begun = QUICK if quick else FULL, set[str]()
    await gateway.set(balance=1_000)
    async with ClientSession() as session:
        try:
            for number in range(lives):
                await house.start()
                async with house.visited(session) as visit:
                    while not house.has_account:  # noqa: ASYNC110 - another process
                        await asyncio.sleep(0.1)
                    sending = asyncio.create_task(_send(visit, f"Text {number}"))
                    await asyncio.sleep(chance.uniform(0, LONGEST_LIFE))
                    await house.kill()
                    await sending
                begun = {request.params["message"] for request in await gateway.requests("sendSMS.do")}
            await house.start()
            async with house.visited(session) as visit:
                shown = await _calendar(visit)
                woken = sum(_has_left(message) for message in await gateway.messages())
                cancelled = await _cancel_all(visit)
        finally:
            await house.kill()
    figures.note(lives=lives, begun=len(begun), shown=len(shown), cancelled=cancelled)
    figures.zero(
        lost=len(begun - set(shown)),
        doubled=len(shown) - len(set(shown)),
        woken=woken,
        left_over=len(await gateway.messages()),
        unpaid_back=round(1_000 - await gateway.balance()),
    )
    figures.judge()


def _has_left(message: GatewayMessage) -> bool:
    return datetime.fromisoformat(message.leaves_at) < datetime.now(UTC) + timedelta(hours=4)


async def _send(visit: Visit, text: str) -> None:
    with contextlib.suppress(HouseGoneError):
        await visit.act(DOMAIN, "send_message", {"message": text, "target": ["Alice"]}, answers=True)


async def _calendar(visit: Visit) -> list[str]:
    """Give the texts in the calendar, once nothing is in doubt any more."""
    async with asyncio.timeout(SETTLED_AFTER):
        while await visit.state("sensor.home_queued") != "0":  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.5)
    data = {"entity_id": "calendar.home_scheduled", "duration": {"hours": 30}}
    response = await visit.act("calendar", "get_events", data, answers=True)
    assert response is not None
    return [event["summary"] for event in response["calendar.home_scheduled"]["events"]]


async def _cancel_all(visit: Visit) -> int:
    listed = await visit.act(DOMAIN, "get_scheduled", {}, answers=True)
    assert listed is not None
    for message in listed["scheduled"]:
        await visit.act(DOMAIN, "delete_message", {"message_id": message["message_id"]}, answers=True)
    return len(listed["scheduled"])
