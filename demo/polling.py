"""Polling of a server."""

import asyncio

from aiohttp import ClientError, ClientSession

from .settings import DemoError

POLL_INTERVAL = 0.2


async def wait_for_server(session: ClientSession, url: str, seconds: float) -> None:
    """Wait until a server answers."""
    try:
        async with asyncio.timeout(seconds):
            while not await _answers(session, url):  # noqa: ASYNC110 - a server that is not there tells no event
                await asyncio.sleep(POLL_INTERVAL)
    except TimeoutError:
        raise DemoError(f"Nothing answered at {url} within {seconds:.0f} seconds.") from None


async def _answers(session: ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.ok
    except ClientError:
        return False
