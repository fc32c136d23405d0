"""How each fault looks on the wire."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from .codes import DESCRIPTIONS, UNAVAILABLE
from .encoding import Answer
from .faults import Fault
from .request_log import Entry

HTML = "<html><head><title>503 Service Unavailable</title></head><body><h1>Service Unavailable</h1></body></html>"
CHUNK = b"0 | Accept\xe9 | " * 4096
MAX_BIG = 256 * 1024 * 1024
POLL = 0.05

NOTHING_DONE = Answer(f"{UNAVAILABLE} | {DESCRIPTIONS[UNAVAILABLE]}\n")

INSTEAD: dict[str, Callable[[str], Answer]] = {
    "code": lambda code: Answer(f"{code} | {DESCRIPTIONS.get(int(code), 'Erreur')}\n"),
    "http": lambda status: Answer(HTML, status=int(status)),
    "html": lambda _none: Answer(HTML),
    "text": Answer,
}
DISTORTED: dict[str, Callable[[Answer, str], bytes]] = {
    "charset": lambda answer, charset: answer.text.encode(charset, "replace"),
    "empty": lambda _answer, _none: b"",
    "cut": lambda answer, length: answer.body[: int(length)],
    "garble": lambda answer, _none: bytes(byte ^ 0xA5 for byte in answer.body),
}

type Act = Callable[[], Answer]


class Misbehaviour:
    """Answers wrongly, as ordered; keeps the requests that hang."""

    def __init__(self) -> None:
        """Begin with nothing hanging."""
        self._released = asyncio.Event()

    def release(self) -> None:
        """Let go of the requests that hang now."""
        self._released.set()
        self._released = asyncio.Event()

    async def respond(self, request: web.Request, fault: Fault, entry: Entry, act: Act) -> web.StreamResponse:
        """Do what the fault says."""
        answer = act() if fault.acts else None
        if answer is not None:
            entry.status, entry.answer = answer.status, answer.body
        match fault.kind:
            case "drop_before" | "drop_after":
                return _drop(request)
            case "hang_before" | "hang_after":
                return await self._hang(request, entry, answer, act)
            case "half":
                return await _half(request, answer or NOTHING_DONE)
            case "big":
                return await _big(request)
            case "slow":
                await asyncio.sleep(float(fault.argument))
                return _write(entry, answer or act())
        return _wrong(entry, fault, answer)

    async def _hang(self, request: web.Request, entry: Entry, answer: Answer | None, act: Act) -> web.Response:
        """Wait to be released; a client that has gone by then is not acted for."""
        released = self._released
        while not released.is_set() and not _gone(request):
            try:
                await asyncio.wait_for(released.wait(), POLL)
            except TimeoutError:
                continue
        if _gone(request):
            return _drop(request)
        return _write(entry, answer or act())


def _gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _drop(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _half(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Promise the whole answer, give half of it, and hang up."""
    response = web.StreamResponse(headers={"Content-Length": str(len(answer.body))})
    response.content_type = answer.content_type
    await response.prepare(request)
    await response.write(answer.body[: len(answer.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


async def _big(request: web.Request) -> web.StreamResponse:
    """Answer without end, as far as anybody will read."""
    response = web.StreamResponse()
    response.content_type = "text/html"
    await response.prepare(request)
    for _ in range(MAX_BIG // len(CHUNK)):
        if _gone(request):
            break
        await response.write(CHUNK)
    return response


def _wrong(entry: Entry, fault: Fault, answer: Answer | None) -> web.Response:
    """Return an answer that is complete as HTTP goes, but not what it should be."""
    if fault.kind == "redirect":
        entry.status = 302
        return web.Response(status=entry.status, headers={"Location": fault.argument})
    if fault.kind in INSTEAD:
        return _write(entry, INSTEAD[fault.kind](fault.argument))
    return _write(entry, answer or NOTHING_DONE, DISTORTED[fault.kind](answer or NOTHING_DONE, fault.argument))


def _write(entry: Entry, answer: Answer, body: bytes | None = None) -> web.Response:
    entry.status, entry.answer = answer.status, answer.body if body is None else body
    return web.Response(body=entry.answer, status=answer.status, content_type=answer.content_type)
