"""A process that is killed loses nothing, and a file that another process has is left alone."""

import sqlite3
from contextlib import suppress
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from pytest_socket import socket_allow_hosts

from custom_components.smsmode.state import database as database_module
from custom_components.smsmode.state.account_state import Record
from custom_components.smsmode.state.database import Database, remove
from tests.support.database_files import delete, files, opened, put, read

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


def test_a_journal_that_is_torn_anywhere_gives_back_whole_writes_only(path: Path) -> None:
    main, journal = journal_of(path, 4)
    torn = path.with_name("torn.db")
    found = set()
    for length in (*range(0, len(journal), len(journal) // 60), len(journal)):
        remove(torn)
        torn.write_bytes(main)
        torn.with_name("torn.db-wal").write_bytes(journal[:length])
        found.add(generation_read(read(torn)))
    assert found == {-1, 0, 1, 2, 3}
