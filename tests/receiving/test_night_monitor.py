"""Nights of the marketing channel: an SMS that leaves at night and arrives nowhere before the day is told."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from custom_components.smsmode.receiving.night_monitor import is_at_night
from tests.support.action_calls import send
from tests.support.house import House

PARIS = ZoneInfo("Europe/Paris")
# The house begins at ten in the morning, on a Tuesday.
BEGIN = datetime(2026, 7, 14, 10, 0, tzinfo=PARIS)
TO_NIGHT = timedelta(hours=17)
TO_MORNING = timedelta(hours=4, minutes=50)
ABROAD = "+41791234567"


@pytest.fixture(autouse=True)
def begin(freezer: FrozenDateTimeFactory) -> None:
    """Set the time before the house is set up."""
    freezer.move_to(BEGIN)


def is_shown(house: House) -> bool:
    """Return whether the issue of the night is raised."""
    issue = ir.async_get(house.hass).async_get_issue("smsmode", f"night_delivery_{house.entry.entry_id}")
    return issue is not None and issue.active


async def leave_at_night(house: House, target: str = "Alice") -> str:
    """Send an SMS at three in the morning; return its id."""
    await house.async_wait(seconds=TO_NIGHT.total_seconds())
    return await send(house, target=[target])


async def wait_for_morning(house: House) -> None:
    """Wait until ten minutes before eight, and poll the reports."""
    await house.async_wait(seconds=TO_MORNING.total_seconds())
    await house.async_poll()
    await house.async_wait(minutes=10)


@pytest.mark.parametrize(("night", "expected"), [("sends", False), ("holds", True), ("rejects", True)])
async def test_what_the_gateway_does_not_deliver_at_night_is_told_by_the_morning(
    house: House, night: str, expected: bool
) -> None:
    await house.gateway.set(night=night, progression=5)
    await leave_at_night(house)
    await house.async_wait(seconds=60)
    await house.async_poll()
    assert is_shown(house) is (night == "rejects")
    await wait_for_morning(house)
    assert is_shown(house) is expected


async def test_an_sms_that_no_operator_reported_by_noon_is_told_to_a_house_that_starts_late(house: House) -> None:
    await house.gateway.set(night="holds")
    await leave_at_night(house)
    await house.async_wait(hours=8)
    await house.async_reload()
    await house.async_wait(minutes=10)
    assert is_shown(house)


async def test_of_an_sms_by_day_abroad_or_of_the_last_minutes_nothing_is_told(house: House) -> None:
    await send(house)
    await leave_at_night(house, ABROAD)
    await house.async_wait(seconds=TO_MORNING.total_seconds() - 600)
    await send(house, message="Just now")
    await house.async_wait(minutes=10)
    assert not is_shown(house)


async def test_an_sms_that_arrives_at_night_clears_the_issue(house: House) -> None:
    await house.gateway.set(night="rejects", progression=5)
    await leave_at_night(house)
    await house.async_wait(seconds=60)
    await house.async_poll()
    assert is_shown(house)
    await house.gateway.set(night="sends")
    await send(house, message="Still awake?")
    await house.async_wait(seconds=60)
    await house.async_poll()
    assert not is_shown(house)


async def test_an_sms_that_waited_for_the_day_does_not_clear_the_issue(house: House) -> None:
    await house.gateway.set(night="holds", progression=5)
    await leave_at_night(house)
    await wait_for_morning(house)
    await house.async_wait(minutes=60)
    await house.async_poll()
    assert house.state("sensor.alice_last_status").state == "received"
    assert is_shown(house)


async def test_the_issue_stays_until_a_person_has_read_it(hass: HomeAssistant, house: House) -> None:
    await house.gateway.set(night="rejects")
    await leave_at_night(house)
    await house.async_poll()
    assert is_shown(house)
    await house.async_reload()
    assert is_shown(house)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 7, 14, 7, 59, tzinfo=PARIS), True),
        (datetime(2026, 7, 14, 8, 0, tzinfo=PARIS), False),
        (datetime(2026, 7, 14, 19, 59, tzinfo=PARIS), False),
        (datetime(2026, 7, 14, 20, 0, tzinfo=PARIS), True),
        (datetime(2026, 7, 19, 12, 0, tzinfo=PARIS), True),
    ],
)
def test_night_is_from_eight_to_eight_and_all_sunday(moment: datetime, expected: bool) -> None:
    assert is_at_night(moment) is expected
