"""A client that sends callbacks: `python -m benchmarks.callback_client PORT CONCURRENT [RATE] < paths`.

It asks for each path once over kept connections and prints how long that took, and the slowest of a hundred answers.
With a rate it begins so many a second, whatever comes of them, and counts the time from when each was due.
"""

import asyncio
import json
import sys
from time import perf_counter

LOOPBACK = "127.0.0.1"
PER_CENT = 100


class CallbackClient:
    """HTTP client that requests a list of paths."""

    def __init__(self, port: int, paths: list[str], rate: float) -> None:
        """Keep the paths and the rate."""
        self._port = port
        self._paths = list(enumerate(paths))[::-1]
        self._rate = rate
        self._began = 0.0
        self.waits: list[float] = []

    async def run(self, at_once: int) -> dict[str, float]:
        """Request all paths; returns the rate and the 99th percentile."""
        lines = [await asyncio.open_connection(LOOPBACK, self._port) for _ in range(at_once)]
        self._began = perf_counter()
        await asyncio.gather(*(self._worker(*line) for line in lines))
        seconds = perf_counter() - self._began
        slowest = sorted(self.waits)[-max(len(self.waits) // PER_CENT, 1)]
        return {"rate": len(self.waits) / seconds, "p99": slowest}

    async def _worker(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while self._paths:
            number, path = self._paths.pop()
            due = self._began + number / self._rate if self._rate else perf_counter()
            await asyncio.sleep(max(due - perf_counter(), 0))
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {LOOPBACK}\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
            await reader.readexactly(length)
            self.waits.append(perf_counter() - due)


if __name__ == "__main__":
    port, at_once, rate = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    sys.stdout.write(json.dumps(asyncio.run(CallbackClient(port, sys.stdin.read().split(), rate).run(at_once))))
