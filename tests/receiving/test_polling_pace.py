"""The way in without callbacks: the gateway is asked often only while something is awaited."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.support.action_calls import send
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, House, account_entry

RECEIVED = 11


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account without callbacks."""
    return account_entry(gateway, callbacks="off")


async def requests_of_ten_minutes(house: House) -> int:
    """Return how many requests the gateway gets in ten minutes, and the message before them."""
    before = len(await house.gateway.requests())
    for _ in range(120):
        await house.async_wait(seconds=5)
    return len(await house.gateway.requests()) - before


async def test_ten_minutes_after_a_message_that_has_arrived_take_few_requests(house: House) -> None:
    await house.async_wait(minutes=1)
    message_id = await send(house, reply=False)
    await house.gateway.report(message_id, ALICE_DIGITS, RECEIVED, callback=False)
    assert await requests_of_ten_minutes(house) <= 12


async def test_a_report_that_is_awaited_is_known_within_fifteen_seconds(house: House) -> None:
    results = house.capture("smsmode_delivery_result")
    message_id = await send(house, reply=False)
    await house.async_wait(seconds=5)
    await house.gateway.report(message_id, ALICE_DIGITS, RECEIVED, callback=False)
    await house.async_wait(seconds=16)
    assert len(results) == 1


async def test_an_answer_to_a_message_that_asks_for_one_is_known_within_fifteen_seconds(house: House) -> None:
    replies = house.capture("smsmode_reply")
    message_id = await send(house)
    await house.gateway.report(message_id, ALICE_DIGITS, RECEIVED, callback=False)
    for _ in range(20):
        await house.async_wait(seconds=15)
    await house.gateway.reply(ALICE_DIGITS, "OK", callback=False)
    await house.async_wait(seconds=16)
    assert len(replies) == 1
