"""A dead man's switch that goes off: a person is told before, the house afterwards, and of each alarm once."""

from datetime import timedelta

import pytest
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from custom_components.smsmode.api import MessageRequest
from custom_components.smsmode.state.budget import BudgetPool
from tests.support.house import ALICE, House
from tests.support.watchdog_house import EVENT, HEALTH, delivered, leaves_at, scheduled, watchdog_of


async def test_after_it_has_gone_off_the_house_says_so_counts_it_and_watches_on(armed_house: House) -> None:
    told = armed_house.capture("smsmode_watchdog_gone_off")
    async with armed_house.gateway.offline():
        for _ in range(90):
            await armed_house.async_wait(minutes=1)
    assert armed_house.state(HEALTH).state == "on"
    await armed_house.async_wait(minutes=1)
    (gone,) = await delivered(armed_house)
    (event,) = told
    assert event.data == {
        "config_entry_id": armed_house.entry.entry_id,
        "name": "Cellar",
        "message_id": gone.id,
        "sent_at": gone.leaves_at,
    }
    assert armed_house.state(EVENT).attributes["event_type"] == "gone_off"
    assert armed_house.state(EVENT).attributes["message_id"] == gone.id
    assert armed_house.state(HEALTH).state == "off"
    assert await leaves_at(armed_house) > dt_util.utcnow() + timedelta(minutes=59)
    assert armed_house.account.store.state.message_log.segments_sent == 1
    assert armed_house.account.store.state.budget.spent_today[BudgetPool.URGENT] == 1
    assert (
        armed_house.account.store.state.message_log.messages[gone.id].reference
        == f"watchdog-{watchdog_of(armed_house)}"
    )
    assert await armed_house.gateway.balance() == 98


async def test_a_person_is_told_before_it_goes_off(armed_house: House, issue_registry: ir.IssueRegistry) -> None:
    issue_id = f"watchdog_failing_{armed_house.entry.entry_id}_{watchdog_of(armed_house)}"
    async with armed_house.gateway.offline():
        await armed_house.async_wait(minutes=16)
        assert armed_house.state(HEALTH).state == "on"
        assert issue_registry.async_get_issue("smsmode", issue_id) is None
        await armed_house.async_wait(minutes=20)
        issue = issue_registry.async_get_issue("smsmode", issue_id)
    assert issue is not None
    # In the time of the house, which is that of Los Angeles.
    assert issue.translation_placeholders == {"account": "Home", "watchdog": "Cellar", "time": "02:00"}
    await armed_house.async_wait(minutes=2)
    assert armed_house.state(HEALTH).state == "off"
    assert issue_registry.async_get_issue("smsmode", issue_id) is None
    assert not await delivered(armed_house)


async def test_a_person_is_told_while_nothing_is_held(armed_house: House, issue_registry: ir.IssueRegistry) -> None:
    issue_id = f"watchdog_asleep_{armed_house.entry.entry_id}_{watchdog_of(armed_house)}"
    async with armed_house.gateway.offline():
        await armed_house.async_wait(minutes=61)
        await armed_house.async_wait(minutes=1)
        assert issue_registry.async_get_issue("smsmode", issue_id) is not None
    await armed_house.async_wait(minutes=2)
    assert issue_registry.async_get_issue("smsmode", issue_id) is None
    assert len(await scheduled(armed_house)) == 1


async def test_nothing_that_it_says_holds_a_number_or_a_text(
    armed_house: House, caplog: pytest.LogCaptureFixture, issue_registry: ir.IssueRegistry
) -> None:
    told = armed_house.capture("smsmode_watchdog_gone_off")
    async with armed_house.gateway.offline():
        for _ in range(70):
            await armed_house.async_wait(minutes=1)
    await armed_house.async_wait(minutes=2)
    said = caplog.text + str([event.data for event in told]) + str(issue_registry.issues)
    assert told
    assert "612345678" not in said
    assert "hills" not in said


async def test_what_went_off_before_the_house_stood_is_told_when_it_has_started(armed_house: House) -> None:
    await armed_house.hass.config_entries.async_unload(armed_house.entry.entry_id)
    armed_house.freezer.tick(timedelta(hours=3))
    told = armed_house.capture("smsmode_watchdog_gone_off")
    armed_house.hass.set_state(CoreState.starting)
    await armed_house.hass.config_entries.async_setup(armed_house.entry.entry_id)
    await armed_house.async_settle()
    assert len(await scheduled(armed_house)) == 1
    assert not told
    armed_house.hass.set_state(CoreState.running)
    armed_house.hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await armed_house.async_settle()
    (gone,) = await delivered(armed_house)
    assert [event.data["message_id"] for event in told] == [gone.id]
    assert armed_house.state(EVENT).attributes["message_id"] == gone.id
    assert len(await scheduled(armed_house)) == 1


async def test_what_was_left_behind_and_goes_off_before_it_is_deleted_is_nobodys_alarm(armed_house: House) -> None:
    (message,) = await scheduled(armed_house)
    soon = dt_util.utcnow() + timedelta(minutes=5)
    await armed_house.account.client.send_message(MessageRequest(text=message.text, numbers=(ALICE,), send_at=soon))
    told = armed_house.capture("smsmode_watchdog_gone_off")
    await armed_house.gateway.fail("deleteSMS.do", "code:50", times=1)
    await armed_house.async_reload()
    await armed_house.async_wait(minutes=6)
    assert len(await delivered(armed_house)) == 1
    assert not told
    await armed_house.async_wait(minutes=1)
    assert len(await scheduled(armed_house)) == 1


async def test_a_gateway_that_does_not_tell_whether_one_has_left_is_asked_again(armed_house: House) -> None:
    told = armed_house.capture("smsmode_watchdog_gone_off")
    async with armed_house.gateway.offline():
        await armed_house.async_wait(minutes=61)
    await armed_house.gateway.fail("smsStatus.do", "code:31", times=2)
    for _ in range(4):
        await armed_house.async_wait(minutes=1)
        assert len(await scheduled(armed_house)) <= 1
    assert len(told) == 1
    assert len(await scheduled(armed_house)) == 1
