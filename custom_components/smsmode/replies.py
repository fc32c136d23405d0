"""Which replies have been heard already. Pure, bounded, and what is forgotten never becomes news again."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from .api import Reply
from .shelf import Shelf

LATE_AFTER = timedelta(minutes=15)
MAX_REPLIES = 2_000


class ReplyNews(StrEnum):
    """What a reply is to those who listen: the event types of a reply."""

    RECEIVED = "received"
    RECEIVED_LATE = "received_late"


@dataclass(slots=True, kw_only=True)
class HeardReplies:
    """The replies of one account heard since ``horizon``; whatever was received before it is old.

    A reply is known by its id. A callback may come without one: then by who wrote what in which minute, until the
    list of replies gives it its id. What only a callback said is kept apart in ``unlisted``.
    """

    horizon: datetime
    ids: Shelf[datetime] = field(default_factory=Shelf)
    contents: Shelf[datetime] = field(default_factory=Shelf)
    nameless: Shelf[datetime] = field(default_factory=Shelf)
    unlisted: Shelf[datetime] = field(default_factory=Shelf)

    def knows(self, reply: Reply, received_at: datetime) -> bool:
        """Say whether this reply has been heard, or is older than this memory."""
        # The list of replies gives whole minutes: compare with the minute in which this memory begins.
        if received_at < _minute(self.horizon):
            return True
        content = _content(reply, received_at)
        if reply.reply_id is None:
            return content in self.contents or content in self.nameless
        return reply.reply_id in self.ids or reply.reply_id in self.unlisted or content in self.nameless

    def knows_from_list(self, reply: Reply, received_at: datetime) -> bool:
        """Say whether the list of replies has shown this one before, so that what is older was seen as well."""
        return received_at < _minute(self.horizon) or reply.reply_id in self.ids

    def hear(self, reply: Reply, now: datetime, *, listed: bool = True) -> ReplyNews | None:
        """Say whether a reply is news or comes late, None if it was known; from now on it is."""
        received_at = reply.received_at or now
        known = self.knows(reply, received_at)
        if received_at >= _minute(self.horizon):
            self._remember(reply, received_at, now, listed=listed)
        if known:
            return None
        return ReplyNews.RECEIVED_LATE if now - received_at > LATE_AFTER else ReplyNews.RECEIVED

    def _remember(self, reply: Reply, received_at: datetime, now: datetime, *, listed: bool) -> None:
        content = _content(reply, received_at)
        if reply.reply_id is not None:
            self.nameless.pop(content, None)
            self.unlisted.pop(reply.reply_id, None)
            (self.ids if listed else self.unlisted)[reply.reply_id] = received_at
            self.contents[content] = received_at
        elif content not in self.contents:
            # Only what has no id yet: the next reply with the same words is one of its own.
            self.nameless[content] = received_at
        for memory in (self.ids, self.contents, self.nameless, self.unlisted):
            self._bound(memory, now)

    def _bound(self, memory: Shelf[datetime], now: datetime) -> None:
        """Forget the first of too many, and take everything as old that is not newer.

        A date in the future, which anybody can write into a callback, must not make old what is yet to come.
        """
        while len(memory) > MAX_REPLIES:
            forgotten = min(memory.drop_oldest()[1], now).astimezone(UTC)
            self.horizon = max(self.horizon, _minute(forgotten) + timedelta(minutes=1))


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _content(reply: Reply, received_at: datetime) -> str:
    """Digest who wrote what in which minute; a digest, because texts have no business on the disk."""
    text = f"{reply.sender}\0{_minute(received_at).timestamp():.0f}\0{reply.text}"
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
