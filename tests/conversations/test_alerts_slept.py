"""An alert that slept with the house for more than an hour is told, and wakes nobody."""

from datetime import timedelta

import pytest
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import issue_registry as ir

from custom_components.smsmode.const import DOMAIN, EVENT_ALERT_CHANGED
from custom_components.smsmode.state.alert_phases import AlertPhase
from tests.support.clocks import Clocks
from tests.support.dialogs import LEAK, active, alert, reply, report, sent
from tests.support.house import ALICE_DIGITS, BOB_DIGITS, House

TO_ALICE = ("Water", [ALICE_DIGITS])
TO_BOB = ("Water", [BOB_DIGITS])
DAY = {"days": 1}


async def sleep(house: House, **off: float) -> None:
    """Unload the account, let so much time go by, and set it up while Home Assistant is still starting."""
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    house.freezer.tick(timedelta(**off))
    house.hass.set_state(CoreState.starting)
    await house.async_set_up()


async def has_started(house: House) -> None:
    """Have Home Assistant started."""
    house.hass.set_state(CoreState.running)
    house.hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await house.async_settle()


async def wake(house: House) -> None:
    """Have Home Assistant started, and wait for longer than any step of an alert takes."""
    await has_started(house)
    for _ in range(3):
        await house.async_wait(minutes=5)


def issues(house: House) -> list[dict[str, str] | None]:
    """Return the placeholders of the issues of alerts that slept."""
    return [
        issue.translation_placeholders
        for (domain, issue_id), issue in ir.async_get(house.hass).issues.items()
        if domain == DOMAIN and issue_id.startswith("alert_slept")
    ]


def notices(hass: HomeAssistant) -> list[str]:
    """Return the persistent notifications."""
    return [
        f"{notice['title']} {notice['message']}" for notice in hass.data.get("persistent_notification", {}).values()
    ]


@pytest.mark.parametrize("moment", ["sending", "delivering", "waiting"])
async def test_an_alert_that_slept_for_hours_is_told_when_automations_listen_and_sent_to_nobody(
    house: House, moment: str
) -> None:
    if moment == "sending":
        async with house.gateway.offline():
            await alert(house)
            await sleep(house, hours=2)
    else:
        await alert(house)
        if moment == "waiting":
            await report(house, 11)
        await sleep(house, hours=2)
    before = await sent(house)
    changes = house.capture(EVENT_ALERT_CHANGED)
    await house.async_wait(minutes=2)
    assert changes == []
    await wake(house)
    (change,) = changes
    assert (change.data["alert_id"], change.data["state"], change.data["reason"]) == ("cellar", "exhausted", "slept")
    assert await sent(house) == before
    assert (active(house), len(house.account.store.state.outbox)) == (0, 0)
    (issue,) = issues(house)
    (notice,) = notices(house.hass)
    assert issue is not None
    assert issue["alert_id"] == "cellar"
    assert "cellar" in notice
    assert LEAK not in f"{issue}{notice}"


async def test_an_alert_that_slept_for_less_than_an_hour_goes_on(house: House) -> None:
    await alert(house)
    await sleep(house, minutes=50)
    await wake(house)
    assert await sent(house) == [TO_ALICE, TO_BOB]
    assert (issues(house), notices(house.hass)) == ([], [])


async def test_an_alert_that_runs_for_hours_has_not_slept(house: House) -> None:
    await alert(house, steps=[{"target": "Alice", "answer_timeout": DAY}])
    await report(house, 11)
    for _ in range(180):
        await house.async_wait(minutes=1)
    await sleep(house, minutes=10)
    await wake(house)
    assert active(house) == 1
    await reply(house, "ok")
    assert (active(house), issues(house)) == (0, [])


async def test_an_alert_that_would_still_wait_has_slept_all_the_same(house: House) -> None:
    await alert(house, steps=[{"target": "Alice", "answer_timeout": DAY}])
    await report(house, 11)
    await sleep(house, hours=2)
    await wake(house)
    assert (active(house), len(issues(house))) == (0, 1)


async def test_what_the_others_were_to_be_told_hours_ago_is_told_to_nobody(house: House) -> None:
    await alert(house)
    alerts = house.account.store.state.alerts
    (running,) = alerts.running
    # On the disk, and then the house fell.
    running.acknowledge(None, "Zoé")
    alerts.all.mark_changed(running.key)
    changes = house.capture(EVENT_ALERT_CHANGED)
    await sleep(house, hours=2)
    await wake(house)
    assert (await sent(house), changes, issues(house)) == ([TO_ALICE], [], [])
    assert not house.account.store.state.alerts.all


async def test_an_alert_that_was_exhausted_before_is_not_told_again(house: House) -> None:
    await alert(house)
    alerts = house.account.store.state.alerts
    (running,) = alerts.running
    running.phase, running.due = AlertPhase.EXHAUSTED, house.account.clock.now()
    alerts.all.mark_changed(running.key)
    changes = house.capture(EVENT_ALERT_CHANGED)
    await sleep(house, hours=2)
    await wake(house)
    assert (changes, issues(house), len(house.account.store.state.alerts.all)) == ([], [], 0)


async def test_an_alert_of_a_version_that_did_not_note_it_is_judged_by_its_deadline(house: House) -> None:
    await alert(house)
    alerts = house.account.store.state.alerts
    (running,) = alerts.running
    running.seen_at = None
    alerts.all.mark_changed(running.key)
    await sleep(house, hours=2)
    await wake(house)
    assert len(issues(house)) == 1


async def test_an_alert_is_raised_while_home_assistant_starts(house: House) -> None:
    await sleep(house, hours=2)
    await alert(house)
    await house.async_wait(minutes=2)
    await wake(house)
    assert await sent(house) == [TO_ALICE, TO_BOB]


async def test_a_house_that_learns_the_time_minutes_after_its_start_learns_how_long_it_slept(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A board without a battery goes on where its clock stood, and learns the time minutes later."""
    clocks = Clocks(house, monkeypatch)
    await house.async_reload()
    await alert(house)
    changes = house.capture(EVENT_ALERT_CHANGED)
    await sleep(house, minutes=0)
    await has_started(house)
    await clocks.async_pass(minutes=1)
    clocks.set_wall(timedelta(hours=5))
    await clocks.async_pass(minutes=1)
    await clocks.async_pass(minutes=10)
    assert [change.data["state"] for change in changes] == ["exhausted"]
    assert await sent(house) == [TO_ALICE]


async def test_a_house_that_learns_the_time_while_it_starts_learns_how_long_it_slept(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks = Clocks(house, monkeypatch)
    await house.async_reload()
    await alert(house)
    await sleep(house, minutes=0)
    clocks.set_wall(timedelta(hours=5))
    await clocks.async_pass(minutes=1)
    await has_started(house)
    assert (await sent(house), len(issues(house))) == ([TO_ALICE], 1)


async def test_a_clock_that_is_set_later_in_a_life_puts_no_alert_to_sleep(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks = Clocks(house, monkeypatch)
    await house.async_reload()
    await alert(house)
    clocks.set_wall(timedelta(hours=5))
    await clocks.async_pass(minutes=1)
    await clocks.async_pass(minutes=1)
    await clocks.async_pass(minutes=1)
    assert await sent(house) == [TO_ALICE, TO_BOB]


async def test_an_alert_that_somebody_took_care_of_outlives_a_day_and_its_people_are_told_that_it_is_over(
    house: House,
) -> None:
    await alert(house, all_clear="Dry again.")
    await reply(house, "ok")
    (kept,) = house.account.store.state.alerts.kept
    until = kept.kept_until
    await sleep(house, days=1)
    await wake(house)
    assert [each.kept_until for each in house.account.store.state.alerts.kept] == [until]
    assert (await sent(house), issues(house)) == ([TO_ALICE], [])
    await house.async_call("resolve_alert", alert_id="cellar")
    assert await sent(house) == [TO_ALICE, ("Dry", [ALICE_DIGITS])]


async def test_those_whom_an_alert_alarmed_before_it_slept_are_told_that_it_is_over(house: House) -> None:
    await alert(house, all_clear="Dry again.")
    async with house.gateway.offline():
        # Bob's SMS waits in the queue.
        await house.async_wait(minutes=3)
        await sleep(house, hours=2)
    await wake(house)
    assert await sent(house) == [TO_ALICE]
    await house.async_call("resolve_alert", alert_id="cellar")
    assert await sent(house) == [TO_ALICE, ("Dry", [ALICE_DIGITS])]
