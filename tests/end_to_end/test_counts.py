"""What one message costs, in counts that no machine changes: turns of the event loop, statements, writes, states."""

import asyncio
from collections.abc import Callable
from statistics import median

from homeassistant.core import HomeAssistant

from custom_components.smsmode.const import EVENT_DELIVERY_RESULT, EVENT_REPLY
from tests.support.action_calls import send
from tests.support.house import ALICE_DIGITS, House
from tests.support.work import Writes, counted_calls, counted_states, counted_writes

RECEIVED = 11
LIVES = 5

type Record = Callable[[str, object], None]


async def warm(house: House) -> None:
    """Send a message, so that the connection to the gateway is open."""
    await send(house, message="Warm up")
    await house.async_wait(minutes=11)
    await house.async_wait(seconds=3)
    # The emulator, in the same loop, closes the connections of its control.
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_request_begins_two_turns_of_the_loop_after_the_call(house: House, record_property: Record) -> None:
    await warm(house)
    with counted_calls() as work:
        await send(house)
    assert work.turns_to_request is not None
    record_property("turns", work.turns_to_request)
    assert work.turns_to_request <= 2


async def test_before_a_message_is_sent_one_statement_is_one_write(house: House, record_property: Record) -> None:
    await warm(house)
    with counted_writes(house.account) as writes:
        await send(house)
    record_property("statements", len(writes.statements[0]))
    assert len(writes.statements[0]) == 1
    assert len(writes.statements) == 2


async def test_the_life_of_a_message_is_four_writes_of_small_pages(house: House, record_property: Record) -> None:
    await warm(house)
    heard = [house.capture(event) for event in (EVENT_DELIVERY_RESULT, EVENT_REPLY)]
    lives = [await count_life(house, f"Life {number}") for number in range(LIVES)]
    assert [len(events) for events in heard] == [LIVES, LIVES]
    record_property("writes", median(len(writes.statements) for writes in lives))
    record_property("bytes", median(writes.bytes for writes in lives))
    assert all(len(writes.statements) <= 4 for writes in lives)
    # A small file grows by a page now and then, and with it what is written.
    assert median(writes.bytes for writes in lives) <= 28 * 1024


async def count_life(house: House, text: str) -> Writes:
    """Return the writes of a message that is sent, reported and answered."""

    async def hear() -> None:
        await house.account.coordinator.async_refresh()
        await house.async_wait(seconds=3)

    with counted_writes(house.account) as writes:
        message_id = await send(house, message=text)
        await house.gateway.report(message_id, ALICE_DIGITS, RECEIVED, callback=False)
        await hear()
        await house.gateway.reply(ALICE_DIGITS, f"OK, {text}", stray=True, callback=False)
        await hear()
    await house.async_wait(minutes=11)
    return writes


async def test_a_message_writes_few_states(hass: HomeAssistant, house: House, record_property: Record) -> None:
    await warm(house)
    with counted_states(hass) as written:
        await send(house)
    record_property("states", len(written))
    assert len(written) <= 6, written
