"""Faults E4: a disk that is full or read-only when the account starts. It runs from memory, and writes when it can."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.state.migrations import VERSION
from custom_components.smsmode.state.store import StorageError, async_load_state
from tests.support.disks import UNWRITABLE, copy_after_a_fall, refusing, unopenable
from tests.support.stores import item, opened, waiting_on_disk


def has_issue(hass: HomeAssistant, issue: str, entry_id: str = "1") -> bool:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{issue}_{entry_id}") is not None


async def try_again(hass: HomeAssistant) -> None:
    """Let the time go by after which a failed write is tried again."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=2))
    await hass.async_block_till_done()


@pytest.mark.parametrize("error", UNWRITABLE)
async def test_what_was_read_from_a_disk_that_takes_nothing_is_there_and_is_written_when_it_can_be(
    hass: HomeAssistant, folder: Path, error: int
) -> None:
    before = await opened(hass, "0")
    before.state.outbox.add([item("1"), item("2")])
    await before.async_save()
    copy_after_a_fall(folder, "0", "1")
    with unopenable(error):
        store = await opened(hass)
        assert list(store.state.outbox.items) == ["1", "2"]
        assert has_issue(hass, "state_unwritable")
        store.state.outbox.remove(store.state.outbox.items["1"])
        store.state.outbox.add([item("3")])
        with pytest.raises(StorageError):
            await store.async_save()
        await try_again(hass)
        assert has_issue(hass, "state_unwritable")
    await try_again(hass)
    assert not has_issue(hass, "state_unwritable")
    assert waiting_on_disk(folder) == ["2", "3"]
    await store.async_close()
    assert list((await opened(hass)).state.outbox.items) == ["2", "3"]


async def test_a_file_that_was_closed_in_order_is_read_from_a_read_only_disk(hass: HomeAssistant, folder: Path) -> None:
    before = await opened(hass)
    before.state.outbox.add([item("1")])
    await before.async_close()
    files = sorted(folder.iterdir())
    with unopenable(UNWRITABLE[2]):
        store = await opened(hass)
        assert list(store.state.outbox.items) == ["1"]
        assert sorted(folder.iterdir()) == files
        await store.async_close()


@pytest.mark.parametrize("error", ["SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_CANTOPEN"])
async def test_an_account_starts_for_the_first_time_on_a_disk_that_takes_nothing(
    hass: HomeAssistant, folder: Path, error: str
) -> None:
    with refusing(error):
        store = await opened(hass)
        store.state.outbox.add([item("1")])
        with pytest.raises(StorageError):
            await store.async_save()
        assert has_issue(hass, "state_unwritable")
    await store.async_save()
    assert not has_issue(hass, "state_unwritable")
    assert waiting_on_disk(folder) == ["1"]
    await store.async_close()


async def test_an_account_starts_without_its_folder(hass: HomeAssistant, folder: Path) -> None:
    with unopenable(UNWRITABLE[2]):
        store = await opened(hass)
        await store.async_pause_writes(still=True)
    assert not list(folder.iterdir())
    # Though nothing changed, the issue goes when the disk takes something.
    await try_again(hass)
    assert not has_issue(hass, "state_unwritable")
    await store.async_close()


@pytest.mark.parametrize("error", ["SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL"])
async def test_a_file_that_another_process_has_is_waited_for(hass: HomeAssistant, error: str) -> None:
    """Two that send from the same file would send twice."""
    with refusing(error), pytest.raises(ConfigEntryNotReady):
        await opened(hass)
    assert not has_issue(hass, "state_unwritable")


async def test_what_cannot_even_be_read_is_waited_for(hass: HomeAssistant, folder: Path) -> None:
    (folder / "smsmode.1.db").mkdir(parents=True)
    with pytest.raises(ConfigEntryNotReady):
        await opened(hass)


async def test_a_file_of_an_older_version_is_read_from_a_full_disk(hass: HomeAssistant, path: Path) -> None:
    folder = path.parent / ".storage"
    folder.mkdir()
    with closing(sqlite3.connect(folder / path.name, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE record (id INTEGER PRIMARY KEY, shelf, key, part, value)")
        connection.execute("INSERT INTO record VALUES (1, 'status', '+33612345678', '', '1')")
        connection.execute("PRAGMA user_version = 1")
    with refusing("SQLITE_FULL"):
        store = await opened(hass)
        assert store.unreadable_records == 1
    await store.async_close()
    again = await opened(hass)
    assert again.unreadable_records == 1
    await again.async_close()


async def test_a_file_of_a_newer_version_is_refused_on_a_read_only_disk_as_well(
    hass: HomeAssistant, folder: Path
) -> None:
    folder.mkdir()
    with closing(sqlite3.connect(folder / "smsmode.1.db", isolation_level=None)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    with unopenable(UNWRITABLE[2]), pytest.raises(ConfigEntryError):
        await opened(hass)


async def test_a_corrupt_file_on_a_read_only_disk_is_told_and_set_aside_when_it_can_be(
    hass: HomeAssistant, folder: Path
) -> None:
    folder.mkdir()
    (folder / "smsmode.1.db").write_bytes(b"\0" * 4096)
    with unopenable(UNWRITABLE[2]):
        store = await opened(hass)
        assert has_issue(hass, "state_unreadable")
        assert has_issue(hass, "state_unwritable")
        store.state.outbox.add([item("1")])
    await store.async_save()
    assert (folder / "smsmode.1.db.unreadable").read_bytes() == b"\0" * 4096
    assert waiting_on_disk(folder) == ["1"]
    await store.async_close()


async def test_what_could_not_be_written_at_the_end_is_there_after_a_reload(hass: HomeAssistant, folder: Path) -> None:
    store = await opened(hass)
    with refusing("SQLITE_FULL"):
        store.state.outbox.add([item("1")])
        await store.async_close()
        again = await opened(hass)
        assert list(again.state.outbox.items) == ["1"]
        assert has_issue(hass, "state_unwritable")
    await again.async_save()
    assert waiting_on_disk(folder) == ["1"]
    await again.async_close()


async def test_what_could_not_be_written_at_the_end_is_known_of_an_account_that_is_not_set_up(
    hass: HomeAssistant, folder: Path
) -> None:
    store = await opened(hass)
    with refusing("SQLITE_FULL"):
        store.state.outbox.add([item("1")])
        await store.async_close()
    state = await async_load_state(hass, "1")
    assert state is not None
    assert list(state.outbox.items) == ["1"]
