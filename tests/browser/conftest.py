"""Fixtures of the browser tests: a running Home Assistant, a browser, a user, and a gateway."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from .browser_user import BrowserUser, PhonePage
from .gateway import Gateway, running_gateway
from .hass_api import House
from .translations import Words

PATIENCE = 30_000
LOCALES = {"en": "en-GB", "fr": "fr-FR"}
# It leaves little room for the pages.
NO_SIDEBAR = """localStorage.setItem('dockedSidebar', '"always_hidden"')"""
FLAGS = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]

expect.set_options(timeout=PATIENCE)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--language", choices=sorted(LOCALES), default="en", help="of the house and its people")
    parser.addoption("--pictures", type=Path, required=True, help="the folder that gets the pictures")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In French, select only the tests that run in both languages."""
    if config.getoption("language") == "en":
        return
    left_out = [item for item in items if not item.get_closest_marker("both_languages")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def words(pytestconfig: pytest.Config) -> Words:
    return Words(pytestconfig.getoption("language"))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    # Chromium's own sandbox does not work for root, nor in most containers. It sees nothing but this machine.
    browser = playwright.chromium.launch(
        executable_path=os.environ["SMSMODE_CHROMIUM"], chromium_sandbox=False, args=FLAGS
    )
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def hass_api(playwright: Playwright) -> House:
    url, token = os.environ["SMSMODE_BROWSER_HOUSE"], os.environ["SMSMODE_BROWSER_TOKEN"]
    api = playwright.request.new_context(base_url=url, extra_http_headers={"Authorization": f"Bearer {token}"})
    return House(url, os.environ["SMSMODE_BROWSER_GATEWAY"], api, Path(os.environ["SMSMODE_BROWSER_FOLDER"]))


@pytest.fixture
def house(hass_api: House) -> Iterator[House]:
    """Yield Home Assistant, and restore it afterwards."""
    yield hass_api
    hass_api.restore()


@pytest.fixture(scope="session")
def gateway_process(playwright: Playwright) -> Iterator[Gateway]:
    with running_gateway(playwright) as gateway:
        yield gateway


@pytest.fixture
def gateway(house: House, gateway_process: Gateway) -> Gateway:
    """Return a gateway without history."""
    gateway_process.reset()
    return gateway_process


type Window = Callable[..., Page]
type UserFactory = Callable[..., BrowserUser]


@pytest.fixture
def open_window(browser: Browser, words: Words) -> Iterator[Window]:
    """Yield a function that opens windows, each with a context of its own: a hidden window is not drawn."""
    contexts: list[BrowserContext] = []

    def open_window(width: int = 1000, height: int = 900, *, dark: bool = False, handy: bool = False) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale=LOCALES[words.language],
            timezone_id="Europe/Paris",
            color_scheme="dark" if dark else "light",
            has_touch=handy,
            is_mobile=handy,
            reduced_motion="reduce",
            service_workers="block",
        )
        context.set_default_timeout(PATIENCE)
        context.add_init_script(NO_SIDEBAR)
        contexts.append(context)
        return context.new_page()

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture
def new_user(request: pytest.FixtureRequest, open_window: Window, house: House, words: Words) -> Iterator[UserFactory]:
    """Yield a function that creates a user with a window."""
    folder: Path = request.config.getoption("pictures") / words.language / request.node.name.removeprefix("test_")
    shutil.rmtree(folder, ignore_errors=True)
    users: list[BrowserUser] = []

    def new_user(**window: Any) -> BrowserUser:
        users.append(BrowserUser(open_window(**window), house, words, folder))
        return users[-1]

    yield new_user
    for user in users:
        user.takes("at-the-end")


@pytest.fixture
def phone_page(open_window: Window, house: House) -> PhonePage:
    """Return the phone page of the gateway of the demo."""
    return PhonePage(open_window(400), house.gateway)


@pytest.fixture
def user(new_user: UserFactory) -> BrowserUser:
    """Return a user with a desktop window."""
    return new_user()


@pytest.fixture
def mobile_user(new_user: UserFactory) -> BrowserUser:
    """Return a user with a small window, touch and dark mode."""
    return new_user(width=390, height=844, dark=True, handy=True)
