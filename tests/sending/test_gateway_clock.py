"""The clocks of the house and of the gateway differ (faults E8)."""

import pytest

from tests.support.house import House
from tests.support.sends import issue


@pytest.mark.parametrize("minutes", [-30, 30])
async def test_clocks_that_differ_by_minutes_are_a_repair_issue_until_they_agree(house: House, minutes: int) -> None:
    await house.gateway.advance(minutes * 60)
    for _ in range(2):
        await house.async_poll()
    shown = issue(house, "clocks_differ")
    assert shown
    assert shown.translation_placeholders == {"account": "Home", "minutes": "30"}
    assert abs(house.account.gateway_clock.offset.total_seconds() - minutes * 60) <= 1
    await house.gateway.advance(-minutes * 60)
    for _ in range(2):
        await house.async_poll()
    assert not issue(house, "clocks_differ")


async def test_clocks_that_differ_by_less_are_none(house: House) -> None:
    await house.gateway.advance(100)
    for _ in range(2):
        await house.async_poll()
    assert not issue(house, "clocks_differ")


async def test_the_issue_ends_with_the_account(house: House) -> None:
    await house.gateway.advance(3600)
    for _ in range(2):
        await house.async_poll()
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    assert not issue(house, "clocks_differ")
