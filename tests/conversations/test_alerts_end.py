"""Alerts: who is told when somebody took it, and that they outlive the gateway and the house."""

from dataclasses import replace

import pytest

from custom_components.smsmode.const import EVENT_ALERT_CHANGED
from custom_components.smsmode.state.active_alerts import MAX_ALERTS, TooManyAlertsError
from custom_components.smsmode.state.alert_phases import AlertPhase
from tests.support.dialogs import ACTIVE, TAKEN_CARE_OF, active, alert, last, reply, report, sent, spent
from tests.support.house import ALICE_DIGITS, BOB, BOB_DIGITS, House


async def test_somebody_at_home_takes_it_and_everybody_is_told(house: House) -> None:
    await alert(house)
    await report(house, 3998)
    await house.async_call("acknowledge", alert_id="cellar", by="Zoé")
    message = await last(house)
    assert (message.text, message.numbers) == (TAKEN_CARE_OF.format("Zoé"), [ALICE_DIGITS, BOB_DIGITS])
    await house.async_wait(hours=1)
    assert (active(house), await spent(house)) == (0, 4)


async def test_a_cancelled_alert_goes_on_with_nothing_and_tells_nobody(house: House) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await alert(house)
    await house.async_call("cancel_alert", alert_id="cellar")
    await house.async_wait(hours=1)
    assert (active(house), await spent(house), changes[-1].data["state"]) == (0, 1, "cancelled")


async def test_nobody_is_told_where_that_is_not_wanted(house: House) -> None:
    await alert(house, tell_others="")
    await report(house, 3998)
    await reply(house, "ok", BOB_DIGITS)
    assert (active(house), await spent(house)) == (0, 2)


async def test_what_waits_is_called_off_when_somebody_takes_it(house: House) -> None:
    await alert(house)
    async with house.gateway.offline():
        await house.async_call("send_message", message="Dinner", target=["Alice"])
        await house.async_wait(minutes=3)
        assert len(house.account.store.state.outbox) == 2
        await house.async_call("acknowledge", alert_id="cellar")
    for _ in range(4):
        await house.async_wait(minutes=5)
    said = [text for text, _ in await sent(house)]
    assert (said[0], sorted(said[1:])) == ("Water", ["Dinner", "test"])
    assert (active(house), len(house.account.store.state.outbox)) == (0, 0)


async def test_without_the_gateway_no_step_is_lost(house: House) -> None:
    async with house.gateway.offline():
        await alert(house)
        await house.async_wait(minutes=10)
        await house.async_reload()
        assert house.state(ACTIVE).attributes["alerts"][0]["step"] == 1
    await house.async_wait(minutes=5)
    await report(house, 11)
    assert await sent(house) == [("Water", [ALICE_DIGITS])]
    assert house.state(ACTIVE).attributes["alerts"][0]["state"] == "waiting"


async def test_a_step_that_is_given_up_is_as_one_that_reaches_nobody(house: House) -> None:
    async with house.gateway.offline():
        await alert(house)
        for _ in range(62):
            await house.async_wait(minutes=1)
        assert house.state(ACTIVE).attributes["alerts"][0]["step"] == 2


async def test_a_step_that_is_refused_is_as_one_that_reaches_nobody(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "code:35")
    await alert(house)
    assert await sent(house) == [("Water", [BOB_DIGITS])]


async def test_news_that_cannot_be_told_leaves_it_acknowledged(house: House) -> None:
    await alert(house)
    await report(house, 3998)
    await house.gateway.set(balance=0)
    await reply(house, "ok", BOB_DIGITS)
    assert (active(house), len(await sent(house))) == (0, 2)
    await house.async_settle()


@pytest.mark.parametrize("moment", ["delivering", "waiting"])
async def test_after_a_restart_it_goes_on_where_it_stood(house: House, moment: str) -> None:
    await alert(house)
    if moment == "waiting":
        await report(house, 11)
    await house.async_reload()
    assert house.state(ACTIVE).attributes["alerts"][0]["state"] == moment
    assert len(await sent(house)) == 1
    await house.async_wait(minutes=5)
    assert await sent(house) == [("Water", [ALICE_DIGITS]), ("Water", [BOB_DIGITS])]
    await house.async_reload()
    await reply(house, "ok", BOB_DIGITS)
    assert (active(house), await spent(house)) == (0, 3)


async def test_what_was_to_be_sent_when_the_house_fell_is_sent_once(house: House) -> None:
    await alert(house)
    alerts = house.account.store.state.alerts
    (running,) = alerts.running
    # On the disk, and then the house fell.
    running.advance()
    alerts.all.mark_changed(running.key)
    for _ in range(2):
        await house.async_reload()
    assert await sent(house) == [("Water", [ALICE_DIGITS]), ("Water", [BOB_DIGITS])]
    alerts = house.account.store.state.alerts
    (running,) = alerts.running
    running.acknowledge(BOB, "Bob")
    alerts.all.mark_changed(running.key)
    for _ in range(2):
        await house.async_reload()
    assert (await sent(house))[2:] == [("Bob", [ALICE_DIGITS])]
    assert (active(house), await spent(house)) == (0, 3)


async def exhausted(house: House) -> None:
    """Exhaust an alert whose last message Bob got."""
    await alert(house)
    await report(house, 3998)
    await report(house, 11, BOB_DIGITS)
    for _ in range(6):
        await house.async_wait(minutes=1)


@pytest.mark.parametrize("restart", [False, True])
async def test_an_exhausted_alert_still_hears_an_ok_and_tells_the_others(house: House, restart: bool) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await exhausted(house)
    assert (active(house), changes[-1].data["state"]) == (0, "exhausted")
    if restart:
        await house.async_reload()
    await reply(house, "ok", BOB_DIGITS)
    assert (changes[-1].data["state"], changes[-1].data["acknowledged_by"]) == ("acknowledged", "…432")
    assert (await last(house)).numbers == [ALICE_DIGITS]
    assert not house.account.store.state.alerts.all


async def test_an_exhausted_alert_hears_nothing_after_the_time_of_its_last_step(house: House) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await exhausted(house)
    for _ in range(6):
        await house.async_wait(minutes=1)
    assert not house.account.store.state.alerts.all
    await reply(house, "ok", BOB_DIGITS)
    assert changes[-1].data["state"] == "exhausted"


async def test_exhausted_alerts_make_room_for_others(house: House) -> None:
    await exhausted(house)
    alerts = house.account.store.state.alerts
    (old,) = alerts.listening
    for number in range(MAX_ALERTS - 1):
        alerts.add(replace(old, key=f"a{number}", phase=AlertPhase.WAITING))
    alerts.add(replace(old, key="new", phase=AlertPhase.WAITING))
    assert old.key not in alerts.all
    with pytest.raises(TooManyAlertsError):
        alerts.add(replace(old, key="more"))
