"""A program beside this one: started, watched, and ended with it."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from .settings import DemoError

ROOT = Path(__file__).resolve().parents[1]
RESTART = 100  # Home Assistant ends with it when somebody restarts it
GRACE = 30
TAIL = 15


class Program:
    """A program; what it says is written to a file."""

    _process: asyncio.subprocess.Process

    def __init__(self, name: str, command: Sequence[str | Path], log: Path, environment: Mapping[str, str]) -> None:
        """Prepare; nothing runs yet."""
        self.name = name
        self.log = log
        self._command = command
        self._environment = environment

    async def start(self) -> None:
        """Start it. In a session of its own, Ctrl-C reaches it only through this program."""
        with self.log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    async def failure(self) -> DemoError:
        """Wait until it ends by itself, restarts apart; gives what it said last."""
        while await self._process.wait() == RESTART:
            await self.start()
        lines = self.log.read_text(errors="replace").splitlines()[-TAIL:]
        return DemoError("\n".join([f"{self.name} ended by itself. Its last words:", *lines]))

    async def end(self) -> None:
        """Ask it to end, and make it if it does not."""
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(GRACE):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        # Whatever it has started itself.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


@asynccontextmanager
async def running(program: Program) -> AsyncIterator[None]:
    """Run a program for a while; if it ends by itself, what is done meanwhile is interrupted by the reason."""
    await program.start()
    try:
        async with asyncio.TaskGroup() as group:
            watcher = group.create_task(_watch(program))
            yield
            watcher.cancel()
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    finally:
        await program.end()


async def _watch(program: Program) -> None:
    raise await program.failure()
