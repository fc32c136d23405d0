"""Request log: the latest 10,000 requests and their answers, in bytes."""

import asyncio
from base64 import b64encode
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from multidict import CIMultiDictProxy

MAX_ENTRIES = 10_000


@dataclass
class LogEntry:
    """Request, and its answer once there is one."""

    serial: int
    time: str
    method: str
    path: str
    query: str
    headers: CIMultiDictProxy[str]
    body: bytes
    params: dict[str, str] = field(default_factory=dict)
    fault: str = ""
    status: int | None = None
    answer: bytes | None = None

    @property
    def endpoint(self) -> str:
        """Return the last part of the path: `sendSMS.do`."""
        return self.path.rpartition("/")[2]

    def as_json(self) -> dict[str, Any]:
        """Return it for the control API; bytes in base64."""
        return {
            "serial": self.serial,
            "time": self.time,
            "method": self.method,
            "path": self.path,
            "endpoint": self.endpoint,
            "query": self.query,
            "headers": dict(self.headers),
            "body": b64encode(self.body).decode(),
            "params": self.params,
            "fault": self.fault,
            "status": self.status,
            "answer": None if self.answer is None else b64encode(self.answer).decode(),
        }


class RequestLog:
    """Log of requests, oldest first."""

    def __init__(self) -> None:
        """Create an empty log."""
        self._entries: deque[LogEntry] = deque(maxlen=MAX_ENTRIES)
        # Of the latest request.
        self.serial = 0
        self._releases = 0
        self._arrival = asyncio.Event()

    def add(self, entry: LogEntry) -> None:
        """Add a request."""
        self.serial += 1
        entry.serial = self.serial
        self._entries.append(entry)
        self._wake()

    def clear(self) -> None:
        """Remove all requests; the serial numbers continue."""
        self._entries.clear()

    def release(self) -> None:
        """End all waits."""
        self._releases += 1
        self._wake()

    async def wait(self, endpoint: str | None, count: int, after: int = 0) -> None:
        """Wait until there are so many requests after a serial, or until `release`."""
        releases = self._releases
        while sum(1 for _ in self.entries(endpoint, after)) < count and releases == self._releases:
            await self._arrival.wait()

    def _wake(self) -> None:
        self._arrival.set()
        self._arrival = asyncio.Event()

    def entries(self, endpoint: str | None = None, after: int = 0) -> Iterator[LogEntry]:
        """Return the requests after a serial, of one endpoint or of all."""
        return (e for e in self._entries if e.serial > after and endpoint in {None, e.endpoint})
