"""Home Assistant is killed around the links in SMS: before and after one is pressed, and after a picture is taken."""

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
from .lens.camera import PICTURE

LEAK, TAKEN = "Water in the cellar!", "Taken."
OUTSIDE = "https://house.example"
MORE = f"""
    links: true
homeassistant: {{country: FR, time_zone: Europe/Paris, external_url: "{OUTSIDE}"}}
"""
PATIENCE = 240
LINK = re.compile(rf"{OUTSIDE}(/api/sms/[\w-]{{22}})$")
WITH_CAMERA = f"""{MORE}
camera: [{{platform: lens}}]
"""
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


async def test_whoever_kills_the_house_a_picture_is_behind_the_link_of_the_sms_and_is_deleted_after(
    gateway: Gateway, tmp_path: Path, figures: Figures
) -> None:
    """Kill it when the picture is taken and the SMS is about to leave, and when its link has been opened."""
    house = HassProcess(tmp_path / "home", gateway, more=WITH_CAMERA)
    async with ClientSession() as session:
        try:
            await gateway.fail("sendSMS.do", "code:50", 10)
            await house.start()
            async with house.connected(session) as client:
                while not house.has_account:  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.1)
                alarm = ALERT | {"steps": [{"target": ["Alice"], "delivery_timeout": 600}], "camera": "camera.front"}
                calling = asyncio.create_task(client.call_action(DOMAIN, "alert", alarm, answers=True))
                await gateway.wait_for_requests("sendSMS.do", 1)
                # Until the refusal has arrived: else it is in doubt for minutes whether it left.
                await asyncio.sleep(2)
                taken = _pictures(house)
                await house.kill()
                await asyncio.gather(calling, return_exceptions=True)
            sent_before = len(await gateway.messages())
            await gateway.clear_faults()
            await house.start()
            async with house.connected(session), asyncio.timeout(PATIENCE):
                while not await gateway.messages():  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.5)
                path = await _link_to(gateway, ALICE_DIGITS)
                first = await _picture(session, house, path)
                await house.kill()
            await house.start()
            async with house.connected(session) as client:
                second = await _picture(session, house, path)
                await client.call_action(DOMAIN, "resolve_alert", {"alert_id": "cellar"}, answers=True)
                after = await _picture(session, house, path)
        finally:
            await house.kill()
    sent = [message.numbers for message in await gateway.messages()]
    figures.note(kills=2, messages=len(sent), pictures=len(taken))
    figures.zero(
        sms_lost_or_doubled=int((sent_before, sent) != (0, [[ALICE_DIGITS]])),
        pictures_lost=2 - [first, second].count(PICTURE),
        pictures_left_behind=len(_pictures(house)) + int(after is not None),
    )
    figures.check()


def _pictures(house: HassProcess) -> list[Path]:
    return [file for folder in (house.folder / ".storage").glob("*.pictures") for file in folder.iterdir()]


async def _picture(session: ClientSession, house: HassProcess, path: str) -> bytes | None:
    """Return the picture that a link shows, None if it shows none."""
    async with session.get(house.url(f"{path}/picture")) as response:
        return await response.read() if response.status == HTTPStatus.OK else None


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
