"""Home Assistant instance inside the measuring process: no debug mode of the event loop, no mocks."""

import asyncio
import json
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

from homeassistant import block_async_io, bootstrap
from homeassistant.components.http.config import STORAGE_VERSION
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
HTTP: dict[str, Any] = {
    "server_host": ["127.0.0.1"],
    "cors_allowed_origins": [],
    "login_attempts_threshold": -1,
    "ip_ban_enabled": False,
    "ssl_profile": "intermediate",
    "use_x_frame_options": True,
}
ALICE = [{"name": "Alice", "number": "+33612345678"}]


@dataclass(frozen=True, slots=True)
class Stub:
    """Stub gateway in a process of its own."""

    url: str

    async def counts(self) -> dict[str, int]:
        """Return the number of connections and requests."""
        counts: dict[str, int] = json.loads(await asyncio.to_thread(self._ask, "counts"))
        return counts

    async def arrivals(self) -> list[float]:
        """Return when the first byte of each message came since this was asked last, by `time.monotonic`."""
        arrivals: list[float] = json.loads(await asyncio.to_thread(self._ask, "arrivals"))
        return arrivals

    def _ask(self, what: str) -> bytes:
        # Where `requests` and Home Assistant look for it too.
        trusted = ssl.create_default_context(cafile=os.environ.get("REQUESTS_CA_BUNDLE"))
        with urlopen(f"{self.url}/{what}", context=trusted) as response:  # noqa: S310 - our own
            answer: bytes = response.read()
            return answer


@contextmanager
def stub(delay: float = 0, certificate: Path | None = None) -> Iterator[Stub]:
    """Run the stub for the length of the block."""
    secured = ["--certificate", str(certificate)] if certificate else []
    command = [sys.executable, "-m", "benchmarks.stub_gateway", "--delay", str(delay), *secured]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:  # noqa: S603 - our own
        assert process.stdout is not None
        try:
            yield Stub(f"http{'s' * bool(certificate)}://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.terminate()


def account(url: str, recipients: list[dict[str, str]] | None = None) -> str:
    """Return the YAML of one account."""
    return ACCOUNT.format(key=KEY, url=url, recipients=json.dumps(recipients or ALICE))


@asynccontextmanager
async def _folder() -> AsyncIterator[str]:
    place = TemporaryDirectory(prefix="smsmode-bench-")
    try:
        yield place.name
    finally:
        await asyncio.to_thread(place.cleanup)


def free_port() -> int:
    """Return a free port of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _prepare(folder: Path, configuration: str, port: int) -> None:
    (folder / "custom_components").symlink_to(ROOT / "custom_components")
    (folder / "configuration.yaml").write_text(f"homeassistant: {{country: FR}}\n{configuration}")
    settings = {"stable": HTTP | {"server_port": port}, "pending": None, "yaml_migration_done": True}
    document = {"version": STORAGE_VERSION, "minor_version": 1, "key": "http", "data": settings}
    (folder / ".storage").mkdir()
    (folder / ".storage" / "http").write_text(json.dumps(document))


@asynccontextmanager
async def house(configuration: str, port: int = 0) -> AsyncIterator[HomeAssistant]:
    """Run Home Assistant on a temporary folder for the length of the block; without a port it uses a free one."""
    bootstrap.DEFAULT_INTEGRATIONS.clear()
    bootstrap.CRITICAL_INTEGRATIONS.clear()
    asyncio.get_running_loop().set_default_executor(
        InterruptibleThreadPoolExecutor(thread_name_prefix="SyncWorker", max_workers=MAX_EXECUTOR_WORKERS)
    )
    async with _folder() as folder:
        await asyncio.to_thread(_prepare, Path(folder), configuration, port or free_port())
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
