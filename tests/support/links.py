"""Links in SMS for tests: a house that is reached from outside, and the telephones of people who press links."""

import re
from http import HTTPStatus
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from .house import House

OUTSIDE = "https://house.example"
LINK = re.compile(rf"{OUTSIDE}(/api/sms/[\w-]{{22}})(?=$|\s)", re.MULTILINE)


def reach_from_outside(hass: HomeAssistant, address: str | None = OUTSIDE) -> None:
    """Set the external address of Home Assistant."""
    hass.config.external_url = address


async def links(house: House) -> list[tuple[str, str]]:
    """Return the number and the path of the link of each SMS that has one."""
    messages = await house.gateway.messages()
    return [(message.numbers[0], path) for message in messages for path in LINK.findall(message.text)]


class Browser:
    """Browser of a telephone that is logged in nowhere."""

    def __init__(self, house: House, client: TestClient[Any, Any]) -> None:
        """Use a client."""
        self._house = house
        self.client = client

    async def opens(self, path: str, method: str = "GET", **options: Any) -> tuple[HTTPStatus, str]:
        """Open a link; return the status and the page."""
        response = await self.client.request(method, path, **options)
        page = await response.text()
        await self._house.async_settle()
        return HTTPStatus(response.status), page

    async def presses(self, path: str) -> tuple[HTTPStatus, str]:
        """Press the button on the page of a link."""
        return await self.opens(path, "POST")


async def open_browser(house: House, new_client: ClientSessionGenerator) -> Browser:
    """Open a browser."""
    return Browser(house, await new_client())


def title(page: str) -> str:
    """Return the title of a page."""
    (found,) = re.findall("<title>(.*?)</title>", page)
    return str(found)
