"""The story: water on the floor, an SMS, its delivery, a reply, silence. Each line is printed once it is true."""

import re
from collections.abc import Callable

from .connection import Connection
from .settings import DemoError
from .telephone import Telephone

LEAK = "input_boolean.leak"
SIREN = "input_boolean.siren"
BALANCE = "sensor.home_balance"
SEGMENTS = "sensor.home_segments_sent"
LAST_STATUS = "sensor.home_last_status"
LAST_REPLY = "sensor.home_last_reply"
ENTITY_ID = re.compile(r"\b(?:sensor|event|script|input_boolean|input_select|input_text)\.\w+")
ARRIVED = {"received", "delivered"}


def say(name: str, detail: str) -> None:
    """Print a line of the story."""
    print(f"✓ {name:<15} {detail}", flush=True)  # noqa: T201


class Story:
    """What is known so far."""

    def __init__(self, house: Connection, telephone: Telephone) -> None:
        """Begin."""
        self._house = house
        self._telephone = telephone
        self._balance = self._segments = 0.0
        self._message_id = ""
        self._numbers: set[str] = set()

    async def tell(self) -> None:
        """Tell it; DemoError names the line that did not come true."""
        for step in (
            self._balance_before,
            self._leak,
            self._sent,
            self._delivered,
            self._replied,
            self._heard,
            self._siren_off,
            self._balance_after,
        ):
            name = step.__name__.strip("_").replace("_", " ")
            try:
                say(name, await step())
            except TimeoutError:
                seconds = f"{self._telephone.patience:.0f} seconds"
                raise DemoError(f"{name}: it did not happen within {seconds}.") from None

    async def _until[T](self, condition: Callable[[], T]) -> T:
        return await self._house.until(condition, self._telephone.patience)

    def _value(self, entity_id: str) -> float | None:
        """Give the number that an entity shows, none while it shows no number."""
        try:
            return float(self._house.state(entity_id))
        except ValueError:
            return None

    async def _balance_before(self) -> str:
        await self._until(lambda: self._value(BALANCE) is not None)
        self._balance = self._value(BALANCE) or 0
        self._segments = self._value(SEGMENTS) or 0
        return f"{self._balance:g} credits"

    async def _leak(self) -> str:
        await self._house.act("input_boolean.turn_on", LEAK)
        await self._until(lambda: self._house.state(SIREN) == "on")
        return "water on the kitchen floor; the siren sounds"

    async def _sent(self) -> str:
        await self._until(lambda: (self._value(SEGMENTS) or 0) > self._segments)
        self._segments = (self._value(SEGMENTS) or 0) - self._segments
        self._message_id = self._house.states[LAST_STATUS]["attributes"]["message_id"]
        reports = (await self._house.respond("smsmode.get_delivery_reports", message_id=self._message_id))["reports"]
        self._numbers = {report["number"] for report in reports}
        return f"SMS {self._message_id} to {' and '.join(sorted(self._numbers))}, segments: {self._segments:g}"

    def _arrived(self) -> set[str]:
        """Give the numbers that the SMS has reached."""
        reports = self._house.heard("smsmode_delivery_report")
        ours = [report for report in reports if report["message_id"] == self._message_id]
        return {report["number"] for report in ours if report["status"] in ARRIVED}

    async def _delivered(self) -> str:
        await self._until(lambda: self._arrived() >= self._numbers)
        return f"everybody has it, which the house heard {await self._telephone.explain_delivery(self._numbers)}"

    async def _replied(self) -> str:
        return await self._telephone.answer(min(self._numbers), "OK")

    async def _heard(self) -> str:
        reply = (await self._until(lambda: self._house.heard("smsmode_reply")))[0]
        await self._until(lambda: self._house.state(LAST_REPLY) == reply["message"])
        if not reply["verified"]:
            raise DemoError("heard: the gateway did not confirm the reply.")
        return f"{reply['message']} from {reply['recipient']}, confirmed by the gateway"

    async def _siren_off(self) -> str:
        await self._until(lambda: self._house.state(SIREN) == "off")
        return "silence"

    async def _balance_after(self) -> str:
        await self._house.act("homeassistant.update_entity", BALANCE)
        await self._until(lambda: (self._value(BALANCE) or 0) < self._balance)
        spent = self._balance - (self._value(BALANCE) or 0)
        price = self._telephone.price
        if price is not None and spent != price * self._segments:
            raise DemoError(f"balance after: {spent:g} credits were spent for {self._segments:g} segments.")
        return f"{self._value(BALANCE):g} credits, {spent:g} spent"


def check_dashboard(house: Connection, dashboard: str) -> None:
    """Say that everything on the dashboard exists; DemoError names what does not."""
    shown = set(ENTITY_ID.findall(dashboard))
    if missing := shown - house.states.keys():
        raise DemoError(f"dashboard: it shows what the house does not have: {', '.join(sorted(missing))}.")
    say("dashboard", f"all its {len(shown)} entities exist")


def complaints(log: str) -> list[str]:
    """Give the warnings and errors in a log of Home Assistant that have to do with this integration."""
    grave = [
        line for line in log.splitlines() if any(level in line for level in (" WARNING ", " ERROR ", " CRITICAL "))
    ]
    # Home Assistant says of each custom integration that it has not tested it.
    ours = [line for line in grave if "smsmode" in line or "[homeassistant.components.automation" in line]
    return [line for line in ours if "[homeassistant.loader]" not in line]


def check_log(log: str) -> None:
    """Say that the log is clean; DemoError shows what is in it otherwise."""
    if found := complaints(log):
        raise DemoError("\n".join(["log: it has warnings or errors of this integration:", *found]))
    say("log", "no warning and no error of this integration")
