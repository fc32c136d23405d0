"""The story of the demo, with telephones of the emulator: an alert that insists until somebody acts, and a question."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import override

from .phone_client import EmulatedTelephone
from .scenario import LEAK, Story
from .settings import DemoError
from .websocket_client import Connection

ALICE, BOB = "+33612345678", "+33698765432"
HEATING = "input_boolean.heating"
ALERTS = "sensor.home_active_alerts"
PATIENCE = 30
# One each to Alice and Bob, one that tells Alice, and the question.
SEGMENTS = 4


class AlertStory(Story):
    """Alice cannot be reached, Bob takes care, Alice is told; later she is asked something."""

    def __init__(self, house: Connection, telephone: EmulatedTelephone) -> None:
        """Begin."""
        super().__init__(house, PATIENCE)
        self._telephone = telephone

    @override
    def chapters(self) -> Sequence[Callable[[], Awaitable[str]]]:
        """Give what happens."""
        return (
            self.balance_before,
            self.phone_off,
            self.leak,
            self.first,
            self.unreachable,
            self.second,
            self.replied,
            self.heard,
            self.siren_off,
            self.first_told,
            self.asked,
            self.answered,
            self.balance_after,
        )

    async def phone_off(self) -> str:
        """Make Alice unreachable."""
        await self._telephone.switch(ALICE, on=False)
        return "Alice's telephone is off"

    async def first(self) -> str:
        """Wait until the gateway has the SMS for Alice."""
        await self.until(partial(self.changes, "delivering", "Alice"))
        return f"an SMS to Alice; {self.house.state(ALERTS)} alert under way"

    async def unreachable(self) -> str:
        """Wait until the alert goes on to Bob."""
        await self.until(partial(self.changes, "sending", "Bob"))
        if screen := await self._telephone.screen(ALICE):
            raise DemoError(f"unreachable: Alice has {screen[-1]}.")
        return "it does not reach her; the alert goes on to Bob"

    async def second(self) -> str:
        """Wait until Bob has it."""
        await self.until(partial(self.changes, "waiting", "Bob"))
        return f"Bob has it, which the house heard {await self._telephone.explain_delivery({BOB})}"

    async def replied(self) -> str:
        """Have Bob take care."""
        return await self._telephone.answer(BOB, "OK")

    async def first_told(self) -> str:
        """See on Alice's telephone, once it is on, who takes care; and that Bob got nothing more."""
        (taken,) = self.changes("acknowledged")
        if taken["acknowledged_by"] != "Bob" or self.house.state(LEAK) != "on":
            raise DemoError(f"first told: {taken['acknowledged_by']} takes care.")
        await self.until(lambda: self.house.state(ALERTS) == "0")
        await self._telephone.switch(ALICE, on=True)
        *_, last = await self._telephone.until_it_shows(ALICE, 2, PATIENCE)
        if not last.startswith("Bob "):
            raise DemoError(f"first told: Alice reads: {last}")
        if len(await self._telephone.screen(BOB)) != 1:
            raise DemoError("first told: Bob got more than the alert.")
        return f"Alice's telephone is on again: {last}"

    async def asked(self) -> str:
        """Have the house ask whether to turn the heating off."""
        await self.house.act("script.turn_on", "script.ask")
        *_, question = await self._telephone.until_it_shows(ALICE, 3, PATIENCE)
        return question

    async def answered(self) -> str:
        """Answer politely, and see that the house understands."""
        said = await self._telephone.answer(ALICE, "Oui merci !")
        await self.until(lambda: self.house.state(HEATING) == "off")
        return f"{said}; the heating is off"

    async def balance_after(self) -> str:
        """See that it cost what it had to."""
        spent, segments = await self.settle_up()
        if (spent, segments) != (SEGMENTS, SEGMENTS):
            raise DemoError(f"balance after: {spent:g} credits were spent for {segments:g} segments.")
        return f"{spent:g} credits spent, one for each SMS"
