"""Replies of clocks that disagree, from the future, and to messages of others."""

from dataclasses import replace
from datetime import timedelta

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.api import MessageClass, MessageRequest, SmsmodeClient
from tests.support.command_house import PIN, CommandHouse
from tests.support.dialogs import active, alert
from tests.support.gateway import Gateway
from tests.support.house import ALICE, ALICE_DIGITS, House

CLOCKS = pytest.mark.parametrize("minutes", [-2000, -30, -16, 16, 30, 2000])


async def date_last_reply(house: House, by: timedelta) -> None:
    """Have the gateway's list date its last reply by so much later."""
    replies = house.gateway.emulator.state.main.replies
    replies[-1] = replace(replies[-1], received_at=replies[-1].received_at + by)


@CLOCKS
async def test_replies_are_in_time_although_the_clocks_differ(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry, minutes: int
) -> None:
    await gateway.advance(minutes * 60)
    house = House(hass, freezer, gateway, entry)
    await house.async_set_up()
    replies, late = house.capture("smsmode_reply"), house.capture("smsmode_late_reply")
    for text in ("one", "two"):
        await gateway.reply(ALICE_DIGITS, text, stray=True)
        await house.async_wait(minutes=5)
        await house.async_poll()
    await gateway.reply(ALICE_DIGITS, "three", stray=True)
    await house.async_wait(minutes=16)
    await house.async_poll()
    assert [event.data["message"] for event in replies] == ["one", "two"]
    assert [event.data["message"] for event in late] == ["three"]


@CLOCKS
async def test_an_alert_hears_an_ok_although_the_clocks_differ(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry, minutes: int
) -> None:
    await gateway.advance(minutes * 60)
    house = House(hass, freezer, gateway, entry)
    await house.async_set_up()
    await alert(house)
    await gateway.reply(ALICE_DIGITS, "OK", callback=False)
    await house.async_poll()
    assert active(house) == 0


@pytest.mark.parametrize("ahead", [6, 60, 60 * 24 * 365])
async def test_a_reply_from_the_future_is_told_as_late_and_not_obeyed(command_house: CommandHouse, ahead: int) -> None:
    house = command_house.house
    late = house.capture("smsmode_late_reply")
    await house.gateway.reply(ALICE_DIGITS, f"{PIN} lights off", stray=True, callback=False)
    await date_last_reply(house, timedelta(minutes=ahead))
    await house.async_poll()
    assert (command_house.done, command_house.outcomes) == ([], [])
    assert [event.data["message"] for event in late] == ["•••• lights off"]
    assert house.state("event.home_reply").attributes["event_type"] == "received_late"


async def test_a_reply_from_the_future_acknowledges_no_alert(house: House) -> None:
    await alert(house)
    await house.gateway.reply(ALICE_DIGITS, "OK", callback=False)
    await date_last_reply(house, timedelta(hours=1))
    await house.async_poll()
    assert active(house) == 1


async def test_a_house_that_booted_behind_does_not_obey_what_is_old_at_the_gateway(
    command_house: CommandHouse,
) -> None:
    house = command_house.house
    await house.gateway.reply(ALICE_DIGITS, f"{PIN} lights off", stray=True, callback=False)
    await date_last_reply(house, timedelta(hours=2))
    await house.gateway.advance(5 * 3600)
    for _ in range(3):
        await house.account.client.get_balance()
    await house.async_poll()
    assert (command_house.done, command_house.outcomes) == ([], [])


async def test_clocks_ahead_by_two_minutes_are_obeyed(command_house: CommandHouse) -> None:
    house = command_house.house
    await house.gateway.set(date_header=False)
    await house.gateway.reply(ALICE_DIGITS, f"{PIN} lights off", stray=True, callback=False)
    await date_last_reply(house, timedelta(minutes=2))
    await house.async_poll()
    assert len(command_house.done) == 1


async def test_a_command_that_answers_a_message_of_somebody_else_is_told_and_not_obeyed(
    command_house: CommandHouse, caplog: pytest.LogCaptureFixture
) -> None:
    house = command_house.house
    replies = house.capture("smsmode_reply")
    # Another house at the same account.
    client = SmsmodeClient(async_get_clientsession(house.hass), house.gateway.token, base_url=house.gateway.url)
    await client.send_message(MessageRequest(numbers=(ALICE,), text="Dinner?", message_class=MessageClass.REPLY))
    (foreign,) = await house.gateway.messages()
    for text in (f"{PIN} lights off", "status"):
        await house.gateway.reply(ALICE_DIGITS, text, foreign.id, callback=False)
        house.freezer.tick(60)
    await house.async_poll()
    assert (command_house.done, command_house.outcomes) == ([], [])
    assert [event.data["message"] for event in replies] == ["•••• lights off", "status"]
    assert "answers a message that this house did not send" in caplog.text


async def test_a_command_that_answers_a_message_of_weeks_ago_is_obeyed(command_house: CommandHouse) -> None:
    house = command_house.house
    response = await house.async_call("send_message", message="Hello", target=["Alice"], reply=True)
    message_id = response["messages"][0]["message_id"]
    await house.gateway.report(message_id, ALICE_DIGITS, 11, callback=False)
    for _ in range(5):
        await house.async_wait(days=7)
        await house.async_poll()
    assert message_id not in house.account.store.state.message_log.messages
    await house.async_reload()
    await house.gateway.reply(ALICE_DIGITS, f"{PIN} lights off", message_id, callback=False)
    await house.async_poll()
    assert len(command_house.done) == 1
