"""Companion: the notify action of a telephone, in place of the integration of the companion app.

That one needs packages of cameras and of the cloud. This one posts the same JSON to the push service of the test.
"""

import probatio
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.typing import ConfigType

DOMAIN = "companion"
ACTION = "mobile_app_alice_phone"
CONFIG_SCHEMA = probatio.Schema({DOMAIN: {"push_url": str}}, extra=probatio.ALLOW_EXTRA)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the action."""
    url = config[DOMAIN]["push_url"]

    async def async_push(call: ServiceCall) -> None:
        async with async_get_clientsession(hass).post(url, json=dict(call.data)) as response:
            response.raise_for_status()

    hass.services.async_register("notify", ACTION, async_push)
    return True
