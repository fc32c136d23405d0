"""View of the links in SMS: finds out what a token is for, and does that when its button is pressed.

A stranger's preview fetches whatever link it sees, so GET and HEAD only show. All tokens go the same way: their digest
is looked up, which takes no longer for one that nearly fits. Nobody is banned for a token that is not known: it may be
that of an alert that is long over.
"""

import contextlib
from typing import Final

from aiohttp import web
from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN
from ..conversations.alert_links import OpenLink, OverLink
from ..helpers.links import PATH, digest_of
from ..runtime import SmsmodeConfigEntry, async_wait_for_accounts
from ..state.alerts import AcknowledgedHow, AlertPhase
from ..state.store import SHORT_PATIENCE, StorageError
from .page import PageKind, page
from .rate_limit import RateLimit

# In a minute: of the tokens that an address tries in vain, and of each token that is known.
MAX_VAIN: Final = 30
MAX_USES: Final = 60

type Found = tuple[SmsmodeConfigEntry, OpenLink | OverLink]


class LinkView(HomeAssistantView):
    """View of the links of all accounts."""

    url = f"{PATH}{{token}}"
    name = "api:smsmode:link"
    requires_auth = False

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self._vain = RateLimit(MAX_VAIN)
        self._uses = RateLimit(MAX_USES)

    async def get(self, request: web.Request, token: str) -> web.Response:
        """Show what a link is for, and do nothing."""
        found, response = await self._async_look_up(request, token)
        if found is None:
            return response
        _, link = found
        language = request.app[KEY_HASS].config.language
        return page(PageKind.OPEN, language) if isinstance(link, OpenLink) else _over_page(link, language)

    async def post(self, request: web.Request, token: str) -> web.Response:
        """Acknowledge the alert of a link, which is on the disk before anybody is thanked."""
        found, response = await self._async_look_up(request, token)
        if found is None:
            return response
        entry, link = found
        language = request.app[KEY_HASS].config.language
        if isinstance(link, OverLink):
            return _over_page(link, language)
        account = entry.runtime_data
        account.alerts.async_acknowledge_by_number(link.alert, link.number, AcknowledgedHow.LINK)
        with contextlib.suppress(StorageError):
            await account.store.async_save(SHORT_PATIENCE)
        return page(PageKind.DONE, language)

    async def _async_look_up(self, request: web.Request, token: str) -> tuple[Found | None, web.Response]:
        """Return what a token is for; if it is for nothing, the page that says so."""
        hass, digest = request.app[KEY_HASS], digest_of(token)
        await async_wait_for_accounts(hass)
        found, now = _find(hass, digest), hass.loop.time()
        language = hass.config.language
        if found is not None:
            is_exceeded = self._uses.is_exceeded(digest, now)
            return None if is_exceeded else found, page(PageKind.LIMITED, language)
        if self._vain.is_exceeded(request.remote or "", now):
            return None, page(PageKind.LIMITED, language)
        return None, page(PageKind.INVALID if _are_all_loaded(hass) else PageKind.STARTING, language)


@callback
def async_register_links(hass: HomeAssistant) -> None:
    """Register the view, once for all accounts: Home Assistant forgets none."""
    hass.http.register_view(LinkView())


def _find(hass: HomeAssistant, digest: str) -> Found | None:
    """Return what a digest is for. All accounts are asked, whichever has it."""
    loaded: list[SmsmodeConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    links = [(entry, entry.runtime_data.alerts.links.find(digest)) for entry in loaded]
    return next(((entry, link) for entry, link in links if link is not None), None)


def _are_all_loaded(hass: HomeAssistant) -> bool:
    entries = hass.config_entries.async_entries(DOMAIN, include_ignore=False, include_disabled=False)
    return all(entry.state is ConfigEntryState.LOADED for entry in entries)


def _over_page(link: OverLink, language: str) -> web.Response:
    if link.taken_by is not None:
        return page(PageKind.TAKEN, language, link.taken_by)
    return page(PageKind.RESOLVED if link.phase is AlertPhase.RESOLVED else PageKind.OVER, language)
