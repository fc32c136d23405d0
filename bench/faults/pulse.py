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
        self._began, self._waited = perf_counter(), _waited()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin to beat, before anything else is done."""
        self._task = asyncio.create_task(self._beat())
        await asyncio.sleep(0)
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Stop; a pause that lasts until now counts."""
        self._note()
        if self._task is not None:
            self._task.cancel()

    async def _beat(self) -> None:
        while True:
            self._began, self._waited = perf_counter(), _waited()
            await asyncio.sleep(BEAT)
            self._note()

    def _note(self) -> None:
        pause = perf_counter() - self._began - BEAT - (_waited() - self._waited)
        self.longest = max(self.longest, pause)


def _waited() -> float:
    """Give the seconds that this thread has waited for a core; none where nobody tells."""
    return int(SCHEDULE.read_text().split()[1]) / 1e9 if SCHEDULE.exists() else 0.0
