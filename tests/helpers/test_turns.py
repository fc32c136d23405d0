"""Turns: a few in each round of the event loop, in the order of the calls."""

import asyncio

from custom_components.smsmode.helpers.turns import Turns


async def test_a_few_go_on_in_each_round_whoever_comes_first_goes_first() -> None:
    turns, order = Turns(asyncio.get_running_loop(), 2), list[int]()

    async def call(number: int) -> None:
        await turns.async_take()
        order.append(number)

    calls = [asyncio.ensure_future(call(number)) for number in range(7)]
    await asyncio.sleep(0)
    assert order == [0, 1]
    calls[3].cancel()
    await asyncio.wait(calls)
    assert order == [0, 1, 2, 4, 5, 6]
    await asyncio.sleep(0)
    await call(7)
    assert order[-1] == 7


async def test_everything_else_gets_its_time_between_them() -> None:
    turns, rounds = Turns(asyncio.get_running_loop(), 10), 0

    async def look() -> None:
        nonlocal rounds
        while True:
            await asyncio.sleep(0)
            rounds += 1

    looking = asyncio.ensure_future(look())
    await asyncio.gather(*(turns.async_take() for _ in range(1_000)))
    looking.cancel()
    assert rounds > 90
