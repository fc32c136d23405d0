"""The state of an account on disk: two files, each written whole and atomically.

The outbox is small and is on disk before a request leaves. The ledger is larger and may lag behind by seconds.
Whichever is newer after a fall, no message leaves twice: what the ledger knows as sent is dropped from the outbox, and
what the outbox still has is looked for at the gateway.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .budget import Budget
from .codec import Json, decode_budget, decode_ledger, decode_outbox, encode_budget, encode_ledger, encode_outbox
from .const import DOMAIN
from .ledger import Ledger
from .outbox import Outbox
from .replies import HeardReplies
from .settings import Settings

VERSION = 1
LEDGER_DELAY = 2.0


class SharedFile:
    """A file whose writers share writes: all who ask while one is under way are served by the next."""

    def __init__(self, store: Store[Json], content: Callable[[], Json]) -> None:
        """Write what ``content`` gives at the time of the write."""
        self._store = store
        self._content = content
        self._lock = asyncio.Lock()
        self._asked = 0
        self._served = 0

    async def async_save(self) -> None:
        """Return when what is true now is on disk."""
        self._asked += 1
        mine = self._asked
        async with self._lock:
            if self._served < mine:
                served = self._asked
                await self._store.async_save(self._content())
                self._served = served


class AccountStorage:
    """The outbox, the ledger and the budget of one account, and their files."""

    outbox: Outbox
    ledger: Ledger
    budget: Budget

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the files after the config entry."""
        self._hass = hass
        self._outbox_store = _store(hass, entry_id, "outbox")
        self._ledger_store = _store(hass, entry_id, "ledger")
        self._outbox_file = SharedFile(self._outbox_store, lambda: encode_outbox(self.outbox))
        self._ledger_waits = False
        self._closed = False

    async def async_load(self, settings: Settings, now: datetime) -> None:
        """Read what was kept. The first time, everything that the gateway has already is old."""
        outbox = await self._outbox_store.async_load()
        kept = await self._ledger_store.async_load()
        self.ledger = decode_ledger(kept["ledger"]) if kept else Ledger(heard=HeardReplies(horizon=now))
        self.outbox = decode_outbox(outbox) if outbox else Outbox()
        self.outbox.recover({message.key for message in self.ledger.messages.values()}, now)
        self.budget = decode_budget(kept["budget"]) if kept else Budget()
        self.budget.daily_limit = settings.daily_limit
        self.budget.recipient_limit = settings.recipient_hourly_limit

    async def async_save_outbox(self) -> None:
        """Return when the outbox is on disk as it is now."""
        if not self._closed:
            await self._outbox_file.async_save()

    @callback
    def async_save_outbox_soon(self) -> None:
        """Have the outbox written; nobody waits for it."""
        self._hass.async_create_task(self.async_save_outbox(), f"{DOMAIN} outbox")

    @callback
    def async_save_ledger(self) -> None:
        """Write the ledger and the budget within seconds, or when Home Assistant stops."""
        # Asked again while it waits, Store would wait anew: under steady traffic it would never write.
        if not self._closed and not self._ledger_waits:
            self._ledger_waits = True
            self._ledger_store.async_delay_save(self._encode_ledger, LEDGER_DELAY)

    async def async_close(self) -> None:
        """Write everything now and nothing ever after: the files belong to whoever loads them next."""
        # First, so that nobody joins the queue for the file behind this write.
        self._closed = True
        await self._outbox_file.async_save()
        await self._ledger_store.async_save(self._encode_ledger())

    def _encode_ledger(self) -> dict[str, Any]:
        self._ledger_waits = False
        return {"ledger": encode_ledger(self.ledger), "budget": encode_budget(self.budget)}


async def async_remove_storage(hass: HomeAssistant, entry_id: str) -> None:
    """Delete the files of an account."""
    for name in ("outbox", "ledger"):
        await _store(hass, entry_id, name).async_remove()


def _store(hass: HomeAssistant, entry_id: str, name: str) -> Store[Json]:
    return Store(hass, VERSION, f"{DOMAIN}.{entry_id}.{name}", private=True, atomic_writes=True)
