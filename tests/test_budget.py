from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from custom_components.smsmode.budget import Budget, BudgetError, Cap, Cost

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 6, 10, 12, tzinfo=PARIS)
ALICE, BOB = "+33612345678", "+33698765432"


def later(moment: datetime, **duration: float) -> datetime:
    """Let real time go by, as the clock on the wall shows it."""
    return (moment.astimezone(UTC) + timedelta(**duration)).astimezone(moment.tzinfo)


def refused(budget: Budget, costs: list[Cost], now: datetime) -> BudgetError:
    with pytest.raises(BudgetError) as error:
        budget.spend(costs, now)
    return error.value


def test_the_account_spends_its_daily_limit_and_not_one_segment_more() -> None:
    budget = Budget(daily_limit=10)
    budget.spend([(ALICE, 4), (BOB, 4)], NOON)
    error = refused(budget, [(ALICE, 3)], NOON)
    assert (error.cap, error.limit) == (Cap.DAILY, 10)
    budget.spend([(ALICE, 2)], NOON)
    assert budget.spent_today == 10


def test_a_recipient_gets_its_hourly_limit_and_not_one_segment_more() -> None:
    budget = Budget(recipient_limit=5)
    budget.spend([(ALICE, 3)], NOON)
    error = refused(budget, [(BOB, 1), (ALICE, 3)], NOON)
    assert (error.cap, error.limit) == (Cap.RECIPIENT, 5)
    budget.spend([(BOB, 5)], NOON)
    budget.spend([(ALICE, 2)], NOON)


def test_a_message_that_is_refused_takes_nothing_from_anybody() -> None:
    budget = Budget(daily_limit=10, recipient_limit=5)
    refused(budget, [(BOB, 5), (ALICE, 6)], NOON)
    refused(budget, [(BOB, 5), (ALICE, 5), ("+33700000001", 1)], NOON)
    assert (budget.spent_today, len(budget.recent)) == (0, 0)
    budget.spend([(BOB, 5), (ALICE, 5)], NOON)


def test_a_target_named_twice_in_one_batch_counts_twice() -> None:
    budget = Budget(recipient_limit=5)
    assert refused(budget, [(ALICE, 3), (ALICE, 3)], NOON).cap is Cap.RECIPIENT
    budget.spend([(ALICE, 2), (ALICE, 3)], NOON)
    assert refused(budget, [(ALICE, 1)], NOON).cap is Cap.RECIPIENT


def test_a_limit_of_nought_is_none() -> None:
    budget = Budget()
    budget.spend([(ALICE, 1_000_000)], NOON)
    budget.spend([(ALICE, 1_000_000)], NOON)
    assert budget.spent_today == 2_000_000


def test_nothing_is_within_every_budget() -> None:
    budget = Budget(daily_limit=1, recipient_limit=1)
    budget.spend([(ALICE, 1)], NOON)
    budget.spend([], NOON)


def test_the_hour_of_a_recipient_is_a_rolling_one() -> None:
    budget = Budget(recipient_limit=2)
    budget.spend([(ALICE, 1)], NOON)
    budget.spend([(ALICE, 1)], later(NOON, minutes=30))
    refused(budget, [(ALICE, 1)], later(NOON, minutes=59, seconds=59))
    budget.spend([(ALICE, 1)], later(NOON, minutes=60))
    refused(budget, [(ALICE, 1)], later(NOON, minutes=60))
    budget.spend([(ALICE, 1)], later(NOON, minutes=90))


@pytest.mark.parametrize(
    "evening",
    [
        pytest.param(datetime(2026, 6, 10, 23, 59, 59, tzinfo=PARIS), id="an ordinary day"),
        pytest.param(datetime(2026, 3, 29, 23, 59, 59, tzinfo=PARIS), id="the day of 23 hours"),
        pytest.param(datetime(2026, 10, 25, 23, 59, 59, tzinfo=PARIS), id="the day of 25 hours"),
        pytest.param(datetime(2026, 12, 31, 23, 59, 59, tzinfo=PARIS), id="the last of the year"),
    ],
)
def test_the_day_turns_at_midnight_of_the_house(evening: datetime) -> None:
    budget = Budget(daily_limit=1)
    budget.spend([(ALICE, 1)], later(evening, hours=-22))
    assert refused(budget, [(BOB, 1)], evening).cap is Cap.DAILY
    budget.spend([(BOB, 1)], later(evening, seconds=1))
    refused(budget, [(BOB, 1)], later(evening, hours=22))


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(datetime(2026, 3, 29, 1, 45, tzinfo=PARIS), id="summer time begins"),
        pytest.param(datetime(2026, 10, 25, 2, 45, tzinfo=PARIS), id="summer time ends"),
    ],
)
def test_an_hour_is_an_hour_when_the_clocks_change(before: datetime) -> None:
    budget = Budget(recipient_limit=1)
    budget.spend([(ALICE, 1)], before)
    assert refused(budget, [(ALICE, 1)], later(before, minutes=59)).cap is Cap.RECIPIENT
    budget.spend([(ALICE, 1)], later(before, minutes=60))


def test_what_the_gateway_did_not_take_may_be_spent_again() -> None:
    budget = Budget(daily_limit=6, recipient_limit=4)
    costs = [(ALICE, 2), (ALICE, 2), (BOB, 2)]
    budget.spend(costs, NOON)
    refused(budget, [(BOB, 1)], NOON)
    budget.give_back(costs, NOON)
    budget.spend(costs, later(NOON, minutes=1))


def test_only_the_message_given_back_is_given_back() -> None:
    budget = Budget(recipient_limit=4)
    budget.spend([(ALICE, 2)], NOON)
    budget.spend([(ALICE, 2)], later(NOON, minutes=30))
    budget.give_back([(ALICE, 2)], later(NOON, minutes=30))
    budget.spend([(ALICE, 2)], later(NOON, minutes=59))
    # What is left of the first message ends with its own hour, not with that of the second.
    refused(budget, [(ALICE, 1)], later(NOON, minutes=59))
    budget.spend([(ALICE, 2)], later(NOON, minutes=60))


def test_what_is_given_back_twice_does_not_make_room_twice() -> None:
    budget = Budget(recipient_limit=4)
    budget.spend([(ALICE, 2)], NOON)
    budget.spend([(ALICE, 2)], later(NOON, minutes=1))
    budget.give_back([(ALICE, 2)], NOON)
    budget.give_back([(ALICE, 2)], NOON)
    budget.spend([(ALICE, 2)], later(NOON, minutes=2))
    refused(budget, [(ALICE, 1)], later(NOON, minutes=2))


def test_what_was_spent_yesterday_is_not_given_back_today() -> None:
    budget = Budget(daily_limit=3)
    evening = datetime(2026, 6, 10, 23, 50, tzinfo=PARIS)
    budget.spend([(ALICE, 3)], evening)
    budget.spend([(ALICE, 3)], later(evening, minutes=20))
    budget.give_back([(ALICE, 3)], evening)
    assert refused(budget, [(ALICE, 1)], later(evening, minutes=21)).cap is Cap.DAILY


def test_giving_back_late_gives_back_the_day_but_no_hour_that_is_over() -> None:
    budget = Budget(daily_limit=3, recipient_limit=3)
    budget.spend([(ALICE, 2)], NOON)
    budget.spend([(ALICE, 1)], later(NOON, hours=2))
    budget.give_back([(ALICE, 2)], NOON)
    assert budget.spent_today == 1
    budget.spend([(ALICE, 2)], later(NOON, hours=2))
    refused(budget, [(ALICE, 1)], later(NOON, hours=3))


def test_a_message_kept_over_a_restart_can_be_given_back_after_it() -> None:
    night = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=PARIS)
    budget = Budget(daily_limit=2, recipient_limit=2)
    budget.spend([(ALICE, 2)], night)
    # As it is read from disk: the same moment, but without its zone.
    budget.give_back([(ALICE, 2)], datetime.fromisoformat(night.isoformat()))
    budget.spend([(ALICE, 2)], later(night, minutes=1))


def test_what_was_spent_before_a_restart_counts_after_it() -> None:
    before = Budget()
    before.spend([(ALICE, 2), (BOB, 1)], NOON)
    after = Budget(
        daily_limit=5,
        recipient_limit=3,
        day=before.day,
        spent_today=before.spent_today,
        recent=before.recent,
    )
    assert refused(after, [(ALICE, 2)], NOON).cap is Cap.RECIPIENT
    assert refused(after, [(BOB, 1), ("+33700000001", 2)], NOON).cap is Cap.DAILY
    after.spend([(ALICE, 1)], NOON)


def test_a_clock_that_ran_ahead_and_was_set_right_does_not_bar_anybody() -> None:
    budget = Budget(daily_limit=1, recipient_limit=1)
    budget.spend([(ALICE, 1)], datetime(2040, 1, 1, tzinfo=PARIS))
    budget.spend([(ALICE, 1)], NOON)
    refused(budget, [(ALICE, 1)], NOON)


def test_memory_is_that_of_the_last_hour_however_long_the_house_stands() -> None:
    budget = Budget()
    for minute in range(5_000):
        costs = [(f"+336{minute:08}", 1), (ALICE, 1)]
        budget.spend(costs, now := later(NOON, minutes=minute))
        if minute % 3 == 0:
            budget.give_back(costs, now)
        assert len(budget.recent) <= 120
        assert len(budget._spent_on) <= 121


def test_targets_of_refused_messages_are_not_remembered() -> None:
    budget = Budget()
    for index in range(100):
        costs = [(f"+336{index:08}", 1)]
        budget.spend(costs, NOON)
        budget.give_back(costs, NOON)
    assert not budget.recent
    assert not budget._spent_on


class Life(RuleBasedStateMachine):
    """A budget beside a book in which every message is written down and added up anew each time."""

    @initialize(daily=st.integers(0, 30), hourly=st.integers(0, 12), start=st.sampled_from([0, 100, 200]))
    def begin(self, daily: int, hourly: int, start: int) -> None:
        self.budget = Budget(daily_limit=daily, recipient_limit=hourly)
        # Some days start shortly before the clocks change.
        self.now = [NOON, datetime(2026, 3, 29, 0, tzinfo=PARIS), datetime(2026, 10, 25, 0, tzinfo=PARIS)][start // 100]
        self.book: list[tuple[datetime, list[Cost]]] = []

    @rule(minutes=st.sampled_from([0, 1, 7, 29, 31, 60, 600]))
    def wait(self, minutes: int) -> None:
        self.now = later(self.now, minutes=minutes)

    @rule(costs=st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 5)), max_size=4))
    def spend(self, costs: list[Cost]) -> None:
        today, hour = self.added_up()
        wanted = Counter[str]()
        for target, segments in costs:
            wanted[target] += segments
        too_much = 0 < self.budget.daily_limit < today + wanted.total() or any(
            0 < self.budget.recipient_limit < hour[target] + wanted[target] for target in wanted
        )
        if too_much:
            refused(self.budget, costs, self.now)
        else:
            self.budget.spend(costs, self.now)
            self.book.append((self.now, costs))

    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        if self.book:
            at, costs = self.book.pop(data.draw(st.integers(0, len(self.book) - 1)))
            self.budget.give_back(costs, at)

    def added_up(self) -> tuple[int, Counter[str]]:
        today, hour = 0, Counter[str]()
        for at, costs in self.book:
            for target, segments in costs:
                today += segments if at.date() == self.now.date() else 0
                if self.now.astimezone(UTC) - at.astimezone(UTC) < timedelta(hours=1):
                    hour[target] += segments
        return today, hour

    @invariant()
    def it_knows_what_the_book_says(self) -> None:
        if not hasattr(self, "book"):
            return
        self.budget.spend([], self.now)
        today, hour = self.added_up()
        assert self.budget.spent_today == today
        assert self.budget._spent_on == hour


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
