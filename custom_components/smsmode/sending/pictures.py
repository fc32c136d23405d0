"""Pictures of cameras for links in SMS: taken when a message is sent, kept in files of their own, and deleted after.

A picture is a courtesy: a camera that hangs, a disk that is full and a picture that is too large cost an SMS its link
and a few seconds, never the SMS.
"""

import asyncio
import contextlib
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import Unauthorized, UnknownUser
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util.ulid import ulid_now

from ..config.options import AccountOptions, LinkObstacle, link_base, link_obstacle
from ..const import DOMAIN, LOGGER
from ..helpers.clock import Clock
from ..helpers.components import find_component
from ..helpers.links import SAMPLE_TOKEN, TOKEN_BYTES, digest_of, link_to
from ..helpers.tasks import BackgroundTasks
from ..helpers.timing import async_wait_at_most
from ..state.links import SHOWN_FOR, Picture, media_type_of
from ..state.store import AccountStore

# The reason in a response for which an SMS has no picture.
CAMERA_FAILED: Final = "camera_failed"
# How long, in seconds, an SMS waits for its picture.
TAKEN_WITHIN: Final = 5
MAX_PICTURES: Final = 30
MAX_BYTES: Final = 2 * 1024 * 1024
# Cameras that are asked at the same time.
_MAX_AT_ONCE: Final = 4


class PictureError(Exception):
    """What a camera gave is no picture that can be kept."""


class PictureManager:
    """Manager of the pictures of one account."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, options: AccountOptions, store: AccountStore, clock: Clock
    ) -> None:
        """Know the pictures that an earlier life of the account has left."""
        self._hass = hass
        self._options = options
        self._clock = clock
        self._pictures = store.state.pictures
        self._alerts = store.state.alerts
        self._folder = _folder(hass, entry.entry_id)
        self._tasks = BackgroundTasks(hass, entry, f"{DOMAIN} pictures")
        self._room = asyncio.Semaphore(_MAX_AT_ONCE)
        self._swept: asyncio.Future[None] = hass.loop.create_future()
        self._by_digest: dict[str, str] = {}
        self._read()

    @callback
    def async_start(self) -> None:
        """Delete files that belong to no picture: Home Assistant was killed between the two."""
        if self.obstacle is LinkObstacle.OFF:
            self.async_forget_all()
        self._tasks.create(self._async_sweep())

    @callback
    def async_stop(self) -> None:
        """Take no more pictures; those that are there outlive a reload, as their links do."""
        self._tasks.cancel()

    def is_waiting(self) -> bool:
        """Return whether there is a picture, which will have to go."""
        return bool(self._pictures)

    @callback
    def async_look_over(self) -> None:
        """Delete the pictures that no link shows any more."""
        self.async_forget([key for key, picture in self._pictures.items() if not self._is_shown(key, picture)])

    @property
    def obstacle(self) -> LinkObstacle | None:
        """Why no SMS can have a link now."""
        return link_obstacle(self._hass, self._options)

    async def async_take(self, camera: str, *, for_alert: bool = False) -> str | None:
        """Have a camera take a picture, which is on the disk then; return its key, None if that fails.

        Without an alert to live with, it lives for a day.
        """
        key = ulid_now()
        taking = self._tasks.create(self._async_fetch(key, camera))
        if not await async_wait_at_most(self._hass, TAKEN_WITHIN, taking):
            taking.add_done_callback(lambda _taking: self.async_forget([key]))
            LOGGER.warning("An SMS leaves without its picture: %s took too long", camera)
            return None
        if taking.cancelled() or (media_type := taking.result()) is None:
            return None
        now = self._clock.now()
        expires_at = None if for_alert else now + SHOWN_FOR
        self._pictures[key] = Picture(taken_at=now, media_type=media_type, expires_at=expires_at)
        self.async_forget(list(self._pictures)[:-MAX_PICTURES])
        self._clock.async_wake()
        return key

    def link(self, key: str, position: int = 0) -> str:
        """Return the last line of an SMS, with a new link to a picture. It is empty if the picture is gone."""
        base, picture = link_base(self._hass, self._options), self._pictures.get(key)
        if base is None or picture is None:
            return ""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        picture.replace_link(position, digest_of(token))
        self._pictures.mark_changed(key)
        self._read()
        return _line(base, token)

    def find(self, digest: str) -> str | None:
        """Return the key of the picture that a link shows by the digest of its token."""
        key = self._by_digest.get(digest)
        return key if self.get(key) is not None else None

    def get(self, key: str | None) -> Picture | None:
        """Return a picture that is still shown."""
        picture = self._pictures.get(key or "")
        return picture if picture is not None and self._is_shown(key or "", picture) else None

    async def async_read(self, key: str) -> bytes | None:
        """Return the content of a picture; None if its file is gone."""
        try:
            return await self._hass.async_add_executor_job((self._folder / key).read_bytes)
        except OSError:
            return None

    @callback
    def async_forget(self, keys: Iterable[str]) -> None:
        """Delete pictures and their files."""
        keys = list(keys)
        for key in keys:
            self._pictures.pop(key, None)
        self._read()
        if keys:
            self._hass.async_add_executor_job(_delete, [self._folder / key for key in keys])

    @callback
    def async_forget_all(self) -> None:
        """Delete all pictures."""
        self.async_forget(list(self._pictures))

    async def _async_fetch(self, key: str, camera: str) -> str | None:
        """Fetch a picture and write it; return its media type, None if there is none."""
        try:
            async with self._room:
                await asyncio.wait([self._swept])
                content, media_type = await self._async_ask(camera)
                await self._hass.async_add_executor_job(_write, self._folder, key, content)
        except Exception as err:  # noqa: BLE001 - whatever a camera raises: the SMS leaves
            LOGGER.warning("An SMS leaves without its picture: %s has none (%s)", camera, type(err).__name__)
            return None
        return media_type

    async def _async_ask(self, camera: str) -> tuple[bytes, str]:
        """Return what a camera shows, and its media type."""
        component = find_component(self._hass, "camera")
        if component is None:
            raise PictureError
        image = await component.async_get_image(self._hass, camera, timeout=TAKEN_WITHIN)
        content: bytes = image.content
        if (media_type := media_type_of(content)) is None or len(content) > MAX_BYTES:
            raise PictureError
        return content, media_type

    async def _async_sweep(self) -> None:
        try:
            await self._hass.async_add_executor_job(_sweep, self._folder, frozenset(self._pictures))
        finally:
            self._swept.set_result(None)

    def _read(self) -> None:
        self._by_digest = {digest: key for key, picture in self._pictures.items() for _, digest in picture.links}

    def _is_shown(self, key: str, picture: Picture) -> bool:
        if picture.expires_at is not None:
            return self._clock.now() < picture.expires_at
        return any(alert.camera is not None and alert.camera.picture == key for alert in self._alerts.listening)


def sample_picture_line(hass: HomeAssistant, options: AccountOptions) -> str:
    """Return a last line that is as long as one with a link to a picture, for what an SMS costs."""
    base = link_base(hass, options)
    return _line(base, SAMPLE_TOKEN) if base else ""


async def async_ensure_may_see(hass: HomeAssistant, context: Context | None, camera: str) -> None:
    """Raise Unauthorized for a person who may not see a camera. Whoever is nobody is an automation, and may."""
    if context is None or context.user_id is None:
        return
    user = await hass.auth.async_get_user(context.user_id)
    if user is None:
        raise UnknownUser(context=context, entity_id=camera, permission=POLICY_READ)
    if not user.permissions.check_entity(camera, POLICY_READ):
        raise Unauthorized(context=context, entity_id=camera, permission=POLICY_READ, user_id=user.id)


async def async_remove_pictures(hass: HomeAssistant, entry_id: str) -> None:
    """Delete the files of all pictures of an account."""
    await hass.async_add_executor_job(shutil.rmtree, _folder(hass, entry_id), True)


def _line(base: str, token: str) -> str:
    """Return a line that says in both languages, and in five letters, what its link shows."""
    return f"Photo {link_to(base, token)}"


def _folder(hass: HomeAssistant, entry_id: str) -> Path:
    return Path(hass.config.path(STORAGE_DIR, f"{DOMAIN}.{entry_id}.pictures"))


def _write(folder: Path, key: str, content: bytes) -> None:
    """Write a file for its owner alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / key).touch(mode=0o600, exist_ok=False)
    (folder / key).write_bytes(content)


def _delete(files: Iterable[Path]) -> None:
    for file in files:
        # What stays is deleted at the next start.
        with contextlib.suppress(OSError):
            file.unlink()


def _sweep(folder: Path, kept: frozenset[str]) -> None:
    _delete(file for file in (folder.iterdir() if folder.is_dir() else ()) if file.name not in kept)
