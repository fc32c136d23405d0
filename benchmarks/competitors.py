"""Competitors that send the same message: this integration, Home Assistant's own integrations, bare aiohttp."""

import asyncio
import sqlite3

from aiohttp import ClientSession, TCPConnector
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.util.ssl import get_default_context

from custom_components.smsmode.const import DOMAIN

from . import peer_integrations
from .hass_instance import ALICE, KEY, Stub
from .runner import Work

MESSAGE = "Water on the kitchen floor, alarm no. {}"
BARE = "bare aiohttp"
OUR_WAYS = ("notify.<account>", "notify entity", "smsmode.send_message")
OURS = OUR_WAYS[-1]
FLOOR = "the floor"
NAMES = (BARE, FLOOR, *OUR_WAYS, *peer_integrations.NAMES)
# Each kind once.
ONE_OF_EACH = (BARE, OURS, *peer_integrations.NAMES)


def session() -> ClientSession:
    """Return a session with the certificates that Home Assistant trusts."""
    return ClientSession(connector=TCPConnector(ssl=get_default_context()))


class Floor:
    """The plainest service that loses nothing: one durable write, one request, one state; and nothing else.

    All who want to write at the same time share one transaction.
    """

    def __init__(self, hass: HomeAssistant, bare: Work) -> None:
        """Keep Home Assistant, whose folder has the file."""
        self._hass, self._bare = hass, bare
        self._waiting: list[tuple[str, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._sent = 0

    async def open(self) -> None:
        """Open the database and register the service."""
        await self._hass.async_add_executor_job(self._open)
        self._hass.services.async_register("bench", "floor", self._send)

    def _open(self) -> None:
        # So named, its disk can be made slow as well as that of an account.
        file = self._hass.config.path(f"{DOMAIN}.floor.db")
        self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE row (value TEXT)"):
            self._connection.execute(statement)

    async def _send(self, call: ServiceCall) -> None:
        written: asyncio.Future[None] = self._hass.loop.create_future()
        self._waiting.append((call.data["message"], written))
        if self._writing is None:
            self._writing = self._hass.async_create_task(self._write_all())
        await written
        await self._bare(call.data["number"])
        self._sent += 1
        self._hass.states.async_set("sensor.floor_sent", str(self._sent))

    async def _write_all(self) -> None:
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            await self._hass.async_add_executor_job(self._write, [(value,) for value, _ in waiting])
            for _, written in waiting:
                written.set_result(None)
        self._writing = None

    def _write(self, rows: list[tuple[str]]) -> None:
        values = ",".join(["(?)"] * len(rows))
        self._connection.execute(f"INSERT INTO row VALUES {values}", [value for (value,) in rows])  # noqa: S608


async def competitors_of(hass: HomeAssistant, bare_session: ClientSession, gateway: Stub) -> dict[str, Work]:
    """Return the function of each competitor that sends one message."""

    async def bare(number: int) -> None:
        form = {"accessToken": KEY, "message": MESSAGE.format(number), "numero": ALICE[0]["number"][1:]}
        url = f"{gateway.url}/http/1.6/sendSMS.do"
        async with bare_session.post(url, data=form | {"classe_msg": "2", "nbr_msg": "1"}) as response:
            await response.read()

    async def floor(number: int) -> None:
        fields = {"message": MESSAGE.format(number), "number": number}
        await hass.services.async_call("bench", "floor", fields, blocking=True)

    await Floor(hass, bare).open()

    def service(name: str, domain: str = "notify", *, answers: bool = False, **data: object) -> Work:
        async def send(number: int) -> None:
            fields = {"message": MESSAGE.format(number), **data}
            await hass.services.async_call(domain, name, fields, blocking=True, return_response=answers)

        return send

    ours = (
        service("home"),
        service("send_message", entity_id="notify.alice"),
        service("send_message", "smsmode", answers=True, target=["Alice"]),
    )
    others = {name: service(name, target=[ALICE[0]["number"]]) for name in peer_integrations.NAMES}
    return {BARE: bare, FLOOR: floor, **dict(zip(OUR_WAYS, ours, strict=True)), **others}


async def connections(work: Work, gateway: Stub, count: int) -> int:
    """Return the number of connections that are opened for so many messages, one after the other."""
    before = await gateway.counts()
    for number in range(count):
        await work(-1 - number)
    # One of them is that of whoever asks for the counts.
    return (await gateway.counts())["connections"] - before["connections"] - 1
