from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.smsmode.helpers.clock import TOLERANCE, ClockJumpDetector

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
NONE = timedelta(0)


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
