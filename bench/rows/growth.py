"""How each cost grows with what is known: one send, one report, one save, one poll; and what a delivery weighs."""

import argparse
import asyncio
import tracemalloc
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import count
from statistics import median
from time import process_time

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from bench.faults.pulse import Pulse
from bench.house import account, house, stub
from bench.measure import Row, tell
from custom_components.smsmode.account import Account
from custom_components.smsmode.api import DeliveryReport
from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.ledger import MAX_MESSAGES, WatchedMessage

SIZES = (10, 1_000, 10_000, 100_000)
NUMBER = "+33612345678"
RECEIVED = 11
LIMIT = 1.2
BLOCK = 0.010
WEIGHT = 400

type Work = Callable[[], Awaitable[object]]


class Filled:
    """A house whose account knows so many deliveries."""

    def __init__(self, hass: HomeAssistant, size: int) -> None:
        """Fill the ledger; beyond what it holds in messages, each message goes to several numbers."""
        self._hass = hass
        (entry,) = hass.config_entries.async_entries(DOMAIN)
        self.account: Account = entry.runtime_data
        self._serials = count(size)
        self._each = max(size // MAX_MESSAGES, 1)
        self._size = size

    def fill(self) -> float:
        """Fill the ledger; give the bytes that one delivery takes."""
        tracemalloc.start()
        for serial in range(0, self._size, self._each):
            self._note(f"known{serial:07}", serial)
        weight, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return weight / self._size

    def _note(self, message_id: str, serial: int) -> None:
        # Long ago, so that their reports are not due and the poll asks for none of them.
        sent_at = dt_util.utcnow() - timedelta(hours=1)
        numbers = {f"+336{serial + each:08}": () for each in range(self._each)}
        self.account.storage.ledger.note_sent(
            WatchedMessage(message_id=message_id, sent_at=sent_at, codes=dict(numbers)), segments=1
        )

    async def send(self) -> None:
        """Send one SMS."""
        fields = {"message": f"Alarm no. {next(self._serials)}", "target": [NUMBER]}
        await self._hass.services.async_call(DOMAIN, "send_message", fields, blocking=True)

    async def report(self) -> None:
        """Hear one report that is news."""
        message_id = f"news{next(self._serials):07}"
        watched = WatchedMessage(message_id=message_id, sent_at=dt_util.utcnow(), codes={NUMBER: ()})
        self.account.storage.ledger.note_sent(watched, segments=1)
        self.account.inbox.async_hear_report(DeliveryReport(message_id=message_id, number=NUMBER, code=RECEIVED))
        await asyncio.sleep(0)

    async def save(self) -> None:
        """Write one change."""
        self._note(f"saved{next(self._serials):07}", 0)
        await self.account.storage.async_save()

    async def poll(self) -> None:
        """Ask the gateway for news."""
        await self.account.coordinator.async_refresh()


async def _cost(work: Work, times: int, rounds: int) -> float:
    """Give the median of the microseconds of processor time that one takes."""
    costs = []
    for _ in range(rounds):
        began = process_time()
        for _ in range(times):
            await work()
        costs.append((process_time() - began) / times * 1e6)
    return median(costs)


async def _measure_size(size: int, *, quick: bool) -> tuple[dict[str, float], float, float]:
    times, rounds = (20, 3) if quick else (100, 5)
    with stub() as gateway:
        async with house(account(gateway.url)) as hass:
            filled = Filled(hass, size)
            weight = filled.fill()
            async with Pulse() as pulse:
                await filled.account.storage.async_save()
            works = {"send": filled.send, "report": filled.report, "save": filled.save, "poll": filled.poll}
            for work in works.values():
                await _cost(work, 5, 1)
            costs = {name: await _cost(work, times, rounds) for name, work in works.items()}
    return costs, weight, pulse.longest


async def measure(*, quick: bool) -> list[Row]:
    """Compare every size with the smallest."""
    sizes = SIZES[:3] if quick else SIZES
    found = {size: await _measure_size(size, quick=quick) for size in sizes}
    rows = []
    for name in ("send", "report", "save", "poll"):
        costs = [found[size][0][name] for size in sizes]
        ratio = max(costs) / costs[0]
        figure = ", ".join(f"{cost:,.0f}" for cost in costs)
        rows.append(
            Row(
                what=f"one {name} with {', '.join(f'{size:,}' for size in sizes)} known deliveries",
                figure=f"{figure} µs; {ratio:.2f} times at most",
                goal=f"≤ {LIMIT}",
                met=ratio <= LIMIT,
            )
        )
    weight, block = found[10_000][1], found[10_000][2]
    return [
        *rows,
        Row(
            what="memory of a pending delivery", figure=f"{weight:,.0f} bytes", goal=f"≤ {WEIGHT}", met=weight <= WEIGHT
        ),
        Row(
            what="longest block of the event loop while 10,000 are saved at once",
            figure=f"{block * 1000:.1f} ms",
            goal="≤ 10 ms",
            met=block <= BLOCK,
        ),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    tell(asyncio.run(measure(quick=parser.parse_args().quick)))
