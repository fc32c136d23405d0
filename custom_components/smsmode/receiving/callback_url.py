"""By which address the gateway can call this house back, if by any."""

import contextlib
import ipaddress
from dataclasses import dataclass
from enum import StrEnum

from homeassistant.components import webhook
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError
from yarl import URL

from ..api.validation import is_loopback
from ..config.options import CallbackMode, read_callback_mode
from ..const import CONF_BASE_URL, DEFAULT_BASE_URL

# Names that no name server of the internet knows.
_AT_HOME = (".local", ".lan", ".home", ".internal", ".home.arpa", ".localdomain")


class CallbackRoute(StrEnum):
    """Which way a callback comes into the house."""

    CLOUD = "cloud"
    EXTERNAL = "external"
    NEARBY = "nearby"
    NONE = "none"


class CallbackObstacle(StrEnum):
    """Why there is no way in."""

    TURNED_OFF = "turned_off"
    NO_CLOUD = "no_cloud"
    NO_ADDRESS = "no_address"
    NOT_HTTPS = "not_https"
    NOT_PUBLIC = "not_public"


@dataclass(frozen=True, slots=True, repr=False)
class CallbackAddress:
    """The way in, and the address to hand to the gateway, which is a secret; if there is none, why."""

    route: CallbackRoute
    url: str | None = None
    obstacle: CallbackObstacle | None = None


async def async_callback_address(
    hass: HomeAssistant, entry: ConfigEntry, mode: CallbackMode | None = None
) -> CallbackAddress:
    """Give the address that a choice comes to, without one that of the options."""
    mode = mode or read_callback_mode(entry)
    webhook_id = entry.data[CONF_WEBHOOK_ID]
    if mode in (CallbackMode.AUTO, CallbackMode.CLOUD) and (url := await _async_cloud_url(hass, webhook_id)):
        return CallbackAddress(CallbackRoute.CLOUD, url)
    if mode in (CallbackMode.AUTO, CallbackMode.EXTERNAL):
        return _own_address(hass, webhook_id, entry.data.get(CONF_BASE_URL, DEFAULT_BASE_URL))
    return _none(CallbackObstacle.NO_CLOUD if mode is CallbackMode.CLOUD else CallbackObstacle.TURNED_OFF)


async def async_callback_url(hass: HomeAssistant, entry: ConfigEntry) -> str | None:
    """Give that address alone."""
    return (await async_callback_address(hass, entry)).url


async def _async_cloud_url(hass: HomeAssistant, webhook_id: str) -> str | None:
    """Give the cloudhook, made the first time it is asked for."""
    if "cloud" not in hass.config.components:
        return None
    # Importing it pulls in much that a house without the cloud does not have.
    from homeassistant.components import cloud  # noqa: PLC0415

    try:
        if not cloud.async_active_subscription(hass):
            return None
        return await cloud.async_get_or_create_cloudhook(hass, webhook_id)
    except Exception:  # noqa: BLE001
        # It raises errors of several libraries; whatever ails the cloud, an alert must not wait for a callback.
        return None


def _own_address(hass: HomeAssistant, webhook_id: str, gateway: str) -> CallbackAddress:
    """Give the external https address; the internal one to a gateway on this very machine."""
    nearby = is_loopback(URL(gateway).raw_host or "")
    try:
        url = webhook.async_generate_url(hass, webhook_id, allow_internal=nearby, prefer_external=not nearby)
    except NoURLAvailableError:
        return _none(CallbackObstacle.NO_ADDRESS)
    if nearby:
        return CallbackAddress(CallbackRoute.NEARBY, url)
    if not _is_public(URL(url).host or ""):
        return _none(CallbackObstacle.NOT_PUBLIC)
    if URL(url).scheme != "https":
        return _none(CallbackObstacle.NOT_HTTPS)
    return CallbackAddress(CallbackRoute.EXTERNAL, url)


def _none(obstacle: CallbackObstacle) -> CallbackAddress:
    return CallbackAddress(CallbackRoute.NONE, obstacle=obstacle)


def _is_public(host: str) -> bool:
    """Tell an address that can be one of the internet from one that has a meaning only at home."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_AT_HOME)


async def async_tidy_cloud_url(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the cloudhook of an account that wants none any more: it is a way in that nobody uses."""
    if read_callback_mode(entry) in (CallbackMode.EXTERNAL, CallbackMode.OFF):
        await async_forget_cloud_url(hass, entry.data[CONF_WEBHOOK_ID])


async def async_forget_cloud_url(hass: HomeAssistant, webhook_id: str) -> None:
    """Delete the cloudhook, if there is one."""
    if "cloud" not in hass.config.components:
        return
    from homeassistant.components import cloud  # noqa: PLC0415

    # A hook that does not exist is an error, too; and nothing that ails the cloud may stop an account.
    with contextlib.suppress(Exception):
        await cloud.async_delete_cloudhook(hass, webhook_id)
