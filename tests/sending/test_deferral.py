"""Quiet hours of a recipient, from the form to the gateway."""

from datetime import datetime, timedelta
from typing import Any

import probatio
import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.config.yaml_schema import CONFIG_SCHEMA
from custom_components.smsmode.state.scheduled import MAX_SCHEDULED
from tests.support.flow_forms import suggested
from tests.support.gateway import Gateway
from tests.support.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, NIGHT, House
from tests.support.people import house_in_paris, household_entry

EVENING = "2026-06-10T23:15:00+02:00"
MORNING = "2026-06-11T07:00:00+02:00"


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Give an account with a sleeper, a night owl, and a group that sleeps."""
    return household_entry(gateway, Alice={"quiet_hours": NIGHT}, Family={"quiet_hours": NIGHT})


@pytest.fixture
async def house(hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry) -> House:
    """Give a house in Paris, late in the evening."""
    return await house_in_paris(hass, freezer, gateway, entry, EVENING)


async def send(house: House, *targets: str, **fields: Any) -> dict[str, Any]:
    return await house.async_call("send_message", message="Dinner?", target=list(targets), **fields)


async def departures(house: House) -> dict[str, datetime]:
    """Give for each number when a message to it leaves."""
    found: dict[str, datetime] = {}
    for message in await house.gateway.messages():
        leaves = dt_util.parse_datetime(message.leaves_at, raise_on_error=True)
        found |= dict.fromkeys(message.numbers, leaves)
    return found


def moment(text: str) -> datetime:
    return dt_util.parse_datetime(text, raise_on_error=True)


async def test_who_sleeps_gets_it_in_the_morning_and_who_does_not_at_once(house: House) -> None:
    response = await send(house, "Alice", "Bob")
    told = [(each["recipients"], each["status"], each["send_at"]) for each in response["messages"]]
    assert told == [([BOB], "accepted", None), ([ALICE], "scheduled", MORNING)]
    assert await departures(house) == {BOB_DIGITS: dt_util.utcnow(), ALICE_DIGITS: moment(MORNING)}
    assert await house.gateway.balance() == 98


async def test_it_leaves_in_the_morning_though_the_house_is_down(house: House) -> None:
    await send(house, "Alice")
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    state = await house.gateway.state()
    assert [delivery["status"] for message in state["messages"] for delivery in message["deliveries"]] == [10]
    await house.gateway.set_time("2026-06-11T07:01:00+02:00")
    state = await house.gateway.state()
    assert [delivery["status"] for message in state["messages"] for delivery in message["deliveries"]] != [10]


async def test_a_number_written_by_hand_has_the_quiet_hours_of_its_recipient(house: House) -> None:
    response = await send(house, "06 12 34 56 78")
    assert response["messages"][0]["send_at"] == MORNING


async def test_what_is_urgent_wakes(house: House) -> None:
    response = await send(house, "Alice", urgent=True)
    assert (response["messages"][0]["status"], response["messages"][0]["send_at"]) == ("accepted", None)


async def test_a_group_sleeps_as_a_whole(house: House) -> None:
    await house.async_call("add_contact", name="Carol", number="+33600000001", groups=["Famille", "Amis"])
    response = await send(house, "Family", "group:Amis")
    told = [(each["recipients"], each["send_at"]) for each in response["messages"]]
    assert told == [(["group:Amis"], None), (["group:Famille"], MORNING)]


async def test_nobody_is_called_in_quiet_hours(house: House) -> None:
    response = await house.async_call("send_voice_message", message="Dinner?", target=["Alice", "Bob"])
    assert [each["send_at"] for each in response["messages"]] == [None, MORNING]


@pytest.mark.parametrize(
    ("wished", "leaves"),
    [
        pytest.param("2026-06-11T03:00:00+02:00", MORNING, id="in the window"),
        pytest.param("2026-06-11T09:00:00+02:00", "2026-06-11T09:00:00+02:00", id="outside"),
        pytest.param("2026-06-12T23:30:00+02:00", "2026-06-13T07:00:00+02:00", id="in a later night"),
    ],
)
async def test_a_time_that_was_asked_for_does_not_wake_either(house: House, wished: str, leaves: str) -> None:
    (sent,) = (await send(house, "Alice", send_at=wished))["messages"]
    assert (sent["status"], sent["send_at"]) == ("scheduled", leaves)
    assert await departures(house) == {ALICE_DIGITS: moment(leaves)}


async def test_a_time_that_is_over_is_refused_and_not_put_off(house: House) -> None:
    with pytest.raises(ServiceValidationError) as caught:
        await send(house, "Alice", send_at="2026-06-10T22:30:00+02:00")
    assert caught.value.translation_key == "date_past"
    assert not await house.gateway.messages()


async def test_a_batch_is_split_by_when_its_rows_leave(house: House) -> None:
    rows = [{"target": "Alice", "message": "One"}, {"target": "Bob", "message": "Two"}]
    response = await house.async_call("send_batch", messages=rows)
    assert (response["count"], response["status"], response["send_at"]) == (1, "accepted", None)
    (held,) = response["held_back"]
    assert (held["count"], held["status"], held["send_at"]) == (1, "scheduled", MORNING)
    assert (await departures(house))[ALICE_DIGITS] == moment(MORNING)
    (scheduled,) = (await house.async_call("get_scheduled"))["scheduled"]
    assert (scheduled["kind"], scheduled["message"]) == ("batch", "")


async def test_a_preview_says_who_would_get_it_later(house: House) -> None:
    preview = await house.async_call("preview_message", message="Dinner?", target=["Alice", "Bob"])
    assert preview["scheduled"] == [{"send_at": MORNING, "recipients": [ALICE]}]
    assert (preview["cost"], preview["recipients"]) == (2, [BOB, ALICE])
    assert not await house.gateway.messages()


async def test_an_automation_gone_mad_at_night_is_one_sms_in_the_morning(house: House) -> None:
    (first,) = (await send(house, "Alice"))["messages"]
    for _ in range(5):
        await house.async_wait(minutes=5)
        (again,) = (await send(house, "Alice"))["messages"]
        assert (again["status"], again["duplicate_of"]) == ("duplicate", first["message_id"])
    await house.async_reload()
    assert (await send(house, "Alice"))["messages"][0]["status"] == "duplicate"
    assert len(await house.gateway.messages()) == 1
    assert await house.gateway.balance() == 99
    assert (await send(house, "Alice", repeat=True))["messages"][0]["status"] == "scheduled"


async def test_what_was_cancelled_may_be_sent_again(house: House) -> None:
    (first,) = (await send(house, "Alice"))["messages"]
    await house.async_call("delete_message", message_id=first["message_id"])
    assert (await send(house, "Alice"))["messages"][0]["status"] == "scheduled"


async def test_without_the_gateway_it_waits_here_and_is_not_stale_in_the_morning(house: House) -> None:
    async with house.gateway.offline():
        (sent,) = (await send(house, "Alice"))["messages"]
        assert (sent["status"], sent["send_at"]) == ("queued", MORNING)
        for _ in range(3):
            await house.async_wait(hours=1)
        (again,) = (await send(house, "Alice"))["messages"]
        assert (again["status"], again["duplicate_of"]) == ("duplicate", sent["queue_id"])
    await house.async_wait(minutes=6)
    assert await departures(house) == {ALICE_DIGITS: moment(MORNING)}


async def test_what_is_scheduled_is_listed_and_forgotten_when_it_has_left(house: House) -> None:
    await send(house, "Alice", reference="dinner")
    (listed,) = (await house.async_call("get_scheduled"))["scheduled"]
    (message,) = await house.gateway.messages()
    assert listed == {
        "send_at": MORNING,
        "status": "scheduled",
        "message_id": message.id,
        "queue_id": None,
        "kind": "sms",
        "message": "Dinner?",
        "recipients": ["Alice"],
        "reference": "dinner",
    }
    await house.async_reload()
    assert (await house.async_call("get_scheduled"))["scheduled"] == [listed]
    assert house.account.store.state.schedule.items
    await house.async_wait(hours=8)
    assert (await house.async_call("get_scheduled")) == {"scheduled": [], "complete": True}
    assert not house.account.store.state.schedule.items


async def test_what_has_left_while_the_house_was_down_is_forgotten_at_its_start(house: House) -> None:
    await send(house, "Alice")
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    house.freezer.tick(timedelta(hours=9))
    await house.async_set_up()
    assert not house.account.store.state.schedule.items


async def test_what_others_have_scheduled_is_listed_too(house: House) -> None:
    await send(house, "Alice")
    for key in list(house.account.store.state.schedule.items):
        del house.account.store.state.schedule.items[key]
    (listed,) = (await house.async_call("get_scheduled"))["scheduled"]
    assert (listed["send_at"], listed["message"], listed["recipients"]) == (MORNING, "Dinner?", [ALICE])


async def test_without_the_gateway_the_list_says_that_it_may_lack_something(house: House) -> None:
    await send(house, "Alice")
    async with house.gateway.offline():
        answer = await house.async_call("get_scheduled")
    assert (len(answer["scheduled"]), answer["complete"]) == (1, False)


@pytest.mark.parametrize("by", ["message_id", "number"])
async def test_what_is_scheduled_can_be_cancelled(house: House, by: str) -> None:
    (sent,) = (await send(house, "Alice"))["messages"]
    await house.async_call("delete_message", **{by: {"message_id": sent["message_id"], "number": ALICE}[by]})
    assert not await house.gateway.messages()
    assert (await house.async_call("get_scheduled"))["scheduled"] == []
    assert house.state("sensor.home_pending").state == "0"


async def test_what_the_gateway_does_not_know_any_more_is_not_listed_either(house: House) -> None:
    (sent,) = (await send(house, "Alice"))["messages"]
    await house.account.client.delete_message(message_id=sent["message_id"])
    with pytest.raises(HomeAssistantError) as caught:
        await house.async_call("delete_message", message_id=sent["message_id"])
    assert caught.value.translation_key == "message_not_found"
    assert (await house.async_call("get_scheduled"))["scheduled"] == []


async def test_more_than_is_kept_in_mind_is_refused_before_anything_is_spent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.smsmode.sending.dispatcher.MAX_SCHEDULED", 1)
    await send(house, "Alice")
    with pytest.raises(HomeAssistantError) as caught:
        await send(house, "Alice", title="Again")
    assert (caught.value.translation_key, caught.value.translation_placeholders) == (
        "schedule_full",
        {"limit": str(MAX_SCHEDULED)},
    )
    assert await house.gateway.balance() == 99
    assert (await send(house, "Bob"))["messages"][0]["status"] == "accepted"


async def test_quiet_hours_are_chosen_in_the_form(house: House) -> None:
    (bob,) = [each for each in house.entry.subentries.values() if each.title == "Bob"]
    form = await house.entry.start_subentry_reconfigure_flow(house.hass, bob.subentry_id)
    assert suggested(form) == {"name": "Bob", "number": "+33 6 98 76 54 32"}
    for quiet_hours, problem in (
        ({"start": "21:30:00"}, "quiet_incomplete"),
        ({"start": "21:30:00", "end": "21:30:00"}, "quiet_empty"),
    ):
        written = {"name": "Bob", "number": BOB, "quiet_hours": quiet_hours}
        form = await house.hass.config_entries.subentries.async_configure(form["flow_id"], written)
        assert (form["type"], form["errors"]) == (FlowResultType.FORM, {"quiet_hours": problem})
        assert suggested(form) == written
    written = {"name": "Bob", "number": BOB, "quiet_hours": {"start": "21:30:00", "end": "08:00:00"}}
    await house.hass.config_entries.subentries.async_configure(form["flow_id"], written)
    await house.async_settle()
    response = await send(house, "Bob")
    assert response["messages"][0]["send_at"] == "2026-06-11T08:00:00+02:00"
    form = await house.entry.start_subentry_reconfigure_flow(house.hass, bob.subentry_id)
    assert suggested(form)["quiet_hours"] == {"start": "21:30", "end": "08:00"}
    await house.hass.config_entries.subentries.async_configure(form["flow_id"], {"name": "Bob", "number": BOB})
    await house.async_settle()
    assert (await send(house, "Bob"))["messages"][0]["status"] == "accepted"


def test_quiet_hours_are_written_in_yaml() -> None:
    account = {"name": "Home", "access_token": "Ab1CD2efg3Hi"}
    written = {"name": "Alice", "number": ALICE, "quiet_hours": {"start": "22:00", "end": "07:00:00"}}
    (read,) = CONFIG_SCHEMA({"smsmode": [account | {"recipients": [written]}]})["smsmode"]
    assert read["recipients"] == [{"name": "Alice", "number": ALICE, "quiet_hours": NIGHT}]


@pytest.mark.parametrize(
    ("quiet_hours", "path"),
    [
        pytest.param({"start": 1320, "end": "07:00"}, "start", id="without quotes"),
        pytest.param({"start": "22:00", "end": "25:00"}, "end", id="no time"),
        pytest.param({"start": "22:00"}, "quiet_hours", id="without end"),
        pytest.param({}, "quiet_hours", id="nothing"),
        pytest.param({"schedule": "light.night"}, "schedule", id="no schedule"),
        pytest.param({"schedule": "schedule.night", "start": "22:00"}, "quiet_hours", id="both"),
        pytest.param({"start": "22:00", "end": "22:00:30"}, "quiet_hours", id="the same minute"),
    ],
)
def test_wrong_quiet_hours_in_yaml_are_explained(quiet_hours: dict[str, Any], path: str) -> None:
    account = {"name": "Home", "access_token": "Ab1CD2efg3Hi"}
    recipient = {"name": "Alice", "number": ALICE, "quiet_hours": quiet_hours}
    with pytest.raises(probatio.Invalid) as caught:
        CONFIG_SCHEMA({"smsmode": [account | {"recipients": [recipient]}]})
    assert str(caught.value.path[-1]) == path
