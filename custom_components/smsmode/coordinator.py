"""The poll: balance, replies, and the reports that no callback brought. It is quick while something is awaited.

Requests when nothing happens: the replies every five minutes and the balance every half hour, 336 a day; with callbacks
in use 96 and 48. For ten minutes after a message every 15 seconds, with callbacks every minute. While the gateway does
not answer, every minute.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .api import Reply, SmsmodeAuthError, SmsmodeClient, SmsmodeError, SmsmodeNotFoundError
from .callback_url import async_callback_url
from .const import DOMAIN, LOGGER
from .inbox import Inbox
from .settings import Settings

QUICK = timedelta(seconds=15)
QUICK_WITH_CALLBACKS = timedelta(minutes=1)
SLOW = timedelta(minutes=5)
SLOW_WITH_CALLBACKS = timedelta(minutes=15)
AFTER_A_FAILURE = timedelta(minutes=1)
QUICK_FOR = timedelta(minutes=10)
BALANCE_EVERY = timedelta(minutes=30)
FIRST_PATIENCE = 10
REPORTS_AT_ONCE = 10
ONE_BY_ONE = 20
PAGE = 50
MAX_REPLIES = 2_000


class SmsmodeCoordinator(DataUpdateCoordinator[Decimal]):
    """Polls one account; its data is the balance in credits."""

    config_entry: ConfigEntry
    # None until the gateway has answered once.
    data: Decimal | None  # type: ignore[assignment]

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, client: SmsmodeClient, inbox: Inbox, settings: Settings
    ) -> None:
        """Poll what the inbox listens to."""
        super().__init__(
            hass, LOGGER, config_entry=entry, name=f"{DOMAIN} {entry.title}", update_interval=SLOW, always_update=False
        )
        self._client = client
        self._inbox = inbox
        self._settings = settings
        self._balance_at: datetime | None = None
        self._sent_at: datetime | None = None
        self._segments_sent = inbox.ledger.segments_sent
        self._asked_at: dict[str, datetime] = {}
        self._reply_lock = asyncio.Lock()
        self._has_callbacks = False
        self._begun = False
        entry.async_on_unload(inbox.async_on_change(self._async_changed))
        # Polling goes on although somebody disabled all entities.
        entry.async_on_unload(self.async_add_listener(lambda: None))

    @callback
    def async_begin(self, _hass: HomeAssistant | None = None) -> None:
        """Ask for news from now on: entities and automations are there to hear it."""
        self._begun = True
        self.config_entry.async_create_background_task(self.hass, self.async_refresh(), f"{self.name} first news")

    @callback
    def async_forget_balance(self) -> None:
        """The next poll asks for the balance, whenever the last did."""
        self._balance_at = None

    @override
    async def _async_update_data(self) -> Decimal:
        """Ask the gateway for everything that is due."""
        self._has_callbacks = await async_callback_url(self.hass, self.config_entry) is not None
        try:
            # Home Assistant must not wait for a gateway that hangs while it starts.
            async with asyncio.timeout(FIRST_PATIENCE if self.data is None else None):
                balance = await self._async_balance()
                await self.async_fetch_replies()
                await self._async_fetch_reports()
        except SmsmodeAuthError as err:
            raise ConfigEntryAuthFailed(translation_domain=DOMAIN, translation_key="invalid_auth") from err
        except SmsmodeError as err:
            self.update_interval = AFTER_A_FAILURE
            raise UpdateFailed(translation_domain=DOMAIN, translation_key="update_failed") from err
        self.update_interval = self._interval()
        self._watch_balance(balance)
        return balance

    async def _async_balance(self) -> Decimal:
        now = dt_util.utcnow()
        if self.data is not None and self._balance_at and now - self._balance_at < BALANCE_EVERY:
            return self.data
        balance = await self._client.get_balance()
        self._balance_at = now
        return balance

    async def async_fetch_replies(self) -> None:
        """Let the inbox hear all replies that it does not know, oldest first, once somebody listens."""
        if not self._begun:
            return
        async with self._reply_lock:
            for reply, verified in reversed((await self._async_unknown_replies()).items()):
                self._inbox.async_hear_reply(reply, verified=verified)

    async def _async_unknown_replies(self) -> dict[Reply, bool]:
        """Read the list, newest first, until it shows a reply that is known; say which replies are verified.

        One at a time: in a longer page the text of an SMS can imitate a reply of somebody else. Only a backlog is read
        in pages, and not verified.
        """
        unknown: dict[Reply, bool] = {}
        start = 0
        while start < MAX_REPLIES:
            count = 1 if start < ONE_BY_ONE else PAGE
            replies = await self._client.get_replies(start=start, count=count)
            new = [reply for reply in replies if not self._inbox.async_knows_reply(reply)]
            for reply in new:
                unknown.setdefault(reply, count == 1)
            if len(new) < count:
                break
            start += count
        return unknown

    async def _async_fetch_reports(self) -> None:
        """Ask for the reports of a few messages, those first that were not asked for the longest."""
        if not self._begun:
            return
        now = dt_util.utcnow()
        awaited = self._inbox.ledger.awaiting_reports(now)
        self._asked_at = {key: at for key, at in self._asked_at.items() if key in self._inbox.ledger.messages}
        for message_id in _longest_unasked(awaited, self._asked_at)[:REPORTS_AT_ONCE]:
            self._asked_at[message_id] = now
            try:
                reports = await self._client.get_delivery_reports(message_id)
            except SmsmodeNotFoundError:
                self._inbox.async_forget_message(message_id)
                continue
            for report in reports:
                self._inbox.async_hear_report(report)

    @callback
    def _async_changed(self) -> None:
        """Tell the entities; after a send, poll quickly for a while."""
        if self._inbox.ledger.segments_sent != self._segments_sent:
            self._segments_sent = self._inbox.ledger.segments_sent
            self._sent_at = dt_util.utcnow()
            self._balance_at = None
            if self.update_interval != self._interval():
                self.update_interval = self._interval()
                self._schedule_refresh()
        self.async_update_listeners()

    def _interval(self) -> timedelta:
        lately = self._sent_at is not None and dt_util.utcnow() - self._sent_at < QUICK_FOR
        if self._has_callbacks:
            return QUICK_WITH_CALLBACKS if lately else SLOW_WITH_CALLBACKS
        return QUICK if lately else SLOW

    @callback
    def _watch_balance(self, balance: Decimal) -> None:
        """Raise the repair issue of a low balance, and take it back. A post-paid account has a negative one."""
        issue_id = f"low_balance_{self.config_entry.entry_id}"
        if not 0 <= balance < self._settings.low_balance:
            ir.async_delete_issue(self.hass, DOMAIN, issue_id)
            return
        ir.async_create_issue(
            self.hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="low_balance",
            translation_placeholders={"account": self.config_entry.title, "balance": f"{balance:f}"},
        )


def _longest_unasked(message_ids: Iterable[str], asked_at: dict[str, datetime]) -> list[str]:
    """Sort so that every message has its turn; those never asked for come first, oldest first."""
    never = datetime.min.replace(tzinfo=dt_util.UTC)
    return sorted(message_ids, key=lambda message_id: asked_at.get(message_id, never))
