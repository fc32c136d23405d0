"""Links in SMS behind a reverse proxy, which speaks for the telephones of everybody."""

from http import HTTPStatus

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smsmode.links.view import MAX_VAIN
from tests.support.dialogs import active, alert
from tests.support.gateway import Gateway
from tests.support.house import House, account_entry
from tests.support.links import Browser, links, open_browser, reach_from_outside, title

STEP = {"target": ["Alice"], "acknowledge_link": True}
UNKNOWN = "/api/sms/" + "A" * 22
TELEPHONE, STRANGER = "203.0.113.9", "203.0.113.66"


def through_proxy(address: str) -> dict[str, str]:
    """Return the headers that a proxy adds to a request from an address."""
    return {"X-Forwarded-For": address, "X-Forwarded-Proto": "https", "X-Forwarded-Host": "house.example"}


@pytest.fixture
async def entry(hass: HomeAssistant, gateway: Gateway) -> MockConfigEntry:
    """Return an account whose SMS may have links, in a house that trusts its proxy."""
    proxied = {"use_x_forwarded_for": True, "trusted_proxies": ["127.0.0.1"]}
    assert await async_setup_component(hass, "http", {"http": proxied})
    return account_entry(gateway, links=True)


@pytest.fixture
async def browser(hass: HomeAssistant, house: House, hass_client_no_auth: ClientSessionGenerator) -> Browser:
    """Return the way through the proxy."""
    reach_from_outside(hass)
    return await open_browser(house, hass_client_no_auth)


async def shown(browser: Browser, path: str, address: str, method: str = "GET") -> tuple[HTTPStatus, str]:
    status, page = await browser.opens(path, method, headers=through_proxy(address))
    return status, title(page)


async def test_a_link_is_opened_and_pressed_through_a_proxy(house: House, browser: Browser) -> None:
    await alert(house, steps=[STEP])
    ((_, path),) = await links(house)
    assert await shown(browser, path, TELEPHONE) == (HTTPStatus.OK, "Do you take care of it?")
    assert await shown(browser, path, TELEPHONE, "POST") == (HTTPStatus.OK, "Thank you")
    assert active(house) == 0


async def test_a_stranger_who_guesses_keeps_nobody_else_out(house: House, browser: Browser) -> None:
    await alert(house, steps=[STEP])
    ((_, path),) = await links(house)
    for _ in range(MAX_VAIN):
        await shown(browser, UNKNOWN, STRANGER)
    assert (await shown(browser, UNKNOWN, STRANGER))[0] == HTTPStatus.TOO_MANY_REQUESTS
    assert (await shown(browser, UNKNOWN, TELEPHONE))[0] == HTTPStatus.NOT_FOUND
    assert (await shown(browser, path, STRANGER))[0] == HTTPStatus.OK
