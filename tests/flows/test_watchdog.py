"""Adding and editing watchdogs."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_IMPORT, ConfigSubentry, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.config.yaml_subentries import MAX_WATCHDOGS
from custom_components.smsmode.const import SUBENTRY_WATCHDOG
from tests.support.account_checks import prove_watchdogs
from tests.support.dialogs import texts
from tests.support.flow_forms import open_subentry_form, submit, suggested
from tests.support.gateway import Gateway
from tests.support.house import ALICE, ALICE_DIGITS, BOB, House, account_entry
from tests.support.watchdog_house import add_watchdog, async_switch, leaves_at, scheduled

open_form = partial(open_subentry_form, kind=SUBENTRY_WATCHDOG)

type Written = dict[str, Any]

RIGHT = {
    "name": " Cellar ",
    "targets": ["06 98 76 54 32"],
    "message": " The house is silent. ",
    "minutes": 30.0,
    "quiet_minutes": 10.0,
}
WRONG = [
    pytest.param({"name": " "}, "name", "name_missing", id="no name"),
    pytest.param({"name": "GARAGE"}, "name", "name_taken", id="name of another"),
    pytest.param({"targets": []}, "targets", "targets_missing", id="nobody"),
    pytest.param({"targets": ["Zoe"]}, "targets", "target_unknown", id="unknown name"),
    pytest.param({"targets": ["Alice", "Zoe"]}, "targets", "target_unknown", id="one unknown"),
    pytest.param({"targets": ["Alice", "Family"]}, "targets", "one_group", id="a group and a person"),
    pytest.param({"targets": ["group:Amis", "Family"]}, "targets", "one_group", id="two groups"),
    pytest.param({"targets": ["01 42 68 53 00"]}, "targets", "fixed_line", id="fixed line"),
    pytest.param({"targets": ["08 99 70 12 34"]}, "targets", "premium", id="premium"),
    pytest.param({"targets": ["06 98 76 54"]}, "targets", "impossible", id="too short a number"),
    pytest.param({"message": " "}, "message", "message_missing", id="no message"),
    pytest.param({"message": "word " * 200}, "message", "message_too_long", id="too long"),
    pytest.param({"message": "🔥" * 150}, "message", "message_too_long", id="too many emoji"),
    pytest.param({"minutes": 19}, "minutes", "period_too_short", id="shorter than its check"),
]


@pytest.fixture
def asleep(hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry) -> House:
    """Give a house with a watchdog called Garage, whose account is not set up."""
    house = House(hass, freezer, gateway, entry)
    add_watchdog(house, "Garage")
    return house


def watchdog(house: House, name: str) -> ConfigSubentry:
    """Give the watchdog of a name."""
    found: ConfigSubentry = next(subentry for subentry in house.entry.subentries.values() if subentry.title == name)
    return found


async def test_a_watchdog_is_kept_as_it_is_described(asleep: House) -> None:
    result = await submit(asleep, await open_form(asleep), RIGHT)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert watchdog(asleep, "Cellar").data == {
        "targets": [BOB],
        "message": "The house is silent.",
        "minutes": 30,
        "quiet_minutes": 10,
    }


@pytest.mark.parametrize("written", ["Alice", " alice", "the id"])
async def test_a_recipient_is_kept_by_what_no_other_name_changes(asleep: House, written: str) -> None:
    alice = watchdog(asleep, "Alice").subentry_id
    target = alice if written == "the id" else written
    await submit(asleep, await open_form(asleep), RIGHT | {"targets": [target]})
    assert watchdog(asleep, "Cellar").data["targets"] == [alice]


@pytest.mark.parametrize(("written", "field", "problem"), WRONG)
async def test_what_could_not_be_sent_when_it_matters_is_refused_with_the_reason(
    asleep: House, written: Written, field: str, problem: str
) -> None:
    result = await submit(asleep, await open_form(asleep), RIGHT | written)
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {field: problem}
    assert suggested(result)["message"] == (RIGHT | written)["message"]
    assert result["description_placeholders"] == {"shortest": "20", "region": "France"}
    result = await submit(asleep, result, RIGHT)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_form_with_nothing_in_it_says_what_is_missing(asleep: House) -> None:
    result = await submit(asleep, await open_form(asleep), {"minutes": 60, "quiet_minutes": 0})
    assert result["errors"] == {"name": "name_missing"}


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en", "The house Chalet gives no sign of life. Please look after it."),
        ("fr", "La maison Chalet ne donne plus signe de vie. Merci d'aller voir."),
    ],
)
async def test_the_form_of_a_new_watchdog_suggests_a_message(asleep: House, language: str, message: str) -> None:
    asleep.hass.config.language, asleep.hass.config.location_name = language, "Chalet"
    assert suggested(await open_form(asleep)) == {"message": message}


async def test_the_form_of_a_watchdog_shows_what_it_is(asleep: House) -> None:
    form = await open_form(asleep, watchdog(asleep, "Garage"))
    assert suggested(form) == {"name": "Garage", **watchdog(asleep, "Garage").data}


async def test_an_armed_watchdog_is_set_anew_with_what_is_edited(house: House) -> None:
    add_watchdog(house)
    await house.async_settle()
    await async_switch(house, on=True)
    (old,) = await scheduled(house)
    form = await open_form(house, watchdog(house, "Cellar"))
    result = await submit(house, form, RIGHT | {"name": "Cellar", "minutes": 120, "message": "Please look."})
    assert result["reason"] == "reconfigure_successful"
    (new,) = await scheduled(house)
    assert new.id != old.id
    assert new.text.startswith("Please look.\n")
    assert await leaves_at(house) >= dt_util.utcnow() + timedelta(hours=2)


async def test_a_mistake_in_an_edit_is_refused_and_its_own_name_is_none(asleep: House) -> None:
    form = await open_form(asleep, watchdog(asleep, "Garage"))
    result = await submit(asleep, form, RIGHT | {"name": "Garage", "minutes": 5})
    assert result["errors"] == {"minutes": "period_too_short"}
    result = await submit(asleep, result, RIGHT | {"name": "garage"})
    assert result["reason"] == "reconfigure_successful"
    assert watchdog(asleep, "garage").data["minutes"] == 30


async def test_there_is_an_end_to_the_watchdogs_of_an_account(asleep: House) -> None:
    for number in range(MAX_WATCHDOGS - 1):
        add_watchdog(asleep, f"Garage {number}")
    result = await open_form(asleep)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "too_many"


async def test_an_account_of_yaml_has_watchdogs_of_the_ui(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway
) -> None:
    described = account_entry(gateway)
    entry = MockConfigEntry(domain=described.domain, title="Home", data=dict(described.data), source=SOURCE_IMPORT)
    house = House(hass, freezer, gateway, entry)
    entry.add_to_hass(hass)
    result = await submit(house, await open_form(house), RIGHT | {"targets": [ALICE]})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def offered(house: House) -> SubentryFlowResult:
    """Fill in the form of a new watchdog; returns what follows it."""
    prove_watchdogs(house)
    menu = await submit(house, await open_form(house), RIGHT)
    assert (menu["type"], menu["step_id"]) == (FlowResultType.MENU, "check")
    assert menu["description_placeholders"] == {"name": "Cellar", "message": "The house is silent.", "price": ""}
    return menu


async def test_a_new_watchdog_can_be_tried_on_one_person_before_it_is_added(house: House) -> None:
    form = await submit(house, await offered(house), {"next_step_id": "try_on"})
    tried = await submit(house, form, {"person": ALICE})
    assert (tried["type"], tried["step_id"]) == (FlowResultType.MENU, "tried")
    ((text, numbers),) = await texts(house)
    assert text.startswith("The house is silent.\nLast sign of life: ")
    assert text.endswith("(TEST)")
    assert numbers == [ALICE_DIGITS]
    again = await submit(house, tried, {"next_step_id": "correct"})
    assert suggested(again)["message"] == RIGHT["message"]
    menu = await submit(house, again, RIGHT)
    result = await submit(house, menu, {"next_step_id": "add"})
    assert (result["type"], result["title"]) == (FlowResultType.CREATE_ENTRY, "Cellar")


async def test_a_trial_that_fails_says_why_and_can_be_repeated(house: House) -> None:
    form = await submit(house, await offered(house), {"next_step_id": "try_on"})
    await house.gateway.fail("sendSMS.do", "code:33")
    form = await submit(house, form, {"person": ALICE})
    assert form["errors"] == {"base": "not_tried"}
    assert "credits" in (form["description_placeholders"] or {})["reason"]
    assert (await submit(house, form, {"person": ALICE}))["step_id"] == "tried"


async def test_a_menu_of_a_watchdog_that_is_opened_anew_is_the_same(house: House) -> None:
    menu = await offered(house)
    again = await house.hass.config_entries.subentries.async_configure(menu["flow_id"])
    assert again["step_id"] == "check"


async def test_it_is_said_what_its_message_costs_if_a_credit_has_a_price(house: House) -> None:
    house.hass.config_entries.async_update_entry(house.entry, options={"credit_price": 0.06})
    await house.async_settle()
    menu = await submit(house, await open_form(house), RIGHT)
    assert (menu["description_placeholders"] or {})["price"] == " (0.06\u00a0EUR)"


async def test_a_house_with_nobody_to_try_it_on_adds_it_at_once(house: House) -> None:
    for subentry_id in list(house.entry.subentries):
        house.hass.config_entries.async_remove_subentry(house.entry, subentry_id)
    await house.async_settle()
    unproven = await submit(house, await open_form(house), RIGHT)
    assert unproven["menu_options"] == ["add", "correct"]
    prove_watchdogs(house)
    assert (await submit(house, await open_form(house), RIGHT))["type"] is FlowResultType.CREATE_ENTRY


async def test_an_account_that_has_not_proven_deletion_asks_for_a_clear_yes(house: House) -> None:
    menu = await submit(house, await open_form(house), RIGHT)
    assert menu["step_id"] == "check_unproven"
    again = await house.hass.config_entries.subentries.async_configure(menu["flow_id"])
    assert again["step_id"] == "check_unproven"
    assert (await submit(house, again, {"next_step_id": "add"}))["type"] is FlowResultType.CREATE_ENTRY
