"""Plans in the actions of alerts: raised by their name or an entity, and previewed."""

import asyncio
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.const import DOMAIN
from tests.support.dialogs import LEAK, active, report, texts
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, WEBHOOK_ID, House
from tests.support.people import people_entry, recipient
from tests.support.plan_house import add_plan, plan, press, progress
from tests.support.translations import ACTIONS, fields_of

STEPS = [{"target": "Bob"}]
COST = {"cost_at_least": 1, "cost_at_most": 4, "repeat": 1}
EVE = "+33639985678"


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account with a plan."""
    return people_entry(gateway, plan())


async def add_account(house: House, *subentries: Any, **options: Any) -> MockConfigEntry:
    """Set up a second account, of the same gateway."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Office",
        data={"access_token": "another", "base_url": house.gateway.url, "webhook_id": f"{WEBHOOK_ID}2"},
        options=options,
        subentries_data=[recipient("Alice", EVE), recipient("Bob", "+33639985679"), *subentries],
    )
    entry.add_to_hass(house.hass)
    await house.hass.config_entries.async_setup(entry.entry_id)
    await house.async_settle()
    return entry


@pytest.mark.parametrize("named", ["Cellar", "CELLAR!", "button.cellar_raise", "sensor.cellar_state"])
async def test_a_plan_is_raised_by_its_name_or_an_entity(house: House, named: str) -> None:
    response = await house.async_call("alert", plan=named)
    assert {key: response[key] for key in ("alert_id", "started", "state", "step")} == {
        "alert_id": "Cellar",
        "started": True,
        "state": "delivering",
        "step": 1,
    }
    assert (await texts(house), progress(house)) == ([(LEAK, [ALICE_DIGITS])], ("delivering", "on"))


async def test_what_the_call_says_takes_the_place_of_what_the_plan_says(house: House) -> None:
    response = await house.async_call("alert", plan="Cellar", message="It rains in.", repeat=3, alert_id="mine")
    assert (response["alert_id"], response["repeat"], (await texts(house))[0][0]) == ("Cellar", 3, "It rains in.")


async def test_raised_again_it_says_where_the_first_one_stands(house: House) -> None:
    await press(house, "raise")
    await report(house, 11)
    await house.async_wait(minutes=5)
    response = await house.async_call("alert", plan="Cellar")
    assert (response["started"], response["state"], response["step"]) == (False, "delivering", 2)
    assert (active(house), len(await texts(house))) == (1, 2)


async def test_a_plan_is_previewed(house: House) -> None:
    response = await house.async_call("preview_alert", plan="Cellar")
    assert {key: response[key] for key in COST} == COST
    assert response == await house.async_call("alert", plan="Cellar", preview=True)
    assert await texts(house) == []


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"plan": "Cellar", "steps": STEPS}, "plan_or_steps"),
        ({"message": LEAK}, "plan_or_steps"),
        ({"steps": STEPS}, "alert_without_message"),
        ({"plan": "Attic"}, "plan_unknown"),
        ({"plan": "notify.alice"}, "plan_unknown"),
    ],
)
@pytest.mark.parametrize("action", ["alert", "preview_alert"])
async def test_what_is_no_alert_is_refused(house: House, action: str, fields: dict[str, Any], key: str) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await house.async_call(action, **fields)
    assert (refused.value.translation_key, await texts(house)) == (key, [])


async def test_a_plan_of_two_accounts_is_that_of_the_default_account_or_of_the_one_that_is_named(
    house: House,
) -> None:
    other = await add_account(house, plan())
    response = await house.async_call("preview_alert", plan="Cellar")
    assert response["steps"][0]["recipients"] == ["Alice"]
    with pytest.raises(ServiceValidationError) as refused:
        await house.async_call("alert", plan="Attic", config_entry_id=other.entry_id)
    assert refused.value.translation_key == "plan_unknown"
    await house.async_call("alert", plan="button.cellar_raise", config_entry_id=house.entry.entry_id)
    assert progress(house) == ("delivering", "on")
    with pytest.raises(ServiceValidationError) as refused:
        await house.async_call("alert", plan="button.cellar_raise", config_entry_id=other.entry_id)
    assert refused.value.translation_key == "plan_unknown"


async def test_a_plan_that_only_another_account_has_is_that(house: House) -> None:
    await add_account(house, plan("Archive"))
    response = await house.async_call("preview_alert", plan="archive")
    assert response["cost_at_least"] == 1


async def test_of_two_plans_whose_names_are_alike_none_is_guessed(hass: HomeAssistant, house: House) -> None:
    add_plan(house, "cellar!")
    await house.async_settle()
    with pytest.raises(ServiceValidationError) as refused:
        await house.async_call("alert", plan="CELLAR")
    assert (refused.value.translation_key, await texts(house)) == ("plan_ambiguous", [])
    await house.async_call("alert", plan="Cellar")
    assert progress(house) == ("delivering", "on")


@pytest.mark.parametrize("action", ["alert", "preview_alert"])
def test_the_editor_sends_nothing_by_itself_that_would_take_the_place_of_what_a_plan_says(action: str) -> None:
    assert [name for name, field in fields_of(ACTIONS[action]).items() if "default" in field] == []


async def test_a_plan_raised_while_its_account_is_reloaded_waits_for_it(hass: HomeAssistant, house: House) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(hass.config_entries.async_reload(house.entry.entry_id))
        tasks.create_task(house.async_call("alert", plan="Cellar"))
    await house.async_settle()
    assert (await texts(house), progress(house)) == ([(LEAK, [ALICE_DIGITS])], ("delivering", "on"))
