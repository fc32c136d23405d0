"""Security of the links in SMS: who guesses, previews, replays, counts or listens gets nothing and does nothing."""

import json
import logging
import re
from http import HTTPStatus
from pathlib import Path

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.http.ban import KEY_BAN_MANAGER, KEY_FAILED_LOGIN_ATTEMPTS
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smsmode.diagnostics import async_get_config_entry_diagnostics
from custom_components.smsmode.helpers.links import digest_of, hide_links
from custom_components.smsmode.links.rate_limit import MAX_KEYS, RateLimit
from custom_components.smsmode.links.view import MAX_USES, MAX_VAIN
from tests.support.dialogs import active, alert
from tests.support.gateway import Gateway
from tests.support.house import ALICE, BOB, House, account_entry
from tests.support.links import OUTSIDE, Browser, links, open_browser, reach_from_outside, title

STEP = {"target": ["Alice", BOB], "acknowledge_link": True}
UNKNOWN = "/api/sms/" + "A" * 22
OPEN = (HTTPStatus.OK, "Do you take care of it?")
INVALID = (HTTPStatus.NOT_FOUND, "This link does not work")


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account whose SMS may have links."""
    return account_entry(gateway, links=True)


@pytest.fixture
async def browser(hass: HomeAssistant, house: House, hass_client_no_auth: ClientSessionGenerator) -> Browser:
    """Return the browser of a telephone, in a house that is reached from outside and has an alert of two people."""
    reach_from_outside(hass)
    return await open_browser(house, hass_client_no_auth)


async def shown(browser: Browser, path: str, method: str = "GET") -> tuple[HTTPStatus, str]:
    status, page = await browser.opens(path, method)
    return status, title(page)


async def raise_alert(house: House) -> tuple[str, str]:
    """Raise an alert; return the paths of the links of both people."""
    await alert(house, steps=[STEP])
    (_, alice), (_, bob) = await links(house)
    return alice, bob


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {}),
        ("GET", {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"}),
        ("GET", {"User-Agent": "facebookexternalhit/1.1 Twitterbot/1.0"}),
        ("HEAD", {}),
        ("OPTIONS", {}),
        ("PUT", {}),
        ("DELETE", {}),
    ],
)
async def test_whatever_opens_a_link_acknowledges_nothing(
    house: House, browser: Browser, method: str, headers: dict[str, str]
) -> None:
    path, _ = await raise_alert(house)
    for _ in range(3):
        await browser.client.request(method, path, headers=headers)
    await house.async_settle()
    assert active(house) == 1


async def test_a_second_press_changes_nothing_and_a_replay_gets_the_page_of_the_end(
    house: House, browser: Browser
) -> None:
    changes = house.capture("smsmode_alert_changed")
    alice, bob = await raise_alert(house)
    await browser.presses(alice)
    count = len(await house.gateway.messages())
    assert await shown(browser, alice, "POST") == (HTTPStatus.OK, "This alert is over")
    assert await shown(browser, bob, "POST") == (HTTPStatus.OK, "This alert is over")
    assert [change.data["acknowledged_by"] for change in changes if change.data["acknowledged_by"]] == ["Alice"]
    assert len(await house.gateway.messages()) == count
    # The next alert of the same people has other links.
    await alert(house, steps=[STEP])
    await browser.presses(alice)
    assert active(house) == 1


async def test_an_unknown_an_expired_and_a_mistyped_link_get_the_same_page(
    house: House, browser: Browser, freezer: FrozenDateTimeFactory
) -> None:
    path, _ = await raise_alert(house)
    await house.async_call("cancel_alert", alert_id="cellar")
    await house.async_wait(hours=2)
    paths = [path, UNKNOWN, path[:-1], f"{path}x", f"{path[:-1]}%00", f"{path[:-2]}%F0%9F", "/api/sms/null"]
    pages = {await browser.opens(each, method) for each in paths for method in ("GET", "POST")}
    assert len(pages) == 1
    assert await shown(browser, UNKNOWN) == INVALID


async def test_a_token_that_nearly_fits_is_looked_up_like_any_other(house: House, browser: Browser) -> None:
    path, _ = await raise_alert(house)
    token = path.rpartition("/")[2]
    known = house.account.alerts.links
    # By its digest: what is alike in two tokens is not in their digests, and no token is compared with another.
    assert known.find(digest_of(token)) is not None
    assert known.find(digest_of(token[:-1] + ("A" if token[-1] != "A" else "B"))) is None
    assert known.find(token) is None


async def test_tokens_have_128_bits_and_none_is_like_another(house: House) -> None:
    reach_from_outside(house.hass)
    for _ in range(3):
        await alert(house, steps=[STEP])
        await house.async_call("cancel_alert", alert_id="cellar")
    tokens = [path.rpartition("/")[2] for _, path in await links(house)]
    assert (len(tokens), len(set(tokens)), {len(token) for token in tokens}) == (6, 6, {22})


async def test_the_link_of_another_acknowledges_in_the_name_of_the_other_alone(house: House, browser: Browser) -> None:
    changes = house.capture("smsmode_alert_changed")
    _, bob = await raise_alert(house)
    await alert(house, alert_id="roof", steps=[STEP])
    await browser.presses(bob)
    assert (changes[-1].data["alert_id"], changes[-1].data["acknowledged_by"]) == ("cellar", "…432")
    assert active(house) == 1


async def test_a_link_dies_with_its_recipient(house: House, browser: Browser) -> None:
    alice, bob = await raise_alert(house)
    recipient = house.account.recipients.find(ALICE)
    assert recipient is not None
    house.hass.config_entries.async_remove_subentry(house.entry, recipient.subentry_id)
    await house.async_settle()
    assert await shown(browser, alice, "POST") == INVALID
    assert await shown(browser, bob) == OPEN
    await house.async_call("cancel_alert", alert_id="cellar")
    assert await shown(browser, alice) == INVALID


async def test_a_link_dies_with_its_account(house: House, browser: Browser) -> None:
    path, _ = await raise_alert(house)
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    await house.async_settle()
    assert await shown(browser, path, "POST") == INVALID


async def test_nobody_is_told_that_a_link_is_dead_while_its_account_cannot_tell(
    house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.smsmode.runtime.LOAD_TIMEOUT", 0)
    path, _ = await raise_alert(house)
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    assert await shown(browser, path, "POST") == (HTTPStatus.SERVICE_UNAVAILABLE, "Not quite yet")
    assert await shown(browser, UNKNOWN) == (HTTPStatus.SERVICE_UNAVAILABLE, "Not quite yet")
    await house.async_set_up()
    assert await shown(browser, path) == OPEN


async def test_a_page_has_no_script_nothing_from_elsewhere_and_is_kept_by_nobody(
    house: House, browser: Browser
) -> None:
    path, _ = await raise_alert(house)
    for each in (path, UNKNOWN):
        response = await browser.client.get(each)
        page, headers = await response.text(), response.headers
        assert re.findall(r"<script|https?://|src=|href=|url\(|@import", page) == []
        policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
        assert (policy["default-src"], policy["form-action"], policy["base-uri"]) == ("'none'", "'self'", "'none'")
        assert (policy["frame-ancestors"], "unsafe" in str(policy)) == ("'none'", False)
        assert "noindex" in headers["X-Robots-Tag"]
        assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert "Set-Cookie" not in headers


async def test_the_page_of_a_running_alert_tells_nothing_of_it(house: House, browser: Browser) -> None:
    path, _ = await raise_alert(house)
    _, page = await browser.opens(path)
    for secret in ("Alice", "Water", "cellar", "Home", "345678", path.rpartition("/")[2]):
        assert secret not in page


async def test_a_name_is_no_markup(house: House, browser: Browser) -> None:
    path, _ = await raise_alert(house)
    await house.async_call("acknowledge", alert_id="cellar", by="<script>alert(1)</script>")
    _, page = await browser.opens(path)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


async def test_previews_and_guesses_of_strangers_ban_nobody_and_fill_no_log(
    hass: HomeAssistant, house: House, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    path, _ = await raise_alert(house)
    caplog.clear()
    for _ in range(MAX_VAIN):
        assert await shown(browser, UNKNOWN) == INVALID
    assert (await browser.opens(UNKNOWN))[0] == HTTPStatus.TOO_MANY_REQUESTS
    # Whoever has a link is not kept from it by those who guess from the same address.
    assert await shown(browser, path) == OPEN
    assert not hass.http.app.get(KEY_FAILED_LOGIN_ATTEMPTS)
    assert not hass.http.app[KEY_BAN_MANAGER].ip_bans_lookup
    # The server's own lines are about the frozen clock of the test.
    ours = [record for record in caplog.records if not record.name.startswith("aiohttp")]
    assert [record.message for record in ours if record.levelno >= logging.WARNING] == []


async def test_a_link_is_not_opened_endlessly(house: House, browser: Browser) -> None:
    path, _ = await raise_alert(house)
    for _ in range(MAX_USES):
        assert await shown(browser, path) == OPEN
    assert (await browser.presses(path))[0] == HTTPStatus.TOO_MANY_REQUESTS
    assert active(house) == 1


def test_the_limit_begins_anew_each_minute_and_counts_no_more_keys_than_it_may() -> None:
    limit = RateLimit(2)
    assert [limit.is_exceeded("a", 100) for _ in range(3)] == [False, False, True]
    assert not limit.is_exceeded("b", 159)
    assert not limit.is_exceeded("a", 160)
    for key in range(2 * MAX_KEYS):
        limit.is_exceeded(str(key), 161)
    assert len(limit._counts) <= MAX_KEYS


async def test_no_token_is_on_the_disk_in_diagnostics_in_the_log_or_in_an_event(
    house: House, browser: Browser, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG, "custom_components.smsmode")
    caplog.set_level(logging.DEBUG, "homeassistant.components.http")
    changes = house.capture("smsmode_alert_changed") + house.capture("smsmode_message_sent")
    paths = await raise_alert(house)
    await house.async_wait(seconds=10)
    await browser.presses(paths[0])
    await house.async_wait(seconds=10)
    tokens = [path.rpartition("/")[2] for path in paths]
    told = json.dumps(await async_get_config_entry_diagnostics(house.hass, house.entry), default=str)
    told += "".join(str(change.data) for change in changes) + caplog.text
    told += "".join(str(state.as_dict()) for state in house.hass.states.async_all())
    for listed in ("get_sent_messages", "get_queue", "get_scheduled"):
        told += str(await house.async_call(listed))
    # The write-ahead log goes into the file, in which nothing stays that was deleted.
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert [token for token in tokens if token in told or token.encode() in kept] == []


async def test_a_malformed_request_is_logged_without_its_token(
    house: House, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    path, _ = await raise_alert(house)
    await browser.opens(f"{path}?a=<script>")
    assert "Filtered a request" in caplog.text
    handler = next(iter(logging.getLogger().handlers))
    assert all(handler.filter(record) for record in caplog.records)
    assert path.rpartition("/")[2] not in "".join(record.getMessage() for record in caplog.records)


def test_only_links_are_hidden_from_a_text() -> None:
    link = f"{OUTSIDE}{UNKNOWN}"
    assert hide_links(f"Water!\nOK {link}\n{link}") == "Water!\nOK https://...\nhttps://..."
    for text in ("Water!", "https://house.example/api/sms/", "https://house.example/lovelace/1"):
        assert hide_links(text) == text


async def test_no_more_links_of_the_past_are_remembered_than_may_be(
    house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.smsmode.conversations.alert_links.MAX_TOLD", 1)
    paths = await raise_alert(house)
    await house.async_call("cancel_alert", alert_id="cellar")
    assert [(await browser.opens(path))[0] for path in paths] == [HTTPStatus.NOT_FOUND, HTTPStatus.OK]
