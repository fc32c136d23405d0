"""What the stories stand on: a house that runs already, a browser, a person, and a gateway of their own."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from .browser_user import Person, Telephone
from .gateway import Gateway, running_gateway
from .hass_api import House
from .translations import Words

PATIENCE = 30_000
LOCALES = {"en": "en-GB", "fr": "fr-FR"}
# It leaves little room for what the stories are about.
NO_SIDEBAR = """localStorage.setItem('dockedSidebar', '"always_hidden"')"""
FLAGS = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]

expect.set_options(timeout=PATIENCE)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--language", choices=sorted(LOCALES), default="en", help="of the house and its people")
    parser.addoption("--pictures", type=Path, required=True, help="the folder that gets the pictures")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a French house, only the stories that are told in both languages."""
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
def the_house(playwright: Playwright) -> House:
    url, token = os.environ["SMSMODE_BROWSER_HOUSE"], os.environ["SMSMODE_BROWSER_TOKEN"]
    api = playwright.request.new_context(base_url=url, extra_http_headers={"Authorization": f"Bearer {token}"})
    return House(url, os.environ["SMSMODE_BROWSER_GATEWAY"], api)


@pytest.fixture
def house(the_house: House) -> Iterator[House]:
    """Give the house, and leave it as it was."""
    yield the_house
    the_house.tidy_up()


@pytest.fixture(scope="session")
def the_gateway(playwright: Playwright) -> Iterator[Gateway]:
    with running_gateway(playwright) as gateway:
        yield gateway


@pytest.fixture
def gateway(house: House, the_gateway: Gateway) -> Gateway:
    """Give a gateway that knows nothing yet."""
    the_gateway.begin_again()
    return the_gateway


type Window = Callable[..., Page]
type Invitation = Callable[..., Person]


@pytest.fixture
def open_window(browser: Browser, words: Words) -> Iterator[Window]:
    """Give a way to open windows, each with a memory of its own: one behind another would not be drawn."""
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
def invite(request: pytest.FixtureRequest, open_window: Window, house: House, words: Words) -> Iterator[Invitation]:
    """Give a way to put a person in front of a window."""
    album: Path = request.config.getoption("pictures") / words.language / request.node.name.removeprefix("test_")
    shutil.rmtree(album, ignore_errors=True)
    people: list[Person] = []

    def invite(**window: Any) -> Person:
        people.append(Person(open_window(**window), house, words, album))
        return people[-1]

    yield invite
    for person in people:
        person.takes("at-the-end")


@pytest.fixture
def telephone(open_window: Window, house: House) -> Telephone:
    """Give the page of the telephone that the demo house writes to."""
    return Telephone(open_window(400), house.gateway)


@pytest.fixture
def person(invite: Invitation) -> Person:
    """Give a person at a desk."""
    return invite()


@pytest.fixture
def person_out(invite: Invitation) -> Person:
    """Give a person with a telephone in the dark."""
    return invite(width=390, height=844, dark=True, handy=True)
