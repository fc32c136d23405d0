"""How long an event loop has nothing to say."""

import asyncio
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Self

BEAT = 0.002
# Linux tells how long this very thread was ready to run and got no core: that is not the fault of what runs in it.
SCHEDULE = Path("/proc/thread-self/schedstat")


class Pulse:
    """Beats in an event loop while its block lasts; ``longest`` is the longest pause in seconds, of that loop's making.

    Time in which the machine gave it no core is taken off.
    """

    def __init__(self) -> None:
        """Begin with no pause."""
        self.longest = 0.0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin to beat."""
        self._task = asyncio.create_task(self._beat())
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()

    async def _beat(self) -> None:
        while True:
            began, waited = perf_counter(), _waited()
            await asyncio.sleep(BEAT)
            self.longest = max(self.longest, perf_counter() - began - BEAT - (_waited() - waited))


def _waited() -> float:
    """Give the seconds that this thread has waited for a core; none where nobody tells."""
    return int(SCHEDULE.read_text().split()[1]) / 1e9 if SCHEDULE.exists() else 0.0
