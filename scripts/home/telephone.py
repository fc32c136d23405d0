"""Who answers the house: a telephone at the emulated gateway, or a person with a real one."""

from typing import Any, Protocol, override
from urllib.parse import parse_qs, urlsplit

from aiohttp import ClientSession

from .settings import DemoError

RECEIVED = ["11"]
OK = 200


class Telephone(Protocol):
    """A telephone that the house writes to. `price`: credits for a segment, if that is known."""

    patience: float
    price: float | None

    async def explain_delivery(self, numbers: set[str]) -> str:
        """Say how the house came to know of a delivery; DemoError if not as it should."""

    async def answer(self, number: str, text: str) -> str:
        """Send a reply; gives what a reader of the story is told."""


class EmulatedTelephone(Telephone):
    """A telephone on the page of the emulator."""

    patience = 30
    price = 1

    def __init__(self, session: ClientSession, gateway: str) -> None:
        """Use the back door, as the page does."""
        self._session = session
        self._door = f"{gateway}/_emulator"

    @override
    async def explain_delivery(self, numbers: set[str]) -> str:
        """Look up which calls the house took."""
        async with self._session.post(f"{self._door}/callbacks", json={}) as flushed:
            flushed.raise_for_status()
        async with self._session.get(f"{self._door}/state") as response:
            calls: list[dict[str, Any]] = (await response.json())["callbacks"]
        queries = [parse_qs(urlsplit(call["url"]).query) for call in calls if call["status"] == OK]
        called = {f"+{query['numero'][0]}" for query in queries if query.get("statut") == RECEIVED}
        if not numbers <= called:
            raise DemoError("delivered: the house heard of it, but not by callback.")
        return "by callback"

    @override
    async def answer(self, number: str, text: str) -> str:
        """Type a reply."""
        order = {"number": number.removeprefix("+"), "text": text}
        async with self._session.post(f"{self._door}/reply", json=order) as response:
            response.raise_for_status()
        return f"{number} answers {text}"


class RealTelephone(Telephone):
    """The telephone of whoever looks on."""

    patience = 600
    price = None

    @override
    async def explain_delivery(self, numbers: set[str]) -> str:
        """A house without a public address is not called: it asks."""
        return "by poll"

    @override
    async def answer(self, number: str, text: str) -> str:
        """Ask for a reply."""
        return f"answer {text} on {number} now"
