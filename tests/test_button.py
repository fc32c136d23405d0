"""The button on every recipient that sends the test SMS."""

import pytest
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er

from custom_components.smsmode.helpers.sms_texts import TEST_MESSAGES
from tests.support.house import ALICE_DIGITS, BOB, House

ALICE_BUTTON, FAMILY_BUTTON = "button.alice_send_test_sms", "button.family_send_test_sms"


async def press(house: House, entity_id: str = ALICE_BUTTON) -> None:
    await house.hass.services.async_call("button", "press", {"entity_id": entity_id}, blocking=True)
    await house.async_settle()


async def test_it_sends_one_sms_to_its_own_recipient(house: House) -> None:
    await press(house)
    (message,) = await house.gateway.messages()
    assert (message.numbers, message.text, message.segments) == ([ALICE_DIGITS], TEST_MESSAGES["en"], 1)
    assert house.state("sensor.alice_last_status").state == "accepted"
    assert house.state("sensor.home_spent_today").state == "1"


async def test_a_group_has_one_too(house: House) -> None:
    await house.async_call("add_contact", name="Bob", number=BOB, groups=["Famille"])
    await press(house, FAMILY_BUTTON)
    (message,) = await house.gateway.messages()
    assert message.numbers == [BOB.removeprefix("+")]


async def test_pressed_again_at_once_it_says_that_nothing_was_sent(house: House) -> None:
    await press(house)
    with pytest.raises(ServiceValidationError) as caught:
        await press(house)
    assert caught.value.translation_key == "test_repeated"
    await house.async_wait(seconds=61)
    await press(house)
    assert len(await house.gateway.messages()) == 2


async def test_without_the_gateway_it_can_be_pressed_and_says_why_nothing_was_sent(house: House) -> None:
    async with house.gateway.offline():
        await house.async_poll()
        assert house.state(ALICE_BUTTON).state == "unknown"
        with pytest.raises(HomeAssistantError) as caught:
            await press(house)
    assert caught.value.translation_key == "cannot_connect"
    assert house.state("sensor.home_queued").state == "0"
    assert house.state("sensor.home_spent_today").state == "0"


def test_it_is_on_the_page_of_its_device_and_not_among_the_controls(hass: HomeAssistant, house: House) -> None:
    entity = er.async_get(hass).async_get(ALICE_BUTTON)
    assert entity is not None
    assert entity.entity_category is EntityCategory.DIAGNOSTIC
    assert entity.device_id == er.async_get(hass).entities["sensor.alice_last_status"].device_id
