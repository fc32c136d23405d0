"""Spending of each day, and how long the credits last."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from hypothesis import given
from hypothesis import strategies as st
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.state.budget import DAYS_KEPT, Budget, BudgetPool, Expense, SpendingHistory
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, BOB, House

TODAY = date(2026, 6, 10)
PARIS = ZoneInfo("Europe/Paris")
SPENT_TODAY, SPENT_THIS_MONTH, DAYS_LEFT = (
    "sensor.home_spent_today",
    "sensor.home_spent_this_month",
    "sensor.home_days_left",
)
DAYS = st.dates(date(2026, 4, 1), date(2026, 6, 30))


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def runway(**spent: int) -> SpendingHistory:
    """Give a runway of what was spent so many days ago: ``d3=5``."""
    written = SpendingHistory()
    for name, segments in spent.items():
        written.add(ago(int(name.removeprefix("d"))), segments)
    return written


@pytest.mark.parametrize(
    ("spent", "balance", "left"),
    [
        pytest.param({}, 100, None, id="nothing was ever spent"),
        pytest.param({"d0": 5}, 100, None, id="the first day"),
        pytest.param({"d1": 5, "d0": 3}, 100, None, id="the second day"),
        pytest.param({"d2": 5}, 100, 140, id="the third day, as if it were a week"),
        pytest.param({"d6": 5}, 100, 140, id="a week"),
        pytest.param({"d7": 5}, 100, 160, id="more than a week, nothing today"),
        pytest.param({"d9": 10, "d0": 10}, 100, 50, id="ten days"),
        pytest.param({"d29": 30}, 100, 100, id="thirty days"),
        pytest.param({"d30": 30}, 100, None, id="what is older is not the present pace"),
        pytest.param({"d45": 500, "d0": 3}, 100, 1000, id="a long history in which little was spent lately"),
        pytest.param({"d2": 3}, 10, 23, id="whole days, begun ones not counted"),
        pytest.param({"d2": 3}, 0, 0, id="nothing left"),
        pytest.param({"d2": 3}, -20, None, id="post-paid"),
        pytest.param({"d-5": 7}, 100, None, id="a day that has not come yet, of a clock that was wrong"),
    ],
)
def test_the_days_left_follow_the_pace_of_the_last_thirty_days(
    spent: dict[str, int], balance: int, left: int | None
) -> None:
    assert runway(**spent).days_left(Decimal(balance), TODAY) == left


def test_a_month_begins_with_its_first_day() -> None:
    spent = runway(d0=1, d9=2, d10=4, d31=8)
    assert (spent.spent_on(TODAY), spent.spent_in_month(TODAY)) == (1, 3)
    assert spent.spent_in_month(date(2026, 5, 31)) == 4 + 8
    assert spent.spent_in_month(date(2026, 7, 1)) == 0


def test_what_is_given_back_was_never_spent() -> None:
    spent = runway(d0=3)
    spent.subtract(TODAY, 3)
    spent.subtract(ago(400), 5)
    assert spent.spent_on(TODAY) == spent.spent_on(ago(400)) == 0
    assert not spent.days


def test_a_clock_that_was_wrong_for_an_hour_makes_nothing_old() -> None:
    spent = SpendingHistory()
    for days in reversed(range(DAYS_KEPT - 1)):
        spent.add(ago(days), 1)
    spent.add(date(2099, 1, 1), 1)
    for days in range(3):
        spent.add(TODAY + timedelta(days=days), 1)
    assert spent.days_left(Decimal(31), TODAY) == 30
    assert len(spent.days) <= DAYS_KEPT
    assert "2099-01-01" not in spent.days


@given(
    st.lists(st.tuples(DAYS, st.integers(1, 500), st.booleans()), max_size=150),
    st.decimals(0, 100_000, places=1),
)
def test_whatever_is_spent_is_counted_once_and_in_bounds(spent: list[tuple[date, int, bool]], balance: Decimal) -> None:
    kept, counted = SpendingHistory(), Counter[date]()
    for day, segments, is_refused in sorted(spent):
        kept.add(day, segments)
        if is_refused:
            kept.subtract(day, segments)
        else:
            counted[day] += segments
    assert len(kept.days) <= DAYS_KEPT
    assert all(segments > 0 for segments in kept.days.values())
    last = max(counted, default=TODAY)
    assert kept.spent_on(last) == counted[last]
    assert kept.spent_in_month(last) == sum(
        segments for day, segments in counted.items() if (day.year, day.month) == (last.year, last.month)
    )
    left = kept.days_left(balance, last)
    lately = sum(segments for day, segments in counted.items() if last - day < timedelta(days=30))
    first = min((day for day, segments in counted.items() if segments and day <= last), default=last)
    assert (left is None) is (lately == 0 or last - first < timedelta(days=2))
    assert left is None or left * lately <= balance * 30


@pytest.mark.parametrize(
    ("at", "later"),
    [
        pytest.param(datetime(2026, 3, 29, 1, 30, tzinfo=PARIS), timedelta(hours=3), id="a day of 23 hours"),
        pytest.param(datetime(2026, 10, 25, 1, 30, tzinfo=PARIS), timedelta(hours=3), id="a day of 25 hours"),
        pytest.param(
            datetime(2026, 10, 25, 0, 0, tzinfo=PARIS), timedelta(hours=24, minutes=59), id="the last hour of 25"
        ),
    ],
)
def test_a_day_is_one_day_whatever_the_clocks_do(at: datetime, later: timedelta) -> None:
    budget = Budget()
    first = at.astimezone(UTC)
    for moment in (first, first + later):
        local = moment.astimezone(PARIS)
        budget.reserve([(str(moment), Expense(at=local, costs=(("+33612345678", 2),)))], local)
    assert dict(budget.history.days) == {at.date().isoformat(): 4}


def test_urgent_messages_cost_too() -> None:
    budget, now = Budget(), datetime(2026, 6, 10, 12, tzinfo=PARIS)
    for purse in (BudgetPool.ORDINARY, BudgetPool.URGENT, BudgetPool.PROVISIONAL):
        budget.reserve([(purse, Expense(at=now, costs=(("+33612345678", 2),), pool=purse))], now)
    assert budget.history.spent_on(TODAY) == 4


@pytest.fixture
async def paris(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    gateway: Gateway,
    entry: MockConfigEntry,
    request: pytest.FixtureRequest,
) -> House:
    """Give a house in Paris, at a time of its own."""
    await hass.config.async_set_time_zone("Europe/Paris")
    freezer.move_to(datetime.fromisoformat(request.param).replace(tzinfo=PARIS).astimezone(UTC))
    house = House(hass, freezer, gateway, entry)
    await house.async_set_up()
    return house


def shown(house: House) -> tuple[str, str, str]:
    return house.state(SPENT_TODAY).state, house.state(SPENT_THIS_MONTH).state, house.state(DAYS_LEFT).state


def reset_at(house: House, entity_id: str) -> datetime:
    return datetime.fromisoformat(house.state(entity_id).attributes["last_reset"])


@pytest.mark.parametrize("paris", ["2026-06-29 12:00"], indirect=True)
async def test_the_day_and_the_month_begin_at_local_midnight(paris: House) -> None:
    assert shown(paris) == ("0", "0", "unknown")
    await paris.async_call("send_message", message="x" * 200, target=["Alice"])
    await paris.async_poll()
    assert shown(paris) == ("2", "2", "unknown")
    await paris.async_wait(hours=11, minutes=59, seconds=59)
    assert shown(paris) == ("2", "2", "unknown")
    await paris.async_wait(seconds=2)
    assert shown(paris) == ("0", "2", "unknown")
    assert reset_at(paris, SPENT_TODAY) == datetime(2026, 6, 30, tzinfo=PARIS)
    assert reset_at(paris, SPENT_THIS_MONTH) == datetime(2026, 6, 1, tzinfo=PARIS)
    await paris.async_wait(hours=24)
    # The third day, as if two segments were spent in a week.
    assert shown(paris) == ("0", "0", "343")
    assert reset_at(paris, SPENT_THIS_MONTH) == datetime(2026, 7, 1, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("paris", "hours"),
    [
        pytest.param("2026-03-29 00:00", 23, id="spring"),
        pytest.param("2026-10-25 00:00", 25, id="autumn"),
    ],
    indirect=["paris"],
)
async def test_the_night_in_which_the_clocks_change_is_part_of_one_day(paris: House, hours: int) -> None:
    await paris.async_call("send_message", message="x", target=["Alice"])
    await paris.async_wait(hours=hours, seconds=-1)
    assert shown(paris)[0] == "1"
    midnight = dt_util.start_of_local_day()
    await paris.async_wait(seconds=1)
    assert shown(paris)[0] == "0"
    assert reset_at(paris, SPENT_TODAY).timestamp() - midnight.timestamp() == hours * 3600


@pytest.mark.parametrize("paris", ["2026-06-29 12:00"], indirect=True)
async def test_what_was_spent_is_known_after_a_restart(paris: House) -> None:
    await paris.async_call("send_message", message="x", target=["Alice"])
    await paris.async_poll()
    before = shown(paris)
    await paris.async_reload()
    assert shown(paris) == before == ("1", "1", "unknown")


@pytest.mark.parametrize("paris", ["2026-06-29 12:00"], indirect=True)
async def test_what_the_gateway_refused_was_not_spent(paris: House) -> None:
    await paris.gateway.fail("sendSMS.do", "code:50")
    await paris.async_call("send_message", message="x", target=["Alice"])
    assert shown(paris)[0] == "1"
    await paris.async_call("flush", mode="drop")
    assert shown(paris)[0] == "0"


@pytest.mark.parametrize("paris", ["2026-06-29 12:00"], indirect=True)
async def test_a_recipient_who_is_left_out_costs_nothing(paris: House) -> None:
    await paris.gateway.fail("sendSMS.do", "code:50")
    await paris.async_call("send_message", message="x" * 200, target=["Alice", BOB])
    assert shown(paris)[0] == "4"
    await paris.async_call("delete_message", number=BOB)
    assert shown(paris)[0] == "2"
    await paris.async_call("flush", mode="retry")
    (message,) = await paris.gateway.messages()
    assert (message.numbers, shown(paris)[0]) == ([ALICE_DIGITS], "2")


@pytest.mark.parametrize("paris", ["2026-06-29 12:00"], indirect=True)
async def test_a_post_paid_account_does_not_run_out(paris: House) -> None:
    await paris.async_call("send_message", message="x", target=["Alice"])
    await paris.gateway.set(balance=-12.5)
    await paris.async_poll()
    assert shown(paris) == ("1", "1", "unknown")


@pytest.mark.parametrize("paris", ["2026-06-29 12:00"], indirect=True)
async def test_without_the_gateway_what_was_spent_is_known_still(paris: House) -> None:
    async with paris.gateway.offline():
        await paris.async_poll()
        assert shown(paris) == ("0", "0", "unknown")
