"""Scenario of the demo with phones of the emulator: an alert that escalates until somebody answers, and a question."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import override

from .phone_client import PhoneClient
from .scenario import LEAK, Scenario
from .settings import DemoError
from .websocket_client import HassClient

ALICE, BOB = "+33612345678", "+33698765432"
HEATING = "input_boolean.heating"
TIMEOUT = 30
# One each to Alice and Bob, one that tells Alice, and the question.
SEGMENTS = 4


class AlertScenario(Scenario):
    """Scenario: Alice is unreachable, Bob acknowledges, Alice is informed; later she gets a question."""

    def __init__(self, house: HassClient, phones: PhoneClient) -> None:
        """Keep the client of Home Assistant and that of the phones."""
        super().__init__(house, TIMEOUT)
        self._phones = phones

    @override
    def steps(self) -> Sequence[Callable[[], Awaitable[str]]]:
        """Return the steps in their order."""
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
        """Switch Alice's phone off."""
        await self._phones.set_on(ALICE, on=False)
        return "Alice's phone is off"

    async def first(self) -> str:
        """Wait until the gateway has the SMS for Alice."""
        await self.wait_for(partial(self.changes, "delivering", "Alice"))
        return f"an SMS to Alice; {self.house.state(self.sensor('active_alerts'))} alert under way"

    async def unreachable(self) -> str:
        """Wait until the alert goes on to Bob."""
        await self.wait_for(partial(self.changes, "sending", "Bob"))
        if texts := await self._phones.texts(ALICE):
            raise DemoError(f"unreachable: Alice has {texts[-1]}.")
        return "it does not reach her; the alert goes on to Bob"

    async def second(self) -> str:
        """Wait until Bob has it."""
        await self.wait_for(partial(self.changes, "waiting", "Bob"))
        return f"Bob has it, which the house heard {await self._phones.check_callback({BOB})}"

    async def replied(self) -> str:
        """Reply OK from Bob's phone."""
        return await self._phones.answer(BOB, "OK")

    async def first_told(self) -> str:
        """Check that Alice's phone, once it is on, shows who acknowledged, and that Bob got nothing more."""
        (taken,) = self.changes("acknowledged")
        if taken["acknowledged_by"] != "Bob" or self.house.state(LEAK) != "on":
            raise DemoError(f"first told: {taken['acknowledged_by']} takes care.")
        await self.wait_for(lambda: self.house.state(self.sensor("active_alerts")) == "0")
        await self._phones.set_on(ALICE, on=True)
        *_, last = await self._phones.wait_for_texts(ALICE, 2, TIMEOUT)
        if not last.startswith("Bob "):
            raise DemoError(f"first told: Alice reads: {last}")
        if len(await self._phones.texts(BOB)) != 1:
            raise DemoError("first told: Bob got more than the alert.")
        return f"Alice's phone is on again: {last}"

    async def asked(self) -> str:
        """Start the script that asks whether to turn the heating off."""
        await self.house.call_action("script.turn_on", "script.ask")
        *_, question = await self._phones.wait_for_texts(ALICE, 3, TIMEOUT)
        return question

    async def answered(self) -> str:
        """Answer with more words than needed, and check that the answer is understood."""
        said = await self._phones.answer(ALICE, "Oui merci !")
        await self.wait_for(lambda: self.house.state(HEATING) == "off")
        return f"{said}; the heating is off"

    async def balance_after(self) -> str:
        """Check the credits spent."""
        spent, segments = await self.cost()
        if (spent, segments) != (SEGMENTS, SEGMENTS):
            raise DemoError(f"balance after: {spent:g} credits were spent for {segments:g} segments.")
        return f"{spent:g} credits spent, one for each SMS"
