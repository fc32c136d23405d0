"""Quiet hours that are a schedule of Home Assistant: kept while it is on, and never a reason to lose a message."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowContext
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.config.yaml_schema import CONFIG_SCHEMA
from custom_components.smsmode.diagnostics import async_get_config_entry_diagnostics
from custom_components.smsmode.sending import quiet_schedules
from tests.support.flow_forms import suggested
from tests.support.gateway import Gateway
from tests.support.house import ALICE, House
from tests.support.people import CAROL, people_entry, recipient, titled

SCHEDULE = {"schedule": "schedule.nights"}
EVE, EVENING, MORNING = "+33639985678", "2026-06-10T23:15:00+02:00", "2026-06-11T07:00:00+02:00"
NIGHT = [{"from": "22:00:00", "to": "24:00:00"}, {"from": "00:00:00", "to": "07:00:00"}]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NIGHTS = dict.fromkeys(DAYS, NIGHT)


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Let the schedule of Home Assistant wait for its next window when the test is over."""
    return True


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account with a recipient who sleeps by a schedule."""
    return people_entry(gateway, recipient("Eve", EVE, quiet_hours=SCHEDULE))


@pytest.fixture
async def house(hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry) -> House:
    """Return a house in Paris, late on a Wednesday evening; there is no schedule yet."""
    await hass.config.async_set_time_zone("Europe/Paris")
    freezer.move_to(EVENING)
    house = House(hass, freezer, gateway, entry)
    await house.async_set_up()
    return house


async def schedule(house: House, week: dict[str, Any]) -> None:
    """Set up the schedule, in YAML."""
    assert await async_setup_component(house.hass, "schedule", {"schedule": {"nights": {"name": "Nights", **week}}})
    await house.async_settle()


async def send(house: House, *targets: str, **fields: Any) -> dict[str, str | None]:
    """Send an SMS; return for each recipient when it leaves, None for at once."""
    response = await house.async_call("send_message", message="Dinner?", target=list(targets), **fields)
    return {number: each["send_at"] for each in response["messages"] for number in each["recipients"]}


def issue(house: House) -> ir.IssueEntry | None:
    """Return the repair issue of the schedule, None if it is not shown."""
    issue_id = f"quiet_schedule_unusable_{house.entry.entry_id}_eve"
    return ir.async_get(house.hass).async_get_issue("smsmode", issue_id)


async def test_who_sleeps_by_a_schedule_gets_it_at_its_end_and_not_at_midnight(house: House) -> None:
    await schedule(house, NIGHTS)
    assert await send(house, "Eve", "Alice") == {ALICE: None, EVE: MORNING}
    assert issue(house) is None


async def test_while_the_schedule_is_off_it_leaves_at_once(house: House) -> None:
    await schedule(house, NIGHTS)
    house.freezer.move_to("2026-06-10T21:59:59+02:00")
    await house.gateway.set_time("2026-06-10T21:59:59+02:00")
    assert await send(house, "Eve") == {EVE: None}


async def test_a_time_that_was_asked_for_falls_into_a_later_window(house: House) -> None:
    await schedule(house, NIGHTS)
    later = await send(house, "Eve", send_at="2026-06-13T03:00:00+02:00")
    assert later == {EVE: "2026-06-13T07:00:00+02:00"}


async def test_each_day_has_its_windows(house: House) -> None:
    await schedule(house, {"wednesday": NIGHT[:1], "thursday": [{"from": "00:00:00", "to": "09:30:00"}]})
    assert await send(house, "Eve") == {EVE: "2026-06-11T09:30:00+02:00"}


async def test_what_is_urgent_wakes(house: House) -> None:
    await schedule(house, NIGHTS)
    assert await send(house, "Eve", urgent=True) == {EVE: None}


async def test_calls_batches_and_previews_wait_as_well(house: House) -> None:
    await schedule(house, NIGHTS)
    call = await house.async_call("send_voice_message", message="Dinner?", target=["Eve"])
    assert call["messages"][0]["send_at"] == MORNING
    batch = await house.async_call("send_batch", messages=[{"target": "Eve", "message": "One"}])
    assert batch["send_at"] == MORNING
    preview = await house.async_call("preview_message", message="Dinner?", target=["Eve"])
    assert preview["scheduled"] == [{"send_at": MORNING, "recipients": [EVE]}]


async def test_a_schedule_that_is_missing_holds_nothing_and_is_told_of(house: House) -> None:
    problem = issue(house)
    assert problem is not None
    assert problem.translation_placeholders == {"account": "Home", "recipient": "Eve", "schedule": "`schedule.nights`"}
    assert await send(house, "Eve") == {EVE: None}
    assert issue(house) is not None
    await schedule(house, NIGHTS)
    assert await send(house, "Eve", repeat=True) == {EVE: MORNING}
    assert issue(house) is None


@pytest.mark.parametrize("state", ["unavailable", "unknown"])
async def test_a_schedule_that_is_unavailable_holds_nothing(house: House, state: str) -> None:
    await schedule(house, NIGHTS)
    await house.async_reload()
    assert issue(house) is None
    house.hass.states.async_set("schedule.nights", state)
    assert await send(house, "Eve") == {EVE: None}
    assert issue(house) is not None


async def test_a_schedule_that_never_ends_holds_nothing(house: House) -> None:
    await schedule(house, {day: [{"from": "00:00:00", "to": "24:00:00"}] for day in DAYS})
    assert await send(house, "Eve") == {EVE: None}
    assert issue(house) is not None


def _raise() -> ServiceResponse:
    raise TimeoutError


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(_raise, id="an error"),
        pytest.param(dict, id="nothing"),
        pytest.param(lambda: {"schedule.nights": {"monday": []}}, id="half a week"),
        pytest.param(lambda: {"schedule.nights": {day: [{"from": "?", "to": "?"}] for day in DAYS}}, id="no times"),
        pytest.param(lambda: {"schedule.nights": dict.fromkeys(DAYS, 7)}, id="another shape"),
    ],
)
async def test_a_schedule_that_cannot_be_understood_holds_nothing(
    house: House, answer: Callable[[], ServiceResponse]
) -> None:
    async def handle(_call: ServiceCall) -> ServiceResponse:
        return answer()

    house.hass.states.async_set("schedule.nights", "on")
    assert await send(house, "Eve") == {EVE: None}
    house.hass.services.async_register("schedule", "get_schedule", handle, supports_response=SupportsResponse.ONLY)
    assert await send(house, "Eve", repeat=True) == {EVE: None}
    assert issue(house) is not None


async def test_times_as_text_are_times(house: House) -> None:
    async def handle(_call: ServiceCall) -> ServiceResponse:
        return {"schedule.nights": {day: [{"from": "22:00:00", "to": "23:30:00"}] for day in DAYS}}

    house.hass.states.async_set("schedule.nights", "on")
    house.hass.services.async_register("schedule", "get_schedule", handle, supports_response=SupportsResponse.ONLY)
    assert await send(house, "Eve") == {EVE: "2026-06-10T23:30:00+02:00"}


async def test_a_schedule_that_does_not_answer_is_not_waited_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def handle(_call: ServiceCall) -> ServiceResponse:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(quiet_schedules, "TIMEOUT", 0)
    house.hass.states.async_set("schedule.nights", "on")
    house.hass.services.async_register("schedule", "get_schedule", handle, supports_response=SupportsResponse.ONLY)
    assert await send(house, "Eve") == {EVE: None}


async def test_the_form_takes_times_or_a_schedule(house: House) -> None:
    flows = house.hass.config_entries.subentries
    context = SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id="eve")
    form = await flows.async_init((house.entry.entry_id, "recipient"), context=context)
    assert suggested(form)["quiet_hours"] == SCHEDULE
    both = {"name": "Eve", "number": EVE, "quiet_hours": {**SCHEDULE, "start": "22:00:00", "end": "07:00:00"}}
    result = await flows.async_configure(form["flow_id"], both)
    assert result["errors"] == {"quiet_hours": "quiet_twice"}
    result = await flows.async_configure(form["flow_id"], both | {"quiet_hours": SCHEDULE, "number": CAROL})
    assert result["errors"] == {"number": "already_configured"}
    result = await flows.async_configure(form["flow_id"], both | {"quiet_hours": {}})
    assert result["reason"] == "reconfigure_successful"
    await house.async_settle()
    assert titled(house, "Eve").data == {"number": EVE}


async def test_yaml_takes_a_schedule(hass: HomeAssistant) -> None:
    written = {"name": "Alice", "number": ALICE, "quiet_hours": SCHEDULE}
    account = {"name": "Home", "access_token": "Ab1CD2efg3Hi", "recipients": [written]}
    (read,) = CONFIG_SCHEMA({"smsmode": [account]})["smsmode"]
    assert read["recipients"] == [written]


async def test_diagnostics_count_schedules(house: House) -> None:
    diagnostics = await async_get_config_entry_diagnostics(house.hass, house.entry)
    assert diagnostics["recipients"]["quiet_schedules"] == 1
