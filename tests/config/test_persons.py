"""Recipients with a person: the person is written to, gives its picture, and acknowledges in the recipient's name."""

from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, SubentryFlowContext
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from tests.support.flow_forms import suggested
from tests.support.gateway import Gateway
from tests.support.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, House
from tests.support.people import people_entry, recipient, titled, written_to
from tests.support.watchdog_house import add_watchdog, async_switch, scheduled
from tests.support.yaml_files import load

EVE = "+33639985678"
EVE_DIGITS = EVE.removeprefix("+")
PICTURE = "/api/image/serve/eve/512x512"


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account with a recipient who is a person."""
    return people_entry(gateway, recipient("Eve", EVE, person="person.eve"))


def come(hass: HomeAssistant, state: str = "home", **attributes: Any) -> None:
    """Let Eve come or go."""
    hass.states.async_set("person.eve", state, attributes)


@pytest.mark.parametrize("target", [{"target": ["person.eve"]}, {"entity_id": ["person.eve"]}])
async def test_a_person_is_written_to(house: House, target: dict[str, Any]) -> None:
    await house.async_call("send_message", message="Water!", **target)
    assert await written_to(house) == [EVE_DIGITS]


async def test_a_person_who_is_no_recipient_is_unknown(house: House) -> None:
    response = await house.async_call("send_message", message="Water!", target=["person.bob", "person.eve"])
    assert response["failed"] == [{"target": "person.bob", "reason": "unknown_recipient"}]
    with pytest.raises(ServiceValidationError) as caught:
        await house.async_call("send_message", message="Water!", target=["person.bob"])
    assert caught.value.translation_key == "target_unknown_recipient"


async def test_a_person_is_paused_and_alerted(house: House) -> None:
    await house.async_call("pause_recipient", recipient="person.eve")
    assert house.state("switch.eve_paused").state == "on"
    await house.async_call("alert", message="Water! Answer OK.", steps=[{"target": "person.eve"}])
    assert await written_to(house) == [EVE_DIGITS]


async def test_a_watchdog_tells_a_person(house: House) -> None:
    add_watchdog(house, targets=["person.eve"])
    await house.async_settle()
    await async_switch(house, on=True)
    (held,) = await scheduled(house)
    assert held.numbers == [EVE_DIGITS]


async def test_the_picture_is_that_of_the_person(hass: HomeAssistant, house: House) -> None:
    assert "entity_picture" not in house.state("notify.eve").attributes
    come(hass, entity_picture=PICTURE)
    await house.async_settle()
    assert house.state("notify.eve").attributes["entity_picture"] == PICTURE
    written = house.state("notify.eve").last_reported
    house.freezer.tick(60)
    come(hass, "not_home", entity_picture=PICTURE)
    await house.async_settle()
    assert house.state("notify.eve").last_reported == written
    await house.async_reload()
    assert house.state("notify.eve").attributes["entity_picture"] == PICTURE
    come(hass)
    await house.async_settle()
    assert "entity_picture" not in house.state("notify.eve").attributes
    assert "entity_picture" not in house.state("notify.alice").attributes


async def acknowledge(house: House, user: MockUser, **fields: str) -> tuple[str, list[str]]:
    """Alert Eve and Bob, acknowledge as a user; return by whom it is acknowledged, and who is told."""
    changes = house.capture("smsmode_alert_changed")
    steps = [{"target": ["Eve", "Bob"]}]
    await house.async_call("alert", message="Water! Answer OK.", steps=steps, alert_id="leak")
    before = len(await written_to(house))
    await house.hass.services.async_call(
        "smsmode", "acknowledge", {"alert_id": "leak", **fields}, blocking=True, context=Context(user_id=user.id)
    )
    await house.async_settle()
    return changes[-1].data["acknowledged_by"], (await written_to(house))[before:]


async def test_who_acknowledges_logged_in_does_so_in_the_name_of_the_recipient(
    hass: HomeAssistant, house: House, hass_admin_user: MockUser
) -> None:
    come(hass, user_id=hass_admin_user.id)
    by, told = await acknowledge(house, hass_admin_user)
    assert (by, told) == ("Eve", [BOB_DIGITS])


async def test_a_name_that_is_given_is_the_one(hass: HomeAssistant, house: House, hass_admin_user: MockUser) -> None:
    come(hass, user_id=hass_admin_user.id)
    by, told = await acknowledge(house, hass_admin_user, by="Uncle Tom")
    assert (by, sorted(told)) == ("Uncle Tom", sorted([EVE_DIGITS, BOB_DIGITS]))


@pytest.mark.parametrize("attributes", [None, {}, {"user_id": "somebody"}])
async def test_who_is_no_recipient_acknowledges_under_the_name_of_their_user(
    hass: HomeAssistant, house: House, hass_admin_user: MockUser, attributes: dict[str, str] | None
) -> None:
    if attributes is not None:
        come(hass, **attributes)
    by, told = await acknowledge(house, hass_admin_user)
    assert (by, sorted(told)) == (hass_admin_user.name, sorted([EVE_DIGITS, BOB_DIGITS]))


async def test_the_form_keeps_and_removes_a_person(house: House) -> None:
    flows = house.hass.config_entries.subentries
    context = SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id=titled(house, "Eve").subentry_id)
    form = await flows.async_init((house.entry.entry_id, "recipient"), context=context)
    assert suggested(form)["person"] == "person.eve"
    result = await flows.async_configure(form["flow_id"], {"name": "Eve", "number": EVE})
    assert result["reason"] == "reconfigure_successful"
    await house.async_settle()
    assert "person" not in titled(house, "Eve").data


@pytest.mark.parametrize(
    ("written", "field", "problem"),
    [
        ({"number": "06 11 11 11 11", "person": "person.eve"}, "person", "person_taken"),
        ({"gateway": {"group": "Amis"}, "person": "person.dave"}, "person", "person_with_group"),
    ],
)
async def test_a_person_who_cannot_be_is_refused(
    house: House, written: dict[str, Any], field: str, problem: str
) -> None:
    flows = house.hass.config_entries.subentries
    form = await flows.async_init((house.entry.entry_id, "recipient"), context={"source": SOURCE_USER})
    result = await flows.async_configure(form["flow_id"], {"name": "Dave", **written})
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, {field: problem})


ACCOUNT = "smsmode:\n  - name: Home\n    access_token: Ab1CD2secret\n    recipients:\n"
YAML = f"""{ACCOUNT}      - {{name: Alice, number: "{ALICE}", person: person.alice}}
      - {{name: Bob, number: "{BOB}"WHO}}
    watchdogs:
      - {{name: Cellar, targets: [person.alice], message: Silence.}}
"""


async def test_yaml_knows_persons(hass: HomeAssistant) -> None:
    config = await load(hass, YAML.replace("WHO", ", person: person.bob"))
    assert config is not None
    (account,) = config["smsmode"]
    assert [each["person"] for each in account["recipients"]] == ["person.alice", "person.bob"]
    assert account["watchdogs"][0]["targets"] == ["person.alice"]


@pytest.mark.parametrize(
    ("person", "advice"),
    [
        ("person.alice", "another recipient has this person"),
        ("light.alice", "recipients->1->person"),
        ("alice", "recipients->1->person"),
    ],
)
async def test_a_person_of_yaml_who_cannot_be_is_named_with_what_to_do(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, person: str, advice: str
) -> None:
    assert await load(hass, YAML.replace("WHO", f", person: {person}")) is None
    assert advice in caplog.text
    assert ALICE_DIGITS not in caplog.text
