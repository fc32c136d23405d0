"""Home Assistant is killed in each step of an alert that notifies, writes and starts a script, and at each of its ends.

A telephone with the companion app gets the pushes; its push service, and the gateway, take each message without an
answer, and in that instant Home Assistant is killed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import ClientSession

from custom_components.smsmode.const import DOMAIN
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS

from .companion_phone import NOTIFY, CompanionPhone
from .figures import Figures
from .hass_process import HassClient, HassProcess, HassStoppedError, Json

LEAK, TAKEN, CLEAR, SIREN = "Water in the cellar! Answer OK.", "Taken.", "It is dry.", "Siren"
SCRIPT = f"""
script:
  siren: {{sequence: [{{action: {NOTIFY}, data: {{message: {SIREN}}}}}]}}
"""
STEPS = [
    {"notify": NOTIFY, "answer_timeout": 3},
    {"target": "Alice"},
    {"script": "script.siren", "answer_timeout": 600},
]
ALERT: Json = {"message": LEAK, "alert_id": "cellar", "steps": STEPS, "tell_others": TAKEN, "all_clear": CLEAR}
UNREACHABLE = 3998
# The push that hung, the one after the restart, and that of the script.
PUSHES = [LEAK, LEAK, SIREN]

type End = Callable[[CompanionPhone, ClientSession, HassProcess, HassClient], Awaitable[object]]


async def press_button(phone: CompanionPhone, session: ClientSession, house: HassProcess, _client: HassClient) -> None:
    """Take care of it on the telephone."""
    await phone.press(session, house, phone.pushes[0])


async def resolve(_phone: CompanionPhone, _session: ClientSession, _house: HassProcess, client: HassClient) -> None:
    """Have its cause be over."""
    await client.call_action(DOMAIN, "resolve_alert", {"alert_id": "cellar"}, answers=True)


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        pytest.param({"acknowledged": press_button}, [TAKEN], id="taken"),
        pytest.param({"resolved": resolve}, [CLEAR], id="over"),
        pytest.param({"acknowledged": press_button, "resolved": resolve}, [TAKEN, CLEAR], id="taken, then over"),
    ],
)
async def test_whoever_kills_the_house_no_channel_is_left_out_and_no_sms_is_sent_twice(
    gateway: Gateway, tmp_path: Path, figures: Figures, ends: dict[str, End], told: list[str], *, quick: bool
) -> None:
    """Kill it while it notifies, while it writes, and while it tells each end."""
    if quick and len(ends) == 1:
        pytest.skip("a quick run tries both ends at once")
    phone = CompanionPhone()
    await phone.start()
    house = HassProcess(tmp_path / "home", gateway, more=phone.yaml + SCRIPT)
    async with ClientSession() as session:
        try:
            await _crash_while_notifying(house, phone, session)
            await _crash_while_writing(house, gateway, session, 1)
            message = (await gateway.messages())[-1]
            await gateway.report(message.id, message.numbers[0], UNREACHABLE, callback=False)
            for count, end in enumerate(ends.values(), 2):
                await gateway.fail("sendSMS.do", "hang_after")
                await house.start()
                async with house.connected(session) as client, asyncio.timeout(90):
                    await phone.wait_for(len(PUSHES))
                    await end(phone, session, house, client)
                    await gateway.wait_for_requests("sendSMS.do", count)
                    await house.kill()
            await house.start()
            async with house.connected(session) as client, asyncio.timeout(60):
                while await client.state("sensor.home_active_alerts") != "0":  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.2)
                await asyncio.sleep(2)
        finally:
            await house.kill()
            await phone.stop()
    await _compare(house, phone, gateway, figures, list(ends), told)


async def _compare(
    house: HassProcess, phone: CompanionPhone, gateway: Gateway, figures: Figures, states: list[str], told: list[str]
) -> None:
    sent = [(message.text, message.numbers) for message in await gateway.messages()]
    pushed = [push["message"] for push in phone.pushes]
    tags = {push["data"]["tag"] for push in phone.pushes if push["message"] != SIREN}
    ends = [event["state"] for event in house.events if event["state"] in {"acknowledged", "resolved", "exhausted"}]
    spent = 100 - await gateway.balance()
    figures.note(kills=2 + len(states), messages=len(sent), pushes=len(pushed), credits=spent)
    figures.zero(
        sms_lost_or_doubled=int(sent != [(text, [ALICE_DIGITS]) for text in (LEAK, *told)]),
        pushes_lost=int(pushed[: len(PUSHES)] != PUSHES or not set(pushed[len(PUSHES) :]) <= set(told)),
        end_not_pushed=int(pushed[-1] != told[-1]),
        notifications_beside_each_other=int(len(tags) != 1),
        wrong_ends=int(ends != states),
        credits_too_many=int(spent - 1 - len(told)),
    )
    figures.check()


async def _crash_while_notifying(house: HassProcess, phone: CompanionPhone, session: ClientSession) -> None:
    """Raise the alert, and kill the house when its push has arrived."""
    await house.start()
    async with house.connected(session) as client:
        while not house.has_account:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
        phone.hang()
        alarming = asyncio.create_task(client.call_action(DOMAIN, "alert", ALERT, answers=True))
        async with asyncio.timeout(60):
            await phone.wait_for(1)
        await house.kill()
        await asyncio.wait([alarming])
        assert isinstance(alarming.exception(), HassStoppedError)
    phone.answer()


async def _crash_while_writing(house: HassProcess, gateway: Gateway, session: ClientSession, count: int) -> None:
    """Run until so many SMS were sent, of which the last one gets no answer, and kill the house."""
    await gateway.fail("sendSMS.do", "hang_after")
    await house.start()
    async with house.connected(session), asyncio.timeout(90):
        await gateway.wait_for_requests("sendSMS.do", count)
        await house.kill()
