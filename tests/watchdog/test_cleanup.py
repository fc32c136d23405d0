"""A dead man's switch over reloads and removals: nothing is left behind, and nothing that is not ours is touched."""

from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

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


async def test_after_a_reload_it_is_armed_and_there_is_one(guarded: House) -> None:
    await guarded.async_wait(minutes=5)
    await guarded.async_reload()
    assert guarded.state(SWITCH).state == "on"
    assert await leaves_at(guarded) == dt_util.utcnow() + timedelta(hours=1)
    assert await guarded.gateway.balance() == 99


async def test_what_a_reload_cuts_short_is_looked_for(guarded: House) -> None:
    await guarded.gateway.fail("sendSMS.do", "hang_after")
    guarded.freezer.tick(timedelta(minutes=15))
    async_fire_time_changed(guarded.hass)
    await guarded.gateway.asked("sendSMS.do", 2)
    await guarded.async_reload()
    await guarded.gateway.release()
    for _ in range(4):
        await guarded.async_wait(seconds=61)
        assert len(await scheduled(guarded)) <= 2
    assert len(await scheduled(guarded)) == 1
    assert guarded.state(HEALTH).state == "off"


async def test_what_a_removed_watchdog_left_is_deleted(guarded: House) -> None:
    guarded.hass.config_entries.async_remove_subentry(guarded.entry, watchdog_of(guarded))
    await guarded.async_settle()
    assert not await scheduled(guarded)
    assert not guarded.account.store.state.watchdogs
    assert guarded.hass.states.get(SWITCH) is None


async def test_a_removed_watchdog_is_remembered_until_the_gateway_has_nothing_of_it(guarded: House) -> None:
    await guarded.gateway.fail("deleteSMS.do", "code:50")
    guarded.hass.config_entries.async_remove_subentry(guarded.entry, watchdog_of(guarded))
    await guarded.async_settle()
    assert len(await scheduled(guarded)) == 1
    await guarded.async_wait(minutes=1)
    assert not await scheduled(guarded)
    assert not guarded.account.store.state.watchdogs


async def test_what_nobody_remembers_is_found_in_the_list_and_the_watchdog_is_armed_still(guarded: House) -> None:
    (lost,) = await scheduled(guarded)
    await guarded.hass.config_entries.async_unload(guarded.entry.entry_id)
    for file in Path(guarded.hass.config.path(".storage")).glob("smsmode.*"):
        file.unlink()
    await guarded.hass.config_entries.async_setup(guarded.entry.entry_id)
    await guarded.async_settle()
    assert guarded.state(SWITCH).state == "on"
    (message,) = await scheduled(guarded)
    assert message.id != lost.id


async def test_what_was_left_behind_is_deleted_and_what_is_not_ours_is_not(guarded: House) -> None:
    (message,) = await scheduled(guarded)
    later = dt_util.utcnow() + timedelta(minutes=30)
    for text in (message.text, "Another message (ABCDE-1)"):
        request = MessageRequest(text=text, numbers=(ALICE,), send_at=later)
        await guarded.account.client.send_message(request)
    await guarded.async_reload()
    texts = [message.text for message in await scheduled(guarded)]
    assert len(texts) == 2
    assert "Another message (ABCDE-1)" in texts
    assert await leaves_at_of_ours(guarded) == dt_util.utcnow() + timedelta(hours=1)


async def test_a_removed_account_leaves_nothing_at_the_gateway(guarded: House) -> None:
    await guarded.hass.config_entries.async_remove(guarded.entry.entry_id)
    assert not await guarded.gateway.messages()


async def test_of_a_removed_account_a_person_is_told_what_may_be_left(
    guarded: House, issue_registry: ir.IssueRegistry
) -> None:
    async with guarded.gateway.offline():
        await guarded.hass.config_entries.async_remove(guarded.entry.entry_id)
    issue = issue_registry.async_get_issue("smsmode", f"watchdog_left_behind_{guarded.entry.entry_id}")
    assert issue is not None
    assert issue.translation_placeholders == {"account": "Home"}


async def test_of_a_removed_account_whose_memory_is_unreadable_a_person_is_told_too(
    guarded: House, issue_registry: ir.IssueRegistry
) -> None:
    await guarded.hass.config_entries.async_unload(guarded.entry.entry_id)
    for file in Path(guarded.hass.config.path(".storage")).glob("smsmode.*"):
        file.write_bytes(b"torn")
    await guarded.hass.config_entries.async_remove(guarded.entry.entry_id)
    assert issue_registry.async_get_issue("smsmode", f"watchdog_left_behind_{guarded.entry.entry_id}") is not None


async def test_of_a_removed_account_whose_disk_refuses_a_person_is_told_too(
    guarded: House, issue_registry: ir.IssueRegistry
) -> None:
    with patch("custom_components.smsmode.state.store.restore", side_effect=OSError):
        await guarded.hass.config_entries.async_remove(guarded.entry.entry_id)
    assert issue_registry.async_get_issue("smsmode", f"watchdog_left_behind_{guarded.entry.entry_id}") is not None


async def test_a_disabled_account_has_nothing_held_and_watches_again_when_it_is_enabled(guarded: House) -> None:
    entry_id = guarded.entry.entry_id
    await guarded.hass.config_entries.async_set_disabled_by(entry_id, ConfigEntryDisabler.USER)
    await guarded.async_settle()
    assert not await scheduled(guarded)
    await guarded.hass.config_entries.async_set_disabled_by(entry_id, None)
    await guarded.async_settle()
    assert guarded.state(SWITCH).state == "on"
    assert len(await scheduled(guarded)) == 1


async def test_a_removed_watchdog_whose_message_has_left_is_counted_and_forgotten(guarded: House) -> None:
    told = guarded.capture("smsmode_watchdog_gone_off")
    async with guarded.gateway.offline():
        guarded.hass.config_entries.async_remove_subentry(guarded.entry, watchdog_of(guarded))
        await guarded.async_settle()
        await guarded.async_wait(minutes=61)
    await guarded.async_wait(minutes=1)
    assert len(told) == 1
    assert not guarded.account.store.state.watchdogs


async def test_a_removed_watchdog_whose_last_push_was_uncertain_leaves_nothing(guarded: House) -> None:
    await guarded.gateway.fail("sendSMS.do", "drop_after")
    await guarded.gateway.fail("smsList.do", "code:31", times=1)
    await guarded.async_wait(minutes=15)
    guarded.hass.config_entries.async_remove_subentry(guarded.entry, watchdog_of(guarded))
    for _ in range(4):
        await guarded.async_settle()
        await guarded.async_wait(minutes=1)
    assert not await guarded.gateway.messages()
    assert not guarded.account.store.state.watchdogs


async def test_a_removed_account_takes_what_was_found_in_the_list_along(guarded: House) -> None:
    (message,) = await scheduled(guarded)
    later = dt_util.utcnow() + timedelta(minutes=30)
    await guarded.account.client.send_message(MessageRequest(text=message.text, numbers=(ALICE,), send_at=later))
    await guarded.gateway.fail("deleteSMS.do", "code:61")
    await guarded.hass.config_entries.async_remove(guarded.entry.entry_id)
    # Of the first the gateway has said that it is not there.
    assert len(await guarded.gateway.messages()) == 1


async def test_a_removed_account_whose_watchdogs_are_off_asks_nobody(kennel: House) -> None:
    async with kennel.gateway.offline():
        await kennel.hass.config_entries.async_remove(kennel.entry.entry_id)
    assert not ir.async_get(kennel.hass).issues
