from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from custom_components.smsmode.budget import Budget, BudgetError, Cap, Cost, Expense, Purse

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 6, 10, 12, tzinfo=PARIS)
ALICE, BOB = "+33612345678", "+33698765432"
URGENT = Purse.URGENT


def later(moment: datetime, **duration: float) -> datetime:
    """Let real time go by, as the clock on the wall shows it."""
    return (moment.astimezone(UTC) + timedelta(**duration)).astimezone(moment.tzinfo)


COUNTED = (Purse.ORDINARY, Purse.URGENT)


class Wallet:
    """A budget, and keys for what is spent from it."""

    def __init__(self, daily: int = 0, hourly: int = 0, urgent_daily: int = 0) -> None:
        self.budget = Budget(daily_limit=daily, urgent_daily_limit=urgent_daily, recipient_limit=hourly)
        self.keys = count()

    @property
    def spent_today(self) -> dict[Purse, int]:
        return dict(+self.budget.spent_today)

    def spend(self, costs: Sequence[Cost], now: datetime, purse: Purse = Purse.ORDINARY) -> tuple[str, Expense]:
        """Spend on one message; give what is needed to give it back."""
        spent = str(next(self.keys)), Expense(at=now, costs=tuple(costs), purse=purse)
        self.budget.spend([spent], now)
        return spent

    def refused(self, costs: Sequence[Cost], now: datetime, purse: Purse = Purse.ORDINARY) -> BudgetError:
        with pytest.raises(BudgetError) as error:
            self.spend(costs, now, purse)
        return error.value

    def restarted(self) -> Wallet:
        """Give what is left of it after a restart: limits are options, and read anew."""
        old = self.budget
        wallet = Wallet(old.daily_limit, old.recipient_limit, old.urgent_daily_limit)
        wallet.keys = self.keys
        wallet.budget.day, wallet.budget.spent_today = old.day, Counter(old.spent_today)
        for key, expense in old.recent.items():
            wallet.budget.restore(key, replace(expense, at=datetime.fromisoformat(expense.at.isoformat())))
        return wallet


def test_what_is_only_held_counts_nowhere_and_no_cap_stops_it() -> None:
    wallet = Wallet(daily=1, hourly=1, urgent_daily=1)
    for _ in range(3):
        key, expense = wallet.spend([("A", 5)], NOON, Purse.HELD)
        wallet.budget.give_back(key, expense)
    wallet.spend([("A", 1)], NOON)
    wallet.spend([("A", 5)], NOON, Purse.HELD)
    assert wallet.spent_today == {Purse.ORDINARY: 1}
    assert wallet.budget.runway.on(NOON.date()) == 1


def test_what_is_spent_already_counts_whatever_the_caps_say() -> None:
    wallet = Wallet(urgent_daily=1)
    expense = Expense(at=NOON, costs=(("A", 5),), purse=Purse.URGENT)
    wallet.budget.charge("key", expense, NOON)
    assert wallet.spent_today == {Purse.URGENT: 5}
    assert wallet.refused([("A", 1)], NOON, Purse.URGENT).cap is Cap.URGENT_DAILY


def test_the_account_spends_its_daily_limit_and_not_one_segment_more() -> None:
    wallet = Wallet(daily=10)
    wallet.spend([(ALICE, 4), (BOB, 4)], NOON)
    error = wallet.refused([(ALICE, 3)], NOON)
    assert (error.cap, error.limit) == (Cap.DAILY, 10)
    wallet.spend([(ALICE, 2)], NOON)
    assert wallet.spent_today == {Purse.ORDINARY: 10}


def test_a_recipient_gets_its_hourly_limit_and_not_one_segment_more() -> None:
    wallet = Wallet(hourly=5)
    wallet.spend([(ALICE, 3)], NOON)
    error = wallet.refused([(BOB, 1), (ALICE, 3)], NOON)
    assert (error.cap, error.limit) == (Cap.RECIPIENT, 5)
    wallet.spend([(BOB, 5)], NOON)
    wallet.spend([(ALICE, 2)], NOON)


def test_what_is_urgent_is_paid_from_a_purse_of_its_own() -> None:
    wallet = Wallet(daily=3, urgent_daily=2)
    wallet.spend([(ALICE, 3)], NOON)
    wallet.refused([(ALICE, 1)], NOON)
    wallet.spend([(ALICE, 2)], NOON, URGENT)
    error = wallet.refused([(BOB, 1)], NOON, URGENT)
    assert (error.cap, error.limit) == (Cap.URGENT_DAILY, 2)
    assert wallet.spent_today == {Purse.ORDINARY: 3, URGENT: 2}


def test_urgent_messages_leave_to_the_others_what_is_theirs() -> None:
    wallet = Wallet(daily=3, hourly=3, urgent_daily=3)
    wallet.spend([(ALICE, 3)], NOON, URGENT)
    wallet.refused([(ALICE, 1)], NOON, URGENT)
    wallet.spend([(ALICE, 3)], NOON)


def test_somebody_to_whom_too_much_was_sent_still_gets_what_is_urgent() -> None:
    wallet = Wallet(hourly=2)
    wallet.spend([(ALICE, 2)], NOON)
    assert wallet.refused([(ALICE, 1)], NOON).cap is Cap.RECIPIENT
    wallet.spend([(ALICE, 2)], NOON, URGENT)
    assert wallet.refused([(ALICE, 1)], NOON, URGENT).cap is Cap.RECIPIENT


def test_messages_of_one_order_are_within_the_budget_together_or_not_at_all() -> None:
    budget = Budget(daily_limit=3, urgent_daily_limit=1, recipient_limit=2)
    orders = {
        Cap.DAILY: [((ALICE, 2), Purse.ORDINARY), ((BOB, 2), Purse.ORDINARY)],
        Cap.RECIPIENT: [((ALICE, 1), Purse.ORDINARY), ((ALICE, 2), Purse.ORDINARY)],
        Cap.URGENT_DAILY: [((ALICE, 1), Purse.ORDINARY), ((BOB, 2), URGENT)],
    }
    for cap, order in orders.items():
        expenses = [(str(key), Expense(at=NOON, costs=(cost,), purse=purse)) for key, (cost, purse) in enumerate(order)]
        with pytest.raises(BudgetError) as error:
            budget.spend(expenses, NOON)
        assert error.value.cap is cap
    assert (budget.spent_today.total(), len(budget.recent)) == (0, 0)
    both = [("1", Expense(at=NOON, costs=((ALICE, 2),))), ("2", Expense(at=NOON, costs=((BOB, 1),), purse=URGENT))]
    budget.spend(both, NOON)
    assert budget.spent_today == {Purse.ORDINARY: 2, URGENT: 1}


def test_a_message_that_is_refused_takes_nothing_from_anybody() -> None:
    wallet = Wallet(daily=10, hourly=5)
    wallet.refused([(BOB, 5), (ALICE, 6)], NOON)
    wallet.refused([(BOB, 5), (ALICE, 5), ("+33700000001", 1)], NOON)
    assert (wallet.spent_today, len(wallet.budget.recent)) == ({}, 0)
    wallet.spend([(BOB, 5), (ALICE, 5)], NOON)


def test_a_target_named_twice_in_one_batch_counts_twice() -> None:
    wallet = Wallet(hourly=5)
    assert wallet.refused([(ALICE, 3), (ALICE, 3)], NOON).cap is Cap.RECIPIENT
    wallet.spend([(ALICE, 2), (ALICE, 3)], NOON)
    assert wallet.refused([(ALICE, 1)], NOON).cap is Cap.RECIPIENT


@pytest.mark.parametrize("purse", COUNTED)
def test_a_limit_of_nought_is_none(purse: Purse) -> None:
    wallet = Wallet()
    wallet.spend([(ALICE, 1_000_000)], NOON, purse)
    wallet.spend([(ALICE, 1_000_000)], NOON, purse)
    assert wallet.spent_today == {purse: 2_000_000}


def test_nothing_is_within_every_budget() -> None:
    wallet = Wallet(daily=1, hourly=1)
    wallet.spend([(ALICE, 1)], NOON)
    wallet.spend([], NOON)
    wallet.budget.spend([], NOON)


def test_the_hour_of_a_recipient_is_a_rolling_one() -> None:
    wallet = Wallet(hourly=2)
    wallet.spend([(ALICE, 1)], NOON)
    wallet.spend([(ALICE, 1)], later(NOON, minutes=30))
    wallet.refused([(ALICE, 1)], later(NOON, minutes=59, seconds=59))
    wallet.spend([(ALICE, 1)], later(NOON, minutes=60))
    wallet.refused([(ALICE, 1)], later(NOON, minutes=60))
    wallet.spend([(ALICE, 1)], later(NOON, minutes=90))


@pytest.mark.parametrize(
    "evening",
    [
        pytest.param(datetime(2026, 6, 10, 23, 59, 59, tzinfo=PARIS), id="an ordinary day"),
        pytest.param(datetime(2026, 3, 29, 23, 59, 59, tzinfo=PARIS), id="the day of 23 hours"),
        pytest.param(datetime(2026, 10, 25, 23, 59, 59, tzinfo=PARIS), id="the day of 25 hours"),
        pytest.param(datetime(2026, 12, 31, 23, 59, 59, tzinfo=PARIS), id="the last of the year"),
    ],
)
@pytest.mark.parametrize(("purse", "cap"), [(Purse.ORDINARY, Cap.DAILY), (Purse.URGENT, Cap.URGENT_DAILY)])
def test_the_day_turns_at_midnight_of_the_house(evening: datetime, purse: Purse, cap: Cap) -> None:
    wallet = Wallet(daily=1, urgent_daily=1)
    wallet.spend([(ALICE, 1)], later(evening, hours=-22), purse)
    assert wallet.refused([(BOB, 1)], evening, purse).cap is cap
    wallet.spend([(BOB, 1)], later(evening, seconds=1), purse)
    wallet.refused([(BOB, 1)], later(evening, hours=22), purse)


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(datetime(2026, 3, 29, 1, 45, tzinfo=PARIS), id="summer time begins"),
        pytest.param(datetime(2026, 10, 25, 2, 45, tzinfo=PARIS), id="summer time ends"),
    ],
)
def test_an_hour_is_an_hour_when_the_clocks_change(before: datetime) -> None:
    wallet = Wallet(hourly=1)
    wallet.spend([(ALICE, 1)], before)
    assert wallet.refused([(ALICE, 1)], later(before, minutes=59)).cap is Cap.RECIPIENT
    wallet.spend([(ALICE, 1)], later(before, minutes=60))


@pytest.mark.parametrize("purse", COUNTED)
def test_what_the_gateway_did_not_take_may_be_spent_again(purse: Purse) -> None:
    wallet = Wallet(daily=6, hourly=4, urgent_daily=6)
    costs = [(ALICE, 2), (ALICE, 2), (BOB, 2)]
    spent = wallet.spend(costs, NOON, purse)
    wallet.refused([(BOB, 1)], NOON, purse)
    wallet.budget.give_back(*spent)
    wallet.spend(costs, later(NOON, minutes=1), purse)


def test_what_is_given_back_goes_to_the_purse_it_came_from() -> None:
    wallet = Wallet(daily=2, urgent_daily=2)
    wallet.spend([(ALICE, 2)], NOON)
    urgent = wallet.spend([(ALICE, 2)], NOON, URGENT)
    wallet.budget.give_back(*urgent)
    wallet.refused([(ALICE, 1)], NOON)
    wallet.spend([(ALICE, 2)], NOON, URGENT)


def test_only_the_message_given_back_is_given_back() -> None:
    wallet = Wallet(hourly=4)
    wallet.spend([(ALICE, 2)], NOON)
    second = wallet.spend([(ALICE, 2)], later(NOON, minutes=30))
    wallet.budget.give_back(*second)
    wallet.spend([(ALICE, 2)], later(NOON, minutes=59))
    # What is left of the first message ends with its own hour, not with that of the second.
    wallet.refused([(ALICE, 1)], later(NOON, minutes=59))
    wallet.spend([(ALICE, 2)], later(NOON, minutes=60))


def test_of_two_messages_taken_on_at_the_same_moment_each_is_given_back_by_itself() -> None:
    wallet = Wallet(daily=5, hourly=5)
    small, large = wallet.spend([(ALICE, 2)], NOON), wallet.spend([(ALICE, 3)], NOON)
    wallet.budget.give_back(*large)
    wallet.refused([(ALICE, 4)], NOON)
    wallet.spend([(ALICE, 3)], NOON)
    wallet.budget.give_back(*small)
    wallet.spend([(ALICE, 2)], NOON)


def test_what_is_given_back_twice_does_not_make_room_twice() -> None:
    wallet = Wallet(hourly=4)
    first = wallet.spend([(ALICE, 2)], NOON)
    wallet.spend([(ALICE, 2)], later(NOON, minutes=1))
    wallet.budget.give_back(*first)
    wallet.budget.give_back(*first)
    wallet.spend([(ALICE, 2)], later(NOON, minutes=2))
    wallet.refused([(ALICE, 1)], later(NOON, minutes=2))


def test_what_was_spent_yesterday_is_not_given_back_today() -> None:
    wallet = Wallet(daily=3)
    evening = datetime(2026, 6, 10, 23, 50, tzinfo=PARIS)
    yesterday = wallet.spend([(ALICE, 3)], evening)
    wallet.spend([(ALICE, 3)], later(evening, minutes=20))
    wallet.budget.give_back(*yesterday)
    assert wallet.refused([(ALICE, 1)], later(evening, minutes=21)).cap is Cap.DAILY


def test_giving_back_late_gives_back_the_day_but_no_hour_that_is_over() -> None:
    wallet = Wallet(daily=3, hourly=3)
    early = wallet.spend([(ALICE, 2)], NOON)
    wallet.spend([(ALICE, 1)], later(NOON, hours=2))
    wallet.budget.give_back(*early)
    assert wallet.spent_today == {Purse.ORDINARY: 1}
    wallet.spend([(ALICE, 2)], later(NOON, hours=2))
    wallet.refused([(ALICE, 1)], later(NOON, hours=3) - timedelta(seconds=1))


def test_a_day_never_has_more_room_than_its_limit() -> None:
    wallet = Wallet(daily=3)
    spent = wallet.spend([(ALICE, 3)], NOON)
    # A clock that was set forward and back again has begun the day anew meanwhile.
    wallet.spend([], later(NOON, hours=24))
    wallet.spend([], NOON)
    wallet.budget.give_back(*spent)
    assert wallet.spent_today == {}
    wallet.spend([(ALICE, 3)], NOON)
    wallet.refused([(ALICE, 1)], NOON)


def test_a_message_kept_over_a_restart_can_be_given_back_after_it() -> None:
    night = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=PARIS)
    wallet = Wallet(daily=2, hourly=2)
    key, expense = wallet.spend([(ALICE, 2)], night)
    wallet = wallet.restarted()
    # As it is read from disk: the same moment, but without its zone.
    wallet.budget.give_back(key, replace(expense, at=datetime.fromisoformat(night.isoformat())))
    wallet.spend([(ALICE, 2)], later(night, minutes=1))


def test_what_was_spent_before_a_restart_counts_after_it() -> None:
    wallet = Wallet(daily=5, hourly=3, urgent_daily=2)
    wallet.spend([(ALICE, 2), (BOB, 1)], NOON)
    wallet.spend([(ALICE, 2)], NOON, URGENT)
    wallet = wallet.restarted()
    assert wallet.refused([(ALICE, 2)], NOON).cap is Cap.RECIPIENT
    assert wallet.refused([(BOB, 1), ("+33700000001", 2)], NOON).cap is Cap.DAILY
    assert wallet.refused([(BOB, 1)], NOON, URGENT).cap is Cap.URGENT_DAILY
    wallet.spend([(ALICE, 1)], NOON)


def test_what_was_spent_before_a_restart_counts_no_longer_than_its_hour() -> None:
    wallet = Wallet(hourly=2)
    wallet.spend([(ALICE, 2)], NOON)
    wallet = wallet.restarted()
    wallet.refused([(ALICE, 1)], later(NOON, minutes=59))
    wallet.spend([(ALICE, 2)], later(NOON, minutes=60))
    assert len(wallet.budget.recent) == 1


def test_a_clock_that_ran_ahead_and_was_set_right_does_not_bar_anybody() -> None:
    wallet = Wallet(daily=1, hourly=1)
    wallet.spend([(ALICE, 1)], datetime(2040, 1, 1, tzinfo=PARIS))
    wallet.spend([(ALICE, 1)], NOON)
    wallet.refused([(ALICE, 1)], NOON)


def test_memory_is_that_of_the_last_hour_however_long_the_house_stands() -> None:
    wallet = Wallet()
    for minute in range(5_000):
        spent = wallet.spend([(f"+336{minute:08}", 1), (ALICE, 1)], later(NOON, minutes=minute))
        if minute % 3 == 0:
            wallet.budget.give_back(*spent)
        assert len(wallet.budget.recent) <= 60
        assert len(wallet.budget._spent_on) <= 61


def test_targets_of_refused_messages_are_not_remembered() -> None:
    wallet = Wallet()
    for index in range(100):
        wallet.budget.give_back(*wallet.spend([(f"+336{index:08}", 1)], NOON))
    assert not wallet.budget.recent
    assert not wallet.budget._spent_on


class Life(RuleBasedStateMachine):
    """A budget beside a book in which every message is written down and added up anew each time."""

    @initialize(
        daily=st.integers(0, 30),
        urgent_daily=st.integers(0, 10),
        hourly=st.integers(0, 12),
        # Some days start shortly before the clocks change.
        start=st.sampled_from([NOON, datetime(2026, 3, 29, 0, tzinfo=PARIS), datetime(2026, 10, 25, 0, tzinfo=PARIS)]),
    )
    def begin(self, daily: int, urgent_daily: int, hourly: int, start: datetime) -> None:
        self.wallet = Wallet(daily, hourly, urgent_daily)
        self.limits = {Purse.ORDINARY: daily, URGENT: urgent_daily}
        self.hourly = hourly
        self.now = start
        self.book: dict[str, Expense] = {}

    @rule(minutes=st.sampled_from([0, 1, 7, 29, 31, 60, 600]))
    def wait(self, minutes: int) -> None:
        self.now = later(self.now, minutes=minutes)

    @rule(
        costs=st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 5)), max_size=4),
        purse=st.sampled_from(COUNTED),
    )
    def spend(self, costs: list[Cost], purse: Purse) -> None:
        today, hour = self.added_up()
        wanted = Counter[str]()
        for target, segments in costs:
            wanted[target] += segments
        too_much = 0 < self.limits[purse] < today[purse] + wanted.total() or any(
            0 < self.hourly < hour[purse, target] + wanted[target] for target in wanted
        )
        if too_much:
            self.wallet.refused(costs, self.now, purse)
        else:
            key, expense = self.wallet.spend(costs, self.now, purse)
            self.book[key] = expense

    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        if self.book:
            key = data.draw(st.sampled_from(list(self.book)))
            self.wallet.budget.give_back(key, self.book.pop(key))

    @rule()
    def restart(self) -> None:
        self.wallet = self.wallet.restarted()

    def added_up(self) -> tuple[Counter[Purse], Counter[tuple[Purse, str]]]:
        today, hour = Counter[Purse](), Counter[tuple[Purse, str]]()
        for expense in self.book.values():
            for target, segments in expense.costs:
                today[expense.purse] += segments if expense.at.date() == self.now.date() else 0
                if self.now.astimezone(UTC) - expense.at.astimezone(UTC) < timedelta(hours=1):
                    hour[expense.purse, target] += segments
        return today, hour

    @invariant()
    def it_knows_what_the_book_says(self) -> None:
        if not hasattr(self, "book"):
            return
        self.wallet.budget.spend([], self.now)
        today, hour = self.added_up()
        assert self.wallet.budget.spent_today == today
        assert self.wallet.budget._spent_on == hour


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def test_who_is_left_out_of_a_message_has_room_again_and_the_others_have_not() -> None:
    wallet = Wallet(daily=10, hourly=5)
    key, expense = wallet.spend([(ALICE, 5), (BOB, 5)], NOON)
    wallet.budget.leave_out(key, expense, BOB)
    assert wallet.refused([(ALICE, 1)], NOON).cap is Cap.RECIPIENT
    wallet.spend([(BOB, 5)], NOON)
    assert wallet.refused([("+33700000001", 1)], NOON).cap is Cap.DAILY


def test_what_was_left_of_a_message_is_given_back_once() -> None:
    wallet = Wallet(daily=10, hourly=5)
    key, expense = wallet.spend([(ALICE, 5), (BOB, 5)], NOON)
    wallet.budget.leave_out(key, expense, BOB)
    wallet.budget.give_back(key, replace(expense, costs=((ALICE, 5),)))
    assert wallet.spent_today == {}
    assert not wallet.budget.recent
    wallet.spend([(ALICE, 5), (BOB, 5)], NOON)


def test_who_is_left_out_the_day_after_has_cost_nothing_on_that_day_either() -> None:
    wallet = Wallet(daily=10)
    key, expense = wallet.spend([(ALICE, 2), (BOB, 2)], NOON)
    tomorrow = later(NOON, days=1)
    wallet.spend([(ALICE, 7)], tomorrow)
    wallet.budget.leave_out(key, expense, BOB)
    assert wallet.spent_today == {Purse.ORDINARY: 7}
    assert wallet.budget.runway.on(NOON.date()) == 2
