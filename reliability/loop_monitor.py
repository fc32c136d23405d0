"""Loop monitor: measures the longest block of an event loop."""

import asyncio
import os
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Self

INTERVAL = 0.002
# Linux tells how long this very thread was ready to run and got no core: that is not the fault of what runs in it.
SCHEDULE = Path("/proc/thread-self/schedstat")


class LoopMonitor:
    """Monitor of an event loop; ``longest`` is its longest block in seconds, caused by the loop itself.

    Time in which the machine gave it no core is taken off.
    """

    def __init__(self) -> None:
        """Begin with no block."""
        self.longest = 0.0
        self._began = self._waited = 0.0
        self._schedule: int | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start the monitor."""
        # Opened once: each time that Python asks the system for something, another thread may get to run instead.
        self._schedule = os.open(SCHEDULE, os.O_RDONLY) if SCHEDULE.exists() else None
        self._began, self._waited = perf_counter(), self._wait()
        self._task = asyncio.create_task(self._run())
        await asyncio.sleep(0)
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Stop the monitor; a block that lasts until now counts."""
        self._note()
        if self._task is not None:
            self._task.cancel()
        if self._schedule is not None:
            os.close(self._schedule)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(INTERVAL)
            self._note()

    def _note(self) -> None:
        now, waited = perf_counter(), self._wait()
        self.longest = max(self.longest, now - self._began - INTERVAL - (waited - self._waited))
        self._began, self._waited = now, waited

    def _wait(self) -> float:
        """Return the seconds that this thread has waited for a core; 0 where the system does not count them."""
        return 0.0 if self._schedule is None else int(os.pread(self._schedule, 64, 0).split()[1]) / 1e9
