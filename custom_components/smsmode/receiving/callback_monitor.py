"""Monitor of callbacks: whether they arrive although the gateway has an address for them. Pure: time is handed in.

The gateway calls that address for each status of a message. Polling asks for the same statuses and may be quicker by
seconds, so a status that polling brought proves nothing. A message counts as missed when polling has brought its final
status, and minutes later no callback at all has arrived. After so many missed in a row the address counts as silent; a
single callback, about whatever, proves the contrary.

Not persisted: what changed with a reload may have solved it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

CALLBACK_GRACE_PERIOD = timedelta(minutes=5)
MAX_MISSED = 3
# A cloud that connects a while after Home Assistant has started is no problem.
ADDRESS_GRACE_PERIOD = timedelta(minutes=15)
MAX_MESSAGES = 200


@dataclass(slots=True, kw_only=True, repr=False)
class CallbackMonitor:
    """The messages that were sent with a callback address, and the callbacks that arrived.

    ``missed`` counts messages in a row without any callback; ``heard_at`` is when the last callback arrived.
    """

    missed: int = 0
    heard_at: datetime | None = None
    _pending: dict[str, None] = field(default_factory=dict)
    _final: dict[str, datetime] = field(default_factory=dict)
    _without_address_since: datetime | None = None

    @property
    def is_silent(self) -> bool:
        """Return whether callbacks of so many messages in a row were missed that none can be expected."""
        return self.missed >= MAX_MISSED

    def shift(self, by: timedelta) -> None:
        """Follow a clock that was set by so much."""
        self.heard_at = self.heard_at and self.heard_at + by
        self._without_address_since = self._without_address_since and self._without_address_since + by
        self._final = {message_id: at + by for message_id, at in self._final.items()}

    def note_address(self, now: datetime, *, is_there: bool) -> None:
        """Record whether there is a callback address."""
        if is_there:
            self._without_address_since = None
        elif self._without_address_since is None:
            self._without_address_since = now

    def lacks_address(self, now: datetime) -> bool:
        """Return whether there has been no address for longer than the grace period."""
        return self._without_address_since is not None and now - self._without_address_since >= ADDRESS_GRACE_PERIOD

    def note_sent(self, message_id: str) -> None:
        """Record that a message was sent with a callback address; the oldest of too many is forgotten."""
        self._pending[message_id] = None
        if len(self._pending) > MAX_MESSAGES:
            del self._pending[next(iter(self._pending))]

    def note_final(self, message_id: str, now: datetime) -> None:
        """Record that a message has its final status."""
        if message_id in self._pending:
            del self._pending[message_id]
            self._final[message_id] = now

    def note_callback(self, now: datetime) -> None:
        """Record that a callback arrived and was understood."""
        self.heard_at = now
        self.missed = 0
        self._pending.clear()
        self._final.clear()

    def count_missed(self, now: datetime) -> None:
        """Count the messages of which no callback can be expected any more."""
        missed = [message_id for message_id, at in self._final.items() if now - at >= CALLBACK_GRACE_PERIOD]
        self.missed += len(missed)
        for message_id in missed:
            del self._final[message_id]
