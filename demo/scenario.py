"""What stories are told with. Each line is printed once it is true."""

import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence

from .settings import DemoError
from .websocket_client import Connection, Json

LEAK = "input_boolean.leak"
SIREN = "input_boolean.siren"
BALANCE = "sensor.home_balance"
SEGMENTS = "sensor.home_segments_sent"
LAST_REPLY = "sensor.home_last_reply"
ENTITY_ID = re.compile(r"\b(?:sensor|event|script|input_boolean|input_select|input_text)\.\w+")


def say(name: str, detail: str) -> None:
    """Print a line of the story."""
    print(f"✓ {name:<15} {detail}", flush=True)  # noqa: T201


class Story(ABC):
    """What is known so far; a story of its own says in `chapters` what happens."""

    def __init__(self, house: Connection, patience: float) -> None:
        """Begin. Patience is for one chapter, in seconds."""
        self.house = house
        self._patience = patience
        self._balance = self.segments = 0.0

    @abstractmethod
    def chapters(self) -> Sequence[Callable[[], Awaitable[str]]]:
        """Give what happens, in this order; each gives the detail of its line."""

    async def tell(self) -> None:
        """Tell it; DemoError names the line that did not come true."""
        for chapter in self.chapters():
            name = chapter.__name__.replace("_", " ")
            try:
                say(name, await chapter())
            except TimeoutError:
                raise DemoError(f"{name}: it did not happen within {self._patience:.0f} seconds.") from None

    async def until[T](self, condition: Callable[[], T]) -> T:
        """Wait for what is to come true."""
        return await self.house.until(condition, self._patience)

    def value(self, entity_id: str) -> float | None:
        """Give the number that an entity shows, none while it shows no number."""
        try:
            return float(self.house.state(entity_id))
        except ValueError:
            return None

    def changes(self, state: str, recipient: str | None = None) -> list[Json]:
        """Give the times that the alert came to a state; with a recipient, only in the step of that one person."""
        return [
            change
            for change in self.house.heard("smsmode_alert_changed")
            if change["state"] == state and (recipient is None or change["recipients"] == [recipient])
        ]

    async def balance_before(self) -> str:
        """Note what there is."""
        await self.until(lambda: self.value(BALANCE) is not None)
        self._balance = self.value(BALANCE) or 0
        self.segments = self.value(SEGMENTS) or 0
        return f"{self._balance:g} credits"

    async def leak(self) -> str:
        """Let water run."""
        await self.house.act("input_boolean.turn_on", LEAK)
        await self.until(lambda: self.house.state(SIREN) == "on")
        return "water on the kitchen floor; the siren sounds"

    async def heard(self) -> str:
        """See the latest reply in the house."""
        reply = (await self.until(lambda: self.house.heard("smsmode_reply")))[-1]
        await self.until(lambda: self.house.state(LAST_REPLY) == reply["message"])
        if not reply["verified"]:
            raise DemoError("heard: the gateway did not confirm the reply.")
        return f"{reply['message']} from {reply['recipient']}, confirmed by the gateway"

    async def siren_off(self) -> str:
        """Hear nothing any more."""
        await self.until(lambda: self.house.state(SIREN) == "off")
        return "silence"

    async def settle_up(self) -> tuple[float, float]:
        """Give the credits and the segments that the story took."""
        await self.house.act("homeassistant.update_entity", BALANCE)
        await self.until(lambda: (self.value(BALANCE) or 0) < self._balance)
        return self._balance - (self.value(BALANCE) or 0), (self.value(SEGMENTS) or 0) - self.segments


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
