"""Work of the processor as a count, which is the same on every machine: the calls of Python functions."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType

_TOOL = 3
# The event loop runs each of its callbacks by this.
_CALLBACK = asyncio.Handle._run.__code__


class Work:
    """Calls that were counted: all, and those of the callback that held up the event loop longest."""

    calls = 0
    longest = 0
    _current = 0

    def note(self, code: CodeType, _offset: int) -> None:
        """Count a call."""
        self.calls += 1
        self._current = 0 if code is _CALLBACK else self._current + 1
        self.longest = max(self.longest, self._current)


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
