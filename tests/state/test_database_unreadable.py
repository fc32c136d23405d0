"""A corrupt file raises and is quarantined; a single value that is no JSON is read as such."""

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from functools import cache
from hashlib import shake_128
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custom_components.smsmode.state.account_state import Record
from custom_components.smsmode.state.database import (
    NO_JSON,
    CorruptDatabaseError,
    UnsupportedSchemaError,
    quarantine,
    remove,
)
from custom_components.smsmode.state.migrations import VERSION
from tests.support.database_files import LARGE, files, opened, put, read, write


def another_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE record (name TEXT)")


def newer_version(path: Path) -> None:
    write(path, put("a"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")


def value_that_is_not_ours(value: object) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        write(path, put("a"))
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE record SET value = ?", (value,))

    return damage


def schema_that_is_no_text(path: Path) -> None:
    write(path, put("a"))
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE record", b"CREATE TABLE \x80ecord"))


def torn(path: Path) -> None:
    write(path, *LARGE)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def overwritten(path: Path) -> None:
    write(path, *LARGE)
    whole = path.read_bytes()
    path.write_bytes(whole[:8_192] + bytes(8_192) + whole[16_384:])


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.write_bytes(bytes(20_000)), id="zeros"),
        pytest.param(lambda path: path.write_bytes(shake_128().digest(20_000)), id="noise"),
        pytest.param(lambda path: path.write_text('{"version": 1, "data": {}}' * 100), id="a file of another kind"),
        pytest.param(lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(84)), id="a header alone"),
        pytest.param(schema_that_is_no_text, id="a schema that is no text"),
        pytest.param(torn, id="torn"),
        pytest.param(overwritten, id="zeros in the middle"),
        pytest.param(another_database, id="a database of another kind"),
    ],
)
def test_a_corrupt_file_raises_and_can_be_quarantined(path: Path, damage: Callable[[Path], object]) -> None:
    damage(path)
    for _ in range(2):
        with pytest.raises(CorruptDatabaseError):
            read(path)
    size = path.stat().st_size
    quarantine(path)
    assert files(path) == {".unreadable"}
    assert path.with_name(f"{path.name}.unreadable").stat().st_size == size
    write(path, put("a"))
    assert read(path) == [put("a")]


def test_a_file_of_a_newer_version_is_refused_as_it_is(path: Path) -> None:
    newer_version(path)
    before = path.read_bytes()
    for _ in range(2):
        with pytest.raises(UnsupportedSchemaError):
            read(path)
    assert files(path) == {""}
    assert path.read_bytes() == before


@pytest.mark.parametrize("value", [b"{", b"\xff\x00", 17], ids=["half a value", "no text", "a number"])
def test_a_value_that_is_no_json_is_read_as_such_and_all_others_as_they_are(path: Path, value: object) -> None:
    write(path, put("b"))
    value_that_is_not_ours(value)(path)
    assert read(path) == [put("b", NO_JSON), put("a", NO_JSON)]
    write(path, put("a", 2))
    assert read(path) == [put("b", NO_JSON), put("a", 2)]


def test_as_much_is_set_aside_as_there_is_room_for_and_the_rest_stays_in_place(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.smsmode.state.database.MAX_UNREADABLE", 3)
    write(path, put("a"), put("a", field="x"), put("b"), put("c"), put("d"))
    with opened(path) as database:
        database.set_aside([("things", "a"), ("things", "b"), ("things", "c")])
        assert database.count_unreadable() == 2
        database.set_aside([("things", "c")])
        assert database.count_unreadable() == 2
        assert database.read() == [put("c"), put("d")]


@cache
def whole_file() -> bytes:
    with TemporaryDirectory() as folder:
        write(path := Path(folder) / "smsmode.1.db", *LARGE[:20])
        return path.read_bytes()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_done_to_a_file_it_is_read_or_unreadable_and_nothing_else(path: Path, data: st.DataObject) -> None:
    remove(path)
    whole = whole_file()
    at = data.draw(st.integers(0, len(whole) - 1))
    damage = data.draw(st.one_of(st.binary(min_size=1, max_size=64), st.just(bytes(4_096)), st.none()))
    path.write_bytes(whole[:at] + (damage + whole[at + len(damage) :] if damage else b""))
    # One bit more in the header, and it is of a newer version.
    with suppress(CorruptDatabaseError, UnsupportedSchemaError):
        assert all(isinstance(record, Record) for record in read(path))


def test_what_is_set_aside_is_kept_once(path: Path) -> None:
    path.write_text("first")
    path.with_name(f"{path.name}-wal").write_text("journal of the first")
    quarantine(path)
    assert files(path) == {".unreadable", "-wal.unreadable"}
    path.write_text("second")
    quarantine(path)
    # A journal of another file beside it could only mislead whoever looks into it.
    assert files(path) == {".unreadable"}
    assert path.with_name(f"{path.name}.unreadable").read_text() == "second"


def test_setting_aside_what_is_not_there_keeps_what_was(path: Path) -> None:
    path.write_text("first")
    quarantine(path)
    quarantine(path)
    assert files(path) == {".unreadable"}
