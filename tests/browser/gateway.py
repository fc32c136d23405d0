"""Gateway of the accounts that the tests set up."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import APIRequestContext, Playwright

ROOT = Path(__file__).resolve().parents[2]
KEY = "Zy9XW8vut7Sr"


class Gateway:
    """Emulator, driven through its control API."""

    def __init__(self, url: str, api: APIRequestContext) -> None:
        self.url = url
        self.key = KEY
        self._api = api

    def post(self, name: str, **command: Any) -> Any:
        """Send a command to the control API."""
        response = self._api.post(f"{self.url}/_emulator/{name}", data=command)
        assert response.ok, response.text()
        return response.json()

    def reset(self) -> None:
        """Reset the state; each status of a message then lasts half a second."""
        self.post("reset")
        self.post("settings", progression=0.5, blocked=[])

    def state(self) -> Any:
        """Return the whole state."""
        return self._api.get(f"{self.url}/_emulator/state").json()


@contextmanager
def running_gateway(playwright: Playwright) -> Iterator[Gateway]:
    """Run an emulator for the length of the block."""
    command = [sys.executable, "-m", "emulator", "--port", "0", "--token", KEY]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as emulator:  # noqa: S603
        assert emulator.stdout
        url = emulator.stdout.readline().split()[1]
        api = playwright.request.new_context()
        yield Gateway(url, api)
        api.dispose()
        emulator.terminate()
