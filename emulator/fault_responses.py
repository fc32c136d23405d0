"""Fault responses: how each fault looks on the connection."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import web

from .codes import DESCRIPTIONS, UNAVAILABLE
from .encoding import Answer
from .faults import Fault
from .request_log import LogEntry, RequestLog

HTML = "<html><head><title>503 Service Unavailable</title></head><body><h1>Service Unavailable</h1></body></html>"
CHUNK = b"0 | Accept\xe9 | " * 4096
MAX_BIG = 256 * 1024 * 1024
POLL = 0.05

NOTHING_DONE = Answer(f"{UNAVAILABLE} | {DESCRIPTIONS[UNAVAILABLE]}\n")

REPLACEMENTS: dict[str, Callable[[str], Answer]] = {
    "code": lambda code: Answer(f"{code} | {DESCRIPTIONS.get(int(code), 'Erreur')}\n"),
    "http": lambda status: Answer(HTML, status=int(status)),
    "html": lambda _none: Answer(HTML),
    "text": Answer,
}
DISTORTIONS: dict[str, Callable[[Answer, str], bytes]] = {
    "charset": lambda answer, charset: answer.text.encode(charset, "replace"),
    "empty": lambda _answer, _none: b"",
    "cut": lambda answer, length: answer.body[: int(length)],
    "garble": lambda answer, _none: bytes(byte ^ 0xA5 for byte in answer.body),
}

type Run = Callable[[], Answer]


class FaultResponder:
    """Responds to requests that have a fault, and holds those that hang."""

    def __init__(self, log: RequestLog) -> None:
        """Keep the request log, which has the earlier answers."""
        self._log = log
        self._released = asyncio.Event()
        # How many requests hang now.
        self.hanging = 0

    def release(self) -> None:
        """Release the requests that hang now."""
        self._released.set()
        self._released = asyncio.Event()

    async def respond(self, request: web.Request, fault: Fault, entry: LogEntry, run: Run) -> web.StreamResponse:
        """Respond as the fault says; `run` carries the request out and returns the right answer."""
        answer = run() if fault.takes_effect else None
        if answer is not None:
            entry.status, entry.answer = answer.status, answer.body
        match fault.kind:
            case "drop_before" | "drop_after":
                return _drop(request)
            case "hang_before" | "hang_after":
                return await self._hang(request, entry, answer, run)
            case "half" | "twice" | "big":
                return await STREAMED[fault.kind](request, answer or NOTHING_DONE)
            case "slow":
                await asyncio.sleep(float(fault.argument))
                return _write(entry, answer or run())
            case "answer_of":
                return _write(entry, answer or NOTHING_DONE, self._earlier_answer(fault.argument, entry))
        return _wrong(entry, fault, answer)

    async def _hang(self, request: web.Request, entry: LogEntry, answer: Answer | None, run: Run) -> web.Response:
        """Wait to be released; `hang_before` does not take effect for a client that has disconnected by then."""
        released = self._released
        self.hanging += 1
        try:
            while not released.is_set() and not _is_disconnected(request):
                with suppress(TimeoutError):
                    await asyncio.wait_for(released.wait(), POLL)
        finally:
            self.hanging -= 1
        if _is_disconnected(request):
            return _drop(request)
        return _write(entry, answer or run())

    def _earlier_answer(self, endpoint: str, entry: LogEntry) -> bytes:
        """Return the latest earlier answer to a request of an endpoint; code 50 if there is none."""
        earlier = [each.answer for each in self._log.entries(endpoint) if each is not entry and each.answer is not None]
        return earlier[-1] if earlier else NOTHING_DONE.body


def _is_disconnected(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _drop(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _half(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Announce the whole answer, send half of it, and close the connection."""
    response = web.StreamResponse(headers={"Content-Length": str(len(answer.body))})
    response.content_type = answer.content_type
    await response.prepare(request)
    await response.write(answer.body[: len(answer.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


async def _twice(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Send the answer twice: on a kept connection the second one is read as the answer to the next request."""
    response = web.Response(body=answer.body, status=answer.status, content_type=answer.content_type)
    await response.prepare(request)
    await response.write_eof()
    if request.transport is not None:
        head = f"HTTP/1.1 {answer.status} OK\r\nContent-Type: {answer.content_type}\r\n"
        request.transport.write(f"{head}Content-Length: {len(answer.body)}\r\n\r\n".encode() + answer.body)
    return response


async def _big(request: web.Request, _answer: Answer) -> web.StreamResponse:
    """Send an answer without end, until the client disconnects or 256 MB are sent."""
    response = web.StreamResponse()
    response.content_type = "text/html"
    await response.prepare(request)
    for _ in range(MAX_BIG // len(CHUNK)):
        if _is_disconnected(request):
            break
        await response.write(CHUNK)
    return response


STREAMED: dict[str, Callable[[web.Request, Answer], Awaitable[web.StreamResponse]]] = {
    "half": _half,
    "twice": _twice,
    "big": _big,
}


def _wrong(entry: LogEntry, fault: Fault, answer: Answer | None) -> web.Response:
    """Return a response that is complete in HTTP, with the wrong content."""
    if fault.kind == "redirect":
        entry.status = 302
        return web.Response(status=entry.status, headers={"Location": fault.argument})
    if fault.kind in REPLACEMENTS:
        return _write(entry, REPLACEMENTS[fault.kind](fault.argument))
    return _write(entry, answer or NOTHING_DONE, DISTORTIONS[fault.kind](answer or NOTHING_DONE, fault.argument))


def _write(entry: LogEntry, answer: Answer, body: bytes | None = None) -> web.Response:
    entry.status, entry.answer = answer.status, answer.body if body is None else body
    return web.Response(body=entry.answer, status=answer.status, content_type=answer.content_type)
