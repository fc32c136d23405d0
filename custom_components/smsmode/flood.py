"""The same text to the same recipient within a minute is one message. Pure: time is handed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .api import BatchRequest
from .outbox import OutboxItem, Request

WINDOW = timedelta(minutes=1)
MAX_SEEN = 5_000


@dataclass(frozen=True, slots=True, repr=False)
class _Sight:
    """What makes two messages the same to whoever gets them."""

    target: str
    kind: type
    text: str
    send_at: datetime | None


class FloodGuard:
    """What was taken on within the last minute.

    The rows of a batch are not looked at: whoever writes a file means each of its lines.
    """

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._seen: dict[_Sight, tuple[datetime, OutboxItem]] = {}

    def original(self, request: Request, target: str, now: datetime) -> OutboxItem | None:
        """Give the message that this one repeats to a target, if there is one."""
        sight = _sight(request, target)
        if sight is None or sight not in self._seen:
            return None
        seen_at, item = self._seen[sight]
        # In either direction: a clock that is set back must not make a minute of years.
        return item if abs(now - seen_at) < WINDOW else None

    def note(self, item: OutboxItem, now: datetime) -> None:
        """Remember a message for a minute, and forget those whose minute is over."""
        while self._seen and abs(now - next(iter(self._seen.values()))[0]) >= WINDOW:
            del self._seen[next(iter(self._seen))]
        for sight in filter(None, (_sight(item.request, target) for target in item.targets)):
            self._seen.pop(sight, None)
            self._seen[sight] = (now, item)
        while len(self._seen) > MAX_SEEN:
            del self._seen[next(iter(self._seen))]


def _sight(request: Request, target: str) -> _Sight | None:
    if isinstance(request, BatchRequest):
        return None
    return _Sight(target, type(request), request.text, request.send_at)
