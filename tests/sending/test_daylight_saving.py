"""The two nights in which the clock is set: an hour stays an hour, and midnight is midnight."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.support.gateway import Gateway
from tests.support.house import BOB_DIGITS, House, account_entry

PARIS = ZoneInfo("Europe/Paris")
FORWARD = datetime(2027, 3, 28, tzinfo=PARIS)
BACK = datetime(2027, 10, 31, tzinfo=PARIS)
NIGHTS = pytest.mark.parametrize("day", [FORWARD, BACK], ids=["forward", "back"])


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Give an account that may send one segment a day."""
    return account_entry(gateway, daily_limit=1, recipient_hourly_limit=0)


@pytest.fixture
async def asleep(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry
) -> House:
    """Give a house in Paris whose account is not set up yet."""
    await hass.config.async_set_time_zone("Europe/Paris")
    return House(hass, freezer, gateway, entry)


async def set_up(house: House, day: datetime, **time: int) -> None:
    """Set the account up at a time of that day."""
    house.freezer.move_to(day.replace(**time))  # type: ignore[arg-type]
    await house.async_set_up()


@NIGHTS
async def test_a_message_waits_as_long_as_it_may_by_any_clock(asleep: House, day: datetime) -> None:
    await set_up(asleep, day, hour=1, minute=30)
    reports = asleep.capture("smsmode_delivery_report")
    await asleep.gateway.fail("sendSMS.do", "code:50", None)
    await asleep.async_call("send_message", message="Water!", target=["Alice"], expires_after={"hours": 2})
    await asleep.async_wait(minutes=119)
    assert not reports
    await asleep.async_wait(minutes=1)
    assert [event.data["status"] for event in reports] == ["expired"]


@NIGHTS
async def test_a_scheduled_message_waits_as_long_as_it_may_by_any_clock(asleep: House, day: datetime) -> None:
    await set_up(asleep, day - timedelta(days=1), hour=22)
    await asleep.gateway.fail("sendSMS.do", "code:50", None)
    send_at = day.replace(minute=30)
    fields = {"message": "Water!", "target": ["Alice"], "send_at": send_at, "expires_after": {"hours": 4}}
    await asleep.async_call("send_message", **fields)
    (item,) = asleep.account.store.state.outbox.items.values()
    assert item.expires_at.astimezone(UTC) == send_at.astimezone(UTC) + timedelta(hours=4)


async def test_a_repetition_is_seen_as_the_clock_is_set_back(asleep: House) -> None:
    await set_up(asleep, BACK, hour=2, minute=59, second=30)
    await asleep.async_call("send_message", message="Water!", target=["Alice"], urgent=True)
    await asleep.async_wait(seconds=40)
    await asleep.async_call("send_message", message="Fire!", target=["Alice"], urgent=True)
    response = await asleep.async_call("send_message", message="Water!", target=["Alice"], urgent=True)
    assert [message["status"] for message in response["messages"]] == ["duplicate"]


@NIGHTS
async def test_a_limit_stands_in_the_way_until_the_midnight_of_that_day(asleep: House, day: datetime) -> None:
    await set_up(asleep, day, hour=0, minute=30)
    limits = asleep.capture("smsmode_limit_reached")
    await asleep.async_call("send_message", message="Water!", target=["Alice"])
    with pytest.raises(HomeAssistantError, match="may send in a day"):
        await asleep.async_call("send_message", message="Fire!", target=["Alice"])
    registry = ir.async_get(asleep.hass)
    issue_id = f"daily_limit_reached_{asleep.entry.entry_id}"
    # With what Home Assistant adds to a timer, this is just before midnight.
    midnight = (day + timedelta(days=1)).timestamp() - 2
    asleep.freezer.move_to(datetime.fromtimestamp(midnight, PARIS))
    await asleep.async_wait(seconds=0)
    with pytest.raises(HomeAssistantError, match="may send in a day"):
        await asleep.async_call("send_message", message="Smoke!", target=["Alice"])
    assert registry.async_get_issue("smsmode", issue_id)
    assert len(limits) == 1
    await asleep.async_wait(seconds=2)
    assert not registry.async_get_issue("smsmode", issue_id)
    await asleep.async_call("send_message", message="Smoke!", target=["Alice"])


async def test_replies_in_the_hour_that_autumn_repeats_come_in_time_and_in_order(asleep: House) -> None:
    await set_up(asleep, BACK, hour=1, minute=50)
    replies = asleep.capture("smsmode_reply")
    for minutes in (60, 20, 40):
        await asleep.async_wait(minutes=minutes)
        await asleep.gateway.reply(BOB_DIGITS, f"{minutes} minutes later", stray=True)
        await asleep.async_poll()
        assert asleep.state("sensor.home_last_reply").state == f"{minutes} minutes later"
    assert [event.data["received_at"][11:] for event in replies] == [
        "02:50:00+02:00",
        "02:10:00+01:00",
        "02:50:00+01:00",
    ]


async def test_a_reload_does_not_make_replies_late_in_the_hour_that_autumn_repeats(asleep: House) -> None:
    await set_up(asleep, BACK, hour=1, minute=50)
    replies = asleep.capture("smsmode_reply")
    for minutes in (10, 80):
        await asleep.async_wait(minutes=minutes)
        await asleep.gateway.reply(BOB_DIGITS, f"{minutes} minutes later", stray=True)
        await asleep.async_reload()
    assert [event.data["message"] for event in replies] == ["10 minutes later", "80 minutes later"]


@pytest.mark.parametrize(
    ("send_at", "local"),
    [
        pytest.param("2027-10-31T02:30:00+01:00", "2027-10-31T03:00:00+01:00", id="second pass"),
        pytest.param("2027-10-31 02:30:00", "2027-10-31T03:00:00+01:00", id="either"),
        pytest.param("2027-10-31T01:30:00Z", "2027-10-31T03:00:00+01:00", id="UTC"),
        pytest.param("2027-03-28 02:30:00", "2027-03-28T03:30:00+02:00", id="skipped"),
        pytest.param("2027-10-31 03:00:00", None, id="behind"),
        pytest.param("2027-10-31T01:59:00+02:00", None, id="before"),
        pytest.param("2027-03-28 03:30:00", None, id="spring"),
    ],
)
async def test_a_message_never_leaves_an_hour_early(asleep: House, send_at: str, local: str | None) -> None:
    await set_up(asleep, datetime(2027, 3, 27, tzinfo=PARIS), hour=12)
    asleep.freezer.move_to("2027-03-27T12:00:00+01:00" if "-03-" in send_at else "2027-10-30T12:00:00+02:00")
    response = await asleep.async_call("send_message", message="Water!", target=["Alice"], send_at=send_at)
    (message,) = response["messages"]
    if local is None:
        assert "warnings" not in response
        return
    assert message["send_at"] == local
    assert response["warnings"] == [{"reason": "send_at_moved", "send_at": local}]
    (held,) = await asleep.gateway.messages()
    assert datetime.fromisoformat(held.leaves_at) == datetime.fromisoformat(local)


async def test_a_message_that_may_leave_an_hour_late_says_so(asleep: House) -> None:
    await set_up(asleep, datetime(2027, 10, 30, tzinfo=PARIS), hour=12)
    send_at = "2027-10-31T02:30:00+02:00"
    response = await asleep.async_call("send_message", message="Water!", target=["Alice"], send_at=send_at)
    assert response["warnings"] == [{"reason": "send_at_ambiguous", "send_at": send_at}]


async def test_the_same_rule_holds_for_calls_batches_and_previews(asleep: House) -> None:
    await set_up(asleep, datetime(2027, 10, 30, tzinfo=PARIS), hour=12)
    send_at = "2027-10-31T02:30:00+01:00"
    moved = [{"reason": "send_at_moved", "send_at": "2027-10-31T03:00:00+01:00"}]
    rows = [{"target": "Alice", "message": "Hi"}]
    fields = {"message": "Hello", "target": ["Alice"], "send_at": send_at}
    assert (await asleep.async_call("preview_message", **fields))["warnings"] == moved
    assert (await asleep.async_call("send_batch", messages=rows, send_at=send_at))["warnings"] == moved


async def test_a_time_that_another_zone_repeats_is_the_later_one(asleep: House) -> None:
    await asleep.hass.config.async_set_time_zone("America/New_York")
    await set_up(asleep, datetime(2027, 11, 6, tzinfo=PARIS), hour=12)
    fields = {"message": "Hello", "target": ["Alice"], "send_at": "2027-11-07 01:30:00"}
    response = await asleep.async_call("preview_message", **fields)
    assert response["warnings"] == [{"reason": "send_at_moved", "send_at": "2027-11-07T01:30:00-05:00"}]
    response = await asleep.async_call("preview_message", **fields | {"send_at": "2027-11-07T01:30:00-04:00"})
    assert "warnings" not in response
    assert response["scheduled"][0]["send_at"] == "2027-11-07T01:30:00-04:00"
