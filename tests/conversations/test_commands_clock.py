"""The lock after wrong PINs lasts an hour of true time, however the wall clock is set."""

from datetime import timedelta

import pytest

from tests.support.clocks import Clocks
from tests.support.command_house import PIN, CommandHouse


@pytest.mark.parametrize("hours", [3, -3])
async def test_a_lock_lasts_an_hour_though_the_wall_clock_is_set(
    command_house: CommandHouse, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    house = command_house.house
    clocks = Clocks(house, monkeypatch)
    await house.async_reload()
    for wrong in ("1234", "2345", "3456"):
        await command_house.hear(f"{wrong} gate")
    clocks.set_wall(timedelta(hours=hours))
    house.gateway.emulator.state.clock.advance(-hours * 3600)
    await clocks.async_pass(minutes=50)
    await command_house.hear(f"{PIN} gate")
    assert command_house.outcomes[-2:] == [("Gate", "locked"), ("Gate", "still_locked")]
    await clocks.async_pass(minutes=11)
    await command_house.hear(f"{PIN} gate")
    assert command_house.outcomes[-1] == ("Gate", "done")
