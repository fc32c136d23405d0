"""Pause of a recipient: only what is urgent passes, whoever sends anything else is told, and it ends on time."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.diagnostics import async_get_config_entry_diagnostics
from tests.support.clocks import Clocks
from tests.support.gateway import Gateway
from tests.support.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, House
from tests.support.people import house_in_paris, household_entry

NOON = "2026-06-10T12:00:00+02:00"
EVENING = "2026-06-10T20:00:00+02:00"
SWITCH = "switch.alice_paused"
PAUSED = [{"target": "Alice", "reason": "paused"}]


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account with two people and a group."""
    return household_entry(gateway)


@pytest.fixture
async def house(hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry) -> House:
    """Return a house in Paris, at noon."""
    return await house_in_paris(hass, freezer, gateway, entry, NOON)


async def pause(house: House, *recipients: str, **fields: Any) -> dict[str, Any]:
    """Pause recipients, by the action."""
    return await house.async_call("pause_recipient", recipient=list(recipients or ["Alice"]), **fields)


async def switch(house: House, entity_id: str = SWITCH, *, on: bool) -> None:
    """Turn a switch on or off."""
    action = "turn_on" if on else "turn_off"
    await house.hass.services.async_call("switch", action, {"entity_id": entity_id}, blocking=True)
    await house.async_settle()


async def send(house: House, *targets: str, **fields: Any) -> dict[str, Any]:
    """Send an SMS."""
    return await house.async_call("send_message", message="Dinner?", target=list(targets), **fields)


async def written_to(house: House) -> list[str]:
    """Return the numbers that got anything, one for each message."""
    return [delivery.number for message in await house.gateway.messages() for delivery in message.deliveries]


async def answer(house: House, number: str, text: str) -> None:
    """Reply from a phone to the latest question, and poll the gateway."""
    await house.gateway.reply(number, text, callback=False)
    await house.async_poll()


def until(house: House, entity_id: str = SWITCH) -> datetime | None:
    """Return the end of a pause that its switch shows."""
    end: datetime | None = house.state(entity_id).attributes["until"]
    return end


async def test_a_switch_pauses_and_resumes(house: House) -> None:
    assert (house.state(SWITCH).state, until(house)) == ("off", None)
    await switch(house, on=True)
    assert (house.state(SWITCH).state, until(house)) == ("on", None)
    with pytest.raises(ServiceValidationError) as caught:
        await send(house, "Alice")
    assert caught.value.translation_key == "target_paused"
    assert caught.value.translation_placeholders == {"targets": "Alice"}
    await switch(house, on=False)
    assert house.state(SWITCH).state == "off"
    await send(house, "Alice")
    assert await written_to(house) == [ALICE_DIGITS]


async def test_turning_off_what_is_not_paused_changes_nothing(house: House) -> None:
    await switch(house, on=False)
    assert house.state(SWITCH).state == "off"


async def test_the_others_get_it_and_the_caller_is_told(house: House) -> None:
    await pause(house)
    response = await send(house, ALICE, "Bob")
    assert response["failed"] == PAUSED
    assert await written_to(house) == [BOB_DIGITS]


@pytest.mark.parametrize("target", ["notify.alice", "Alice", ALICE, "06 12 34 56 78"])
async def test_it_holds_however_a_recipient_is_named(house: House, target: str) -> None:
    await pause(house, target)
    assert (await send(house, target, "Bob"))["failed"] == PAUSED


async def test_a_group_at_the_gateway_is_paused_as_a_whole(house: House) -> None:
    await pause(house, "Family")
    response = await send(house, "group:Famille", "Bob")
    assert response["failed"] == [{"target": "Family", "reason": "paused"}]
    assert await written_to(house) == [BOB_DIGITS]


async def test_what_is_urgent_passes(house: House) -> None:
    await pause(house)
    await send(house, "Alice", urgent=True)
    await house.async_call("send_batch", messages=[{"target": "Alice", "message": "Fire!"}], urgent=True)
    assert await written_to(house) == [ALICE_DIGITS, ALICE_DIGITS]


async def test_an_alert_passes(house: House) -> None:
    await pause(house)
    response = await house.async_call("alert", message="Water! Answer OK.", steps=[{"target": ["Alice"]}])
    assert "failed" not in response
    assert await written_to(house) == [ALICE_DIGITS]


async def test_the_notify_entity_says_why_it_sends_nothing(house: House) -> None:
    await pause(house)
    with pytest.raises(ServiceValidationError) as caught:
        await house.hass.services.async_call(
            "notify", "send_message", {"entity_id": "notify.alice", "message": "Dinner?"}, blocking=True
        )
    assert caught.value.translation_key == "target_paused"


async def test_who_writes_to_everybody_writes_to_all_others(house: House) -> None:
    await house.async_call("add_contact", name="Carol", number="+33600000001", groups=["Famille"])
    await pause(house)
    await house.async_notify(message="Dinner?")
    assert await written_to(house) == [BOB_DIGITS, "33600000001"]


async def test_nobody_who_is_paused_is_called(house: House) -> None:
    await pause(house)
    response = await house.async_call("send_voice_message", message="Dinner?", target=["Alice", "Bob"])
    assert response["failed"] == PAUSED
    assert await written_to(house) == [BOB_DIGITS]


async def test_a_preview_says_who_would_get_nothing(house: House) -> None:
    await pause(house)
    preview = await house.async_call("preview_message", message="Dinner?", target=["Alice", "Bob"])
    assert (preview["recipients"], preview["failed"]) == ([BOB], PAUSED)


async def test_the_rows_of_a_batch_to_the_paused_are_left_out_and_named(house: House) -> None:
    await pause(house)
    rows = [{"target": who, "message": text} for who, text in (("Nobody", "0"), ("Alice", "1"), ("Bob", "2"))]
    response = await house.async_call("send_batch", messages=rows)
    assert response["failed"] == [
        {"target": "Nobody", "reason": "unknown_recipient"},
        {"target": "Alice", "reason": "paused", "row": 2},
    ]
    assert await written_to(house) == [BOB_DIGITS]
    with pytest.raises(ServiceValidationError) as caught:
        await house.async_call("send_batch", messages=rows[1:2])
    assert caught.value.translation_key == "target_paused"


async def test_who_is_paused_is_not_asked(house: House) -> None:
    await pause(house)
    question = {"question": "Heating off?", "ready_answers": "yes_no", "timeout": "00:01:00"}
    with pytest.raises(ServiceValidationError) as caught:
        await house.hass.services.async_call("smsmode", "ask", question | {"target": ["Alice"]}, blocking=True)
    assert caught.value.translation_key == "target_paused"
    asking = house.hass.async_create_task(
        house.hass.services.async_call(
            "smsmode", "ask", question | {"target": ["Alice", "Bob"]}, blocking=True, return_response=True
        )
    )
    await house.gateway.wait_for_requests("sendSMS.do")
    await answer(house, BOB_DIGITS, "yes")
    response = await asking
    assert response is not None
    assert (response["recipient"], response["failed"]) == ("Bob", PAUSED)
    await house.hass.services.async_call(
        "smsmode", "ask", question | {"target": ["Alice"], "urgent": True}, blocking=True
    )
    assert await written_to(house) == [BOB_DIGITS, ALICE_DIGITS]


async def test_who_answers_is_answered_although_paused(house: House) -> None:
    question = {"question": "Heating off?", "ready_answers": "yes_no", "ask_again": "Yes or no?", "target": ["Alice"]}
    await house.hass.services.async_call("smsmode", "ask", question, blocking=True)
    await pause(house)
    await answer(house, ALICE_DIGITS, "What?")
    assert await written_to(house) == [ALICE_DIGITS, ALICE_DIGITS]


async def test_a_pause_ends_on_time(house: House) -> None:
    response = await pause(house, duration="08:00:00")
    assert response == {"paused": [{"recipient": "Alice", "until": EVENING}]}
    assert (house.state(SWITCH).state, until(house)) == ("on", dt_util.parse_datetime(EVENING))
    await house.async_wait(hours=7, minutes=59)
    assert house.state(SWITCH).state == "on"
    await house.async_wait(minutes=1)
    assert (house.state(SWITCH).state, until(house)) == ("off", None)
    await send(house, "Alice")
    assert await written_to(house) == [ALICE_DIGITS]


async def test_what_is_scheduled_for_after_the_pause_is_taken(house: House) -> None:
    await pause(house, duration="08:00:00")
    with pytest.raises(ServiceValidationError):
        await send(house, "Alice", send_at="2026-06-10T19:59:00+02:00")
    (sent,) = (await send(house, "Alice", send_at=EVENING))["messages"]
    assert sent["status"] == "scheduled"


async def test_a_pause_is_replaced_by_a_later_one(house: House) -> None:
    await pause(house, duration="01:00:00")
    await switch(house, on=True)
    await house.async_wait(hours=2)
    assert (house.state(SWITCH).state, until(house)) == ("on", None)
    await pause(house, duration="01:00:00")
    await house.async_wait(hours=1)
    assert house.state(SWITCH).state == "off"


@pytest.mark.parametrize(("away", "expected"), [(timedelta(hours=1), "on"), (timedelta(hours=9), "off")])
async def test_a_pause_survives_a_restart_and_ends_while_the_house_is_away(
    house: House, away: timedelta, expected: str
) -> None:
    await pause(house, duration="08:00:00")
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    house.freezer.tick(away)
    await house.async_set_up()
    await house.async_settle()
    assert house.state(SWITCH).state == expected
    await house.async_wait(hours=7)
    assert house.state(SWITCH).state == "off"
    assert not house.account.store.state.pauses


async def test_a_pause_without_an_end_survives_a_restart(house: House) -> None:
    await switch(house, on=True)
    await house.async_reload()
    assert (house.state(SWITCH).state, until(house)) == ("on", None)
    assert not house.account.pauses.is_waiting()


async def test_the_pause_of_a_recipient_that_was_removed_is_forgotten(house: House) -> None:
    await pause(house, "Alice", "Bob", duration="08:00:00")
    (alice, bob) = (house.account.recipients.find_by_name(name) for name in ("Alice", "Bob"))
    assert alice is not None
    assert bob is not None
    house.hass.config_entries.async_remove_subentry(house.entry, alice.subentry_id)
    await house.async_settle()
    assert set(house.account.store.state.pauses) == {bob.subentry_id}


@pytest.mark.parametrize("target", [{"entity_id": "notify.alice"}, {"entity_id": ["notify.alice"]}])
async def test_a_recipient_is_paused_by_its_entity(house: House, target: dict[str, Any]) -> None:
    response = await house.async_call("pause_recipient", **target)
    assert response == {"paused": [{"recipient": "Alice", "until": None}]}


async def test_everybody_is_paused_by_the_entity_of_the_account(house: House) -> None:
    response = await pause(house, "notify.home")
    assert [each["recipient"] for each in response["paused"]] == ["Alice", "Bob", "Family"]


async def test_who_is_no_recipient_cannot_be_paused(house: House) -> None:
    response = await pause(house, "Alice", "Nobody", "+33600000001")
    assert response["failed"] == [
        {"target": "Nobody", "reason": "unknown_recipient"},
        {"target": "+33600000001", "reason": "unknown_recipient"},
    ]
    with pytest.raises(ServiceValidationError) as caught:
        await pause(house, "+33600000001")
    assert caught.value.translation_key == "target_unknown_recipient"
    with pytest.raises(ServiceValidationError) as caught:
        await house.async_call("pause_recipient")
    assert caught.value.translation_key == "no_recipients"


async def test_diagnostics_say_until_when_and_not_who(house: House) -> None:
    await pause(house, duration="08:00:00")
    diagnostics = await async_get_config_entry_diagnostics(house.hass, house.entry)
    assert diagnostics["pauses"] == [{"until": dt_util.parse_datetime(EVENING)}]
    assert "Alice" not in str(diagnostics)


@pytest.mark.parametrize("by", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=-9000), timedelta(days=2)])
async def test_a_pause_ends_on_time_however_the_clock_is_set(
    house: House, monkeypatch: pytest.MonkeyPatch, by: timedelta
) -> None:
    clocks = Clocks(house, monkeypatch)
    await house.async_reload()
    await pause(house, duration="00:10:00")
    await clocks.async_pass(minutes=5)
    clocks.set_wall(by)
    await clocks.async_pass(minutes=4)
    assert house.state(SWITCH).state == "on"
    await clocks.async_pass(minutes=1)
    await clocks.async_pass(minutes=1)
    assert house.state(SWITCH).state == "off"


async def test_a_pause_of_a_life_whose_clock_was_ahead_lasts_no_longer_than_it_was_to(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks = Clocks(house, monkeypatch)
    clocks.set_wall(timedelta(days=3))
    await house.async_reload()
    await pause(house, "Alice", duration="00:10:00")
    await switch(house, "switch.bob_paused", on=True)
    clocks.set_wall(timedelta(days=-3))
    await house.async_reload()
    assert house.state(SWITCH).state == "on"
    await clocks.async_pass(minutes=10)
    await clocks.async_pass(minutes=1)
    assert house.state(SWITCH).state == "off"
    assert house.state("switch.bob_paused").state == "on"
