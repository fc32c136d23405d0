"""The same text to the same recipient within a minute is one message. Pure: time is handed in."""

from collections import OrderedDict
from datetime import datetime, timedelta

from ..api import BatchRequest, SingleTextRequest
from ..state.outbox import OutboxItem

WINDOW = timedelta(minutes=1)
MAX_SEEN = 5_000


# What makes two messages the same to whoever gets them: target, kind, text, time of sending. One is made for each
# target of each message, so it is a tuple: a dataclass costs four times as much.
type _Sight = tuple[str, type, str, datetime | None]


class DuplicateFilter:
    """What was taken on within the last minute; batches are not, for none of their rows is a repetition."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        # Of a dict the first becomes the dearer to find the more were before it.
        self._seen: OrderedDict[_Sight, tuple[datetime, OutboxItem]] = OrderedDict()

    def original(self, request: SingleTextRequest, target: str, now: datetime) -> OutboxItem | None:
        """Give the message that this one repeats to a target, if there is one."""
        if (sight := _sight(request, target)) not in self._seen:
            return None
        seen_at, item = self._seen[sight]
        # In either direction: a clock that is set back must not make a minute of years.
        return item if abs(now - seen_at) < WINDOW else None

    def note(self, item: OutboxItem, now: datetime) -> None:
        """Remember a message for a minute, and forget those whose minute is over."""
        while self._seen and abs(now - next(iter(self._seen.values()))[0]) >= WINDOW:
            self._seen.popitem(last=False)
        if isinstance(item.request, BatchRequest):
            return
        for target in item.targets[-MAX_SEEN:]:
            sight = _sight(item.request, target)
            self._seen[sight] = (now, item)
            self._seen.move_to_end(sight)
        while len(self._seen) > MAX_SEEN:
            self._seen.popitem(last=False)


def _sight(request: SingleTextRequest, target: str) -> _Sight:
    return target, type(request), request.text, request.send_at
