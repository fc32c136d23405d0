"""Control API, `/_emulator/`: drives the gateway from tests and from the phone page, in JSON."""

import codecs
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from aiohttp import web

from . import serializers
from .callbacks import Callbacks, check_mode
from .codes import SCHEDULED, STATUSES
from .fault_responses import FaultResponder
from .faults import Fault, Faults
from .models import Account, Delivery, Message, Token
from .request_log import RequestLog
from .sse import EventStreams
from .state import NIGHTS, PAST_DATES, Callback, GatewayState, Options, new_id

type Command = dict[str, Any]
type Handler = Callable[[Command], Awaitable[Any]]

REPLY_CLASS = 4
FOREIGN_NUMBER = "33799999999"
FOREIGN_TEXT = "Sent by another program"


class ControlledGateway(Protocol):
    """Parts of a gateway that the control API reads and changes."""

    state: GatewayState
    log: RequestLog
    faults: Faults
    callbacks: Callbacks
    events: EventStreams
    fault_responder: FaultResponder


def add_routes(app: web.Application, gateway: ControlledGateway) -> None:
    """Add the routes of the control API to an application."""
    api = ControlApi(gateway)
    app.router.add_get("/_emulator/state", api.state)
    app.router.add_get("/_emulator/requests", api.requests)
    app.router.add_get("/_emulator/events", api.events)
    commands: dict[str, Handler] = {
        "reset": api.reset,
        "faults": api.faults,
        "release": api.release,
        "advance": api.advance,
        "report": api.report,
        "reply": api.reply,
        "phone": api.phone,
        "foreign_messages": api.foreign_messages,
        "callbacks": api.callbacks,
        "forged_callback": api.forged_callback,
        "settings": api.settings,
    }
    for name, handler in commands.items():
        app.router.add_post(f"/_emulator/{name}", _command_handler(handler))


def _command_handler(handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        """Accept JSON only, which a page of another site cannot send without a preflight request."""
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        command = await request.json() if request.can_read_body else {}
        try:
            return web.json_response(await handler(command))
        except (LookupError, ValueError, TypeError, ArithmeticError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)

    return handle


class ControlApi:
    """Handlers of the control API."""

    def __init__(self, gateway: ControlledGateway) -> None:
        """Keep the gateway to control."""
        self._gateway = gateway
        self._state = gateway.state

    async def state(self, request: web.Request) -> web.Response:
        """Return the whole state; `latest` limits the messages and the replies."""
        self._state.run_due()
        latest = int(request.query["latest"]) if "latest" in request.query else None
        callbacks = self._gateway.callbacks
        calls = {"callbacks": list(callbacks.made), "held_callbacks": [str(job.target) for job in callbacks.held]}
        return web.json_response(serializers.snapshot(self._state, latest) | calls)

    async def requests(self, request: web.Request) -> web.Response:
        """Return the request log; `endpoint` and `after` (a serial) filter it, `wait` waits for so many."""
        endpoint = request.query.get("endpoint")
        after = int(request.query.get("after", 0))
        await self._gateway.log.wait(endpoint, int(request.query.get("wait", 0)), after)
        entries = self._gateway.log.entries(endpoint, after)
        return web.json_response([entry.as_json() for entry in entries])

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Stream the changes as server-sent events."""
        response = web.StreamResponse(headers={"Cache-Control": "no-store"})
        response.content_type = "text/event-stream"
        await response.prepare(request)
        async for line in self._gateway.events.stream():
            await response.write(line)
        return response

    async def reset(self, _command: Command) -> Command:
        """Reset the state, the faults and the request log."""
        self._gateway.faults.active.clear()
        self._gateway.log.clear()
        self._state.reset()
        return {}

    async def faults(self, command: Command) -> Any:
        """Add a fault; with `clear`, remove all. Returns the active faults."""
        faults = self._gateway.faults
        if command.get("clear"):
            faults.active.clear()
        else:
            faults.active.append(Fault.read(command, self._state.clock.now()))
        return [fault.as_json() for fault in faults.active]

    async def release(self, _command: Command) -> Command:
        """Release the requests that hang."""
        self._gateway.fault_responder.release()
        return {}

    async def advance(self, command: Command) -> Command:
        """Move time by `seconds` or to `to`; then advance each delivery by `steps` statuses."""
        if "to" in command:
            self._state.clock.set(_moment(command["to"]))
        self._state.clock.advance(float(command.get("seconds", 0)))
        self._state.run_due()
        for _ in range(int(command.get("steps", 0))):
            for message in list(self._state.messages.values()):
                for delivery in message.deliveries:
                    self._state.step(delivery, self._state.clock.now())
        return await self._calls_made()

    async def report(self, command: Command) -> Command:
        """Set the status of a delivery to `code`; without `number`, of all deliveries of the message."""
        code = int(command["code"])
        for delivery in self._deliveries(command):
            delivery.operator = str(command.get("operator", delivery.operator))
            self._state.report(delivery, code, at=self._at(command), callback=_callback(command))
        return await self._calls_made() | {"description": STATUSES.get(code, STATUSES[999])}

    def _deliveries(self, command: Command) -> list[Delivery]:
        message = self._state.messages[command["message_id"]]
        number = command.get("number")
        found = message.to(str(number)) if number else message.deliveries
        if not found:
            raise KeyError(number)
        return found

    def _at(self, command: Command) -> datetime:
        return _moment(command["at"]) if command.get("at") else self._state.clock.now()

    async def reply(self, command: Command) -> Command:
        """Reply from a phone: to the message named, else to the latest that allows it, else to none if `stray`."""
        number = str(command["number"])
        message = None if command.get("stray") else self._answerable(number, command.get("message_id"))
        reply = self._state.reply(number, str(command["text"]), message, callback=_callback(command))
        return await self._calls_made() | serializers.reply(reply)

    def _answerable(self, number: str, message_id: str | None) -> Message:
        if message_id is not None:
            message = self._state.messages[message_id]
            if not _can_answer(number, message):
                raise ValueError("this phone cannot answer this message")
            return message
        for message in reversed(self._state.messages.values()):
            if _can_answer(number, message):
                return message
        raise ValueError("this phone has no message that can be answered")

    async def phone(self, command: Command) -> Command:
        """Switch a phone off or on."""
        self._state.set_phone(str(command["number"]), on=bool(command["on"]))
        return await self._calls_made()

    async def foreign_messages(self, command: Command) -> Command:
        """Add `count` messages to the history that another program sent with the same account."""
        number, text = command.get("number", FOREIGN_NUMBER), command.get("text", FOREIGN_TEXT)
        self._state.add_foreign_messages(int(command["count"]), str(number), str(text))
        return {}

    async def callbacks(self, command: Command) -> Command:
        """Release the held callbacks, `backwards` if asked."""
        self._gateway.callbacks.release(backwards=bool(command.get("backwards")))
        return await self._calls_made()

    async def forged_callback(self, command: Command) -> Command:
        """Call `url` with `params` that belong to no event of the gateway."""
        self._gateway.callbacks.forge(str(command["url"]), {str(k): str(v) for k, v in command["params"].items()})
        return await self._calls_made()

    async def _calls_made(self) -> Command:
        callbacks, before = self._gateway.callbacks, self._gateway.callbacks.count
        await callbacks.flush()
        made = list(callbacks.made)[::-1][: callbacks.count - before][::-1]
        return {"callbacks": made, "now": self._state.clock.now().isoformat()}

    async def settings(self, command: Command) -> Command:
        """Change settings of the account (`username`, default the main one) and of the gateway."""
        state, options = self._state, self._state.options
        owner = state.accounts[command.pop("username", state.main.username)]
        for name, value in command.items():
            if name in ACCOUNT_SETTINGS:
                ACCOUNT_SETTINGS[name](owner, value)
            elif name in TOKEN_SETTINGS:
                TOKEN_SETTINGS[name](self, owner, value)
            else:
                apply_settings(options, {name: value})
        state.notify("balance")
        return {"account": serializers.account(owner)}

    def add_token(self, owner: Account, token: str) -> None:
        """Add a key to an account."""
        self._state.tokens[token or new_id(32)] = Token(owner, None)

    def revoke(self, _owner: Account, token: str) -> None:
        """Revoke a key."""
        del self._state.tokens[token]

    def block(self, _owner: Account, numbers: list[str]) -> None:
        """Replace the set of blocked numbers."""
        self._state.blocked = set(numbers)


ACCOUNT_SETTINGS: dict[str, Callable[[Account, Any], None]] = {
    "balance": lambda account, value: setattr(account, "balance", Decimal(str(value))),
    "post_paid": lambda account, value: setattr(account, "post_paid", bool(value)),
    "reply_url": lambda account, value: setattr(account, "reply_url", str(value)),
}
TOKEN_SETTINGS: dict[str, Callable[[ControlApi, Account, Any], None]] = {
    "token": ControlApi.add_token,
    "revoke": ControlApi.revoke,
    "blocked": ControlApi.block,
}


def _can_answer(number: str, message: Message) -> bool:
    """Return whether a phone got a message that allows replies."""
    return message.message_class == REPLY_CLASS and message.status() != SCHEDULED and bool(message.to(number))


def _charset(name: str) -> str:
    return codecs.lookup(name).name


def _night(name: str) -> str:
    return NIGHTS[NIGHTS.index(name)]


def _past_dates(name: str) -> str:
    return PAST_DATES[PAST_DATES.index(name)]


CHECKS: dict[str, Callable[[str], str]] = {
    "callbacks": check_mode,
    "charset": _charset,
    "callback_charset": _charset,
    "night": _night,
    "past_dates": _past_dates,
    "zone": lambda name: ZoneInfo(name).key,
}


def apply_settings(options: Options, settings: Mapping[str, Any]) -> None:
    """Change settings of the gateway; KeyError for one that it does not have."""
    for name, value in settings.items():
        if not hasattr(options, name):
            raise KeyError(name)
        setattr(options, name, _option(name, value, getattr(options, name)))


def _option(name: str, value: Any, before: Any) -> Any:
    if (check := CHECKS.get(name)) is not None:
        return check(str(value))
    if name == "progression":
        return None if value is None else float(value)
    if name == "price":
        return Decimal(str(value))
    if isinstance(before, dict):
        return before | value
    return type(before)(value)


def _callback(command: Command) -> Callback:
    value = command.get("callback", True)
    return check_mode(value) if isinstance(value, str) else bool(value)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs an offset")
    return moment
