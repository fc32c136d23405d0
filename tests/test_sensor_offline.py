"""What is known stays known while the gateway is away, and says how old it is."""

import pytest
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from tests.support.house import ALICE_DIGITS, House
from tests.support.sends import send

BALANCE = "sensor.home_balance"


async def test_facts_stay_when_the_gateway_is_away(house: House) -> None:
    sent = await send(house, reply=True)
    await house.gateway.report(sent["message_id"], ALICE_DIGITS, 11, callback=False)
    await house.gateway.reply(ALICE_DIGITS, "OK", callback=False)
    await house.async_poll()
    entities = (
        "sensor.home_last_reply",
        "sensor.home_last_status",
        "sensor.alice_last_status",
        "sensor.home_days_left",
    )
    known = {entity: house.state(entity) for entity in entities}
    assert known["sensor.home_last_reply"].state == "OK"
    assert known["sensor.alice_last_status"].state == "received"
    async with house.gateway.offline():
        await house.async_wait(minutes=1)
        await house.async_poll()
        assert not house.account.coordinator.last_update_success
        assert {entity: house.state(entity) for entity in entities} == known


async def test_the_balance_keeps_its_last_value_and_says_as_of_when(house: House) -> None:
    await house.gateway.set(balance=47)
    await house.async_poll()
    asked_at = dt_util.now()
    async with house.gateway.offline():
        await house.async_wait(minutes=31)
        await house.async_poll()
        state = house.state(BALANCE)
        assert (state.state, state.attributes["as_of"]) == ("47", asked_at)
    await house.async_wait(minutes=1)
    await house.async_poll()
    assert house.state(BALANCE).attributes["as_of"] == dt_util.now()


async def test_a_balance_that_did_not_change_is_as_of_the_last_time_that_it_was_asked_for(house: House) -> None:
    before = house.state(BALANCE).attributes["as_of"]
    await house.async_wait(minutes=31)
    state = house.state(BALANCE)
    assert (state.state, state.attributes["as_of"] > before) == ("100", True)


async def test_a_restart_without_the_gateway_remembers_the_balance_and_its_time(house: House) -> None:
    before = house.state(BALANCE)
    async with house.gateway.offline():
        house.freezer.tick(3600)
        await house.async_reload()
        after = house.state(BALANCE)
        assert (after.state, after.attributes["as_of"]) == ("100", before.attributes["as_of"])


async def test_a_message_that_waits_is_queued_until_the_gateway_has_it(house: House) -> None:
    async with house.gateway.offline():
        await send(house, reference="leak")
        for entity in ("sensor.home_last_status", "sensor.alice_last_status"):
            state = house.state(entity)
            assert (state.state, state.attributes["reference"]) == ("queued", "leak")
    await house.async_wait(minutes=1)
    assert house.state("sensor.alice_last_status").state == "accepted"


async def test_another_attempt_does_not_make_what_waits_look_newer(house: House) -> None:
    async with house.gateway.offline():
        await send(house, reference="leak")
        since = house.state("sensor.alice_last_status").attributes["received_at"]
        await house.async_wait(minutes=1)
        await house.async_wait(minutes=1)
        assert house.state("sensor.alice_last_status").attributes["received_at"] == since


async def test_a_message_whose_answer_was_lost_is_queued_and_one_that_expires_has_expired(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "drop_before")
    await send(house, "doubtful")
    assert house.state("sensor.alice_last_status").state == "queued"
    async with house.gateway.offline():
        await send(house, "waiting", target=["Family"], expires_after="00:01:00")
        assert house.state("sensor.family_last_status").state == "queued"
        await house.async_wait(minutes=2)
    assert house.state("sensor.family_last_status").state == "expired"


async def test_a_message_that_may_not_wait_is_never_queued(house: House) -> None:
    async with house.gateway.offline():
        with pytest.raises(HomeAssistantError):
            await send(house, queue=False)
    assert house.state("sensor.alice_last_status").state != "queued"
