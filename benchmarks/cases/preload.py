"""Account preloaded with so many deliveries: `python -m benchmarks.cases.preload SIZE`, run by scaling.

It prints what it weighs; then, for each line that names a work and how often, the processor time of one, in µs.
"""

import asyncio
import gc
import json
import sys
import tracemalloc
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import count
from statistics import median
from time import process_time

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from benchmarks.hass_instance import account, house, stub
from custom_components.smsmode.api import DeliveryReport
from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.runtime import SmsmodeRuntimeData
from custom_components.smsmode.state.message_log import MAX_MESSAGES, TrackedMessage
from reliability.loop_monitor import LoopMonitor

NUMBER = "+33612345678"
RECEIVED = 11

type Work = Callable[[], Awaitable[object]]


class PreloadedAccount:
    """Preloaded account, and the operations that are measured on it."""

    def __init__(self, hass: HomeAssistant, size: int) -> None:
        """Keep the account; beyond the maximum of messages, each message goes to several numbers."""
        self._hass = hass
        (entry,) = hass.config_entries.async_entries(DOMAIN)
        self._account: SmsmodeRuntimeData = entry.runtime_data
        self._serials = count(size)
        self._each = max(size // MAX_MESSAGES, 1)
        self._size = size
        self.works: dict[str, Work] = {"send": self.send, "report": self.report, "save": self.save, "poll": self.poll}

    async def fill(self) -> float:
        """Fill the message log and save it; returns the bytes of one delivery."""
        gc.collect()
        tracemalloc.start()
        for serial in range(0, self._size, self._each):
            self._note(f"known{serial:07}", serial)
        await self._account.store.async_save()
        gc.collect()
        weight, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return weight / self._size

    async def block(self) -> float:
        """Change and save everything several times; returns the median of the longest blocks, in seconds."""
        return median([await self._block() for _ in range(5)])

    async def _block(self) -> float:
        messages = self._account.store.state.message_log.messages
        for message_id in messages:
            messages.mark_changed(message_id)
        await asyncio.sleep(0.1)
        async with LoopMonitor() as monitor:
            await self._account.store.async_save()
        return monitor.longest

    def _note(self, message_id: str, serial: int) -> None:
        # Long ago, so that their reports are not due and the poll asks for none of them.
        sent_at = dt_util.utcnow() - timedelta(hours=1)
        numbers = {f"+336{serial + each:08}": () for each in range(self._each)}
        self._account.store.state.message_log.record_sent(
            TrackedMessage(message_id=message_id, sent_at=sent_at, codes=dict(numbers)), segments=1
        )

    async def send(self) -> None:
        """Send one SMS."""
        fields = {"message": f"Alarm no. {next(self._serials)}", "target": [NUMBER]}
        await self._hass.services.async_call(DOMAIN, "send_message", fields, blocking=True)

    async def report(self) -> None:
        """Process one new report."""
        message_id = f"news{next(self._serials):07}"
        watched = TrackedMessage(message_id=message_id, sent_at=dt_util.utcnow(), codes={NUMBER: ()})
        self._account.store.state.message_log.record_sent(watched, segments=1)
        self._account.processor.async_process_report(
            DeliveryReport(message_id=message_id, number=NUMBER, code=RECEIVED)
        )
        await asyncio.sleep(0)

    async def save(self) -> None:
        """Save one change."""
        self._note(f"saved{next(self._serials):07}", 0)
        await self._account.store.async_save()

    async def poll(self) -> None:
        """Poll the gateway."""
        await self._account.coordinator.async_refresh()


def _print(what: object) -> None:
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()


async def main(size: int) -> None:
    """Run the operations that are read from standard input."""
    with stub() as gateway:
        async with house(account(gateway.url)) as hass:
            grown = PreloadedAccount(hass, size)
            _print({"weight": await grown.fill(), "block": await grown.block()})
            while line := await asyncio.to_thread(sys.stdin.readline):
                name, times = line.split()
                began = process_time()
                for _ in range(int(times)):
                    await grown.works[name]()
                _print((process_time() - began) / int(times) * 1e6)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
