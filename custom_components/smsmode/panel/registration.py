"""Registration of the panel in the sidebar, while there is an account and Home Assistant has a front end."""

from pathlib import Path
from types import ModuleType
from typing import Final

from homeassistant.components.http import StaticPathConfig
from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.importlib import async_import_module
from homeassistant.loader import async_get_integration
from homeassistant.setup import async_when_setup

from ..config.accounts import usable_entries
from ..const import DOMAIN
from .acting import async_register_acting
from .commands import async_register_reading

FRONTEND: Final = "frontend"
FOLDER: Final = Path(__file__).parents[1] / "frontend"
URL_PATH: Final = DOMAIN
COMPONENT: Final = f"{DOMAIN}-panel"
# Home Assistant translates the titles of its own panels alone; this word is the same in both languages.
TITLE: Final = "Messages"
ICON: Final = "mdi:message-text"


class PanelRegistration:
    """The panel in the sidebar of one Home Assistant, and the script that offers its cards."""

    def __init__(self, hass: HomeAssistant, url: str, frontend: ModuleType, panel_custom: ModuleType) -> None:
        """Register nothing yet; ``url`` is the address of the static files."""
        self._hass = hass
        self._url = url
        self._frontend = frontend
        self._panel_custom = panel_custom
        self._is_shown = False

    async def async_update(self, *_changed: object) -> None:
        """Show the panel if there is an account that is not disabled, else take it away."""
        is_wanted = bool(usable_entries(self._hass))
        if is_wanted and not self._is_shown:
            await self._async_show()
        elif self._is_shown and not is_wanted:
            self._hide()

    async def _async_show(self) -> None:
        if self._frontend.async_panel_exists(self._hass, URL_PATH):
            # Somebody's own panel has this address.
            return
        self._is_shown = True
        await self._panel_custom.async_register_panel(
            self._hass,
            frontend_url_path=URL_PATH,
            webcomponent_name=COMPONENT,
            sidebar_title=TITLE,
            sidebar_icon=ICON,
            module_url=f"{self._url}/panel.js",
            embed_iframe=False,
            require_admin=False,
            handle_safe_area=True,
        )
        self._frontend.add_extra_js_url(self._hass, self._loader)

    @callback
    def _hide(self) -> None:
        self._is_shown = False
        self._frontend.async_remove_panel(self._hass, URL_PATH)
        self._frontend.remove_extra_js_url(self._hass, self._loader)

    @property
    def _loader(self) -> str:
        return f"{self._url}/loader.js"


@callback
def async_setup_panel(hass: HomeAssistant) -> None:
    """Register the commands, and the panel once the front end is set up, if it ever is: no alarm depends on it."""
    async_register_reading(hass)
    async_register_acting(hass)
    async_when_setup(hass, FRONTEND, _async_begin)


async def _async_begin(hass: HomeAssistant, _component: str) -> None:
    """Serve the files, at an address of their version, and follow the accounts."""
    frontend, panel_custom = [
        await async_import_module(hass, f"homeassistant.components.{name}") for name in (FRONTEND, "panel_custom")
    ]
    integration = await async_get_integration(hass, DOMAIN)
    url = f"/{DOMAIN}_static/{integration.version}"
    await hass.http.async_register_static_paths([StaticPathConfig(url, str(FOLDER), cache_headers=True)])
    registration = PanelRegistration(hass, url, frontend, panel_custom)
    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, registration.async_update)
    await registration.async_update()
