"""The writer thread: one thing after the other, and whoever waits goes on after it was told how it ended."""

import asyncio
import threading
from collections.abc import AsyncIterator
from functools import partial

import pytest

from custom_components.smsmode.state.writer import Writer


@pytest.fixture
async def writer() -> AsyncIterator[Writer]:
    """Yield a writer, and stop it."""
    writer = Writer(asyncio.get_running_loop(), "smsmode test")
    yield writer
    await asyncio.to_thread(writer.stop)
    assert "smsmode test" not in {thread.name for thread in threading.enumerate()}


async def test_what_is_submitted_is_done_in_order_in_one_thread_of_its_own(writer: Writer) -> None:
    done: list[tuple[int, str]] = []

    def note(number: int) -> None:
        done.append((number, threading.current_thread().name))

    await asyncio.gather(*(writer.submit(partial(note, number)) for number in range(5)))
    assert done == [(number, "smsmode test") for number in range(5)]


async def test_how_work_ended_is_told_before_whoever_waits_goes_on(writer: Writer) -> None:
    order: list[object] = []
    waiting = writer.submit(lambda: order.append("work"), order.append)
    waiting.add_done_callback(lambda _: order.append("waiter"))
    await waiting
    assert order == ["work", None, "waiter"]


async def test_a_failure_is_raised_where_it_is_awaited_and_ends_nothing_else(writer: Writer) -> None:
    failures: list[BaseException | None] = []

    def fail() -> None:
        raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input"):
        await writer.submit(fail, failures.append)
    assert [type(failure) for failure in failures] == [OSError]
    await writer.submit(lambda: None)


async def test_who_does_not_wait_any_more_is_told_nothing(writer: Writer) -> None:
    errors: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: errors.append(context))
    go_on = threading.Event()
    writer.submit(lambda: go_on.wait(10)).cancel()
    go_on.set()
    await writer.submit(lambda: None)
    assert errors == []
