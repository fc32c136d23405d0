"""Database file of an account: SQLite, because a file that is written whole costs more with each message it holds.

A write is one transaction: after a crash it is there or it is not. Everything here blocks and belongs into a thread.
The database knows nothing of what the records mean.
"""

import os
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import wraps
from itertools import batched, chain
from pathlib import Path
from typing import Any, Final

from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import json_loads

from .account_state import EntryId, Record
from .migrations import UNREADABLE_TABLE, VERSION, migrate

UNREADABLE: Final = ".unreadable"
# How long to wait for another process, which may be this house a moment ago, in seconds.
LOCK_TIMEOUT = 5.0
# What SQLite says of a file that another process has.
_LOCKED: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)
# To which the write-ahead log is cut. It goes into the file before it is longer, or each time it would grow anew.
LOG_SIZE: Final = 1024 * 1024

_SETTINGS: Final = (
    # Of a new file: a few hundred bytes are written as whole pages.
    "PRAGMA page_size = 1024",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    f"PRAGMA journal_size_limit = {LOG_SIZE}",
    # Deleted texts and numbers do not stay in the file.
    "PRAGMA secure_delete = ON",
)
_TABLE: Final = """
CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    field TEXT NOT NULL,
    value BLOB NOT NULL,
    UNIQUE (collection, key, field)
)
"""
# Rows of one statement: between two statements the thread may wait for the interpreter.
_ROWS_AT_ONCE: Final = 32
_DELETE: Final = "DELETE FROM record WHERE collection = ? AND key = ?"
_ALL: Final = "SELECT collection, key, field, value FROM record ORDER BY id"
_SET_ASIDE: Final = """
INSERT INTO unreadable (collection, key, field, value)
SELECT collection, key, field, value FROM record WHERE collection = ? AND key = ?
"""
_COUNT_UNREADABLE: Final = "SELECT COUNT(*) FROM (SELECT DISTINCT collection, key FROM unreadable)"
# Rows that are kept of what cannot be read. What is more than that stays where it is.
MAX_UNREADABLE: Final = 1_000
# The value of a record that is no JSON.
NO_JSON: Final = object()


class CorruptDatabaseError(Exception):
    """The file is torn, or not one of ours."""


class UnsupportedSchemaError(Exception):
    """A newer version wrote the file: it is not opened, and nothing of it was changed."""


def is_locked(err: Exception) -> bool:
    """Return whether another process has the file. Anything else that is refused is a matter of the disk."""
    return isinstance(err, sqlite3.OperationalError) and err.sqlite_errorcode & 0xFF in _LOCKED


def _detecting_corruption[**P, R](work: Callable[P, R]) -> Callable[P, R]:
    """Raise CorruptDatabaseError for a file that is torn or not ours, and let errors of the disk pass."""

    @wraps(work)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return work(*args, **kwargs)
        except sqlite3.OperationalError as err:
            # Locked by another process, full, failing; or else a table is missing that every file of ours has.
            if err.sqlite_errorcode & 0xFF != sqlite3.SQLITE_ERROR:
                raise
            raise CorruptDatabaseError from err
        except (sqlite3.DatabaseError, UnicodeDecodeError) as err:
            raise CorruptDatabaseError from err

    return wrapper


class Database:
    """Open database of an account. All methods block: call them in a thread."""

    def __init__(self, path: Path, *, in_memory: bool = False) -> None:
        """Open the file, or create it, for its owner alone, and migrate it; or a copy of it in memory.

        The copy needs no disk that can be written. Raises CorruptDatabaseError, UnsupportedSchemaError, and
        sqlite3.Error or OSError if the disk refuses.
        """
        if not in_memory:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        place = ":memory:" if in_memory else path
        self._connection = sqlite3.connect(place, isolation_level=None, check_same_thread=False, timeout=LOCK_TIMEOUT)
        try:
            if in_memory:
                self._copy_from(path)
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    @_detecting_corruption
    def _copy_from(self, path: Path) -> None:
        """Copy a file that cannot be written, if there is one."""
        if not path.exists():
            return
        log = path.with_name(f"{path.name}-wal")
        # SQLite reads a write-ahead log without a lock of its own only through this file system layer, and opens a file
        # that should have a log, and has none, only as one that never changes.
        mode = "vfs=unix-none" if log.exists() and log.stat().st_size else "immutable=1"
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&{mode}", uri=True)) as original:
            original.execute("PRAGMA locking_mode = EXCLUSIVE")
            original.backup(self._connection)

    @_detecting_corruption
    def _prepare(self) -> None:
        # One process alone has it, and no shared memory is needed beside it.
        self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        version = self._ask("PRAGMA user_version")
        if version > VERSION:
            raise UnsupportedSchemaError
        for setting in _SETTINGS:
            self._connection.execute(setting)
        self._checkpoint_pages = LOG_SIZE // self._ask("PRAGMA page_size")
        self._connection.execute(f"PRAGMA wal_autocheckpoint = {self._checkpoint_pages}")
        if self._ask("PRAGMA quick_check(1)") != "ok" or version < 0:
            raise CorruptDatabaseError
        if version < VERSION:
            with self._transaction() as cursor:
                if version:
                    migrate(cursor, version)
                else:
                    cursor.execute(_TABLE)
                    cursor.execute(UNREADABLE_TABLE)
                cursor.execute(f"PRAGMA user_version = {VERSION}")

    def _ask(self, question: str) -> Any:
        return self._connection.execute(question).fetchone()[0]

    @_detecting_corruption
    def read(self) -> list[Record]:
        """Return all records, in the order in which they were first written; of some the value may be NO_JSON."""
        rows = self._connection.execute(_ALL).fetchall()
        return [Record(collection, key, field, _parsed(value)) for collection, key, field, value in rows]

    def set_aside(self, entries: Iterable[EntryId]) -> None:
        """Move entries that cannot be read into a table of their own, as long as it has room, and keep them there."""
        with self._transaction() as cursor:
            room = MAX_UNREADABLE - cursor.execute("SELECT COUNT(*) FROM unreadable").fetchone()[0]
            for entry in entries:
                rows = cursor.execute("SELECT COUNT(*) FROM record WHERE collection = ? AND key = ?", entry)
                room -= rows.fetchone()[0]
                if room < 0:
                    break
                cursor.execute(_SET_ASIDE, entry)
                cursor.execute(_DELETE, entry)

    def count_unreadable(self) -> int:
        """Return how many entries are set aside."""
        return int(self._ask(_COUNT_UNREADABLE))

    def write(self, records: Iterable[Record]) -> None:
        """Write all of these or, with sqlite3.Error, none; they are on the disk when this returns."""
        removed: list[EntryId] = []
        rows: list[tuple[str, str, str, bytes]] = []
        for collection, key, field, value in records:
            if value is None:
                removed.append((collection, key))
            else:
                rows.append((collection, key, field, json_bytes(value)))
        if not removed and 0 < len(rows) <= _ROWS_AT_ONCE:
            # A message that is about to leave: one statement is a transaction by itself.
            self._connection.execute(*_put(rows))
            return
        with self._transaction() as cursor:
            cursor.executemany(_DELETE, removed)
            for some in batched(rows, _ROWS_AT_ONCE, strict=False):
                cursor.execute(*_put(some))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Cursor]:
        with closing(self._connection.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            try:
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    cursor.execute("ROLLBACK")
                raise

    def pause_writes(self, *, still: bool) -> None:
        """Pause or resume checkpoints: writes go into the write-ahead log alone while somebody copies the file."""
        if still:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.execute(f"PRAGMA wal_autocheckpoint = {0 if still else self._checkpoint_pages}")

    def close(self) -> None:
        """Close the file; the write-ahead log goes into it."""
        self._connection.close()


def _put(rows: Collection[tuple[str, str, str, bytes]]) -> tuple[str, list[object]]:
    """Return the statement that writes rows, and its parameters."""
    statement = f"""
INSERT INTO record (collection, key, field, value) VALUES {",".join(["(?, ?, ?, ?)"] * len(rows))}
ON CONFLICT (collection, key, field) DO UPDATE SET value = excluded.value
"""  # noqa: S608 - question marks alone
    return statement, list(chain.from_iterable(rows))


def _parsed(value: Any) -> Any:
    try:
        return json_loads(value)
    except TypeError, ValueError:
        return NO_JSON


def quarantine(path: Path) -> None:
    """Rename a corrupt file, in place of one that was quarantined before."""
    torn = [file for file in _files(path) if not file.name.endswith(UNREADABLE)]
    kept = {file.replace(file.with_name(file.name + UNREADABLE)) for file in torn}
    # What is left of another file could only spoil this one.
    for file in set(_files(path)) - kept if kept else ():
        file.unlink()


def remove(path: Path) -> None:
    """Delete the file and all files beside it that begin with its name."""
    for file in _files(path):
        file.unlink(missing_ok=True)


def sizes(path: Path) -> dict[str, int]:
    """Return the size in bytes of the file and of those that begin with its name, by their suffix."""
    return {file.name.removeprefix(path.name): file.stat().st_size for file in _files(path)}


def _files(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}*"))
