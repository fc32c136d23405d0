"""Gateway for tests: the emulator in this process, on a real socket, driven through its control API."""

import contextlib
from base64 import b64decode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import ClientSession, ClientTimeout, TCPConnector
from multidict import CIMultiDict

from emulator.server import TOKEN
from emulator.server import Gateway as Emulator

type Json = dict[str, Any]

# A test that moves time is not to move it past a limit of its own requests.
NO_TIMEOUT = ClientTimeout(total=None, sock_connect=None)


@dataclass(frozen=True)
class LoggedRequest:
    """A request as the gateway received it, and what it answered (None while it hangs, or if it never did)."""

    method: str
    path: str
    query: str
    headers: CIMultiDict[str]
    body: bytes
    params: dict[str, str]
    fault: str
    status: int | None
    answer: bytes | None
    time: str

    @property
    def endpoint(self) -> str:
        """Return the last part of the path: `sendSMS.do`."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class GatewayDelivery:
    """Delivery of a message to one phone; `status` is a number of the annex."""

    message_id: str
    number: str
    text: str
    sender: str
    reference: str
    segments: int
    status: int


@dataclass(frozen=True)
class GatewayMessage:
    """A message that the gateway accepted; `message_class` is 2, 4 or 9, and 0 for voice."""

    id: str
    kind: str
    message_class: int
    created_at: str
    leaves_at: str
    notification_url: str
    reply_url: str
    title: str
    language: str
    cost: float
    status: int
    deliveries: list[GatewayDelivery]

    @property
    def text(self) -> str:
        """Return the text that the first recipient gets."""
        return self.deliveries[0].text

    @property
    def sender(self) -> str:
        """Return the sender that the first recipient sees."""
        return self.deliveries[0].sender

    @property
    def segments(self) -> int:
        """Return how many segments the first recipient gets."""
        return self.deliveries[0].segments

    @property
    def numbers(self) -> list[str]:
        """Return the recipients, digits alone."""
        return [delivery.number for delivery in self.deliveries]


class Gateway:
    """Gateway that runs for the length of the block it is entered for.

    Time stands as the real (or frozen) clock says until `advance`; statuses change only by `report`, `advance(steps=1)`
    or, with `progression`, by themselves. Callbacks have been made when `report`, `reply` or `advance` return.
    """

    def __init__(self, *, token: str = TOKEN, balance: float = 100, progression: float | None = None) -> None:
        """Prepare a gateway with one account; `progression` is the seconds from one status to the next."""
        self.token = token
        self.emulator = Emulator(token=token, balance=balance, progression=progression)
        self._session: ClientSession | None = None

    @property
    def url(self) -> str:
        """Return the base address, with no slash at the end."""
        return self.emulator.url

    async def __aenter__(self) -> Self:
        """Listen on a free port of 127.0.0.1."""
        await self.emulator.start()
        self._session = ClientSession(connector=TCPConnector(force_close=True), timeout=NO_TIMEOUT)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop; whatever hangs is let go."""
        if self._session is not None:
            await self._session.close()
        await self.emulator.stop()

    @contextlib.asynccontextmanager
    async def offline(self) -> AsyncIterator[None]:
        """Refuse connections for the length of the block; then be there again, at the same address."""
        await self.emulator.stop()
        try:
            yield
        finally:
            await self.emulator.start(port=self.emulator.port)

    async def requests(self, endpoint: str | None = None) -> list[LoggedRequest]:
        """Return the requests received, oldest first; `endpoint` as in `sendSMS.do`."""
        query = {"endpoint": endpoint} if endpoint else {}
        return [_logged(entry) for entry in await self._get("requests", query)]

    @property
    def latest_serial(self) -> int:
        """Return the serial of the latest request."""
        return self.emulator.log.serial

    async def wait_for_requests(self, endpoint: str, count: int = 1, *, after: int = 0) -> list[LoggedRequest]:
        """Wait until an endpoint got so many requests after a serial, and return them."""
        query = {"endpoint": endpoint, "wait": str(count), "after": str(after)}
        return [_logged(entry) for entry in await self._get("requests", query)]

    async def messages(self) -> list[GatewayMessage]:
        """Return the messages accepted and not deleted, oldest first."""
        return [_message(message) for message in (await self.state())["messages"]]

    async def state(self) -> Json:
        """Return everything: balance, accounts, tokens, messages, replies, callbacks (see emulator/README.md)."""
        state: Json = await self._get("state", {})
        return state

    async def balance(self) -> float:
        """Return the credits left on the main account."""
        return float((await self.set())["account"]["balance"])

    async def fail(
        self,
        endpoint: str,
        fault: str,
        times: int | None = 1,
        *,
        act: bool | None = None,
        seconds: float | None = None,
    ) -> None:
        """Make the next `times` requests (None: all) of an endpoint, or of any ("*"), go wrong.

        With `seconds`, all requests go wrong until so much of the gateway's time has passed. `act` overrides whether
        the request takes effect all the same. Faults: code:N http:N redirect:URL html text:TEXT empty half cut:BYTES
        garble drop_before drop_after hang_before hang_after slow:SECONDS big charset:NAME twice answer_of:ENDPOINT.
        """
        fields = {"endpoint": endpoint, "fault": fault, "times": times, "act": act, "seconds": seconds}
        await self._post("faults", fields)

    async def clear_faults(self) -> None:
        """Remove the faults that were added."""
        await self._post("faults", {"clear": True})

    async def release(self) -> None:
        """Release the requests that hang."""
        await self._post("release")

    async def advance(self, seconds: float = 0, *, steps: int = 0) -> Json:
        """Move the gateway's time; then take every delivery `steps` statuses on."""
        return await self._post("advance", {"seconds": seconds, "steps": steps})

    async def set_time(self, moment: str) -> Json:
        """Set the time of the gateway: ISO 8601 with an offset."""
        return await self._post("advance", {"to": moment})

    async def report(
        self,
        message_id: str,
        number: str | None,
        code: int,
        callback: bool | str = True,
        *,
        at: str | None = None,
        operator: str = "20801",
    ) -> Json:
        """Set the status of the delivery to one number (None: to all); `callback`: True, False or a mode."""
        order = {"message_id": message_id, "number": number, "code": code, "callback": callback}
        return await self._post("report", order | {"at": at, "operator": operator})

    async def reply(
        self,
        number: str,
        text: str,
        message_id: str | None = None,
        callback: bool | str = True,
        *,
        stray: bool = False,
    ) -> Json:
        """Reply from a phone to the message named, or the latest of class 4 to it; `stray`: none at all.

        Returns the reply: `id`, `received_at`, `number`, `text`, `to`, `message_id`, `reference`, `callbacks`.
        """
        order = {"number": number, "text": text, "message_id": message_id, "callback": callback, "stray": stray}
        return await self._post("reply", order)

    async def phone(self, number: str, *, on: bool) -> Json:
        """Switch a phone on or off."""
        return await self._post("phone", {"number": number, "on": on})

    async def add_foreign_messages(self, count: int, **fields: str) -> None:
        """Add messages to the history that another program sent: `number=`, `text=`."""
        await self._post("foreign_messages", {"count": count, **fields})

    async def forge_callback(self, url: str, **params: str) -> Json:
        """Call an address with parameters that belong to no event of the gateway."""
        return await self._post("forged_callback", {"url": url, "params": params})

    async def release_callbacks(self, *, backwards: bool = False) -> Json:
        """Make the callbacks that were held."""
        return await self._post("callbacks", {"backwards": backwards})

    async def set(self, **settings: Any) -> Json:
        """Change settings of the account or the gateway: `balance=`, `callbacks=` … (see its README)."""
        return await self._post("settings", settings)

    async def revoke(self, token: str | None = None) -> None:
        """Revoke a key: the one of the start unless another is named."""
        await self._post("settings", {"revoke": token or self.token})

    async def reset(self) -> None:
        """Reset the state; address and key stay."""
        await self._post("reset")

    async def _get(self, what: str, query: dict[str, str]) -> Any:
        assert self._session is not None, "the gateway runs only inside its block"
        async with self._session.get(f"{self.url}/_emulator/{what}", params=query) as response:
            return await response.json()

    async def _post(self, what: str, order: Json | None = None) -> Json:
        assert self._session is not None, "the gateway runs only inside its block"
        async with self._session.post(f"{self.url}/_emulator/{what}", json=order or {}) as response:
            answer: Json = await response.json()
            assert response.status == 200, answer
            return answer


def _logged(entry: Json) -> LoggedRequest:
    return LoggedRequest(
        method=entry["method"],
        path=entry["path"],
        query=entry["query"],
        headers=CIMultiDict(entry["headers"]),
        body=b64decode(entry["body"]),
        params=entry["params"],
        fault=entry["fault"],
        status=entry["status"],
        answer=None if entry["answer"] is None else b64decode(entry["answer"]),
        time=entry["time"],
    )


def _message(message: Json) -> GatewayMessage:
    fields = {name: message[name] for name in GatewayMessage.__dataclass_fields__ if name in message}
    deliveries = [
        GatewayDelivery(**{name: delivery[name] for name in GatewayDelivery.__dataclass_fields__})
        for delivery in message["deliveries"]
    ]
    return GatewayMessage(**(fields | {"message_class": message["class"], "deliveries": deliveries}))
