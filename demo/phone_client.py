"""Client of the phones of the emulator, through its control API."""

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import ClientSession

from .polling import POLL_INTERVAL
from .settings import DemoError

RECEIVED = ["11"]
RECEIVED_CODE = 11
OK = 200


class PhoneClient:
    """Client of all phones of the emulator."""

    def __init__(self, session: ClientSession, gateway: str) -> None:
        """Keep the session and the address of the control API."""
        self._session = session
        self._url = f"{gateway}/_emulator"

    async def check_callback(self, numbers: set[str]) -> str:
        """Check that the delivery was reported to Home Assistant by callback; DemoError if not."""
        await self._order("callbacks")
        calls = (await self._state())["callbacks"]
        queries = [parse_qs(urlsplit(call["url"]).query) for call in calls if call["status"] == OK]
        called = {f"+{query['numero'][0]}" for query in queries if query.get("statut") == RECEIVED}
        if not numbers <= called:
            raise DemoError("delivered: the house heard of it, but not by callback.")
        return "by callback"

    async def answer(self, number: str, text: str) -> str:
        """Reply from a phone; returns the detail of the step."""
        await self._order("reply", number=number.removeprefix("+"), text=text)
        return f"{number} answers {text}"

    async def set_on(self, number: str, *, on: bool) -> None:
        """Switch a phone on or off."""
        await self._order("phone", number=number.removeprefix("+"), on=on)

    async def texts(self, number: str) -> list[str]:
        """Return the texts that a phone has received, oldest first."""
        deliveries = [one for message in (await self._state())["messages"] for one in message["deliveries"]]
        return [
            one["text"]
            for one in deliveries
            if one["number"] == number.removeprefix("+") and one["status"] == RECEIVED_CODE
        ]

    async def wait_for_texts(self, number: str, count: int, seconds: float) -> list[str]:
        """Wait until a phone has received so many texts."""
        async with asyncio.timeout(seconds):
            while len(texts := await self.texts(number)) < count:  # noqa: ASYNC110 - the phones have no events
                await asyncio.sleep(POLL_INTERVAL)
        return texts

    async def _state(self) -> dict[str, Any]:
        async with self._session.get(f"{self._url}/state") as response:
            state: dict[str, Any] = await response.json()
            return state

    async def _order(self, what: str, **order: Any) -> None:
        async with self._session.post(f"{self._url}/{what}", json=order) as response:
            response.raise_for_status()
