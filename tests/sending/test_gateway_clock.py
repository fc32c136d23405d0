"""The clocks of the house and of the gateway differ."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.support.gateway import Gateway
from tests.support.house import ALICE, NIGHT, House
from tests.support.sends import issue
from tests.support.watchdog_house import add_watchdog, async_switch, delivered, leaves_at, scheduled


@pytest.mark.parametrize("minutes", [-30, 30])
async def test_clocks_that_differ_by_minutes_are_a_repair_issue_until_they_agree(house: House, minutes: int) -> None:
    await house.gateway.advance(minutes * 60)
    for _ in range(2):
        await house.async_poll()
    shown = issue(house, "clocks_differ")
    assert shown
    assert shown.translation_placeholders == {"account": "Home", "minutes": "30"}
    assert abs(house.account.gateway_clock.offset.total_seconds() - minutes * 60) <= 1
    await house.gateway.advance(-minutes * 60)
    for _ in range(2):
        await house.async_poll()
    assert not issue(house, "clocks_differ")


async def test_clocks_that_differ_by_less_are_none(house: House) -> None:
    await house.gateway.advance(100)
    for _ in range(2):
        await house.async_poll()
    assert not issue(house, "clocks_differ")


async def test_the_issue_ends_with_the_account(house: House) -> None:
    await house.gateway.advance(3600)
    for _ in range(2):
        await house.async_poll()
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    assert not issue(house, "clocks_differ")


async def async_differ(house: House, **by: float) -> None:
    """Set the gateway's clock ahead of the house's, and have the house measure it."""
    await house.gateway.advance(timedelta(**by).total_seconds())
    for _ in range(2):
        await house.async_poll()


async def sleeping_house(hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, at: str) -> House:
    """Return a house in Paris at a time by its own clock, whose Alice has quiet hours."""
    await hass.config.async_set_time_zone("Europe/Paris")
    freezer.move_to(at)
    entry = MockConfigEntry(
        domain="smsmode",
        title="Home",
        data={"access_token": gateway.token, "base_url": gateway.url, "webhook_id": "hook"},
        subentries_data=[
            ConfigSubentryData(
                data={"number": ALICE, "quiet_hours": NIGHT},
                subentry_type="recipient",
                title="Alice",
                unique_id=ALICE,
            )
        ],
    )
    house = House(hass, freezer, gateway, entry)
    await house.async_set_up()
    return house


async def test_who_is_awake_by_true_time_is_written_to_at_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway
) -> None:
    house = await sleeping_house(hass, freezer, gateway, "2026-06-10T05:00:00+02:00")
    await async_differ(house, hours=5)
    response = await house.async_call("send_message", message="Dinner?", target="Alice")
    assert response["messages"][0]["status"] == "accepted"


async def test_who_sleeps_by_true_time_is_written_to_in_the_morning(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway
) -> None:
    house = await sleeping_house(hass, freezer, gateway, "2026-06-10T20:00:00+02:00")
    await async_differ(house, hours=5)
    response = await house.async_call("send_message", message="Dinner?", target="Alice")
    assert response["messages"][0]["send_at"] == "2026-06-11T07:00:00+02:00"
    (message,) = await house.gateway.messages()
    assert datetime.fromisoformat(message.leaves_at) == datetime.fromisoformat("2026-06-11T07:00:00+02:00")


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("send_message", {"message": "Dinner?", "target": "Alice"}),
        ("send_voice_message", {"message": "Dinner?", "target": "Alice"}),
        ("send_batch", {"messages": [{"target": "Alice", "message": "Dinner?"}]}),
        ("send_batch", {"messages": [{"target": "Alice", "message": "Dinner?"}], "skip_invalid": True}),
    ],
)
async def test_a_send_time_that_has_passed_by_true_time_is_refused(
    house: House, action: str, fields: dict[str, Any]
) -> None:
    await async_differ(house, hours=5)
    with pytest.raises(ServiceValidationError) as refused:
        await house.async_call(action, **fields, send_at=dt_util.now() + timedelta(hours=4))
    assert refused.value.translation_key == "date_past"
    assert not await house.gateway.messages()


async def test_a_send_time_that_lies_ahead_by_true_time_is_kept_though_the_house_is_ahead(house: House) -> None:
    await async_differ(house, hours=-5)
    send_at = dt_util.utcnow().replace(second=0, microsecond=0) - timedelta(hours=4)
    response = await house.async_call("send_message", message="Dinner?", target="Alice", send_at=send_at)
    assert response["messages"][0]["status"] == "scheduled"
    (message,) = await house.gateway.messages()
    assert datetime.fromisoformat(message.leaves_at) == send_at


async def test_what_waited_beyond_its_send_time_by_true_time_is_sent_at_once(house: House) -> None:
    await async_differ(house, hours=5)
    await house.gateway.fail("sendSMS.do", "code:50", 1)
    send_at = dt_util.now() + timedelta(hours=5, minutes=10)
    await house.async_call("send_message", message="Dinner?", target="Alice", send_at=send_at)
    await house.async_wait(minutes=15)
    (message,) = await house.gateway.messages()
    assert message.created_at == message.leaves_at


@pytest.mark.parametrize("hours", [-5, 5])
async def test_a_watchdog_alerts_by_true_time(house: House, hours: int) -> None:
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    add_watchdog(house)
    await house.gateway.advance(hours * 3600)
    await house.async_set_up()
    await async_switch(house, on=True)
    for _ in range(8):
        gateway_now = house.gateway.emulator.state.clock.now()
        assert timedelta(minutes=44) < await leaves_at(house) - gateway_now <= timedelta(minutes=61)
        await house.async_wait(minutes=15)
    assert not await delivered(house)


@pytest.mark.parametrize("hours", [-5, 5])
async def test_the_first_message_of_a_watchdog_waits_for_the_time_of_the_gateway(house: House, hours: int) -> None:
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    add_watchdog(house)
    await house.async_set_up()
    await async_switch(house, on=True)
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    await house.gateway.advance(hours * 3600)
    async with house.gateway.offline():
        await house.async_set_up()
    await house.async_wait(minutes=2)
    gateway_now = house.gateway.emulator.state.clock.now()
    assert timedelta(minutes=50) < await leaves_at(house) - gateway_now <= timedelta(minutes=61)


async def test_a_watchdog_is_armed_though_the_time_of_the_gateway_cannot_be_had(house: House) -> None:
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    add_watchdog(house)
    for endpoint in ("credit.do", "smsList.do", "responseList.do"):
        await house.gateway.fail(endpoint, "http:500", None)
    await house.async_set_up()
    assert not house.account.gateway_clock.is_measured
    await async_switch(house, on=True)
    assert len(await scheduled(house)) == 1
