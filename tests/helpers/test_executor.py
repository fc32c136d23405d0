"""Many numbers and texts at once: the same comes of them as of a few, and the house goes on meanwhile."""

from threading import Event

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from custom_components.smsmode.helpers.executor import FEW, async_run_maybe_in_executor
from tests.support.house import House

MANY = 2 * FEW
NUMBERS = [f"+336123456{serial:02}" for serial in range(MANY)]
SECONDS = 10


async def test_the_house_goes_on_while_many_are_gone_through(hass: HomeAssistant) -> None:
    went_on = Event()
    hass.loop.call_soon(went_on.set)
    assert await async_run_maybe_in_executor(hass, MANY, lambda: went_on.wait(SECONDS))


async def test_few_are_gone_through_at_once(hass: HomeAssistant) -> None:
    went_on = Event()
    hass.loop.call_soon(went_on.set)
    assert not await async_run_maybe_in_executor(hass, FEW, went_on.is_set)


async def test_a_text_reaches_many_but_for_those_whom_nobody_knows(house: House) -> None:
    response = await house.async_call("send_message", message="Hello", target=[*NUMBERS, "Nobody"])
    (message,) = response["messages"]
    assert message["recipients"] == NUMBERS
    assert [failed["target"] for failed in response["failed"]] == ["Nobody"]
    (sent,) = await house.gateway.messages()
    assert sent.numbers == [number.removeprefix("+") for number in NUMBERS]


async def test_each_of_many_gets_a_text_of_its_own(house: House) -> None:
    rows = [{"target": number, "message": f"You are no. {serial}"} for serial, number in enumerate(NUMBERS)]
    response = await house.async_call("send_batch", messages=[*rows, {"target": "Nobody", "message": "Hello"}])
    assert response["count"] == MANY
    assert [failed["target"] for failed in response["failed"]] == ["Nobody"]


async def test_what_is_wrong_with_one_of_many_is_explained(house: House) -> None:
    rows = [{"target": number, "message": "Hello ☎"} for number in NUMBERS]
    with pytest.raises(ServiceValidationError) as err:
        await house.async_call("send_batch", messages=rows)
    assert err.value.translation_key == "batch_row_unicode"
