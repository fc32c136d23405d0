"""The story with a telephone of one's own and the real gateway: an alert, its delivery, a reply, silence."""

from collections.abc import Awaitable, Callable, Sequence
from typing import override

from .scenario import Story
from .websocket_client import Connection

PATIENCE = 600


class OwnStory(Story):
    """The one person there is takes care."""

    def __init__(self, house: Connection, number: str) -> None:
        """Begin."""
        super().__init__(house, PATIENCE)
        self._number = number

    @override
    def chapters(self) -> Sequence[Callable[[], Awaitable[str]]]:
        """Give what happens."""
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
        """Wait until the operator says that it arrived."""
        await self.until(lambda: self.changes("waiting"))
        return f"{self._number} has it"

    async def replied(self) -> str:
        """Ask whoever looks on to answer."""
        return f"answer OK on {self._number} now"

    async def balance_after(self) -> str:
        """Say what it cost; nobody here knows the price."""
        spent, segments = await self.settle_up()
        return f"{spent:g} credits spent for {segments:g} segments"
