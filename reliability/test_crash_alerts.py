"""Home Assistant is killed in each step of an alert, when it is acknowledged, and while the others are informed.

The gateway accepts each message without an answer; in that instant Home Assistant is killed.
"""

import asyncio
from pathlib import Path

from aiohttp import ClientSession

from custom_components.smsmode.const import DOMAIN
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, BOB, BOB_DIGITS

from .figures import Figures
from .hass_process import HassProcess, HassStoppedError, Json

LEAK = "Water in the cellar! Answer OK."
ALERT = {
    "message": LEAK,
    "alert_id": "cellar",
    "steps": [{"target": ["Alice"]}, {"target": [BOB], "how": "voice"}, {"target": [BOB]}],
    "tell_others": "Taken.",
}
UNREACHABLE = 3998


async def test_whoever_kills_the_house_each_step_is_taken_once_and_the_others_are_told(
    gateway: Gateway, tmp_path: Path, figures: Figures
) -> None:
    """Kill it in the middle of each of four messages, and once more at the end."""
    house = HassProcess(tmp_path / "home", gateway)
    async with ClientSession() as session:
        try:
            await _crash_while_sending(house, gateway, session, ("sendSMS.do", 1), ALERT)
            await _report(gateway, UNREACHABLE)
            await _crash_while_sending(house, gateway, session, ("sendVoiceMessage.do", 1))
            await _report(gateway, UNREACHABLE)
            await _crash_while_sending(house, gateway, session, ("sendSMS.do", 2))
            await gateway.reply(BOB_DIGITS, "OK, merci", callback=False)
            await _crash_while_sending(house, gateway, session, ("sendSMS.do", 3))
            await house.start()
            async with house.connected(session) as client, asyncio.timeout(60):
                while await client.state("sensor.home_active_alerts") != "0":  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.2)
                await asyncio.sleep(2)
        finally:
            await house.kill()
    messages = await gateway.messages()
    sent = [(message.kind, message.text, message.numbers) for message in messages]
    expected = [
        ("sms", LEAK, [ALICE_DIGITS]),
        ("voice", LEAK, [BOB_DIGITS]),
        ("sms", LEAK, [BOB_DIGITS]),
        ("sms", "Taken.", [ALICE_DIGITS]),
    ]
    ends = [event["state"] for event in house.events if event["state"] in {"acknowledged", "exhausted", "cancelled"}]
    spent = 100 - await gateway.balance()
    figures.note(kills=5, messages=len(sent), credits=spent)
    figures.zero(
        messages_lost_or_doubled=int(sent != expected),
        wrong_ends=int(ends != ["acknowledged"]),
        credits_too_many=int(spent - sum(message.cost for message in messages)),
    )
    figures.check()


async def _report(gateway: Gateway, code: int) -> None:
    """Report the status of the latest message."""
    message = (await gateway.messages())[-1]
    await gateway.report(message.id, message.numbers[0], code, callback=False)


async def _crash_while_sending(
    house: HassProcess, gateway: Gateway, session: ClientSession, request: tuple[str, int], fields: Json | None = None
) -> None:
    """Run until so many messages of a kind were sent; the last one gets no answer."""
    endpoint, count = request
    await gateway.fail(endpoint, "hang_after")
    await house.start()
    async with house.connected(session) as client:
        while not house.has_account:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
        alarming = asyncio.create_task(client.call_action(DOMAIN, "alert", fields, answers=True)) if fields else None
        async with asyncio.timeout(90):
            await gateway.wait_for_requests(endpoint, count)
        await house.kill()
        if alarming:
            await asyncio.wait([alarming])
            assert isinstance(alarming.exception(), HassStoppedError)
