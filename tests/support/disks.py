"""Disks of tests that take nothing, or not now: read-only, full, failing, hanging."""

import asyncio
import errno
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from shutil import copy
from unittest.mock import patch

from custom_components.smsmode.state.account_state import Record
from custom_components.smsmode.state.database import Database

UNWRITABLE = [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO]


@contextmanager
def unopenable(error: int) -> Iterator[None]:
    """Let the file of an account be opened for reading alone."""
    with patch("custom_components.smsmode.state.database.os.open", side_effect=OSError(error, os.strerror(error))):
        yield


@contextmanager
def refusing(error_name: str) -> Iterator[None]:
    """Let SQLite refuse each write with an error of this name."""
    err = sqlite3.OperationalError(error_name)
    err.sqlite_errorname = error_name
    err.sqlite_errorcode = getattr(sqlite3, error_name)
    transaction = Database._transaction

    def refuse(database: Database) -> AbstractContextManager[sqlite3.Cursor]:
        # A copy in memory needs no disk.
        if database._connection.execute("PRAGMA database_list").fetchone()[2]:
            raise err
        return transaction(database)

    with patch.object(Database, "_transaction", refuse), patch.object(Database, "write", side_effect=err):
        yield


def copy_after_a_fall(folder: Path, entry_id: str, new_id: str) -> None:
    """Copy the files of an open account, as a power failure leaves them: most is in the write-ahead log."""
    for ending in ("", "-wal"):
        copy(folder / f"smsmode.{entry_id}.db{ending}", folder / f"smsmode.{new_id}.db{ending}")


class HangingDisk:
    """A disk on which each write hangs until it is released; ``begun`` and ``ended`` count them."""

    def __init__(self) -> None:
        """Hang."""
        self.begun = self.ended = 0
        self.was_released: bool | None = None
        self._hangs, self._go_on = threading.Event(), threading.Event()

    async def async_wait_until_it_hangs(self) -> None:
        """Wait for the first write."""
        assert await asyncio.to_thread(self._hangs.wait, 10)

    def release(self) -> None:
        """Let writes end from now on."""
        self._go_on.set()

    def write(self, write: Callable[[], None]) -> None:
        """Write, once released."""
        self.begun += 1
        self._hangs.set()
        self.was_released = self._go_on.wait(20)
        assert self.was_released
        write()
        self.ended += 1


@contextmanager
def hanging() -> Iterator[HangingDisk]:
    """Let the disk hang, for the length of the block at most."""
    disk, write = HangingDisk(), Database.write

    def hang(database: Database, records: Iterable[Record]) -> None:
        disk.write(lambda: write(database, records))

    with patch.object(Database, "write", hang):
        try:
            yield disk
        finally:
            disk.release()


@contextmanager
def opening_hangs() -> Iterator[HangingDisk]:
    """Let the disk hang when a file is opened for writing, for the length of the block at most."""
    disk, open_file = HangingDisk(), os.open

    def hang(path: Path, flags: int, mode: int) -> int:
        disk.write(lambda: None)
        return open_file(path, flags, mode)

    with patch("custom_components.smsmode.state.database.os.open", hang):
        try:
            yield disk
        finally:
            disk.release()
