"""Base of the scenarios of the demo: steps whose result is checked, then printed."""

import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from .settings import DemoError
from .websocket_client import HassClient, Json

LEAK = "input_boolean.leak"
SIREN = "input_boolean.siren"
# A recipient that is added loads the account anew, and its entities with it.
PATIENCE = 20
ENTITY_ID = re.compile(r"\b(?:sensor|event|script|input_boolean|input_select|input_text)\.\w+")


def print_step(name: str, detail: str) -> None:
    """Print the result of a step."""
    print(f"✓ {name:<15} {detail}", flush=True)  # noqa: T201


class Scenario(ABC):
    """Scenario: runs the steps that a subclass returns."""

    def __init__(self, house: HassClient, timeout: float) -> None:
        """Keep the client of Home Assistant and the seconds that one step may take."""
        self.house = house
        self._sensors: dict[str, str] = {}
        self._timeout = timeout
        self._balance = self.segments = 0.0

    @abstractmethod
    def steps(self) -> Sequence[Callable[[], Awaitable[str]]]:
        """Return the steps in their order; each returns the detail to print."""

    async def run(self) -> None:
        """Run the steps; DemoError names the step that failed."""
        self._sensors = await self.house.account_sensors()
        for step in self.steps():
            name = step.__name__.replace("_", " ")
            try:
                print_step(name, await step())
            except TimeoutError:
                raise DemoError(f"{name}: it did not happen within {self._timeout:.0f} seconds.") from None

    async def wait_for[T](self, condition: Callable[[], T]) -> T:
        """Wait until a condition is true."""
        return await self.house.wait_for(condition, self._timeout)

    def sensor(self, key: str) -> str:
        """Return the entity id of a sensor of the account, which is in the language of the house."""
        return self._sensors[key]

    def value(self, entity_id: str) -> float | None:
        """Return the numeric state of an entity, or None."""
        try:
            return float(self.house.state(entity_id))
        except ValueError:
            return None

    def changes(self, state: str, recipient: str | None = None) -> list[Json]:
        """Return the events of the alert with a state; with a recipient, only those of the step of that recipient."""
        return [
            change
            for change in self.house.events("smsmode_alert_changed")
            if change["state"] == state and (recipient is None or change["recipients"] == [recipient])
        ]

    async def balance_before(self) -> str:
        """Store the balance before the scenario."""
        await self.wait_for(lambda: self.value(self.sensor("balance")) is not None)
        self._balance = self.value(self.sensor("balance")) or 0
        self.segments = self.value(self.sensor("spent_this_month")) or 0
        return f"{self._balance:g} credits"

    async def leak(self) -> str:
        """Turn the leak on."""
        await self.house.call_action("input_boolean.turn_on", LEAK)
        await self.wait_for(lambda: self.house.state(SIREN) == "on")
        return "water on the kitchen floor; the siren sounds"

    async def heard(self) -> str:
        """Check the latest reply in Home Assistant."""
        reply = (await self.wait_for(lambda: self.house.events("smsmode_reply")))[-1]
        await self.wait_for(lambda: self.house.state(self.sensor("last_reply")) == reply["message"])
        if not reply["verified"]:
            raise DemoError("heard: the gateway did not confirm the reply.")
        return f"{reply['message']} from {reply['recipient']}, confirmed by the gateway"

    async def siren_off(self) -> str:
        """Wait until the siren is off."""
        await self.wait_for(lambda: self.house.state(SIREN) == "off")
        return "silence"

    async def cost(self) -> tuple[float, float]:
        """Return the credits and the segments that the scenario used."""
        await self.house.call_action("homeassistant.update_entity", self.sensor("balance"))
        balance, segments = self.sensor("balance"), self.sensor("spent_this_month")
        await self.wait_for(lambda: (self.value(balance) or 0) < self._balance)
        return self._balance - (self.value(balance) or 0), (self.value(segments) or 0) - self.segments


async def check_dashboard(house: HassClient, dashboard: str) -> None:
    """Check that each entity of the dashboard exists, or does soon; DemoError names those that do not."""
    shown = set(ENTITY_ID.findall(dashboard))
    with suppress(TimeoutError):
        await house.wait_for(lambda: shown <= house.states.keys(), PATIENCE)
    if missing := shown - house.states.keys():
        raise DemoError(f"dashboard: it shows what the house does not have: {', '.join(sorted(missing))}.")
    print_step("dashboard", f"all its {len(shown)} entities exist")


def find_problems(log: str) -> list[str]:
    """Return the warnings and errors of this integration in a log of Home Assistant."""
    grave = [
        line for line in log.splitlines() if any(level in line for level in (" WARNING ", " ERROR ", " CRITICAL "))
    ]
    # Home Assistant says of each custom integration that it has not tested it.
    ours = [line for line in grave if "smsmode" in line or "[homeassistant.components.automation" in line]
    return [line for line in ours if "[homeassistant.loader]" not in line]


def check_log(log: str) -> None:
    """Check that the log has no warnings or errors; DemoError shows them."""
    if found := find_problems(log):
        raise DemoError("\n".join(["log: it has warnings or errors of this integration:", *found]))
    print_step("log", "no warning and no error of this integration")
