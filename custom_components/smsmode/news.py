"""Asks the gateway for replies and delivery reports, and lets the inbox hear them."""

import asyncio
from datetime import UTC, datetime

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .api import DeliveryReport, Reply, SmsmodeClient, SmsmodeNotFoundError, SmsmodeUncertainError
from .const import LOGGER
from .inbox import Inbox
from .ledger import WatchedMessage

ONE_BY_ONE = 20
PAGE = 50
MAX_REPLIES = 2_000
MAX_UNREADABLE = 3
REPORTS_AT_ONCE = 10
# A message is asked for the less often the older it is: after an hour every six minutes, after a day every 2.4 hours.
PATIENCE = 10
NEVER = datetime.min.replace(tzinfo=UTC)
# Until then the gateway may only not have it in its books yet.
NOT_FOUND_FOR_GOOD = 3600


class NewsReader:
    """The poll of one account. It reads nothing before there is somebody to hear it."""

    def __init__(self, client: SmsmodeClient, inbox: Inbox) -> None:
        """Read for an inbox."""
        self._client = client
        self._inbox = inbox
        self.begun = False
        self._replies = asyncio.Lock()
        self._asked_at: dict[str, datetime] = {}

    @callback
    def async_begin(self) -> None:
        """Entities and automations are there to hear."""
        self.begun = True

    async def async_fetch_replies(self) -> None:
        """Let the inbox hear all replies that it does not know, oldest first."""
        if not self.begun:
            return
        async with self._replies:
            for reply, verified in reversed((await self._async_new_replies()).items()):
                self._inbox.async_hear_reply(reply, verified=verified)

    async def _async_new_replies(self) -> dict[Reply, bool]:
        """Read the list, newest first, until it shows a reply that it has shown before; say which are verified.

        One at a time: in a longer page the text of an SMS can imitate a reply of somebody else. Only a backlog is read
        in pages, and not verified. A reply that makes no sense does not hide those behind it.
        """
        new: dict[Reply, bool] = {}
        start = unreadable = 0
        while start < MAX_REPLIES:
            count = 1 if start < ONE_BY_ONE else PAGE
            try:
                replies = await self._client.get_replies(start=start, count=count)
            except SmsmodeUncertainError as err:
                unreadable += 1
                if count > 1 or unreadable > MAX_UNREADABLE:
                    raise
                LOGGER.debug("A reply was left out: %s", err)
                start += 1
                continue
            unseen = [reply for reply in replies if not self._inbox.async_has_listed(reply)]
            for reply in unseen:
                new.setdefault(reply, count == 1)
            if len(unseen) < count:
                break
            start += count
        return new

    async def async_fetch_reports(self) -> None:
        """Ask for the reports of a few messages, those first that were not asked for the longest."""
        if not self.begun:
            return
        now = dt_util.utcnow()
        awaited = self._inbox.ledger.awaiting_reports(now)
        self._asked_at = {key: at for key, at in self._asked_at.items() if key in self._inbox.ledger.messages}
        due = [message for message in awaited if self._is_due(message, now)]
        due.sort(key=lambda message: self._asked_at.get(message.message_id, NEVER))
        for message in due[:REPORTS_AT_ONCE]:
            self._asked_at[message.message_id] = now
            for report in await self._async_reports(message, now):
                self._inbox.async_hear_report(report)

    def _is_due(self, message: WatchedMessage, now: datetime) -> bool:
        asked_at = self._asked_at.get(message.message_id)
        return message.sent_at <= now and (asked_at is None or (now - asked_at) * PATIENCE >= now - message.sent_at)

    async def _async_reports(self, message: WatchedMessage, now: datetime) -> list[DeliveryReport]:
        try:
            return await self._client.get_delivery_reports(message.message_id)
        except SmsmodeNotFoundError:
            if (now - message.sent_at).total_seconds() > NOT_FOUND_FOR_GOOD:
                self._inbox.async_forget_message(message.message_id)
            return []
