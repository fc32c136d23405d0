"""By which address the gateway can call this house back, if by any."""

import contextlib
from dataclasses import dataclass
from enum import StrEnum

from homeassistant.components import webhook
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError
from yarl import URL

from .api import limits
from .const import CONF_BASE_URL, DEFAULT_BASE_URL
from .settings import CallbackMode, read_settings


class CallbackRoute(StrEnum):
    """Which way a callback comes into the house."""

    CLOUD = "cloud"
    EXTERNAL = "external"
    NEARBY = "nearby"
    NONE = "none"


@dataclass(frozen=True, slots=True, repr=False)
class CallbackAddress:
    """The way in, and the address to hand to the gateway, which is a secret; None if there is none."""

    route: CallbackRoute
    url: str | None = None


async def async_callback_address(hass: HomeAssistant, entry: ConfigEntry) -> CallbackAddress:
    """Give the address that the options of an account come to; none if the house has no public one or wants none."""
    mode = read_settings(hass, entry).callbacks
    webhook_id = entry.data[CONF_WEBHOOK_ID]
    if mode in (CallbackMode.AUTO, CallbackMode.CLOUD) and (url := await _async_cloud_url(hass, webhook_id)):
        return CallbackAddress(CallbackRoute.CLOUD, url)
    if mode in (CallbackMode.AUTO, CallbackMode.EXTERNAL):
        return _own_address(hass, webhook_id, entry.data.get(CONF_BASE_URL, DEFAULT_BASE_URL))
    return CallbackAddress(CallbackRoute.NONE)


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
    nearby = limits.is_loopback(URL(gateway).raw_host or "")
    try:
        url = webhook.async_generate_url(hass, webhook_id, allow_internal=nearby, prefer_external=not nearby)
    except NoURLAvailableError:
        return CallbackAddress(CallbackRoute.NONE)
    if nearby:
        return CallbackAddress(CallbackRoute.NEARBY, url)
    return (
        CallbackAddress(CallbackRoute.EXTERNAL, url)
        if URL(url).scheme == "https"
        else CallbackAddress(CallbackRoute.NONE)
    )


async def async_tidy_cloud_url(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the cloudhook of an account that wants none any more: it is a way in that nobody uses."""
    if read_settings(hass, entry).callbacks in (CallbackMode.EXTERNAL, CallbackMode.OFF):
        await async_forget_cloud_url(hass, entry.data[CONF_WEBHOOK_ID])


async def async_forget_cloud_url(hass: HomeAssistant, webhook_id: str) -> None:
    """Delete the cloudhook, if there is one."""
    if "cloud" not in hass.config.components:
        return
    from homeassistant.components import cloud  # noqa: PLC0415

    # A hook that does not exist is an error, too; and nothing that ails the cloud may stop an account.
    with contextlib.suppress(Exception):
        await cloud.async_delete_cloudhook(hass, webhook_id)
