"""Server-sent events: what changes, told to whoever looks at the telephone page."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

from . import serializers as views
from .models import Delivery, Reply
from .state import Callback, World

BACKLOG = 500
SIGN_OF_LIFE = 15
RESYNC = {"type": "resync"}


class Events:
    """Hands each change to every open page; a page that is too slow is told to load again."""

    def __init__(self, world: World) -> None:
        """Listen to the world."""
        self._world = world
        self._pages: set[asyncio.Queue[dict[str, Any]]] = set()
        world.listeners.append(self._heard)

    def _heard(self, news: Delivery | Reply | str, _callback: Callback) -> None:
        if self._pages:
            event = self._event(news)
            for page in self._pages:
                self._put(page, event)

    def _event(self, news: Delivery | Reply | str) -> dict[str, Any]:
        if isinstance(news, Delivery):
            return {"type": "delivery", "delivery": views.delivery(news)}
        if isinstance(news, Reply):
            return {"type": "reply", "reply": views.reply(news)}
        if news == "balance":
            return {"type": "balance", "balance": float(self._world.main.balance)}
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
        """Return the next change, or a sign of life, which also finds out that a page has gone."""
        try:
            event = await asyncio.wait_for(page.get(), SIGN_OF_LIFE)
        except TimeoutError:
            return b":\n\n"
        return f"data: {json.dumps(event)}\n\n".encode()

    def close(self) -> None:
        """Send every page away."""
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
