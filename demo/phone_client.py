"""The telephones at the emulated gateway, used as on its page."""

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import ClientSession

from .polling import PAUSE
from .settings import DemoError

RECEIVED = ["11"]
ARRIVED = 11
OK = 200


class EmulatedTelephone:
    """All telephones, through the back door of the emulator."""

    def __init__(self, session: ClientSession, gateway: str) -> None:
        """Know the door."""
        self._session = session
        self._door = f"{gateway}/_emulator"

    async def explain_delivery(self, numbers: set[str]) -> str:
        """Say how the house came to know of a delivery; DemoError if it took no call of it."""
        await self._order("callbacks")
        calls = (await self._state())["callbacks"]
        queries = [parse_qs(urlsplit(call["url"]).query) for call in calls if call["status"] == OK]
        called = {f"+{query['numero'][0]}" for query in queries if query.get("statut") == RECEIVED}
        if not numbers <= called:
            raise DemoError("delivered: the house heard of it, but not by callback.")
        return "by callback"

    async def answer(self, number: str, text: str) -> str:
        """Type a reply; gives what a reader of the story is told."""
        await self._order("reply", number=number.removeprefix("+"), text=text)
        return f"{number} answers {text}"

    async def switch(self, number: str, *, on: bool) -> None:
        """Turn a telephone on or off."""
        await self._order("phone", number=number.removeprefix("+"), on=on)

    async def screen(self, number: str) -> list[str]:
        """Give the texts that a telephone shows, oldest first."""
        deliveries = [one for message in (await self._state())["messages"] for one in message["deliveries"]]
        return [
            one["text"] for one in deliveries if one["number"] == number.removeprefix("+") and one["status"] == ARRIVED
        ]

    async def until_it_shows(self, number: str, count: int, patience: float) -> list[str]:
        """Wait until a telephone shows so many texts."""
        async with asyncio.timeout(patience):
            while len(texts := await self.screen(number)) < count:  # noqa: ASYNC110 - a telephone tells no event
                await asyncio.sleep(PAUSE)
        return texts

    async def _state(self) -> dict[str, Any]:
        async with self._session.get(f"{self._door}/state") as response:
            state: dict[str, Any] = await response.json()
            return state

    async def _order(self, what: str, **order: Any) -> None:
        async with self._session.post(f"{self._door}/{what}", json=order) as response:
            response.raise_for_status()
