"""What a person sees and does in Home Assistant, through its WebSocket API."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

from .settings import DemoError

type Json = dict[str, Any]


class Connection:
    """The states as they are, and the events since the connection was made."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        """Take a socket that has logged in."""
        self.states: dict[str, Json] = {}
        self._socket = socket
        self._events: list[Json] = []
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._changed = asyncio.Event()

    async def listen(self) -> None:
        """Take in what comes, until the connection is closed."""
        async for message in self._socket:
            content = message.json()
            if content["type"] == "event":
                self._hear(content["event"])
            else:
                self._answer(content)
            self._changed.set()

    def _hear(self, event: Json) -> None:
        data = event["data"]
        if event["event_type"] == "state_changed":
            self.states[data["entity_id"]] = data["new_state"] or {}
        self._events.append(event)

    def _answer(self, content: Json) -> None:
        answer = self._answers.pop(content["id"])
        if content["success"]:
            answer.set_result(content["result"])
        else:
            answer.set_exception(DemoError(content["error"]["message"]))

    async def ask(self, kind: str, **content: Any) -> Any:
        """Send a command; gives its result."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "type": kind, **content})
        return await answer

    async def until_started(self, patience: float) -> str:
        """Wait until automations work; gives the version of Home Assistant."""
        config: Json = await self.ask("get_config")
        if config["state"] != "RUNNING":
            await self.until(lambda: self.heard("homeassistant_started"), patience)
        return str(config["version"])

    async def act(self, action: str, entity_id: str) -> None:
        """Perform an action on an entity."""
        domain, _, service = action.partition(".")
        await self.ask("call_service", domain=domain, service=service, target={"entity_id": entity_id})

    async def respond(self, action: str, **data: Any) -> Json:
        """Perform an action that gives a response."""
        domain, _, service = action.partition(".")
        result = await self.ask("call_service", domain=domain, service=service, service_data=data, return_response=True)
        response: Json = result["response"]
        return response

    def state(self, entity_id: str) -> str:
        """Give the state of an entity, nothing if it does not exist."""
        return str(self.states.get(entity_id, {}).get("state", ""))

    def heard(self, event_type: str) -> list[Json]:
        """Give the data of the events of a type, oldest first."""
        return [event["data"] for event in self._events if event["event_type"] == event_type]

    async def until[T](self, condition: Callable[[], T], patience: float) -> T:
        """Wait until a condition gives something, looking whenever anything changed; TimeoutError if it does not."""
        async with asyncio.timeout(patience):
            while not (found := condition()):
                self._changed.clear()
                await self._changed.wait()
        return found


@asynccontextmanager
async def connected(session: ClientSession, house: str, token: str) -> AsyncIterator[Connection]:
    """Log in, and know all states and hear all events from then on."""
    async with session.ws_connect(f"{house}/api/websocket", max_msg_size=0) as socket:
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": token})
        if (await socket.receive_json())["type"] != "auth_ok":
            raise DemoError("Home Assistant does not accept its own token.")
        connection = Connection(socket)
        listener = asyncio.create_task(connection.listen())
        await connection.ask("subscribe_events")
        connection.states |= {state["entity_id"]: state for state in await connection.ask("get_states")}
        yield connection
        listener.cancel()
