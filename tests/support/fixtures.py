"""Fixtures of a house with one account, for every program that runs tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from .gateway import Gateway
from .house import House, account_entry
from .links import Browser, open_browser
from .variants import VARIANTS, chosen_variants


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations(enable_custom_integrations: None) -> None:
    """Enable the custom integrations of this repository in Home Assistant."""


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """Return a configuration folder for each test: the state of an account is on a real disk."""
    return str(tmp_path)


@pytest.fixture
async def gateway(socket_enabled: None, request: pytest.FixtureRequest) -> AsyncIterator[Gateway]:
    """Yield a gateway with one account of 100 credits, and with the variants of the run."""
    async with Gateway() as gateway:
        for name in chosen_variants(request.config):
            await gateway.set(**VARIANTS[name].settings)
        yield gateway


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account with the recipients Alice and Family, not set up yet."""
    return account_entry(gateway)


@pytest.fixture
async def house(hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry) -> House:
    """Return a house whose account is set up."""
    house = House(hass, freezer, gateway, entry)
    await house.async_set_up()
    return house


@pytest.fixture
async def browser(house: House, hass_client_no_auth: ClientSessionGenerator) -> Browser:
    """Return the browser of a telephone."""
    return await open_browser(house, hass_client_no_auth)
