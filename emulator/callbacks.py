"""Callbacks: delivery reports (p. 21) and replies (p. 22), sent now, late, twice, swapped, held or never."""

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector
from yarl import URL

from .clock import REPLY_DATE, REPORT_DATE, local
from .models import Delivery, Message, Reply
from .state import Callback, GatewayState

TIMEOUT = 10
MAX_RECORDED = 1_000
MODES = {"now", "twice", "swapped", "held", "never"}


@dataclass(frozen=True)
class Job:
    """Callback to make: URL and query string."""

    url: str
    query: str

    @property
    def target(self) -> URL:
        """Return the URL with its parameters, which are percent-encoded already."""
        joint = "&" if "?" in self.url else "?"
        return URL(self.url + joint + self.query, encoded=True)


def check_mode(mode: str) -> str:
    """Return a valid mode: one of MODES, or `late:SECONDS`; ValueError for others."""
    kind, _, seconds = mode.partition(":")
    if kind == "late":
        float(seconds)
    elif mode not in MODES:
        raise ValueError(f"unknown callback mode {mode}")
    return mode


class Callbacks:
    """Worker that makes the callbacks in order, one at a time, and records their results."""

    def __init__(self, state: GatewayState) -> None:
        """Subscribe to the changes of the state."""
        self._state = state
        self._session: ClientSession | None = None
        self._worker: asyncio.Task[None] | None = None
        self._queue: asyncio.Queue[Job] = asyncio.Queue()
        self.held: list[Job] = []
        self.made: deque[dict[str, Any]] = deque(maxlen=MAX_RECORDED)
        self.count = 0
        state.listeners.append(self._on_change)

    def _on_change(self, change: Delivery | Reply | str, callback: Callback) -> None:
        if change == "reset":
            self.held.clear()
            self.made.clear()
        job = self._job(change)
        if job is None or callback is False:
            return
        self._dispatch(job, callback if isinstance(callback, str) else self._state.options.callbacks)

    def _job(self, change: Delivery | Reply | str) -> Job | None:
        if isinstance(change, Delivery) and change.message.notification_url:
            return self._make(change.message.notification_url, self._report(change))
        if isinstance(change, Reply):
            url = self._reply_url(change.message)
            return self._make(url, self._answer(change)) if url else None
        return None

    def _reply_url(self, message: Message | None) -> str:
        if message is None:
            return self._state.main.reply_url
        return message.reply_url or message.account.reply_url

    def _make(self, url: str, params: dict[str, str]) -> Job:
        return Job(url, urlencode(params, encoding=self._state.options.callback_charset, errors="replace"))

    def _report(self, delivery: Delivery) -> dict[str, str]:
        params = {
            "numero": delivery.number,
            "date_reception": local(delivery.at, REPORT_DATE, self._state.options.zone),
            "statut": str(delivery.status),
            "smsID": delivery.message.id,
        }
        if delivery.reference:
            params["refClient"] = delivery.reference
        if delivery.operator:
            params["mcc_mnc"] = delivery.operator
        if self._state.options.callback_cost:
            params["cost"] = str(self._state.options.price * delivery.segments)
        return params

    def _answer(self, reply: Reply) -> dict[str, str]:
        params = {
            "numero": reply.to,
            "message": reply.text,
            "emetteur": reply.sender,
            "date_reception": local(reply.received_at, REPLY_DATE, self._state.options.zone),
            "smsID": reply.message.id if reply.message else "",
        }
        if reply.reference:
            params["refClient"] = reply.reference
        return {**params, "responseID": reply.id}

    def forge(self, url: str, params: dict[str, str]) -> None:
        """Queue a callback with parameters that belong to no event."""
        self._queue.put_nowait(self._make(url, params))

    def _dispatch(self, job: Job, mode: str) -> None:
        kind, _, seconds = mode.partition(":")
        if kind == "late":
            due = self._state.clock.now() + timedelta(seconds=float(seconds))
            self._state.scheduler.at(due, lambda _at: self._queue.put_nowait(job))
        elif kind == "held":
            self.held.append(job)
        elif kind == "swapped":
            self._swap(job)
        elif kind != "never":
            for _ in range(2 if kind == "twice" else 1):
                self._queue.put_nowait(job)

    def _swap(self, job: Job) -> None:
        """Hold each second callback until the next one was made."""
        self.held.append(job)
        if len(self.held) > 1:
            self.release(backwards=True)

    def release(self, *, backwards: bool = False) -> None:
        """Queue the held callbacks."""
        for job in reversed(self.held) if backwards else self.held:
            self._queue.put_nowait(job)
        self.held.clear()

    async def start(self) -> None:
        """Start the worker."""
        self._session = ClientSession(connector=TCPConnector(force_close=True), timeout=ClientTimeout(total=TIMEOUT))
        self._worker = asyncio.create_task(self._work(self._session))

    async def stop(self) -> None:
        """Stop the worker."""
        if self._worker:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
        if self._session:
            await self._session.close()

    async def flush(self) -> None:
        """Wait until all queued callbacks were made."""
        await self._queue.join()

    async def _work(self, session: ClientSession) -> None:
        while True:
            job = await self._queue.get()
            try:
                self.made.append(await self._call(session, job))
                self.count += 1
            finally:
                self._queue.task_done()

    async def _call(self, session: ClientSession, job: Job) -> dict[str, Any]:
        outcome: dict[str, Any] = {"url": str(job.target), "status": None, "error": None}
        try:
            async with session.get(job.target, allow_redirects=False) as response:
                outcome["status"] = response.status
        except (ClientError, TimeoutError, ValueError) as error:
            outcome["error"] = type(error).__name__
        return outcome
