"""Archive of texts: conversations that an account keeps on the disk because its owner chose so.

Pure: time is handed in. Bounded in bytes: of too much the oldest is dropped. What is removed is overwritten
in the file.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from ..api import Reply
from ..helpers.targets import GROUP_PREFIX
from .tracked_dict import TrackedDict

MAX_BYTES: Final = 2_000_000
# What an entry takes beside its text, and each of its parties.
ENTRY_BYTES: Final = 150
PARTY_BYTES: Final = 50

type Parties = tuple[tuple[str, str | None], ...]
"""The numbers and groups that a text belongs to, each with the id of the recipient that it is, if it is one."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ArchivedText:
    """Text of a message that was sent, or of a reply, which has the moment when it was received.

    ``message_id`` is what a reply answers.
    """

    text: str
    kept_at: datetime
    parties: Parties
    received_at: datetime | None = None
    reply_id: str | None = None
    message_id: str | None = None
    verified: bool = True

    @property
    def size(self) -> int:
        """Return about how many bytes it takes."""
        return ENTRY_BYTES + PARTY_BYTES * len(self.parties) + len(self.text.encode())

    @property
    def reply(self) -> Reply:
        """Return the reply that it is the text of."""
        return Reply(
            sender=self.parties[0][0],
            text=self.text,
            received_at=self.received_at,
            reply_id=self.reply_id,
            message_id=self.message_id,
        )


def sent_key(message_id: str, number: str | None = None) -> str:
    """Return the key of a message that was sent, of a batch that of the line of one number."""
    return f"out-{message_id}" if number is None else f"out-{message_id} {number}"


def _reply_key(reply: Reply, received_at: datetime) -> str:
    return f"in-{reply.reply_id or _minute_key(reply.sender, received_at)}"


def _minute_key(sender: str, received_at: datetime) -> str:
    return f"{sender} {received_at.timestamp() // 60:.0f}"


@dataclass(slots=True, kw_only=True, repr=False)
class TextArchive:
    """The texts of one account, in the order in which they were kept."""

    entries: TrackedDict[ArchivedText] = field(default_factory=TrackedDict)
    size: int = 0

    def recount(self) -> None:
        """Add up the sizes of all entries, after they were loaded."""
        self.size = sum(entry.size for entry in self.entries.values())

    def keep_sent(self, key: str, text: str, parties: Parties, now: datetime) -> None:
        """Keep the text of a message under its `sent_key`."""
        self._keep(key, ArchivedText(text=text, kept_at=now, parties=parties))

    def keep_reply(self, reply: Reply, owner: str | None, now: datetime, *, verified: bool) -> None:
        """Keep a reply; once the gateway has confirmed it, that takes the place of what a callback said."""
        received_at = reply.received_at or now
        if verified:
            self._remove(f"in-{_minute_key(reply.sender, received_at)}")
        entry = ArchivedText(
            text=reply.text,
            kept_at=now,
            parties=((reply.sender, owner),),
            received_at=received_at,
            reply_id=reply.reply_id,
            message_id=reply.message_id,
            verified=verified,
        )
        self._keep(_reply_key(reply, received_at), entry)

    def text_of(self, message_id: str, thread: str) -> str | None:
        """Return the text of a message as the thread of a number or a group may show it."""
        entry = self.entries.get(sent_key(message_id)) or self.entries.get(sent_key(message_id, thread))
        if entry is None or not (thread.startswith(GROUP_PREFIX) or thread in dict(entry.parties)):
            return None
        return entry.text

    def replies(self) -> Iterator[ArchivedText]:
        """Yield the replies, in the order in which they were kept."""
        return (entry for entry in self.entries.values() if entry.received_at is not None)

    def remove_messages(self, message_ids: Iterable[str]) -> None:
        """Remove the texts of messages, of a batch those of all its lines."""
        keys = set(map(sent_key, message_ids))
        for key in [key for key in self.entries if key.partition(" ")[0] in keys]:
            self._remove(key)

    def remove_older(self, than: datetime) -> None:
        """Remove what was kept before a moment."""
        self._edit(lambda entry: None if entry.kept_at < than else entry)

    def bound_moments(self, now: datetime) -> None:
        """Have nothing kept later than now, which only a clock that was wrong can say: it would stay for too long."""
        self._edit(lambda entry: replace(entry, kept_at=now) if entry.kept_at > now else entry)

    def shift(self, by: timedelta, since: datetime) -> None:
        """Follow a clock that was set: what was kept in this life, which began then, keeps its age."""
        self._edit(lambda entry: replace(entry, kept_at=entry.kept_at + by) if entry.kept_at >= since else entry)

    def keep_only_of(self, owner_of: Callable[[str], str | None]) -> None:
        """Remove the texts of recipients that are no more, or have another number; ``owner_of`` tells those of now.

        A number that became a recipient since belongs to that one from now on.
        """

        def of_now(entry: ArchivedText) -> ArchivedText | None:
            now = ((party, owner, owner_of(party)) for party, owner in entry.parties)
            kept = tuple((party, current) for party, owner, current in now if owner in {None, current})
            if kept == entry.parties:
                return entry
            return replace(entry, parties=kept) if kept else None

        self._edit(of_now)

    def clear(self) -> None:
        """Remove everything."""
        self._edit(lambda _entry: None)

    def _edit(self, change: Callable[[ArchivedText], ArchivedText | None]) -> None:
        for key, entry in list(self.entries.items()):
            changed = change(entry)
            if changed is None:
                self._remove(key)
            elif changed is not entry:
                self.size += changed.size - entry.size
                self.entries[key] = changed

    def _keep(self, key: str, entry: ArchivedText) -> None:
        self._remove(key)
        self.entries[key] = entry
        self.size += entry.size
        while self.size > MAX_BYTES:
            self.size -= self.entries.drop_oldest()[1].size

    def _remove(self, key: str) -> None:
        if (entry := self.entries.pop(key, None)) is not None:
            self.size -= entry.size
