"""A disk that is full, fails or is being copied from loses nothing that was written."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from custom_components.smsmode.state.database import Database
from tests.support.database_files import LARGE, copy_of_files, delete, opened, put, read, write


@contextmanager
def full_disk(room: int = 0) -> Iterator[None]:
    """Let the disk take no file larger than this, as one that is full does: what is to be written is refused."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("room", [0, 4_096, 20_000, 100_000], ids=["nothing", "a page", "some pages", "half of it"])
def test_a_full_disk_refuses_the_whole_write_and_keeps_what_is_there(path: Path, room: int) -> None:
    with opened(path) as database:
        database.write([put("before")])
        with full_disk(room):
            for _ in range(3):
                with pytest.raises(sqlite3.OperationalError):
                    database.write([delete("before"), *LARGE])
                assert database.read() == [put("before")]
        assert read(copy_of_files(path)) == [put("before")]
        # Somebody has made room.
        database.write([delete("before"), *LARGE])
        assert read(copy_of_files(path)) == LARGE
    assert read(path) == LARGE


def test_what_the_database_itself_calls_a_full_disk_is_one_too(path: Path) -> None:
    with opened(path) as database:
        database.write([put("before")])
        [(pages,)] = database._connection.execute("PRAGMA page_count")
        database._connection.execute(f"PRAGMA max_page_count = {pages + 5}")
        with pytest.raises(sqlite3.OperationalError, match="full"):
            database.write([delete("before"), *LARGE])
        assert database.read() == [put("before")]
        database.write([put("small")])
    assert read(path) == [put("before"), put("small")]


def test_what_is_closed_on_a_full_disk_is_still_there(path: Path) -> None:
    with opened(path) as database:
        database.write(LARGE)
        with full_disk():
            database.close()
    assert read(path) == LARGE


def test_a_disk_that_is_full_at_the_start_is_not_taken_for_a_torn_file(path: Path) -> None:
    with full_disk(), pytest.raises(sqlite3.OperationalError):
        Database(path)
    assert read(path) == []
    write(path, *LARGE)
    with full_disk(), suppress(sqlite3.OperationalError):
        assert read(path) == LARGE
    assert read(path) == LARGE


def test_a_disk_that_fails_while_it_is_read_is_not_taken_for_a_torn_file(path: Path) -> None:
    write(path, *LARGE)
    with opened(path) as database:
        database._connection.set_progress_handler(lambda: 1, 1)
        with pytest.raises(sqlite3.OperationalError):
            database.read()
        database._connection.set_progress_handler(None, 0)
        assert database.read() == LARGE


def test_a_place_where_no_file_can_be_is_the_disks_matter(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Database(path / "below")
    path.mkdir()
    with pytest.raises(IsADirectoryError):
        Database(path)


def test_while_somebody_copies_the_file_it_stands_still_and_nothing_is_lost(path: Path) -> None:
    with opened(path) as database:
        database.write(LARGE)
        database.pause_writes(still=True)
        as_it_was = path.read_bytes()
        for number in range(20):
            database.write([put("a", f"{number} " * 300_000)])
        assert path.read_bytes() == as_it_was
        # The file is whole without its journal, and with it.
        alone = path.with_name("alone.db")
        alone.write_bytes(as_it_was)
        assert read(alone) == LARGE
        assert read(copy_of_files(path))[-1] == put("a", "19 " * 300_000)
        database.pause_writes(still=False)
        for number in range(20):
            database.write([put("a", f"{number} " * 300_000)])
        assert path.read_bytes() != as_it_was
    assert read(path)[-1] == put("a", "19 " * 300_000)
