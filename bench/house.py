"""A real Home Assistant inside the measuring process, as it runs at home: no debugging loop, nothing mocked."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

from homeassistant import block_async_io, bootstrap
from homeassistant.core import HomeAssistant
from homeassistant.runner import MAX_EXECUTOR_WORKERS, RuntimeConfig
from homeassistant.util.executor import InterruptibleThreadPoolExecutor

ROOT = Path(__file__).resolve().parents[1]
KEY = "Ab1CD2efg3Hi"
ACCOUNT = """
smsmode:
  - name: Home
    access_token: {key}
    base_url: {url}
    daily_limit: 0
    recipient_hourly_limit: 0
    callbacks: "off"
    recipients: {recipients}
"""
ALICE = [{"name": "Alice", "number": "+33612345678"}]


@dataclass(frozen=True, slots=True)
class Stub:
    """The stub of a gateway, in a process of its own."""

    url: str

    async def counts(self) -> dict[str, int]:
        """Say how many connections and requests there were."""
        counts: dict[str, int] = json.loads(await asyncio.to_thread(self._ask))
        return counts

    def _ask(self) -> bytes:
        with urlopen(f"{self.url}/counts") as response:  # noqa: S310 - our own
            answer: bytes = response.read()
            return answer


@contextmanager
def stub(delay: float = 0) -> Iterator[Stub]:
    """Run the stub."""
    command = [sys.executable, "-m", "bench.stub", "--delay", str(delay)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:  # noqa: S603 - our own
        assert process.stdout is not None
        try:
            yield Stub(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.terminate()


def account(url: str, recipients: list[dict[str, str]] | None = None) -> str:
    """Write the YAML of one account."""
    return ACCOUNT.format(key=KEY, url=url, recipients=json.dumps(recipients or ALICE))


@asynccontextmanager
async def _folder() -> AsyncIterator[str]:
    place = TemporaryDirectory(prefix="smsmode-bench-")
    try:
        yield place.name
    finally:
        await asyncio.to_thread(place.cleanup)


@asynccontextmanager
async def house(configuration: str, furnish: Callable[[Path], None] = lambda _: None) -> AsyncIterator[HomeAssistant]:
    """Start a house on a folder of its own, and stop it; ``furnish`` puts into the folder what else there is to be."""
    bootstrap.DEFAULT_INTEGRATIONS.clear()
    bootstrap.CRITICAL_INTEGRATIONS.clear()
    asyncio.get_running_loop().set_default_executor(
        InterruptibleThreadPoolExecutor(thread_name_prefix="SyncWorker", max_workers=MAX_EXECUTOR_WORKERS)
    )
    async with _folder() as folder:
        (Path(folder) / "custom_components").symlink_to(ROOT / "custom_components")
        (Path(folder) / "configuration.yaml").write_text(f"homeassistant: {{country: FR}}\n{configuration}")
        furnish(Path(folder))
        hass = await bootstrap.async_setup_hass(RuntimeConfig(config_dir=folder, skip_pip=True))
        assert hass is not None
        # Once for the process: a second house would be refused.
        block_async_io.enable = lambda: None
        await hass.async_start()
        await hass.async_block_till_done()
        try:
            yield hass
        finally:
            await hass.async_stop(force=True)
