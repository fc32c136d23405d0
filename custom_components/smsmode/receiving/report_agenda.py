"""Which message is to be asked for its reports next, without looking at all the others. Pure: time is handed in."""

from bisect import insort
from datetime import datetime
from itertools import takewhile
from operator import attrgetter

from ..state.message_log import UNPLANNED, TrackedMessage
from ..state.tracked_dict import TrackedDict

_TURN = attrgetter("turn")


class ReportQueue:
    """The messages of a ledger by the moment at which something is to be done with them.

    It finds new ones by itself, at the end of the ledger, and drops in their turn those that are no longer there.
    """

    def __init__(self, messages: TrackedDict[TrackedMessage]) -> None:
        """Plan for these; they go on changing."""
        self._messages = messages
        self._line: list[TrackedMessage] = []

    def take(self, now: datetime) -> TrackedMessage | None:
        """Give the message whose turn was first, None if it is nobody's; it is off the agenda until it is put on it."""
        self._learn()
        while self._line and self._line[0].turn <= now:
            message = self._line.pop(0)
            if self._messages.get(message.message_id) is message:
                return message
        return None

    def put(self, message: TrackedMessage, moment: datetime) -> None:
        """Have a message's turn come at a moment, after those whose turn comes then already."""
        message.turn = moment
        insort(self._line, message, key=_TURN)

    def _learn(self) -> None:
        new = list(takewhile(lambda message: message.turn == UNPLANNED, self._messages.latest_first()))
        for message in reversed(new):
            self.put(message, message.sent_at)
