"""The dead man's switch in a house: what the gateway holds, at every moment and after every misfortune."""

from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic as monotonic_now
from typing import Any
from unittest.mock import patch

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler, ConfigSubentry
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.smsmode.api import MessageRequest
from custom_components.smsmode.budget import Purse
from custom_components.smsmode.const import SUBENTRY_WATCHDOG
from custom_components.smsmode.database import Database
from tests.gateway import Gateway
from tests.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, House, account_entry
from tests.watchdogs import EVENT, HEALTH, SWITCH, add_watchdog, async_switch, delivered, leaves_at, scheduled


def watchdog_of(house: House) -> str:
    """Give the id of the watchdog."""
    watchdogs: list[ConfigSubentry] = list(house.entry.get_subentries_of_type(SUBENTRY_WATCHDOG))
    return watchdogs[0].subentry_id


async def leaves_at_of_ours(house: House) -> datetime:
    """Give the time of the message of the watchdog, whatever else is scheduled."""
    (message,) = [message for message in await scheduled(house) if watchdog_of(house)[-5:] in message.text]
    return dt_util.parse_datetime(message.leaves_at, raise_on_error=True)


@pytest.fixture
async def kennel(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry
) -> House:
    """Give a house with a watchdog, which is off."""
    freezer.move_to("2026-07-14T10:00:00+02:00")
    house = House(hass, freezer, gateway, entry)
    add_watchdog(house)
    await house.async_set_up()
    return house


@pytest.fixture
async def guarded(kennel: House) -> House:
    """Give a house with a watchdog, which is armed."""
    await async_switch(kennel, on=True)
    return kennel


async def test_an_armed_watchdog_has_one_message_held_by_the_gateway(guarded: House) -> None:
    (message,) = await scheduled(guarded)
    assert message.numbers == [ALICE_DIGITS]
    assert message.text.startswith("The house in the hills is silent.\nLast sign of life: 2026-07-14 ")
    assert await leaves_at(guarded) == dt_util.utcnow() + timedelta(hours=1)
    assert guarded.state(SWITCH).state == "on"
    assert guarded.state(HEALTH).state == "off"


async def test_while_the_house_lives_nothing_is_sent_and_nothing_is_spent(guarded: House) -> None:
    for _ in range(60):
        await guarded.async_wait(minutes=5)
        assert len(await scheduled(guarded)) == 1
    assert not await delivered(guarded)
    assert await guarded.gateway.balance() == 99
    assert len(await guarded.gateway.requests("sendSMS.do")) == 1 + 300 // 15
    await async_switch(guarded, on=False)
    assert await guarded.gateway.balance() == 100


async def test_off_is_said_when_the_gateway_has_nothing_any_more(guarded: House) -> None:
    await async_switch(guarded, on=False)
    assert not await scheduled(guarded)
    assert guarded.state(SWITCH).state == "off"
    await guarded.async_wait(minutes=90)
    assert not await guarded.gateway.messages()


async def test_silence_sends_exactly_one_message(guarded: House) -> None:
    async with guarded.gateway.offline():
        await guarded.async_wait(hours=3)
    (message,) = await delivered(guarded)
    assert message.numbers == [ALICE_DIGITS]
    assert not await scheduled(guarded)


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
    assert guarded.account.storage.budget.spent_today[Purse.URGENT] == 1
    assert guarded.account.storage.ledger.messages[gone.id].reference == f"watchdog-{watchdog_of(guarded)}"
    assert await guarded.gateway.balance() == 98


async def test_whoever_is_only_watched_over_has_no_news_of_it(guarded: House) -> None:
    await guarded.async_wait(minutes=20)
    assert guarded.state("sensor.alice_last_status").state == "unknown"
    assert guarded.state("sensor.home_pending").state == "0"
    assert guarded.state("sensor.home_segments_sent").state == "0"


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


async def test_switching_on_what_is_on_pushes_it_now(guarded: House) -> None:
    await guarded.async_wait(minutes=5)
    await async_switch(guarded, on=True)
    assert await leaves_at(guarded) == dt_util.utcnow() + timedelta(hours=1)


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
    assert not guarded.account.storage.watchdogs
    assert guarded.hass.states.get(SWITCH) is None


async def test_a_removed_watchdog_is_remembered_until_the_gateway_has_nothing_of_it(guarded: House) -> None:
    await guarded.gateway.fail("deleteSMS.do", "code:50")
    guarded.hass.config_entries.async_remove_subentry(guarded.entry, watchdog_of(guarded))
    await guarded.async_settle()
    assert len(await scheduled(guarded)) == 1
    await guarded.async_wait(minutes=1)
    assert not await scheduled(guarded)
    assert not guarded.account.storage.watchdogs


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
    with patch("custom_components.smsmode.storage.restore", side_effect=OSError):
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


@pytest.mark.parametrize(("quiet", "minutes"), [(0, 60), (30, 90)], ids=["no quiet", "half an hour"])
async def test_a_stop_in_order_gives_the_house_as_much_more_time_as_a_person_allowed(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    gateway: Gateway,
    entry: MockConfigEntry,
    quiet: int,
    minutes: int,
) -> None:
    freezer.move_to("2026-07-14T10:00:00+02:00")
    house = House(hass, freezer, gateway, entry)
    add_watchdog(house, quiet_minutes=quiet)
    await house.async_set_up()
    await async_switch(house, on=True)
    await hass.async_stop()
    assert await leaves_at(house) == dt_util.utcnow() + timedelta(minutes=minutes)
    assert await gateway.balance() == 99


async def test_a_clock_that_is_set_back_does_not_delay_the_push_nor_the_alarm(guarded: House) -> None:
    guarded.freezer.tick(timedelta(minutes=1))
    guarded.freezer.move_to(dt_util.utcnow() - timedelta(days=1))
    await guarded.gateway.set_time(dt_util.utcnow().isoformat())
    with patch("custom_components.smsmode.watchdog_keeper.monotonic", return_value=monotonic_now() + 120):
        async_fire_time_changed(guarded.hass, dt_util.utcnow() + timedelta(days=1, minutes=2))
        await guarded.async_settle()
    assert await leaves_at(guarded) == dt_util.utcnow() + timedelta(hours=1)


async def test_in_the_night_of_autumn_it_never_leaves_in_the_hour_that_is_repeated(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry
) -> None:
    freezer.move_to("2026-10-25T01:00:00+02:00")
    house = House(hass, freezer, gateway, entry)
    add_watchdog(house)
    await house.async_set_up()
    await async_switch(house, on=True)
    for _ in range(60):
        await house.async_wait(minutes=5)
        assert not await delivered(house)
    assert len(await scheduled(house)) == 1
    dates = {request.params["date_envoi"] for request in await gateway.requests("sendSMS.do")}
    assert not [date for date in dates if date.startswith("25102026-02:")]


async def test_what_was_spent_today_stands_in_nobodys_way(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway
) -> None:
    house = House(hass, freezer, gateway, account_entry(gateway, daily_limit=1, recipient_hourly_limit=1))
    add_watchdog(house)
    await house.async_set_up()
    await house.async_call("send_message", message="Good morning", target=["Alice"])
    await async_switch(house, on=True)
    for _ in range(40):
        await house.async_wait(minutes=1)
    assert len(await scheduled(house)) == 1
    assert house.account.storage.budget.spent_today == {Purse.ORDINARY: 1}


async def test_a_group_is_watched_for_too(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry
) -> None:
    house = House(hass, freezer, gateway, entry)
    family = next(each for each in entry.subentries.values() if each.title == "Family")
    add_watchdog(house, targets=[family.subentry_id])
    await house.async_set_up()
    await house.async_call("add_contact", name="Bob", number=BOB, groups=["Famille"])
    await async_switch(house, on=True)
    (message,) = await scheduled(house)
    assert message.numbers == [BOB_DIGITS]
    async with gateway.offline():
        await house.async_wait(hours=2)
    await house.async_wait(minutes=2)
    (gone,) = await delivered(house)
    assert house.account.storage.ledger.messages[gone.id].group == "Famille"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        pytest.param({"targets": ["01J0000000000000000000GONE"]}, "watchdog_targets_missing", id="nobody left"),
        pytest.param({"targets": [ALICE, "group:Famille"]}, "watchdog_one_group", id="a group and others"),
        pytest.param({"message": "é" * 800}, "watchdog_message_too_long", id="too long"),
    ],
)
async def test_a_watchdog_that_cannot_be_sent_any_more_is_refused_with_the_reason(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    gateway: Gateway,
    entry: MockConfigEntry,
    data: dict[str, Any],
    key: str,
) -> None:
    house = House(hass, freezer, gateway, entry)
    add_watchdog(house, **data)
    await house.async_set_up()
    with pytest.raises(HomeAssistantError) as refused:
        await async_switch(house, on=True)
    assert refused.value.translation_key == key
    assert not await gateway.messages()


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


async def test_in_french_the_message_is_french(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry
) -> None:
    await hass.config.async_set_time_zone("Europe/Paris")
    freezer.move_to("2026-07-14T10:00:00+02:00")
    house = House(hass, freezer, gateway, entry)
    subentry = add_watchdog(house, message="La maison ne répond plus.")
    await house.async_set_up()
    hass.config.language = "fr"
    await async_switch(house, on=True)
    (message,) = await scheduled(house)
    mark = subentry.subentry_id[-5:]
    assert message.text == f"La maison ne répond plus.\nDernier signe de vie : 14/07/2026 10:00 ({mark}-1)"
    assert message.segments == 1


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


async def test_of_two_watchdogs_each_has_its_own_message_and_its_own_alarm(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry
) -> None:
    house = House(hass, freezer, gateway, entry)
    add_watchdog(house)
    add_watchdog(house, "Garage", minutes=240)
    await house.async_set_up()
    for name in ("cellar", "garage"):
        await hass.services.async_call("switch", "turn_on", {"entity_id": f"switch.{name}_armed"}, blocking=True)
    assert len(await scheduled(house)) == 2
    async with gateway.offline():
        await house.async_wait(minutes=90)
    await house.async_wait(minutes=1)
    assert house.state("event.cellar_alarm").state != "unknown"
    assert house.state("event.garage_alarm").state == "unknown"
    assert len(await delivered(house)) == 1
    await house.async_reload()
    assert len(await scheduled(house)) == 2


async def test_a_removed_watchdog_whose_message_has_left_is_counted_and_forgotten(guarded: House) -> None:
    told = guarded.capture("smsmode_watchdog_gone_off")
    async with guarded.gateway.offline():
        guarded.hass.config_entries.async_remove_subentry(guarded.entry, watchdog_of(guarded))
        await guarded.async_settle()
        await guarded.async_wait(minutes=61)
    await guarded.async_wait(minutes=1)
    assert len(told) == 1
    assert not guarded.account.storage.watchdogs


async def test_a_removed_watchdog_whose_last_push_was_uncertain_leaves_nothing(guarded: House) -> None:
    await guarded.gateway.fail("sendSMS.do", "drop_after")
    await guarded.gateway.fail("smsList.do", "code:31", times=1)
    await guarded.async_wait(minutes=15)
    guarded.hass.config_entries.async_remove_subentry(guarded.entry, watchdog_of(guarded))
    for _ in range(4):
        await guarded.async_settle()
        await guarded.async_wait(minutes=1)
    assert not await guarded.gateway.messages()
    assert not guarded.account.storage.watchdogs


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
