"""The state is on the disk when saving returns, and scheduled writes are done before Home Assistant stops."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.smsmode.state.account_state import BalanceReading, Record
from custom_components.smsmode.state.database import Database
from custom_components.smsmode.state.store import StorageError
from tests.support.stores import NOW, item, note_sent, opened, waiting_on_disk


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


async def test_the_present_state_is_on_the_disk_when_saving_returns(hass: HomeAssistant, folder: Path) -> None:
    store = await opened(hass)
    store.state.outbox.add([item("1")])
    await store.async_save()
    assert waiting_on_disk(folder) == ["1"]
    store.state.outbox.remove(store.state.outbox.items["1"])
    await store.async_save()
    assert waiting_on_disk(folder) == []
    await store.async_close()


async def test_nothing_is_written_where_nothing_changed(hass: HomeAssistant, writes: list[list[Record]]) -> None:
    store = await opened(hass)
    note_sent(store, "M1")
    await store.async_save()
    writes.clear()
    await store.async_save()
    await store.async_close()
    assert writes == []


async def test_a_write_holds_what_changed_and_nothing_else(hass: HomeAssistant, writes: list[list[Record]]) -> None:
    store = await opened(hass)
    for number in range(100):
        store.state.outbox.add([item(str(number))])
    await store.async_save()
    store.state.outbox.begin_attempt(store.state.outbox.items["7"], NOW)
    await store.async_save()
    assert [(record.collection, record.key) for record in writes[-1]] == [("outbox", "7")]
    await store.async_close()


async def test_a_start_writes_nothing_that_is_there_already(hass: HomeAssistant, writes: list[list[Record]]) -> None:
    """Faults E5."""
    before = await opened(hass)
    note_sent(before, "M1")
    before.state.balance = BalanceReading("7", NOW)
    before.state.outbox.add([item("1")])
    await before.async_close()
    after = await opened(hass)
    await after.async_close()
    assert len(writes) == 1
    again = await opened(hass)
    again.state.outbox.begin_attempt(again.state.outbox.items["1"], NOW)
    await again.async_close()
    assert [(record.collection, record.key, record.field) for record in writes[-1]] == [("outbox", "1", "")]


async def test_those_who_save_at_the_same_time_share_writes(
    hass: HomeAssistant, folder: Path, writes: list[list[Record]], slow_disk: threading.Event
) -> None:
    store = await opened(hass)

    async def send(key: str) -> None:
        store.state.outbox.add([item(key)])
        await store.async_save()
        assert key in waiting_on_disk(folder)

    senders = [asyncio.create_task(send(str(number))) for number in range(50)]
    await asyncio.sleep(0)
    slow_disk.set()
    await asyncio.gather(*senders)
    assert len(writes) <= 2
    assert len(waiting_on_disk(folder)) == 50
    await store.async_close()


async def test_a_write_can_be_scheduled_without_waiting(
    hass: HomeAssistant, folder: Path, writes: list[list[Record]], slow_disk: threading.Event
) -> None:
    store = await opened(hass)
    for number in range(50):
        store.state.outbox.add([item(str(number))])
        store.async_save_soon()
    slow_disk.set()
    await hass.async_block_till_done()
    assert len(waiting_on_disk(folder)) == 50
    assert len(writes) <= 2
    await store.async_close()


async def test_a_cancelled_waiter_does_not_cancel_the_write_of_others(hass: HomeAssistant, folder: Path) -> None:
    store = await opened(hass)
    store.state.outbox.add([item("1")])
    impatient = [asyncio.create_task(store.async_save()) for _ in range(2)]
    await asyncio.sleep(0)
    store.state.outbox.add([item("2")])
    patient = asyncio.create_task(store.async_save())
    await asyncio.sleep(0)
    for task in impatient:
        task.cancel()
    await patient
    assert waiting_on_disk(folder) == ["1", "2"]
    await store.async_close()


async def test_what_may_wait_is_written_within_seconds_of_the_first_of_many_changes(
    hass: HomeAssistant, writes: list[list[Record]]
) -> None:
    store = await opened(hass)
    for number in range(20):
        note_sent(store, f"M{number}")
        store.async_save_later()
    assert writes == []
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=5))
    await hass.async_block_till_done()
    assert len(writes) == 1
    note_sent(store, "M20")
    store.async_save_later()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=10))
    await hass.async_block_till_done()
    assert len(writes) == 2
    await store.async_close()
    assert len((await opened(hass)).state.message_log.messages) == 21


async def test_what_is_not_written_yet_is_written_when_home_assistant_stops(hass: HomeAssistant) -> None:
    store = await opened(hass)
    note_sent(store, "M1")
    store.async_save_later()
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert list((await opened(hass)).state.message_log.messages) == ["M1"]


async def test_a_stop_in_the_middle_of_a_write_waits_for_it(
    hass: HomeAssistant, folder: Path, slow_disk: threading.Event
) -> None:
    store = await opened(hass)
    store.state.outbox.add([item("1")])
    store.async_save_soon()
    final_write = asyncio.Event()
    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_FINAL_WRITE, callback(lambda _event: final_write.set()))
    stopping = asyncio.create_task(hass.async_stop(force=True))
    await final_write.wait()
    slow_disk.set()
    await stopping
    assert waiting_on_disk(folder) == ["1"]


async def test_what_is_closed_writes_nothing_ever_after(hass: HomeAssistant, writes: list[list[Record]]) -> None:
    store = await opened(hass)
    store.state.outbox.add([item("1")])
    store.async_save_later()
    await store.async_close()
    assert len(writes) == 1
    store.state.outbox.add([item("2")])
    store.async_save_later()
    store.async_save_soon()
    with pytest.raises(StorageError):
        await store.async_save()
    await store.async_close()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=2))
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert len(writes) == 1


async def test_a_save_during_closing_writes_nothing_after_it(hass: HomeAssistant, writes: list[list[Record]]) -> None:
    store = await opened(hass)
    store.state.outbox.add([item("1")])
    closing_it = asyncio.create_task(store.async_close())
    savers = []
    while not closing_it.done():
        savers.append(asyncio.create_task(store.async_save()))
        await asyncio.sleep(0)
    written = len(writes)
    await asyncio.gather(*savers, return_exceptions=True)
    assert len(writes) == written == 1
