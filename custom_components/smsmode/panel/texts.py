"""Texts of messages and replies while a panel is open: two lists of the gateway, what is new, and what is recorded.

Nothing of this goes to the disk, where the recorder has texts if an option says so; the message log has none.
"""

import asyncio
from bisect import insort
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..actions.conversation_lists import async_read_lists
from ..api import BatchRequest, Reply, SentMessage
from ..api.encoding import may_lack_characters, normalize_number
from ..const import DOMAIN
from ..conversations.text_recorder import joined
from ..helpers.bounds import drop_oldest
from ..helpers.links import hide_links
from ..helpers.listeners import Listeners, Subscriptions
from ..helpers.tasks import BackgroundTasks
from ..helpers.timing import async_wait_at_most
from ..receiving.events import ReplyEvent
from ..runtime import SmsmodeRuntimeData
from ..sending.attempt import OutboxItemSettled
from ..state.message_log import GATEWAY_RETENTION
from ..state.text_archive import sent_key
from .message_index import Position

# Rows of each list that are read, in one request each.
ROWS: Final = 500
MAX_TEXTS: Final = 5_000
MAX_SENDERS: Final = 1_000
# How long, in seconds, whoever opens a thread waits for a slow gateway.
PATIENCE: Final = 8.0
RETRY_AFTER: Final = timedelta(seconds=30)
# The gateway lists a message a while after it has accepted it.
LIST_LAG: Final = timedelta(minutes=2)


class Missing(StrEnum):
    """Why a text is not there: the list does not go back as far, the gateway has it no more, or does not answer."""

    OLDER = "older"
    DELETED = "deleted"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KnownReply:
    """A reply with its text as it may be shown."""

    at: datetime
    key: str
    sender: str
    text: str
    verified: bool

    @property
    def position(self) -> Position:
        """Return its place in time."""
        return self.at.timestamp(), self.key


class GatewayTexts:
    """The texts of one account."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, account: SmsmodeRuntimeData) -> None:
        """Know no text yet."""
        self._hass = hass
        self._account = account
        self._own: OrderedDict[str, str] = OrderedDict()
        self._listed: OrderedDict[str, str] = OrderedDict()
        self._rows: dict[str, SentMessage] = {}
        self._rows_to: dict[str, list[Position]] = {}
        self._replies: OrderedDict[str, OrderedDict[str, KnownReply]] = OrderedDict()
        self._read_at: datetime | None = None
        self._asked_at = account.clock.now()
        self._span: tuple[datetime, datetime] | None = None
        self._tasks = BackgroundTasks(hass, entry, f"{DOMAIN} texts of messages")
        self._loading: asyncio.Task[None] | None = None
        self._subscriptions = Subscriptions()
        self.loaded: Listeners[None] = Listeners()

    @callback
    def async_start(self) -> None:
        """Take what is recorded, and keep the texts of what is sent and received from now on."""
        for reply, verified in self._account.texts.replies():
            self._take_reply(reply, verified=verified)
        self._subscriptions.add(
            self._account.worker.settled.subscribe(self._async_handle_settled),
            self._account.processor.reply_received.subscribe(self._async_handle_reply),
        )

    @callback
    def async_stop(self) -> None:
        """Forget everything."""
        self._subscriptions.end()
        self._tasks.cancel()

    @callback
    def async_load(self) -> asyncio.Task[None]:
        """Read both lists in the background unless they are read, or could not be a moment ago."""
        now = self._account.clock.now()
        if self._loading is None or (self._read_at is None and now - self._asked_at >= RETRY_AFTER):
            self._asked_at = now
            self._loading = self._tasks.create(self._async_read())
        return self._loading

    async def async_wait(self) -> None:
        """Wait for the lists, but not for long: what is not there is said."""
        if not (loading := self.async_load()).done():
            await async_wait_at_most(self._hass, PATIENCE, loading)

    async def _async_read(self) -> None:
        lists = await async_read_lists(self._account, ROWS)
        self._take_rows(lists.sent or ())
        # Both begin with the latest; what is dropped of too many is the oldest.
        for reply in reversed(lists.replies or ()):
            self._take_reply(reply, verified=True)
        if lists.sent is not None and lists.replies is not None:
            self._read_at = self._account.clock.now()
        self.loaded.notify(None)

    def _take_rows(self, rows: Sequence[SentMessage]) -> None:
        dates = [row.sent_at for row in rows if row.sent_at is not None]
        if dates and len(rows) >= ROWS:
            self._span = min(dates), max(dates)
        log = self._account.processor.message_log
        for row in reversed(rows):
            message = log.messages.get(row.message_id)
            if message is None or message.content is None:
                _keep(self._listed, sent_key(row.message_id), row.text)
            else:
                _keep(self._listed, sent_key(row.message_id, normalize_number(row.recipient)), row.text)
            if row.recipient_count == 1 and row.cost is not None:
                log.note_charged(row.message_id, float(row.cost))
            if row.sent_at is not None and row.recipient_count in {1, None} and row.message_id not in self._rows:
                self._rows[row.message_id] = row
                position = row.sent_at.timestamp(), row.message_id
                insort(self._rows_to.setdefault(normalize_number(row.recipient), []), position)

    @callback
    def _async_handle_settled(self, settled: OutboxItemSettled) -> None:
        """Keep the text of what was accepted."""
        request, message_id = settled.item.request, settled.message_id
        if message_id is None or settled.item.is_provisional:
            return
        if isinstance(request, BatchRequest):
            for row in request.rows[:ROWS]:
                _keep(self._own, sent_key(message_id, row.number), row.text)
        else:
            _keep(self._own, sent_key(message_id), request.text)

    @callback
    def _async_handle_reply(self, event: ReplyEvent) -> None:
        self._take_reply(event.reply, verified=event.verified)

    def _take_reply(self, reply: Reply, *, verified: bool) -> None:
        """Keep a reply. What the list shows takes the place of the same from a callback."""
        known = self._replies.setdefault(reply.sender, OrderedDict())
        self._replies.move_to_end(reply.sender)
        at = self._moment_of(reply)
        unconfirmed = f"{at.timestamp() // 60:.0f}-{hash(reply.text)}"
        replaced = known.pop(unconfirmed, None) if verified else None
        key = reply.reply_id if verified and reply.reply_id else unconfirmed
        replaced = known.pop(key, replaced)
        at = replaced.at if replaced else _after(next(reversed(known.values()), None), at)
        known[key] = KnownReply(at=at, key=f"in-{key}", sender=reply.sender, text=reply.text, verified=verified)
        drop_oldest(known, ROWS)
        drop_oldest(self._replies, MAX_SENDERS)

    def _moment_of(self, reply: Reply) -> datetime:
        """Return when a reply was received: the list tells the minute, but never before what it answers."""
        at = reply.received_at or self._account.processor.gateway_now()
        answered = self._account.processor.message_log.messages.get(reply.message_id or "")
        if answered is not None and at < answered.sent_at < at + timedelta(minutes=1):
            return answered.sent_at + timedelta(milliseconds=1)
        return at

    def text_of(self, message_id: str, thread: str) -> str | None:
        """Return the text of a message that was sent, of a batch that of one number.

        The gateway's list has "?" in place of what is not in its own characters: what the house sent is shown then.
        """
        return joined(self._own_text_of(message_id, thread), _first(self._listed, _keys(message_id, thread)))

    def lacks_characters(self, message_id: str, thread: str) -> bool:
        """Return whether a text is known from the list alone and may have "?" in place of characters."""
        listed = _first(self._listed, _keys(message_id, thread))
        return bool(listed and may_lack_characters(listed)) and self._own_text_of(message_id, thread) is None

    def _own_text_of(self, message_id: str, thread: str) -> str | None:
        return self._account.texts.text_of(message_id, thread) or _first(self._own, _keys(message_id, thread))

    def senders(self) -> Iterator[str]:
        """Yield the numbers from which there are replies."""
        return iter(self._replies)

    def replies_from(self, number: str, before: Position) -> list[KnownReply]:
        """Return the replies from a number before a position, the latest first."""
        found = (reply for reply in self._replies.get(number, {}).values() if reply.position < before)
        return sorted(found, key=lambda reply: reply.position, reverse=True)

    def other_rows_to(self, number: str, before: Position) -> list[SentMessage]:
        """Return what was sent to a number and is not in the message log, the latest first."""
        positions = [position for position in self._rows_to.get(number, []) if position < before]
        return [self._rows[message_id] for _, message_id in reversed(positions) if self._is_foreign(message_id)]

    def _is_foreign(self, message_id: str) -> bool:
        """Return whether somebody else sent a message: what the house holds to delete it is not shown."""
        account = self._account
        return not account.processor.message_log.is_own(message_id) and not account.watchdogs.holds(message_id)

    def why_missing(self, sent_at: datetime) -> Missing | None:
        """Return why the text of a message is not there that was sent at a moment."""
        if self._read_at is None:
            return Missing.UNREACHABLE
        if sent_at < self._read_at - GATEWAY_RETENTION or (self._span and sent_at < self._span[0]):
            return Missing.OLDER
        newest = self._span[1] if self._span else self._read_at
        return Missing.DELETED if sent_at < newest - LIST_LAG else None


def _after(latest: KnownReply | None, at: datetime) -> datetime:
    """Return a moment of a reply behind that of the one before it, if that came in the same minute."""
    if latest is None or not at <= latest.at < at + timedelta(minutes=1):
        return at
    return latest.at + timedelta(milliseconds=1)


def _keep(texts: OrderedDict[str, str], key: str, text: str) -> None:
    texts[key] = hide_links(text)
    drop_oldest(texts, MAX_TEXTS)


def _keys(message_id: str, thread: str) -> tuple[str, str]:
    return sent_key(message_id), sent_key(message_id, thread)


def _first(texts: Mapping[str, str], keys: Iterable[str]) -> str | None:
    return next((texts[key] for key in keys if key in texts), None)
