"""A gateway across the street, and a client that knows its key; no house."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, settings

from custom_components.smsmode.api import SmsmodeClient
from tests.support.api_failures import SECRETS
from tests.support.gateway import Gateway

# How long an example takes says something of the machine, nothing of the code.
settings.register_profile("api", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("api")


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations() -> None:
    """Need no Home Assistant, which takes its time to start for each test."""


@pytest.fixture(autouse=True)
def _real_sockets(socket_enabled: Any) -> None:
    """Let the tests of this directory speak on the loopback."""


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with Gateway() as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def client(gateway: Gateway, session: aiohttp.ClientSession) -> SmsmodeClient:
    return SmsmodeClient(session, gateway.token, base_url=gateway.url)


@pytest.fixture
def logs_keep_secrets(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Look for secrets in whatever was logged by anybody."""
    caplog.set_level("DEBUG")
    yield
    for secret in SECRETS:
        assert secret not in caplog.text
