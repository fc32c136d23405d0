"""Every entity of a full account, as a snapshot of its registry entry and its state: what a user sees of a change."""

from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion
from syrupy.matchers import path_type

from custom_components.smsmode import PLATFORMS
from custom_components.smsmode.const import DOMAIN
from tests.support.gateway import Gateway
from tests.support.house import (
    ALICE,
    ALICE_DIGITS,
    DISABLED_BY_DEFAULT,
    DISABLED_OF_RECIPIENTS,
    WEBHOOK_ID,
    House,
)
from tests.support.watchdog_house import TEXT, async_switch

# The gateway numbers its messages and replies at random.
WITHOUT_IDS = path_type({r".*\.(message_id|reply_id)": (str,)}, regex=True)


@pytest.fixture
async def full_house(hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway) -> House:
    """Return a house with a person, a group, a plan and an armed watchdog; a message was delivered and answered."""
    freezer.move_to("2026-07-14T10:00:00+02:00")
    subentries: list[tuple[str, str, dict[str, Any]]] = [
        ("recipient", "Alice", {"number": ALICE}),
        ("recipient", "Family", {"group": "Famille"}),
        ("alert_plan", "Leak", {"message": TEXT, "steps": [{"target": ["alice"]}], "repeat": 1}),
        ("watchdog", "Cellar", {"targets": [ALICE], "message": TEXT, "minutes": 60, "quiet_minutes": 0}),
    ]
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Home",
        entry_id="account",
        data={"access_token": gateway.token, "base_url": gateway.url, "webhook_id": WEBHOOK_ID},
        subentries_data=[
            ConfigSubentryDataWithId(
                data=data, subentry_id=title.lower(), subentry_type=subentry_type, title=title, unique_id=title
            )
            for subentry_type, title, data in subentries
        ],
    )
    house = House(hass, freezer, gateway, entry)
    await house.async_set_up()
    for entity_id in DISABLED_BY_DEFAULT:
        await house.async_enable(entity_id)
    await async_switch(house, on=True)
    sent = await house.async_call("send_message", message="Water!", target=["Alice"], reply=True, reference="leak")
    await house.gateway.report(sent["messages"][0]["message_id"], ALICE_DIGITS, 11, callback=False)
    await house.gateway.reply(ALICE_DIGITS, "J’arrive", callback=False)
    await house.async_poll()
    return house


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_entities_of_a_platform(
    full_house: House, entity_registry: er.EntityRegistry, snapshot: SnapshotAssertion, platform: str
) -> None:
    entities = er.async_entries_for_config_entry(entity_registry, full_house.entry.entry_id)
    of_platform = sorted((entity for entity in entities if entity.domain == platform), key=lambda each: each.entity_id)
    assert of_platform
    for entity in of_platform:
        assert entity == snapshot(name=f"{entity.entity_id}-entry")
        assert full_house.state(entity.entity_id) == snapshot(name=f"{entity.entity_id}-state", matcher=WITHOUT_IDS)


async def test_what_is_for_automations_alone_is_disabled_in_a_new_account(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    gateway: Gateway,
    entry: MockConfigEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    house = House(hass, freezer, gateway, entry)
    await house.async_set_up(is_new=True)
    entities = er.async_entries_for_config_entry(entity_registry, house.entry.entry_id)
    assert sorted(entity.entity_id for entity in entities if entity.disabled) == sorted(
        DISABLED_BY_DEFAULT + DISABLED_OF_RECIPIENTS
    )


async def test_an_account_from_before_keeps_what_it_has(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    gateway: Gateway,
    entry: MockConfigEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    house = House(hass, freezer, gateway, entry)
    entry.add_to_hass(hass)
    for entity_id in DISABLED_BY_DEFAULT:
        domain, name = entity_id.split(".")
        key = name.removeprefix("home_")
        entity_registry.async_get_or_create(
            domain, DOMAIN, f"{entry.entry_id}_{key}", config_entry=entry, suggested_object_id=name
        )
    await house.async_set_up()
    assert [house.state(entity_id).state for entity_id in DISABLED_BY_DEFAULT] == ["unknown", "0"]
