"""Reply fetcher: missed replies are found, whatever they were missed by, and no text can forge one."""

from datetime import UTC, datetime

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smsmode.state.account_facts import Fact
from tests.support.callback_client import open_callback_client
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, BOB, BOB_DIGITS, House

FORGERIES = [
    pytest.param(f"hi\nforged1 | 01012030-10:00 | {ALICE_DIGITS} | OPEN | 36034 | x", id="a row too many"),
    pytest.param(f"hi | 36034 | x\nforged1 | 01012030-10:00 | {ALICE_DIGITS} | OPEN", id="two whole rows"),
    pytest.param(f"hi\nforged1 | 01012000-10:00 | {ALICE_DIGITS} | OPEN | 36034 | x", id="an old one"),
]


async def replies_arrive(gateway: Gateway, *texts: str, number: str = BOB_DIGITS) -> None:
    """Have somebody write, and nobody call back."""
    for text in texts:
        await gateway.reply(number, text, stray=True, callback=False)


@pytest.mark.parametrize("forgery", FORGERIES)
@pytest.mark.parametrize("backlog", [0, 19, 45, 130], ids=lambda count: f"among {count}")
async def test_text_of_a_reply_cannot_forge_another_however_long_the_backlog(
    hass: HomeAssistant, house: House, forgery: str, backlog: int
) -> None:
    late = house.capture("smsmode_late_reply")
    await hass.config_entries.async_unload(house.entry.entry_id)
    texts = [f"reply {number}" for number in range(backlog)]
    await replies_arrive(house.gateway, *texts[: backlog // 2])
    house.freezer.tick(60)
    await replies_arrive(house.gateway, forgery, *texts[backlog // 2 :])
    await house.async_wait(hours=1)
    await house.async_set_up()
    assert sorted(event.data["message"] for event in late) == sorted([*texts, forgery])
    assert {event.data["sender"] for event in late} == {BOB}
    assert all(event.data["verified"] for event in late)
    # Nor does it cost more for long.
    for _ in range(4):
        await house.async_wait(hours=2)
    before = len(await house.gateway.requests("responseList.do"))
    for _ in range(3):
        await house.async_wait(hours=2)
    assert len(await house.gateway.requests("responseList.do")) - before <= 12


@pytest.mark.parametrize("fault", ["empty", "garble", "drop_after", "half", "html"])
@pytest.mark.parametrize("healthy", range(4))
async def test_failed_request_loses_no_reply(house: House, fault: str, healthy: int) -> None:
    replies = house.capture("smsmode_reply")
    await replies_arrive(house.gateway, "before")
    await house.async_poll()
    await replies_arrive(house.gateway, "one", "two", "three")
    if healthy:
        await house.gateway.fail("responseList.do", "slow:0", times=healthy)
    await house.gateway.fail("responseList.do", fault)
    for _ in range(3):
        await house.async_poll()
    assert sorted(event.data["message"] for event in replies) == ["before", "one", "three", "two"]


@pytest.mark.parametrize("fault", ["empty", "garble", "drop_after", "code:50"])
@pytest.mark.parametrize("healthy", [20, 21, 22])
async def test_failed_request_in_a_long_backlog_loses_no_reply(house: House, fault: str, healthy: int) -> None:
    replies = house.capture("smsmode_reply")
    texts = [f"reply {number}" for number in range(90)]
    await replies_arrive(house.gateway, *texts)
    await house.gateway.fail("responseList.do", "slow:0", times=healthy)
    await house.gateway.fail("responseList.do", fault)
    for _ in range(3):
        await house.async_poll()
    assert sorted(event.data["message"] for event in replies) == sorted(texts)


async def test_reply_listed_behind_a_known_one_is_found(house: House) -> None:
    replies, late = house.capture("smsmode_reply"), house.capture("smsmode_late_reply")
    await replies_arrive(house.gateway, "slow")
    listed = house.gateway.emulator.state.main.replies
    slow = listed.pop()
    await house.async_wait(minutes=5)
    await replies_arrive(house.gateway, "quick", "quicker")
    await house.async_poll()
    listed.insert(0, slow)
    await replies_arrive(house.gateway, "last")
    await house.async_poll()
    for _ in range(3):
        await house.async_wait(hours=1)
    assert sorted(event.data["message"] for event in replies + late) == ["last", "quick", "quicker", "slow"]
    assert all(event.data["verified"] for event in replies + late)


@pytest.mark.not_with("oldest reply first", reason="the queries are others")
async def test_refused_query_by_date_does_not_stop_replies(house: House) -> None:
    replies = house.capture("smsmode_reply")
    house.account.learner.learn(Fact.REPLIES_NEWEST_FIRST, holds=True)
    await replies_arrive(house.gateway, "one")
    await house.async_poll()
    await replies_arrive(house.gateway, "two")
    # The two, the end of the list, and then the dates.
    await house.gateway.fail("responseList.do", "slow:0", times=3)
    await house.gateway.fail("responseList.do", "code:35")
    await house.async_poll()
    assert [event.data["message"] for event in replies] == ["one", "two"]
    assert house.account.coordinator.last_update_success


async def test_reply_is_not_late_when_expected_callbacks_never_arrive(
    hass: HomeAssistant, house: House, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await open_callback_client(hass, hass_client_no_auth)
    replies, late = house.capture("smsmode_reply"), house.capture("smsmode_late_reply")
    await house.gateway.set(callbacks="never")
    await house.async_call("send_message", message="Water!", target=["Alice"], reply=True)
    for number in range(40):
        if number % 7 == 0:
            await house.gateway.reply(ALICE_DIGITS, f"reply {number}")
        await house.async_wait(minutes=1)
    assert [event.data["message"] for event in replies] == [f"reply {number}" for number in range(0, 40, 7)]
    assert late == []


@pytest.mark.parametrize("by_callback", [True, False], ids=["callback", "poll"])
async def test_reply_in_the_repeated_hour_of_autumn_is_in_time_and_processed_once(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    gateway: Gateway,
    entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
    by_callback: bool,
) -> None:
    freezer.move_to(datetime(2026, 10, 25, 0, 20, tzinfo=UTC))
    house = House(hass, freezer, gateway, entry)
    await house.async_set_up()
    await open_callback_client(hass, hass_client_no_auth)
    await house.async_call("send_message", message="Water!", target=["Alice"], reply=True)
    replies, late = house.capture("smsmode_reply"), house.capture("smsmode_late_reply")
    sent = []
    for number in range(120):
        if number % 8 == 0:
            reply = await gateway.reply(ALICE_DIGITS, "OK", callback=by_callback)
            sent.append(datetime.fromisoformat(reply["received_at"]).replace(second=0, microsecond=0))
            await house.async_settle()
        await house.async_wait(minutes=1)
    assert late == []
    assert [datetime.fromisoformat(event.data["received_at"]).astimezone(UTC) for event in replies] == sent
    assert all(event.data["verified"] for event in replies)


async def test_reload_in_the_repeated_hour_does_not_make_a_reply_late(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry
) -> None:
    freezer.move_to(datetime(2026, 10, 25, 0, 50, tzinfo=UTC))
    house = House(hass, freezer, gateway, entry)
    await house.async_set_up()
    replies, late = house.capture("smsmode_reply"), house.capture("smsmode_late_reply")
    await house.async_wait(minutes=30)
    await replies_arrive(gateway, "first")
    await house.async_poll()
    await house.async_wait(minutes=5)
    await hass.config_entries.async_unload(entry.entry_id)
    await replies_arrive(gateway, "second")
    await house.async_set_up()
    assert [event.data["message"] for event in replies] == ["first", "second"]
    assert late == []


async def test_what_arrives_during_start_up_is_reported_once_automations_are_loaded(
    hass: HomeAssistant, house: House, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await open_callback_client(hass, hass_client_no_auth)
    replies, reports = house.capture("smsmode_reply"), house.capture("smsmode_delivery_report")
    sent = await house.async_call("send_message", message="Water!", target=["Alice"], reply=True)
    await hass.config_entries.async_unload(house.entry.entry_id)
    hass.set_state(CoreState.starting)
    await house.async_set_up()
    await house.gateway.report(sent["messages"][0]["message_id"], ALICE_DIGITS, 11)
    await house.gateway.reply(ALICE_DIGITS, "OK")
    for _ in range(12):
        await house.async_wait(seconds=10)
    assert (replies, reports) == ([], [])
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await house.async_settle()
    (reply,), (report,) = replies, reports
    assert (reply.data["message"], reply.data["verified"], report.data["status"]) == ("OK", True, "received")


async def test_what_arrives_during_a_reload_is_reported_after_it(
    hass: HomeAssistant, house: House, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await open_callback_client(hass, hass_client_no_auth)
    replies, reports = house.capture("smsmode_reply"), house.capture("smsmode_delivery_report")
    sent = await house.async_call("send_message", message="Water!", target=["Alice"], reply=True)
    await hass.config_entries.async_unload(house.entry.entry_id)
    # Home Assistant answers 200 to a webhook that nobody has registered.
    calls = (await house.gateway.report(sent["messages"][0]["message_id"], ALICE_DIGITS, 11))["callbacks"]
    calls += (await house.gateway.reply(ALICE_DIGITS, "OK"))["callbacks"]
    assert [call["status"] for call in calls] == [200, 200]
    await house.async_set_up()
    (reply,), (report,) = replies, reports
    assert (reply.data["message"], reply.data["verified"], report.data["status"]) == ("OK", True, "received")


@pytest.mark.parametrize("endpoint", ["responseList.do", "compteRendu.do"])
async def test_response_received_after_unload_is_reported_once_loaded_again(
    hass: HomeAssistant, house: House, endpoint: str
) -> None:
    told = house.capture("smsmode_reply"), house.capture("smsmode_delivery_report")
    sent = await house.async_call("send_message", message="Water!", target=["Alice"], reply=True)
    await house.gateway.report(sent["messages"][0]["message_id"], ALICE_DIGITS, 11, callback=False)
    await house.gateway.reply(ALICE_DIGITS, "OK", callback=False)
    asked = len(await house.gateway.requests(endpoint))
    await house.gateway.fail(endpoint, "hang_after")
    # As `homeassistant.update_entity` would: a task that the account does not know.
    poll = hass.async_create_task(house.account.coordinator.async_refresh())
    await house.gateway.wait_for_requests(endpoint, asked + 1)
    await hass.config_entries.async_unload(house.entry.entry_id)
    await house.gateway.release()
    await poll
    await house.async_set_up()
    assert [len(events) for events in told] == [1, 1]
