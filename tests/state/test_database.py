"""What is written is on the disk, whole and in order, and what is removed is nowhere in the file."""

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from stat import S_IMODE

import pytest

from custom_components.smsmode.state.account_state import Record
from custom_components.smsmode.state.database import quarantine, remove
from tests.support.database_files import LARGE, copy_of_files, delete, files, opened, put, read, write

SECRET = "Front door code 4711"


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
    write(path, put("a"), put("b"), put("c"), put("a", field="left"))
    write(path, put("b", 2), put("a", 3, field="left"))
    write(path, delete("c"), put("d"), put("c", 4))
    assert read(path) == [put("a"), put("b", 2), put("a", 3, field="left"), put("d"), put("c", 4)]


def test_whatever_is_taken_off_takes_its_parts_along_and_nothing_else(path: Path) -> None:
    others = [put("ab"), put("a", collection="another"), put("b", field="a")]
    write(path, put("a"), put("a", field="left"), *others)
    write(path, delete("a"), delete("unknown"))
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
            assert read(copy_of_files(path)) == [put("a", number)]


def test_of_a_write_that_is_cut_short_nothing_is_there(path: Path) -> None:
    def records() -> Iterator[Record]:
        yield put("b")
        yield delete("a")
        raise KeyboardInterrupt

    with opened(path) as database:
        database.write([put("a")])
        for broken in (records(), [put("b"), put("c", object())]):
            with pytest.raises((KeyboardInterrupt, TypeError)):
                database.write(broken)
            assert database.read() == [put("a")]
        database.write([put("b")])
    assert read(path) == [put("a"), put("b")]


def test_nothing_is_left_of_what_is_removed_and_nothing_else_is_touched(path: Path) -> None:
    remove(path)
    path.write_text("torn")
    quarantine(path)
    other = path.with_name("smsmode.2.db")
    write(other, put("theirs"))
    with opened(path) as database:
        database.write([put("a")])
        as_it_fell = copy_of_files(path)
    for file in as_it_fell.parent.iterdir():
        shutil.copy(file, path.parent)
    remove(path)
    assert {file.name for file in path.parent.iterdir() if file.is_file()} == {other.name}
    assert read(other) == [put("theirs")]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param([delete("a")], id="taken off"),
        pytest.param([put("a", "short")], id="replaced"),
        pytest.param([delete(str(index)) for index in range(200)] + [delete("a")], id="with all the rest"),
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


def test_the_write_ahead_log_does_not_grow_for_ever(path: Path) -> None:
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
