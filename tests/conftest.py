"""What all tests stand on: a real Home Assistant, and a gateway on a real socket."""

# Before the harness puts its own custom_components first.
import custom_components.smsmode  # isort: skip  # noqa: F401

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
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.support.callback_client import Door, open_door
from tests.support.command_house import SCRIPTS, Home, commanded_entry
from tests.support.gateway import Gateway
from tests.support.house import House, account_entry
from tests.support.recipient_dialogs import Dialog
from tests.support.watchdog_house import add_watchdog, async_switch
from tests.support.yaml_import import Account, WriteAccount

# These need a browser: `scripts/test --browser`.
collect_ignore = ["browser"]
# The harness writes down each statement to the database of a recorder.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


def _frozen(moment: datetime) -> FakeDatetime:
    """Freeze a moment of local time; freezegun itself forgets in which of the two hours of autumn it is."""
    fields = moment.timetuple()[:6]
    return FakeDatetime(*fields, moment.microsecond, moment.tzinfo, fold=moment.fold)


freezegun.api.datetime_to_fakedatetime = _frozen  # type: ignore[assignment]


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations(enable_custom_integrations: None) -> None:
    """Let Home Assistant load what is in this repository."""


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """Give each house a folder of its own: what an account remembers is on a real disk."""
    return str(tmp_path)


@pytest.fixture
async def gateway(socket_enabled: None) -> AsyncIterator[Gateway]:
    """Give a gateway with one account of 100 credits."""
    async with Gateway() as gateway:
        yield gateway


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Give an account with the recipients Alice and Family, not set up yet."""
    return account_entry(gateway)


@pytest.fixture
async def house(hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry) -> House:
    """Give a house whose account is set up."""
    house = House(hass, freezer, gateway, entry)
    await house.async_set_up()
    return house


@pytest.fixture
async def kennel(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry
) -> House:
    """Give a house with a watchdog, which is off."""
    freezer.move_to("2026-07-14T10:00:00+02:00")
    house = House(hass, freezer, gateway, entry)
    add_watchdog(house)
    await house.async_set_up()
    return house


@pytest.fixture
async def guarded(kennel: House) -> House:
    """Give a house with a watchdog, which is armed."""
    await async_switch(kennel, on=True)
    return kennel


@pytest.fixture
def done(hass: HomeAssistant) -> list[ServiceCall]:
    """Collect what the blueprints do."""
    calls: list[ServiceCall] = async_mock_service(hass, "test", "done")
    return calls


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file of an account will be."""
    return tmp_path / "smsmode.1.db"


@pytest.fixture
async def home(hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway) -> Home:
    """Give a house with scripts."""
    assert await async_setup_component(hass, "script", {"script": SCRIPTS})
    house = House(hass, freezer, gateway, commanded_entry(gateway))
    await house.async_set_up()
    return Home(house, house.capture("lights_are_off"), house.capture("smsmode_command"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where Home Assistant keeps its files."""
    return tmp_path / ".storage"


@pytest.fixture
async def door(hass: HomeAssistant, house: House, hass_client_no_auth: ClientSessionGenerator) -> Door:
    """Give the door of a house that is open to callbacks."""
    return await open_door(hass, hass_client_no_auth)


@pytest.fixture
async def dialog(house: House) -> AsyncIterator[Dialog]:
    """Give a dialog in a house with Alice, and the group Famille under the name Family; close it at the end."""
    yield Dialog(house)
    flows = house.hass.config_entries.subentries
    for flow in flows.async_progress():
        flows.async_abort(flow["flow_id"])
    await house.async_settle()


@pytest.fixture
def write(gateway: Gateway) -> WriteAccount:
    """Give what writes an account as the schema hands it over."""

    def write_account(*recipients: tuple[str, str], **changes: Any) -> Account:
        fields = {"name": "Home", "access_token": gateway.token, "base_url": gateway.url, **changes}
        people = [{"name": name, "number" if to.startswith("+") else "group": to} for name, to in recipients]
        return fields | {"recipients": people}

    return write_account
