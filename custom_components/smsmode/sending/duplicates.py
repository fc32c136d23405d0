"""Duplicate filter: the same text to the same recipient within a minute is one message. Pure: time is handed in."""

from collections import OrderedDict
from datetime import datetime, timedelta

from ..api import BatchRequest, MessageClass, MessageRequest, SendRequest, SingleTextRequest
from ..helpers.bounds import drop_oldest
from ..helpers.links import hide_links
from ..state.outbox import OutboxItem
from ..state.scheduled import ScheduledMessage

WINDOW = timedelta(minutes=1)
MAX_SEEN = 5_000


# What makes two messages the same to their recipient: target, kind, text, send time. One is created for each target of
# each message, so it is a tuple: a dataclass costs four times as much.
type _MessageKey = tuple[str, type, str, datetime | None]


class DuplicateFilter:
    """The messages of the last minute, batches excepted: none of their rows is a duplicate."""

    def __init__(self) -> None:
        """Begin empty."""
        # Finding the first key of a dict takes the longer, the more keys were removed before it.
        self._seen: OrderedDict[_MessageKey, tuple[datetime, OutboxItem]] = OrderedDict()

    def original(self, request: SingleTextRequest, target: str, now: datetime) -> OutboxItem | None:
        """Return the message that this request repeats to a target, if there is one."""
        if (key := _message_key(request, target)) not in self._seen:
            return None
        seen_at, item = self._seen[key]
        # In either direction: a clock that is set back must not make a minute of years.
        return item if abs(now - seen_at) < WINDOW else None

    def note(self, item: OutboxItem, now: datetime) -> None:
        """Record a message, and remove those older than a minute."""
        while self._seen and abs(now - next(iter(self._seen.values()))[0]) >= WINDOW:
            self._seen.popitem(last=False)
        if isinstance(item.request, BatchRequest):
            return
        for target in item.targets[-MAX_SEEN:]:
            key = _message_key(item.request, target)
            self._seen[key] = (now, item)
            self._seen.move_to_end(key)
        drop_oldest(self._seen, MAX_SEEN)


def _message_key(request: SingleTextRequest, target: str) -> _MessageKey:
    # Each message has links of its own.
    return target, type(request), hide_links(request.text), request.send_at


def asks_for_more(
    request: SingleTextRequest, original: OutboxItem | ScheduledMessage, expires_at: datetime, *, urgent: bool
) -> bool:
    """Return whether a message asks for more than its original, and so does not repeat it.

    A reply, or a report under a reference of its own, comes only to the message that asked for it. As long as the
    gateway does not have the original, a message that is urgent or lives longer may arrive where the original does not.
    """
    if request.reference is not None and request.reference != original.reference:
        return True
    if isinstance(original, ScheduledMessage):
        return False
    if _asks_for_reply(request) and not _asks_for_reply(original.request):
        return True
    return original.message_id is None and (
        (urgent and not original.is_urgent) or expires_at - original.expires_at > WINDOW
    )


def _asks_for_reply(request: SendRequest) -> bool:
    return isinstance(request, MessageRequest) and request.message_class is MessageClass.REPLY
