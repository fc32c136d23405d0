"""Messages accepted from a person and not yet by the gateway: a state machine that is kept on disk.

    waiting ──begin──> leaving ──accepted, refused──> (gone)
       ^                  │ │
       ├───not_sent───────┘ └──uncertain──> doubtful ──found──> (gone)
       │                                       │
       └──────────────absent, twice────────────┘        waiting ──expire──> (gone)

Pure: time and chance are handed in. What was on its way out when the house fell is doubtful when it stands again.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from .api import BatchRequest, MessageRequest, VoiceRequest
from .budget import Cost

type Request = MessageRequest | VoiceRequest | BatchRequest

MAX_ITEMS = 1_000
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=5)
BETWEEN_LOOKS = timedelta(seconds=30)
LOOKS = 2


class Phase(StrEnum):
    """Where a message stands on its way to the gateway."""

    WAITING = "waiting"
    LEAVING = "leaving"
    DOUBTFUL = "doubtful"


class OutboxFullError(Exception):
    """The outbox holds as many messages as it may."""


@dataclass(slots=True, kw_only=True)
class OutboxItem:
    """One request to the gateway.

    ``due`` is when to try, or to look, next; ``again`` whether to try again at all; ``looks`` how often it was not
    there, ``blind`` how often nobody could look.
    """

    key: str
    request: Request
    costs: tuple[Cost, ...]
    created_at: datetime
    expires_at: datetime
    due: datetime
    again: bool = True
    phase: Phase = Phase.WAITING
    attempts: int = 0
    attempted_at: datetime | None = None
    looks: int = 0
    blind: int = 0

    @property
    def targets(self) -> tuple[str, ...]:
        """Give the numbers, or the group, that it goes to."""
        return tuple(dict.fromkeys(target for target, _ in self.costs))

    @property
    def segments(self) -> int:
        """Count what it costs in all."""
        return sum(segments for _, segments in self.costs)


@dataclass(slots=True, kw_only=True)
class Outbox:
    """All messages of one account that the gateway does not have for certain."""

    items: dict[str, OutboxItem] = field(default_factory=dict)

    def __len__(self) -> int:
        """Count them."""
        return len(self.items)

    def add(self, items: Iterable[OutboxItem]) -> None:
        """Take messages on, all or none; OutboxFullError if there are too many."""
        new = {item.key: item for item in items}
        if len(self.items) + len(new) > MAX_ITEMS:
            raise OutboxFullError
        self.items.update(new)

    def recover(self, sent: Collection[str], now: datetime) -> None:
        """After a restart, what was on its way out is doubtful, unless it is known by its key as sent."""
        self.items = {key: item for key, item in self.items.items() if key not in sent}
        for item in self.items.values():
            if item.phase is Phase.LEAVING:
                self.uncertain(item, now)

    def begin(self, item: OutboxItem, now: datetime) -> None:
        """An attempt begins."""
        item.phase = Phase.LEAVING
        item.attempts += 1
        item.attempted_at = now

    def settle(self, item: OutboxItem) -> None:
        """The gateway has it, or refused it, or it was given up: nothing is left to do."""
        self.items.pop(item.key, None)

    def not_sent(self, item: OutboxItem, now: datetime, jitter: float) -> None:
        """It did not leave: wait, each time longer. ``jitter`` stretches or shortens the pause (0.8 to 1.2)."""
        item.phase = Phase.WAITING
        item.due = now + min(FIRST_PAUSE * 2 ** min(item.attempts - 1, 16), LONGEST_PAUSE) * jitter

    def uncertain(self, item: OutboxItem, now: datetime) -> None:
        """It left and no answer came: look whether the gateway has it, at once and again later."""
        item.phase = Phase.DOUBTFUL
        item.looks = item.blind = 0
        item.due = now

    def look_later(self, item: OutboxItem, now: datetime) -> None:
        """Looking itself failed: look again, each time later."""
        item.due = now + min(BETWEEN_LOOKS * 2 ** min(item.blind, 16), LONGEST_PAUSE)
        item.blind += 1

    def absent(self, item: OutboxItem, now: datetime) -> bool:
        """The gateway does not show it: look again, or be certain (True) that it did not leave."""
        item.looks += 1
        if item.looks < LOOKS:
            item.due = now + BETWEEN_LOOKS
            return False
        item.phase = Phase.WAITING
        item.due = now
        return True

    def due(self, now: datetime) -> list[OutboxItem]:
        """Give what is to be tried or looked for now, oldest first."""
        return [item for item in self.items.values() if item.phase is not Phase.LEAVING and item.due <= now]

    def expired(self, now: datetime) -> list[OutboxItem]:
        """Give what waited too long. What is doubtful never expires: it is first made certain."""
        return [item for item in self.items.values() if item.phase is Phase.WAITING and item.expires_at <= now]

    def next_due(self) -> datetime | None:
        """Say when something is to be done next."""
        moments = [
            min(item.due, item.expires_at) if item.phase is Phase.WAITING else item.due
            for item in self.items.values()
            if item.phase is not Phase.LEAVING
        ]
        return min(moments, default=None)
