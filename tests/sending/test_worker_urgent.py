"""What is urgent goes first, and an automation gone mad does not silence it."""

from datetime import timedelta

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from tests.support.house import House
from tests.support.sends import issue, send, texts


async def test_what_is_urgent_leaves_before_what_waited_longer(house: House) -> None:
    async with house.gateway.offline():
        for number in range(12):
            await send(house, f"news {number}")
        await send(house, "Fire!", urgent=True)
    await house.async_call("flush")
    sent = await texts(house.gateway)
    assert "Fire!" in sent[:8]
    assert len(sent) == 13


async def test_an_automation_gone_mad_does_not_silence_the_fire_alarm(hass: HomeAssistant, house: House) -> None:
    hass.config_entries.async_update_entry(house.entry, options={"daily_limit": 3, "urgent_daily_limit": 2})
    await house.async_settle()
    limits = house.capture("smsmode_limit_reached")
    for number in range(10):
        if number < 3:
            await send(house, f"mad {number}")
            continue
        with pytest.raises(HomeAssistantError) as err:
            await send(house, f"mad {number}")
        assert err.value.translation_key == "daily_limit_reached"
    await house.async_notify(message="Fire!", target=["Alice"], data={"urgent": True})
    await send(house, "Fire, still!", urgent=True)
    with pytest.raises(HomeAssistantError) as err:
        await send(house, "Fire, again!", urgent=True)
    assert err.value.translation_key == "urgent_daily_limit_reached"
    assert (await texts(house.gateway))[3:] == ["Fire!", "Fire, still!"]
    # Said once, however many messages were stopped.
    assert [event.data for event in limits] == [
        {"config_entry_id": house.entry.entry_id, "limit": "daily_limit_reached", "segments": 3},
        {"config_entry_id": house.entry.entry_id, "limit": "urgent_daily_limit_reached", "segments": 2},
    ]
    assert issue(house, "daily_limit_reached")
    assert issue(house, "urgent_daily_limit_reached")


async def test_a_limit_that_was_reached_is_said_again_only_when_there_was_room_again(
    hass: HomeAssistant, house: House
) -> None:
    hass.config_entries.async_update_entry(house.entry, options={"recipient_hourly_limit": 1})
    await house.async_settle()
    limits = house.capture("smsmode_limit_reached")
    for hour in range(2):
        await send(house, f"{hour} first")
        for number in range(3):
            with pytest.raises(HomeAssistantError):
                await send(house, f"{hour} {number}")
        assert issue(house, "recipient_limit_reached")
        await house.async_wait(minutes=61)
        assert not issue(house, "recipient_limit_reached")
    assert len(limits) == 2


async def test_a_limit_of_the_day_is_over_at_midnight_and_with_a_reload(hass: HomeAssistant, house: House) -> None:
    hass.config_entries.async_update_entry(house.entry, options={"daily_limit": 1})
    await house.async_settle()
    for day in range(2):
        await send(house, f"{day}")
        with pytest.raises(HomeAssistantError):
            await send(house, f"{day} more")
        assert issue(house, "daily_limit_reached")
        if day == 0:
            midnight = dt_util.start_of_local_day(dt_util.now() + timedelta(days=1))
            await house.async_wait(seconds=(midnight - dt_util.now()).total_seconds() + 1)
        else:
            await house.async_reload()
        assert not issue(house, "daily_limit_reached")


async def test_what_is_urgent_has_room_where_there_is_none(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.smsmode.state.outbox.MAX_ITEMS", 2)
    monkeypatch.setattr("custom_components.smsmode.state.outbox.MAX_URGENT", 1)
    async with house.gateway.offline():
        await send(house, "one")
        await send(house, "two")
        with pytest.raises(HomeAssistantError):
            await send(house, "three")
        await send(house, "Fire!", urgent=True)
        with pytest.raises(HomeAssistantError):
            await send(house, "Fire, again!", urgent=True)
    await house.async_call("flush")
    assert len(await texts(house.gateway)) == 3
