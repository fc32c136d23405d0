"""Dialog for tests that adds a recipient and tests the number."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, cast

from homeassistant.config_entries import SOURCE_USER, SubentryFlowResult
from homeassistant.core import callback
from homeassistant.data_entry_flow import EVENT_DATA_ENTRY_FLOW_PROGRESSED, FlowResultType

from .gateway import GatewayMessage
from .house import BOB_DIGITS, House

OFFERED = ["test", "add", "correct"]
DELIVERED, AT_THE_OPERATOR, SWITCHED_OFF = 11, 13, 3503


class Dialog:
    """Dialog that adds a recipient."""

    def __init__(self, house: House) -> None:
        """Prepare; the dialog opens with the first input."""
        self.house = house
        self.step: SubentryFlowResult

    async def write(self, **written: str) -> None:
        """Submit the form."""
        flows = self.house.hass.config_entries.subentries
        form = await flows.async_init((self.house.entry.entry_id, "recipient"), context={"source": SOURCE_USER})
        fields: dict[str, Any] = {name: value for name, value in written.items() if name != "group"}
        group = {"gateway": {"group": written["group"]}} if "group" in written else {}
        self.step = await flows.async_configure(form["flow_id"], fields | group)

    async def choose(self, option: str) -> None:
        """Choose an option of a menu."""
        await self.configure({"next_step_id": option})

    async def configure(self, user_input: dict[str, Any] | None = None) -> None:
        """Submit a form, or without input return the current step."""
        flows = self.house.hass.config_entries.subentries
        self.step = await flows.async_configure(self.step["flow_id"], user_input)

    async def test(self) -> GatewayMessage:
        """Send the test SMS, and wait until the gateway has it."""
        async with self.change():
            await self.choose("test")
            assert (self.step["type"], self.step["progress_action"]) == (FlowResultType.SHOW_PROGRESS, "sending")
        return (await self.house.gateway.messages())[-1]

    async def report(self, message: GatewayMessage, code: int, number: str = BOB_DIGITS) -> None:
        """Report a status, and wait until the dialog shows it."""
        async with self.change():
            await self.hear(message, code, number)

    async def hear(self, message: GatewayMessage, code: int, number: str = BOB_DIGITS) -> None:
        """Report a status, and move time until the dialog may ask the gateway again."""
        await self.house.gateway.report(message.id, number, code, callback=False)
        self.house.freezer.tick(timedelta(seconds=1))
        await self.house.account.coordinator.async_refresh()

    @asynccontextmanager
    async def change(self) -> AsyncIterator[None]:
        """Wait after the block until the dialog changes its step, and return the new step."""
        changed = asyncio.Event()
        hear = callback(lambda _event: changed.set())
        stop = self.house.hass.bus.async_listen(EVENT_DATA_ENTRY_FLOW_PROGRESSED, hear)
        yield
        await changed.wait()
        stop()
        await self.configure()

    @property
    def options(self) -> list[str]:
        """Return the options of the menu."""
        assert self.step["type"] is FlowResultType.MENU
        options: list[str] = [*cast("tuple[str, ...]", self.step["menu_options"])]
        return options

    @property
    def said(self) -> dict[str, str]:
        """Return the placeholders of the texts."""
        return dict(self.step["description_placeholders"] or {})

    @property
    def added(self) -> list[str]:
        """Return the recipients of the account that were added."""
        return [subentry.title for subentry in self.house.entry.subentries.values()][2:]
