"""What one message costs, in counts that no machine changes: turns of the event loop, statements, writes, states."""

import asyncio
from collections.abc import Awaitable, Callable

from homeassistant.core import HomeAssistant

from tests.support.action_calls import send
from tests.support.house import ALICE_DIGITS, House
from tests.support.work import counted_calls, counted_states, counted_writes

RECEIVED = 11


async def warm(house: House) -> None:
    """Send a message, so that the connection to the gateway is open."""
    await send(house, message="Warm up")
    await house.async_wait(minutes=11)
    await house.async_wait(seconds=3)
    # The emulator, in the same loop, closes the connections of its control.
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_request_begins_two_turns_of_the_loop_after_the_call(house: House) -> None:
    await warm(house)
    with counted_calls() as work:
        await send(house)
    assert work.turns_to_request is not None
    assert work.turns_to_request <= 2


async def test_before_a_message_is_sent_one_statement_is_one_write(house: House) -> None:
    await warm(house)
    with counted_writes(house.account) as writes:
        await send(house)
    assert len(writes.statements[0]) == 1
    assert len(writes.statements) == 2


async def test_the_life_of_a_message_is_four_writes_of_small_pages(house: House) -> None:
    await warm(house)
    settled: list[Callable[[], Awaitable[object]]] = [
        lambda: house.gateway.report(message_id, ALICE_DIGITS, RECEIVED, callback=False),
        lambda: house.gateway.reply(ALICE_DIGITS, "OK", stray=True, callback=False),
    ]
    with counted_writes(house.account) as writes:
        message_id = await send(house)
        for act in settled:
            await act()
            await house.async_wait(seconds=16)
            await house.async_wait(seconds=3)
    assert len(writes.statements) <= 4
    # With what the first report of all teaches, which is written once.
    assert writes.bytes <= 18 * 1024


async def test_a_message_writes_few_states(hass: HomeAssistant, house: House) -> None:
    await warm(house)
    with counted_states(hass) as written:
        await send(house)
    assert len(written) <= 6, written
