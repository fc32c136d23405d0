"""A dead man's switch whose gateway, disk or clock fails: one message is held, and what it costs is bounded."""

from datetime import timedelta
from time import monotonic as monotonic_now
from unittest.mock import patch

import pytest
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.smsmode.state.database import Database
from tests.support.house import House
from tests.support.watchdog_house import HEALTH, SWITCH, async_switch, delivered, leaves_at, scheduled, watchdog_of


@pytest.mark.parametrize(
    ("fault", "taken"),
    [
        pytest.param("drop_after", True, id="taken"),
        pytest.param("drop_before", False, id="not taken"),
        pytest.param("garble", True, id="taken and garbled"),
    ],
)
async def test_a_push_whose_answer_is_lost_is_looked_for_before_another(
    guarded: House, fault: str, *, taken: bool
) -> None:
    (first,) = await scheduled(guarded)
    await guarded.gateway.fail("sendSMS.do", fault)
    await guarded.async_wait(minutes=15)
    held = await scheduled(guarded)
    assert first.id in [message.id for message in held]
    for _ in range(6):
        await guarded.async_wait(seconds=31)
        assert len(await scheduled(guarded)) <= 2
    (second,) = await scheduled(guarded)
    assert second.id != first.id
    assert len(await guarded.gateway.requests("sendSMS.do")) == (2 if taken else 3)
    assert guarded.state(HEALTH).state == "off"
    assert not await delivered(guarded)


async def test_a_push_that_is_not_taken_is_tried_again_every_minute(guarded: House) -> None:
    await guarded.gateway.fail("sendSMS.do", "code:31", times=3)
    for _ in range(18):
        await guarded.async_wait(minutes=1)
        assert len(await scheduled(guarded)) == 1
    assert len(await guarded.gateway.requests("sendSMS.do")) == 1 + 3 + 1
    assert guarded.state(HEALTH).state == "off"


@pytest.mark.parametrize("fault", ["drop_after", "drop_before", "code:31", "code:50"])
async def test_what_is_not_known_to_be_deleted_is_deleted_again(guarded: House, fault: str) -> None:
    await guarded.gateway.fail("deleteSMS.do", fault)
    await guarded.async_wait(minutes=15)
    assert guarded.state(HEALTH).state == "on"
    await guarded.async_wait(minutes=1)
    assert len(await scheduled(guarded)) == 1
    assert guarded.state(HEALTH).state == "off"


async def test_a_gateway_that_deletes_nothing_costs_three_messages_at_most(
    guarded: House, issue_registry: ir.IssueRegistry
) -> None:
    await guarded.gateway.fail("deleteSMS.do", "code:35", times=None)
    for _ in range(100):
        await guarded.async_wait(minutes=5)
        assert len(await scheduled(guarded)) <= 2
    # The last was held already when the third went off.
    assert 3 <= len(await delivered(guarded)) <= 4
    issue_id = f"watchdog_stopped_{guarded.entry.entry_id}_{watchdog_of(guarded)}"
    assert issue_registry.async_get_issue("smsmode", issue_id) is not None
    assert guarded.state(SWITCH).state == "off"
    await guarded.gateway.heal()
    await async_switch(guarded, on=True)
    assert issue_registry.async_get_issue("smsmode", issue_id) is None
    assert len(await scheduled(guarded)) == 1


async def test_a_gateway_that_keeps_the_credits_of_what_is_deleted_costs_six_messages_at_most(
    guarded: House, issue_registry: ir.IssueRegistry
) -> None:
    stopped = guarded.capture("smsmode_watchdog_stopped")
    await guarded.gateway.set(refund=False, balance=100)
    for _ in range(100):
        await guarded.async_wait(minutes=5)
    assert await guarded.gateway.balance() >= 100 - 6
    assert await guarded.gateway.messages() == []
    issue_id = f"watchdog_costly_{guarded.entry.entry_id}_{watchdog_of(guarded)}"
    assert issue_registry.async_get_issue("smsmode", issue_id) is not None
    assert guarded.state(SWITCH).state == "off"
    assert [(event.data["name"], event.data["reason"]) for event in stopped] == [("Cellar", "credits_not_returned")]
    await guarded.gateway.set(refund=True)
    await async_switch(guarded, on=True)
    assert issue_registry.async_get_issue("smsmode", issue_id) is None
    for _ in range(20):
        await guarded.async_wait(minutes=15)
    assert guarded.state(SWITCH).state == "on"


async def test_whoever_sends_besides_does_not_stop_a_watchdog(guarded: House) -> None:
    for number in range(12):
        await guarded.async_call("send_message", message=f"Text {number}", target=["Alice"])
        await guarded.async_wait(minutes=15)
    assert guarded.state(SWITCH).state == "on"
    assert await guarded.gateway.balance() == 100 - 12 - 1


async def test_a_balance_that_nobody_tells_stops_no_watchdog(guarded: House) -> None:
    await guarded.gateway.set(refund=False)
    await guarded.gateway.fail("credit.do", "code:31", times=None)
    for _ in range(12):
        await guarded.async_wait(minutes=15)
    assert guarded.state(SWITCH).state == "on"


@pytest.mark.parametrize(
    ("fault", "key"),
    [pytest.param("code:33", "no_credit", id="no credit"), pytest.param("code:50", "gateway_busy", id="busy")],
)
async def test_a_watchdog_whose_first_message_is_not_taken_stays_off(kennel: House, fault: str, key: str) -> None:
    await kennel.gateway.fail("sendSMS.do", fault)
    with pytest.raises(HomeAssistantError) as refused:
        await async_switch(kennel, on=True)
    assert refused.value.translation_key == key
    assert kennel.state(SWITCH).state == "off"
    await kennel.async_wait(minutes=10)
    assert not await scheduled(kennel)


async def test_a_watchdog_whose_first_message_is_uncertain_is_on_and_troubled_until_it_is_known(
    kennel: House,
) -> None:
    await kennel.gateway.fail("sendSMS.do", "drop_before")
    await async_switch(kennel, on=True)
    assert kennel.state(SWITCH).state == "on"
    assert kennel.state(HEALTH).state == "on"
    for _ in range(5):
        await kennel.async_wait(seconds=61)
    assert len(await scheduled(kennel)) == 1
    assert kennel.state(HEALTH).state == "off"


async def test_it_is_on_until_the_gateway_confirms_that_it_is_off(guarded: House) -> None:
    await guarded.gateway.fail("deleteSMS.do", "drop_before", times=2)
    with pytest.raises(HomeAssistantError) as refused:
        await async_switch(guarded, on=False)
    assert refused.value.translation_key == "watchdog_not_off"
    assert guarded.state(SWITCH).state == "on"
    assert guarded.state(HEALTH).state == "on"
    await guarded.async_wait(minutes=1)
    assert guarded.state(SWITCH).state == "on"
    await guarded.async_wait(minutes=1)
    assert guarded.state(SWITCH).state == "off"
    assert guarded.state(HEALTH).state == "off"
    assert not await scheduled(guarded)


async def test_a_list_that_cannot_be_read_keeps_nothing_from_being_pushed(guarded: House) -> None:
    await guarded.gateway.fail("smsList.do", "code:31", times=None)
    await guarded.async_reload()
    await guarded.async_wait(minutes=15)
    assert await leaves_at(guarded) == dt_util.utcnow() + timedelta(hours=1)


async def test_what_a_person_deleted_at_the_vendors_is_there_again_with_the_next_push(guarded: House) -> None:
    (message,) = await scheduled(guarded)
    await guarded.async_call("delete_message", message_id=message.id)
    await guarded.async_wait(minutes=15)
    assert len(await scheduled(guarded)) == 1
    assert guarded.state(HEALTH).state == "off"


async def test_a_clock_that_is_set_back_does_not_delay_the_push_nor_the_alarm(guarded: House) -> None:
    guarded.freezer.tick(timedelta(minutes=1))
    guarded.freezer.move_to(dt_util.utcnow() - timedelta(days=1))
    await guarded.gateway.set_time(dt_util.utcnow().isoformat())
    with patch("custom_components.smsmode.watchdog.manager.monotonic", return_value=monotonic_now() + 120):
        async_fire_time_changed(guarded.hass, dt_util.utcnow() + timedelta(days=1, minutes=2))
        await guarded.async_settle()
    assert await leaves_at(guarded) == dt_util.utcnow() + timedelta(hours=1)


async def test_a_full_disk_keeps_nothing_from_being_pushed(guarded: House) -> None:
    with patch.object(Database, "write", side_effect=OSError):
        await guarded.async_wait(minutes=15)
    assert await leaves_at(guarded) == dt_util.utcnow() + timedelta(hours=1)


async def test_a_person_who_empties_the_queue_does_not_stop_the_watchdog(guarded: House) -> None:
    await guarded.gateway.fail("sendSMS.do", "drop_before")
    await guarded.gateway.fail("smsList.do", "code:31", times=2)
    await guarded.async_wait(minutes=15)
    await guarded.async_call("flush", mode="drop")
    await guarded.async_wait(minutes=1)
    await guarded.async_wait(minutes=1)
    assert await leaves_at(guarded) == dt_util.utcnow() + timedelta(hours=1)
    assert guarded.state(HEALTH).state == "off"
