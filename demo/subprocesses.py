"""Subprocesses: started, watched, and stopped with this program."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from .settings import DemoError

ROOT = Path(__file__).resolve().parents[1]
RESTART_CODE = 100  # Home Assistant ends with it when somebody restarts it
STOP_TIMEOUT = 30
LOG_TAIL = 15


class Subprocess:
    """Subprocess whose output is written to a file."""

    _process: asyncio.subprocess.Process

    def __init__(self, name: str, command: Sequence[str | Path], log: Path, environment: Mapping[str, str]) -> None:
        """Keep the command; `start` starts the process."""
        self.name = name
        self.log = log
        self._command = command
        self._environment = environment

    async def start(self) -> None:
        """Start the process, in a session of its own: Ctrl-C reaches it only through this program."""
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

    async def wait_for_failure(self) -> DemoError:
        """Wait until the process ends without `stop`, restarts excepted; returns an error with its last output."""
        while await self._process.wait() == RESTART_CODE:
            await self.start()
        lines = self.log.read_text(errors="replace").splitlines()[-LOG_TAIL:]
        return DemoError("\n".join([f"{self.name} ended by itself. Its last output:", *lines]))

    async def stop(self) -> None:
        """Terminate the process, and kill it if it does not end in time."""
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(STOP_TIMEOUT):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        # Whatever it has started itself.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


@asynccontextmanager
async def running(process: Subprocess) -> AsyncIterator[None]:
    """Run a process for the length of the block; if it ends earlier, the block is cancelled by its error."""
    await process.start()
    try:
        async with asyncio.TaskGroup() as group:
            watcher = group.create_task(_watch(process))
            yield
            watcher.cancel()
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    finally:
        await process.stop()


async def _watch(process: Subprocess) -> None:
    raise await process.wait_for_failure()
