"""Router of replies: finds the message that a reply answers, and hands both to a manager by the message's reference.

Only replies that the gateway confirmed, and that were received in time, are routed. A message whose own response was
lost is not known before it is found at the gateway; a reply to it is kept until then.
"""

from collections import deque
from collections.abc import Callable

from homeassistant.core import callback

from ..helpers.listeners import Subscriptions
from ..receiving.events import ReplyEvent
from ..receiving.processor import InboundProcessor

MAX_KEPT = 50

type ReplyListener = Callable[[ReplyEvent, str], None]
"""Takes a reply and the reference of the message that it answers."""


class ReplyRouter:
    """Router of the replies of one account to one listener."""

    def __init__(self, processor: InboundProcessor, listener: ReplyListener) -> None:
        """Do nothing before `async_start`."""
        self._processor = processor
        self._listener = listener
        self._kept: deque[ReplyEvent] = deque(maxlen=MAX_KEPT)
        self._subscriptions = Subscriptions()

    @callback
    def async_start(self) -> None:
        """Subscribe to replies, and to changes of the message log."""
        self._subscriptions.add(
            self._processor.reply_received.subscribe(self._async_handle_reply),
            self._processor.async_on_change(self._async_route_kept),
        )

    @callback
    def async_stop(self) -> None:
        """Unsubscribe."""
        self._subscriptions.end()

    @callback
    def _async_handle_reply(self, event: ReplyEvent) -> None:
        if not event.is_trusted:
            return
        if event.reply.reference is not None:
            self._listener(event, event.reply.reference)
        elif event.reply.message_id and event.reply.message_id not in self._processor.message_log.messages:
            self._kept.append(event)

    @callback
    def _async_route_kept(self) -> None:
        """Route the kept replies whose message is known by now."""
        for event in list(self._kept):
            message = self._processor.message_log.messages.get(event.reply.message_id or "")
            if message is not None:
                self._kept.remove(event)
                self._listener(event, message.reference or "")
