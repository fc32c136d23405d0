"""Alerts and questions by SMS for tests: answers of people, and costs."""

import asyncio
from typing import Any

from custom_components.smsmode.const import DOMAIN

from .gateway import GatewayMessage
from .house import ALICE_DIGITS, BOB, House

ASK = {"question": "Close the shutters? YES or NO", "target": ["Alice"], "ready_answers": "yes_no"}
LEAK = "Water in the cellar! Answer OK if you take care of it."
ALERT: dict[str, Any] = {
    "message": LEAK,
    "alert_id": "cellar",
    "steps": [{"target": "Alice"}, {"target": [BOB]}],
}
ACTIVE = "sensor.home_active_alerts"
TAKEN_CARE_OF = "{} takes care of it. There is nothing else to do."


class PendingQuestion:
    """Call of the action `ask` that waits for its answer in the background."""

    def __init__(self, house: House, **fields: Any) -> None:
        """Call the action."""
        self.house = house
        # Not a task of Home Assistant's, which settles when all of its own are done.
        self.task = asyncio.create_task(
            house.hass.services.async_call(DOMAIN, "ask", ASK | fields, blocking=True, return_response=True)
        )

    async def sent(self, count: int = 1) -> None:
        """Wait until the question was sent."""
        await self.house.gateway.wait_for_requests("sendSMS.do", count)
        await self.house.async_settle()

    async def response(self) -> dict[str, Any]:
        """Return the response of the action."""
        async with asyncio.timeout(10):
            return dict(await self.task or {})

    async def cancel(self) -> None:
        """Cancel the call."""
        self.task.cancel()
        await asyncio.wait([self.task])


async def ask(house: House, **fields: Any) -> PendingQuestion:
    """Ask a question, and return the pending call once the message was sent."""
    before = len(await house.gateway.requests("sendSMS.do"))
    asker = PendingQuestion(house, **fields)
    await asker.sent(before + 1)
    return asker


async def reply(house: House, text: str, number: str = ALICE_DIGITS, message_id: str | None = None) -> None:
    """Send a reply from a phone, and poll the gateway."""
    await house.gateway.reply(number, text, message_id, callback=False)
    await house.async_poll()


async def texts(house: House) -> list[tuple[str, list[str]]]:
    """Return the text and numbers of each message."""
    return [(message.text, message.numbers) for message in await house.gateway.messages()]


async def spent(house: House) -> float:
    """Return the credits spent."""
    return 100 - await house.gateway.balance()


def open_questions(house: House) -> int:
    """Return the number of open questions."""
    return len(house.account.store.state.questions.all)


async def alert(house: House, **fields: Any) -> dict[str, Any]:
    """Start an alert."""
    return await house.async_call("alert", **ALERT | fields)


async def sent(house: House) -> list[tuple[str, list[str]]]:
    """Return the first word and the numbers of each message."""
    return [(message.text.split()[0], message.numbers) for message in await house.gateway.messages()]


async def last(house: House) -> GatewayMessage:
    """Return the latest message."""
    return (await house.gateway.messages())[-1]


async def report(house: House, code: int, number: str | None = None, message_id: str | None = None) -> None:
    """Report a status of the latest message, and poll the gateway."""
    message = await last(house)
    await house.gateway.report(message_id or message.id, number or message.numbers[0], code, callback=False)
    # A message is not asked for again at once.
    await house.async_wait(seconds=15)
    await house.async_poll()


def active(house: House) -> int:
    """Return the number of active alerts that the sensor shows."""
    return int(house.state(ACTIVE).state)
