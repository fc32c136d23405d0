"""What a bug report has: enough to understand it, and nothing that is anybody's."""

import json
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import CLIENT_ID, MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion
from syrupy.filters import props
from syrupy.matchers import path_type

from custom_components.smsmode.const import DOMAIN
from tests.support.gateway import Gateway
from tests.support.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, WEBHOOK_ID, House
from tests.support.plan_house import add_plan
from tests.support.watchdog_house import add_watchdog

type HttpClient = TestClient[Request, Application]
type Happening = Callable[[House, HttpClient], Awaitable[object]]

ACCOUNT, NAME, GROUP, SENDER = "Maison Quernec", "Alicia Quernec", "Voisinage", "QUERNEC1"
TEXT, ANSWER, REFERENCE = "the garden key is under the stone", "burglars are on holiday", "quernec-42"
OPTIONS = {"sender": SENDER, "region": "FR"}
# Retries are jittered.
WITHOUT_DUE = path_type({r"outbox.*due": (str,)}, regex=True)
PATH = f"/api/webhook/{WEBHOOK_ID}"


@pytest.fixture
async def home(hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway) -> House:
    """Return a house in which every name is somebody's."""
    freezer.move_to("2026-07-14T10:00:00+02:00")
    people = [(NAME, {"number": ALICE}, ALICE), (GROUP, {"group": GROUP}, f"group:{GROUP}")]
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=ACCOUNT,
        data={"access_token": gateway.token, "base_url": gateway.url, "webhook_id": WEBHOOK_ID},
        options=OPTIONS,
        subentries_data=[
            ConfigSubentryData(data=data, subentry_type="recipient", title=title, unique_id=unique_id)
            for title, data, unique_id in people
        ],
    )
    house = House(hass, freezer, gateway, entry)
    await house.async_set_up()
    return house


@pytest.fixture
async def client(
    hass: HomeAssistant, home: House, hass_client: ClientSessionGenerator, hass_admin_user: MockUser
) -> HttpClient:
    """Open the page from which a bug report is downloaded, for as long as it takes."""
    assert await async_setup_component(hass, "diagnostics", {})
    key = await hass.auth.async_create_refresh_token(
        hass_admin_user, CLIENT_ID, access_token_expiration=timedelta(days=365)
    )
    client: HttpClient = await hass_client(hass.auth.async_create_access_token(key))
    hass.config.internal_url = str(client.make_url("")).rstrip("/")
    return client


async def download(house: House, client: HttpClient) -> tuple[dict[str, Any], str]:
    """Give what we tell, and the whole file, in which Home Assistant tells of our issues, too."""
    response = await client.get(f"/api/diagnostics/config_entry/{house.entry.entry_id}")
    assert response.status == HTTPStatus.OK
    file = await response.text()
    return json.loads(file)["data"], file


def private_in(house: House, file: str) -> list[str]:
    """Name what must not be there."""
    private = [house.gateway.token, house.gateway.url, WEBHOOK_ID, ALICE_DIGITS, ALICE[3:], BOB_DIGITS]
    private += [ACCOUNT, NAME, "Quernec", "quernec", GROUP, SENDER, TEXT, ANSWER, REFERENCE]
    return [each for each in private if each in file]


async def send(house: House, **data: Any) -> str | None:
    """Send a message of which everything is private, if the account is there; give its id if the gateway has it."""
    if house.entry.state is not ConfigEntryState.LOADED:
        return None
    fields = {"target": [NAME, f"+{BOB_DIGITS}"], "message": TEXT, "reference": REFERENCE, "repeat": True}
    try:
        sent = await house.async_call("send_message", **(fields | data))
    except HomeAssistantError:
        return None
    message_id: str | None = sent["messages"][0]["message_id"]
    return message_id


async def report(house: House, _client: HttpClient) -> None:
    if message_id := await send(house):
        code = random.choice([0, 11, 13, 22, 3524, 3998, 3999])  # noqa: S311
        await house.gateway.report(message_id, None, code, callback=random.random() < 0.5)  # noqa: S311
    await house.async_wait(seconds=20)


async def fail(house: House, _client: HttpClient) -> None:
    words = f"text:99 | {NAME} {ALICE_DIGITS} {TEXT} {house.gateway.token}"
    endpoint = random.choice(["sendSMS.do", "credit.do", "responseList.do", "compteRendu.do", "*"])  # noqa: S311
    await house.gateway.fail(endpoint, random.choice([words, "code:50", "drop_after", "html"]))  # noqa: S311
    await send(house)
    await house.async_wait(minutes=1)


async def lose(house: House, _client: HttpClient) -> None:
    async with house.gateway.offline():
        await send(house, expires_after="00:01:00")
        await house.async_wait(minutes=10)


async def answer(house: House, _client: HttpClient) -> None:
    await house.gateway.reply(ALICE_DIGITS, ANSWER, stray=True, callback=random.random() < 0.5)  # noqa: S311
    await house.async_wait(minutes=6)


async def forge(_house: House, client: HttpClient) -> None:
    await client.get(f"{PATH}?statut=99999&numero={ALICE_DIGITS}&smsID={REFERENCE}")
    await client.get(f"{PATH}?emetteur={ALICE_DIGITS}&message={ANSWER}&numero=36034")


async def spend(house: House, _client: HttpClient) -> None:
    await house.gateway.set(balance=random.choice([-5, 0, 3, 100]))  # noqa: S311
    await house.async_wait(minutes=31)


async def limit(house: House, _client: HttpClient) -> None:
    house.hass.config_entries.async_update_entry(house.entry, options={**OPTIONS, "daily_limit": 1})
    await house.async_settle()
    await send(house)
    await send(house, urgent=True)


async def disable(house: House, _client: HttpClient) -> None:
    how = None if house.entry.disabled_by else ConfigEntryDisabler.USER
    await house.hass.config_entries.async_set_disabled_by(house.entry.entry_id, how)
    await house.async_settle()


async def tear(house: House, _client: HttpClient) -> None:
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    for file in Path(house.hass.config.path(".storage")).glob(f"{DOMAIN}.*.db"):
        file.write_bytes(f"{TEXT} {ALICE}".encode() * 100)
    await house.hass.config_entries.async_setup(house.entry.entry_id)


async def unload(house: House, _client: HttpClient) -> None:
    await house.hass.config_entries.async_unload(house.entry.entry_id)


async def reload(house: House, _client: HttpClient) -> None:
    if house.entry.disabled_by is None:
        await house.async_reload()


HAPPENINGS: list[Happening] = [report, fail, lose, answer, forge, spend, limit, disable, tear, unload, reload, reload]


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_a_bug_report_has_nothing_private(home: House, client: HttpClient, seed: int) -> None:
    random.seed(seed)
    order = [*HAPPENINGS, *random.choices(HAPPENINGS, k=6)]  # noqa: S311
    random.shuffle(order)
    for happening in order:
        await happening(home, client)
        await home.async_settle()
        _, file = await download(home, client)
        assert private_in(home, file) == [], happening.__name__


async def test_a_refused_key_is_told_without_the_key(home: House, client: HttpClient) -> None:
    await send(home)
    await home.gateway.revoke()
    await home.async_reload()
    told, file = await download(home, client)
    assert told["entry"]["state"] == "loaded"
    assert (told["poll"]["error"], told["poll"]["error_code"]) == ("SmsmodeAuthError", 32)
    assert private_in(home, file) == []


async def test_bug_report_describes_the_account_its_queue_and_its_messages(
    home: House, client: HttpClient, snapshot: SnapshotAssertion
) -> None:
    await send(home, target=[NAME])
    await home.gateway.fail("sendSMS.do", "code:50", None)
    await send(home, urgent=True)
    await home.gateway.reply(ALICE_DIGITS, ANSWER, callback=False, stray=True)
    await home.async_poll()
    told, _ = await download(home, client)
    assert told["file_bytes"][""] > 0
    assert {char for shape in told["shapes"].values() for char in shape if char.isalnum()} == {"x", "9"}
    assert told["facts"]["sent_listed"] == {"verdict": "unknown"}
    assert "- Its clock agrees with that of the house (0\u00a0min, seen in use)" in told["report"]
    assert told == snapshot(exclude=props("file_bytes", "shapes", "facts", "report"), matcher=WITHOUT_DUE)


async def test_what_is_under_way_is_told_without_whose_it_is(home: House, client: HttpClient) -> None:
    add_watchdog(home, NAME, message=TEXT)
    await home.async_settle()
    (armed,) = [each for each in home.hass.states.async_entity_ids("switch") if each.endswith("armed")]
    await home.hass.services.async_call("switch", "turn_on", {"entity_id": armed}, blocking=True)
    asked = {"question": TEXT, "target": [NAME], "ready_answers": "yes_no", "ask_id": NAME}
    await home.hass.services.async_call(DOMAIN, "ask", asked, blocking=True)
    await home.async_settle()
    await home.async_call("alert", alert_id=NAME, message=TEXT, steps=[{"target": [NAME]}, {"target": [BOB]}])
    await send(home, send_at=(dt_util.utcnow() + timedelta(hours=2)).isoformat())
    told, file = await download(home, client)
    (question,), (alert,), (watchdog,) = told["questions"], told["alerts"], told["watchdogs"]
    assert (question["targets"], question["answers"], question["is_answered"]) == (1, 2, False)
    assert (alert["phase"], alert["step"], alert["targets"]) == ("delivering", "1/2", 1)
    assert (watchdog["armed"], watchdog["has_armed_message"], watchdog["alarms"]) == (True, True, 0)
    assert told["scheduled"] == 1
    assert private_in(home, file) == []


async def test_plans_are_told_without_whose_they_are(home: House, client: HttpClient) -> None:
    over_when = {"entity_id": "binary_sensor.leak", "state": TEXT}
    add_plan(home, NAME, message=TEXT, steps=[{"target": [NAME]}], over_when=over_when)
    await home.async_settle()
    idle, _ = await download(home, client)
    await home.async_call("alert", plan=NAME)
    running, _ = await download(home, client)
    await home.async_call("cancel_alert", alert_id=NAME)
    told, file = await download(home, client)
    (before,), (between,), (after,) = (each["alert_plans"] for each in (idle, running, told))
    assert before == {"steps": 1, "has_over_when": True, "is_running": False, "end": None}
    assert (between["is_running"], after["is_running"], after["end"]) == (True, False, "cancelled")
    assert private_in(home, file) == []


@pytest.mark.parametrize(
    ("balance", "told_of"), [(-5, "negative"), (0, "zero"), (12.5, "positive")], ids=["post-paid", "empty", "some"]
)
async def test_of_the_balance_only_its_sign_is_told(
    home: House, client: HttpClient, balance: float, told_of: str
) -> None:
    await home.gateway.set(balance=balance, post_paid=balance < 0)
    await home.async_poll()
    told, _ = await download(home, client)
    assert told["poll"]["balance"] == told_of


async def test_the_words_of_the_gateway_are_not_told_but_its_code_is(home: House, client: HttpClient) -> None:
    await home.gateway.fail("credit.do", f"text:99 | {NAME}", None)
    await home.async_poll()
    told, file = await download(home, client)
    assert (told["poll"]["successful"], told["poll"]["error_code"]) == (False, 99)
    assert private_in(home, file) == []


async def test_options_that_cannot_be_read_are_told_as_such(home: House, client: HttpClient) -> None:
    home.hass.config_entries.async_update_entry(home.entry, options={"stop": TEXT})
    await home.async_settle()
    told, file = await download(home, client)
    assert told["settings"] == "ValueError"
    assert private_in(home, file) == []
