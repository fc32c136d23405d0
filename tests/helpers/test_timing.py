"""Timing: jumps of the clock are noticed; entities show changes at once, or together in a burst, and lose none."""

from datetime import UTC, datetime, timedelta

import pytest
from homeassistant.util import dt as dt_util
from hypothesis import given
from hypothesis import strategies as st

from custom_components.smsmode.helpers.timing import MAX_IMMEDIATE, TOLERANCE, ClockJumpDetector
from custom_components.smsmode.state.message_log import TrackedMessage
from tests.support.house import ALICE, House

PENDING = "sensor.home_pending"
FLOOD = 3 * MAX_IMMEDIATE
NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
NONE = timedelta(0)


async def _accept(house: House, messages: int, name: str = "m") -> None:
    """Have the gateway accept so many messages, one after the other, while time stands still."""
    for serial in range(messages):
        message = TrackedMessage(message_id=f"{name}{serial}", sent_at=dt_util.utcnow(), codes={ALICE: ()})
        house.account.processor.async_note_sent(message, 1)
        house.account.store.async_save_soon()
        await house.async_settle()


async def test_what_happens_now_and_then_is_shown_at_once(house: House) -> None:
    await _accept(house, 3)
    assert house.state(PENDING).state == "3"


async def test_a_flood_is_shown_together_and_to_its_end(house: House) -> None:
    changes = house.capture("state_changed")
    await _accept(house, FLOOD)
    shown = [event for event in changes if event.data["entity_id"] == PENDING]
    assert len(shown) <= MAX_IMMEDIATE
    await house.async_wait(seconds=0.1)
    assert house.state(PENDING).state == str(FLOOD)


async def test_after_a_flood_the_next_is_shown_at_once_again(house: House) -> None:
    await _accept(house, FLOOD)
    await house.async_wait(seconds=2)
    await _accept(house, 1, "afterwards")
    assert house.state(PENDING).state == str(FLOOD + 1)


@pytest.mark.parametrize("way", ["reload", "save"])
async def test_what_a_flood_left_unwritten_is_on_the_disk_with_the_next_write(house: House, way: str) -> None:
    await _accept(house, FLOOD)
    if way == "save":
        await house.account.store.async_save()
    await house.async_reload()
    assert house.account.store.state.message_log.pending == FLOOD


@pytest.mark.parametrize("elapsed", [0.0, 0.5, 3600.0, 86_400.0 * 400], ids=["none", "half a second", "hour", "year"])
def test_time_that_goes_by_is_no_jump(elapsed: float) -> None:
    watch = ClockJumpDetector(NOW, 1000.0)
    assert watch.jump(NOW + timedelta(seconds=elapsed), 1000.0 + elapsed) == NONE


@pytest.mark.parametrize(
    "by",
    [
        timedelta(days=365 * 20),
        timedelta(hours=1),
        timedelta(seconds=31),
        timedelta(seconds=-31),
        timedelta(days=-9999),
    ],
    ids=["set by network time after a start in 2006", "an hour ahead", "31 s ahead", "31 s back", "back to 1999"],
)
def test_a_clock_that_was_set_is_noticed_once_and_by_how_much(by: timedelta) -> None:
    watch = ClockJumpDetector(NOW, 1000.0)
    assert watch.jump(NOW + timedelta(minutes=5) + by, 1300.0) == by
    assert watch.jump(NOW + timedelta(minutes=6) + by, 1360.0) == NONE


@pytest.mark.parametrize("by", [TOLERANCE, -TOLERANCE, timedelta(seconds=2)], ids=["ahead", "back", "hardly"])
def test_a_clock_that_is_only_nudged_is_left_alone(by: timedelta) -> None:
    watch = ClockJumpDetector(NOW, 0.0)
    assert watch.jump(NOW + by, 0.0) == NONE


def test_a_clock_that_is_nudged_all_day_is_left_alone() -> None:
    watch = ClockJumpDetector(NOW, 0.0)
    nudged = NOW
    for minute in range(1, 24 * 60):
        nudged += timedelta(seconds=61)
        assert watch.jump(nudged, 60.0 * minute) == NONE


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(-(10**6), 10**6)), max_size=10))
def test_each_setting_of_the_clock_is_told_apart_from_the_time_that_went_by(steps: list[tuple[int, int]]) -> None:
    wall, steady = NOW, 0.0
    watch = ClockJumpDetector(wall, steady)
    for elapsed, seconds in steps:
        by = timedelta(seconds=seconds)
        steady += elapsed
        wall += timedelta(seconds=elapsed) + by
        assert watch.jump(wall, steady) == (by if abs(by) > TOLERANCE else NONE)
