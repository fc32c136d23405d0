"""Index of the message log by thread, in the order of time, while a panel is open.

The log is searched once. After that the index follows it: what is new stands at its end.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Final

from ..state.message_log import MAX_MESSAGES, MessageLog
from .directory import ThreadDirectory

type Position = tuple[float, str]
"""When a message is sent, in seconds, and its id."""

LAST: Final = (float("inf"), "")


class MessageIndex:
    """Index of the message log of one account."""

    def __init__(self, log: MessageLog, directory: ThreadDirectory) -> None:
        """Search the log."""
        self._log = log
        self._directory = directory
        # By thread; that of the latest message stands last.
        self._positions: dict[str, list[Position]] = {}
        self._seen: set[str] = set()
        self.rebuild()

    def rebuild(self) -> None:
        """Search the log anew: the clock was set, or too much of what is indexed is not there any more."""
        self._positions, self._seen = {}, set()
        self.catch_up()

    def catch_up(self) -> None:
        """Add what is new in the log."""
        fresh = []
        for message in self._log.messages.latest_first():
            if message.message_id in self._seen:
                break
            fresh.append(message)
        for message in reversed(fresh):
            self._seen.add(message.message_id)
            position = (message.sent_at.timestamp(), message.message_id)
            for key in self._directory.threads_of(message):
                positions = self._positions.pop(key, [])
                insort(positions, position)
                self._positions[key] = positions
        if len(self._seen) > 2 * MAX_MESSAGES:
            self.rebuild()

    def latest_threads(self) -> Iterator[str]:
        """Yield the keys of the threads that have messages, those of the latest first."""
        return (key for key in reversed(self._positions) if next(self.before(key, LAST), None) is not None)

    def before(self, key: str, position: Position) -> Iterator[Position]:
        """Yield the positions of the messages of a thread before another one, the latest first."""
        positions = self._positions.get(key, [])
        for index in range(bisect_left(positions, position) - 1, -1, -1):
            # Messages that were deleted stay in the index.
            if positions[index][1] in self._log.messages:
                yield positions[index]
