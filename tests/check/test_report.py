"""The report of what an account's gateway does: a person can give it on, and a maintainer can use it."""

import re
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.config import config_entries
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smsmode.state.account_facts import Fact
from emulator.facts import read_facts
from tests.support.account_checks import PROGRESSION, run_check
from tests.support.house import ALICE, ALICE_DIGITS, House

type HttpClient = TestClient[Request, Application]

PATH = "/api/smsmode/check_report/"


@pytest.fixture
async def checked(house: House, freezer: FrozenDateTimeFactory) -> House:
    """Return a house whose account was checked, and gives no credits back."""
    freezer.move_to(datetime(2026, 7, 14, 10, 0, 20, tzinfo=ZoneInfo("Europe/Paris")))
    await house.async_reload()
    await house.gateway.set(progression=PROGRESSION, callbacks="never", refund=False)
    await run_check(house)
    return house


async def linked(house: House, client: HttpClient) -> str:
    """Stop a check in the dialog, as a browser does; return the address to which its end links."""
    house.account.check.async_begin(ALICE)
    flows = "/api/config/config_entries/options/flow"
    step = await (await client.post(flows, json={"handler": house.entry.entry_id})).json()
    for option in ("check", "check_stop"):
        step = await (await client.post(f"{flows}/{step['flow_id']}", json={"next_step_id": option})).json()
    found = re.fullmatch(r'<a href="(.+)" target="_blank">.+</a>', step["description_placeholders"]["download"])
    assert found is not None
    return found[1]


async def test_whoever_has_the_link_downloads_the_report_without_a_login(
    checked: House, hass_client: ClientSessionGenerator, hass_client_no_auth: ClientSessionGenerator
) -> None:
    config_entries.async_setup(checked.hass)
    client = await hass_client_no_auth()
    response = await client.get(await linked(checked, await hass_client()))
    assert response.status == HTTPStatus.OK
    assert response.headers["Content-Disposition"] == 'attachment; filename="smsmode-report.md"'
    report = await response.text()
    assert report.startswith("# What the gateway of this account does\n\nsMsmode ")
    assert "\n\n**Otherwise than expected:**\n\n- " in report
    assert "\n- Deleting it gives its credits back (by the check)\n" in report


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Its clock agrees with that of the house"), ("fr", "Son heure concorde avec celle de la maison")],
)
async def test_the_action_tells_the_report_in_the_language_of_the_house(
    checked: House, language: str, said: str
) -> None:
    checked.hass.config.language = language
    assert said in (await checked.async_call("check_account"))["report"]


async def test_what_was_learned_on_another_day_has_its_date_and_what_is_otherwise_its_word(
    checked: House, freezer: FrozenDateTimeFactory
) -> None:
    checked.account.learner.learn(Fact.CALLBACKS_UTF8, holds=False, word="windows-1252")
    freezer.move_to(datetime(2026, 7, 16, 10, 0, 20, tzinfo=ZoneInfo("Europe/Paris")))
    report = (await checked.async_call("check_account"))["report"]
    assert "- Callbacks are in UTF-8 (windows-1252, seen in use, 2026\u201107\u201114)\n" in report


async def test_the_emulator_starts_with_the_report(checked: House, tmp_path: Path) -> None:
    path = tmp_path / "smsmode-report.md"
    path.write_text((await checked.async_call("check_account"))["report"], encoding="utf-8")
    settings = read_facts(path)
    assert {"refund": False} in settings
    assert {"zone": "Europe/Paris"} in settings


async def test_nothing_private_is_in_the_report(checked: House) -> None:
    report = (await checked.async_call("check_account"))["report"]
    private = [checked.gateway.token, checked.gateway.url, ALICE_DIGITS, ALICE_DIGITS[2:], "Alice", "œ"]
    assert not [each for each in private if each in report]
    assert all(f'"{fact}"' in report for fact in Fact)


async def test_a_report_is_for_administrators_alone(
    checked: House,
    hass_client_no_auth: ClientSessionGenerator,
    hass_client: ClientSessionGenerator,
    hass_read_only_access_token: str,
) -> None:
    path = f"{PATH}{checked.entry.entry_id}"
    anybody = await hass_client_no_auth()
    assert (await anybody.get(path)).status == HTTPStatus.UNAUTHORIZED
    reader = await hass_client(hass_read_only_access_token)
    assert (await reader.get(path)).status == HTTPStatus.UNAUTHORIZED


async def test_there_is_no_report_of_what_is_no_account_or_not_loaded(
    hass: HomeAssistant, checked: House, hass_client: ClientSessionGenerator
) -> None:
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    await hass.config_entries.async_unload(checked.entry.entry_id)
    client: HttpClient = await hass_client()
    for entry_id in ("unknown", other.entry_id, checked.entry.entry_id):
        assert (await client.get(f"{PATH}{entry_id}")).status == HTTPStatus.NOT_FOUND
