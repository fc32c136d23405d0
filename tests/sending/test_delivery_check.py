"""The test SMS that proves a recipient can be reached."""

import pytest
from homeassistant.exceptions import HomeAssistantError

from custom_components.smsmode.api import Alphabet, StopClause, prepare_text
from custom_components.smsmode.helpers.sms_texts import TEST_MESSAGES
from custom_components.smsmode.sending.delivery_check import async_send_test_message
from custom_components.smsmode.sending.dispatcher import ReceiptStatus
from tests.support.house import ALICE, ALICE_DIGITS, BOB, House


@pytest.mark.parametrize("language", TEST_MESSAGES)
def test_it_costs_one_segment_and_no_character_of_it_more_than_others(language: str) -> None:
    text = prepare_text(TEST_MESSAGES[language], stop=StopClause.ALWAYS)
    assert (text.alphabet, text.segments, text.changes, text.costly) == (Alphabet.GSM, 1, (), ())


@pytest.mark.parametrize("language", TEST_MESSAGES)
def test_it_has_no_address_that_looks_like_fraud(language: str) -> None:
    assert "://" not in TEST_MESSAGES[language]
    assert "www." not in TEST_MESSAGES[language]


@pytest.mark.parametrize(
    ("language", "written_in"), [("en", "en"), ("fr", "fr"), ("de", "en")], ids=["english", "french", "another"]
)
async def test_it_is_in_the_language_of_the_house(house: House, language: str, written_in: str) -> None:
    house.hass.config.language = language
    receipt = await async_send_test_message(house.account.messages, house.hass.config.language, BOB)
    (message,) = await house.gateway.messages()
    assert (receipt.status, receipt.message_id) == (ReceiptStatus.ACCEPTED, message.id)
    assert message.text == TEST_MESSAGES[written_in]
    assert message.segments == 1


async def test_it_costs_no_more_in_a_house_that_writes_unicode(house: House) -> None:
    house.hass.config_entries.async_update_entry(house.entry, options={"encoding": "unicode"})
    await house.async_settle()
    await async_send_test_message(house.account.messages, house.hass.config.language, ALICE)
    (message,) = await house.gateway.messages()
    assert (message.message_class, message.segments) == (2, 1)


async def test_a_group_gets_it_too(house: House) -> None:
    await house.async_call("add_contact", name="Alice", number=ALICE, groups=["Famille"])
    await async_send_test_message(house.account.messages, house.hass.config.language, "group:Famille")
    (message,) = await house.gateway.messages()
    assert message.numbers == [ALICE_DIGITS]


async def test_who_asks_twice_sends_once(house: House) -> None:
    first = await async_send_test_message(house.account.messages, house.hass.config.language, ALICE)
    second = await async_send_test_message(house.account.messages, house.hass.config.language, ALICE)
    assert (second.status, second.message_id) == (ReceiptStatus.DUPLICATE, first.message_id)
    assert len(await house.gateway.messages()) == 1


async def test_it_does_not_wait_for_a_gateway_that_is_away(house: House) -> None:
    async with house.gateway.offline():
        with pytest.raises(HomeAssistantError) as caught:
            await async_send_test_message(house.account.messages, house.hass.config.language, ALICE)
        assert caught.value.translation_key == "cannot_connect"
    assert not house.account.store.state.outbox.items
