"""HTTP client for the webhook, for tests."""

from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from .house import WEBHOOK_ID

type CallbackClient = TestClient[Request, Application]
PATH = f"/api/webhook/{WEBHOOK_ID}"


async def open_callback_client(hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator) -> CallbackClient:
    """Start the HTTP server of a house, and set its internal address, which a gateway on this machine can reach."""
    client: CallbackClient = await hass_client_no_auth()
    hass.config.internal_url = str(client.make_url("")).rstrip("/")
    return client
