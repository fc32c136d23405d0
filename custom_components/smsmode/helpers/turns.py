"""Turns of calls that come in one instant, so that everything else in the event loop gets its time between them.

Ten thousand calls are ten thousand tasks that are all run before the loop looks at anything else. Each takes a fraction
of a millisecond; together they would hold up the house for seconds.
"""

import asyncio
from collections import deque
from typing import Final

from homeassistant.core import callback

# Seconds in which a few calls go on at once: far longer than they take, on a slow machine too.
PERIOD: Final = 1.0


class Turns:
    """Turns in one event loop, a few in each of its rounds; whoever comes first goes first.

    So few in a second take no round of the loop at all.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, each_round: int) -> None:
        """Let so many go on in each round of the loop."""
        self._loop = loop
        self._each_round = each_round
        self._left = each_round
        self._period_began = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def async_take(self) -> None:
        """Return when it is the turn of the caller."""
        if self._loop.time() - self._period_began >= PERIOD and not self._waiting:
            self._period_began, self._left = self._loop.time(), self._each_round
        if self._left > 0:
            self._left -= 1
            return
        if not self._waiting:
            self._loop.call_soon(self._begin_round)
        turn: asyncio.Future[None] = self._loop.create_future()
        self._waiting.append(turn)
        await turn

    @callback
    def _begin_round(self) -> None:
        self._left = self._each_round
        if self._waiting:
            self._loop.call_soon(self._begin_round)
        while self._waiting and self._left > 0:
            turn = self._waiting.popleft()
            # Not one whose caller was cancelled.
            if not turn.done():
                self._left -= 1
                turn.set_result(None)
