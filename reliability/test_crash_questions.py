"""Home Assistant is killed while it asks, while it asks again and while it informs the others.

The gateway accepts each message without an answer; in that instant Home Assistant is killed.
"""

import asyncio
from contextlib import suppress
from pathlib import Path

from aiohttp import ClientSession

from custom_components.smsmode.const import DOMAIN
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, BOB, BOB_DIGITS

from .figures import Figures
from .hass_process import HassProcess, HassStoppedError, Json

QUESTION, AGAIN, TELL_OTHERS = "Close the shutters?", "YES or NO please", "Alice said yes."
ASK = {
    "question": QUESTION,
    "target": ["Alice", BOB],
    "ready_answers": "yes_no",
    "ask_id": "shutters",
    "timeout": 600,
    "ask_again": AGAIN,
    "tell_others": "{recipient} said {answer}.",
}


async def test_whoever_kills_the_house_the_question_is_asked_once_and_its_answer_told(
    gateway: Gateway, tmp_path: Path, figures: Figures
) -> None:
    """Kill it three times in the middle of a message, and once more at the end."""
    house = HassProcess(tmp_path / "home", gateway)
    async with ClientSession() as session:
        try:
            await _crash_while_sending(house, gateway, session, 1, ASK)
            await gateway.reply(ALICE_DIGITS, "what?", callback=False)
            await _crash_while_sending(house, gateway, session, 2)
            await gateway.reply(ALICE_DIGITS, "Oui merci !", callback=False)
            await _crash_while_sending(house, gateway, session, 3)
            await house.start()
            async with house.connected(session):
                await asyncio.sleep(3)
        finally:
            await house.kill()
    sent = [(message.text, message.numbers) for message in await gateway.messages()]
    answers = [(event["ask_id"], event["id"]) for event in house.events]
    expected = [(QUESTION, [ALICE_DIGITS, BOB_DIGITS]), (AGAIN, [ALICE_DIGITS]), (TELL_OTHERS, [BOB_DIGITS])]
    figures.note(kills=4, messages=len(sent), credits=100 - await gateway.balance(), answers=len(answers))
    figures.zero(
        messages_lost_or_doubled=len(set(map(str, sent)) ^ set(map(str, expected))) + abs(len(sent) - len(expected)),
        answers_lost_or_doubled=int(answers != [("shutters", "yes")]),
        credits_too_many=int(100 - await gateway.balance() - 4),
    )
    figures.check()


async def _crash_while_sending(
    house: HassProcess, gateway: Gateway, session: ClientSession, count: int, fields: Json | None = None
) -> None:
    """Run until so many messages were sent; the last one gets no answer."""
    await gateway.fail("sendSMS.do", "hang_after")
    await house.start()
    async with house.connected(session) as client:
        while not house.has_account:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
        asking = asyncio.create_task(client.call_action(DOMAIN, "ask", fields, answers=True)) if fields else None
        async with asyncio.timeout(60):
            await gateway.wait_for_requests("sendSMS.do", count)
        await house.kill()
        if asking:
            with suppress(HassStoppedError):
                await asking
