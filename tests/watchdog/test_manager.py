"""The dead man's switch in a house: what the gateway holds, and when it leaves."""

from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.state.budget import BudgetPool
from tests.support.gateway import Gateway
from tests.support.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, House, account_entry
from tests.support.watchdog_house import HEALTH, SWITCH, add_watchdog, async_switch, delivered, leaves_at, scheduled


async def test_an_armed_watchdog_has_one_message_held_by_the_gateway(armed_house: House) -> None:
    (message,) = await scheduled(armed_house)
    assert message.numbers == [ALICE_DIGITS]
    assert message.text.startswith("The house in the hills is silent.\nLast sign of life: 2026-07-14 ")
    assert await leaves_at(armed_house) == dt_util.utcnow() + timedelta(hours=1)
    assert armed_house.state(SWITCH).state == "on"
    assert armed_house.state(HEALTH).state == "off"


@pytest.mark.not_with("no refund", reason="each push costs there, and a watchdog that costs is stopped")
async def test_while_the_house_lives_nothing_is_sent_and_nothing_is_spent(armed_house: House) -> None:
    for _ in range(60):
        await armed_house.async_wait(minutes=5)
        assert len(await scheduled(armed_house)) == 1
    assert not await delivered(armed_house)
    assert await armed_house.gateway.balance() == 99
    assert len(await armed_house.gateway.requests("sendSMS.do")) == 1 + 300 // 15
    await async_switch(armed_house, on=False)
    assert await armed_house.gateway.balance() == 100


async def test_off_is_said_when_the_gateway_has_nothing_any_more(armed_house: House) -> None:
    await async_switch(armed_house, on=False)
    assert not await scheduled(armed_house)
    assert armed_house.state(SWITCH).state == "off"
    await armed_house.async_wait(minutes=90)
    assert not await armed_house.gateway.messages()


async def test_silence_sends_exactly_one_message(armed_house: House) -> None:
    async with armed_house.gateway.offline():
        await armed_house.async_wait(hours=3)
    (message,) = await delivered(armed_house)
    assert message.numbers == [ALICE_DIGITS]
    assert not await scheduled(armed_house)


async def test_whoever_is_only_watched_over_has_no_news_of_it(armed_house: House) -> None:
    await armed_house.async_enable("sensor.alice_last_status")
    await armed_house.async_wait(minutes=20)
    assert armed_house.state("sensor.alice_last_status").state == "unknown"
    assert armed_house.state("sensor.home_pending").state == "0"
    assert armed_house.account.store.state.message_log.segments_sent == 0


async def test_switching_on_what_is_on_pushes_it_now(armed_house: House) -> None:
    await armed_house.async_wait(minutes=5)
    await async_switch(armed_house, on=True)
    assert await leaves_at(armed_house) == dt_util.utcnow() + timedelta(hours=1)


@pytest.mark.not_with("no refund", reason="each push costs there, and a watchdog that costs is stopped")
@pytest.mark.parametrize(("quiet", "minutes"), [(0, 60), (30, 90)], ids=["no quiet", "half an hour"])
async def test_a_stop_in_order_gives_the_house_as_much_more_time_as_a_person_allowed(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    gateway: Gateway,
    entry: MockConfigEntry,
    quiet: int,
    minutes: int,
) -> None:
    freezer.move_to("2026-07-14T10:00:00+02:00")
    house = House(hass, freezer, gateway, entry)
    add_watchdog(house, quiet_minutes=quiet)
    await house.async_set_up()
    await async_switch(house, on=True)
    await hass.async_stop()
    assert await leaves_at(house) == dt_util.utcnow() + timedelta(minutes=minutes)
    assert await gateway.balance() == 99


@pytest.mark.not_with("no refund", reason="each push costs there, and a watchdog that costs is stopped")
async def test_in_the_night_of_autumn_it_never_leaves_in_the_hour_that_is_repeated(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry
) -> None:
    freezer.move_to("2026-10-25T01:00:00+02:00")
    house = House(hass, freezer, gateway, entry)
    add_watchdog(house)
    await house.async_set_up()
    await async_switch(house, on=True)
    for _ in range(60):
        await house.async_wait(minutes=5)
        assert not await delivered(house)
    assert len(await scheduled(house)) == 1
    dates = {request.params["date_envoi"] for request in await gateway.requests("sendSMS.do")}
    assert not [date for date in dates if date.startswith("25102026-02:")]


async def test_what_was_spent_today_stands_in_nobodys_way(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway
) -> None:
    # Far from midnight, at which another day begins.
    freezer.move_to("2026-06-10T12:00:00-07:00")
    house = House(hass, freezer, gateway, account_entry(gateway, daily_limit=1, recipient_hourly_limit=1))
    add_watchdog(house)
    await house.async_set_up()
    await house.async_call("send_message", message="Good morning", target=["Alice"])
    await async_switch(house, on=True)
    for _ in range(40):
        await house.async_wait(minutes=1)
    assert len(await scheduled(house)) == 1
    assert house.account.store.state.budget.spent_today == {BudgetPool.ORDINARY: 1}


async def test_a_group_is_watched_for_too(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry
) -> None:
    house = House(hass, freezer, gateway, entry)
    family = next(each for each in entry.subentries.values() if each.title == "Family")
    add_watchdog(house, targets=[family.subentry_id])
    await house.async_set_up()
    await house.async_call("add_contact", name="Bob", number=BOB, groups=["Famille"])
    await async_switch(house, on=True)
    (message,) = await scheduled(house)
    assert message.numbers == [BOB_DIGITS]
    async with gateway.offline():
        await house.async_wait(hours=2)
    await house.async_wait(minutes=2)
    (gone,) = await delivered(house)
    assert house.account.store.state.message_log.messages[gone.id].group == "Famille"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        pytest.param({"targets": ["01J0000000000000000000GONE"]}, "watchdog_targets_missing", id="nobody left"),
        pytest.param({"targets": [ALICE, "group:Famille"]}, "watchdog_one_group", id="a group and others"),
        pytest.param({"message": "é" * 800}, "watchdog_message_too_long", id="too long"),
    ],
)
async def test_a_watchdog_that_cannot_be_sent_any_more_is_refused_with_the_reason(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    gateway: Gateway,
    entry: MockConfigEntry,
    data: dict[str, Any],
    key: str,
) -> None:
    house = House(hass, freezer, gateway, entry)
    add_watchdog(house, **data)
    await house.async_set_up()
    with pytest.raises(HomeAssistantError) as refused:
        await async_switch(house, on=True)
    assert refused.value.translation_key == key
    assert not await gateway.messages()


async def test_in_french_the_message_is_french(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry
) -> None:
    await hass.config.async_set_time_zone("Europe/Paris")
    freezer.move_to("2026-07-14T10:00:00+02:00")
    house = House(hass, freezer, gateway, entry)
    subentry = add_watchdog(house, message="La maison ne répond plus.")
    await house.async_set_up()
    hass.config.language = "fr"
    await async_switch(house, on=True)
    (message,) = await scheduled(house)
    mark = subentry.subentry_id[-5:]
    assert message.text == f"La maison ne répond plus.\nDernier signe de vie : 14/07/2026 10:00 ({mark}-1)"
    assert message.segments == 1


async def test_of_two_watchdogs_each_has_its_own_message_and_its_own_alarm(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry
) -> None:
    house = House(hass, freezer, gateway, entry)
    add_watchdog(house)
    add_watchdog(house, "Garage", minutes=240)
    await house.async_set_up()
    for name in ("cellar", "garage"):
        await hass.services.async_call("switch", "turn_on", {"entity_id": f"switch.{name}_armed"}, blocking=True)
    assert len(await scheduled(house)) == 2
    async with gateway.offline():
        await house.async_wait(minutes=90)
    await house.async_wait(minutes=1)
    assert house.state("event.cellar_alarm").state != "unknown"
    assert house.state("event.garage_alarm").state == "unknown"
    assert len(await delivered(house)) == 1
    await house.async_reload()
    assert len(await scheduled(house)) == 2
