"""Any answer of the gateway hurries what waits, and what is urgent goes first each time."""

import pytest

from tests.support.house import House
from tests.support.sends import queued, send, texts


async def wait_without_line(house: House, count: int) -> None:
    """Queue messages without a line, so long that they are tried every five minutes."""
    async with house.gateway.offline():
        for number in range(count):
            await send(house, f"news {number}")
        for _ in range(20):
            await house.async_wait(minutes=1)


async def test_an_answer_to_anything_hurries_what_waits_and_the_urgent_message_leaves_first(house: House) -> None:
    async with house.gateway.offline():
        for number in range(20):
            await send(house, f"news {number}")
        for _ in range(20):
            await house.async_wait(minutes=1)
        await send(house, "Fire!", urgent=True)
        for _ in range(12):
            await house.async_wait(minutes=1)
    await house.async_poll()
    await house.async_wait(seconds=2)
    sent = await texts(house.gateway)
    assert len(sent) == 21
    assert "Fire!" in sent[:8]


async def test_what_becomes_urgent_while_others_leave_does_not_wait_for_all_of_them(house: House) -> None:
    """The first eight hang; an urgent message comes that cannot leave at once."""
    await wait_without_line(house, 20)
    await house.gateway.fail("sendSMS.do", "hang_before", 8)
    work = house.hass.async_create_task(house.async_call("flush"))
    await house.gateway.wait_for_requests("sendSMS.do", 8)
    await house.gateway.fail("sendSMS.do", "code:50")
    urgent = await house.hass.services.async_call(
        "smsmode",
        "send_message",
        {"message": "Fire!", "target": ["Alice"], "urgent": True},
        blocking=True,
        return_response=True,
    )
    assert urgent
    assert urgent["messages"][0]["status"] == "queued"  # type: ignore[index, call-overload]
    await house.gateway.release()
    await work
    await house.async_settle()
    sent = await texts(house.gateway)
    assert (len(sent), queued(house)) == (21, 0)
    assert sent.index("Fire!") < 17


@pytest.mark.parametrize("fault", ["code:50", "code:31"])
async def test_an_accepted_message_hurries_those_that_the_gateway_did_not_take(house: House, fault: str) -> None:
    await house.gateway.fail("sendSMS.do", fault, seconds=1200)
    for number in range(3):
        await send(house, f"news {number}")
    for _ in range(20):
        await house.async_wait(minutes=1)
    await house.gateway.advance(1200)
    await send(house, "now")
    await house.async_wait(seconds=2)
    assert sorted(await texts(house.gateway)) == ["news 0", "news 1", "news 2", "now"]


async def test_a_refusal_for_now_hurries_nothing(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "code:50", None)
    await send(house)
    for _ in range(10):
        await house.async_poll()
        await house.async_wait(seconds=2)
    # After 5 and 10 seconds, with some chance in it; not after each answer to a poll.
    assert len(await house.gateway.requests("sendSMS.do")) <= 4


async def test_a_lookup_that_found_no_line_is_hurried_too(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "drop_after")
    await send(house)
    async with house.gateway.offline():
        for _ in range(15):
            await house.async_wait(minutes=1)
    assert queued(house) == 1
    await house.async_poll()
    await house.async_wait(seconds=2)
    assert queued(house) == 0
    assert await texts(house.gateway) == ["Water!"]


async def test_an_account_that_stops_hurries_nothing(house: House) -> None:
    await wait_without_line(house, 1)
    worker, client = house.account.worker, house.account.client
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    await client.get_balance()
    await house.async_wait(seconds=5)
    assert not await texts(house.gateway)
    assert worker.is_waiting()
