"""What waits is listed, hurried and cancelled by its queue id."""

from datetime import timedelta

import pytest
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from tests.support.house import BOB, House
from tests.support.sends import queued, send, texts
from tests.support.watchdog_house import async_switch


async def test_the_queue_says_of_each_message_whom_it_is_for_since_when_it_waits_and_why(house: House) -> None:
    async with house.gateway.offline():
        sent = await send(house, "one", target=["Alice", BOB], reference="leak", urgent=True)
        now = dt_util.as_local(house.account.clock.now())
        (row,) = (await house.async_call("get_queue"))["queue"]
    assert row.pop("next_attempt") > now.isoformat()
    assert row == {
        "queue_id": sent["queue_id"],
        "kind": "sms",
        "phase": "waiting",
        "reason": "cannot_connect",
        "recipients": ["Alice", "…432"],
        "since": now.isoformat(),
        "expires": (now + timedelta(hours=1)).isoformat(),
        "urgent": True,
        "reference": "leak",
    }


@pytest.mark.parametrize(
    ("fault", "phase", "reason"),
    [("code:50", "waiting", "gateway_busy"), ("drop_before", "uncertain", "uncertain")],
)
async def test_the_queue_tells_a_gateway_that_is_busy_from_one_whose_answer_was_lost(
    house: House, fault: str, phase: str, reason: str
) -> None:
    await house.gateway.fail("sendSMS.do", fault)
    await send(house)
    (row,) = (await house.async_call("get_queue"))["queue"]
    assert (row["phase"], row["reason"]) == (phase, reason)


async def test_the_reason_why_a_message_waits_survives_a_restart(house: House) -> None:
    async with house.gateway.offline():
        await send(house, target=["Family"])
        await house.async_reload()
        (row,) = (await house.async_call("get_queue"))["queue"]
    assert (row["recipients"], row["reason"]) == (["Family"], "cannot_connect")


async def test_an_empty_queue_is_an_empty_list(house: House) -> None:
    assert await house.async_call("get_queue") == {"queue": []}


async def test_one_message_of_the_queue_is_cancelled_and_the_others_stay(house: House) -> None:
    async with house.gateway.offline():
        first, _ = await send(house, "one"), await send(house, "two")
        assert await house.async_call("cancel_message", queue_id=first["queue_id"]) == {"cancelled": True}
        assert queued(house) == 1
    await house.async_wait(minutes=1)
    assert await texts(house.gateway) == ["two"]


async def test_a_message_that_may_have_left_is_not_said_to_be_cancelled(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "drop_before")
    sent = await send(house)
    assert await house.async_call("cancel_message", queue_id=sent["queue_id"]) == {"cancelled": False}


async def test_one_message_of_the_queue_is_tried_now_and_the_others_wait(house: House) -> None:
    async with house.gateway.offline():
        _, second = await send(house, "one"), await send(house, "two")
        for _ in range(6):
            await house.async_wait(minutes=6)
        before = house.account.store.state.outbox.items[second["queue_id"]].attempts
        assert await house.async_call("retry_message", queue_id=second["queue_id"]) == {"retried": True}
        first, other = house.account.store.state.outbox.items.values()
        assert (first.attempts, other.attempts) == (before, before + 1)


async def test_the_others_follow_a_message_of_the_queue_that_is_tried_and_accepted(house: House) -> None:
    async with house.gateway.offline():
        _, second = await send(house, "one"), await send(house, "two")
        for _ in range(6):
            await house.async_wait(minutes=6)
    assert await house.async_call("retry_message", queue_id=second["queue_id"]) == {"retried": True}
    await house.async_wait(seconds=2)
    assert await texts(house.gateway) == ["two", "one"]


@pytest.mark.parametrize("action", ["cancel_message", "retry_message"])
async def test_a_message_that_waits_no_more_is_neither_cancelled_nor_tried(house: House, action: str) -> None:
    with pytest.raises(ServiceValidationError) as err:
        await house.async_call(action, queue_id="01KARX5T3ZQ8W2M4N6P7R9S0TV")
    assert err.value.translation_key == "queue_id_unknown"


@pytest.mark.parametrize("action", ["cancel_message", "retry_message"])
async def test_what_a_watchdog_holds_is_not_in_the_queue_of_people(watchdog_house: House, action: str) -> None:
    await watchdog_house.gateway.fail("sendSMS.do", "drop_before")
    await async_switch(watchdog_house, on=True)
    (held,) = watchdog_house.account.store.state.outbox.items
    assert await watchdog_house.async_call("get_queue") == {"queue": []}
    with pytest.raises(ServiceValidationError):
        await watchdog_house.async_call(action, queue_id=held)
