"""A file of an older version is read without loss, and one of a newer version is refused untouched."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError

from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.state.account_state import AccountState
from custom_components.smsmode.state.message_log import SendDetails
from custom_components.smsmode.state.migrations import MIGRATIONS, VERSION
from custom_components.smsmode.state.outbox import MessageKind
from custom_components.smsmode.state.store import async_load_state
from custom_components.smsmode.state.tracked_dict import TrackedDict
from tests.support.stores import NOW as STORES_NOW
from tests.support.stores import opened
from tests.support.version_1_state import VERSION_1_FILE, VERSION_2_FILE, version_1_state


@pytest.fixture
def file(hass: HomeAssistant) -> Path:
    """Return the file of the account "1", of version 1 of the schema."""
    file = Path(hass.config.path(".storage", f"{DOMAIN}.1.db"))
    file.parent.mkdir(exist_ok=True)
    shutil.copy(VERSION_1_FILE, file)
    return file


def parts(state: AccountState) -> dict[str, object]:
    """All that is persisted, by name; an entry of a collection that is in another place is another."""
    log, budget, history = state.message_log, state.budget, state.message_log.reply_history
    collections: dict[str, TrackedDict[Any]] = {
        "outbox": state.outbox.items,
        "messages": log.messages,
        "last statuses": log.last_status_of,
        "expenses": budget.recent,
        "days": budget.history.days,
        "scheduled": state.schedule.items,
        "questions": state.questions.all,
        "alerts": state.alerts.all,
        "commanders": state.commands.records,
        "watchdogs": state.watchdogs,
        "replies by id": history.ids,
        "replies by content": history.contents,
        "replies without id": history.without_id,
        "replies unconfirmed": history.unconfirmed,
    }
    return {name: list(collection.items()) for name, collection in collections.items()} | {
        "facts": (history.cutoff, history.read_at, log.last_reply, log.last_status, log.segments_sent),
        "spent today": (budget.day, budget.spent_today),
        "counted": (log.pending, budget._spent_on),
    }


async def test_a_file_of_version_1_is_read_without_loss(hass: HomeAssistant, file: Path) -> None:
    state = await async_load_state(hass, "1")
    assert state is not None
    expected = parts(version_1_state())
    assert all(expected.values())
    assert parts(state) == expected
    again = await async_load_state(hass, "1")
    assert again is not None
    assert parts(again) == expected


async def test_a_file_of_a_newer_version_is_refused_untouched(hass: HomeAssistant, file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = file.read_bytes()
    with pytest.raises(ConfigEntryError) as refused:
        await opened(hass)
    assert refused.value.translation_key == "state_newer_version"
    assert await async_load_state(hass, "1") is None
    assert file.read_bytes() == before
    assert [each.name for each in file.parent.glob(f"{file.name}*")] == [file.name]


@pytest.mark.parametrize(
    ("shelf", "key", "part", "lost"),
    [
        ("outbox", "waiting", "draft", "outbox"),
        ("outbox", "leaving", "", "outbox"),
        ("message", "M1", "", "messages"),
        ("expense", "gone off", "", "expenses"),
        ("watchdog", "watchdog-1", "", "watchdogs"),
        ("alert", "waiting", "", "alerts"),
        ("ids", "R1", "", "replies by id"),
    ],
)
@pytest.mark.parametrize("value", [b"{", b"[]", b'"x"'])
async def test_what_cannot_be_migrated_is_set_aside_alone(
    hass: HomeAssistant, file: Path, shelf: str, key: str, part: str, lost: str, value: bytes
) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        place = (shelf, key, part)
        connection.execute("UPDATE record SET value = ? WHERE shelf = ? AND key = ? AND part = ?", (value, *place))
    store = await opened(hass)
    read, expected = parts(store.state), parts(version_1_state())
    await store.async_close()
    assert store.unreadable_records == 1
    assert [name for name, _ in cast("list[tuple[str, object]]", read[lost])] == [
        name for name, _ in cast("list[tuple[str, object]]", expected[lost]) if name != key
    ]
    # A start bounds what an alert waits for.
    assert [alert.alert_id for alert in store.state.alerts.all.values()] == [
        alert.alert_id for alert in version_1_state().alerts.all.values() if (lost, key) != ("alerts", alert.key)
    ]
    resumed = {"outbox", "counted", "alerts", lost}
    assert {name: part for name, part in read.items() if name not in resumed} == {
        name: part for name, part in expected.items() if name not in resumed
    }


async def test_facts_that_cannot_be_migrated_are_set_aside_and_all_else_is_read(
    hass: HomeAssistant, file: Path
) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE record SET value = '[]' WHERE shelf = 'facts'")
    store = await opened(hass)
    read, expected = parts(store.state), parts(version_1_state())
    await store.async_close()
    assert store.unreadable_records == 1
    assert store.state.message_log.reply_history.cutoff == STORES_NOW
    unlike = {"facts", "spent today", "outbox", "alerts"}
    assert {name: part for name, part in read.items() if name not in unlike} == {
        name: part for name, part in expected.items() if name not in unlike
    }


async def test_a_migration_that_fails_leaves_the_file_as_it_was(
    hass: HomeAssistant, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(cursor: sqlite3.Cursor) -> None:
        MIGRATIONS[1](cursor)
        raise RuntimeError

    monkeypatch.setattr("custom_components.smsmode.state.migrations.MIGRATIONS", {1: fail})
    with pytest.raises(RuntimeError):
        await opened(hass)
    monkeypatch.undo()
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("SELECT shelf FROM record WHERE part = 'draft'").fetchall() == [("outbox",)] * 4
    state = await async_load_state(hass, "1")
    assert state is not None
    assert parts(state) == parts(version_1_state())


async def test_a_migrated_file_is_like_a_new_one(hass: HomeAssistant, file: Path) -> None:
    await async_load_state(hass, "1")
    await (await opened(hass, "2")).async_close()
    schemas = []
    for name in ("1", "2"):
        with closing(sqlite3.connect(file.with_name(f"{DOMAIN}.{name}.db"))) as connection:
            columns = [
                connection.execute("SELECT name, type FROM pragma_table_info(?)", (table,)).fetchall()
                for table in ("record", "unreadable")
            ]
            schemas.append((connection.execute("PRAGMA user_version").fetchone(), columns))
    assert schemas[0] == schemas[1]


async def test_a_file_of_another_kind_with_our_version_is_quarantined(hass: HomeAssistant, file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE record (name TEXT)")
        connection.execute("PRAGMA user_version = 1")
    assert await async_load_state(hass, "1") is None
    assert file.with_name(f"{file.name}.unreadable").exists()


async def test_a_file_from_before_messages_had_details_is_read_without_loss(hass: HomeAssistant, file: Path) -> None:
    shutil.copy(VERSION_2_FILE, file)
    store = await opened(hass)
    state = store.state
    messages = state.message_log.messages
    assert dict(messages) == dict(version_1_state().message_log.messages)
    assert {(each.details, each.charged, each.credits) for each in messages.values()} == {(None, None, None)}
    details = SendDetails(kind=MessageKind.SMS, segments=2, origin="automation.leak")
    for message_id in ("M1", "M2"):
        messages[message_id].details = details
        messages.mark_changed(message_id)
    await store.async_close()
    read = await async_load_state(hass, "1")
    assert read is not None
    assert dict(read.message_log.messages) == dict(messages)
    first, second = (read.message_log.messages[each].details for each in ("M1", "M2"))
    assert first is second
