import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers import storage as store
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.smsmode.api import Encoding, MessageRequest, Reply, StopClause
from custom_components.smsmode.ledger import WatchedMessage
from custom_components.smsmode.outbox import OutboxItem, Phase
from custom_components.smsmode.settings import CallbackMode, Settings
from custom_components.smsmode.storage import AccountStorage, async_remove_storage

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
    recipient_hourly_limit=3,
    callbacks=CallbackMode.OFF,
)


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """In the place of the harness's storage in memory: here the files are real."""
    return {}


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    return str(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where Home Assistant keeps its files."""
    return tmp_path / ".storage"


@pytest.fixture
def writes() -> Iterator[list[str]]:
    """The names of the files that were written, in that order."""
    names: list[str] = []
    write = store.write_utf8_file_atomic

    def noted(path: str, *args: Any, **kwargs: Any) -> None:
        write(path, *args, **kwargs)
        if (name := Path(path).name).startswith("smsmode"):
            names.append(name)

    with patch.object(store, "write_utf8_file_atomic", noted):
        yield names


async def loaded(
    hass: HomeAssistant, entry_id: str = "1", settings: Settings = ACCOUNT, now: datetime = NOW
) -> AccountStorage:
    storage = AccountStorage(hass, entry_id)
    await storage.async_load(settings, now)
    return storage


def item(key: str) -> OutboxItem:
    return OutboxItem(
        key=key,
        request=MessageRequest(text="Water!", numbers=(ALICE,)),
        costs=((ALICE, 1),),
        created_at=NOW,
        expires_at=NOW + timedelta(hours=1),
        due=NOW,
    )


def note_sent(storage: AccountStorage, message_id: str) -> None:
    storage.ledger.note_sent(WatchedMessage(message_id=message_id, key=message_id, sent_at=NOW, codes={ALICE: None}), 1)


def keys_on_disk(folder: Path) -> list[str]:
    return [item["key"] for item in json.loads((folder / "smsmode.1.outbox").read_text())["data"]["items"]]


async def test_the_first_time_all_is_empty_and_every_reply_that_is_there_is_old(
    hass: HomeAssistant, folder: Path
) -> None:
    storage = await loaded(hass)
    assert (len(storage.outbox), storage.ledger.messages, storage.budget.spent_today) == (0, {}, 0)
    old = Reply(reply_id="R1", received_at=NOW - timedelta(minutes=2), sender=ALICE, text="OK")
    assert storage.ledger.hear_reply(old, NOW) is None
    assert storage.ledger.hear_reply(replace(old, reply_id="R2", received_at=NOW), NOW)


async def test_everything_is_there_again_after_a_restart(hass: HomeAssistant, folder: Path) -> None:
    before = await loaded(hass)
    before.outbox.add([item("1"), item("2")])
    note_sent(before, "M1")
    before.budget.spend([(ALICE, 2)], NOW)
    await before.async_close()
    after = await loaded(hass)
    assert (after.outbox, after.ledger, after.budget) == (before.outbox, before.ledger, before.budget)


async def test_what_was_leaving_when_the_house_fell_is_doubtful_when_it_stands_again(
    hass: HomeAssistant, folder: Path
) -> None:
    before = await loaded(hass)
    before.outbox.add([item("1"), item("2")])
    before.outbox.begin(before.outbox.items["1"], NOW)
    await before.async_save_outbox()
    # Nothing is closed: the plug was pulled.
    after = await loaded(hass, now=NOW + timedelta(minutes=1))
    assert [item.phase for item in after.outbox.items.values()] == [Phase.DOUBTFUL, Phase.WAITING]
    assert after.outbox.items["1"].due == NOW + timedelta(minutes=1)


async def test_limits_are_those_of_the_options(hass: HomeAssistant, folder: Path) -> None:
    before = await loaded(hass)
    assert (before.budget.daily_limit, before.budget.recipient_limit) == (7, 3)
    await before.async_close()
    after = await loaded(hass, settings=replace(ACCOUNT, daily_limit=9, recipient_hourly_limit=0))
    assert (after.budget.daily_limit, after.budget.recipient_limit) == (9, 0)


async def test_the_outbox_is_on_disk_when_saving_returns(hass: HomeAssistant, folder: Path) -> None:
    storage = await loaded(hass)
    storage.outbox.add([item("1")])
    await storage.async_save_outbox()
    assert keys_on_disk(folder) == ["1"]
    storage.outbox.settle(storage.outbox.items["1"])
    await storage.async_save_outbox()
    assert keys_on_disk(folder) == []


async def test_nobody_need_wait_for_the_outbox_to_be_written(
    hass: HomeAssistant, folder: Path, writes: list[str]
) -> None:
    storage = await loaded(hass)
    for number in range(50):
        storage.outbox.add([item(str(number))])
        storage.async_save_outbox_soon()
    await hass.async_block_till_done()
    assert len(keys_on_disk(folder)) == 50
    assert len(writes) <= 2


async def test_a_message_that_the_ledger_knows_as_sent_is_not_left_in_the_outbox(
    hass: HomeAssistant, folder: Path
) -> None:
    before = await loaded(hass)
    before.outbox.add([item("1"), item("2")])
    for each in before.outbox.items.values():
        before.outbox.begin(each, NOW)
    # The house falls after the ledger was written and before the outbox was.
    before.ledger.note_sent(WatchedMessage(message_id="M1", key="1", sent_at=NOW, codes={ALICE: None}), 1)
    await before.async_close()
    after = await loaded(hass)
    assert {key: item.phase for key, item in after.outbox.items.items()} == {"2": Phase.DOUBTFUL}


async def test_those_who_save_at_the_same_time_share_writes(
    hass: HomeAssistant, folder: Path, writes: list[str]
) -> None:
    storage = await loaded(hass)

    async def send(key: str) -> None:
        storage.outbox.add([item(key)])
        await storage.async_save_outbox()
        assert key in keys_on_disk(folder)

    await asyncio.gather(*(send(str(number)) for number in range(50)))
    assert len(writes) <= 2
    assert len(keys_on_disk(folder)) == 50


async def test_one_who_stops_waiting_for_a_write_takes_it_from_nobody_else(hass: HomeAssistant, folder: Path) -> None:
    storage = await loaded(hass)
    storage.outbox.add([item("1")])
    first = asyncio.create_task(storage.async_save_outbox())
    impatient = asyncio.create_task(storage.async_save_outbox())
    await asyncio.sleep(0)
    storage.outbox.add([item("2")])
    patient = asyncio.create_task(storage.async_save_outbox())
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.gather(first, patient)
    assert keys_on_disk(folder) == ["1", "2"]


async def test_the_ledger_is_written_within_seconds_of_the_first_of_many_changes(
    hass: HomeAssistant, folder: Path, writes: list[str]
) -> None:
    storage = await loaded(hass)
    for number in range(20):
        note_sent(storage, f"M{number}")
        storage.async_save_ledger()
    assert writes == []
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=5))
    await hass.async_block_till_done()
    assert writes == ["smsmode.1.ledger"]
    note_sent(storage, "M20")
    storage.async_save_ledger()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=10))
    await hass.async_block_till_done()
    assert writes == ["smsmode.1.ledger"] * 2
    assert len((await loaded(hass)).ledger.messages) == 21


async def test_what_is_not_written_yet_is_written_when_home_assistant_stops(hass: HomeAssistant, folder: Path) -> None:
    storage = await loaded(hass)
    note_sent(storage, "M1")
    storage.async_save_ledger()
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert list((await loaded(hass)).ledger.messages) == ["M1"]


async def test_closing_writes_everything_at_once(hass: HomeAssistant, folder: Path, writes: list[str]) -> None:
    storage = await loaded(hass)
    storage.outbox.add([item("1")])
    note_sent(storage, "M1")
    storage.async_save_ledger()
    await storage.async_close()
    assert sorted(writes) == ["smsmode.1.ledger", "smsmode.1.outbox"]
    assert list((await loaded(hass)).ledger.messages) == ["M1"]


async def test_what_is_closed_writes_nothing_ever_after(hass: HomeAssistant, folder: Path, writes: list[str]) -> None:
    storage = await loaded(hass)
    storage.async_save_ledger()
    await storage.async_close()
    writes.clear()
    storage.outbox.add([item("1")])
    note_sent(storage, "M1")
    storage.async_save_ledger()
    await storage.async_save_outbox()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=1))
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert writes == []


async def test_whoever_saves_while_it_closes_writes_nothing_after_it(
    hass: HomeAssistant, folder: Path, writes: list[str]
) -> None:
    storage = await loaded(hass)
    closing = asyncio.create_task(storage.async_close())
    savers = []
    while not closing.done():
        savers.append(asyncio.create_task(storage.async_save_outbox()))
        await asyncio.sleep(0)
    written = list(writes)
    await asyncio.gather(*savers)
    assert writes == written == ["smsmode.1.outbox", "smsmode.1.ledger"]


@pytest.mark.parametrize("content", ["", '{"version": 1, "data": {"items": [{"key": "1", "requ', "\0\0\0\0"])
@pytest.mark.parametrize("name", ["outbox", "ledger"])
async def test_a_torn_file_is_kept_aside_and_said_and_the_account_begins_anew(
    hass: HomeAssistant, folder: Path, name: str, content: str
) -> None:
    before = await loaded(hass)
    before.outbox.add([item("1")])
    note_sent(before, "M1")
    await before.async_close()
    (folder / f"smsmode.1.{name}").write_text(content)
    after = await loaded(hass)
    # The other file is as it was.
    assert len(after.outbox) == (0 if name == "outbox" else 1)
    assert len(after.ledger.messages) == (0 if name == "ledger" else 1)
    [aside] = folder.glob(f"smsmode.1.{name}.corrupt.*")
    assert aside.read_text() == content
    assert any(name in issue_id for _, issue_id in ir.async_get(hass).issues)
    after.outbox.add([item("2")])
    await after.async_close()
    assert "2" in (await loaded(hass)).outbox.items


async def test_each_account_has_files_of_its_own(hass: HomeAssistant, folder: Path) -> None:
    one, two = await loaded(hass, "1"), await loaded(hass, "2")
    one.outbox.add([item("1")])
    await one.async_close()
    await two.async_close()
    assert len((await loaded(hass, "2")).outbox) == 0
    await async_remove_storage(hass, "2")
    assert len((await loaded(hass, "1")).outbox) == 1


async def test_nobody_else_on_the_machine_may_read_the_files(hass: HomeAssistant, folder: Path) -> None:
    await (await loaded(hass)).async_close()
    for name in ("outbox", "ledger"):
        assert (folder / f"smsmode.1.{name}").stat().st_mode & 0o077 == 0


async def test_removal_leaves_nothing(hass: HomeAssistant, folder: Path) -> None:
    storage = await loaded(hass)
    storage.async_save_ledger()
    await storage.async_close()
    assert len(list(folder.glob("*smsmode*"))) == 2
    await async_remove_storage(hass, "1")
    assert list(folder.glob("*smsmode*")) == []
    # Nor is it an accident if there was nothing.
    await async_remove_storage(hass, "1")
