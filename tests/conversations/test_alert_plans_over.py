"""Alert plans that an entity ends: only when it changes to the state in which the cause is over."""

from collections.abc import Sequence

import pytest
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.const import EVENT_ALERT_CHANGED
from tests.support.dialogs import reply, report, texts
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, BOB_DIGITS, House
from tests.support.people import people_entry
from tests.support.plan_house import LEAK_SENSOR, plan, press, progress

CLEAR = "It is dry."
OVER = ("resolved", "off")
GOES_ON = ("delivering", "on")


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account with a plan that the leak sensor ends."""
    over = {"entity_id": LEAK_SENSOR, "state": "off"}
    return people_entry(gateway, plan(all_clear=CLEAR, over_when=over), plan("Roof"))


async def show(house: House, *states: str | None) -> None:
    """Have the leak sensor show states, one after the other; None removes it."""
    for state in states:
        if state is None:
            house.hass.states.async_remove(LEAK_SENSOR)
        else:
            house.hass.states.async_set(LEAK_SENSOR, state)
        await house.async_settle()


@pytest.mark.parametrize(
    ("before", "after", "end"),
    [
        pytest.param(["on"], ["off"], OVER, id="it was wet and is dry"),
        pytest.param(["off", "on"], ["unavailable", "unknown", "off"], OVER, id="by way of no state"),
        pytest.param(["off"], ["on", "off"], OVER, id="it became wet only then"),
        pytest.param(["unavailable"], ["on", "off"], OVER, id="it came back wet"),
        pytest.param([], ["on", "off"], OVER, id="it came later"),
        pytest.param(["off"], [], GOES_ON, id="it was dry"),
        pytest.param(["off"], ["unavailable", "off"], GOES_ON, id="it was dry and was away"),
        pytest.param(["on"], ["unavailable", "unknown", None], GOES_ON, id="it is away"),
        pytest.param(["on", "unavailable"], ["off"], GOES_ON, id="it was away when it was raised"),
        pytest.param(["unknown"], ["off"], GOES_ON, id="nothing else was known"),
    ],
)
async def test_only_a_change_to_the_state_after_another_ends_it(
    house: House, before: Sequence[str], after: Sequence[str | None], end: tuple[str, str]
) -> None:
    await show(house, *before)
    await press(house, "raise")
    await show(house, *after)
    assert progress(house) == end
    told = [(CLEAR, [ALICE_DIGITS])] if end == OVER else []
    assert (await texts(house))[1:] == told


async def test_an_end_is_none_of_the_next_alert(house: House) -> None:
    await show(house, "on", "off")
    await press(house, "raise")
    assert progress(house) == GOES_ON
    await show(house, "on", "off")
    assert progress(house) == OVER


async def exhaust(house: House) -> None:
    """Raise the plan while it is wet, and let nobody act on it."""
    await show(house, "on")
    await press(house, "raise")
    for _ in range(2):
        await report(house, 11)
        await house.async_wait(minutes=5)


async def test_what_nobody_acted_on_can_still_be_over(house: House) -> None:
    await exhaust(house)
    assert progress(house) == ("exhausted", "off")
    await show(house, "off")
    assert progress(house) == OVER


async def test_what_was_seen_before_it_is_raised_once_more_does_not_count(house: House) -> None:
    await exhaust(house)
    await show(house, "unavailable")
    await press(house, "raise")
    await show(house, "off")
    assert progress(house) == GOES_ON


async def test_where_nothing_runs_nothing_ends(house: House) -> None:
    await show(house, "on", "off")
    assert (progress(house), await texts(house)) == (("idle", "off"), [])


async def restart(house: House, *during: str) -> None:
    """Set the account up while Home Assistant starts and the sensor shows states, and have it started."""
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    house.hass.set_state(CoreState.starting)
    await house.async_set_up()
    await show(house, *during)
    house.hass.set_state(CoreState.running)
    house.hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await house.async_settle()


@pytest.mark.parametrize(
    ("during", "after", "end"),
    [
        pytest.param(["on"], ["off"], OVER, id="it is still wet"),
        pytest.param(["unavailable", "off"], [], GOES_ON, id="it begins dry"),
        pytest.param(["off", "on", "off"], [], GOES_ON, id="what it said before the start is over"),
        pytest.param(["unavailable"], ["off"], GOES_ON, id="it comes later"),
        pytest.param(["off"], ["on", "off"], OVER, id="it was wet once more"),
    ],
)
async def test_after_a_restart_only_what_changes_then_counts(
    hass: HomeAssistant, house: House, during: Sequence[str], after: Sequence[str], end: tuple[str, str]
) -> None:
    await show(house, "on")
    await press(house, "raise")
    await restart(house, *during)
    assert progress(house) == GOES_ON
    await show(house, *after)
    assert progress(house) == end


async def take(house: House) -> None:
    """Raise the plan while it is wet, and have Alice take care of it."""
    await show(house, "on")
    await press(house, "raise")
    await reply(house, "ok")
    assert progress(house) == ("acknowledged", "off")


async def cleared(house: House) -> list[list[str]]:
    """Return to whom each all-clear went."""
    return [numbers for text, numbers in await texts(house) if text == CLEAR]


async def test_what_somebody_took_care_of_can_be_over(house: House) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await take(house)
    await show(house, "off")
    assert (progress(house), await cleared(house)) == (OVER, [[ALICE_DIGITS]])
    assert [change.data["state"] for change in changes][-2:] == ["acknowledged", "resolved"]
    await show(house, "on", "off")
    assert len(await cleared(house)) == 1


async def test_what_somebody_took_care_of_can_be_over_after_a_restart(hass: HomeAssistant, house: House) -> None:
    await take(house)
    await restart(house, "on")
    assert progress(house) == ("acknowledged", "off")
    await show(house, "off")
    assert (progress(house), await cleared(house)) == (OVER, [[ALICE_DIGITS]])


async def test_what_nobody_acted_on_can_be_over_days_later(house: House) -> None:
    await exhaust(house)
    await house.async_wait(days=2)
    await show(house, "off")
    assert (progress(house), await cleared(house)) == (OVER, [[ALICE_DIGITS, BOB_DIGITS]])


async def test_once_it_is_raised_again_its_end_is_that_of_the_second(house: House) -> None:
    await take(house)
    await press(house, "raise")
    await report(house, 3998)
    assert progress(house)[1] == "on"
    await show(house, "off")
    assert (progress(house), await cleared(house)) == (OVER, [[ALICE_DIGITS, BOB_DIGITS]])
    await show(house, "on", "off")
    assert len(await cleared(house)) == 1


async def test_whoever_stops_what_was_taken_care_of_ends_it(house: House) -> None:
    await take(house)
    await press(house, "stop")
    assert progress(house) == ("cancelled", "off")
    await show(house, "off")
    assert (progress(house), await cleared(house)) == (("cancelled", "off"), [])


async def test_what_was_raised_by_a_plan_that_is_gone_has_its_own_text(hass: HomeAssistant, house: House) -> None:
    await take(house)
    hass.config_entries.async_remove_subentry(house.entry, "cellar")
    await house.async_settle()
    await show(house, "off")
    assert await cleared(house) == []
    await house.async_call("resolve_alert", alert_id="Cellar")
    assert await cleared(house) == [[ALICE_DIGITS]]


async def test_an_older_one_that_still_listens_is_not_over_when_the_latest_was_taken(house: House) -> None:
    await exhaust(house)
    await take(house)
    await show(house, "off")
    assert (progress(house), await cleared(house)) == (OVER, [[ALICE_DIGITS]])
    await show(house, "on", "off")
    assert len(await cleared(house)) == 1
