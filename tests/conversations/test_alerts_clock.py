"""Alerts and questions under clocks that are set: nobody waits for ever or is alarmed too early."""

from datetime import timedelta

import pytest
from homeassistant.util import dt as dt_util

from tests.support.clocks import Clocks
from tests.support.dialogs import alert, ask, open_questions, report, sent
from tests.support.house import ALICE_DIGITS, BOB_DIGITS, House

SETTINGS = [
    pytest.param(timedelta(milliseconds=-50), id="50 ms back"),
    pytest.param(timedelta(seconds=-1), id="a second back"),
    pytest.param(timedelta(seconds=4), id="4 s ahead"),
    pytest.param(timedelta(hours=-1), id="an hour back"),
    pytest.param(timedelta(hours=1), id="an hour ahead"),
    pytest.param(timedelta(days=-9000), id="years back"),
    pytest.param(timedelta(days=2), id="two days ahead"),
]
BOTH = [("Water", [ALICE_DIGITS]), ("Water", [BOB_DIGITS])]


@pytest.fixture
async def clocks(house: House, monkeypatch: pytest.MonkeyPatch) -> Clocks:
    clocks = Clocks(house, monkeypatch)
    await house.async_reload()
    return clocks


@pytest.mark.parametrize("by", SETTINGS)
async def test_the_next_person_is_alarmed_in_time_however_the_clock_is_set(
    house: House, clocks: Clocks, by: timedelta
) -> None:
    await alert(house)
    await clocks.async_pass(seconds=90)
    clocks.set_wall(by)
    await clocks.async_pass(seconds=80)
    assert await sent(house) == BOTH[:1]
    await clocks.async_pass(seconds=10)
    await clocks.async_pass(seconds=60)
    assert await sent(house) == BOTH


@pytest.mark.parametrize("by", SETTINGS)
async def test_a_question_is_closed_in_time_however_the_clock_is_set(
    house: House, clocks: Clocks, by: timedelta
) -> None:
    asker = await ask(house, timeout={"minutes": 10})
    await clocks.async_pass(minutes=5)
    clocks.set_wall(by)
    await clocks.async_pass(minutes=4)
    assert open_questions(house) == 1
    await clocks.async_pass(minutes=1)
    await clocks.async_pass(minutes=1)
    assert (await asker.response())["timed_out"]
    assert open_questions(house) == 0


async def test_a_start_with_an_old_clock_spoils_no_deadline_of_an_earlier_life(house: House, clocks: Clocks) -> None:
    """A board without a battery starts three hours behind, and learns the time minutes later."""
    async with house.gateway.offline():
        await house.async_call("send_message", message="Water", target="Alice", expires_after={"hours": 6})
        (item,) = house.account.store.state.outbox.items.values()
        expires_at = item.expires_at
        await clocks.async_pass(seconds=1)
        clocks.set_wall(timedelta(hours=-3))
        await house.async_reload()
        await clocks.async_pass(minutes=2)
    (item,) = house.account.store.state.outbox.items.values()
    clocks.set_wall(timedelta(hours=3))
    await clocks.async_pass(minutes=1)
    await clocks.async_pass(minutes=6)
    assert await sent(house) == BOTH[:1]
    assert item.expires_at == expires_at
    assert abs(house.account.clock.now() - dt_util.utcnow()) < timedelta(seconds=1)
    await report(house, 11)


async def take_care(house: House) -> None:
    """Raise an alert with an all-clear, and have somebody take care of it."""
    await alert(house, all_clear="It is dry.")
    await house.async_call("acknowledge", alert_id="cellar", by="Bob")


@pytest.mark.parametrize("by", SETTINGS)
async def test_an_all_clear_is_kept_for_seven_days_however_the_clock_is_set(
    house: House, clocks: Clocks, by: timedelta
) -> None:
    await take_care(house)
    await clocks.async_pass(days=6, hours=23)
    clocks.set_wall(by)
    await clocks.async_pass(minutes=1)
    await clocks.async_pass(minutes=58)
    assert len(house.account.store.state.alerts.all) == 1
    for _ in range(3):
        await clocks.async_pass(minutes=1)
    assert len(house.account.store.state.alerts.all) == 0


async def test_a_clock_that_was_ahead_in_an_earlier_life_keeps_no_all_clear_for_longer(
    house: House, clocks: Clocks
) -> None:
    clocks.set_wall(timedelta(days=2))
    await house.async_reload()
    await take_care(house)
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    clocks.set_wall(timedelta(days=-2))
    await house.async_set_up()
    await clocks.async_pass(minutes=1)
    await clocks.async_pass(days=6, hours=23)
    assert len(house.account.store.state.alerts.all) == 1
    await clocks.async_pass(hours=1)
    await clocks.async_pass(minutes=1)
    assert len(house.account.store.state.alerts.all) == 0
