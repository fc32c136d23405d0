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


async def test_after_it_has_gone_off_the_house_says_so_counts_it_and_watches_on(guarded: House) -> None:
    told = guarded.capture("smsmode_watchdog_gone_off")
    async with guarded.gateway.offline():
        for _ in range(90):
            await guarded.async_wait(minutes=1)
    assert guarded.state(HEALTH).state == "on"
    await guarded.async_wait(minutes=1)
    (gone,) = await delivered(guarded)
    (event,) = told
    assert event.data == {
        "config_entry_id": guarded.entry.entry_id,
        "name": "Cellar",
        "message_id": gone.id,
        "sent_at": gone.leaves_at,
    }
    assert guarded.state(EVENT).attributes["event_type"] == "gone_off"
    assert guarded.state(EVENT).attributes["message_id"] == gone.id
    assert guarded.state(HEALTH).state == "off"
    assert await leaves_at(guarded) > dt_util.utcnow() + timedelta(minutes=59)
    assert guarded.state("sensor.home_segments_sent").state == "1"
    assert guarded.account.store.state.budget.spent_today[BudgetPool.URGENT] == 1
    assert guarded.account.store.state.message_log.messages[gone.id].reference == f"watchdog-{watchdog_of(guarded)}"
    assert await guarded.gateway.balance() == 98


async def test_a_person_is_told_before_it_goes_off(guarded: House, issue_registry: ir.IssueRegistry) -> None:
    issue_id = f"watchdog_failing_{guarded.entry.entry_id}_{watchdog_of(guarded)}"
    async with guarded.gateway.offline():
        await guarded.async_wait(minutes=16)
        assert guarded.state(HEALTH).state == "on"
        assert issue_registry.async_get_issue("smsmode", issue_id) is None
        await guarded.async_wait(minutes=20)
        issue = issue_registry.async_get_issue("smsmode", issue_id)
    assert issue is not None
    # In the time of the house, which is that of Los Angeles.
    assert issue.translation_placeholders == {"account": "Home", "watchdog": "Cellar", "time": "02:00"}
    await guarded.async_wait(minutes=2)
    assert guarded.state(HEALTH).state == "off"
    assert issue_registry.async_get_issue("smsmode", issue_id) is None
    assert not await delivered(guarded)


async def test_a_person_is_told_while_nothing_is_held(guarded: House, issue_registry: ir.IssueRegistry) -> None:
    issue_id = f"watchdog_asleep_{guarded.entry.entry_id}_{watchdog_of(guarded)}"
    async with guarded.gateway.offline():
        await guarded.async_wait(minutes=61)
        await guarded.async_wait(minutes=1)
        assert issue_registry.async_get_issue("smsmode", issue_id) is not None
    await guarded.async_wait(minutes=2)
    assert issue_registry.async_get_issue("smsmode", issue_id) is None
    assert len(await scheduled(guarded)) == 1


async def test_nothing_that_it_says_holds_a_number_or_a_text(
    guarded: House, caplog: pytest.LogCaptureFixture, issue_registry: ir.IssueRegistry
) -> None:
    told = guarded.capture("smsmode_watchdog_gone_off")
    async with guarded.gateway.offline():
        for _ in range(70):
            await guarded.async_wait(minutes=1)
    await guarded.async_wait(minutes=2)
    said = caplog.text + str([event.data for event in told]) + str(issue_registry.issues)
    assert told
    assert "612345678" not in said
    assert "hills" not in said


async def test_what_went_off_before_the_house_stood_is_told_when_it_has_started(guarded: House) -> None:
    await guarded.hass.config_entries.async_unload(guarded.entry.entry_id)
    guarded.freezer.tick(timedelta(hours=3))
    told = guarded.capture("smsmode_watchdog_gone_off")
    guarded.hass.set_state(CoreState.starting)
    await guarded.hass.config_entries.async_setup(guarded.entry.entry_id)
    await guarded.async_settle()
    assert len(await scheduled(guarded)) == 1
    assert not told
    guarded.hass.set_state(CoreState.running)
    guarded.hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await guarded.async_settle()
    (gone,) = await delivered(guarded)
    assert [event.data["message_id"] for event in told] == [gone.id]
    assert guarded.state(EVENT).attributes["message_id"] == gone.id
    assert len(await scheduled(guarded)) == 1


async def test_what_was_left_behind_and_goes_off_before_it_is_deleted_is_nobodys_alarm(guarded: House) -> None:
    (message,) = await scheduled(guarded)
    soon = dt_util.utcnow() + timedelta(minutes=5)
    await guarded.account.client.send_message(MessageRequest(text=message.text, numbers=(ALICE,), send_at=soon))
    told = guarded.capture("smsmode_watchdog_gone_off")
    await guarded.gateway.fail("deleteSMS.do", "code:50", times=1)
    await guarded.async_reload()
    await guarded.async_wait(minutes=6)
    assert len(await delivered(guarded)) == 1
    assert not told
    await guarded.async_wait(minutes=1)
    assert len(await scheduled(guarded)) == 1


async def test_a_gateway_that_does_not_tell_whether_one_has_left_is_asked_again(guarded: House) -> None:
    told = guarded.capture("smsmode_watchdog_gone_off")
    async with guarded.gateway.offline():
        await guarded.async_wait(minutes=61)
    await guarded.gateway.fail("smsStatus.do", "code:31", times=2)
    for _ in range(4):
        await guarded.async_wait(minutes=1)
        assert len(await scheduled(guarded)) <= 1
    assert len(told) == 1
    assert len(await scheduled(guarded)) == 1
