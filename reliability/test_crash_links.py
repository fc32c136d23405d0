"""Home Assistant is killed before and after somebody presses the link in the SMS of an alert."""

import asyncio
import re
from http import HTTPStatus
from pathlib import Path

from aiohttp import ClientSession

from custom_components.smsmode.const import DOMAIN
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, BOB, BOB_DIGITS

from .figures import Figures
from .hass_process import HassProcess, Json

LEAK, TAKEN = "Water in the cellar!", "Taken."
OUTSIDE = "https://house.example"
MORE = f"""
    links: true
homeassistant: {{country: FR, time_zone: Europe/Paris, external_url: "{OUTSIDE}"}}
"""
LINK = re.compile(rf"OK {OUTSIDE}(/api/sms/[\w-]{{22}})$")
ALERT: Json = {
    "message": LEAK,
    "alert_id": "cellar",
    "steps": [{"target": ["Alice", BOB], "acknowledge_link": True, "delivery_timeout": 600}],
    "tell_others": TAKEN,
}


async def test_whoever_kills_the_house_a_link_acknowledges_once_and_the_others_are_told(
    gateway: Gateway, tmp_path: Path, figures: Figures
) -> None:
    """Kill it when both have their link, in the instant in which one is thanked, and while the other is told."""
    house = HassProcess(tmp_path / "home", gateway, more=MORE)
    async with ClientSession() as session:
        try:
            await house.start()
            async with house.connected(session) as client:
                while not house.has_account:  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.1)
                await client.call_action(DOMAIN, "alert", ALERT, answers=True)
                await gateway.wait_for_requests("sendSMS.do", 2)
            path = await _link_to(gateway, ALICE_DIGITS)
            await house.kill()
            await gateway.fail("sendSMS.do", "hang_after")
            await house.start()
            async with house.connected(session), session.post(house.url(path)) as pressed:
                await house.kill()
            await house.start()
            async with house.connected(session) as client, asyncio.timeout(60):
                while await client.state("sensor.home_active_alerts") != "0":  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.2)
                await gateway.wait_for_requests("sendSMS.do", 3)
                await asyncio.sleep(2)
        finally:
            await house.kill()
    await _compare(house, gateway, figures, pressed.status)


async def _link_to(gateway: Gateway, number: str) -> str:
    (text,) = [message.text for message in await gateway.messages() if message.numbers == [number]]
    path: str = LINK.findall(text)[0]
    return path


async def _compare(house: HassProcess, gateway: Gateway, figures: Figures, status: int) -> None:
    sent = [(message.text.splitlines()[0], message.numbers) for message in await gateway.messages()]
    ends = [event["state"] for event in house.events if event["state"] in {"acknowledged", "exhausted", "cancelled"}]
    spent = 100 - await gateway.balance()
    figures.note(kills=2, messages=len(sent), credits=spent)
    figures.zero(
        presses_refused=int(status != HTTPStatus.OK),
        sms_lost_or_doubled=int(sent != [(LEAK, [ALICE_DIGITS]), (LEAK, [BOB_DIGITS]), (TAKEN, [BOB_DIGITS])]),
        wrong_ends=int(ends != ["acknowledged"]),
        credits_too_many=int(spent - 3),
    )
    figures.check()
