"""Work as a count, which is the same on every machine: calls of Python functions, turns of the loop, states, writes."""

import asyncio
import sys
from asyncio import base_events
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from unittest.mock import patch

from aiohttp import ClientSession
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback

from custom_components.smsmode.runtime import SmsmodeRuntimeData
from custom_components.smsmode.state.account_state import PendingWrites
from custom_components.smsmode.state.database import Database

_TOOL = 3
# The event loop runs each of its callbacks by this, and each of its turns.
_CALLBACK = asyncio.Handle._run.__code__
_TURN: CodeType = vars(base_events.BaseEventLoop)["_run_once"].__code__
# A request begins.
_REQUEST = ClientSession._request.__code__
# What a thread has handed to the system to write.
_COUNTERS = Path("/proc/thread-self/io")


class Work:
    """Calls that were counted: all, and those of the callback that held up the event loop longest.

    ``turns_to_request`` are the turns of the event loop before the first request to the gateway.
    """

    calls = 0
    longest = 0
    turns_to_request: int | None = None
    _current = 0
    _turns = 0

    def note(self, code: CodeType, _offset: int) -> None:
        """Count a call."""
        self.calls += 1
        self._current = 0 if code is _CALLBACK else self._current + 1
        self.longest = max(self.longest, self._current)
        self._turns += code is _TURN
        if self.turns_to_request is None and code is _REQUEST:
            self.turns_to_request = self._turns


@contextmanager
def counted_calls() -> Iterator[Work]:
    """Count the calls of Python functions in all threads until the block ends."""
    work, events = Work(), sys.monitoring.events
    sys.monitoring.use_tool_id(_TOOL, "calls")
    try:
        sys.monitoring.register_callback(_TOOL, events.PY_START, work.note)
        sys.monitoring.set_events(_TOOL, events.PY_START)
        yield work
    finally:
        sys.monitoring.set_events(_TOOL, events.NO_EVENTS)
        sys.monitoring.register_callback(_TOOL, events.PY_START, None)
        sys.monitoring.free_tool_id(_TOOL)


@dataclass
class Writes:
    """Writes to the disk: the statements of each, and the bytes of all."""

    statements: list[list[str]] = field(default_factory=list)
    bytes: int = 0


@contextmanager
def counted_writes(account: SmsmodeRuntimeData) -> Iterator[Writes]:
    """Count the writes of an account until the block ends. Each ends with one fdatasync, as its settings say."""
    writes, write = Writes(), Database.write

    def counted(database: Database, records: PendingWrites) -> None:
        statements: list[str] = []
        database._connection.set_trace_callback(statements.append)
        before = _bytes_written()
        write(database, records)
        writes.bytes += _bytes_written() - before
        database._connection.set_trace_callback(None)
        writes.statements.append(statements)

    assert account.store._database is not None
    with patch.object(Database, "write", counted):
        yield writes


def _bytes_written() -> int:
    return int(_COUNTERS.read_text().split("wchar: ")[1].split()[0])


@contextmanager
def counted_states(hass: HomeAssistant) -> Iterator[list[str]]:
    """Collect the entities whose state is written until the block ends."""
    written: list[str] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        written.append(event.data["entity_id"])

    unsubscribe = hass.bus.async_listen("state_changed", note)
    yield written
    unsubscribe()
