"""Which message is to be asked for its reports next, without looking at all the others. Pure: time is handed in."""

from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from .ledger import WatchedMessage
from .shelf import Shelf


class ReportAgenda:
    """The messages of a ledger by the moment at which something is to be done with them.

    It finds new ones by itself, at the end of the ledger, and drops in their turn those that are no longer there.
    """

    def __init__(self, messages: Shelf[WatchedMessage]) -> None:
        """Plan for these; they go on changing."""
        self._messages = messages
        self._known: dict[str, WatchedMessage] = {}
        self._moments: list[tuple[datetime, int, WatchedMessage]] = []
        self._serials = count()

    def take(self, now: datetime) -> WatchedMessage | None:
        """Give the message whose turn was first, None if it is nobody's; it is off the agenda until it is put on it."""
        self._learn()
        while self._moments and self._moments[0][0] <= now:
            _, _, message = heappop(self._moments)
            if self._messages.get(message.message_id) is message:
                return message
            if self._known.get(message.message_id) is message:
                del self._known[message.message_id]
        return None

    def put(self, message: WatchedMessage, moment: datetime) -> None:
        """Have a message's turn come at a moment."""
        heappush(self._moments, (moment, next(self._serials), message))

    def _learn(self) -> None:
        new: list[WatchedMessage] = []
        for message_id in reversed(self._messages):
            message = self._messages[message_id]
            if self._known.get(message_id) is message:
                break
            new.append(message)
        for message in reversed(new):
            self._known[message.message_id] = message
            self.put(message, message.sent_at)
