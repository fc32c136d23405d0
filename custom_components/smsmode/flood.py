"""The same text to the same recipient within a minute is one message. Pure: time is handed in."""

from datetime import datetime, timedelta

from .api import BatchRequest, MessageRequest, VoiceRequest
from .outbox import OutboxItem, Request

WINDOW = timedelta(minutes=1)
MAX_SEEN = 5_000


# What makes two messages the same to whoever gets them: target, kind, text, time of sending. One is made for each
# target of each message, so it is a tuple: a dataclass costs four times as much.
type _Sight = tuple[str, type, str, datetime | None]


class FloodGuard:
    """What was taken on within the last minute.

    The rows of a batch are not looked at: whoever writes a file means each of its lines.
    """

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._seen: dict[_Sight, tuple[datetime, OutboxItem]] = {}

    def original(self, request: Request, target: str, now: datetime) -> OutboxItem | None:
        """Give the message that this one repeats to a target, if there is one."""
        if isinstance(request, BatchRequest) or (sight := _sight(request, target)) not in self._seen:
            return None
        seen_at, item = self._seen[sight]
        # In either direction: a clock that is set back must not make a minute of years.
        return item if abs(now - seen_at) < WINDOW else None

    def note(self, item: OutboxItem, now: datetime) -> None:
        """Remember a message for a minute, and forget those whose minute is over."""
        while self._seen and abs(now - next(iter(self._seen.values()))[0]) >= WINDOW:
            del self._seen[next(iter(self._seen))]
        if isinstance(item.request, BatchRequest):
            return
        for target in item.targets:
            sight = _sight(item.request, target)
            self._seen.pop(sight, None)
            self._seen[sight] = (now, item)
        while len(self._seen) > MAX_SEEN:
            del self._seen[next(iter(self._seen))]


def _sight(request: MessageRequest | VoiceRequest, target: str) -> _Sight:
    return target, type(request), request.text, request.send_at
