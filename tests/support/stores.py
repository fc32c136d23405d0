"""Stores of an account for tests, and the records that are on the disk."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.api import MessageRequest
from custom_components.smsmode.config.options import AccountOptions
from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.runtime_factory import resume_state
from custom_components.smsmode.state.budget import Expense
from custom_components.smsmode.state.message_log import TrackedMessage
from custom_components.smsmode.state.outbox import OutboxItem
from custom_components.smsmode.state.store import AccountStore

from .orders import ACCOUNT

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
ALICE = "+33612345678"
LIMITED = replace(ACCOUNT, daily_limit=7, urgent_daily_limit=5, recipient_hourly_limit=3)


async def opened(
    hass: HomeAssistant, entry_id: str = "1", settings: AccountOptions = LIMITED, now: datetime = NOW
) -> AccountStore:
    store = AccountStore(hass, MockConfigEntry(domain=DOMAIN, title="Home", entry_id=entry_id))
    await store.async_open(now)
    resume_state(store.state, settings, now)
    return store


def item(key: str) -> OutboxItem:
    return OutboxItem(
        key=key,
        request=MessageRequest(text="Water!", numbers=(ALICE,)),
        expense=Expense(at=NOW, costs=((ALICE, 1),)),
        expires_at=NOW + timedelta(hours=1),
        due=NOW,
    )


def note_sent(store: AccountStore, message_id: str) -> None:
    store.state.message_log.record_sent(TrackedMessage(message_id=message_id, sent_at=NOW, codes={ALICE: ()}), 1)


def waiting_on_disk(folder: Path, entry_id: str = "1") -> list[str]:
    """Return the keys of the outbox that a start after a power failure would find, read from a copy of the files."""
    copy = folder / "copy.db"
    for ending in ("", "-wal"):
        source = folder / f"smsmode.{entry_id}.db{ending}"
        copy.with_name(copy.name + ending).write_bytes(source.read_bytes() if source.exists() else b"")
    with closing(sqlite3.connect(copy)) as connection:
        rows = connection.execute("SELECT key FROM record WHERE collection = 'outbox' AND field = '' ORDER BY id")
        return [key for (key,) in rows]
