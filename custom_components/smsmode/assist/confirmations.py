"""Confirmations: what an assistant has read back and does once somebody says yes, in the same conversation.

Nothing of it is stored: whoever does not answer within a minute, or before a restart, says it again.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

# Seconds, by the clock of the event loop, which nobody sets.
PATIENCE = 60.0
MAX_PENDING = 20

type Action = Callable[[str], Awaitable[str]]
"""Does what was confirmed, and returns what is said, in a language."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Pending:
    """What waits for a yes: the question, who was asked, and what is done then."""

    question: str
    user_id: str | None
    act: Action
    cancel_timer: CALLBACK_TYPE


class Confirmations:
    """What waits for a yes, by conversation."""

    def __init__(self, hass: HomeAssistant, has_changed: Callable[[], None]) -> None:
        """``has_changed`` is called whenever something begins or ceases to wait."""
        self._hass = hass
        self._has_changed = has_changed
        self._pending: OrderedDict[str, Pending] = OrderedDict()

    def __len__(self) -> int:
        """Return how many conversations wait."""
        return len(self._pending)

    @callback
    def async_ask(self, conversation_id: str, question: str, user_id: str | None, act: Action) -> None:
        """Wait for a yes in a conversation, in place of what waited there before."""
        self._drop(conversation_id)

        @callback
        def expire(_now: datetime) -> None:
            del self._pending[conversation_id]
            self._has_changed()

        timer = async_call_later(self._hass, PATIENCE, HassJob(expire, cancel_on_shutdown=True))
        self._pending[conversation_id] = Pending(question=question, user_id=user_id, act=act, cancel_timer=timer)
        if len(self._pending) > MAX_PENDING:
            self._drop(next(iter(self._pending)))
        self._has_changed()

    @callback
    def async_take(self, conversation_id: str | None, user_id: str | None) -> Pending | None:
        """Return what waits in a conversation for this person, once."""
        pending = self._pending.get(conversation_id or "")
        if pending is None or pending.user_id != user_id:
            return None
        self._drop(conversation_id or "")
        self._has_changed()
        return pending

    def _drop(self, conversation_id: str) -> None:
        if (pending := self._pending.pop(conversation_id, None)) is not None:
            pending.cancel_timer()
