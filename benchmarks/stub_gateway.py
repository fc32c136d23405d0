"""Stub gateway with little cost of its own, so that its client is measured: `python -m benchmarks.stub_gateway`.

It answers every request at once, or after a while, over kept connections, in a process of its own, and prints its port.
It checks nothing: that messages are right is what the tests are for.
"""

import argparse
import asyncio
import itertools
import json
import ssl
from pathlib import Path
from time import monotonic
from typing import ClassVar, Final, override

LOOPBACK = "127.0.0.1"
_SERIALS = itertools.count()

_BATCH = {
    "to": ["33612345678"],
    "from": "x",
    "body": "x",
    "type": "mt_text",
    "canceled": False,
    "delivery_report": "none",
    **dict.fromkeys(("created_at", "modified_at", "expire_at"), "2026-11-22T10:00:00Z"),
}
# The end of a path, and the answer, in which "%s" is a new number.
_ANSWERS = (
    (b"sendSMS.do", "0 | Accept\u00e9 | bench%s\n"),
    (b"sendSMSBatch.do", "0 | Accept\u00e9 | bench%s\n"),
    (b"credit.do", "100000.0\n"),
    (b"List.do", "\n"),
    (b"compteRendu.do", "33612345678 0\n"),
    (b"Messages.json", json.dumps({"sid": "SM%s"})),
    (b"batches", json.dumps({"id": "%s", **_BATCH})),
    (b"", "{}"),
)


def _answer(path: bytes) -> bytes:
    content = next(answer for end, answer in _ANSWERS if path.endswith(end))
    body = content.replace("%s", f"{next(_SERIALS):07}").encode("iso-8859-15")
    # So says whoever makes something; the gateway of our own trade says 200 to everything.
    status = b"201 Created" if path.endswith((b"Messages.json", b"batches")) else b"200 OK"
    return b"HTTP/1.1 %b\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)


# What our integration asks by itself, which is no message.
_POLLS = (b"List.do", b"credit.do", b"compteRendu.do")


class Counter:
    """Counters of connections and requests."""

    connections = 0
    requests = 0
    # When the first byte of each message came since somebody asked, by the clock that all processes share.
    arrivals: ClassVar[list[float]] = []


class Connection(asyncio.Protocol):
    """Kept connection."""

    def __init__(self, delay: float) -> None:
        """Keep the delay of answers, in seconds."""
        self._delay = delay
        self._buffer = bytearray()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        Counter.connections += 1

    @override
    def data_received(self, data: bytes) -> None:
        """Answer the complete requests."""
        if not self._buffer:
            self._arrived_at = monotonic()
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[:end])
            length = _length(head)
            if len(self._buffer) < end + 4 + length:
                return
            del self._buffer[: end + 4 + length]
            path = head.split(b" ", 2)[1].partition(b"?")[0]
            if path not in _OWN and not path.endswith(_POLLS):
                Counter.arrivals.append(self._arrived_at)
            asyncio.get_running_loop().call_later(self._delay, self._write, path, b"connection: close" in head.lower())

    def _write(self, path: bytes, last: bool) -> None:
        Counter.requests += path not in _OWN
        self._transport.write(_OWN[path]() if path in _OWN else _answer(path))
        if last:
            self._transport.close()


def _counts() -> bytes:
    return _json({"connections": Counter.connections, "requests": Counter.requests})


def _arrivals() -> bytes:
    arrivals, Counter.arrivals = Counter.arrivals, []
    return _json(arrivals)


def _json(value: object) -> bytes:
    content = json.dumps(value).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % len(content) + content


# What the bench asks the stub itself.
_OWN: Final = {b"/counts": _counts, b"/arrivals": _arrivals}


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def serve(delay: float, certificate: Path | None) -> None:
    """Serve until the process ends."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(delay), LOOPBACK, 0, ssl=context, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--certificate", type=Path)
    chosen = parser.parse_args()
    asyncio.run(serve(chosen.delay, chosen.certificate))
