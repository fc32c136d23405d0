"""Competitors that send the same message: this integration, Home Assistant's own integrations, bare aiohttp."""

import asyncio
import sqlite3

from aiohttp import ClientSession, TCPConnector
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.util.ssl import get_default_context

from . import peer_integrations
from .hass_instance import ALICE, KEY, Stub
from .runner import Work

MESSAGE = "Water on the kitchen floor, alarm no. {}"
BARE = "bare aiohttp"
OUR_WAYS = ("notify.<account>", "notify entity", "smsmode.send_message")
OURS = OUR_WAYS[-1]
MINIMAL = "a service, the request and two transactions"
NAMES = (BARE, MINIMAL, *OUR_WAYS, *peer_integrations.NAMES)
# Each kind once.
ONE_OF_EACH = (BARE, OURS, *peer_integrations.NAMES)


def session() -> ClientSession:
    """Return a session with the certificates that Home Assistant trusts."""
    return ClientSession(connector=TCPConnector(ssl=get_default_context()))


class MinimalSender:
    """Minimal sender that stores messages: a service that stores one, posts it with aiohttp, and stores the result.

    All who want to write at the same time share one transaction.
    """

    def __init__(self, hass: HomeAssistant, bare: Work) -> None:
        """Keep Home Assistant, whose folder has the file."""
        self._hass, self._bare = hass, bare
        self._rows: list[tuple[str]] = []
        self._lock = asyncio.Lock()

    async def open(self) -> None:
        """Open the database and register the service."""
        await self._hass.async_add_executor_job(self._open)
        self._hass.services.async_register("bench", "plainest", self._send)

    def _open(self) -> None:
        file = self._hass.config.path("plainest.db")
        self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE row (value TEXT)"):
            self._connection.execute(statement)

    async def _send(self, call: ServiceCall) -> None:
        await self._keep(call.data["message"])
        await self._bare(call.data["number"])
        await self._keep("accepted")

    async def _keep(self, value: str) -> None:
        self._rows.append((value,))
        async with self._lock:
            if self._rows:
                rows, self._rows = self._rows, []
                await self._hass.async_add_executor_job(self._write, rows)

    def _write(self, rows: list[tuple[str]]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT INTO row VALUES (?)", rows)
        self._connection.execute("COMMIT")


async def competitors_of(hass: HomeAssistant, bare_session: ClientSession, gateway: Stub) -> dict[str, Work]:
    """Return the function of each competitor that sends one message."""

    async def bare(number: int) -> None:
        form = {"accessToken": KEY, "message": MESSAGE.format(number), "numero": ALICE[0]["number"][1:]}
        url = f"{gateway.url}/http/1.6/sendSMS.do"
        async with bare_session.post(url, data=form | {"classe_msg": "2", "nbr_msg": "1"}) as response:
            await response.read()

    async def plainest(number: int) -> None:
        fields = {"message": MESSAGE.format(number), "number": number}
        await hass.services.async_call("bench", "plainest", fields, blocking=True)

    await MinimalSender(hass, bare).open()

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
    return {BARE: bare, MINIMAL: plainest, **dict(zip(OUR_WAYS, ours, strict=True)), **others}


async def connections(work: Work, gateway: Stub, count: int) -> int:
    """Return the number of connections that are opened for so many messages, one after the other."""
    before = await gateway.counts()
    for number in range(count):
        await work(-1 - number)
    # One of them is that of whoever asks for the counts.
    return (await gateway.counts())["connections"] - before["connections"] - 1
