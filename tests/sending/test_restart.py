"""Messages over a restart: what expired is told to whoever listens, and what is old is looked for first."""

from dataclasses import replace
from datetime import timedelta

from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState
from homeassistant.util import dt as dt_util

from custom_components.smsmode.const import EVENT_DELIVERY_REPORT
from tests.support.house import House
from tests.support.sends import queued, send, texts


async def _restart(house: House, *, off: timedelta) -> None:
    """Unload the account, let so much time go by, and set it up while Home Assistant is still starting."""
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    house.freezer.tick(off)
    house.hass.set_state(CoreState.starting)
    await house.async_set_up()


async def _has_started(house: House) -> None:
    house.hass.set_state(CoreState.running)
    house.hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await house.async_settle()
    await house.async_wait(seconds=2)


async def test_what_expired_while_the_house_was_down_is_told_when_automations_listen(house: House) -> None:
    """Faults E16."""
    async with house.gateway.offline():
        await send(house, expires_after={"minutes": 5})
        reports = house.capture(EVENT_DELIVERY_REPORT)
        await _restart(house, off=timedelta(minutes=10))
        await house.async_wait(seconds=5)
        assert (queued(house), reports) == (1, [])
        await _has_started(house)
    assert [report.data["status"] for report in reports] == ["expired"]
    assert queued(house) == 0


async def test_what_a_restored_backup_has_waiting_is_looked_for_before_it_is_sent_again(house: House) -> None:
    """Faults E13: the message left after the backup was made."""
    async with house.gateway.offline():
        await send(house, expires_after={"hours": 12})
        (item,) = house.account.store.state.outbox.items.values()
        backup = replace(item)
    await house.async_wait(minutes=6)
    assert await texts(house.gateway) == ["Water!"]
    house.account.store.state.outbox.add([backup])
    house.account.store.state.message_log.messages.clear()
    await house.account.store.async_save()
    await _restart(house, off=timedelta(hours=3))
    await house.gateway.set_time(dt_util.utcnow().isoformat())
    await _has_started(house)
    for _ in range(4):
        await house.async_wait(minutes=5)
    assert await texts(house.gateway) == ["Water!"]
    assert queued(house) == 0


async def test_what_waits_over_a_quick_restart_is_sent_without_a_look(house: House) -> None:
    async with house.gateway.offline():
        await send(house)
        await _restart(house, off=timedelta(minutes=1))
    before = len(await house.gateway.requests())
    await house.async_wait(minutes=6)
    paths = [request.path for request in (await house.gateway.requests())[before:]]
    assert await texts(house.gateway) == ["Water!"]
    assert not [path for path in paths if path.endswith("smsList.do")]
