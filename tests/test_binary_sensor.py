"""The connection to the gateway."""

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from custom_components.smsmode.api import SmsmodeError
from tests.support.house import House
from tests.support.sends import send

GATEWAY = "binary_sensor.home_gateway"


async def test_the_gateway_is_connected_while_it_answers(house: House) -> None:
    await house.async_poll()
    assert house.state(GATEWAY).state == "on"
    async with house.gateway.offline():
        await house.async_poll()
        assert house.state(GATEWAY).state == "off"
    await house.async_poll()
    assert house.state(GATEWAY).state == "on"


async def test_a_message_tells_it_before_the_next_poll(house: House) -> None:
    await house.async_poll()
    async with house.gateway.offline():
        await send(house)
        assert house.state(GATEWAY).state == "off"


@pytest.mark.parametrize("fault", ["http:500", "html", "drop_before"])
async def test_what_cannot_be_understood_is_no_answer(house: House, fault: str) -> None:
    await house.gateway.fail("credit.do", fault, None)
    await house.async_poll()
    assert house.state(GATEWAY).state == "off"


async def test_a_refusal_is_an_answer(house: House) -> None:
    await house.gateway.set(balance=0)
    with pytest.raises(HomeAssistantError):
        await send(house)
    assert house.state(GATEWAY).state == "on"


async def test_before_the_first_answer_nothing_is_known_and_nothing_is_unavailable(
    hass: HomeAssistant, house: House
) -> None:
    await hass.config_entries.async_unload(house.entry.entry_id)
    assert house.state(GATEWAY).state == "unavailable"
    async with house.gateway.offline():
        await house.async_set_up()
        assert house.state(GATEWAY).state == "off"


async def test_an_answer_that_comes_after_the_end_of_the_account_is_of_no_interest(
    hass: HomeAssistant, house: House
) -> None:
    client = house.account.client
    updates: list[int] = []
    house.account.coordinator.async_add_listener(lambda: updates.append(1))
    await hass.config_entries.async_unload(house.entry.entry_id)
    updates.clear()
    async with house.gateway.offline():
        with pytest.raises(SmsmodeError):
            await client.get_balance()
    await house.async_settle()
    assert (client.is_reachable, updates) == (False, [])
