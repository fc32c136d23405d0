"""To which message of ours is a reply? Told by the reference of the message, to those who act on replies.

Only what the gateway confirms, and in time, gets here. A message whose own answer was lost is not known before it is
found at the gateway; a reply to it is kept until then.
"""

from collections import deque
from collections.abc import Callable

from homeassistant.core import callback

from ..helpers.listeners import Subscriptions
from ..receiving.events import ReplyEvent
from ..receiving.processor import InboundProcessor

MAX_KEPT = 50

type Hear = Callable[[ReplyEvent, str], None]
"""Takes a reply and the reference of the message that it answers."""


class ReplyRouter:
    """Sorts the replies of one account."""

    def __init__(self, processor: InboundProcessor, hear: Hear) -> None:
        """Sort for somebody."""
        self._processor = processor
        self._hear = hear
        self._kept: deque[ReplyEvent] = deque(maxlen=MAX_KEPT)
        self._subscriptions = Subscriptions()

    @callback
    def async_start(self) -> None:
        """Listen to replies, and to what the message log learns."""
        self._subscriptions.add(
            self._processor.reply_received.subscribe(self._take), self._processor.async_on_change(self._look)
        )

    @callback
    def async_stop(self) -> None:
        """Listen no more."""
        self._subscriptions.end()

    @callback
    def _take(self, event: ReplyEvent) -> None:
        if not event.is_trusted:
            return
        if event.reply.reference is not None:
            self._hear(event, event.reply.reference)
        elif event.reply.message_id and event.reply.message_id not in self._processor.message_log.messages:
            self._kept.append(event)

    @callback
    def _look(self) -> None:
        """Hear what was kept, once it is known what it answers."""
        for event in list(self._kept):
            message = self._processor.message_log.messages.get(event.reply.message_id or "")
            if message is not None:
                self._kept.remove(event)
                self._hear(event, message.reference or "")
