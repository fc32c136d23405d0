"""Background tasks of one part of an account, cancelled together when it stops."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback


class BackgroundTasks:
    """The tasks that a part has begun and nobody waits for. Home Assistant shows them under one name."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, name: str) -> None:
        """Begin without any."""
        self._hass = hass
        self._entry = entry
        self._name = name
        self._tasks: set[asyncio.Task[Any]] = set()

    @callback
    def create[T](self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run work in the background. Home Assistant neither waits for it at its start nor when it stops."""
        task = self._entry.async_create_background_task(self._hass, work, self._name)
        if not task.done():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return task

    @callback
    def cancel(self) -> None:
        """Cancel all that is under way."""
        for task in self._tasks:
            task.cancel()

    async def async_finish(self, timeout: float) -> None:  # noqa: ASYNC109 - what is left is cancelled, nothing raised
        """Wait at most so many seconds for all that is under way, then cancel the rest."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout)
        # A copy: whatever ends leaves the set.
        if rest := set(self._tasks):
            self.cancel()
            await asyncio.wait(rest)
