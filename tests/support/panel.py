"""Panel for tests: a person who has it open, over a real WebSocket."""

import asyncio
from typing import Any

from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_USER
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import CLIENT_ID
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket, WebSocketGenerator

from custom_components.smsmode.panel.feed import GATHERED_FOR

from .house import House

type Json = dict[str, Any]

# In seconds: an event that has not come by then does not come.
PATIENCE = 5.0


class Panel:
    """An open panel."""

    def __init__(self, house: House, client: MockHAClientWebSocket) -> None:
        """Keep the connection."""
        self.house = house
        self.client = client
        self._events: list[Json] = []

    async def ask(self, command: str, **fields: Any) -> Json:
        """Call a command and return the whole answer; events that come before it are kept."""
        await self.client.send_json_auto_id({"type": f"smsmode/{command}", **fields})
        return await self.answer()

    async def answer(self) -> Json:
        """Return the next answer."""
        while True:
            message = await self._receive()
            if message["type"] == "result":
                return message
            self._events.append(message["event"])

    async def result(self, command: str, **fields: Any) -> Any:
        """Call a command that works, and return its result."""
        answer = await self.ask(command, **fields)
        assert answer["success"], answer
        return answer["result"]

    async def error(self, command: str, **fields: Any) -> Json:
        """Call a command that fails, and return its error."""
        answer = await self.ask(command, **fields)
        assert not answer["success"], answer
        error: Json = answer["error"]
        return error

    async def open(self, **fields: Any) -> Json:
        """Subscribe, and return the snapshot with what the gateway's lists add to it."""
        assert await self.result("subscribe", **fields) is None
        snapshot = await self.event()
        await self.house.async_settle()
        return snapshot

    async def event(self) -> Json:
        """Return the next event."""
        if self._events:
            return self._events.pop(0)
        message = await self._receive()
        assert message["type"] == "event", message
        event: Json = message["event"]
        return event

    async def change(self) -> Json:
        """Let the moment pass in which changes are gathered, and return what has changed."""
        await self.house.async_settle()
        await self.house.async_wait(seconds=2 * GATHERED_FOR)
        changed: Json = {"kind": "change"}
        while self._events or not await self.is_silent():
            event = await self.event()
            assert event.pop("kind") == "change"
            threads = {each["thread"]: each for part in (changed, event) for each in part.get("threads", ())}
            changed |= event
            if threads:
                changed["threads"] = list(threads.values())
        return changed

    async def is_silent(self) -> bool:
        """Return whether nothing more comes: an answer to a question comes before any event that is still to come."""
        await self.client.send_json_auto_id({"type": "ping"})
        message = await self._receive()
        while message["type"] != "pong":
            self._events.append(message["event"])
            message = await self._receive()
        return not self._events

    async def _receive(self) -> Json:
        async with asyncio.timeout(PATIENCE):
            message: Json = await self.client.receive_json()
        return message


async def create_user(hass: HomeAssistant, name: str, group: str = GROUP_ID_USER) -> User:
    """Create a user who is logged in; the first of a house would be its owner, who may do everything."""
    if not await hass.auth.async_get_users():
        await hass.auth.async_create_user("Owner", group_ids=[GROUP_ID_ADMIN])
    return await hass.auth.async_create_user(name, group_ids=[group])


async def open_panel(house: House, connect: WebSocketGenerator, user: User | None = None) -> Panel:
    """Connect as a user, by default as an administrator."""
    if user is None:
        return Panel(house, await connect(house.hass))
    refresh = await house.hass.auth.async_create_refresh_token(user, CLIENT_ID)
    return Panel(house, await connect(house.hass, house.hass.auth.async_create_access_token(refresh)))


def thread_of(event: Json, key: str) -> Json:
    """Return a thread of an event."""
    found: Json = next(each for each in event["threads"] if each["thread"] == key)
    return found
