"""Nothing written is lost on a disk that is full or fails, during a backup, or when a process is killed."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from pytest_socket import socket_allow_hosts

from custom_components.smsmode.state import database as database_module
from custom_components.smsmode.state.account_state import Record
from custom_components.smsmode.state.database import Database, remove
from tests.support.database_files import LARGE, copy_of_files, delete, files, opened, put, read, write


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


def test_a_full_disk_reported_by_sqlite_is_a_disk_error_too(path: Path) -> None:
    with opened(path) as database:
        database.write([put("before")])
        [(pages,)] = database._connection.execute("PRAGMA page_count")
        database._connection.execute(f"PRAGMA max_page_count = {pages + 5}")
        with pytest.raises(sqlite3.OperationalError, match="full"):
            database.write([delete("before"), *LARGE])
        assert database.read() == [put("before")]
        database.write([put("small")])
    assert read(path) == [put("before"), put("small")]


def test_a_database_closed_on_a_full_disk_loses_nothing(path: Path) -> None:
    with opened(path) as database:
        database.write(LARGE)
        with full_disk():
            database.close()
    assert read(path) == LARGE


def test_a_disk_that_is_full_at_the_start_is_not_taken_for_a_corrupt_file(path: Path) -> None:
    with full_disk(), pytest.raises(sqlite3.OperationalError):
        Database(path)
    assert read(path) == []
    write(path, *LARGE)
    with full_disk(), suppress(sqlite3.OperationalError):
        assert read(path) == LARGE
    assert read(path) == LARGE


def test_a_disk_that_fails_while_reading_is_not_taken_for_a_corrupt_file(path: Path) -> None:
    write(path, *LARGE)
    with opened(path) as database:
        database._connection.set_progress_handler(lambda: 1, 1)
        with pytest.raises(sqlite3.OperationalError):
            database.read()
        database._connection.set_progress_handler(None, 0)
        assert database.read() == LARGE


def test_a_path_where_no_file_can_be_is_a_disk_error(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Database(path / "below")
    path.mkdir()
    with pytest.raises(IsADirectoryError):
        Database(path)


def test_the_file_does_not_change_during_a_backup_and_nothing_is_lost(path: Path) -> None:
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


# Other processes are forked from one that has imported this module already.
PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__])


@pytest.fixture
def other_processes(socket_enabled: None) -> None:
    """Let processes talk to each other through sockets that lead to no network."""
    socket_allow_hosts([], allow_unix_socket=True)


GENERATION = 50


def generation(number: int) -> list[Record]:
    """What one transaction writes: all of it has the same number."""
    return [delete("old"), put("old", number), *(put(str(index), f"{number} " * 20) for index in range(GENERATION))]


def generation_read(records: list[Record]) -> int:
    """Give the number of the transaction that was the last; all of it must be there."""
    if not records:
        return -1
    number: int = next(record.value for record in records if record.key == "old")
    assert sorted(records) == sorted(generation(number)[1:])
    return number


def write_until_killed(path: Path, told: Connection) -> None:
    database = Database(path)
    for number in count(generation_read(database.read()) + 1):
        database.write(generation(number))
        told.send(number)


def test_a_process_that_is_killed_at_any_instant_loses_nothing_it_had_written(
    path: Path, other_processes: None
) -> None:
    for instant in range(8):
        ours, theirs = PROCESSES.Pipe(duplex=False)
        process = PROCESSES.Process(target=write_until_killed, args=(path, theirs))
        process.start()
        theirs.close()
        told = ours.recv()
        process.join(timeout=0.005 * instant)
        process.kill()
        process.join()
        with suppress(EOFError):
            while True:
                told = ours.recv()
        # The last one may have been written without anybody having heard of it.
        assert generation_read(read(path)) in {told, told + 1}


def hold(path: Path, told: Connection) -> None:
    with opened(path) as database:
        database.write([put("theirs")])
        told.send("open")
        told.recv()


def test_a_file_that_another_process_has_is_refused_and_left_alone(
    path: Path, other_processes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "LOCK_TIMEOUT", 0.05)
    ours, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(target=hold, args=(path, theirs))
    process.start()
    assert ours.recv() == "open"
    for _ in range(2):
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            Database(path)
    assert files(path) == {"", "-wal"}
    ours.send("close")
    process.join()
    assert process.exitcode == 0
    assert read(path) == [put("theirs")]


def journal_of(path: Path, generations: int) -> tuple[bytes, bytes]:
    """Give a file and its journal, in which each generation is one transaction."""
    with opened(path) as database:
        for number in range(generations):
            database.write(generation(number))
        return path.read_bytes(), path.with_name(f"{path.name}-wal").read_bytes()


def test_a_truncated_write_ahead_log_restores_whole_writes_only(path: Path) -> None:
    main, journal = journal_of(path, 4)
    torn = path.with_name("torn.db")
    found = set()
    for length in (*range(0, len(journal), len(journal) // 60), len(journal)):
        remove(torn)
        torn.write_bytes(main)
        torn.with_name("torn.db-wal").write_bytes(journal[:length])
        found.add(generation_read(read(torn)))
    assert found == {-1, 0, 1, 2, 3}
