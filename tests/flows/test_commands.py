"""The form in which a person lets somebody command the house."""

from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_USER, ConfigSubentry, SubentryFlowResult
from homeassistant.data_entry_flow import FlowResultType

from custom_components.smsmode.config.commands import verify_pin
from tests.support.flow_forms import section_of, suggested
from tests.support.house import House

type Written = dict[str, Any]

GATE = {"words": "Gate", "script": "script.gate"}
STATUS = {"words": "Status", "without_pin": True}


async def open_form(house: House) -> SubentryFlowResult:
    return await house.hass.config_entries.subentries.async_init(
        (house.entry.entry_id, "commands"), context={"source": SOURCE_USER}
    )


async def submit(house: House, form: SubentryFlowResult, written: Written) -> SubentryFlowResult:
    inside = {name: written[name] for name in ("assist", "agent") if name in written}
    fields = {name: value for name, value in written.items() if name not in inside}
    asked = {**fields, "sentences": inside}
    result = await house.hass.config_entries.subentries.async_configure(form["flow_id"], asked)
    await house.async_settle()
    return result


def alice(house: House) -> str:
    return str(next(each.subentry_id for each in house.entry.subentries.values() if each.title == "Alice"))


def commands(house: House) -> ConfigSubentry:
    found: list[ConfigSubentry] = list(house.entry.get_subentries_of_type("commands"))
    assert len(found) == 1
    return found[0]


async def allow(house: House) -> None:
    written = {"recipient": alice(house), "commands": [GATE], "pin": "4711"}
    result = await submit(house, await open_form(house), written)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_person_is_allowed_and_the_pin_is_kept_as_a_hash(house: House) -> None:
    await allow(house)
    kept = commands(house)
    assert (kept.title, kept.data["commands"], kept.data["assist"], kept.data["hourly_limit"]) == (
        "Alice",
        [GATE],
        False,
        10,
    )
    assert "4711" not in str(kept.as_dict())
    assert verify_pin("4711", kept.data["pin"])
    assert not verify_pin("4712", kept.data["pin"])
    (access,) = house.account.permissions
    assert access.commands["gate"].needs_pin


@pytest.mark.parametrize(
    ("written", "field", "problem"),
    [
        pytest.param({}, "commands", "nothing_to_command", id="nothing"),
        pytest.param({"commands": [GATE]}, "pin", "pin_missing", id="no PIN"),
        pytest.param({"assist": True}, "pin", "pin_missing", id="assist without PIN"),
        pytest.param({"commands": [GATE], "pin": "471"}, "pin", "pin_invalid", id="short PIN"),
        pytest.param({"commands": [GATE], "pin": "47 11"}, "pin", "pin_invalid", id="PIN with a space"),
        pytest.param({"commands": [GATE], "pin": "123456789"}, "pin", "pin_invalid", id="long PIN"),
        pytest.param({"commands": [{"words": " ! "}]}, "commands", "words_invalid", id="no words"),
        pytest.param({"commands": [{"words": "4711 gate"}]}, "commands", "words_invalid", id="PIN as words"),
        pytest.param({"commands": [{"words": "x" * 41}]}, "commands", "words_invalid", id="too long"),
        pytest.param({"commands": [GATE, {"words": "gâte!"}]}, "commands", "words_repeated", id="twice"),
        pytest.param(
            {"commands": [{"words": f"x{n}"} for n in range(21)]}, "commands", "too_many_commands", id="too many"
        ),
    ],
)
async def test_what_cannot_work_is_explained_at_its_field_and_the_rest_kept(
    house: House, written: Written, field: str, problem: str
) -> None:
    form = await submit(house, await open_form(house), {"recipient": alice(house), **written})
    assert (form["type"], form["errors"]) == (FlowResultType.FORM, {field: problem})
    shown = suggested(form)
    assert "pin" not in shown
    assert shown.get("commands") == written.get("commands")
    right = {"recipient": alice(house), "commands": [STATUS]}
    assert (await submit(house, form, right))["type"] is FlowResultType.CREATE_ENTRY
    assert not house.account.permissions[0].commands["status"].needs_pin


async def test_a_pin_that_is_left_empty_stays(house: House) -> None:
    await allow(house)
    pin = commands(house).data["pin"]
    form = await house.entry.start_subentry_reconfigure_flow(house.hass, commands(house).subentry_id)
    assert section_of(form, "sentences").options == {"collapsed": True}
    assert "pin" not in suggested(form)
    assert suggested(form)["commands"] == [GATE]
    form = await submit(house, form, {"commands": []})
    assert form["errors"] == {"commands": "nothing_to_command"}
    result = await submit(house, form, {"commands": [GATE], "assist": True, "agent": "conversation.x"})
    assert result["reason"] == "reconfigure_successful"
    assert commands(house).data["pin"] == pin
    (access,) = house.account.permissions
    assert (access.assist, access.agent) == (True, "conversation.x")
    form = await house.entry.start_subentry_reconfigure_flow(house.hass, commands(house).subentry_id)
    assert section_of(form, "sentences").options == {"collapsed": False}
    assert suggested(form)["sentences"] == {"assist": True, "agent": "conversation.x"}
    await submit(house, form, {"commands": [GATE], "pin": "081500"})
    assert verify_pin("081500", commands(house).data["pin"])


async def test_nobody_is_asked_for_when_nobody_is_left(house: House) -> None:
    await allow(house)
    result = await open_form(house)
    # What is left is a group, which everybody in it would read.
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "nobody_to_command")


async def test_a_recipient_that_becomes_a_group_commands_nothing(house: House) -> None:
    await allow(house)
    person = house.entry.subentries[alice(house)]
    house.hass.config_entries.async_update_subentry(house.entry, person, data={"group": "Amis"})
    await house.async_settle()
    assert not house.account.permissions
