"""No machine can keep the account answering, and nobody can try all PINs."""

from datetime import UTC, datetime, timedelta

from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import json_loads
from hypothesis import given
from hypothesis import strategies as st

from custom_components.smsmode.state.command_limits import (
    MAX_ANSWERS,
    MAX_COMMANDERS,
    MAX_WRONG,
    CommanderState,
    CommandRateLimiter,
)
from custom_components.smsmode.state.serialization import decode, encode_copy

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@given(st.integers(1, 5), st.lists(st.integers(0, 3600), min_size=1, max_size=30))
def test_no_hour_has_more_commands_than_allowed(limit: int, pauses: list[int]) -> None:
    guard, now, admitted = CommandRateLimiter(), NOW, list[datetime]()
    for pause in pauses:
        now += timedelta(seconds=pause)
        if guard.admit("alice", limit, now):
            admitted.append(now)
    for moment in admitted:
        assert sum(timedelta(0) <= other - moment < timedelta(hours=1) for other in admitted) <= limit


def test_one_commander_does_not_use_up_what_another_may() -> None:
    guard = CommandRateLimiter()
    assert guard.admit("alice", 1, NOW)
    assert not guard.admit("alice", 1, NOW)
    assert guard.admit("bob", 1, NOW)


def test_three_wrong_pins_lock_a_commander_out_for_an_hour() -> None:
    guard = CommandRateLimiter()
    assert [guard.record_wrong_pin("alice", NOW) for _ in range(MAX_WRONG)] == [False, False, True]
    assert guard.is_locked("alice", NOW + 59 * MINUTE)
    assert not guard.is_locked("alice", NOW + 60 * MINUTE)
    assert not guard.is_locked("bob", NOW)
    # A clock that was wrong by years and is set right does not lock anybody out for years.
    assert not guard.is_locked("alice", NOW - timedelta(days=900))


def test_wrong_pins_of_long_ago_and_before_a_right_one_do_not_count() -> None:
    guard = CommandRateLimiter()
    assert not any(guard.record_wrong_pin("alice", NOW + n * 31 * MINUTE) for n in range(10))
    guard = CommandRateLimiter()
    for _ in range(5):
        assert not any(guard.record_wrong_pin("alice", NOW) for _ in range(MAX_WRONG - 1))
        guard.record_right_pin("alice")


def test_the_same_text_in_a_row_is_answered_once() -> None:
    guard = CommandRateLimiter()
    assert guard.admit_answer("alice", "status", NOW)
    assert not guard.admit_answer("alice", "status", NOW + 9 * MINUTE)
    assert guard.admit_answer("bob", "status", NOW)
    assert guard.admit_answer("alice", "lights off", NOW + 9 * MINUTE)
    assert guard.admit_answer("alice", "status", NOW + 9 * MINUTE)
    assert guard.admit_answer("alice", "status", NOW + 19 * MINUTE)


def test_an_answer_is_known_as_one_and_the_oldest_are_forgotten() -> None:
    guard = CommandRateLimiter()
    for number in range(MAX_ANSWERS + 1):
        guard.record_answer("alice", f"M{number}")
    assert not guard.is_answer("alice", "M0")
    assert guard.is_answer("alice", f"M{MAX_ANSWERS}")
    assert not guard.is_answer("bob", "M1")
    assert not guard.is_answer("alice", None)


def test_it_does_not_grow_without_end() -> None:
    guard = CommandRateLimiter()
    for number in range(MAX_COMMANDERS + 5):
        guard.admit(str(number), 1, NOW)
    assert len(guard.records) == MAX_COMMANDERS


def test_what_was_counted_outlives_a_restart() -> None:
    guard = CommandRateLimiter()
    guard.admit("alice", 1, NOW)
    guard.admit_answer("alice", "status", NOW)
    guard.record_answer("alice", "M1")
    for _ in range(MAX_WRONG):
        guard.record_wrong_pin("alice", NOW)
    again = CommandRateLimiter()
    written = json_loads(json_bytes(encode_copy(guard.records["alice"])))
    again.records["alice"] = decode(CommanderState, written)
    assert again.is_locked("alice", NOW)
    assert not again.admit("alice", 1, NOW)
    assert not again.admit_answer("alice", "status", NOW)
    assert again.is_answer("alice", "M1")
