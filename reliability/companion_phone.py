"""Telephone with the companion app: it gets the pushes of a real Home Assistant, and sends buttons back."""

import asyncio
from typing import Any

from aiohttp import ClientSession, web

from custom_components.smsmode.conversations.alert_messages import COMPANION_EVENT

from .companion import ACTION
from .hass_process import LOOPBACK, HassProcess, Json

NOTIFY = f"notify.{ACTION}"


class CompanionPhone:
    """Telephone behind a push service of its own; ``pushes`` are all that arrived, in order."""

    def __init__(self) -> None:
        """Begin without pushes."""
        self.pushes: list[Json] = []
        self._arrived = asyncio.Condition()
        self._hangs = False
        self._released = asyncio.Event()

    async def start(self) -> None:
        """Start the push service."""
        app = web.Application()
        app.router.add_post("/push", self._handle_push)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, LOOPBACK, 0)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop the push service; whatever hangs is let go."""
        self._released.set()
        await self._runner.cleanup()

    @property
    def yaml(self) -> str:
        """Return the YAML of a Home Assistant that pushes to this telephone."""
        return f"\napi:\ncompanion: {{push_url: http://{LOOPBACK}:{self._port}/push}}\n"

    def hang(self) -> None:
        """Answer no push from now on, although it has arrived."""
        self._hangs = True

    def answer(self) -> None:
        """Answer pushes again."""
        self._hangs = False

    async def wait_for(self, count: int) -> None:
        """Wait until so many pushes have arrived."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.pushes) >= count)

    async def press(self, session: ClientSession, house: HassProcess, push: Json) -> None:
        """Press the button of a notification."""
        (button,) = push["data"]["actions"]
        await house.post(session, f"/api/events/{COMPANION_EVENT}", {"action": button["action"]})

    async def _handle_push(self, request: web.Request) -> web.Response:
        push: dict[str, Any] = await request.json()
        async with self._arrived:
            self.pushes.append(push)
            self._arrived.notify_all()
        if self._hangs:
            await self._released.wait()
        return web.json_response({}, status=201)
