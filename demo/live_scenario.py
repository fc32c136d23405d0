"""Scenario of the demo with a real phone and the real gateway: an alert, its delivery, a reply, its end."""

from collections.abc import Awaitable, Callable, Sequence
from typing import override

from .scenario import Scenario
from .websocket_client import HassClient

TIMEOUT = 600


class LiveScenario(Scenario):
    """Scenario: the only recipient acknowledges."""

    def __init__(self, house: HassClient, number: str) -> None:
        """Keep the client of Home Assistant and the number of the phone."""
        super().__init__(house, TIMEOUT)
        self._number = number

    @override
    def steps(self) -> Sequence[Callable[[], Awaitable[str]]]:
        """Return the steps in their order."""
        return (
            self.balance_before,
            self.leak,
            self.delivered,
            self.replied,
            self.heard,
            self.siren_off,
            self.balance_after,
        )

    async def delivered(self) -> str:
        """Wait for the delivery report."""
        await self.wait_for(lambda: self.changes("waiting"))
        return f"{self._number} has it"

    async def replied(self) -> str:
        """Ask the user to reply."""
        return f"answer OK on {self._number} now"

    async def balance_after(self) -> str:
        """Report the cost; the price is not known here."""
        spent, segments = await self.cost()
        return f"{spent:g} credits spent for {segments:g} segments"
