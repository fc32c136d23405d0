"""Scheduled messages, which the gateway holds to send later. Pure: time is handed in.

Bounded, and nothing of a message is kept here once its time has come: the message log, which has no texts, keeps it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from ..api import BatchRequest, SingleTextRequest
from ..helpers.links import hide_links
from .outbox import MessageKind, Outbox, OutboxItem, message_kind
from .tracked_dict import TrackedDict

MAX_SCHEDULED = 1_000


class ScheduleFullError(Exception):
    """As many messages are scheduled as may be."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ScheduledMessage:
    """Message to be sent later, at the gateway (``message_id``) or still in the outbox (``queue_id``).

    ``text`` is empty for a batch, each of whose recipients gets another.
    """

    send_at: datetime
    targets: tuple[str, ...]
    text: str
    kind: MessageKind
    reference: str | None = None
    message_id: str | None = None
    queue_id: str | None = None

    @property
    def key(self) -> str:
        """Its id at the gateway once it has one, else its key in the outbox."""
        return self.message_id or self.queue_id or ""


@dataclass(slots=True, kw_only=True)
class ScheduledMessages:
    """All scheduled messages of one account that the gateway holds."""

    items: TrackedDict[ScheduledMessage] = field(default_factory=TrackedDict)

    def record_accepted(self, item: OutboxItem, message_id: str, now: datetime) -> None:
        """Record a message that the gateway accepted, if it is to be sent later."""
        scheduled = _scheduled(item, message_id)
        if scheduled is not None and scheduled.send_at > now:
            self.items[message_id] = scheduled

    def remove(self, message_id: str) -> ScheduledMessage | None:
        """Remove a message that was cancelled."""
        return self.items.pop(message_id, None)

    def remove_sent(self, now: datetime) -> bool:
        """Remove the messages whose time has come; return whether there were any."""
        left = [message_id for message_id, item in self.items.items() if item.send_at <= now]
        for message_id in left:
            del self.items[message_id]
        return bool(left)

    def next_send_at(self) -> datetime | None:
        """Return when the next message is sent."""
        return min((item.send_at for item in self.items.values()), default=None)

    def latest_to(self, number: str) -> ScheduledMessage | None:
        """Return the latest message to a number, and to nobody else."""
        return next((item for item in self.items.latest_first() if item.targets == (number,)), None)


def scheduled_in(outbox: Outbox) -> list[ScheduledMessage]:
    """Return the scheduled messages of the outbox, without provisional ones."""
    to_leave = (item for item in outbox.items.values() if not item.is_provisional)
    return [scheduled for item in to_leave if (scheduled := _scheduled(item)) is not None]


def original(request: SingleTextRequest, target: str, scheduled: Iterable[ScheduledMessage]) -> ScheduledMessage | None:
    """Return the message that a request repeats to a target: the same text at the same time."""
    wanted = (request.send_at, hide_links(request.text), message_kind(request))
    like = (each for each in scheduled if (each.send_at, each.text, each.kind) == wanted)
    return next((each for each in like if target in each.targets), None)


def _scheduled(item: OutboxItem, message_id: str | None = None) -> ScheduledMessage | None:
    request = item.request
    if request.send_at is None:
        return None
    return ScheduledMessage(
        send_at=request.send_at,
        targets=item.targets,
        text="" if isinstance(request, BatchRequest) else hide_links(request.text),
        kind=item.kind,
        reference=request.reference,
        message_id=message_id,
        queue_id=None if message_id else item.key,
    )
