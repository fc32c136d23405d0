"""Reply history: which replies are known already. Pure, bounded, and what is dropped never counts as new again."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from ..api import Reply
from .tracked_dict import TrackedDict

LATE_AFTER = timedelta(minutes=15)
MAX_REPLIES = 2_000
# How far the gateway's clock may run ahead of the house's.
AHEAD = timedelta(minutes=5)


class ReplyEventType(StrEnum):
    """Event type of a reply."""

    RECEIVED = "received"
    RECEIVED_LATE = "received_late"


@dataclass(slots=True, kw_only=True)
class ReplyHistory:
    """Known replies of one account since ``cutoff``; whatever was received before it is old.

    A reply is known by its id: in ``ids`` once the gateway's own list has shown it, in ``unconfirmed`` while only a
    callback reported it. A callback without an id is known by who wrote what in which minute. What a callback reported
    silences nothing but callbacks that say the same: whoever forges one, with whatever id, must not be able to silence
    the reply itself.
    """

    cutoff: datetime
    # When the list was read last, whatever it showed.
    read_at: datetime | None = None
    ids: TrackedDict[datetime] = field(default_factory=TrackedDict)
    contents: TrackedDict[datetime] = field(default_factory=TrackedDict)
    without_id: TrackedDict[datetime] = field(default_factory=TrackedDict)
    unconfirmed: TrackedDict[datetime] = field(default_factory=TrackedDict)

    def is_known(self, reply: Reply, received_at: datetime) -> bool:
        """Return whether a callback about this reply has nothing to tell: it is known, or older than the cutoff."""
        # The list of replies gives whole minutes: compare with the minute in which this memory begins.
        if received_at < _minute(self.cutoff):
            return True
        content = _content(reply, received_at)
        if reply.reply_id is None:
            return content in self.contents or content in self.without_id
        # The same id with another text: one of the two is forged, and nobody knows yet which.
        return reply.reply_id in self.ids or (reply.reply_id in self.unconfirmed and content in self.contents)

    def is_listed(self, reply: Reply, received_at: datetime) -> bool:
        """Whether the list of replies has shown this one before, so that what is older was seen as well."""
        return received_at < _minute(self.cutoff) or reply.reply_id in self.ids

    def is_settled(self, reply: Reply, received_at: datetime) -> bool:
        """Return whether a callback about this reply need not be verified any more."""
        is_settled = self.is_known if reply.reply_id is None else self.is_listed
        return is_settled(reply, received_at)

    def newest_listed(self) -> datetime | None:
        """Return when the newest reply that the list has shown was received."""
        # In one time zone Python compares wall clocks, which autumn turns back.
        return max((moment.astimezone(UTC) for moment in self.ids.values()), default=None)

    def record(self, reply: Reply, now: datetime, *, listed: bool = True) -> ReplyEventType | None:
        """Record a reply; return its type if it is new, None if it was known.

        What the list shows for the first time is new, although a callback may have reported it before.
        """
        received_at = reply.received_at or now
        known = (self.is_settled if listed else self.is_known)(reply, received_at)
        if received_at >= _minute(self.cutoff):
            self._remember(reply, received_at, now, listed=listed)
        if known:
            return None
        # Of a date in the future, forged or of a clock that is wrong, nobody knows how old the reply is.
        is_live = -AHEAD <= now - received_at <= LATE_AFTER
        return ReplyEventType.RECEIVED if is_live else ReplyEventType.RECEIVED_LATE

    def clamp_cutoff(self, now: datetime) -> None:
        """Move a cutoff in the future, which was set by a clock that was wrong, to now: else replies would be lost."""
        self.cutoff = min(self.cutoff, now)

    def _remember(self, reply: Reply, received_at: datetime, now: datetime, *, listed: bool) -> None:
        content = _content(reply, received_at)
        if reply.reply_id is None:
            if content not in self.contents:
                self.without_id[content] = received_at
        else:
            self.without_id.pop(content, None)
            self.contents[content] = received_at
            if listed:
                self.unconfirmed.pop(reply.reply_id, None)
                self.ids[reply.reply_id] = received_at
            elif reply.reply_id not in self.ids:
                self.unconfirmed[reply.reply_id] = received_at
        self._bound(now)

    def _bound(self, now: datetime) -> None:
        """Drop the first of too many.

        What the list has shown is taken as old from then on, and everything that is not newer; not so what only
        callbacks said: forged ones would make old what is yet to come.
        """
        for hearsay in (self.contents, self.without_id, self.unconfirmed):
            if len(hearsay) > MAX_REPLIES:
                hearsay.drop_oldest()
        if len(self.ids) > MAX_REPLIES:
            forgotten = min(self.ids.drop_oldest()[1], now).astimezone(UTC)
            self.cutoff = max(self.cutoff, _minute(forgotten) + timedelta(minutes=1))


def in_second_pass(reply: Reply, since: datetime, now: datetime) -> Reply:
    """Return a reply that came up after ``since``, dated anew if it was written in the hour that autumn repeats.

    The gateway writes both passes alike, and they are read as the first. What would then be older than ``since`` is of
    the second, unless that is still to come.
    """
    first = reply.received_at
    if first is None or first >= _minute(since):
        return reply
    second = first.replace(fold=1)
    if second > now + AHEAD:
        return reply
    # With its offset alone: of two times of one zone Python compares the digits.
    return replace(reply, received_at=datetime.fromisoformat(second.isoformat()))


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _content(reply: Reply, received_at: datetime) -> str:
    """Return a digest of who wrote what in which minute: texts have no business on the disk."""
    minute = _minute(received_at).replace(fold=0)
    text = f"{reply.sender}\0{minute.timestamp():.0f}\0{reply.text}"
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
