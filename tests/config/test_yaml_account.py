"""Accounts of YAML as config entries."""

import asyncio
from types import MappingProxyType

import pytest
from homeassistant.config_entries import (
    SOURCE_IMPORT,
    ConfigEntry,
    ConfigEntryDisabler,
    ConfigEntryState,
    ConfigSubentry,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.const import DOMAIN
from tests.support.flow_forms import count_starts
from tests.support.gateway import Gateway
from tests.support.house import ALICE, BOB
from tests.support.yaml_import import Account, AccountWriter, apply, only_entry

CAROL = "+33611223344"


def people(entry: ConfigEntry) -> dict[str, str | None]:
    """Give the recipients: name and number, or group."""
    return {subentry.title: subentry.unique_id for subentry in entry.subentries.values()}


def ids(entry: ConfigEntry) -> dict[str, str]:
    """Give the ids of the recipients by name."""
    return {subentry.title: subentry.subentry_id for subentry in entry.subentries.values()}


async def test_an_account_of_yaml_becomes_an_entry(hass: HomeAssistant, gateway: Gateway, write: AccountWriter) -> None:
    account = write(("Alice", ALICE), ("Family", "Famille"), sender="MAISON", region="FR", max_segments=2)
    result = await apply(hass, account)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = only_entry(hass)
    assert (entry.title, entry.source, entry.unique_id) == ("Home", SOURCE_IMPORT, "yaml_home")
    assert entry.data["access_token"] == gateway.token
    assert entry.data["base_url"] == gateway.url
    assert len(entry.data["webhook_id"]) == 64
    assert dict(entry.options) == {"sender": "MAISON", "region": "FR", "max_segments": 2}
    assert people(entry) == {"Alice": ALICE, "Family": "group:Famille"}
    assert [dict(subentry.data) for subentry in entry.subentries.values()] == [{"number": ALICE}, {"group": "Famille"}]
    assert entry.state is ConfigEntryState.LOADED


async def test_a_house_whose_gateway_is_away_starts_all_the_same(
    hass: HomeAssistant, gateway: Gateway, write: AccountWriter
) -> None:
    async with gateway.offline():
        await apply(hass, write(("Alice", ALICE)))
        assert only_entry(hass).state is ConfigEntryState.LOADED
        assert hass.services.has_service("notify", "home")


async def test_no_recipient_is_asked_for(hass: HomeAssistant, write: AccountWriter) -> None:
    result = await apply(hass, write())
    assert "next_flow" not in result
    assert not hass.config_entries.subentries.async_progress()


async def test_the_same_yaml_again_changes_nothing(hass: HomeAssistant, gateway: Gateway, write: AccountWriter) -> None:
    account = write(("Alice", ALICE), ("Family", "Famille"), sender="MAISON", low_balance=7.5)
    await apply(hass, account)
    entry = only_entry(hass)
    modified, starts, asked = entry.modified_at, count_starts(entry), len(await gateway.requests())
    result = await apply(hass, account)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert entry.modified_at == modified
    assert starts == []
    assert len(await gateway.requests()) == asked


@pytest.mark.parametrize(
    ("changes", "options"),
    [
        pytest.param({"sender": "ALARME"}, {"sender": "ALARME", "region": "FR"}, id="changed"),
        pytest.param({"stop": "always"}, {"sender": "MAISON", "region": "FR", "stop": "always"}, id="added"),
        pytest.param({"sender": None}, {"region": "FR"}, id="removed"),
    ],
)
async def test_options_follow_yaml(
    hass: HomeAssistant, write: AccountWriter, changes: Account, options: Account
) -> None:
    before: Account = {"sender": "MAISON", "region": "FR"}
    await apply(hass, write(**before))
    entry = only_entry(hass)
    starts = count_starts(entry)
    await apply(hass, write(**{key: value for key, value in (before | changes).items() if value is not None}))
    assert dict(entry.options) == options
    assert starts == [ConfigEntryState.LOADED]


async def test_an_account_is_the_same_in_capitals(hass: HomeAssistant, write: AccountWriter) -> None:
    await apply(hass, write())
    await apply(hass, write(name="HOME"))
    assert only_entry(hass).title == "HOME"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        pytest.param([("Alice", ALICE)], {"Alice": "Alice"}, id="removed"),
        pytest.param([("Bob", BOB), ("Alice", ALICE)], {"Alice": "Alice", "Bob": "Bob"}, id="another order"),
        pytest.param([("Alice", ALICE), ("Bob", BOB), ("Carol", CAROL)], {"Alice": "Alice", "Bob": "Bob"}, id="added"),
        pytest.param([("Ali", ALICE), ("Bob", BOB)], {"Alice": "Ali", "Bob": "Bob"}, id="renamed"),
        pytest.param([("Alice", CAROL), ("Bob", BOB)], {"Alice": "Alice", "Bob": "Bob"}, id="new number"),
        pytest.param([("Alice", "Amis"), ("Bob", BOB)], {"Alice": "Alice", "Bob": "Bob"}, id="now a group"),
        pytest.param([("Alice", BOB), ("Bob", ALICE)], {"Alice": "Bob", "Bob": "Alice"}, id="swapped numbers"),
        pytest.param([("Bob", ALICE), ("Alice", CAROL)], {"Alice": "Bob"}, id="number handed over"),
        pytest.param([], {}, id="all removed"),
    ],
)
async def test_recipients_follow_yaml_and_keep_their_entities(
    hass: HomeAssistant, write: AccountWriter, written: list[tuple[str, str]], kept: dict[str, str]
) -> None:
    await apply(hass, write(("Alice", ALICE), ("Bob", BOB)))
    entry = only_entry(hass)
    before, starts = ids(entry), count_starts(entry)
    await apply(hass, write(*written))
    assert people(entry) == {name: to if to.startswith("+") else f"group:{to}" for name, to in written}
    assert {
        old: name for old, old_id in before.items() for name, new_id in ids(entry).items() if new_id == old_id
    } == kept
    in_registry = {
        entity.config_subentry_id for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    }
    assert in_registry - {None} == set(ids(entry).values())
    assert len(starts) == (people(entry) != {"Alice": ALICE, "Bob": BOB})


async def test_what_hangs_on_an_account_beside_its_recipients_is_not_for_yaml_to_remove(
    hass: HomeAssistant, write: AccountWriter
) -> None:
    await apply(hass, write(("Alice", ALICE)))
    entry = only_entry(hass)
    other = ConfigSubentry(data=MappingProxyType({}), subentry_type="watchdog", title="Watchdog", unique_id=None)
    hass.config_entries.async_add_subentry(entry, other)
    await hass.async_block_till_done(wait_background_tasks=True)
    starts = count_starts(entry)
    await apply(hass, write(("Alice", ALICE)))
    assert starts == []
    await apply(hass, write(("Bob", BOB)))
    assert people(entry) == {"Watchdog": None, "Bob": BOB}


async def test_whatever_changes_at_once_reloads_once(hass: HomeAssistant, write: AccountWriter) -> None:
    numbers = [f"+336120000{index:02}" for index in range(20)]
    await apply(hass, write(*[(f"Person {index}", number) for index, number in enumerate(numbers)]))
    entry = only_entry(hass)
    starts = count_starts(entry)
    await apply(
        hass, write(*[(f"Neighbour {index}", number) for index, number in enumerate(numbers[10:])], sender="MAISON")
    )
    assert len(people(entry)) == 10
    assert starts == [ConfigEntryState.LOADED]


async def test_an_account_that_is_switched_off_stays_off(hass: HomeAssistant, write: AccountWriter) -> None:
    await apply(hass, write(("Alice", ALICE)))
    entry = only_entry(hass)
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    await apply(hass, write(("Bob", BOB), sender="MAISON"))
    assert entry.state is ConfigEntryState.NOT_LOADED
    assert people(entry) == {"Bob": BOB}
    assert entry.options == {"sender": "MAISON"}


async def test_a_new_account_of_yaml_is_there_after_the_start(hass: HomeAssistant, gateway: Gateway) -> None:
    account = {"name": "Home", "access_token": gateway.token, "base_url": gateway.url}
    async with asyncio.timeout(10):
        assert await async_setup_component(hass, DOMAIN, {DOMAIN: [account]})
        await hass.async_block_till_done(wait_background_tasks=True)
    assert only_entry(hass).state is ConfigEntryState.LOADED


async def test_yaml_at_the_start_is_followed_before_the_account_is_set_up(
    hass: HomeAssistant, gateway: Gateway, write: AccountWriter
) -> None:
    entry = MockConfigEntry(
        domain=DOMAIN,
        source=SOURCE_IMPORT,
        title="Home",
        unique_id="yaml_home",
        data={"access_token": gateway.token, "base_url": gateway.url, "webhook_id": "a-secret-webhook-id"},
    )
    entry.add_to_hass(hass)
    starts = count_starts(entry)
    account = {"name": "Home", "access_token": gateway.token, "base_url": gateway.url}
    recipients = [{"name": "Alice", "number": "06 12 34 56 78"}]
    assert await async_setup_component(hass, DOMAIN, {DOMAIN: [account | {"recipients": recipients}]})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert people(entry) == {"Alice": ALICE}
    assert starts == [ConfigEntryState.LOADED]
