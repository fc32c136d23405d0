"""Alert plans: raised, followed, acknowledged and stopped by their entities."""

import asyncio

import pytest
from homeassistant.components.notify import NotifyEntityFeature
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.smsmode.const import DOMAIN
from tests.support.dialogs import LEAK, TAKEN_CARE_OF, active, reply, report, sent, texts
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, BOB_DIGITS, House
from tests.support.people import CAROL, people_entry, recipient, titled
from tests.support.plan_house import ACTIVE_PLAN, NEXT_STEP, STATE, add_plan, plan, press, progress

EVE = "+33639985678"


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account with a plan, and a recipient who is a person."""
    return people_entry(gateway, plan(), recipient("Eve", EVE, person="person.eve"))


async def write(house: House, message: str, **fields: str) -> None:
    """Write to the notify entity of the plan."""
    data = {"entity_id": "notify.cellar", "message": message, **fields}
    await house.hass.services.async_call("notify", "send_message", data, blocking=True)
    await house.async_settle()


def device_of_plan(house: House) -> str:
    """Return the id of the device of the plan."""
    entity = er.async_get(house.hass).async_get(STATE)
    assert entity is not None
    assert entity.device_id is not None
    return entity.device_id


async def test_a_plan_is_raised_by_its_button_and_taken_by_an_answer(house: House) -> None:
    assert progress(house) == ("idle", "off")
    await press(house, "raise")
    assert (progress(house), await texts(house)) == (("delivering", "on"), [(LEAK, [ALICE_DIGITS])])
    await report(house, 11)
    assert progress(house) == ("waiting", "on")
    await reply(house, "ok")
    assert progress(house) == ("acknowledged", "off")
    assert house.state(STATE).attributes["acknowledged_by"] == "Alice"


async def test_its_state_says_how_far_it_is_and_when_the_next_step_comes(house: House) -> None:
    await press(house, "raise")
    attributes = house.state(STATE).attributes
    assert (attributes["alert_id"], attributes["step"], attributes["steps"]) == ("Cellar", 1, 2)
    assert attributes["recipients"] == ["Alice"]
    await report(house, 11)
    (alert,) = house.account.store.state.alerts.running
    assert alert.due is not None
    assert dt_util.parse_datetime(house.state(NEXT_STEP).state) == alert.due.replace(microsecond=0)
    await house.async_wait(minutes=5)
    assert await sent(house) == [("Water", [ALICE_DIGITS]), ("Water", [BOB_DIGITS])]
    # After the last one there is none.
    assert (house.state(NEXT_STEP).state, house.state(STATE).attributes["recipients"]) == ("unknown", ["Bob"])


async def test_on_whom_nobody_acted_stays_so_until_it_is_raised_again(house: House) -> None:
    await press(house, "raise")
    for _ in range(2):
        await report(house, 11)
        await house.async_wait(minutes=5)
    assert (progress(house), house.state(STATE).attributes["reason"]) == (("exhausted", "off"), "nobody_acted")
    await house.async_wait(hours=1)
    await house.async_reload()
    assert progress(house) == ("exhausted", "off")
    await press(house, "raise")
    assert progress(house) == ("delivering", "on")


async def test_who_presses_the_button_late_takes_what_still_listens(house: House) -> None:
    await press(house, "raise")
    for _ in range(2):
        await report(house, 11)
        await house.async_wait(minutes=5)
    await press(house, "acknowledge")
    assert progress(house) == ("acknowledged", "off")


async def test_what_was_taken_is_not_what_nobody_acted_on_before(house: House) -> None:
    await press(house, "raise")
    for _ in range(2):
        await report(house, 11)
        await house.async_wait(minutes=5)
    assert progress(house) == ("exhausted", "off")
    await press(house, "raise")
    await reply(house, "ok")
    # The first one still listens for a late answer.
    assert len(house.account.store.state.alerts.listening) == 1
    assert progress(house) == ("acknowledged", "off")
    with pytest.raises(ServiceValidationError):
        await press(house, "acknowledge")


@pytest.mark.parametrize("is_known", [True, False])
async def test_whoever_is_logged_in_takes_it_in_their_own_name(
    hass: HomeAssistant, house: House, *, is_known: bool
) -> None:
    user = MockUser().add_to_hass(hass)
    user.mock_policy({"entities": True})
    assert not user.is_admin
    hass.states.async_set("person.eve", "home", {"user_id": user.id if is_known else "somebody"})
    await press(house, "raise")
    await press(house, "acknowledge", Context(user_id=user.id))
    name = "Eve" if is_known else user.name
    assert house.state(STATE).attributes["acknowledged_by"] == name
    assert (await texts(house))[1:] == [(TAKEN_CARE_OF.format(name), [ALICE_DIGITS])]


async def test_a_plan_that_is_stopped_tells_nobody(house: House) -> None:
    await press(house, "raise")
    await press(house, "stop")
    assert (progress(house), len(await sent(house))) == (("cancelled", "off"), 1)


@pytest.mark.parametrize("button", ["acknowledge", "stop"])
async def test_where_nothing_runs_there_is_nothing_to_end(house: House, button: str) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await press(house, button)
    assert (refused.value.translation_key, refused.value.translation_placeholders) == ("plan_idle", {"plan": "Cellar"})


async def test_a_plan_that_runs_is_not_raised_a_second_time(house: House) -> None:
    await press(house, "raise")
    await press(house, "raise")
    assert (active(house), len(await sent(house))) == (1, 1)


async def test_a_plan_that_two_raise_in_the_same_moment_begins_once(house: House) -> None:
    await asyncio.gather(*(press(house, "raise") for _ in range(3)), house.async_call("alert", plan="Cellar"))
    assert (active(house), len(await sent(house))) == (1, 1)


async def test_a_plan_that_was_renamed_while_it_runs_knows_its_alert(hass: HomeAssistant, house: House) -> None:
    await press(house, "raise")
    hass.config_entries.async_update_subentry(house.entry, titled(house, "Cellar"), title="Basement")
    await house.async_settle()
    await press(house, "raise")
    assert (progress(house), active(house)) == (("delivering", "on"), 1)


async def test_a_plan_that_was_removed_leaves_nothing_behind(hass: HomeAssistant, house: House) -> None:
    await press(house, "raise")
    hass.config_entries.async_remove_subentry(house.entry, "cellar")
    await house.async_settle()
    # Its alert is not taken back from those who rely on it.
    assert active(house) == 1
    await house.async_call("cancel_alert", alert_id="Cellar")
    assert (active(house), len(house.account.store.state.plan_ends)) == (0, 0)


async def test_what_became_of_a_removed_plan_is_forgotten(hass: HomeAssistant, house: House) -> None:
    await press(house, "raise")
    await press(house, "stop")
    assert list(house.account.store.state.plan_ends) == ["cellar"]
    hass.config_entries.async_remove_subentry(house.entry, "cellar")
    await house.async_settle()
    assert list(house.account.store.state.plan_ends) == []


async def test_a_text_raises_it_in_place_of_its_own(house: House) -> None:
    await write(house, "It rains in.", title="Roof")
    assert await texts(house) == [("Roof\nIt rains in.", [ALICE_DIGITS])]
    with pytest.raises(ServiceValidationError) as refused:
        await write(house, "It still rains in.")
    assert (refused.value.translation_key, len(await texts(house))) == ("plan_running", 1)


async def test_other_alerts_are_none_of_its(house: House) -> None:
    await house.async_call("alert", message=LEAK, alert_id="Cellar", steps=[{"target": "Bob"}])
    assert progress(house) == ("idle", "off")
    await press(house, "raise")
    assert (active(house), await sent(house)) == (2, [("Water", [BOB_DIGITS]), ("Water", [ALICE_DIGITS])])


async def test_each_change_is_written_once(hass: HomeAssistant, house: House) -> None:
    await press(house, "raise")
    await report(house, 11)
    before = {entity: house.state(entity).last_reported for entity in (STATE, NEXT_STEP, ACTIVE_PLAN)}
    await house.async_call("alert", message=LEAK, steps=[{"target": CAROL}])
    await house.async_poll()
    assert {entity: house.state(entity).last_reported for entity in before} == before


async def test_a_plan_without_credits_says_so_and_can_be_raised_again(house: House) -> None:
    await house.gateway.set(balance=0)
    with pytest.raises(HomeAssistantError) as refused:
        await press(house, "raise")
    assert refused.value.translation_key == "no_credit_balance"
    assert (progress(house), house.state(STATE).attributes["reason"]) == (("not_sent", "off"), "no_credit")
    await house.gateway.set(balance=10)
    await press(house, "raise")
    assert progress(house) == ("delivering", "on")


async def test_a_plan_has_a_device_and_stable_ids(hass: HomeAssistant, house: House) -> None:
    owner = f"{house.entry.entry_id}_cellar"
    entities = er.async_entries_for_device(er.async_get(hass), device_of_plan(house))
    assert {entity.entity_id: entity.unique_id for entity in entities} == {
        "binary_sensor.cellar_active": f"{owner}_active",
        "button.cellar_acknowledge": f"{owner}_acknowledge",
        "button.cellar_raise": f"{owner}_raise",
        "button.cellar_stop": f"{owner}_stop",
        "notify.cellar": f"{owner}_notify",
        "sensor.cellar_next_step": f"{owner}_next_step",
        "sensor.cellar_state": f"{owner}_state",
    }
    assert {entity.config_subentry_id for entity in entities} == {"cellar"}


async def test_a_plan_is_not_offered_where_recipients_are(house: House) -> None:
    offered = NotifyEntityFeature.TITLE
    features = {each: house.state(each).attributes["supported_features"] for each in ("notify.alice", "notify.cellar")}
    assert {entity for entity, has in features.items() if has & offered} == {"notify.alice"}


async def test_a_plan_is_no_recipient_of_what_goes_to_its_device(house: House) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await house.async_call("send_message", message="News", device_id=[device_of_plan(house)])
    assert refused.value.translation_key == "nobody_selected"


async def test_a_plan_that_could_cost_too_much_is_told_before_it_is_raised(house: House) -> None:
    large = add_plan(house, "Large", steps=[{"target": ["alice"]}] * 20, repeat=5, message="Water! " * 60)
    add_plan(house, "Nobody", steps=[{"target": ["gone"]}])
    await house.async_settle()
    issue_id = f"plan_too_large_{house.entry.entry_id}_{large.subentry_id}"
    issues = ir.async_get(house.hass)
    issue = issues.async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders == {"account": "Home", "plan": "Large", "cost": "301", "limit": "200"}
    house.hass.config_entries.async_remove_subentry(house.entry, large.subentry_id)
    await house.async_settle()
    assert issues.async_get_issue(DOMAIN, issue_id) is None
