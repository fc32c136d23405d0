"""Adding and editing groups of recipients."""

from functools import partial
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.support.flow_forms import open_subentry_form, submit, suggested
from tests.support.gateway import Gateway
from tests.support.house import House
from tests.support.people import group, people_entry, titled

open_form = partial(open_subentry_form, kind="group")

WRONG = [
    pytest.param({"name": " "}, "name", "name_missing", id="no name"),
    pytest.param({"name": "06 12 34 56 78"}, "name", "name_is_number", id="a number"),
    pytest.param({"name": "group:Club"}, "name", "name_is_group", id="a prefix"),
    pytest.param({"name": "x" * 101}, "name", "name_too_long", id="too long"),
    pytest.param({"name": "ALICE"}, "name", "name_taken", id="name of a recipient"),
    pytest.param({"name": "club"}, "name", "name_taken", id="name of another group"),
    pytest.param({"name": "famille"}, "name", "name_taken", id="a group of the gateway that is a recipient"),
    pytest.param({"members": []}, "members", "members_missing", id="nobody"),
]
RIGHT = {"name": " The  neighbours ", "members": ["alice", "bob", "alice"]}


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account with a group."""
    return people_entry(gateway, group("Club", "carol", "who was removed"))


async def test_a_group_is_kept_with_its_members_by_their_ids(house: House) -> None:
    result = await submit(house, await open_form(house), RIGHT)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert titled(house, "The neighbours").data == {"members": ["alice", "bob"]}
    assert house.state("notify.the_neighbours").state == "unknown"


@pytest.mark.parametrize(("written", "field", "problem"), WRONG)
async def test_what_is_wrong_is_told_where_it_is(
    house: House, written: dict[str, Any], field: str, problem: str
) -> None:
    result = await submit(house, await open_form(house), RIGHT | written)
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, {field: problem})
    assert suggested(result) == RIGHT | written
    result = await submit(house, result, RIGHT)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_recipient_that_was_removed_meanwhile_is_told_of(hass: HomeAssistant, house: House) -> None:
    form = await open_form(house)
    hass.config_entries.async_remove_subentry(house.entry, "alice")
    await house.async_settle()
    result = await submit(house, form, RIGHT)
    assert result["errors"] == {"members": "member_unknown"}


async def test_a_group_is_edited_and_shows_only_members_that_are_there(house: House) -> None:
    form = await open_form(house, titled(house, "Club"))
    assert suggested(form) == {"name": "Club", "members": ["carol"]}
    result = await submit(house, form, {"name": "Alice", "members": ["carol"]})
    assert result["errors"] == {"name": "name_taken"}
    result = await submit(house, result, {"name": "Club", "members": ["bob"]})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert titled(house, "Club").data == {"members": ["bob"]}


async def test_nobody_can_be_grouped_where_nobody_is(hass: HomeAssistant, house: House) -> None:
    for subentry_id in list(house.entry.subentries):
        hass.config_entries.async_remove_subentry(house.entry, subentry_id)
    await house.async_settle()
    result = await open_form(house)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "no_recipients")


@pytest.mark.parametrize(
    ("written", "errors"),
    [
        ({"name": "CLUB", "number": "06 39 98 56 78"}, {"name": "name_taken"}),
        ({"name": "Friends", "gateway": {"group": "club"}}, {"gateway": "already_configured"}),
    ],
)
async def test_a_recipient_takes_neither_name_nor_prefix_of_a_group(
    house: House, written: dict[str, Any], errors: dict[str, str]
) -> None:
    form = await house.hass.config_entries.subentries.async_init(
        (house.entry.entry_id, "recipient"), context={"source": SOURCE_USER}
    )
    assert (await submit(house, form, written))["errors"] == errors
