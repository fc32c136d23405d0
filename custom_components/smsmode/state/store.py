"""Store of the state of an account: what changed is written in one transaction, in a thread.

A message is on the disk before its request leaves, unless the disk hangs; all who wait for the disk at the same time
share one write, in a thread of the account. What came of it may lag behind by seconds, but never behind what it belongs
to: a write takes everything that changed.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, CoreState, Event, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER
from ..helpers.repair_issues import IssueType, async_clear_issue, async_raise_issue
from ..helpers.timing import BurstDebouncer, async_wait_at_most
from .account_state import AccountState, initial_state, load_state
from .database import CorruptDatabaseError, Database, UnsupportedSchemaError, is_locked, quarantine, remove, sizes
from .writer import Writer

SAVE_DELAY = 2.0
AFTER_A_FAILURE = 60.0
# How long, in seconds, a start waits for the file before it reads a copy into memory.
OPENED_WITHIN = 5.0
# How long, in seconds, to wait for a slow disk. What is wanted at once can do without it much sooner.
PATIENCE = 30.0
SHORT_PATIENCE = 2.0

_STARTING = (CoreState.not_running, CoreState.starting)


class StorageError(Exception):
    """The state cannot be written to the disk."""


class AccountStore:
    """State of one account, and its file."""

    state: AccountState
    # Entries that could not be read, at this start or before, and are kept in a table of their own.
    unreadable_records: int
    # None while the file cannot be opened for writing.
    _database: Database | None

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Name the file after the config entry."""
        self._hass = hass
        self._entry = entry
        self._lock = asyncio.Lock()
        self._next: asyncio.Task[None] | None = None
        # Those who wait for the next write.
        self._waiting: list[asyncio.Future[bool]] = []
        self._writer = Writer(hass.loop, f"{DOMAIN} {entry.entry_id}")
        self._soon = BurstDebouncer(hass.loop, self._async_begin)
        self._failing = False
        self._opening: asyncio.Future[_OpenedFile[Database]] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._stop_listening: CALLBACK_TYPE | None = None
        self.is_closed = False

    async def async_open(self, now: datetime) -> None:
        """Open the file and read the state.

        A corrupt file is quarantined, and an entry that cannot be read is set aside: the user is told of both. A file
        that can be read and not be written, or not now, is read into memory, and written as soon as it can be. Raises
        ConfigEntryError for a file of a newer version, ConfigEntryNotReady if another process has the file, or if the
        disk has it and does not let it be read: what waits there may have been sent, or be sent by the other.
        """
        kept = self._hass.data.get(UNWRITTEN, {}).pop(self._entry.entry_id, None)
        opened: _OpenedFile[Database] | _OpenedFile[None]
        if kept:
            # The file may still be written to.
            self._lock = kept.lock
            opened, error = _OpenedFile(None, kept.state, 0, kept.unreadable), None
        else:
            opened, error = await self._async_open_file(now)
        if opened.state is None:
            LOGGER.error("What was remembered of %s cannot be read and was set aside", self._entry.title)
            async_raise_issue(self._hass, self._entry, IssueType.STATE_UNREADABLE)
        if opened.newly_unreadable:
            LOGGER.error("%d records of %s cannot be read: set aside", opened.newly_unreadable, self._entry.title)
            async_raise_issue(self._hass, self._entry, IssueType.RECORDS_UNREADABLE)
        self._database, self.unreadable_records = opened.database, opened.unreadable
        self.state = opened.state or initial_state(now)
        if kept:
            # Nothing but this tells whether the disk takes anything by now.
            self._failing = True
            self.async_save_soon()
        if error is not None:
            self._note_failure(error)
        self._stop_listening = self._hass.bus.async_listen_once(
            EVENT_HOMEASSISTANT_FINAL_WRITE, self._async_final_write
        )

    async def _async_open_file(
        self, now: datetime
    ) -> tuple[_OpenedFile[Database] | _OpenedFile[None], Exception | None]:
        """Open the file, or else a copy in memory; the second value is the error for which it cannot be written."""
        opening = self._async_begin_opening(now)
        try:
            if not await async_wait_at_most(self._hass, OPENED_WITHIN, opening):
                self._opening = opening
                return await self._async_open_copy(now), TimeoutError()
            try:
                return opening.result(), None
            except (sqlite3.Error, OSError) as err:
                if is_locked(err):
                    raise
                return await self._async_open_copy(now), err
        except UnsupportedSchemaError as err:
            raise ConfigEntryError(translation_domain=DOMAIN, translation_key="state_newer_version") from err
        except (sqlite3.Error, OSError) as err:
            self._hass.async_create_background_task(_async_discard(self._hass, opening), f"{DOMAIN} close")
            raise ConfigEntryNotReady(translation_domain=DOMAIN, translation_key="state_unavailable") from err

    def _async_begin_opening(self, now: datetime) -> asyncio.Future[_OpenedFile[Database]]:
        return self._async_in_thread(partial(_open, _path(self._hass, self._entry.entry_id), now))

    async def _async_open_copy(self, now: datetime) -> _OpenedFile[None]:
        reading = self._async_in_thread(partial(_open_copy, _path(self._hass, self._entry.entry_id), now))
        if not await async_wait_at_most(self._hass, OPENED_WITHIN, reading):
            raise TimeoutError
        return reading.result()

    async def async_save(self, patience: float = PATIENCE) -> None:
        """Return when the present state is on the disk.

        Raises StorageError, also if the file is closed, or if the disk has not taken it within so many seconds. Then
        the write goes on, and what changes meanwhile is in the next one: the disk never has the later without the
        earlier.
        """
        saved: asyncio.Future[bool] = self._hass.loop.create_future()
        self._waiting.append(saved)
        self._async_begin()
        try:
            async with asyncio.timeout(patience):
                is_written = await saved
        except TimeoutError as err:
            self._note_failure(err)
            raise StorageError from err
        if not is_written:
            raise StorageError

    @callback
    def async_save_soon(self) -> None:
        """Schedule a write that nobody waits for; in a burst it shares the next write that somebody waits for."""
        self._soon.trigger()

    @callback
    def async_save_later(self, delay: float = SAVE_DELAY) -> None:
        """Schedule a write within seconds, or when Home Assistant stops."""
        if self._cancel_timer is None and not self.is_closed:
            self._cancel_timer = async_call_later(self._hass, delay, self._async_delay_elapsed)

    async def async_pause_writes(self, *, still: bool) -> None:
        """Pause writes to the file while a backup copies it; its write-ahead log takes what comes meanwhile."""
        async with self._lock:
            if not self.is_closed and self._database is not None:
                await self._writer.submit(partial(self._database.pause_writes, still=still))

    async def async_close(self, patience: float = SHORT_PATIENCE) -> None:
        """Write what changed and close the file, which belongs to whoever opens it next.

        What cannot be written within so many seconds is kept in memory until then. A disk that hangs is not waited
        for: the account could not be reloaded meanwhile.
        """
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None
        self._cancel()
        if self._closing is None:
            self._closing = self._hass.async_create_task(self._async_close_file(), f"{DOMAIN} close")
            if not await async_wait_at_most(self._hass, patience, self._closing):
                self.is_closed = True
                self._note_failure(TimeoutError())
            if self._failing:
                kept = _UnwrittenState(self.state, self.unreadable_records, self._lock)
                self._hass.data.setdefault(UNWRITTEN, {})[self._entry.entry_id] = kept

    async def _async_close_file(self) -> None:
        async with self._lock:
            self.is_closed = True
            await self._async_write()
            if self._database is not None:
                await self._writer.submit(self._database.close)
        await self._async_in_thread(self._writer.stop)

    @callback
    def _async_begin(self) -> None:
        """Begin the next write, at once unless one is under way; all who ask until it begins share it."""
        if self._next is not None:
            return
        is_idle = not self._lock.locked()
        work, name = self._async_write_next(), f"{DOMAIN} save"
        if self._hass.state in _STARTING:
            # Home Assistant would wait for the disk with its start, and with all automations.
            task = asyncio.Task(work, loop=self._hass.loop, name=name, eager_start=is_idle)
        else:
            task = self._hass.async_create_task(work, name, eager_start=is_idle)
        if not is_idle:
            self._next = task

    async def _async_write_next(self) -> None:
        async with self._lock:
            self._next = None
            if not self.is_closed:
                await self._async_write()
            else:
                waiting, self._waiting = self._waiting, []
                _tell(waiting, is_written=False)

    async def _async_write(self) -> None:
        self._cancel()
        changes = self.state.drain_changes()
        waiting, self._waiting = self._waiting, []
        if not changes and not self._failing:
            _tell(waiting, is_written=True)
            return

        def end(err: BaseException | None) -> None:
            # Before those who wait are told: what was taken must not be lost.
            if err is None:
                self.state.confirm_changes(changes)
                self._note_success()
            else:
                self.state.restore_changes(changes)
                self._note_failure(err)
            _tell(waiting, is_written=err is None)

        if self._database is None:
            try:
                self._database = await self._async_open_for_writing()
            except Exception as err:  # noqa: BLE001 - whatever it was
                end(err)
                return
        with suppress(Exception):
            await self._writer.submit(partial(self._database.write, changes), end)

    async def _async_open_for_writing(self) -> Database:
        """Open the file, whose contents are in memory already, unless the start is still about to open it."""
        opening, self._opening = self._opening, None
        return (await (opening or self._async_begin_opening(dt_util.utcnow()))).database

    def _async_in_thread[T](self, work: Callable[[], T]) -> asyncio.Future[T]:
        """Return a future of work in a thread of the house: opening may hang, and a copy is opened beside it then.

        Home Assistant, when it stops, ceases to wait for threads of its own helper, though they go on: the file would
        be closed in the middle of a write.
        """
        return self._hass.loop.run_in_executor(None, work)

    def _note_failure(self, err: BaseException) -> None:
        if not self._failing:
            LOGGER.error("What is remembered of %s cannot be written: %s", self._entry.title, type(err).__name__)
            async_raise_issue(self._hass, self._entry, IssueType.STATE_UNWRITABLE)
        self._failing = True
        self.async_save_later(AFTER_A_FAILURE)

    def _note_success(self) -> None:
        if self._failing:
            async_clear_issue(self._hass, self._entry, IssueType.STATE_UNWRITABLE)
        self._failing = False

    @callback
    def _async_delay_elapsed(self, _now: datetime) -> None:
        self._cancel_timer = None
        self.async_save_soon()

    async def _async_final_write(self, _event: Event) -> None:
        # It was the only one that is heard.
        self._stop_listening = None
        await self.async_close(PATIENCE)

    def _cancel(self) -> None:
        self._soon.stop()
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None


def _tell(waiting: list[asyncio.Future[bool]], *, is_written: bool) -> None:
    for saved in waiting:
        # Not one whose caller waits no longer.
        if not saved.done():
            saved.set_result(is_written)


async def async_load_state(hass: HomeAssistant, entry_id: str) -> AccountState | None:
    """Return what is kept of an account that is not set up; None if it cannot be read."""

    def read(path: Path) -> AccountState | None:
        opened = _open(path, dt_util.utcnow())
        opened.database.close()
        return opened.state

    if kept := hass.data.get(UNWRITTEN, {}).get(entry_id):
        return kept.state
    try:
        return await hass.async_add_executor_job(read, _path(hass, entry_id))
    except UnsupportedSchemaError, sqlite3.Error, OSError:
        return None


async def async_remove_storage(hass: HomeAssistant, entry_id: str) -> None:
    """Delete the file of an account, and what was quarantined."""
    hass.data.get(UNWRITTEN, {}).pop(entry_id, None)
    await hass.async_add_executor_job(remove, _path(hass, entry_id))


async def async_file_sizes(hass: HomeAssistant, entry_id: str) -> dict[str, int]:
    """Return the size in bytes of each file of an account, by its suffix."""
    return await hass.async_add_executor_job(sizes, _path(hass, entry_id))


def _path(hass: HomeAssistant, entry_id: str) -> Path:
    return Path(hass.config.path(STORAGE_DIR, f"{DOMAIN}.{entry_id}.db"))


class _OpenedFile[D: Database | None](NamedTuple):
    """A file and what it holds: no state if it was corrupt; no database if it cannot be written."""

    database: D
    state: AccountState | None
    newly_unreadable: int
    unreadable: int


class _UnwrittenState(NamedTuple):
    """A state that was not written when the account was unloaded, and the lock of its file."""

    state: AccountState
    unreadable: int
    lock: asyncio.Lock


# By the id of the config entry.
UNWRITTEN: HassKey[dict[str, _UnwrittenState]] = HassKey(f"{DOMAIN}_unwritten")


def _open(path: Path, now: datetime) -> _OpenedFile[Database]:
    """Open the file and read it; quarantine it if it is corrupt."""
    path.parent.mkdir(exist_ok=True)
    try:
        return _read(Database(path), now)
    except CorruptDatabaseError:
        quarantine(path)
        return _OpenedFile(Database(path), None, 0, 0)


async def _async_discard(hass: HomeAssistant, opening: asyncio.Future[_OpenedFile[Database]]) -> None:
    """Close a file that is opened too late: while it is open it is locked."""
    with suppress(UnsupportedSchemaError, sqlite3.Error, OSError):
        await hass.async_add_executor_job((await opening).database.close)


def _open_copy(path: Path, now: datetime) -> _OpenedFile[None]:
    """Read a file that cannot be written."""
    try:
        opened = _read(Database(path, in_memory=True), now)
    except CorruptDatabaseError:
        return _OpenedFile(None, None, 0, 0)
    opened.database.close()
    return _OpenedFile(None, opened.state, opened.newly_unreadable, opened.unreadable)


def _read(database: Database, now: datetime) -> _OpenedFile[Database]:
    with ExitStack() as unless_read:
        # Nobody else would close it, and while it is open it is locked.
        unless_read.callback(database.close)
        state, unreadable = load_state(database.read(), now)
        if unreadable:
            database.set_aside(unreadable)
        opened = _OpenedFile(database, state, len(unreadable), database.count_unreadable())
        unless_read.pop_all()
    return opened
