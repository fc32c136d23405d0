"""Reads the gateway's list of sent messages, for what may have arrived without an answer."""

from collections.abc import Collection
from datetime import datetime

from ..api import SentMessage, SmsmodeClient, SmsmodeUncertainError
from ..state.message_log import MessageLog
from ..state.outbox import OutboxItem
from .reconciliation import looked_for_since, match_all_sent_rows

PAGE = 500
PAGES = 10


async def async_find_all(
    client: SmsmodeClient, items: Collection[OutboxItem], message_log: MessageLog
) -> dict[str, str | None]:
    """Give for each item, by its key, the id under which the gateway has it, or None. Raises SmsmodeError."""
    rows = await _async_read(client, min(map(looked_for_since, items)))
    if not rows and message_log.messages:
        # There are messages that it has: an empty answer says nothing of this one.
        raise SmsmodeUncertainError("the list of sent messages is empty")
    return match_all_sent_rows(items, rows, message_log.messages)


async def _async_read(client: SmsmodeClient, since: datetime) -> list[SentMessage]:
    """Read the list, newest first, until it is older than what is looked for."""
    rows: list[SentMessage] = []
    for _ in range(PAGES):
        page = await client.get_sent_messages(count=PAGE, start=len(rows))
        rows += page
        dates = [row.sent_at for row in page if row.sent_at is not None]
        if len(page) < PAGE or (dates and min(dates) < since):
            return rows
    # What is further down is not known to be absent.
    raise SmsmodeUncertainError("the list of sent messages is too long")
