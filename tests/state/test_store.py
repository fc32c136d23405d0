"""The state of an account is there again after a restart, and gone with the account."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from homeassistant.core import HomeAssistant

from custom_components.smsmode.api import Reply
from custom_components.smsmode.state.budget import BudgetPool, Expense
from custom_components.smsmode.state.outbox import Phase
from custom_components.smsmode.state.store import async_remove_storage
from tests.support.stores import ALICE, LIMITED, NOW, item, note_sent, opened


async def test_the_first_time_all_is_empty_and_every_reply_that_is_there_is_old(hass: HomeAssistant) -> None:
    store = await opened(hass)
    assert not store.state.outbox.items
    assert not store.state.message_log.messages
    assert store.state.budget.spent_today.total() == 0
    old = Reply(reply_id="R1", received_at=NOW - timedelta(minutes=2), sender=ALICE, text="OK")
    assert store.state.message_log.record_reply(old, NOW) is None
    assert store.state.message_log.record_reply(replace(old, reply_id="R2", received_at=NOW), NOW)
    await store.async_close()


async def test_everything_is_there_again_after_a_restart(hass: HomeAssistant) -> None:
    before = await opened(hass)
    before.state.outbox.add([item("1"), item("2")])
    note_sent(before, "M1")
    before.state.budget.reserve([("1", Expense(at=NOW, costs=((ALICE, 2),), pool=BudgetPool.URGENT))], NOW)
    await before.async_close()
    after = await opened(hass)
    assert after.state.outbox.items.data == before.state.outbox.items.data
    assert after.state.message_log.messages.data == before.state.message_log.messages.data
    assert (after.state.message_log.pending, after.state.message_log.segments_sent) == (1, 1)
    assert after.state.budget.spent_today == Counter({BudgetPool.URGENT: 2})
    await after.async_close()


async def test_what_was_being_sent_at_a_crash_is_uncertain_after_the_restart(hass: HomeAssistant) -> None:
    before = await opened(hass)
    before.state.outbox.add([item("1"), item("2")])
    before.state.outbox.begin_attempt(before.state.outbox.items["1"], NOW)
    await before.async_close()
    after = await opened(hass, now=NOW + timedelta(minutes=1))
    assert [item.phase for item in after.state.outbox.items.values()] == [Phase.UNCERTAIN, Phase.WAITING]
    assert after.state.outbox.items["1"].due == NOW + timedelta(minutes=1)
    await after.async_close()


async def test_limits_are_those_of_the_options(hass: HomeAssistant) -> None:
    before = await opened(hass)
    budget = before.state.budget
    assert (budget.daily_limit, budget.urgent_daily_limit, budget.recipient_limit) == (7, 5, 3)
    await before.async_close()
    after = await opened(hass, settings=replace(LIMITED, daily_limit=9, recipient_hourly_limit=0))
    assert (after.state.budget.daily_limit, after.state.budget.recipient_limit) == (9, 0)
    await after.async_close()


async def test_each_account_has_a_file_of_its_own(hass: HomeAssistant) -> None:
    one, two = await opened(hass, "1"), await opened(hass, "2")
    one.state.outbox.add([item("1")])
    await one.async_close()
    await two.async_close()
    two = await opened(hass, "2")
    assert not two.state.outbox.items
    await two.async_close()
    await async_remove_storage(hass, "2")
    assert len((await opened(hass, "1")).state.outbox) == 1


async def test_removal_leaves_nothing_not_even_what_was_set_aside(hass: HomeAssistant, folder: Path) -> None:
    store = await opened(hass)
    await store.async_close()
    (folder / "smsmode.1.db").write_bytes(b"torn")
    store = await opened(hass)
    await store.async_close()
    assert len(list(folder.glob("*smsmode*"))) == 2
    await async_remove_storage(hass, "1")
    assert list(folder.glob("*smsmode*")) == []
    # Nor is it an accident if there was nothing.
    await async_remove_storage(hass, "1")
