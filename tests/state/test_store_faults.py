"""A corrupt file, a locked file and a failing disk are reported, and nothing is lost."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.state.database import Database
from custom_components.smsmode.state.store import StorageError
from tests.support.stores import ALICE, item, note_sent, opened, waiting_on_disk

TORN = {
    "empty bytes": b"\0" * 4096,
    "another file": b'{"version": 1, "data": {}}',
    "half a header": b"SQLite format 3\0\x10",
}


@pytest.mark.parametrize("content", TORN.values(), ids=TORN)
async def test_a_corrupt_file_is_quarantined_with_an_issue_and_the_account_starts_empty(
    hass: HomeAssistant, folder: Path, content: bytes
) -> None:
    before = await opened(hass)
    before.state.outbox.add([item("1")])
    await before.async_close()
    (folder / "smsmode.1.db").write_bytes(content)
    after = await opened(hass)
    assert not after.state.outbox.items
    assert (folder / "smsmode.1.db.unreadable").read_bytes() == content
    assert ir.async_get(hass).async_get_issue(DOMAIN, "state_unreadable_1")
    after.state.outbox.add([item("2")])
    await after.async_close()
    assert list((await opened(hass)).state.outbox.items) == ["2"]


@pytest.mark.parametrize(
    ("collection", "key", "value"),
    [
        ("outbox", "1", b'{"phase": "nowhere"}'),
        ("fact", "segments_sent", b"[]"),
        ("fact", "reply_cutoff", b"7"),
        ("message", "M1", b"null"),
        ("last_status", ALICE, b"{"),
    ],
)
async def test_a_record_that_cannot_be_read_is_set_aside_alone_and_kept(
    hass: HomeAssistant, folder: Path, caplog: pytest.LogCaptureFixture, collection: str, key: str, value: bytes
) -> None:
    before = await opened(hass)
    before.state.outbox.add([item("1"), item("2")])
    note_sent(before, "M1")
    await before.async_close()
    with closing(sqlite3.connect(folder / "smsmode.1.db", isolation_level=None)) as connection:
        place = (collection, key)
        connection.execute(
            "UPDATE record SET value = ? WHERE collection = ? AND key = ? AND field = ''", (value, *place)
        )
        rows = connection.execute("SELECT collection, key, field, value FROM record").fetchall()
    after = await opened(hass)
    assert after.unreadable_records == 1
    assert (
        len(after.state.outbox),
        len(after.state.message_log.messages),
        len(after.state.message_log.last_status_of),
    ) == (
        1 if collection == "outbox" else 2,
        0 if collection == "message" else 1,
        0 if collection == "last_status" else 1,
    )
    assert ir.async_get(hass).async_get_issue(DOMAIN, "records_unreadable_1")
    assert "1 records of Home cannot be read: set aside" in caplog.text
    assert key not in caplog.text or key == "1"
    await after.async_close()
    again = await opened(hass)
    assert again.unreadable_records == 1
    await again.async_close()
    with closing(sqlite3.connect(folder / "smsmode.1.db")) as connection:
        aside = connection.execute("SELECT collection, key, field, value FROM unreadable").fetchall()
    assert aside == [row for row in rows if row[:2] == place]
    assert not (folder / "smsmode.1.db.unreadable").exists()


async def test_a_failing_disk_raises_an_issue_and_all_is_written_when_it_works_again(hass: HomeAssistant) -> None:
    store = await opened(hass)
    issues = ir.async_get(hass)
    assert store._database is not None
    store._database._connection.execute("PRAGMA max_page_count = 1")
    store.state.outbox.add([replace(item(str(number)), key=str(number)) for number in range(100)])
    with pytest.raises(StorageError):
        await store.async_save()
    assert issues.async_get_issue(DOMAIN, "state_unwritable_1")
    store.state.outbox.remove(store.state.outbox.items["7"])
    store._database._connection.execute("PRAGMA max_page_count = 1000000")
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=2))
    await hass.async_block_till_done()
    assert not issues.async_get_issue(DOMAIN, "state_unwritable_1")
    await store.async_save()
    await store.async_close()
    assert list((await opened(hass)).state.outbox.items) == [str(number) for number in range(100) if number != 7]


async def test_what_cannot_be_written_for_whatever_reason_is_not_forgotten(hass: HomeAssistant, folder: Path) -> None:
    store = await opened(hass)
    store.state.outbox.add([item("1"), replace(item("2"), failed_lookups=2**70)])
    with pytest.raises(StorageError):
        await store.async_save()
    store.state.outbox.remove(store.state.outbox.items["2"])
    await store.async_save()
    assert waiting_on_disk(folder) == ["1"]
    await store.async_close()


async def test_a_file_that_another_process_has_is_not_set_aside(hass: HomeAssistant, folder: Path) -> None:
    folder.mkdir()
    with closing(sqlite3.connect(folder / "smsmode.1.db", isolation_level=None)) as other:
        other.execute("CREATE TABLE record (id)")
        other.execute("BEGIN EXCLUSIVE")
        with patch("custom_components.smsmode.state.database.LOCK_TIMEOUT", 0), pytest.raises(ConfigEntryNotReady):
            await opened(hass)
    assert not (folder / "smsmode.1.db.unreadable").exists()


async def test_a_file_that_could_not_be_read_is_free_for_the_next_attempt(hass: HomeAssistant) -> None:
    store = await opened(hass)
    note_sent(store, "M1")
    await store.async_close()
    with patch("custom_components.smsmode.state.database.LOCK_TIMEOUT", 0):
        # What was raised lives on, as in a log, with all that it passed through.
        with patch.object(Database, "read", side_effect=OSError), pytest.raises(ConfigEntryNotReady) as kept:
            await opened(hass)
        assert list((await opened(hass)).state.message_log.messages) == ["M1"]
    assert kept.value.translation_key == "state_unavailable"
