"""Disks of tests that take nothing: read-only, full, or failing."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from shutil import copy
from unittest.mock import patch

from custom_components.smsmode.state.database import Database

UNWRITABLE = [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO]


@contextmanager
def unopenable(error: int) -> Iterator[None]:
    """Let the file of an account be opened for reading alone."""
    with patch("custom_components.smsmode.state.database.os.open", side_effect=OSError(error, os.strerror(error))):
        yield


@contextmanager
def refusing(error_name: str) -> Iterator[None]:
    """Let SQLite refuse each transaction with an error of this name."""
    err = sqlite3.OperationalError(error_name)
    err.sqlite_errorname = error_name
    err.sqlite_errorcode = getattr(sqlite3, error_name)
    transaction = Database._transaction

    def refuse(database: Database) -> AbstractContextManager[sqlite3.Cursor]:
        # A copy in memory needs no disk.
        if database._connection.execute("PRAGMA database_list").fetchone()[2]:
            raise err
        return transaction(database)

    with patch.object(Database, "_transaction", refuse):
        yield


def copy_after_a_fall(folder: Path, entry_id: str, new_id: str) -> None:
    """Copy the files of an open account, as a power failure leaves them: most is in the write-ahead log."""
    for ending in ("", "-wal"):
        copy(folder / f"smsmode.{entry_id}.db{ending}", folder / f"smsmode.{new_id}.db{ending}")
