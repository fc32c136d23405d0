"""Conversation: a page of one thread, the latest message first; the message log joined with the gateway's texts."""

from datetime import UTC, datetime
from typing import Any

from ..errors import validation_error
from ..sending.queue import queued_messages
from ..state.outbox import MessageKind
from .directory import Correspondent
from .feed import AccountFeed
from .message_index import LAST, Position
from .texts import Missing

type Json = dict[str, Any]


async def async_read_thread(feed: AccountFeed, key: str, cursor: str | None, limit: int) -> Json:
    """Return a page of a thread before a cursor; its texts are waited for, but not for long."""
    before = LAST if cursor is None else _read_cursor(cursor)
    await feed.texts.async_wait()
    feed.async_refresh()
    who = feed.directory.find(key)
    found = feed.threads.messages(who, before, limit + 1)
    page, has_more = found[:limit], len(found) > limit
    return {
        "messages": [*(_waiting(feed, who) if cursor is None else ()), *page],
        "has_more": has_more,
        "cursor": _write_cursor(page[-1]) if has_more else None,
        "missing": _why_missing(feed, page),
    }


def _waiting(feed: AccountFeed, who: Correspondent) -> list[Json]:
    """Return what waits here for somebody, the latest first: it stands at the end of a conversation."""
    items = queued_messages(feed.account.store.state.outbox)
    mine = [item for item in items if who.key in feed.directory.threads_to(item.targets, item.group_id)]
    return [feed.messages.of_queue(item) | {"thread": who.key} for item in reversed(mine)]


def _why_missing(feed: AccountFeed, page: list[Json]) -> Missing | None:
    """Return why texts are not there: that one was deleted is said before that others are too old."""
    # Calls are in no list, and of a batch perhaps one line is.
    listed = (message for message in page if message["message_id"] and message["kind"] in {None, MessageKind.SMS})
    without = [message for message in listed if message["text"] is None]
    reasons = {feed.texts.why_missing(datetime.fromisoformat(message["at"])) for message in without}
    return next((reason for reason in (Missing.UNREACHABLE, Missing.DELETED, Missing.OLDER) if reason in reasons), None)


def _write_cursor(message: Json) -> str:
    return f"{message['at']}|{message['id']}"


def _read_cursor(cursor: str) -> Position:
    """Return the position that a cursor names. Raises a translated error."""
    at, _, key = cursor.partition("|")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise validation_error("panel_cursor_invalid") from None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp(), key
