import os
import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from functools import cache
from hashlib import shake_128
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from stat import S_IMODE
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_socket import socket_allow_hosts

from custom_components.smsmode import database as database_module
from custom_components.smsmode.database import VERSION, Database, UnreadableError, remove, set_aside
from custom_components.smsmode.records import Record

SECRET = "Front door code 4711"
# Other processes are forked from one that has imported this module already.
PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "smsmode.1.db"


@pytest.fixture
def other_processes(socket_enabled: None) -> None:
    """Let processes talk to each other through sockets that lead to no network."""
    socket_allow_hosts([], allow_unix_socket=True)


def opened(path: Path) -> closing[Database]:
    return closing(Database(path))


def put(key: str, value: object = 1, part: str = "", shelf: str = "shelf") -> Record:
    return Record(shelf, key, part, value)


def take_off(key: str, shelf: str = "shelf") -> Record:
    return Record(shelf, key, "", None)


def write(path: Path, *records: Record) -> None:
    with opened(path) as database:
        database.write(records)


def read(path: Path) -> list[Record]:
    with opened(path) as database:
        return database.read()


def files(path: Path) -> set[str]:
    return {file.name.removeprefix(path.name) for file in path.parent.iterdir() if file.is_file()}


def as_if_the_plug_were_pulled(path: Path) -> Path:
    """Copy what is on the disk at this moment, without anybody closing anything."""
    copy = path.with_name("pulled") / path.name
    shutil.rmtree(copy.parent, ignore_errors=True)
    copy.parent.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        shutil.copy(file, copy.parent)
    return copy


@contextmanager
def full_disk(room: int = 0) -> Iterator[None]:
    """Let the disk take no file larger than this, as one that is full does: what is to be written is refused."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_new_file_is_empty_and_for_its_owner_alone(path: Path) -> None:
    umask = os.umask(0)
    try:
        with opened(path) as database:
            assert database.read() == []
            database.write([put("a")])
            assert "" in files(path)
            assert {S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    finally:
        os.umask(umask)
    assert files(path) == {""}


def test_what_is_written_is_read_again(path: Path) -> None:
    values = ["text é €\n🔥", 5, -1.5, True, [], [1, [2]], {"a": {"b": None}}, {}, "", 0, False]
    records = [put(str(index), value) for index, value in enumerate(values)]
    write(path, *records)
    assert read(path) == records


def test_records_stay_in_the_order_in_which_they_were_first_written(path: Path) -> None:
    write(path, put("a"), put("b"), put("c"), put("a", part="left"))
    write(path, put("b", 2), put("a", 3, part="left"))
    write(path, take_off("c"), put("d"), put("c", 4))
    assert read(path) == [put("a"), put("b", 2), put("a", 3, part="left"), put("d"), put("c", 4)]


def test_whatever_is_taken_off_takes_its_parts_along_and_nothing_else(path: Path) -> None:
    others = [put("ab"), put("a", shelf="another"), put("b", part="a")]
    write(path, put("a"), put("a", part="left"), *others)
    write(path, take_off("a"), take_off("unknown"))
    assert read(path) == others


def test_whichever_thread_asks(path: Path) -> None:
    with opened(path) as database, ThreadPoolExecutor(3) as threads:
        for key in "abc":
            threads.submit(database.write, [put(key)]).result()
        assert threads.submit(database.read).result() == [put("a"), put("b"), put("c")]


def test_a_write_is_on_the_disk_when_it_returns(path: Path) -> None:
    with opened(path) as database:
        for number in range(5):
            database.write([put("a", number)])
            assert read(as_if_the_plug_were_pulled(path)) == [put("a", number)]


def test_of_a_write_that_is_cut_short_nothing_is_there(path: Path) -> None:
    def records() -> Iterator[Record]:
        yield put("b")
        yield take_off("a")
        raise KeyboardInterrupt

    with opened(path) as database:
        database.write([put("a")])
        for broken in (records(), [put("b"), put("c", object())]):
            with pytest.raises((KeyboardInterrupt, TypeError)):
                database.write(broken)
            assert database.read() == [put("a")]
        database.write([put("b")])
    assert read(path) == [put("a"), put("b")]


LARGE = [put(str(index), f"{index} " * 300) for index in range(200)]


@pytest.mark.parametrize("room", [0, 4_096, 20_000, 100_000], ids=["nothing", "a page", "some pages", "half of it"])
def test_a_full_disk_refuses_the_whole_write_and_keeps_what_is_there(path: Path, room: int) -> None:
    with opened(path) as database:
        database.write([put("before")])
        with full_disk(room):
            for _ in range(3):
                with pytest.raises(sqlite3.OperationalError):
                    database.write([take_off("before"), *LARGE])
                assert database.read() == [put("before")]
        assert read(as_if_the_plug_were_pulled(path)) == [put("before")]
        # Somebody has made room.
        database.write([take_off("before"), *LARGE])
        assert read(as_if_the_plug_were_pulled(path)) == LARGE
    assert read(path) == LARGE


def test_what_the_database_itself_calls_a_full_disk_is_one_too(path: Path) -> None:
    with opened(path) as database:
        database.write([put("before")])
        [(pages,)] = database._connection.execute("PRAGMA page_count")
        database._connection.execute(f"PRAGMA max_page_count = {pages + 5}")
        with pytest.raises(sqlite3.OperationalError, match="full"):
            database.write([take_off("before"), *LARGE])
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
        database.stand_still(still=True)
        as_it_was = path.read_bytes()
        for number in range(20):
            database.write([put("a", f"{number} " * 300_000)])
        assert path.read_bytes() == as_it_was
        # The file is whole without its journal, and with it.
        alone = path.with_name("alone.db")
        alone.write_bytes(as_it_was)
        assert read(alone) == LARGE
        assert read(as_if_the_plug_were_pulled(path))[-1] == put("a", "19 " * 300_000)
        database.stand_still(still=False)
        for number in range(20):
            database.write([put("a", f"{number} " * 300_000)])
        assert path.read_bytes() != as_it_was
    assert read(path)[-1] == put("a", "19 " * 300_000)


GENERATION = 50


def generation(number: int) -> list[Record]:
    """What one transaction writes: all of it has the same number."""
    return [take_off("old"), put("old", number), *(put(str(index), f"{number} " * 20) for index in range(GENERATION))]


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
    monkeypatch.setattr(database_module, "PATIENCE", 0.05)
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
        pytest.param(torn, id="torn"),
        pytest.param(overwritten, id="zeros in the middle"),
        pytest.param(another_database, id="a database of another kind"),
        pytest.param(newer_version, id="a newer version"),
        pytest.param(value_that_is_not_ours(b"{"), id="half a value"),
        pytest.param(value_that_is_not_ours(b"\xff\x00"), id="no text"),
        pytest.param(value_that_is_not_ours(17), id="a number"),
    ],
)
def test_what_cannot_be_read_is_said_and_can_be_set_aside(path: Path, damage: Callable[[Path], object]) -> None:
    damage(path)
    for _ in range(2):
        with pytest.raises(UnreadableError):
            read(path)
    size = path.stat().st_size
    set_aside(path)
    assert files(path) == {".unreadable"}
    assert path.with_name(f"{path.name}.unreadable").stat().st_size == size
    write(path, put("a"))
    assert read(path) == [put("a")]


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
    with suppress(UnreadableError):
        assert all(isinstance(record, Record) for record in read(path))


def test_what_is_set_aside_is_kept_once(path: Path) -> None:
    path.write_text("first")
    path.with_name(f"{path.name}-wal").write_text("journal of the first")
    set_aside(path)
    assert files(path) == {".unreadable", "-wal.unreadable"}
    path.write_text("second")
    set_aside(path)
    # A journal of another file beside it could only mislead whoever looks into it.
    assert files(path) == {".unreadable"}
    assert path.with_name(f"{path.name}.unreadable").read_text() == "second"


def test_setting_aside_what_is_not_there_keeps_what_was(path: Path) -> None:
    path.write_text("first")
    set_aside(path)
    set_aside(path)
    assert files(path) == {".unreadable"}


def test_nothing_is_left_of_what_is_removed_and_nothing_else_is_touched(path: Path) -> None:
    remove(path)
    path.write_text("torn")
    set_aside(path)
    other = path.with_name("smsmode.2.db")
    write(other, put("theirs"))
    with opened(path) as database:
        database.write([put("a")])
        as_it_fell = as_if_the_plug_were_pulled(path)
    for file in as_it_fell.parent.iterdir():
        shutil.copy(file, path.parent)
    remove(path)
    assert {file.name for file in path.parent.iterdir() if file.is_file()} == {other.name}
    assert read(other) == [put("theirs")]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param([take_off("a")], id="taken off"),
        pytest.param([put("a", "short")], id="replaced"),
        pytest.param([take_off(str(index)) for index in range(200)] + [take_off("a")], id="with all the rest"),
    ],
)
def test_a_text_that_is_gone_is_not_in_the_file(path: Path, change: list[Record]) -> None:
    with opened(path) as database:
        database.write([*LARGE, put("a", f"{SECRET} " * 200)])
        assert SECRET.encode() in path.with_name(f"{path.name}-wal").read_bytes()
    assert SECRET.encode() in path.read_bytes()
    write(path, *change)
    assert files(path) == {""}
    assert SECRET.encode() not in path.read_bytes()


def test_the_journal_does_not_grow_with_the_life_of_a_house(path: Path) -> None:
    journal = path.with_name(f"{path.name}-wal")
    with opened(path) as database:
        for number in range(40):
            database.write([put("a", f"{number} " * 300_000)])
            assert journal.stat().st_size < 8_000_000
        # Nor does it stay as large as a long night without a disk has once made it.
        database.write([put("a", "0 " * 10_000_000)])
        for number in range(3):
            database.write([put("a", number)])
        assert journal.stat().st_size < 2_000_000
