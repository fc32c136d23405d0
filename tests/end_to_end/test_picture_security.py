"""Security of the pictures behind links in SMS: one purpose, one picture, nothing told to whoever has no link."""

import json
import logging
import re
from http import HTTPStatus
from pathlib import Path

import pytest
from homeassistant.components.http.ban import KEY_BAN_MANAGER, KEY_FAILED_LOGIN_ATTEMPTS
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.diagnostics import async_get_config_entry_diagnostics
from custom_components.smsmode.links.view import MAX_VAIN, MAX_VIEWS
from tests.support.cameras import FRONT, JPEG, FrontCamera, add_camera
from tests.support.dialogs import active, alert
from tests.support.gateway import Gateway
from tests.support.house import BOB, House, account_entry
from tests.support.links import Browser, links, reach_from_outside, title

UNKNOWN = "/api/sms/" + "A" * 22
SAW, INVALID = "What the camera saw", (HTTPStatus.NOT_FOUND, "This link does not work")


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account whose SMS may have links."""
    return account_entry(gateway, links=True)


@pytest.fixture(autouse=True)
async def camera(hass: HomeAssistant) -> FrontCamera:
    """Return the camera at the front door of a house that is reached from outside."""
    reach_from_outside(hass)
    return await add_camera(hass)


async def send(house: House) -> str:
    """Send an SMS with a picture; return the path of its link."""
    await house.async_call("send_message", message="Somebody is at the door.", target=["Alice"], camera=FRONT)
    return (await links(house))[-1][1]


async def shown(browser: Browser, path: str, method: str = "GET") -> tuple[HTTPStatus, str]:
    status, page = await browser.opens(path, method)
    return status, title(page)


async def test_an_unknown_an_old_and_a_mistyped_link_get_the_same_page_as_those_that_acknowledge(
    house: House, browser: Browser
) -> None:
    path = await send(house)
    await house.async_wait(hours=25)
    paths = [path, UNKNOWN, path[:-1], f"{path}x", f"{path[:-1]}%00", f"{path[:-2]}%F0%9F"]
    pages = {await browser.opens(each) for known in paths for each in (known, f"{known}/picture")}
    assert len(pages) == 1
    assert await shown(browser, UNKNOWN) == INVALID


async def test_the_page_runs_nothing_asks_only_the_house_and_is_kept_by_nobody(house: House, browser: Browser) -> None:
    path = await send(house)
    response = await browser.client.get(path)
    page, headers = await response.text(), response.headers
    token = path.rpartition("/")[2]
    assert re.findall(r"src=\"(.*?)\"", page) == [f"{token}/picture"]
    assert re.findall(r"<script|https?://|href=|url\(|@import|<form|<button", page) == []
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert (policy["default-src"], policy["img-src"], "unsafe" in str(policy)) == ("'none'", "'self'", False)
    picture = (await browser.client.get(f"{path}/picture")).headers
    assert picture["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (picture["X-Content-Type-Options"], picture["Cross-Origin-Resource-Policy"]) == ("nosniff", "same-origin")
    for each in (headers, picture):
        assert (each["Cache-Control"], each["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert ("noindex" in each["X-Robots-Tag"], "Set-Cookie" in each) == (True, False)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
async def test_whatever_opens_a_link_to_a_picture_acknowledges_nothing(
    house: House, browser: Browser, method: str
) -> None:
    await alert(house, camera=FRONT)
    ((_, path),) = await links(house)
    for each in (path, f"{path}/picture"):
        await browser.client.request(method, each)
    await house.async_settle()
    assert active(house) == 1


async def test_a_link_shows_the_picture_of_its_own_alert_alone(
    house: House, browser: Browser, camera: FrontCamera
) -> None:
    await alert(house, steps=[{"target": "Alice", "acknowledge_link": True}])
    await alert(house, alert_id="garden", camera=FRONT, steps=[{"target": [BOB], "acknowledge_link": True}])
    camera.shows = b"\xff\xd8\xff another picture"
    other = await send(house)
    (_, without), (_, garden), _ = await links(house)
    assert await shown(browser, f"{without}/picture") == INVALID
    assert "<img" not in (await browser.opens(without))[1]
    assert await (await browser.client.get(f"{garden}/picture")).read() == JPEG
    assert await (await browser.client.get(f"{other}/picture")).read() == camera.shows
    await browser.presses(garden)
    assert await shown(browser, f"{garden}/picture") == INVALID
    assert await shown(browser, other) == (HTTPStatus.OK, SAW)


async def test_guesses_ban_nobody_and_the_views_of_a_link_have_a_limit(
    hass: HomeAssistant, house: House, browser: Browser
) -> None:
    path = await send(house)
    for _ in range(MAX_VAIN):
        assert await shown(browser, f"{UNKNOWN}/picture") == INVALID
    assert (await browser.opens(f"{UNKNOWN}/picture"))[0] == HTTPStatus.TOO_MANY_REQUESTS
    assert not hass.http.app.get(KEY_FAILED_LOGIN_ATTEMPTS)
    assert not hass.http.app[KEY_BAN_MANAGER].ip_bans_lookup
    statuses = [(await browser.client.get(path)).status for _ in range(MAX_VIEWS + 1)]
    assert (statuses[:-1], statuses[-1]) == ([HTTPStatus.OK] * MAX_VIEWS, HTTPStatus.TOO_MANY_REQUESTS)
    assert (await browser.client.get(f"{path}/picture")).status == HTTPStatus.TOO_MANY_REQUESTS


async def test_no_token_is_on_the_disk_in_diagnostics_in_the_log_or_in_an_event(
    house: House, browser: Browser, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG, "custom_components.smsmode")
    caplog.set_level(logging.DEBUG, "homeassistant.components.http")
    sent = house.capture("smsmode_message_sent")
    path = await send(house)
    await browser.client.get(f"{path}/picture")
    await house.async_wait(seconds=10)
    token = path.rpartition("/")[2]
    told = json.dumps(await async_get_config_entry_diagnostics(house.hass, house.entry), default=str)
    told += "".join(str(event.data) for event in sent) + caplog.text
    told += str(await house.async_call("get_sent_messages"))
    assert token not in told
    # The write-ahead log goes into the file, in which nothing stays that was deleted.
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert (token.encode() in kept, JPEG in kept) == (False, True)
