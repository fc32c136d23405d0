"""The back door, `/_emulator/`: drives the gateway from tests and from the telephone page. Speaks JSON."""

import codecs
from collections.abc import Awaitable, Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from aiohttp import web

from . import serializers as views
from .callbacks import check_mode
from .codes import SCHEDULED, STATUSES
from .faults import Fault
from .models import Account, Delivery, Message, Token
from .state import Callback, new_id

if TYPE_CHECKING:
    from .server import Gateway

type Order = dict[str, Any]
type Handler = Callable[[Order], Awaitable[Any]]

REPLY_CLASS = 4


def open_to(app: web.Application, gateway: Gateway) -> None:
    """Add the back door to an application."""
    door = BackDoor(gateway)
    app.router.add_get("/_emulator/state", door.state)
    app.router.add_get("/_emulator/requests", door.requests)
    app.router.add_get("/_emulator/events", door.events)
    orders: dict[str, Handler] = {
        "reset": door.reset,
        "faults": door.faults,
        "release": door.release,
        "advance": door.advance,
        "report": door.report,
        "reply": door.reply,
        "phone": door.phone,
        "callbacks": door.callbacks,
        "settings": door.settings,
    }
    for name, handler in orders.items():
        app.router.add_post(f"/_emulator/{name}", _order(handler))


def _order(handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        """Only JSON is taken, which a page of another site cannot send without being asked."""
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        order = await request.json() if request.can_read_body else {}
        try:
            return web.json_response(await handler(order))
        except (LookupError, ValueError, TypeError, ArithmeticError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)

    return handle


class BackDoor:
    """What can be asked."""

    def __init__(self, gateway: Gateway) -> None:
        """Take the gateway to drive."""
        self._gateway = gateway
        self._world = gateway.world

    async def state(self, request: web.Request) -> web.Response:
        """Show everything; `latest` limits the messages and the replies."""
        self._world.settle()
        latest = int(request.query["latest"]) if "latest" in request.query else None
        callbacks = self._gateway.callbacks
        shown = {"callbacks": list(callbacks.made), "held_callbacks": [str(job.target) for job in callbacks.held]}
        return web.json_response(views.state(self._world, latest) | shown)

    async def requests(self, request: web.Request) -> web.Response:
        """Show the request log; `endpoint` and `after` (a serial) narrow it, `wait` waits for so many."""
        endpoint = request.query.get("endpoint")
        await self._gateway.log.wait(endpoint, int(request.query.get("wait", 0)))
        entries = self._gateway.log.entries(endpoint, int(request.query.get("after", 0)))
        return web.json_response([entry.as_json() for entry in entries])

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Stream the changes."""
        response = web.StreamResponse(headers={"Cache-Control": "no-store"})
        response.content_type = "text/event-stream"
        await response.prepare(request)
        async for line in self._gateway.events.stream():
            await response.write(line)
        return response

    async def reset(self, _order: Order) -> Order:
        """Begin again."""
        self._gateway.faults.orders.clear()
        self._gateway.log.clear()
        self._world.reset()
        return {}

    async def faults(self, order: Order) -> Any:
        """Order a fault; with `clear`, forget all orders."""
        if order.get("clear"):
            self._gateway.faults.orders.clear()
        else:
            self._gateway.faults.orders.append(Fault.read(order))
        return [vars(fault) for fault in self._gateway.faults.orders]

    async def release(self, _order: Order) -> Order:
        """Let go of what hangs."""
        self._gateway.misbehaviour.release()
        return {}

    async def advance(self, order: Order) -> Order:
        """Move time by `seconds` or to `to`; then take every delivery `steps` steps on."""
        if "to" in order:
            self._world.clock.set(_moment(order["to"]))
        self._world.clock.advance(float(order.get("seconds", 0)))
        self._world.settle()
        for _ in range(int(order.get("steps", 0))):
            for message in list(self._world.messages.values()):
                for delivery in message.deliveries:
                    self._world.step(delivery, self._world.clock.now())
        return await self._called()

    async def report(self, order: Order) -> Order:
        """Give a delivery (all of the message without `number`) the status `code`."""
        code = int(order["code"])
        for delivery in self._deliveries(order):
            delivery.operator = str(order.get("operator", delivery.operator))
            self._world.report(delivery, code, at=self._at(order), callback=_callback(order))
        return await self._called() | {"description": STATUSES.get(code, STATUSES[999])}

    def _deliveries(self, order: Order) -> list[Delivery]:
        message = self._world.messages[order["message_id"]]
        number = order.get("number")
        found = message.to(str(number)) if number else message.deliveries
        if not found:
            raise KeyError(number)
        return found

    def _at(self, order: Order) -> datetime:
        return _moment(order["at"]) if order.get("at") else self._world.clock.now()

    async def reply(self, order: Order) -> Order:
        """Answer from a telephone: the message named, else the latest that may be answered, else none if `stray`."""
        number = str(order["number"])
        message = None if order.get("stray") else self._answerable(number, order.get("message_id"))
        reply = self._world.reply(number, str(order["text"]), message, callback=_callback(order))
        return await self._called() | views.reply(reply)

    def _answerable(self, number: str, message_id: str | None) -> Message:
        if message_id is not None:
            message = self._world.messages[message_id]
            if not _can_answer(number, message):
                raise ValueError("this telephone cannot answer this message")
            return message
        for message in reversed(self._world.messages.values()):
            if _can_answer(number, message):
                return message
        raise ValueError("this telephone has no message that can be answered")

    async def phone(self, order: Order) -> Order:
        """Switch a telephone off or on."""
        self._world.switch(str(order["number"]), on=bool(order["on"]))
        return await self._called()

    async def callbacks(self, order: Order) -> Order:
        """Release the held callbacks, `backwards` if asked."""
        self._gateway.callbacks.release(backwards=bool(order.get("backwards")))
        return await self._called()

    async def _called(self) -> Order:
        callbacks, before = self._gateway.callbacks, self._gateway.callbacks.count
        await callbacks.flush()
        made = list(callbacks.made)[::-1][: callbacks.count - before][::-1]
        return {"callbacks": made, "now": self._world.clock.now().isoformat()}

    async def settings(self, order: Order) -> Order:
        """Change the account (`username`, default the main one) and the manners of the gateway."""
        world, options = self._world, self._world.options
        owner = world.accounts[order.pop("username", world.main.username)]
        for name, value in order.items():
            if name in ACCOUNT_SETTINGS:
                ACCOUNT_SETTINGS[name](owner, value)
            elif name in TOKEN_SETTINGS:
                TOKEN_SETTINGS[name](self, owner, value)
            elif hasattr(options, name):
                setattr(options, name, _option(name, value, getattr(options, name)))
            else:
                raise KeyError(name)
        world.tell("balance")
        return {"account": views.account(owner)}

    def add_token(self, owner: Account, token: str) -> None:
        """Give an account one more key."""
        self._world.tokens[token or new_id(32)] = Token(owner, None)

    def revoke(self, _owner: Account, token: str) -> None:
        """Take a key back."""
        del self._world.tokens[token]

    def bar(self, _owner: Account, numbers: list[str]) -> None:
        """Say which numbers are barred."""
        self._world.blocked = set(numbers)


ACCOUNT_SETTINGS: dict[str, Callable[[Account, Any], None]] = {
    "balance": lambda account, value: setattr(account, "balance", Decimal(str(value))),
    "post_paid": lambda account, value: setattr(account, "post_paid", bool(value)),
    "reply_url": lambda account, value: setattr(account, "reply_url", str(value)),
}
TOKEN_SETTINGS: dict[str, Callable[[BackDoor, Account, Any], None]] = {
    "token": BackDoor.add_token,
    "revoke": BackDoor.revoke,
    "blocked": BackDoor.bar,
}


def _can_answer(number: str, message: Message) -> bool:
    """Tell whether a telephone got a message that allows replies."""
    return message.message_class == REPLY_CLASS and message.status() != SCHEDULED and bool(message.to(number))


def _option(name: str, value: Any, before: Any) -> Any:
    if name == "callbacks":
        return check_mode(str(value))
    if name in {"charset", "callback_charset"}:
        return codecs.lookup(str(value)).name
    if name == "progression":
        return None if value is None else float(value)
    if name == "price":
        return Decimal(str(value))
    if isinstance(before, dict):
        return before | value
    return type(before)(value)


def _callback(order: Order) -> Callback:
    value = order.get("callback", True)
    return check_mode(value) if isinstance(value, str) else bool(value)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs an offset")
    return moment
