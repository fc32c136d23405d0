"""The recorder of a house takes all that we have to tell, into whichever database, and keeps statistics of it."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from homeassistant.components.recorder.const import SupportedDialect
from homeassistant.components.recorder.db_schema import EventData, StateAttributes
from homeassistant.components.recorder.statistics import statistics_during_period, validate_statistics
from homeassistant.const import EVENT_STATE_CHANGED, MAX_LENGTH_STATE_STATE
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.recorder import get_instance
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.json import json_loads_object
from hypothesis import given
from hypothesis import strategies as st
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
    do_adhoc_statistics,
)
from pytest_homeassistant_custom_component.typing import RecorderInstanceContextManager

from custom_components.smsmode.api import DeliveryReport, Reply
from custom_components.smsmode.helpers.recorder import MAX_TEXT, as_data, as_state
from tests.support.house import ALICE, BOB, House

PERIOD = timedelta(minutes=5)
TEXTS = {
    "nothing": "",
    "a nul": "\0",
    "nuls": "O\0K" * 2_000,
    "what could be a state": "unavailable",
    "all controls": "".join(map(chr, range(32))) * 2_000,
    "emoji of several parts": "👩‍👩‍👧‍👦" * 10_000,
    "json": '{"a": "\\u0000"}' * 500,
    "the other way": "\u202e\u200f" * 500,
    "no character": "\uffff\ufffe\U0010ffff",
    "lines and bars": "OK\r\n | +33698765432 | \u2028",
}


@pytest.fixture
async def mock_recorder_before_hass(async_test_recorder: RecorderInstanceContextManager) -> None:
    """Let a house have a database."""


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400).map(lambda text: text * 30))
def test_any_text_makes_a_state_and_data_that_every_database_takes(text: str) -> None:
    state, data = as_state(text), as_data(text)
    assert len(state) <= MAX_LENGTH_STATE_STATE
    assert "\0" not in state + data
    assert len(json_bytes(data)) <= 6 * MAX_TEXT + 2
    kept = text.replace("\0", "")
    assert data == kept or (len(data) == MAX_TEXT and kept.startswith(data.removesuffix("…")))


def heard(events: list[Event[Any]]) -> Iterator[Event[Any]]:
    """Give our events, those of our entities included."""
    for event in events:
        state = event.data.get("new_state")
        if str(event.event_type).startswith("smsmode_") or (state and "home" in state.entity_id):
            yield event


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_whatever_an_sms_holds_every_database_takes_it(
    hass: HomeAssistant, house: House, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    kinds = (str(EVENT_STATE_CHANGED), "smsmode_reply", "smsmode_delivery_report")
    captured = [house.capture(kind) for kind in kinds]
    sent = await house.async_call("send_message", message="x", target=[BOB], reference="r" * 40)
    message_id = sent["messages"][0]["message_id"]
    house.account.processor.async_process_report(
        DeliveryReport(message_id=message_id, number=BOB, code=11, reference="\0" + "é" * 254)
    )
    for sender in (ALICE, BOB):
        house.account.processor.async_process_reply(
            Reply(reply_id=f"R{sender}", received_at=dt_util.utcnow(), sender=sender, text=text), verified=True
        )
    await house.async_settle()
    events = list(heard([event for events in captured for event in events]))
    assert {event.event_type for event in events} == set(kinds)
    for event in events:
        if event.event_type == EVENT_STATE_CHANGED:
            state = event.data["new_state"]
            assert "\0" not in state.state
            assert len(state.state) <= MAX_LENGTH_STATE_STATE
        for dialect in SupportedDialect:
            written = (
                StateAttributes.shared_attrs_bytes_from_event(event, dialect)
                if event.event_type == EVENT_STATE_CHANGED
                else EventData.shared_data_bytes_from_event(event, dialect)
            )
            assert written != b"{}"
            kept = json_loads_object(written)
            assert dialect is not SupportedDialect.POSTGRESQL or not any("\0" in str(part) for part in kept.values())
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


async def test_no_text_of_an_sms_is_among_the_attributes_that_are_kept(house: House) -> None:
    changes = house.capture(str(EVENT_STATE_CHANGED))
    text = "x" * 255 + "a private end"
    house.account.processor.async_process_reply(
        Reply(reply_id="R1", received_at=dt_util.utcnow(), sender=ALICE, text=text), verified=True
    )
    await house.async_settle()
    assert house.state("sensor.home_last_reply").attributes["message"] == text
    assert {event.data["entity_id"] for event in heard(changes)} >= {"event.home_reply", "sensor.home_last_reply"}
    for event in changes:
        change: Any = event
        assert b"private" not in StateAttributes.shared_attrs_bytes_from_event(change, None)


async def async_spend(house: House, begin: datetime, *segments: int) -> None:
    """Send messages of so many segments, each five minutes after the other, and have each five minutes counted."""
    begin = dt_util.as_utc(begin)
    house.freezer.move_to(begin)
    await house.async_wait()
    await house.async_poll()
    for number, count in enumerate(segments):
        start = begin + number * PERIOD
        await house.async_call("send_message", message="x" * (160 if count == 1 else 153 * count), target=[BOB])
        await house.async_poll()
        await async_wait_recording_done(house.hass)
        house.freezer.move_to(start + PERIOD)
        await house.async_wait()
        await house.hass.async_add_executor_job(partial(do_adhoc_statistics, house.hass, start=start))
        await async_wait_recording_done(house.hass)


async def async_statistics(house: House, begin: datetime, *names: str) -> dict[str, list[dict[str, Any]]]:
    """Give the statistics of each five minutes."""
    ids = {f"sensor.home_{name}" for name in names}
    found = await get_instance(house.hass).async_add_executor_job(
        lambda: statistics_during_period(house.hass, begin, None, ids, "5minute", None, {"mean", "sum", "state"})
    )
    return {name.removeprefix("sensor.home_"): [dict(row) for row in rows] for name, rows in found.items()}


@pytest.fixture
async def recording_house(recorder_mock: Any, house: House, caplog: pytest.LogCaptureFixture) -> AsyncIterator[House]:
    """Give a house that keeps statistics, about which nothing is to be complained of."""
    assert await async_setup_component(house.hass, "sensor", {})
    yield house
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


async def test_statistics_are_kept_of_the_balance_and_of_what_is_sent_and_spent(
    recording_house: House,
) -> None:
    await recording_house.async_enable("sensor.home_segments_sent")
    begin = dt_util.start_of_local_day(dt_util.now() + timedelta(days=2)) + timedelta(hours=12)
    await async_spend(recording_house, begin, 1, 2, 4)
    counts, means = ("segments_sent", "spent_today", "spent_this_month"), ("balance", "queued", "pending")
    found = await async_statistics(recording_house, begin, *counts, *means)
    assert {name: [row["state"] for row in found[name]] for name in counts} == {name: [1, 3, 7] for name in counts}
    assert [[row["sum"] for row in found[name]] for name in counts[1:]] == [[1, 3, 7]] * 2
    assert found["balance"][0]["mean"] > found["balance"][-1]["mean"] > 90
    assert set(found) == {*counts, *means}
    hass = recording_house.hass
    assert await get_instance(hass).async_add_executor_job(validate_statistics, hass) == {}


async def test_statistics_are_kept_of_the_days_left_once_they_are_known(recording_house: House) -> None:
    begin = dt_util.start_of_local_day(dt_util.now() + timedelta(days=2)) + timedelta(hours=12)
    recording_house.account.store.state.budget.history.add(begin.date() - timedelta(days=2), 1)
    await async_spend(recording_house, begin, 1)
    found = await async_statistics(recording_house, begin, "days_left")
    # Two segments in three days are taken for those of a week.
    assert found["days_left"][0]["mean"] == pytest.approx(98 * 7 / 2, abs=8)


async def test_what_is_spent_around_midnight_is_all_in_the_statistics(recording_house: House) -> None:
    midnight = dt_util.start_of_local_day(dt_util.now() + timedelta(days=2))
    await async_spend(recording_house, midnight - PERIOD, 1, 2, 3)
    found = await async_statistics(recording_house, midnight - PERIOD, "spent_today")
    assert [(row["state"], row["sum"]) for row in found["spent_today"]] == [(1, 1), (2, 3), (5, 6)]


async def test_what_the_gateway_refuses_is_out_of_the_statistics_again(recording_house: House) -> None:
    begin = dt_util.start_of_local_day(dt_util.now() + timedelta(days=2)) + timedelta(hours=12)
    await async_spend(recording_house, begin, 2, 3)
    async with recording_house.gateway.offline():
        await recording_house.async_call("send_message", message="y", target=[BOB])
        await recording_house.async_call("flush", mode="drop")
    await async_spend(recording_house, begin + 2 * PERIOD, 1)
    found = await async_statistics(recording_house, begin, "spent_today")
    assert [row["sum"] for row in found["spent_today"]] == [2, 5, 6]
