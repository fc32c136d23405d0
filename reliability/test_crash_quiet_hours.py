"""Messages deferred by quiet hours are at the gateway once, and in the calendar, though Home Assistant is killed."""

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

from .figures import Figures
from .hass_process import HassClient, HassProcess, HassStoppedError

QUICK, FULL = 2, 12
MAX_RUN = 0.4
SETTLED_AFTER = 240


@pytest.fixture
def house(gateway: Gateway, tmp_path: Path) -> HassProcess:
    """Return a process in which Alice has quiet hours for the next hours, whatever time it is."""
    house = HassProcess(tmp_path / "home", gateway)
    written = (house.folder / "configuration.yaml").read_text()
    now = datetime.now(UTC)
    times = [f"{now + timedelta(hours=hours):%H:%M}" for hours in (-1, 5)]
    active_time = f'number: "{ALICE}"'
    asleep = f'{active_time}, quiet_hours: {{start: "{times[0]}", end: "{times[1]}"}}'
    assert active_time in written
    written = written.replace(active_time, asleep).replace("Europe/Paris", "UTC")
    (house.folder / "configuration.yaml").write_text(written)
    return house


async def test_what_is_held_back_survives_every_kill(
    house: HassProcess, gateway: Gateway, rng: Random, quick: bool, figures: Figures
) -> None:
    """Send one text in each run, kill the process in the middle, and count at the end."""
    runs, started = QUICK if quick else FULL, set[str]()
    await gateway.set(balance=1_000)
    async with ClientSession() as session:
        try:
            for number in range(runs):
                await house.start()
                async with house.connected(session) as client:
                    while not house.has_account:  # noqa: ASYNC110 - another process
                        await asyncio.sleep(0.1)
                    sending = asyncio.create_task(_send(client, f"Text {number}"))
                    await asyncio.sleep(rng.uniform(0, MAX_RUN))
                    await house.kill()
                    await sending
                started = {request.params["message"] for request in await gateway.requests("sendSMS.do")}
            await house.start()
            async with house.connected(session) as client:
                shown = await _calendar(client)
                woken = sum(_has_left(message) for message in await gateway.messages())
                cancelled = await _cancel_all(client)
        finally:
            await house.kill()
    figures.note(runs=runs, started=len(started), shown=len(shown), cancelled=cancelled)
    figures.zero(
        lost=len(started - set(shown)),
        doubled=len(shown) - len(set(shown)),
        woken=woken,
        left_over=len(await gateway.messages()),
        unpaid_back=round(1_000 - await gateway.balance()),
    )
    figures.check()


def _has_left(message: GatewayMessage) -> bool:
    return datetime.fromisoformat(message.leaves_at) < datetime.now(UTC) + timedelta(hours=4)


async def _send(client: HassClient, text: str) -> None:
    with contextlib.suppress(HassStoppedError):
        await client.call_action(DOMAIN, "send_message", {"message": text, "target": ["Alice"]}, answers=True)


async def _calendar(client: HassClient) -> list[str]:
    """Return the texts of the calendar, once no message is uncertain."""
    async with asyncio.timeout(SETTLED_AFTER):
        while await client.state("sensor.home_queued") != "0":  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.5)
    data = {"entity_id": "calendar.home_sms_to_send", "duration": {"hours": 30}}
    response = await client.call_action("calendar", "get_events", data, answers=True)
    assert response is not None
    return [event["summary"] for event in response["calendar.home_sms_to_send"]["events"]]


async def _cancel_all(client: HassClient) -> int:
    listed = await client.call_action(DOMAIN, "get_scheduled", {}, answers=True)
    assert listed is not None
    for message in listed["scheduled"]:
        await client.call_action(DOMAIN, "delete_message", {"message_id": message["message_id"]}, answers=True)
    return len(listed["scheduled"])
