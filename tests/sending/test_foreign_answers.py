"""An answer that belongs to another request settles nothing."""

import pytest

from custom_components.smsmode.state.message_log import TrackedMessage
from tests.support.house import ALICE, BOB, House
from tests.support.sends import send, texts


async def later(house: House) -> None:
    """Let enough time go by for all lookups, and for another attempt."""
    for _ in range(10):
        await house.async_wait(seconds=40)


@pytest.mark.parametrize("acts", [True, False], ids=["it was sent", "it was not"])
async def test_an_id_that_is_known_is_no_answer(house: House, acts: bool) -> None:
    first = await send(house, "one", reference="first")
    await house.gateway.fail("sendSMS.do", "answer_of:sendSMS.do", act=acts)
    second = await send(house, "two", target=[BOB])
    assert (second["status"], second["message_id"]) == ("queued", None)
    logged = house.account.store.state.message_log.messages[first["message_id"]]
    assert (logged.reference, list(logged.codes)) == ("first", [ALICE])
    await later(house)
    assert await texts(house.gateway) == ["one", "two"]
    assert set(house.account.store.state.message_log.messages) == {each.id for each in await house.gateway.messages()}


async def test_a_caller_who_does_not_queue_is_told_that_nobody_knows(house: House) -> None:
    await send(house, "one")
    await house.gateway.fail("sendSMS.do", "answer_of:sendSMS.do")
    response = await house.async_call("send_batch", messages=[{"target": BOB, "message": "two"}])
    assert response["status"] == "accepted"
    await house.gateway.fail("sendSMSBatch.do", "answer_of:sendSMS.do")
    response = await house.async_call("send_batch", messages=[{"target": BOB, "message": "three"}])
    assert response["status"] == "queued"
    await later(house)
    assert await texts(house.gateway) == ["one", "two", "three"]


async def test_a_response_that_comes_twice_is_that_of_one_message(house: House) -> None:
    for text in ("one", "two", "three"):
        await house.gateway.fail("sendSMS.do", "twice")
        assert (await send(house, text))["status"] == "accepted"
    messages = await house.gateway.messages()
    assert [message.text for message in messages] == ["one", "two", "three"]
    assert list(house.account.store.state.message_log.messages) == [message.id for message in messages]


async def test_the_id_of_what_a_watchdog_has_held_is_that_of_no_other(armed_house: House) -> None:
    (held,) = await armed_house.gateway.messages()
    await armed_house.gateway.fail("sendSMS.do", "answer_of:sendSMS.do")
    assert (await send(armed_house))["status"] == "queued"
    await later(armed_house)
    assert "Water!" in await texts(armed_house.gateway)
    assert held.id not in armed_house.account.store.state.message_log.messages


def test_the_log_keeps_the_first_message_of_an_id(house: House) -> None:
    log = house.account.store.state.message_log
    first, second = (
        TrackedMessage(message_id="S1", sent_at=house.account.clock.now(), codes={number: ()})
        for number in (ALICE, BOB)
    )
    log.record_sent(first, 1)
    assert log.record_sent(second, 1) == []
    assert log.messages["S1"] is first
    assert (log.pending, log.segments_sent) == (1, 1)


async def test_a_list_that_is_an_earlier_one_is_no_proof_that_a_message_was_not_sent(house: House) -> None:
    await house.gateway.set(sent_list_lag=100)
    await house.gateway.fail("sendSMS.do", "drop_after")
    assert (await send(house))["status"] == "queued"
    for _ in range(2):
        await house.async_wait(seconds=40)
    # The first list that would show it is the one of before.
    await house.gateway.fail("smsList.do", "answer_of:smsList.do")
    await later(house)
    assert await texts(house.gateway) == ["Water!"]
