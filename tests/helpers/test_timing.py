"""Timing: jumps of the clock are noticed; entities show changes at once, or together in a burst, and lose none."""

from datetime import UTC, datetime, timedelta

import pytest
from homeassistant.util import dt as dt_util

from custom_components.smsmode.helpers.timing import MAX_IMMEDIATE
from custom_components.smsmode.state.message_log import TrackedMessage
from tests.support.house import ALICE, House

PENDING = "sensor.home_pending"
FLOOD = 3 * MAX_IMMEDIATE
NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
NONE = timedelta(0)


async def _accept(house: House, messages: int, name: str = "m") -> None:
    """Have the gateway accept so many messages, one after the other, while time stands still."""
    for serial in range(messages):
        message = TrackedMessage(message_id=f"{name}{serial}", sent_at=dt_util.utcnow(), codes={ALICE: ()})
        house.account.processor.async_note_sent(message, 1)
        house.account.store.async_save_soon()
        await house.async_settle()


async def test_what_happens_now_and_then_is_shown_at_once(house: House) -> None:
    await _accept(house, 3)
    assert house.state(PENDING).state == "3"


async def test_a_flood_is_shown_together_and_to_its_end(house: House) -> None:
    changes = house.capture("state_changed")
    await _accept(house, FLOOD)
    shown = [event for event in changes if event.data["entity_id"] == PENDING]
    assert len(shown) <= MAX_IMMEDIATE
    await house.async_wait(seconds=0.1)
    assert house.state(PENDING).state == str(FLOOD)


async def test_after_a_flood_the_next_is_shown_at_once_again(house: House) -> None:
    await _accept(house, FLOOD)
    await house.async_wait(seconds=2)
    await _accept(house, 1, "afterwards")
    assert house.state(PENDING).state == str(FLOOD + 1)


@pytest.mark.parametrize("way", ["reload", "save"])
async def test_what_a_flood_left_unwritten_is_on_the_disk_with_the_next_write(house: House, way: str) -> None:
    await _accept(house, FLOOD)
    if way == "save":
        await house.account.store.async_save()
    await house.async_reload()
    assert house.account.store.state.message_log.pending == FLOOD
