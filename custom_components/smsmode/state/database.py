"""The file of an account: SQLite, because a file that is written whole costs more with each message it holds.

A write is one transaction: after a fall it is there or it is not. Everything here waits for the disk and belongs into a
thread. It knows nothing of what it keeps.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from functools import wraps
from pathlib import Path
from typing import Final

from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import json_loads

from .account_state import Record

VERSION: Final = 1
UNREADABLE: Final = ".unreadable"
# How long to wait for another process, which may be this house a moment ago, in seconds.
LOCK_TIMEOUT = 5.0
# SQLite's own measure of when the journal goes into the file.
CHECKPOINT_PAGES: Final = 1000

_SETTINGS: Final = (
    # One process alone has it, and no shared memory is needed beside it.
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA journal_size_limit = 1048576",
    # Texts and numbers that are taken off do not stay in the file.
    "PRAGMA secure_delete = ON",
)
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS record (
    id INTEGER PRIMARY KEY,
    shelf TEXT NOT NULL,
    key TEXT NOT NULL,
    part TEXT NOT NULL,
    value BLOB NOT NULL,
    UNIQUE (shelf, key, part)
)
"""
_PUT: Final = """
INSERT INTO record (shelf, key, part, value) VALUES (?, ?, ?, ?)
ON CONFLICT (shelf, key, part) DO UPDATE SET value = excluded.value
"""
_TAKE: Final = "DELETE FROM record WHERE shelf = ? AND key = ?"
_ALL: Final = "SELECT shelf, key, part, value FROM record ORDER BY id"


class CorruptDatabaseError(Exception):
    """The file is torn, or not one of ours."""


def _telling_unreadable[**P, R](work: Callable[P, R]) -> Callable[P, R]:
    """Tell a file that is torn, or not ours, from a disk that refuses: of that, what it holds is not to blame."""

    @wraps(work)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return work(*args, **kwargs)
        except sqlite3.OperationalError as err:
            # Locked by another process, full, failing; or else something is missing that is in every file of ours.
            if err.sqlite_errorcode & 0xFF != sqlite3.SQLITE_ERROR:
                raise
            raise CorruptDatabaseError from err
        except (sqlite3.DatabaseError, ValueError) as err:
            raise CorruptDatabaseError from err

    return wrapper


class Database:
    """The open file."""

    def __init__(self, path: Path) -> None:
        """Open it, or make it, for its owner alone. UnreadableError if it is torn; sqlite3.Error, OSError else."""
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=LOCK_TIMEOUT)
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    @_telling_unreadable
    def _prepare(self) -> None:
        for setting in _SETTINGS:
            self._connection.execute(setting)
        if self._ask("PRAGMA quick_check(1)") != "ok" or self._ask("PRAGMA user_version") not in {0, VERSION}:
            raise CorruptDatabaseError
        self._connection.execute(_TABLE)
        self._connection.execute(f"PRAGMA user_version = {VERSION}")

    def _ask(self, question: str) -> object:
        return self._connection.execute(question).fetchone()[0]

    @_telling_unreadable
    def read(self) -> list[Record]:
        """Give all records, in the order in which they were first written. UnreadableError if one cannot be read."""
        rows = self._connection.execute(_ALL).fetchall()
        return [Record(shelf, key, part, json_loads(value)) for shelf, key, part, value in rows]

    def write(self, records: Iterable[Record]) -> None:
        """Write all of these or, with sqlite3.Error, none; they are on the disk when this returns."""
        with closing(self._connection.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            try:
                for shelf, key, part, value in records:
                    if value is None:
                        cursor.execute(_TAKE, (shelf, key))
                    else:
                        cursor.execute(_PUT, (shelf, key, part, json_bytes(value)))
                cursor.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    cursor.execute("ROLLBACK")
                raise

    def pause_writes(self, *, still: bool) -> None:
        """Leave the file as it is, and write into the journal alone, while somebody copies both."""
        if still:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.execute(f"PRAGMA wal_autocheckpoint = {0 if still else CHECKPOINT_PAGES}")

    def close(self) -> None:
        """Close the file; what is in the journal goes into it."""
        self._connection.close()


def quarantine(path: Path) -> None:
    """Keep an unreadable file under another name, in place of one that was kept before."""
    torn = [file for file in _files(path) if not file.name.endswith(UNREADABLE)]
    kept = {file.replace(file.with_name(file.name + UNREADABLE)) for file in torn}
    # What is left of another file could only spoil this one.
    for file in set(_files(path)) - kept if kept else ():
        file.unlink()


def remove(path: Path) -> None:
    """Delete the file and all that lies beside it under its name."""
    for file in _files(path):
        file.unlink(missing_ok=True)


def sizes(path: Path) -> dict[str, int]:
    """Give the bytes of the file and of all that lies beside it, by what comes after its name."""
    return {file.name.removeprefix(path.name): file.stat().st_size for file in _files(path)}


def _files(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}*"))
