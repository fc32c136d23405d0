"""Deadlines that a clock ahead of time has set, in a life that is over when the clock is put right."""

from datetime import timedelta

import pytest

from tests.support.clocks import Clocks
from tests.support.dialogs import alert, sent
from tests.support.house import ALICE_DIGITS, House
from tests.support.sends import queued

AHEAD = [pytest.param(timedelta(hours=1), id="an hour"), pytest.param(timedelta(days=2), id="two days")]
AT_START = [pytest.param(True, id="put right meanwhile"), pytest.param(False, id="put right after the start")]


@pytest.fixture
async def clocks(house: House, monkeypatch: pytest.MonkeyPatch) -> Clocks:
    return Clocks(house, monkeypatch)


async def _start_ahead(house: House, clocks: Clocks, ahead: timedelta) -> None:
    """Start the account with a clock that is ahead."""
    clocks.set_wall(ahead)
    await house.async_reload()


async def _start_again(house: House, clocks: Clocks, ahead: timedelta, *, right_at_start: bool) -> None:
    """Start the account again; the clock, which was ahead, is put right meanwhile or a minute later."""
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    if right_at_start:
        clocks.set_wall(-ahead)
    await house.async_set_up()
    await clocks.async_pass(seconds=60)
    if not right_at_start:
        clocks.set_wall(-ahead)
        await clocks.async_pass(seconds=60)


@pytest.mark.parametrize("right_at_start", AT_START)
@pytest.mark.parametrize("ahead", AHEAD)
async def test_the_next_person_is_alarmed_in_time(
    house: House, clocks: Clocks, ahead: timedelta, right_at_start: bool
) -> None:
    await _start_ahead(house, clocks, ahead)
    await alert(house)
    await _start_again(house, clocks, ahead, right_at_start=right_at_start)
    for _ in range(5):
        await clocks.async_pass(seconds=60)
    assert len(await sent(house)) == 2


@pytest.mark.parametrize("right_at_start", AT_START)
@pytest.mark.parametrize("ahead", AHEAD)
async def test_what_waits_leaves_soon(house: House, clocks: Clocks, ahead: timedelta, right_at_start: bool) -> None:
    await _start_ahead(house, clocks, ahead)
    async with house.gateway.offline():
        await house.async_call("send_message", message="Water", target="Alice")
        await _start_again(house, clocks, ahead, right_at_start=right_at_start)
    for _ in range(6):
        await clocks.async_pass(seconds=60)
    assert len(await sent(house)) == 1


@pytest.mark.parametrize("right_at_start", AT_START)
@pytest.mark.parametrize("ahead", AHEAD)
async def test_what_cannot_leave_expires_in_time(
    house: House, clocks: Clocks, ahead: timedelta, right_at_start: bool
) -> None:
    await _start_ahead(house, clocks, ahead)
    reports = house.capture("smsmode_delivery_report")
    async with house.gateway.offline():
        await house.async_call("send_message", message="Water", target="Alice", expires_after={"minutes": 20})
        await _start_again(house, clocks, ahead, right_at_start=right_at_start)
        for _ in range(21):
            await clocks.async_pass(seconds=60)
    assert [report.data["status"] for report in reports] == ["expired"]
    assert queued(house) == 0


async def test_what_an_earlier_life_set_goes_with_a_clock_that_was_right_before_it_was_set(
    house: House, clocks: Clocks
) -> None:
    """After a start with a right clock, one that goes two days ahead spoils no deadline of the life before."""
    reports = house.capture("smsmode_delivery_report")
    await alert(house, steps=[{"target": "Alice", "delivery_timeout": {"minutes": 30}}, {"target": "+33698765432"}])
    await house.gateway.fail("sendSMS.do", "code:50", times=None)
    await house.async_call("send_message", message="Later", target="Alice", expires_after={"minutes": 30})
    await house.async_reload()
    await house.async_poll()
    clocks.set_wall(timedelta(days=2))
    for _ in range(5):
        await clocks.async_pass(seconds=60)
    assert (await sent(house), queued(house)) == ([("Water", [ALICE_DIGITS])], 1)
    reports.clear()
    clocks.set_wall(timedelta(days=-2))
    for _ in range(26):
        await clocks.async_pass(seconds=60)
    assert [report.data["status"] for report in reports] == ["expired"]
