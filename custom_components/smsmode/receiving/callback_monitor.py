"""Whether callbacks arrive although an address for them is handed to the gateway. Pure: time is handed in.

The gateway calls that address for each status of a message. Polling asks for the same statuses and may be quicker by
seconds, so that a status that polling brought proves nothing. A message counts as passed over when polling has brought
its last word, and minutes later nothing at all has called. So many passed over in a row, and the address is silent; a
single call, about whatever, proves the contrary.

Forgotten with a reload: what changed may have mended it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

GRACE = timedelta(minutes=5)
ENOUGH = 3
# A cloud that connects a while after the house has started is no problem.
ADDRESS_GRACE_PERIOD = timedelta(minutes=15)
MAX_MESSAGES = 200


@dataclass(slots=True, kw_only=True, repr=False)
class CallbackMonitor:
    """The messages that were handed over with an address, and what was heard of them."""

    passed_over: int = 0
    heard_at: datetime | None = None
    _open: dict[str, None] = field(default_factory=dict)
    _concluded: dict[str, datetime] = field(default_factory=dict)
    _without_address_since: datetime | None = None

    @property
    def is_silent(self) -> bool:
        """Whether enough messages in a row were passed over."""
        return self.passed_over >= ENOUGH

    def note_address(self, now: datetime, *, is_there: bool) -> None:
        """Note whether there is an address to hand over."""
        if is_there:
            self._without_address_since = None
        elif self._without_address_since is None:
            self._without_address_since = now

    def lacks_address(self, now: datetime) -> bool:
        """Say whether there has been no address for long."""
        return self._without_address_since is not None and now - self._without_address_since >= ADDRESS_GRACE_PERIOD

    def note_handed(self, message_id: str) -> None:
        """Note that the gateway was given an address with this message; forget the first of too many."""
        self._open[message_id] = None
        if len(self._open) > MAX_MESSAGES:
            del self._open[next(iter(self._open))]

    def note_concluded(self, message_id: str, now: datetime) -> None:
        """Note that nothing more is awaited of a message."""
        if message_id in self._open:
            del self._open[message_id]
            self._concluded[message_id] = now

    def note_heard(self, now: datetime) -> None:
        """Note that something was called that could be understood."""
        self.heard_at = now
        self.passed_over = 0
        self._open.clear()
        self._concluded.clear()

    def count(self, now: datetime) -> None:
        """Count the messages of which no callback can be expected any more."""
        over = [message_id for message_id, at in self._concluded.items() if now - at >= GRACE]
        self.passed_over += len(over)
        for message_id in over:
            del self._concluded[message_id]
