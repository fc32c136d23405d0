"""The emulator on a real socket, and a caller who sends exact bytes."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, TCPConnector

from tests.support.gateway import Gateway

from .callback_server import Listener
from .http_client import Caller


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations() -> None:
    """No Home Assistant runs here: the emulator knows none."""


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """No threads run here either: what the debug mode of asyncio watches for cannot happen."""


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Let these tests use 127.0.0.1."""


@pytest.fixture
async def gateway(_sockets: None) -> AsyncIterator[Gateway]:
    """A gateway with 100 credits whose statuses change on command."""
    async with Gateway() as gateway:
        yield gateway


@pytest.fixture
async def call(gateway: Gateway) -> AsyncIterator[Caller]:
    """Somebody who calls it."""
    async with ClientSession(connector=TCPConnector(force_close=True)) as session:
        yield Caller(gateway, session)


@pytest.fixture
async def listener(_sockets: None) -> AsyncIterator[Listener]:
    """Somebody the gateway calls back."""
    listener = Listener()
    async with listener.server() as server:
        listener.url = str(server.make_url("")).rstrip("/")
        yield listener
