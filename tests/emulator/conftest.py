"""Fixtures of the emulator's tests: the emulator on a real socket, and a client that sends exact bytes."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, TCPConnector

from tests.support.gateway import Gateway

from .callback_server import CallbackServer
from .http_client import HttpClient


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations() -> None:
    """Replace the fixture of Home Assistant: the emulator does not use it."""


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Replace the fixture that turns on the debug mode of asyncio: no threads run here."""


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Allow connections to 127.0.0.1."""


@pytest.fixture
async def gateway(_sockets: None) -> AsyncIterator[Gateway]:
    """Yield a gateway with 100 credits whose statuses change on command."""
    async with Gateway() as gateway:
        yield gateway


@pytest.fixture
async def call(gateway: Gateway) -> AsyncIterator[HttpClient]:
    """Yield an HTTP client of the gateway."""
    async with ClientSession(connector=TCPConnector(force_close=True)) as session:
        yield HttpClient(gateway, session)


@pytest.fixture
async def callback_server(_sockets: None) -> AsyncIterator[CallbackServer]:
    """Yield a web server for the callbacks of the gateway."""
    callback_server = CallbackServer()
    async with callback_server.server() as server:
        callback_server.url = str(server.make_url("")).rstrip("/")
        yield callback_server
