"""House with commands by SMS, for tests."""

from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import Event
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.config.commands import hash_pin

from .gateway import Gateway
from .house import ALICE, ALICE_DIGITS, BOB, House

PIN = "4711"
PIN_HASH = hash_pin(PIN)
SCRIPTS = {
    "lights_off": {"sequence": [{"event": "lights_are_off"}]},
    "status": {
        "sequence": [
            {"variables": {"result": {"answer": "21 degrees in the living room"}}},
            {"stop": "", "response_variable": "result"},
        ]
    },
    "broken": {"sequence": [{"action": "no.such_action"}]},
}
COMMANDS = [
    {"words": "Lights off", "script": "script.lights_off"},
    {"words": "Status", "script": "script.status", "without_pin": True},
    {"words": "Gate"},
    {"words": "Broken", "script": "script.broken"},
]


def command_entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account for which Alice may send commands, and Bob may not."""
    commands = {"recipient": "alice", "commands": COMMANDS, "pin": PIN_HASH, "assist": True, "hourly_limit": 10}
    return MockConfigEntry(
        domain="smsmode",
        title="Home",
        data={"access_token": gateway.token, "base_url": gateway.url, "webhook_id": "hook"},
        subentries_data=[
            ConfigSubentryData(
                data={"number": ALICE},
                subentry_type="recipient",
                title="Alice",
                unique_id=ALICE,
                subentry_id="alice",  # type: ignore[typeddict-unknown-key]
            ),
            ConfigSubentryData(data={"number": BOB}, subentry_type="recipient", title="Bob", unique_id=BOB),
            ConfigSubentryData(
                data={"group": "Famille"}, subentry_type="recipient", title="Family", unique_id="group:Famille"
            ),
            ConfigSubentryData(data=commands, subentry_type="commands", title="Alice", unique_id="commands:alice"),
        ],
    )


@dataclass
class CommandHouse:
    """House with commands by SMS, and the events that it fired."""

    house: House
    done: list[Event]
    commands: list[Event]

    async def hear(self, text: str, number: str = ALICE_DIGITS, **more: Any) -> None:
        """Send an SMS from a phone, and poll the gateway."""
        await self.house.gateway.reply(number, text, stray=True, callback=False, **more)
        await self.house.async_poll()

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        """Return the commands received and their outcomes."""
        return [(event.data["command"], event.data["outcome"]) for event in self.commands]

    async def answers(self) -> list[str]:
        """Return the texts that the house has sent."""
        return [message.text for message in await self.house.gateway.messages()]
