"""Server-sent events: changes of the state, for open phone pages."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

from . import serializers
from .models import Delivery, Reply
from .state import Callback, GatewayState

BACKLOG = 500
KEEP_ALIVE_SECONDS = 15
RESYNC = {"type": "resync"}


class EventStreams:
    """Streams of changes, one for each open page; a page that is too slow gets a `resync`, and loads again."""

    def __init__(self, state: GatewayState) -> None:
        """Subscribe to the changes of the state."""
        self._state = state
        self._pages: set[asyncio.Queue[dict[str, Any]]] = set()
        state.listeners.append(self._on_change)

    def _on_change(self, change: Delivery | Reply | str, _callback: Callback) -> None:
        if self._pages:
            event = self._event(change)
            for page in self._pages:
                self._put(page, event)

    def _event(self, change: Delivery | Reply | str) -> dict[str, Any]:
        if isinstance(change, Delivery):
            return {"type": "delivery", "delivery": serializers.delivery(change)}
        if isinstance(change, Reply):
            return {"type": "reply", "reply": serializers.reply(change)}
        if change == "balance":
            return {"type": "balance", "balance": float(self._state.main.balance)}
        return RESYNC

    @staticmethod
    def _put(page: asyncio.Queue[dict[str, Any]], event: dict[str, Any]) -> None:
        if page.full():
            while not page.empty():
                page.get_nowait()
            event = RESYNC
        page.put_nowait(event)

    @staticmethod
    async def _next(page: asyncio.Queue[dict[str, Any]]) -> bytes:
        """Return the next change, or a keep-alive, whose failure shows that the page was closed."""
        try:
            event = await asyncio.wait_for(page.get(), KEEP_ALIVE_SECONDS)
        except TimeoutError:
            return b":\n\n"
        return f"data: {json.dumps(event)}\n\n".encode()

    def close(self) -> None:
        """Close all streams."""
        for page in self._pages:
            page.shutdown(immediate=True)

    async def stream(self) -> AsyncGenerator[bytes]:
        """Yield changes from now on, as lines of an event stream."""
        page: asyncio.Queue[dict[str, Any]] = asyncio.Queue(BACKLOG)
        self._pages.add(page)
        try:
            yield b"retry: 1000\n\n"
            while True:
                yield await self._next(page)
        except asyncio.QueueShutDown:
            return
        finally:
            self._pages.discard(page)
