"""Groups of recipients: whatever is sent to one goes to each of its members, once."""

from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.diagnostics import async_get_config_entry_diagnostics
from tests.support.automations import automate, said
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, BOB, BOB_DIGITS, NIGHT, House
from tests.support.people import CAROL, CAROL_DIGITS, group, people_entry, recipient, titled, written_to
from tests.support.watchdog_house import add_watchdog, async_switch, scheduled

BOTH = [ALICE_DIGITS, BOB_DIGITS]
DAVE = "+33755443322"
MOVED = "+33755443399"


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account with two groups, one of which sleeps in part."""
    night_owl = recipient("Dave", DAVE, quiet_hours=NIGHT)
    neighbours, club, late = ("alice", "bob"), ("bob", "carol"), ("dave", "bob")
    return people_entry(
        gateway, night_owl, group("Neighbours", *neighbours), group("Club", *club), group("Late", *late)
    )


def empty_group(house: House, subentry_id: str) -> ir.IssueEntry | None:
    """Return the repair issue of a group without members, None if it is not shown."""
    issue_id = f"group_empty_{house.entry.entry_id}_{subentry_id}"
    return ir.async_get(house.hass).async_get_issue("smsmode", issue_id)


async def send(house: House, *targets: str, **fields: Any) -> dict[str, Any]:
    return await house.async_call("send_message", message="Water!", target=list(targets), **fields)


@pytest.mark.parametrize(
    "target", ["Neighbours", "neighbours", "group:Neighbours", "group: NEIGHBOURS", "notify.neighbours"]
)
async def test_each_member_gets_it_however_the_group_is_named(house: House, target: str) -> None:
    await send(house, target)
    assert await written_to(house) == BOTH


async def test_nobody_gets_it_twice(house: House) -> None:
    await send(house, "Neighbours", "Club", "Bob", BOB)
    assert await written_to(house) == [*BOTH, CAROL_DIGITS]


async def test_the_entity_of_a_group_writes_to_its_members(house: House) -> None:
    message = {"entity_id": "notify.neighbours", "message": "Water!"}
    await house.hass.services.async_call("notify", "send_message", message, blocking=True)
    assert await written_to(house) == BOTH


async def test_a_group_is_a_device_of_the_account(
    house: House, device_registry: dr.DeviceRegistry, entity_registry: er.EntityRegistry
) -> None:
    entity = entity_registry.async_get("notify.neighbours")
    assert entity is not None
    assert entity.config_subentry_id == "neighbours"
    device = device_registry.async_get(entity.device_id or "")
    assert device is not None
    assert device.name == "Neighbours"
    assert [each.entity_id for each in er.async_entries_for_device(entity_registry, device.id)] == ["notify.neighbours"]


async def test_the_notify_service_of_the_account_knows_groups(house: House) -> None:
    await house.async_notify(message="Water!", target=["Neighbours"])
    assert await written_to(house) == BOTH


async def test_who_writes_to_everybody_writes_to_nobody_twice(house: House) -> None:
    await house.async_call("add_contact", name="Eve", number="0639985678", groups=["Famille"])
    await send(house, "notify.home")
    assert sorted(await written_to(house)) == sorted([*BOTH, CAROL_DIGITS, DAVE.removeprefix("+"), "33639985678"])


async def test_members_are_called(house: House) -> None:
    await house.async_call("send_voice_message", message="Water!", target=["Neighbours"])
    assert await written_to(house) == BOTH


async def test_each_member_gets_a_row_of_a_batch(house: House) -> None:
    rows = [{"target": "Neighbours", "message": "One"}, {"target": "Carol", "message": "Two"}]
    response = await house.async_call("send_batch", messages=rows)
    assert response["count"] == 3
    assert await written_to(house) == [*BOTH, CAROL_DIGITS]


async def test_each_member_is_asked_and_alerted(house: House) -> None:
    question = {"question": "Heating off?", "ready_answers": "yes_no", "target": ["Neighbours"]}
    await house.hass.services.async_call("smsmode", "ask", question, blocking=True)
    response = await house.async_call("alert", message="Water! Answer OK.", steps=[{"target": ["Club"]}])
    assert response["steps"][0]["recipients"] == ["Bob", "Carol"]
    assert await written_to(house) == [*BOTH, BOB_DIGITS, CAROL_DIGITS]


async def test_a_preview_counts_the_members(house: House) -> None:
    preview = await house.async_call("preview_message", message="Water!", target=["Neighbours", "Club"])
    assert preview["cost"] == 3


async def test_limits_and_quiet_hours_are_those_of_each_member(house: House) -> None:
    await house.hass.config.async_set_time_zone("Europe/Paris")
    house.freezer.move_to("2026-06-10T23:15:00+02:00")
    house.account.store.state.budget.recipient_limit = 1
    response = await send(house, "Late")
    assert [(each["recipients"], each["status"]) for each in response["messages"]] == [
        ([BOB], "accepted"),
        ([DAVE], "scheduled"),
    ]
    with pytest.raises(Exception, match="recipient"):
        await house.async_call("send_message", message="Again", target=["Club"])


async def test_the_members_of_a_group_are_paused(house: House) -> None:
    response = await house.async_call("pause_recipient", recipient="Neighbours")
    assert [each["recipient"] for each in response["paused"]] == ["Alice", "Bob"]
    response = await send(house, "Club")
    assert response["failed"] == [{"target": "Bob", "reason": "paused"}]
    assert await written_to(house) == [CAROL_DIGITS]


async def test_a_group_of_the_gateway_of_the_same_name_is_meant_by_its_prefix(
    hass: HomeAssistant, house: House
) -> None:
    hass.config_entries.async_update_subentry(house.entry, titled(house, "Neighbours"), title="Famille")
    await house.async_settle()
    await house.async_call("add_contact", name="Eve", number="0639985678", groups=["Famille"])
    await send(house, "group:Famille")
    assert await written_to(house) == ["33639985678"]


async def test_a_group_that_is_unknown_here_is_one_of_the_gateway(house: House) -> None:
    await house.async_call("add_contact", name="Eve", number="0639985678", groups=["Amis"])
    await send(house, "group:Amis")
    assert await written_to(house) == ["33639985678"]


async def test_a_name_that_a_recipient_and_a_group_share_is_neither(hass: HomeAssistant, house: House) -> None:
    hass.config_entries.async_update_subentry(house.entry, titled(house, "Neighbours"), title="Carol")
    await house.async_settle()
    with pytest.raises(ServiceValidationError) as caught:
        await send(house, "Carol")
    assert caught.value.translation_key == "target_unknown_recipient"
    await send(house, CAROL)
    assert await written_to(house) == [CAROL_DIGITS]


async def test_a_group_follows_its_members(hass: HomeAssistant, house: House) -> None:
    alice = titled(house, "Alice")
    hass.config_entries.async_update_subentry(house.entry, alice, title="Alicia", data={"number": MOVED})
    hass.config_entries.async_remove_subentry(house.entry, "carol")
    await house.async_settle()
    await send(house, "Neighbours", "Club")
    assert await written_to(house) == [MOVED.removeprefix("+"), BOB_DIGITS]


async def test_a_group_without_members_is_refused_and_told_of(hass: HomeAssistant, house: House) -> None:
    hass.config_entries.async_update_subentry(house.entry, titled(house, "Club"), data={"members": ["carol"]})
    hass.config_entries.async_remove_subentry(house.entry, "carol")
    await house.async_settle()
    assert hass.states.get("notify.club") is not None
    problem = empty_group(house, "club")
    assert problem is not None
    assert problem.translation_placeholders == {"account": "Home", "group": "`Club`"}
    assert (await send(house, "Club", "Alice"))["failed"] == [{"target": "Club", "reason": "group_empty"}]
    for target in ("Club", "notify.club", "group:club"):
        with pytest.raises(ServiceValidationError) as caught:
            await send(house, target)
        assert caught.value.translation_key == "target_group_empty"
    hass.config_entries.async_update_subentry(house.entry, titled(house, "Club"), data={"members": ["bob"]})
    await house.async_settle()
    assert empty_group(house, "club") is None


async def test_a_reply_of_a_member_triggers(house: House) -> None:
    calls = await automate(house.hass, "smsmode.reply_received", recipient=["Neighbours"])
    for number, text in ((BOB_DIGITS, "Yes"), (CAROL_DIGITS, "No")):
        await house.gateway.reply(number, text, stray=True)
    await house.async_poll()
    assert said(calls) == ["Yes"]


async def test_a_watchdog_tells_the_members(house: House) -> None:
    add_watchdog(house, targets=["neighbours", "Club"])
    await house.async_settle()
    await async_switch(house, on=True)
    (held,) = await scheduled(house)
    assert sorted(held.numbers) == sorted([*BOTH, CAROL_DIGITS])


async def test_an_event_in_the_calendar_goes_to_the_members(hass: HomeAssistant, house: House) -> None:
    hass.config_entries.async_update_entry(house.entry, options={"calendar_events": True})
    hass.config_entries.async_update_subentry(house.entry, titled(house, "Club"), title="Bob, Carol")
    await house.async_settle()
    event = {
        "entity_id": "calendar.home_sms_to_send",
        "summary": "Bins",
        "description": "Bob, Carol",
        "start_date_time": "2099-01-01T08:00:00+00:00",
        "end_date_time": "2099-01-01T08:05:00+00:00",
    }
    house.freezer.move_to("2098-12-31T08:00:00+00:00")
    await house.gateway.set_time("2098-12-31T08:00:00+00:00")
    await house.async_reload()
    await hass.services.async_call("calendar", "create_event", event, blocking=True)
    assert await written_to(house) == [BOB_DIGITS, CAROL_DIGITS]


@pytest.mark.parametrize("target", ["Crew", "group:Crew"])
async def test_a_group_is_looked_for_in_the_account_that_has_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, house: House, target: str
) -> None:
    freezer.tick(1)
    people = [recipient("Eve", "+33639985678"), group("Crew", "eve")]
    entry = MockConfigEntry(
        domain="smsmode", title="Chalet", data=dict(house.entry.data) | {"webhook_id": "other"}, subentries_data=people
    )
    other = House(hass, freezer, house.gateway, entry)
    await other.async_set_up()
    await send(house, target)
    assert await written_to(house) == ["33639985678"]


async def test_diagnostics_count_members_and_name_nobody(house: House) -> None:
    diagnostics = await async_get_config_entry_diagnostics(house.hass, house.entry)
    assert diagnostics["recipients"]["members_of_own_groups"] == [2, 2, 2]
    assert "Neighbours" not in str(diagnostics)
