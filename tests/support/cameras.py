"""Cameras for tests: entities of Home Assistant's camera component that show what the test says, fail or hang."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, override

from homeassistant.components.camera import DATA_COMPONENT, Camera
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.sending.pictures import TAKEN_WITHIN

from .house import House

FRONT = "camera.front"
JPEG = b"\xff\xd8\xff\xe0 a picture of the front door"


class FrontCamera(Camera):
    """Camera at the front door."""

    _attr_name = "Front"

    def __init__(self) -> None:
        """Show a picture."""
        super().__init__()
        self.shows: bytes | Exception | None = JPEG
        self.asked = 0
        self.was_asked = asyncio.Event()
        # Until this is set, it takes its time, whatever its caller does, as one does that works in a thread.
        self.is_ready = asyncio.Event()
        self.is_ready.set()

    @override
    async def async_camera_image(self, width: int | None = None, height: int | None = None) -> bytes | None:
        """Return what it shows."""
        self.asked += 1
        self.was_asked.set()
        while not self.is_ready.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await self.is_ready.wait()
        if isinstance(self.shows, Exception):
            raise self.shows
        return self.shows


async def add_camera(hass: HomeAssistant) -> FrontCamera:
    """Set up the camera component with one camera."""
    assert await async_setup_component(hass, "camera", {})
    camera = FrontCamera()
    await hass.data[DATA_COMPONENT].async_add_entities([camera])
    await hass.async_block_till_done()
    return camera


async def begin_call(house: House, asked: FrontCamera, action: str, **fields: Any) -> asyncio.Task[Any]:
    """Call an action in the background, and return its task once the camera was asked, which takes its time."""
    asked.is_ready.clear()
    call = house.hass.services.async_call(DOMAIN, action, fields, blocking=True, return_response=True)
    # Not a task of Home Assistant's, which settles when all of its own are done.
    task = asyncio.create_task(call)
    async with asyncio.timeout(10):
        await asked.was_asked.wait()
    return task


def wait_for_camera(house: House) -> None:
    """Let the time pass in which a camera has to answer."""
    house.freezer.tick(TAKEN_WITHIN)
    async_fire_time_changed(house.hass)


def picture_files(hass: HomeAssistant) -> list[Path]:
    """Return the files of all pictures on the disk."""
    return sorted(_files(Path(hass.config.path(".storage"))))


def _files(storage: Path) -> Iterator[Path]:
    for folder in storage.glob("smsmode.*.pictures"):
        yield from folder.iterdir()
