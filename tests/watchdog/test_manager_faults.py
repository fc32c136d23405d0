"""A dead man's switch whose gateway, disk or clock fails: one message is held, and what it costs is bounded."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from custom_components.smsmode.state.account_facts import Evidence, Fact
from custom_components.smsmode.state.database import Database
from tests.support.clocks import Clocks
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
    armed_house: House, fault: str, *, taken: bool
) -> None:
    (first,) = await scheduled(armed_house)
    await armed_house.gateway.fail("sendSMS.do", fault)
    await armed_house.async_wait(minutes=15)
    held = await scheduled(armed_house)
    assert first.id in [message.id for message in held]
    for _ in range(9):
        await armed_house.async_wait(seconds=31)
        assert len(await scheduled(armed_house)) <= 2
    (second,) = await scheduled(armed_house)
    assert second.id != first.id
    assert len(await armed_house.gateway.requests("sendSMS.do")) == (2 if taken else 3)
    assert armed_house.state(HEALTH).state == "off"
    assert not await delivered(armed_house)


async def test_a_push_that_is_not_taken_is_tried_again_every_minute(armed_house: House) -> None:
    await armed_house.gateway.fail("sendSMS.do", "code:31", times=3)
    for _ in range(18):
        await armed_house.async_wait(minutes=1)
        assert len(await scheduled(armed_house)) == 1
    assert len(await armed_house.gateway.requests("sendSMS.do")) == 1 + 3 + 1
    assert armed_house.state(HEALTH).state == "off"


@pytest.mark.parametrize("fault", ["drop_after", "drop_before", "code:31", "code:50"])
async def test_what_is_not_known_to_be_deleted_is_deleted_again(armed_house: House, fault: str) -> None:
    await armed_house.gateway.fail("deleteSMS.do", fault)
    await armed_house.async_wait(minutes=15)
    assert armed_house.state(HEALTH).state == "on"
    await armed_house.async_wait(minutes=1)
    assert len(await scheduled(armed_house)) == 1
    assert armed_house.state(HEALTH).state == "off"


async def test_a_gateway_that_deletes_nothing_costs_three_messages_at_most(
    armed_house: House, issue_registry: ir.IssueRegistry
) -> None:
    await armed_house.gateway.fail("deleteSMS.do", "code:35", times=None)
    for _ in range(100):
        await armed_house.async_wait(minutes=5)
        assert len(await scheduled(armed_house)) <= 2
    # The last was held already when the third went off.
    assert 3 <= len(await delivered(armed_house)) <= 4
    issue_id = f"watchdog_stopped_{armed_house.entry.entry_id}_{watchdog_of(armed_house)}"
    assert issue_registry.async_get_issue("smsmode", issue_id) is not None
    assert armed_house.state(SWITCH).state == "off"
    await armed_house.gateway.clear_faults()
    await async_switch(armed_house, on=True)
    assert issue_registry.async_get_issue("smsmode", issue_id) is None
    assert len(await scheduled(armed_house)) == 1


async def test_it_is_not_armed_where_a_check_has_shown_that_nothing_is_deleted(armed_house: House) -> None:
    await async_switch(armed_house, on=False)
    armed_house.account.learner.learn(Fact.DELETION_WORKS, holds=False, evidence=Evidence.CHECK)
    with pytest.raises(HomeAssistantError) as refused:
        await async_switch(armed_house, on=True)
    assert refused.value.translation_key == "watchdog_not_possible"
    assert armed_house.state(SWITCH).state == "off"
    assert await scheduled(armed_house) == []


async def test_a_gateway_that_keeps_the_credits_of_what_is_deleted_costs_six_messages_at_most(
    armed_house: House, issue_registry: ir.IssueRegistry
) -> None:
    stopped = armed_house.capture("smsmode_watchdog_stopped")
    await armed_house.gateway.set(refund=False, balance=100)
    for _ in range(100):
        await armed_house.async_wait(minutes=5)
    assert await armed_house.gateway.balance() >= 100 - 6
    assert await armed_house.gateway.messages() == []
    issue_id = f"watchdog_costly_{armed_house.entry.entry_id}_{watchdog_of(armed_house)}"
    assert issue_registry.async_get_issue("smsmode", issue_id) is not None
    assert armed_house.state(SWITCH).state == "off"
    assert [(event.data["name"], event.data["reason"]) for event in stopped] == [("Cellar", "credits_not_returned")]
    await armed_house.gateway.set(refund=True)
    await async_switch(armed_house, on=True)
    assert issue_registry.async_get_issue("smsmode", issue_id) is None
    for _ in range(20):
        await armed_house.async_wait(minutes=15)
    assert armed_house.state(SWITCH).state == "on"


@pytest.mark.not_with("no refund", reason="each push costs there, and a watchdog that costs is stopped")
async def test_whoever_sends_besides_does_not_stop_a_watchdog(armed_house: House) -> None:
    for number in range(12):
        await armed_house.async_call("send_message", message=f"Text {number}", target=["Alice"])
        await armed_house.async_wait(minutes=15)
    assert armed_house.state(SWITCH).state == "on"
    assert await armed_house.gateway.balance() == 100 - 12 - 1


async def test_a_balance_that_nobody_tells_stops_no_watchdog(armed_house: House) -> None:
    await armed_house.gateway.set(refund=False)
    await armed_house.gateway.fail("credit.do", "code:31", times=None)
    for _ in range(12):
        await armed_house.async_wait(minutes=15)
    assert armed_house.state(SWITCH).state == "on"


@pytest.mark.parametrize(
    ("fault", "key"),
    [pytest.param("code:33", "no_credit", id="no credit"), pytest.param("code:50", "gateway_busy", id="busy")],
)
async def test_a_watchdog_whose_first_message_is_not_taken_stays_off(
    watchdog_house: House, fault: str, key: str
) -> None:
    await watchdog_house.gateway.fail("sendSMS.do", fault)
    with pytest.raises(HomeAssistantError) as refused:
        await async_switch(watchdog_house, on=True)
    assert refused.value.translation_key == key
    assert watchdog_house.state(SWITCH).state == "off"
    await watchdog_house.async_wait(minutes=10)
    assert not await scheduled(watchdog_house)


async def test_a_watchdog_whose_first_message_is_uncertain_is_on_and_troubled_until_it_is_known(
    watchdog_house: House,
) -> None:
    await watchdog_house.gateway.fail("sendSMS.do", "drop_before")
    await async_switch(watchdog_house, on=True)
    assert watchdog_house.state(SWITCH).state == "on"
    assert watchdog_house.state(HEALTH).state == "on"
    for _ in range(5):
        await watchdog_house.async_wait(seconds=61)
    assert len(await scheduled(watchdog_house)) == 1
    assert watchdog_house.state(HEALTH).state == "off"


async def test_it_is_on_until_the_gateway_confirms_that_it_is_off(armed_house: House) -> None:
    await armed_house.gateway.fail("deleteSMS.do", "drop_before", times=2)
    with pytest.raises(HomeAssistantError) as refused:
        await async_switch(armed_house, on=False)
    assert refused.value.translation_key == "watchdog_not_off"
    assert armed_house.state(SWITCH).state == "on"
    assert armed_house.state(HEALTH).state == "on"
    await armed_house.async_wait(minutes=1)
    assert armed_house.state(SWITCH).state == "on"
    await armed_house.async_wait(minutes=1)
    assert armed_house.state(SWITCH).state == "off"
    assert armed_house.state(HEALTH).state == "off"
    assert not await scheduled(armed_house)


async def test_a_list_that_cannot_be_read_keeps_nothing_from_being_pushed(armed_house: House) -> None:
    await armed_house.gateway.fail("smsList.do", "code:31", times=None)
    await armed_house.async_reload()
    await armed_house.async_wait(minutes=15)
    assert await leaves_at(armed_house) == dt_util.utcnow() + timedelta(hours=1)


async def test_what_a_person_deleted_at_the_vendors_is_there_again_with_the_next_push(armed_house: House) -> None:
    (message,) = await scheduled(armed_house)
    await armed_house.account.client.delete_message(message_id=message.id)
    await armed_house.async_wait(minutes=15)
    assert len(await scheduled(armed_house)) == 1
    assert armed_house.state(HEALTH).state == "off"


@pytest.mark.not_with("no refund", reason="each push costs there, and a watchdog that costs is stopped")
async def test_a_clock_that_is_set_back_does_not_delay_the_push_nor_the_alarm(
    armed_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks = Clocks(armed_house, monkeypatch)
    await armed_house.async_reload()
    gateway_clock = armed_house.gateway.emulator.state.clock
    clocks.set_wall(timedelta(days=-1))
    gateway_clock.advance(timedelta(days=1).total_seconds())
    for _ in range(8):
        await clocks.async_pass(minutes=15)
        assert timedelta(minutes=58) < await leaves_at(armed_house) - gateway_clock.now() <= timedelta(minutes=61)
    assert not await delivered(armed_house)


async def test_a_full_disk_keeps_nothing_from_being_pushed(armed_house: House) -> None:
    with patch.object(Database, "write", side_effect=OSError):
        await armed_house.async_wait(minutes=15)
    assert await leaves_at(armed_house) == dt_util.utcnow() + timedelta(hours=1)


async def test_a_person_who_empties_the_queue_does_not_stop_the_watchdog(armed_house: House) -> None:
    await armed_house.gateway.fail("sendSMS.do", "drop_before")
    await armed_house.gateway.fail("smsList.do", "code:31", times=2)
    await armed_house.async_wait(minutes=15)
    before = await leaves_at(armed_house)
    await armed_house.async_call("flush", mode="drop")
    for _ in range(10):
        await armed_house.async_wait(minutes=1)
    assert await leaves_at(armed_house) > before
    assert armed_house.state(HEALTH).state == "off"


async def test_a_message_that_is_gone_from_the_queue_without_a_result_is_sent_anew(armed_house: House) -> None:
    """A record of the queue that cannot be read is lost to it."""
    before = await leaves_at(armed_house)
    await armed_house.gateway.fail("sendSMS.do", "drop_before")
    await armed_house.gateway.fail("smsList.do", "code:31", times=None)
    await armed_house.async_wait(minutes=15)
    outbox = armed_house.account.store.state.outbox
    for item in list(outbox.items.values()):
        outbox.remove(item)
    await armed_house.gateway.clear_faults()
    for _ in range(3):
        await armed_house.async_wait(minutes=1)
    assert await leaves_at(armed_house) > before


async def test_nothing_is_done_for_a_watchdog_whose_account_is_unloaded(armed_house: House) -> None:
    manager = armed_house.account.watchdogs
    await armed_house.hass.config_entries.async_unload(armed_house.entry.entry_id)
    before = len(await armed_house.gateway.requests())
    manager.async_look_over()
    await armed_house.async_settle()
    assert len(await armed_house.gateway.requests()) == before
