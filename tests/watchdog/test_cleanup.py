"""A dead man's switch over reloads and removals: nothing is left behind, and nothing that is not ours is touched."""

from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.smsmode.api import MessageRequest
from tests.support.house import ALICE, House
from tests.support.watchdog_house import HEALTH, SWITCH, leaves_at, scheduled, watchdog_of


async def leaves_at_of_ours(house: House) -> datetime:
    """Give the time of the message of the watchdog, whatever else is scheduled."""
    (message,) = [message for message in await scheduled(house) if watchdog_of(house)[-5:] in message.text]
    return dt_util.parse_datetime(message.leaves_at, raise_on_error=True)


@pytest.mark.not_with("no refund", reason="each push costs there, and a watchdog that costs is stopped")
async def test_after_a_reload_it_is_armed_and_there_is_one(armed_house: House) -> None:
    await armed_house.async_wait(minutes=5)
    await armed_house.async_reload()
    assert armed_house.state(SWITCH).state == "on"
    assert await leaves_at(armed_house) == dt_util.utcnow() + timedelta(hours=1)
    assert await armed_house.gateway.balance() == 99


async def test_what_a_reload_cuts_short_is_looked_for(armed_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.smsmode.sending.worker.STOP_TIMEOUT", -1)
    await armed_house.gateway.fail("sendSMS.do", "hang_after")
    armed_house.freezer.tick(timedelta(minutes=15))
    async_fire_time_changed(armed_house.hass)
    await armed_house.gateway.wait_for_requests("sendSMS.do", 2)
    await armed_house.async_reload()
    await armed_house.gateway.release()
    for _ in range(4):
        await armed_house.async_wait(seconds=61)
        assert len(await scheduled(armed_house)) <= 2
    assert len(await scheduled(armed_house)) == 1
    assert armed_house.state(HEALTH).state == "off"


async def test_what_a_removed_watchdog_left_is_deleted(armed_house: House) -> None:
    armed_house.hass.config_entries.async_remove_subentry(armed_house.entry, watchdog_of(armed_house))
    await armed_house.async_settle()
    assert not await scheduled(armed_house)
    assert not armed_house.account.store.state.watchdogs
    assert armed_house.hass.states.get(SWITCH) is None


async def test_a_removed_watchdog_is_remembered_until_the_gateway_has_nothing_of_it(armed_house: House) -> None:
    await armed_house.gateway.fail("deleteSMS.do", "code:50")
    armed_house.hass.config_entries.async_remove_subentry(armed_house.entry, watchdog_of(armed_house))
    await armed_house.async_settle()
    assert len(await scheduled(armed_house)) == 1
    await armed_house.async_wait(minutes=1)
    assert not await scheduled(armed_house)
    assert not armed_house.account.store.state.watchdogs


async def test_what_nobody_remembers_is_found_in_the_list_and_the_watchdog_is_armed_still(armed_house: House) -> None:
    (lost,) = await scheduled(armed_house)
    await armed_house.hass.config_entries.async_unload(armed_house.entry.entry_id)
    for file in Path(armed_house.hass.config.path(".storage")).glob("smsmode.*"):
        file.unlink()
    await armed_house.hass.config_entries.async_setup(armed_house.entry.entry_id)
    await armed_house.async_settle()
    assert armed_house.state(SWITCH).state == "on"
    (message,) = await scheduled(armed_house)
    assert message.id != lost.id


async def test_what_was_left_behind_is_deleted_and_what_is_not_ours_is_not(armed_house: House) -> None:
    (message,) = await scheduled(armed_house)
    later = dt_util.utcnow() + timedelta(minutes=30)
    for text in (message.text, "Another message (ABCDE-1)"):
        request = MessageRequest(text=text, numbers=(ALICE,), send_at=later)
        await armed_house.account.client.send_message(request)
    await armed_house.async_reload()
    texts = [message.text for message in await scheduled(armed_house)]
    assert len(texts) == 2
    assert "Another message (ABCDE-1)" in texts
    assert await leaves_at_of_ours(armed_house) == dt_util.utcnow() + timedelta(hours=1)


async def test_a_removed_account_leaves_nothing_at_the_gateway(armed_house: House) -> None:
    await armed_house.hass.config_entries.async_remove(armed_house.entry.entry_id)
    assert not await armed_house.gateway.messages()


async def test_of_a_removed_account_a_person_is_told_what_may_be_left(
    armed_house: House, issue_registry: ir.IssueRegistry
) -> None:
    async with armed_house.gateway.offline():
        await armed_house.hass.config_entries.async_remove(armed_house.entry.entry_id)
    issue = issue_registry.async_get_issue("smsmode", f"watchdog_left_behind_{armed_house.entry.entry_id}")
    assert issue is not None
    assert issue.translation_placeholders == {"account": "Home"}


async def test_of_a_removed_account_whose_memory_is_unreadable_a_person_is_told_too(
    armed_house: House, issue_registry: ir.IssueRegistry
) -> None:
    await armed_house.hass.config_entries.async_unload(armed_house.entry.entry_id)
    for file in Path(armed_house.hass.config.path(".storage")).glob("smsmode.*"):
        file.write_bytes(b"torn")
    await armed_house.hass.config_entries.async_remove(armed_house.entry.entry_id)
    assert issue_registry.async_get_issue("smsmode", f"watchdog_left_behind_{armed_house.entry.entry_id}") is not None


async def test_of_a_removed_account_whose_disk_refuses_a_person_is_told_too(
    armed_house: House, issue_registry: ir.IssueRegistry
) -> None:
    with patch("custom_components.smsmode.state.store.load_state", side_effect=OSError):
        await armed_house.hass.config_entries.async_remove(armed_house.entry.entry_id)
    assert issue_registry.async_get_issue("smsmode", f"watchdog_left_behind_{armed_house.entry.entry_id}") is not None


async def test_a_disabled_account_has_nothing_held_and_watches_again_when_it_is_enabled(armed_house: House) -> None:
    entry_id = armed_house.entry.entry_id
    await armed_house.hass.config_entries.async_set_disabled_by(entry_id, ConfigEntryDisabler.USER)
    await armed_house.async_settle()
    assert not await scheduled(armed_house)
    await armed_house.hass.config_entries.async_set_disabled_by(entry_id, None)
    await armed_house.async_settle()
    assert armed_house.state(SWITCH).state == "on"
    assert len(await scheduled(armed_house)) == 1


async def test_a_removed_watchdog_whose_message_has_left_is_counted_and_forgotten(armed_house: House) -> None:
    told = armed_house.capture("smsmode_watchdog_gone_off")
    async with armed_house.gateway.offline():
        armed_house.hass.config_entries.async_remove_subentry(armed_house.entry, watchdog_of(armed_house))
        await armed_house.async_settle()
        await armed_house.async_wait(minutes=61)
    await armed_house.async_wait(minutes=1)
    assert len(told) == 1
    assert not armed_house.account.store.state.watchdogs


async def test_a_removed_watchdog_whose_last_push_was_uncertain_leaves_nothing(armed_house: House) -> None:
    await armed_house.gateway.fail("sendSMS.do", "drop_after")
    await armed_house.gateway.fail("smsList.do", "code:31", times=1)
    await armed_house.async_wait(minutes=15)
    armed_house.hass.config_entries.async_remove_subentry(armed_house.entry, watchdog_of(armed_house))
    for _ in range(4):
        await armed_house.async_settle()
        await armed_house.async_wait(minutes=1)
    assert not await armed_house.gateway.messages()
    assert not armed_house.account.store.state.watchdogs


async def test_a_removed_account_takes_what_was_found_in_the_list_along(armed_house: House) -> None:
    (message,) = await scheduled(armed_house)
    later = dt_util.utcnow() + timedelta(minutes=30)
    await armed_house.account.client.send_message(MessageRequest(text=message.text, numbers=(ALICE,), send_at=later))
    await armed_house.gateway.fail("deleteSMS.do", "code:61")
    await armed_house.hass.config_entries.async_remove(armed_house.entry.entry_id)
    # Of the first the gateway has said that it is not there.
    assert len(await armed_house.gateway.messages()) == 1


async def test_a_removed_account_whose_watchdogs_are_off_asks_nobody(watchdog_house: House) -> None:
    async with watchdog_house.gateway.offline():
        await watchdog_house.hass.config_entries.async_remove(watchdog_house.entry.entry_id)
    assert not ir.async_get(watchdog_house.hass).issues
