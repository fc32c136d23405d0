"""The gateway of the accounts that are set up in the stories."""

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
    """The emulator, through its back door."""

    def __init__(self, url: str, door: APIRequestContext) -> None:
        self.url = url
        self.key = KEY
        self._door = door

    def order(self, name: str, **order: Any) -> Any:
        """Order something by the back door."""
        response = self._door.post(f"{self.url}/_emulator/{name}", data=order)
        assert response.ok, response.text()
        return response.json()

    def begin_again(self) -> None:
        """Forget everything, and take half a second from one status of a message to the next."""
        self.order("reset")
        self.order("settings", progression=0.5, blocked=[])

    def state(self) -> Any:
        """Give all it knows."""
        return self._door.get(f"{self.url}/_emulator/state").json()


@contextmanager
def running_gateway(playwright: Playwright) -> Iterator[Gateway]:
    """Run an emulator."""
    command = [sys.executable, "-m", "emulator", "--port", "0", "--token", KEY]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as emulator:  # noqa: S603
        assert emulator.stdout
        url = emulator.stdout.readline().split()[1]
        door = playwright.request.new_context()
        yield Gateway(url, door)
        door.dispose()
        emulator.terminate()
