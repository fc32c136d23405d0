"""Report fetcher: reports are polled at a limited rate, until they are settled, and delay no reply."""

from datetime import UTC, datetime, timedelta
from gc import collect
from itertools import pairwise
from weakref import ref
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from hypothesis import given
from hypothesis import strategies as st
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smsmode.receiving.report_fetcher import ReportQueue
from custom_components.smsmode.state.message_log import TrackedMessage
from custom_components.smsmode.state.tracked_dict import TrackedDict
from tests.support.callback_client import open_callback_client
from tests.support.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, House

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Collectable(TrackedMessage):
    """A message of which it can be seen that it is no longer kept."""


def message(message_id: str, at: datetime = NOW) -> TrackedMessage:
    return TrackedMessage(message_id=message_id, sent_at=at, codes={"+33612345678": ()})


def tracked(*messages: TrackedMessage) -> TrackedDict[TrackedMessage]:
    found = TrackedDict[TrackedMessage]()
    for each in messages:
        found[each.message_id] = each
    return found


def pop_all(queue: ReportQueue, now: datetime) -> list[str]:
    return [found.message_id for found in iter(lambda: queue.pop_due(now), None)]


def test_queue_begins_with_the_latest_by_send_time_not_by_insertion() -> None:
    found = [message("tomorrow", NOW + 24 * HOUR), message("now"), message("found late", NOW - HOUR), message("too")]
    queue = ReportQueue(tracked(*found))
    assert pop_all(queue, NOW) == ["too", "now", "found late"]
    assert pop_all(queue, NOW + 24 * HOUR) == ["tomorrow"]


def test_queue_finds_new_messages_and_returns_rescheduled_ones() -> None:
    messages = tracked(message("M1"))
    queue = ReportQueue(messages)
    first = queue.pop_due(NOW)
    assert first is messages["M1"]
    messages["M2"] = message("M2", NOW + HOUR)
    queue.schedule(first, NOW + 2 * HOUR)
    assert pop_all(queue, NOW + HOUR) == ["M2"]
    assert pop_all(queue, NOW + 2 * HOUR) == ["M1"]


def test_queue_treats_a_message_logged_again_as_new_and_keeps_those_before_it() -> None:
    messages = tracked(message("M1"))
    queue = ReportQueue(messages)
    assert queue.pop_due(NOW) is not None
    del messages["M1"]
    for message_id in ("M2", "M1"):
        messages[message_id] = message(message_id)
    assert sorted(pop_all(queue, NOW)) == ["M1", "M2"]


def test_queue_returns_a_message_logged_again_before_its_turn_once() -> None:
    messages = tracked(message("M1"), message("M2", NOW + HOUR))
    queue = ReportQueue(messages)
    assert pop_all(queue, NOW - HOUR) == []
    del messages["M1"]
    messages["M1"] = message("M1")
    assert pop_all(queue, NOW) == ["M1"]


def test_queue_drops_and_frees_a_message_that_left_the_log() -> None:
    collectable = Collectable(message_id="M1", sent_at=NOW, codes={})
    messages = tracked(collectable, message("M2"))
    del collectable
    queue = ReportQueue(messages)
    assert pop_all(queue, NOW - HOUR) == []
    gone = ref(messages.pop("M1"))
    assert pop_all(queue, NOW) == ["M2"]
    collect()
    assert gone() is None


@given(st.lists(st.tuples(st.sampled_from(["note", "forget", "take"]), st.integers(0, 5), st.integers(0, 5))))
def test_queue_returns_each_due_message_exactly_once_whatever_happens(events: list[tuple[str, int, int]]) -> None:
    messages = tracked()
    queue = ReportQueue(messages)
    due: set[str] = set()
    for what, name, hour in events:
        messages.pop(f"M{name}", None)
        due.discard(f"M{name}")
        match what:
            case "note":
                messages[f"M{name}"] = message(f"M{name}", NOW + hour * HOUR)
                due.add(f"M{name}")
            case "take":
                now = NOW + hour * HOUR
                expected = {key for key in due if messages[key].sent_at <= now}
                found = pop_all(queue, now)
                assert (set(found), len(found)) == (expected, len(expected))
                due -= expected


async def test_reports_missed_for_days_are_polled_once_and_then_no_more(hass: HomeAssistant, house: House) -> None:
    reports = house.capture("smsmode_delivery_report")
    sent = await house.async_call("send_message", message="Water!", target=["Alice", "+33698765432"])
    message_id = sent["messages"][0]["message_id"]
    await hass.config_entries.async_unload(house.entry.entry_id)
    await house.gateway.report(message_id, ALICE_DIGITS, 11, callback=False)
    await house.async_wait(days=29)
    await house.async_set_up()
    assert (reports[0].data["number"], reports[0].data["status"]) == (ALICE, "received")
    assert house.state("sensor.home_pending").state == "0"
    await house.async_wait(hours=1)
    assert len(await house.gateway.requests("compteRendu.do")) == 1


async def test_settled_message_is_kept_as_long_as_the_gateway_shows_its_text(house: House) -> None:
    sent = await house.async_call("send_message", message="Water!", target=["Alice"])
    await house.gateway.report(sent["messages"][0]["message_id"], ALICE_DIGITS, 11, callback=False)
    await house.async_poll()
    for days in (3, 26):
        await house.async_wait(days=days)
        await house.async_reload()
        assert len(house.account.processor.message_log.messages) == 1
    asked = len(await house.gateway.requests("compteRendu.do"))
    await house.async_wait(days=2)
    assert not house.account.processor.message_log.messages
    assert len(await house.gateway.requests("compteRendu.do")) == asked


async def test_a_message_without_reports_is_asked_for_once_after_two_days_and_then_only_shown(house: House) -> None:
    await house.async_call("send_message", message="Water!", target=["Alice"])
    await house.async_wait(hours=49)
    await house.async_poll()
    assert house.state("sensor.home_pending").state == "0"
    asked = len(await house.gateway.requests("compteRendu.do"))
    await house.async_reload()
    await house.async_wait(days=20)
    assert len(house.account.processor.message_log.messages) == 1
    assert len(await house.gateway.requests("compteRendu.do")) == asked
    assert house.state("sensor.home_pending").state == "0"


async def test_all_members_of_a_group_are_polled_though_the_first_is_final_before_any_poll(
    hass: HomeAssistant, house: House, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await open_callback_client(hass, hass_client_no_auth)
    reports = house.capture("smsmode_delivery_report")
    await house.async_call("add_contact", name="Alice", number=ALICE, groups=["Famille"])
    await house.async_call("add_contact", name="Bob", number=BOB, groups=["Famille"])
    sent = await house.async_call("send_message", message="Water!", target=["Family"])
    message_id = sent["messages"][0]["message_id"]
    await house.gateway.report(message_id, ALICE_DIGITS, 11)
    await house.gateway.report(message_id, BOB_DIGITS, 11, callback=False)
    for _ in range(5):
        await house.async_wait(minutes=1)
    assert [(event.data["number"], event.data["status"]) for event in reports] == [
        (ALICE, "received"),
        (BOB, "received"),
    ]
    assert house.state("sensor.home_pending").state == "0"
    asked = len(await house.gateway.requests("compteRendu.do"))
    await house.async_wait(minutes=10)
    assert len(await house.gateway.requests("compteRendu.do")) == asked


async def test_many_due_reports_are_polled_at_the_rate_limit(hass: HomeAssistant, house: House) -> None:
    for number in range(10, 80):
        await house.async_call("send_message", message="Water!", target=[f"+336120000{number}"])
    await hass.config_entries.async_unload(house.entry.entry_id)
    await house.async_wait(hours=1)
    await house.async_set_up()
    asked = [len(await house.gateway.requests("compteRendu.do"))]
    for _ in range(20):
        await house.async_wait(seconds=61)
        asked.append(len(await house.gateway.requests("compteRendu.do")))
    assert asked[0] <= 30
    assert max(after - before for before, after in pairwise(asked)) <= 30
    assert len({request.params["smsID"] for request in await house.gateway.requests("compteRendu.do")}) == 70


async def test_after_a_restart_the_latest_report_does_not_wait_behind_all_that_are_awaited(house: House) -> None:
    """An alert waits for it; those of days ago may come a minute later."""
    for number in range(40):
        await house.async_call("send_message", message="Old", target=f"+336399811{number:02}")
    await house.async_wait(hours=10)
    await house.async_call("send_message", message="Water!", target=ALICE)
    for moment in ("before", "after"):
        if moment == "after":
            await house.async_call("send_message", message="Fire!", target=ALICE)
        latest = (await house.gateway.messages())[-1]
        await house.gateway.report(latest.id, ALICE_DIGITS, 3998, callback=False)
        if moment == "before":
            await house.async_reload()
        await house.async_poll()
        assert house.account.processor.message_log.messages[latest.id].codes[ALICE][-1] == 3998, moment


async def test_slow_reports_do_not_delay_the_replies(
    hass: HomeAssistant, house: House, freezer: FrozenDateTimeFactory
) -> None:
    for number in range(5):
        await house.async_call("send_message", message=f"message {number}", target=["Alice"])
    before = len(await house.gateway.requests("compteRendu.do"))
    await house.gateway.fail("compteRendu.do", "hang_after", times=None)
    poll = hass.async_create_task(house.account.coordinator.async_refresh())
    for count in (1, 2, 3):
        await house.gateway.wait_for_requests("compteRendu.do", before + count)
        freezer.tick(timedelta(seconds=25))
        await house.gateway.release()
    await poll
    assert len(await house.gateway.requests("compteRendu.do")) == before + 3
    await house.gateway.clear_faults()


async def test_a_scheduled_message_is_looked_at_once_in_the_hour_by_which_spring_shortens_its_time(
    house: House,
) -> None:
    # In the night to Sunday the clocks of the house, which is in California, are put forward.
    house.freezer.move_to("2027-03-13 20:00:00+00:00")
    await house.async_wait(seconds=1)
    send_at = dt_util.now() + timedelta(minutes=5)
    await house.async_call("send_message", message="Water!", target=["Alice"], send_at=send_at)
    await house.async_wait(minutes=10)
    await house.gateway.report((await house.gateway.messages())[-1].id, ALICE_DIGITS, 11, callback=False)
    await house.async_wait(minutes=1)
    await house.async_poll()
    assert house.state("sensor.home_pending").state == "0"
    asked = len(await house.gateway.requests("compteRendu.do"))
    await house.async_wait(hours=47, minutes=20)
    assert len(await house.gateway.requests("compteRendu.do")) == asked


def test_the_age_of_a_message_is_the_time_that_has_passed_though_clocks_were_put_forward() -> None:
    sent = message("A", datetime(2027, 3, 27, 12, tzinfo=ZoneInfo("Europe/Paris")))
    assert sent.sent_at + timedelta(hours=48) == datetime(2027, 3, 29, 11, tzinfo=UTC)
