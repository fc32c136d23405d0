"""For tests: the door at which the gateway rings."""

from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from .house import WEBHOOK_ID

type Door = TestClient[Request, Application]
PATH = f"/api/webhook/{WEBHOOK_ID}"


async def open_door(hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator) -> Door:
    """Open the house to callbacks: the gateway, on this machine, is given the internal address."""
    client: Door = await hass_client_no_auth()
    hass.config.internal_url = str(client.make_url("")).rstrip("/")
    return client
