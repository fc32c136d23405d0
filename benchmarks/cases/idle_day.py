"""Idle day of an account, from timer to timer; idle_cost runs it and says where the figures go."""

import asyncio
import json
import math
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.state.account_state import Record
from custom_components.smsmode.state.database import Database
from tests.support.fixtures import auto_enable_custom_integrations, gateway, hass_config_dir, house
from tests.support.gateway import Gateway
from tests.support.house import ALICE, House, account_entry

__all__ = ["auto_enable_custom_integrations", "gateway", "hass_config_dir", "house"]

ANSWERS, HOURS = "IDLE_FIGURES", "IDLE_HOURS"
OURS = "custom_components.smsmode"
DAY = 24
RECEIVED = 11
# What this very thread has handed to the system to write: the pages of the file and its journal, all of them.
COUNTERS = Path("/proc/thread-self/io")


def _bytes_written() -> int:
    """Return the bytes that this thread has written; 0 where the system has no counters."""
    lines = COUNTERS.read_text().splitlines() if COUNTERS.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("wchar:")), 0)


def _modules(thing: Any) -> Iterator[str]:
    """Yield the modules of the callback of a timer."""
    yield str(getattr(thing, "__module__", ""))
    yield type(thing).__module__
    for part in ("job", "action", "target", "__self__"):
        if (inner := getattr(thing, part, None)) is not None:
            yield from _modules(inner)


def _timers(loop: asyncio.AbstractEventLoop) -> list[float]:
    """Return the seconds until each timer of the account."""
    handles = [handle for handle in cast("Any", loop)._scheduled if not handle.cancelled()]
    return [
        handle.when() - loop.time()
        for handle in handles
        if any(name.startswith(OURS) for thing in (handle._callback, *handle._args) for name in _modules(thing))
    ]


class IdleDay:
    """Day of an account: moves time and counts."""

    def __init__(self, house: House) -> None:
        """Begin with zero counts."""
        self._house = house
        self.wakeups = 0
        self.writes: list[int] = []

    def counting(self, write: Callable[[Database, Iterable[Record]], None]) -> Callable[..., None]:
        """Wrap a write so that its bytes are counted."""

        def count(database: Database, records: Iterable[Record]) -> None:
            before = _bytes_written()
            write(database, records)
            self.writes.append(_bytes_written() - before)

        return count

    async def advance(self, seconds: float) -> None:
        """Move time, from one timer of the account to the next."""
        end = dt_util.utcnow().timestamp() + seconds
        while (left := end - dt_util.utcnow().timestamp()) > 0:
            timers = _timers(self._house.hass.loop)
            step = min(left, max(math.ceil(min(timers, default=left)), 1))
            self.wakeups += sum(timer <= step for timer in timers)
            await self._house.async_wait(seconds=step)

    async def send(self, number: int) -> None:
        """Send a message, which is received at once."""
        await self._house.async_call("send_message", message=f"Alarm no. {number}", target=["Alice"])
        message = (await self._house.gateway.messages())[-1]
        await self._house.gateway.report(message.id, ALICE.removeprefix("+"), RECEIVED, callback=False)


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account without callbacks."""
    return account_entry(gateway, callbacks="off")


@pytest.mark.parametrize("messages", [0, 10])
async def test_a_day(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    messages: int,
) -> None:
    """Run a day and write the counts."""
    seconds = float(os.environ[HOURS]) * 3600
    day = IdleDay(house)
    await house.async_wait(minutes=1)
    monkeypatch.setattr(Database, "write", day.counting(Database.write))
    before = len(await house.gateway.requests())
    for number in range(messages):
        await day.send(number)
        await day.advance(seconds / messages)
    await day.advance(0 if messages else seconds)
    figures = {
        "messages": messages,
        "wakeups": day.wakeups,
        "requests": len(await house.gateway.requests()) - before,
        "writes": len(day.writes),
        "bytes": sum(day.writes),
    }
    with Path(os.environ[ANSWERS]).open("a") as answers:  # noqa: ASYNC230 - it is over
        answers.write(json.dumps(figures) + "\n")
