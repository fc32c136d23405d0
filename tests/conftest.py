"""Fixtures of all tests: a real Home Assistant, and an emulated gateway on a real socket."""

# Before the harness puts its own custom_components first.
import custom_components.smsmode  # isort: skip  # noqa: F401

import asyncio.constants
import logging
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import freezegun.api
import pytest
from freezegun.api import FakeDatetime, FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion

from tests.support.callback_client import CallbackClient, open_callback_client
from tests.support.command_house import SCRIPTS, CommandHouse, command_entry
from tests.support.fixtures import auto_enable_custom_integrations, browser, entry, gateway, hass_config_dir, house
from tests.support.gateway import Gateway
from tests.support.house import House
from tests.support.recipient_dialogs import Dialog
from tests.support.variants import add_option, skip_what_is_otherwise
from tests.support.watchdog_house import add_watchdog, async_switch
from tests.support.yaml_import import Account, AccountWriter

__all__ = ["auto_enable_custom_integrations", "browser", "entry", "gateway", "hass_config_dir", "house"]

# These need a browser: `scripts/test --browser`.
collect_ignore = ["browser"]
# The harness runs the loop in debug mode, which notes where each task and callback was made. One frame is enough: ten
# cost a third of the time of all tests.
asyncio.constants.DEBUG_STACK_DEPTH = 1  # type: ignore[misc]
# The test harness logs each statement to the database of a recorder.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a run."""
    add_option(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Add the marker of a test whose promise is that of a gateway as it is guessed to be."""
    config.addinivalue_line("markers", "not_with(*variants, reason): skip in a run with one of these variants")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what a variant of the run makes otherwise."""
    skip_what_is_otherwise(config, items)


def _frozen(moment: datetime) -> FakeDatetime:
    """Convert a moment to a frozen one that keeps `fold`: freezegun itself loses it in the repeated hour of autumn."""
    fields = moment.timetuple()[:6]
    return FakeDatetime(*fields, moment.microsecond, moment.tzinfo, fold=moment.fold)


freezegun.api.datetime_to_fakedatetime = _frozen  # type: ignore[assignment]


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Return the snapshot assertion that serializes states and registry entries of Home Assistant."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@pytest.fixture
async def watchdog_house(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry
) -> House:
    """Return a house with a watchdog, which is off."""
    freezer.move_to("2026-07-14T10:00:00+02:00")
    house = House(hass, freezer, gateway, entry)
    add_watchdog(house)
    await house.async_set_up()
    return house


@pytest.fixture
async def armed_house(watchdog_house: House) -> House:
    """Return a house with a watchdog, which is armed."""
    await async_switch(watchdog_house, on=True)
    return watchdog_house


@pytest.fixture
def done(hass: HomeAssistant) -> list[ServiceCall]:
    """Collect the calls of the action `test.done`, which blueprints make in tests."""
    calls: list[ServiceCall] = async_mock_service(hass, "test", "done")
    return calls


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of the database of an account, which does not exist yet."""
    return tmp_path / "smsmode.1.db"


@pytest.fixture
async def command_house(hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway) -> CommandHouse:
    """Return a house with scripts that Alice may start by SMS."""
    assert await async_setup_component(hass, "script", {"script": SCRIPTS})
    house = House(hass, freezer, gateway, command_entry(gateway))
    await house.async_set_up()
    return CommandHouse(house, house.capture("lights_are_off"), house.capture("smsmode_command"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the path of the storage folder of Home Assistant."""
    return tmp_path / ".storage"


@pytest.fixture
async def callback_client(
    hass: HomeAssistant, house: House, hass_client_no_auth: ClientSessionGenerator
) -> CallbackClient:
    """Return an HTTP client for the webhook of a house that accepts callbacks."""
    return await open_callback_client(hass, hass_client_no_auth)


@pytest.fixture
async def dialog(house: House) -> AsyncIterator[Dialog]:
    """Yield the dialog that adds a recipient, in a house with Alice and the group Famille; abort it at the end."""
    yield Dialog(house)
    flows = house.hass.config_entries.subentries
    for flow in flows.async_progress():
        flows.async_abort(flow["flow_id"])
    await house.async_settle()


@pytest.fixture
def write(gateway: Gateway) -> AccountWriter:
    """Return a function that writes an account in YAML, as the schema returns it."""

    def write_account(*recipients: tuple[str, str], **changes: Any) -> Account:
        fields = {"name": "Home", "access_token": gateway.token, "base_url": gateway.url, **changes}
        people = [{"name": name, "number" if to.startswith("+") else "group": to} for name, to in recipients]
        return fields | {"recipients": people}

    return write_account
