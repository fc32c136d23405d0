"""The age of a sent message when the wall clock is set: not forgotten, and asked for as before."""

from datetime import timedelta

import pytest

from tests.support.clocks import Clocks
from tests.support.dialogs import ACTIVE, active, alert, ask, last, open_questions
from tests.support.house import ALICE_DIGITS, House
from tests.support.sends import send

SETTINGS = [
    pytest.param(timedelta(days=9000), id="years ahead, as after a start without a battery"),
    pytest.param(timedelta(days=3), id="three days ahead"),
    pytest.param(timedelta(days=-3), id="three days back"),
]


@pytest.fixture
async def clocks(house: House, monkeypatch: pytest.MonkeyPatch) -> Clocks:
    clocks = Clocks(house, monkeypatch)
    # So that what is set ahead is right then.
    clocks.set_wall(timedelta(days=-9000))
    await house.async_reload()
    return clocks


async def _set(house: House, clocks: Clocks, by: timedelta) -> None:
    """Set the clock of the house, and wait until it is noticed; the gateway's goes on."""
    await house.gateway.advance(-by.total_seconds())
    clocks.set_wall(by)
    for _ in range(9):
        await clocks.async_pass(seconds=15)


@pytest.mark.parametrize("by", SETTINGS)
async def test_an_ok_is_understood_after_the_clock_was_set(house: House, clocks: Clocks, by: timedelta) -> None:
    await alert(house, steps=[{"target": "Alice", "delivery_timeout": {"minutes": 20}}])
    await clocks.async_pass(seconds=5)
    await house.gateway.report((await last(house)).id, ALICE_DIGITS, 11, callback=False)
    await clocks.async_pass(seconds=16)
    await _set(house, clocks, by)
    await house.gateway.reply(ALICE_DIGITS, "OK", callback=False)
    for _ in range(5):
        await clocks.async_pass(seconds=15)
    assert active(house) == 0


@pytest.mark.parametrize("by", SETTINGS)
async def test_a_delivery_is_known_in_time_after_the_clock_was_set(house: House, clocks: Clocks, by: timedelta) -> None:
    await alert(house, steps=[{"target": "Alice", "delivery_timeout": {"minutes": 20}}])
    await clocks.async_pass(seconds=5)
    await _set(house, clocks, by)
    await house.gateway.report((await last(house)).id, ALICE_DIGITS, 11, callback=False)
    for _ in range(5):
        await clocks.async_pass(seconds=15)
    assert house.state(ACTIVE).attributes["alerts"][0]["state"] == "waiting"


async def test_a_question_goes_on_over_a_restart_after_the_clock_was_set(house: House, clocks: Clocks) -> None:
    asker = await ask(house, timeout={"minutes": 30})
    await house.gateway.report((await last(house)).id, ALICE_DIGITS, 11, callback=False)
    await clocks.async_pass(seconds=16)
    await _set(house, clocks, timedelta(days=9000))
    await house.async_reload()
    assert open_questions(house) == 1
    await asker.cancel()


async def test_the_time_of_a_scheduled_message_stays(house: House, clocks: Clocks) -> None:
    await send(house, send_at=(clocks_now := house.account.clock.now() + timedelta(hours=2)).isoformat())
    (message,) = house.account.store.state.message_log.messages.values()
    await _set(house, clocks, timedelta(minutes=10))
    assert message.sent_at == clocks_now


async def test_a_delivery_of_an_earlier_life_is_known_after_a_start_with_an_old_clock(
    house: House, clocks: Clocks
) -> None:
    await alert(house, steps=[{"target": "Alice", "delivery_timeout": {"minutes": 20}}])
    await clocks.async_pass(seconds=5)
    clocks.set_wall(timedelta(days=-1000))
    await house.async_reload()
    await clocks.async_pass(seconds=30)
    await _set(house, clocks, timedelta(days=1000))
    await house.gateway.report((await last(house)).id, ALICE_DIGITS, 11, callback=False)
    for _ in range(5):
        await clocks.async_pass(seconds=15)
    assert house.state(ACTIVE).attributes["alerts"][0]["state"] == "waiting"


async def test_a_delivery_is_known_though_nothing_waits_that_would_notice_the_clock(
    house: House, clocks: Clocks
) -> None:
    reports = house.capture("smsmode_delivery_report")
    await send(house)
    clocks.set_wall(timedelta(days=-1000))
    await house.async_reload()
    await clocks.async_pass(seconds=30)
    clocks.set_wall(timedelta(days=1000))
    await house.gateway.report((await last(house)).id, ALICE_DIGITS, 11, callback=False)
    for _ in range(3):
        await clocks.async_pass(minutes=5)
    assert [event.data["status"] for event in reports][-1:] == ["received"]
