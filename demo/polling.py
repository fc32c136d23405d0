"""Waiting for a condition, never for a time."""

import asyncio

from aiohttp import ClientError, ClientSession

from .settings import DemoError

PAUSE = 0.2


async def until_it_answers(session: ClientSession, url: str, patience: float) -> None:
    """Wait until a server gives a page."""
    try:
        async with asyncio.timeout(patience):
            while not await _answers(session, url):  # noqa: ASYNC110 - a server that is not there tells no event
                await asyncio.sleep(PAUSE)
    except TimeoutError:
        raise DemoError(f"Nothing answered at {url} within {patience:.0f} seconds.") from None


async def _answers(session: ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.ok
    except ClientError:
        return False
