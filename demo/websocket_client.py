"""Client of the WebSocket API of Home Assistant."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

from .settings import DemoError

type Json = dict[str, Any]


class HassClient:
    """Client of Home Assistant: current states, and events since the connection was made."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        """Keep an authenticated socket."""
        self.states: dict[str, Json] = {}
        self._socket = socket
        self._events: list[Json] = []
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._changed = asyncio.Event()

    async def listen(self) -> None:
        """Handle messages until the connection is closed."""
        async for message in self._socket:
            content = message.json()
            if content["type"] == "event":
                self._handle_event(content["event"])
            else:
                self._handle_result(content)
            self._changed.set()

    def _handle_event(self, event: Json) -> None:
        data = event["data"]
        if event["event_type"] == "state_changed":
            self.states[data["entity_id"]] = data["new_state"] or {}
        self._events.append(event)

    def _handle_result(self, content: Json) -> None:
        answer = self._answers.pop(content["id"])
        if content["success"]:
            answer.set_result(content["result"])
        else:
            answer.set_exception(DemoError(content["error"]["message"]))

    async def send_command(self, kind: str, **content: Any) -> Any:
        """Send a command, and return its result."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "type": kind, **content})
        return await answer

    async def wait_until_started(self, seconds: float) -> str:
        """Wait until Home Assistant has started, and return its version."""
        config: Json = await self.send_command("get_config")
        if config["state"] != "RUNNING":
            await self.wait_for(lambda: self.events("homeassistant_started"), seconds)
        return str(config["version"])

    async def call_action(self, action: str, entity_id: str) -> None:
        """Call an action on an entity."""
        domain, _, service = action.partition(".")
        await self.send_command("call_service", domain=domain, service=service, target={"entity_id": entity_id})

    async def account_sensors(self) -> dict[str, str]:
        """Return the entity ids of the sensors of the account by their keys; those of a recipient are left out."""
        entries: list[Json] = await self.send_command("config/entity_registry/list")
        return {
            entry["unique_id"].removeprefix(f"{entry['config_entry_id']}_"): entry["entity_id"]
            for entry in entries
            if entry["platform"] == "smsmode" and entry["config_subentry_id"] is None
        }

    async def call_action_for_response(self, action: str, **data: Any) -> Json:
        """Call an action, and return its response."""
        domain, _, service = action.partition(".")
        result = await self.send_command(
            "call_service", domain=domain, service=service, service_data=data, return_response=True
        )
        response: Json = result["response"]
        return response

    def state(self, entity_id: str) -> str:
        """Return the state of an entity, or an empty string if it does not exist."""
        return str(self.states.get(entity_id, {}).get("state", ""))

    def events(self, event_type: str) -> list[Json]:
        """Return the data of the events of a type, oldest first."""
        return [event["data"] for event in self._events if event["event_type"] == event_type]

    async def wait_for[T](self, condition: Callable[[], T], seconds: float) -> T:
        """Wait until a condition is true, and return its value. TimeoutError after `seconds`."""
        async with asyncio.timeout(seconds):
            while not (found := condition()):
                self._changed.clear()
                await self._changed.wait()
        return found


@asynccontextmanager
async def connect(session: ClientSession, house: str, token: str) -> AsyncIterator[HassClient]:
    """Connect and authenticate, then keep all states and events up to date."""
    async with session.ws_connect(f"{house}/api/websocket", max_msg_size=0) as socket:
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": token})
        if (await socket.receive_json())["type"] != "auth_ok":
            raise DemoError("Home Assistant does not accept its own token.")
        connection = HassClient(socket)
        listener = asyncio.create_task(connection.listen())
        await connection.send_command("subscribe_events")
        connection.states |= {state["entity_id"]: state for state in await connection.send_command("get_states")}
        yield connection
        listener.cancel()
