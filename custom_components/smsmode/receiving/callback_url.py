"""Callback address: the public URL of the webhook that is handed to the gateway, or why there is none."""

import asyncio
import contextlib
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
from ..const import CONF_BASE_URL, DEFAULT_BASE_URL, DOMAIN
from ..helpers.components import find_component
from ..helpers.public_address import is_public_host
from ..helpers.timing import async_wait_at_most

# How long, in seconds, a message waits for the cloud, which it can do without.
CLOUD_PATIENCE = 1.0


class CallbackRoute(StrEnum):
    """Route by which a callback reaches Home Assistant."""

    CLOUD = "cloud"
    EXTERNAL = "external"
    NEARBY = "nearby"
    NONE = "none"


class CallbackObstacle(StrEnum):
    """Reason for which there is no callback address."""

    TURNED_OFF = "turned_off"
    NO_CLOUD = "no_cloud"
    NO_ADDRESS = "no_address"
    NOT_HTTPS = "not_https"
    NOT_PUBLIC = "not_public"


@dataclass(frozen=True, slots=True, repr=False)
class CallbackAddress:
    """Callback address of an account; ``url`` is a secret, and None if there is an obstacle."""

    route: CallbackRoute
    url: str | None = None
    obstacle: CallbackObstacle | None = None


async def async_callback_address(
    hass: HomeAssistant, entry: ConfigEntry, mode: CallbackMode | None = None
) -> CallbackAddress:
    """Return the address for a callback mode; by default that of the options."""
    mode = mode or read_callback_mode(entry)
    webhook_id = entry.data[CONF_WEBHOOK_ID]
    if mode in (CallbackMode.AUTO, CallbackMode.CLOUD) and (url := await _async_cloud_url(hass, webhook_id)):
        return CallbackAddress(CallbackRoute.CLOUD, url)
    if mode in (CallbackMode.AUTO, CallbackMode.EXTERNAL):
        return _own_address(hass, webhook_id, entry.data.get(CONF_BASE_URL, DEFAULT_BASE_URL))
    return _none(CallbackObstacle.NO_CLOUD if mode is CallbackMode.CLOUD else CallbackObstacle.TURNED_OFF)


async def async_callback_url(hass: HomeAssistant, entry: ConfigEntry) -> str | None:
    """Return the URL to hand to the gateway, None if there is none."""
    return (await async_callback_address(hass, entry)).url


async def _async_cloud_url(hass: HomeAssistant, webhook_id: str) -> str | None:
    """Return the URL of the cloudhook, which is created the first time; None without a cloud subscription."""
    if (cloud := find_component(hass, "cloud")) is None:
        return None
    try:
        if not cloud.async_active_subscription(hass):
            return None
        making = cloud.async_get_or_create_cloudhook(hass, webhook_id)
        task: asyncio.Task[str] = hass.async_create_background_task(making, f"{DOMAIN} cloudhook")
        if not await async_wait_at_most(hass, CLOUD_PATIENCE, task):
            task.cancel()
            return None
        return task.result()
    except Exception:  # noqa: BLE001
        # It raises errors of several libraries; whatever is wrong with the cloud, no alert may wait for it.
        return None


def _own_address(hass: HomeAssistant, webhook_id: str, gateway: str) -> CallbackAddress:
    """Return the external https address; the internal one for a gateway on this machine."""
    nearby = is_loopback(URL(gateway).raw_host or "")
    try:
        url = webhook.async_generate_url(hass, webhook_id, allow_internal=nearby, prefer_external=not nearby)
    except NoURLAvailableError:
        return _none(CallbackObstacle.NO_ADDRESS)
    if nearby:
        return CallbackAddress(CallbackRoute.NEARBY, url)
    if not is_public_host(URL(url).host or ""):
        return _none(CallbackObstacle.NOT_PUBLIC)
    if URL(url).scheme != "https":
        return _none(CallbackObstacle.NOT_HTTPS)
    return CallbackAddress(CallbackRoute.EXTERNAL, url)


def _none(obstacle: CallbackObstacle) -> CallbackAddress:
    return CallbackAddress(CallbackRoute.NONE, obstacle=obstacle)


async def async_tidy_cloud_url(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the cloudhook of an account whose options do not use it any more."""
    if read_callback_mode(entry) in (CallbackMode.EXTERNAL, CallbackMode.OFF):
        await async_forget_cloud_url(hass, entry.data[CONF_WEBHOOK_ID])


async def async_forget_cloud_url(hass: HomeAssistant, webhook_id: str) -> None:
    """Delete the cloudhook of an account, if there is one."""
    if (cloud := find_component(hass, "cloud")) is None:
        return
    # A hook that does not exist is an error, too; and nothing that is wrong with the cloud may stop an account.
    with contextlib.suppress(Exception):
        await cloud.async_delete_cloudhook(hass, webhook_id)
