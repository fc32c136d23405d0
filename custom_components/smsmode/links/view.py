"""View of the links in SMS: finds out what a token is for, and does that when its button is pressed.

A stranger's preview fetches whatever link it sees, so GET and HEAD only show. All tokens go the same way: their digest
is looked up, which takes no longer for one that nearly fits. Nobody is banned for a token that is not known: it may be
that of an alert that is long over.
"""

import contextlib
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..conversations.alert_links import OpenLink, OverLink
from ..helpers.links import PATH, digest_of
from ..runtime import SmsmodeConfigEntry, SmsmodeRuntimeData, async_wait_for_accounts
from ..state.alert_phases import AcknowledgedHow, AlertPhase
from ..state.store import SHORT_PATIENCE, StorageError
from .page import PageKind, ShownPicture, image, page
from .rate_limit import RateLimit

# In a minute: of the tokens that an address tries in vain, of each token that acknowledges, and of each picture, whose
# link everybody shares whom an SMS is for.
MAX_VAIN: Final = 30
MAX_USES: Final = 60
MAX_VIEWS: Final = 300
_PICTURE_PATH: Final = "/picture"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PictureLink:
    """Link that shows a picture, and does nothing."""

    key: str


type Link = OpenLink | OverLink | PictureLink
type Found = tuple[SmsmodeConfigEntry, Link]


class LinkFinder:
    """Finder of what a token is for, which counts how often that is asked."""

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self._vain = RateLimit(MAX_VAIN)
        self._uses = RateLimit(MAX_USES)
        self._views = RateLimit(MAX_VIEWS)

    async def async_look_up(self, request: web.Request, token: str) -> tuple[Found | None, web.Response]:
        """Return what a token is for; if it is for nothing, the page that says so."""
        hass, digest = request.app[KEY_HASS], digest_of(token)
        await async_wait_for_accounts(hass)
        found, now = _find(hass, digest), hass.loop.time()
        language = hass.config.language
        if found is not None:
            limit = self._views if isinstance(found[1], PictureLink) else self._uses
            return None if limit.is_exceeded(digest, now) else found, page(PageKind.LIMITED, language)
        if self._vain.is_exceeded(request.remote or "", now):
            return None, page(PageKind.LIMITED, language)
        return None, page(PageKind.INVALID if _are_all_loaded(hass) else PageKind.STARTING, language)


class LinkView(HomeAssistantView):
    """View of the links of all accounts."""

    url = f"{PATH}{{token}}"
    name = "api:smsmode:link"
    requires_auth = False

    def __init__(self, finder: LinkFinder) -> None:
        """Show what a finder finds."""
        self._finder = finder

    async def get(self, request: web.Request, token: str) -> web.Response:
        """Show what a link is for, and do nothing."""
        found, response = await self._finder.async_look_up(request, token)
        return response if found is None else _page_of(request, token, *found)

    async def post(self, request: web.Request, token: str) -> web.Response:
        """Acknowledge the alert of a link, which is on the disk before anybody is thanked; a picture is only shown."""
        found, response = await self._finder.async_look_up(request, token)
        if found is None:
            return response
        entry, link = found
        if not isinstance(link, OpenLink):
            return _page_of(request, token, entry, link)
        account = entry.runtime_data
        account.alerts.async_acknowledge_by_number(link.alert, link.number, AcknowledgedHow.LINK)
        with contextlib.suppress(StorageError):
            await account.store.async_save(SHORT_PATIENCE)
        return page(PageKind.DONE, request.app[KEY_HASS].config.language)


class PictureView(HomeAssistantView):
    """View of the pictures behind the links of all accounts.

    A picture is not in its page: the button is there while it loads, and previews fetch a page without it.
    """

    url = f"{PATH}{{token}}{_PICTURE_PATH}"
    name = "api:smsmode:picture"
    requires_auth = False

    def __init__(self, finder: LinkFinder) -> None:
        """Show what a finder finds."""
        self._finder = finder

    async def get(self, request: web.Request, token: str) -> web.Response:
        """Return the picture that the page of a link shows."""
        found, response = await self._finder.async_look_up(request, token)
        if found is None:
            return response
        entry, link = found
        pictures, key = entry.runtime_data.pictures, _picture_key(link)
        picture = pictures.get(key)
        content = await pictures.async_read(key) if key and picture else None
        if content is None or picture is None:
            return page(PageKind.INVALID, request.app[KEY_HASS].config.language)
        return image(content, picture.media_type)


@callback
def async_register_links(hass: HomeAssistant) -> None:
    """Register the views, once for all accounts: Home Assistant forgets none."""
    finder = LinkFinder()
    hass.http.register_view(LinkView(finder))
    hass.http.register_view(PictureView(finder))


def _find(hass: HomeAssistant, digest: str) -> Found | None:
    """Return what a digest is for. All accounts are asked, whichever has it."""
    loaded: list[SmsmodeConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    links = [(entry, _find_in(entry.runtime_data, digest)) for entry in loaded]
    return next(((entry, link) for entry, link in links if link is not None), None)


def _find_in(account: SmsmodeRuntimeData, digest: str) -> Link | None:
    link, key = account.alerts.links.find(digest), account.pictures.find(digest)
    return PictureLink(key=key) if link is None and key is not None else link


def _picture_key(link: Link) -> str | None:
    """Return the key of the picture that the page of a link shows: one that acknowledges shows that of its alert."""
    match link:
        case PictureLink():
            return link.key
        case OpenLink():
            return link.alert.camera.picture if link.alert.camera else None
        case _:
            return None


def _are_all_loaded(hass: HomeAssistant) -> bool:
    entries = hass.config_entries.async_entries(DOMAIN, include_ignore=False, include_disabled=False)
    return all(entry.state is ConfigEntryState.LOADED for entry in entries)


def _page_of(request: web.Request, token: str, entry: SmsmodeConfigEntry, link: Link) -> web.Response:
    """Return the page of a link as it is before anything is pressed."""
    language = request.app[KEY_HASS].config.language
    if isinstance(link, OverLink):
        return _over_page(link, language)
    kind = PageKind.PICTURE if isinstance(link, PictureLink) else PageKind.OPEN
    if (found := entry.runtime_data.pictures.get(_picture_key(link))) is None:
        return page(kind, language)
    shown = ShownPicture(address=f"{token}{_PICTURE_PATH}", taken_at=dt_util.as_local(found.taken_at))
    return page(kind, language, picture=shown)


def _over_page(link: OverLink, language: str) -> web.Response:
    if link.taken_by is not None:
        return page(PageKind.TAKEN, language, link.taken_by)
    return page(PageKind.RESOLVED if link.phase is AlertPhase.RESOLVED else PageKind.OVER, language)
