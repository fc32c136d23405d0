import asyncio
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.smsmode.api import Encoding, MessageRequest, Reply, StopClause
from custom_components.smsmode.budget import Expense, Purse
from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.database import Database
from custom_components.smsmode.ledger import WatchedMessage
from custom_components.smsmode.outbox import OutboxItem, Phase
from custom_components.smsmode.records import Record
from custom_components.smsmode.settings import CallbackMode, Settings
from custom_components.smsmode.storage import AccountStorage, StorageError, async_remove_storage

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
ALICE = "+33612345678"
ACCOUNT = Settings(
    sender=None,
    region="FR",
    encoding=Encoding.AUTO,
    max_segments=5,
    stop=StopClause.NEVER,
    low_balance=0,
    daily_limit=7,
    urgent_daily_limit=5,
    recipient_hourly_limit=3,
    callbacks=CallbackMode.OFF,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where Home Assistant keeps its files."""
    return tmp_path / ".storage"


@pytest.fixture
def writes() -> Iterator[list[list[Record]]]:
    """The writes to the disk, in their order."""
    kept: list[list[Record]] = []
    write = Database.write

    def noted(database: Database, records: list[Record]) -> None:
        write(database, records)
        kept.append(records)

    with patch.object(Database, "write", noted):
        yield kept


@pytest.fixture
def slow_disk(writes: list[list[Record]]) -> Iterator[threading.Event]:
    """Have the disk wait for the event before each write."""
    go_on = threading.Event()
    write = Database.write

    def waiting(database: Database, records: list[Record]) -> None:
        go_on.wait(10)
        write(database, records)

    with patch.object(Database, "write", waiting):
        yield go_on
        go_on.set()


async def opened(
    hass: HomeAssistant, entry_id: str = "1", settings: Settings = ACCOUNT, now: datetime = NOW
) -> AccountStorage:
    storage = AccountStorage(hass, MockConfigEntry(domain=DOMAIN, title="Home", entry_id=entry_id))
    await storage.async_open(settings, now)
    return storage


def item(key: str) -> OutboxItem:
    return OutboxItem(
        key=key,
        request=MessageRequest(text="Water!", numbers=(ALICE,)),
        expense=Expense(at=NOW, costs=((ALICE, 1),)),
        expires_at=NOW + timedelta(hours=1),
        due=NOW,
    )


def note_sent(storage: AccountStorage, message_id: str) -> None:
    storage.ledger.note_sent(WatchedMessage(message_id=message_id, sent_at=NOW, codes={ALICE: ()}), 1)


def waiting_on_disk(folder: Path, entry_id: str = "1") -> list[str]:
    """Read what another process would find if the plug were pulled now: a copy of the file and of its journal."""
    copy = folder / "copy.db"
    for ending in ("", "-wal"):
        source = folder / f"smsmode.{entry_id}.db{ending}"
        copy.with_name(copy.name + ending).write_bytes(source.read_bytes() if source.exists() else b"")
    with closing(sqlite3.connect(copy)) as connection:
        rows = connection.execute("SELECT key FROM record WHERE shelf = 'outbox' AND part = '' ORDER BY id")
        return [key for (key,) in rows]


async def test_the_first_time_all_is_empty_and_every_reply_that_is_there_is_old(hass: HomeAssistant) -> None:
    storage = await opened(hass)
    assert not storage.outbox.items
    assert not storage.ledger.messages
    assert storage.budget.spent_today.total() == 0
    old = Reply(reply_id="R1", received_at=NOW - timedelta(minutes=2), sender=ALICE, text="OK")
    assert storage.ledger.hear_reply(old, NOW) is None
    assert storage.ledger.hear_reply(replace(old, reply_id="R2", received_at=NOW), NOW)
    await storage.async_close()


async def test_everything_is_there_again_after_a_restart(hass: HomeAssistant) -> None:
    before = await opened(hass)
    before.outbox.add([item("1"), item("2")])
    note_sent(before, "M1")
    before.budget.spend([("1", Expense(at=NOW, costs=((ALICE, 2),), purse=Purse.URGENT))], NOW)
    await before.async_close()
    after = await opened(hass)
    assert after.outbox.items.data == before.outbox.items.data
    assert after.ledger.messages.data == before.ledger.messages.data
    assert (after.ledger.pending, after.ledger.segments_sent) == (1, 1)
    assert after.budget.spent_today == Counter({Purse.URGENT: 2})
    await after.async_close()


async def test_what_was_leaving_when_the_house_fell_is_doubtful_when_it_stands_again(hass: HomeAssistant) -> None:
    before = await opened(hass)
    before.outbox.add([item("1"), item("2")])
    before.outbox.begin(before.outbox.items["1"], NOW)
    await before.async_close()
    after = await opened(hass, now=NOW + timedelta(minutes=1))
    assert [item.phase for item in after.outbox.items.values()] == [Phase.DOUBTFUL, Phase.WAITING]
    assert after.outbox.items["1"].due == NOW + timedelta(minutes=1)
    await after.async_close()


async def test_limits_are_those_of_the_options(hass: HomeAssistant) -> None:
    before = await opened(hass)
    budget = before.budget
    assert (budget.daily_limit, budget.urgent_daily_limit, budget.recipient_limit) == (7, 5, 3)
    await before.async_close()
    after = await opened(hass, settings=replace(ACCOUNT, daily_limit=9, recipient_hourly_limit=0))
    assert (after.budget.daily_limit, after.budget.recipient_limit) == (9, 0)
    await after.async_close()


async def test_what_is_true_is_on_the_disk_when_saving_returns(hass: HomeAssistant, folder: Path) -> None:
    storage = await opened(hass)
    storage.outbox.add([item("1")])
    await storage.async_save()
    assert waiting_on_disk(folder) == ["1"]
    storage.outbox.settle(storage.outbox.items["1"])
    await storage.async_save()
    assert waiting_on_disk(folder) == []
    await storage.async_close()


async def test_nothing_is_written_where_nothing_changed(hass: HomeAssistant, writes: list[list[Record]]) -> None:
    storage = await opened(hass)
    note_sent(storage, "M1")
    await storage.async_save()
    writes.clear()
    await storage.async_save()
    await storage.async_close()
    assert writes == []


async def test_a_write_holds_what_changed_and_nothing_else(hass: HomeAssistant, writes: list[list[Record]]) -> None:
    storage = await opened(hass)
    for number in range(100):
        storage.outbox.add([item(str(number))])
    await storage.async_save()
    storage.outbox.begin(storage.outbox.items["7"], NOW)
    await storage.async_save()
    assert [(record.shelf, record.key) for record in writes[-1]] == [("outbox", "7")]
    await storage.async_close()


async def test_those_who_save_at_the_same_time_share_writes(
    hass: HomeAssistant, folder: Path, writes: list[list[Record]], slow_disk: threading.Event
) -> None:
    storage = await opened(hass)

    async def send(key: str) -> None:
        storage.outbox.add([item(key)])
        await storage.async_save()
        assert key in waiting_on_disk(folder)

    senders = [asyncio.create_task(send(str(number))) for number in range(50)]
    await asyncio.sleep(0)
    slow_disk.set()
    await asyncio.gather(*senders)
    assert len(writes) <= 2
    assert len(waiting_on_disk(folder)) == 50
    await storage.async_close()


async def test_nobody_need_wait_for_a_write(
    hass: HomeAssistant, folder: Path, writes: list[list[Record]], slow_disk: threading.Event
) -> None:
    storage = await opened(hass)
    for number in range(50):
        storage.outbox.add([item(str(number))])
        storage.async_save_soon()
    slow_disk.set()
    await hass.async_block_till_done()
    assert len(waiting_on_disk(folder)) == 50
    assert len(writes) <= 2
    await storage.async_close()


async def test_one_who_stops_waiting_for_a_write_takes_it_from_nobody_else(hass: HomeAssistant, folder: Path) -> None:
    storage = await opened(hass)
    storage.outbox.add([item("1")])
    impatient = [asyncio.create_task(storage.async_save()) for _ in range(2)]
    await asyncio.sleep(0)
    storage.outbox.add([item("2")])
    patient = asyncio.create_task(storage.async_save())
    await asyncio.sleep(0)
    for task in impatient:
        task.cancel()
    await patient
    assert waiting_on_disk(folder) == ["1", "2"]
    await storage.async_close()


async def test_what_may_wait_is_written_within_seconds_of_the_first_of_many_changes(
    hass: HomeAssistant, writes: list[list[Record]]
) -> None:
    storage = await opened(hass)
    for number in range(20):
        note_sent(storage, f"M{number}")
        storage.async_save_later()
    assert writes == []
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=5))
    await hass.async_block_till_done()
    assert len(writes) == 1
    note_sent(storage, "M20")
    storage.async_save_later()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=10))
    await hass.async_block_till_done()
    assert len(writes) == 2
    await storage.async_close()
    assert len((await opened(hass)).ledger.messages) == 21


async def test_what_is_not_written_yet_is_written_when_home_assistant_stops(hass: HomeAssistant) -> None:
    storage = await opened(hass)
    note_sent(storage, "M1")
    storage.async_save_later()
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert list((await opened(hass)).ledger.messages) == ["M1"]


async def test_a_stop_in_the_middle_of_a_write_waits_for_it(
    hass: HomeAssistant, folder: Path, slow_disk: threading.Event
) -> None:
    storage = await opened(hass)
    storage.outbox.add([item("1")])
    storage.async_save_soon()
    final_write = asyncio.Event()
    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_FINAL_WRITE, callback(lambda _event: final_write.set()))
    stopping = asyncio.create_task(hass.async_stop(force=True))
    await final_write.wait()
    slow_disk.set()
    await stopping
    assert waiting_on_disk(folder) == ["1"]


async def test_what_is_closed_writes_nothing_ever_after(hass: HomeAssistant, writes: list[list[Record]]) -> None:
    storage = await opened(hass)
    storage.outbox.add([item("1")])
    storage.async_save_later()
    await storage.async_close()
    assert len(writes) == 1
    storage.outbox.add([item("2")])
    storage.async_save_later()
    storage.async_save_soon()
    await storage.async_save()
    await storage.async_close()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=2))
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert len(writes) == 1


async def test_whoever_saves_while_it_closes_writes_nothing_after_it(
    hass: HomeAssistant, writes: list[list[Record]]
) -> None:
    storage = await opened(hass)
    storage.outbox.add([item("1")])
    closing_it = asyncio.create_task(storage.async_close())
    savers = []
    while not closing_it.done():
        savers.append(asyncio.create_task(storage.async_save()))
        await asyncio.sleep(0)
    written = len(writes)
    await asyncio.gather(*savers)
    assert len(writes) == written == 1


TORN = {
    "empty bytes": b"\0" * 4096,
    "another file": b'{"version": 1, "data": {}}',
    "half a header": b"SQLite format 3\0\x10",
}


@pytest.mark.parametrize("content", TORN.values(), ids=TORN)
async def test_a_torn_file_is_kept_aside_and_said_and_the_account_begins_anew(
    hass: HomeAssistant, folder: Path, content: bytes
) -> None:
    before = await opened(hass)
    before.outbox.add([item("1")])
    await before.async_close()
    (folder / "smsmode.1.db").write_bytes(content)
    after = await opened(hass)
    assert not after.outbox.items
    assert (folder / "smsmode.1.db.unreadable").read_bytes() == content
    assert ir.async_get(hass).async_get_issue(DOMAIN, "state_unreadable_1")
    after.outbox.add([item("2")])
    await after.async_close()
    assert list((await opened(hass)).outbox.items) == ["2"]


@pytest.mark.parametrize(
    ("shelf", "value"),
    [
        ("outbox", b'{"phase": "nowhere"}'),
        ("facts", b"[]"),
        ("facts", b'{"horizon": 7}'),
        ("message", b"null"),
        ("status", b"{"),
    ],
)
async def test_a_record_that_is_not_ours_is_a_torn_file_as_well(
    hass: HomeAssistant, folder: Path, shelf: str, value: bytes
) -> None:
    before = await opened(hass)
    await before.async_close()
    with closing(sqlite3.connect(folder / "smsmode.1.db", isolation_level=None)) as connection:
        connection.execute(
            "INSERT OR REPLACE INTO record (shelf, key, part, value) VALUES (?, '', '', ?)", (shelf, value)
        )
    after = await opened(hass)
    assert (folder / "smsmode.1.db.unreadable").exists()
    assert ir.async_get(hass).async_get_issue(DOMAIN, "state_unreadable_1")
    await after.async_close()


async def test_a_disk_that_takes_nothing_is_said_and_all_is_written_when_it_does_again(hass: HomeAssistant) -> None:
    storage = await opened(hass)
    issues = ir.async_get(hass)
    storage._database._connection.execute("PRAGMA max_page_count = 1")
    storage.outbox.add([replace(item(str(number)), key=str(number)) for number in range(100)])
    with pytest.raises(StorageError):
        await storage.async_save()
    assert issues.async_get_issue(DOMAIN, "state_unwritable_1")
    storage.outbox.settle(storage.outbox.items["7"])
    storage._database._connection.execute("PRAGMA max_page_count = 1000000")
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=2))
    await hass.async_block_till_done()
    assert not issues.async_get_issue(DOMAIN, "state_unwritable_1")
    await storage.async_save()
    await storage.async_close()
    assert list((await opened(hass)).outbox.items) == [str(number) for number in range(100) if number != 7]


async def test_what_cannot_be_written_for_whatever_reason_is_not_forgotten(hass: HomeAssistant, folder: Path) -> None:
    storage = await opened(hass)
    storage.outbox.add([item("1"), replace(item("2"), blind=2**70)])
    with pytest.raises(StorageError):
        await storage.async_save()
    storage.outbox.settle(storage.outbox.items["2"])
    await storage.async_save()
    assert waiting_on_disk(folder) == ["1"]
    await storage.async_close()


async def test_a_file_that_another_process_has_is_not_set_aside(hass: HomeAssistant, folder: Path) -> None:
    folder.mkdir()
    with closing(sqlite3.connect(folder / "smsmode.1.db", isolation_level=None)) as other:
        other.execute("CREATE TABLE record (id)")
        other.execute("BEGIN EXCLUSIVE")
        with patch("custom_components.smsmode.database.PATIENCE", 0), pytest.raises(ConfigEntryNotReady):
            await opened(hass)
    assert not (folder / "smsmode.1.db.unreadable").exists()


async def test_a_file_that_could_not_be_read_is_free_for_the_next_attempt(hass: HomeAssistant) -> None:
    storage = await opened(hass)
    note_sent(storage, "M1")
    await storage.async_close()
    with patch("custom_components.smsmode.database.PATIENCE", 0):
        # What was raised lives on, as in a log, with all that it passed through.
        with patch.object(Database, "read", side_effect=OSError), pytest.raises(ConfigEntryNotReady) as kept:
            await opened(hass)
        assert list((await opened(hass)).ledger.messages) == ["M1"]
    assert kept.value.translation_key == "state_unavailable"


async def test_each_account_has_a_file_of_its_own(hass: HomeAssistant) -> None:
    one, two = await opened(hass, "1"), await opened(hass, "2")
    one.outbox.add([item("1")])
    await one.async_close()
    await two.async_close()
    two = await opened(hass, "2")
    assert not two.outbox.items
    await two.async_close()
    await async_remove_storage(hass, "2")
    assert len((await opened(hass, "1")).outbox) == 1


async def test_removal_leaves_nothing_not_even_what_was_set_aside(hass: HomeAssistant, folder: Path) -> None:
    storage = await opened(hass)
    await storage.async_close()
    (folder / "smsmode.1.db").write_bytes(b"torn")
    storage = await opened(hass)
    await storage.async_close()
    assert len(list(folder.glob("*smsmode*"))) == 2
    await async_remove_storage(hass, "1")
    assert list(folder.glob("*smsmode*")) == []
    # Nor is it an accident if there was nothing.
    await async_remove_storage(hass, "1")
