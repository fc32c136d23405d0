"""Download of the report of a check, to which the end of its dialog links."""

from datetime import timedelta
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web
from homeassistant.components.http import KEY_HASS, HomeAssistantView, require_admin
from homeassistant.components.http.auth import async_sign_path
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from ..check.report import async_report_file, async_report_words
from ..const import DOMAIN

PATH: Final = f"/api/{DOMAIN}/check_report/"
# A dialog may stay open for a while; the report has nothing private.
LINK_LIFETIME: Final = timedelta(hours=1)
_FILE_NAME: Final = f"{DOMAIN}-report.md"


class ReportView(HomeAssistantView):
    """View of the report of an account, for administrators."""

    url = f"{PATH}{{entry_id}}"
    name = "api:smsmode:check_report"

    @require_admin
    async def get(self, request: web.Request, entry_id: str) -> web.Response:
        """Return the report as a file of Markdown."""
        hass = request.app[KEY_HASS]
        entry = hass.config_entries.async_get_entry(entry_id)
        if entry is None or entry.domain != DOMAIN or entry.state is not ConfigEntryState.LOADED:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        account = entry.runtime_data
        return web.Response(
            text=await async_report_file(hass, account.store.state, account.client.shapes),
            content_type="text/markdown",
            headers={
                hdrs.CONTENT_DISPOSITION: f'attachment; filename="{_FILE_NAME}"',
                hdrs.CACHE_CONTROL: "no-store",
            },
        )


@callback
def async_register_report(hass: HomeAssistant) -> None:
    """Offer the reports of all accounts."""
    hass.http.register_view(ReportView())


async def async_report_link(hass: HomeAssistant, entry_id: str) -> str:
    """Return a link to the report of an account, which needs no login while it lasts.

    Written in HTML for its target: the frontend takes a link without one for one of its own pages.
    """
    words = await async_report_words(hass)
    path = async_sign_path(hass, f"{PATH}{entry_id}", LINK_LIFETIME)
    return f'<a href="{path}" target="_blank">{words["report_download"]}</a>'
