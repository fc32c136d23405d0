"""The blueprints that ask, obey and wait, from their file to the SMS and the answer typed there, in both languages."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, ServiceCall
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from tests.support.blueprint_runs import (
    ALARM,
    answer,
    both_languages,
    restart_automations,
    said,
    to,
    use_blueprint,
    use_script_blueprint,
)
from tests.support.gateway import GatewayMessage
from tests.support.house import ALICE, ALICE_DIGITS, House
from tests.support.watchdog_house import SCHEDULED


async def until(house: House, condition: Callable[[], object]) -> None:
    """Let everybody do what is due until something is true: a run that waits for an answer never settles."""
    for _ in range(2_000):
        if condition():
            return
        # Time stands still, but a way to the gateway and back takes some.
        await house.gateway.requests("nothing.do")
    pytest.fail("It did not come true.")


async def sent(house: House, count: int) -> list[GatewayMessage]:
    """Wait until the gateway has taken so many messages."""
    await house.gateway.wait_for_requests("sendSMS.do", count)
    messages: list[GatewayMessage] = []
    while len(messages) < count:
        messages = await house.gateway.messages()
    return messages


async def waiting(house: House, segments: int) -> None:
    """Wait until the house knows that so many segments left, and its automation waits for an answer."""
    await until(house, lambda: house.account.processor.message_log.segments_sent >= segments)
    await a_moment(house)


async def a_moment(house: House) -> None:
    """Let the automation do what is due."""
    for _ in range(20):
        await house.gateway.requests("nothing.do")


def acts() -> dict[str, Any]:
    """Say of each answer that it came."""
    return {f"on_{which}": [{"action": "test.done", "data": {"said": which}}] for which in ("yes", "no", "silence")}


def allow_commands(house: House, *commands: dict[str, Any]) -> None:
    """Let Alice command the house; her PIN is nobody's business here."""
    alice = next(iter(house.entry.subentries.values()))
    kept = {"recipient": alice.subentry_id, "commands": list(commands), "assist": False, "hourly_limit": 10}
    subentry = ConfigSubentry(
        data=MappingProxyType(kept), subentry_type="commands", title="Alice", unique_id="commands:alice"
    )
    house.hass.config_entries.async_add_subentry(house.entry, subentry)


@both_languages
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param({"": "Ok.", "fr/": "oui"}, "yes", id="yes"),
        pytest.param({"": "NO!", "fr/": "Non !"}, "no", id="no"),
        pytest.param({"": "perhaps", "fr/": "peut-être"}, "silence", id="neither"),
    ],
)
async def test_a_question_is_asked_and_its_answer_acted_on(
    hass: HomeAssistant, house: House, done: list[ServiceCall], edition: str, typed: dict[str, str], expected: str
) -> None:
    await use_blueprint(
        hass, f"{edition}ask_and_act", occasion=ALARM, people=["notify.alice"], ask_id="heating", **acts()
    )
    hass.bus.async_fire("alarm")
    (question,) = await sent(house, 1)
    assert (to(question), question.message_class) == ([ALICE_DIGITS], 4)
    assert "?" in question.text
    await waiting(house, 1)
    # While it is open, it is not asked again.
    hass.bus.async_fire("alarm")
    await answer(house, ALICE_DIGITS, typed[edition])
    await a_moment(house)
    house.freezer.tick(1801)
    async_fire_time_changed(hass)
    await until(house, lambda: done)
    await house.async_settle()
    assert said(done) == [expected]
    assert len(await house.gateway.messages()) == 1


async def test_the_answer_to_another_question_is_none_to_this(
    hass: HomeAssistant, house: House, done: list[ServiceCall]
) -> None:
    other = await house.async_call("send_message", message="Dinner?", target=["Alice"], reply=True, reference="dinner")
    await use_blueprint(hass, "ask_and_act", occasion=ALARM, people=["notify.alice"], **acts())
    hass.bus.async_fire("alarm")
    await sent(house, 2)
    await waiting(house, 2)
    message_id = other["messages"][0]["message_id"]
    await house.gateway.reply(ALICE_DIGITS, "Yes", message_id, callback=False)
    await house.account.coordinator.async_refresh()
    await a_moment(house)
    house.freezer.tick(1801)
    async_fire_time_changed(hass)
    await until(house, lambda: done)
    assert said(done) == ["silence"]


@pytest.mark.parametrize(("typed", "expected"), [("Yes", "yes"), ("No", "no")])
async def test_an_answer_is_acted_on_though_nobody_waits_for_it_any_more(
    hass: HomeAssistant, house: House, done: list[ServiceCall], typed: str, expected: str
) -> None:
    await use_blueprint(hass, "ask_and_act", occasion=ALARM, people=["notify.alice"], **acts())
    hass.bus.async_fire("alarm")
    await sent(house, 1)
    await waiting(house, 1)
    await restart_automations(hass)
    await answer(house, ALICE_DIGITS, typed)
    await until(house, lambda: done)
    assert said(done) == [expected]


async def test_a_question_that_cannot_leave_is_met_with_silence(
    hass: HomeAssistant, house: House, done: list[ServiceCall]
) -> None:
    await house.gateway.fail("sendSMS.do", "code:35")
    await use_blueprint(hass, "ask_and_act", occasion=ALARM, people=["notify.alice"], **acts())
    hass.bus.async_fire("alarm")
    await until(house, lambda: done)
    assert said(done) == ["silence"]


@both_languages
async def test_who_commands_has_it_done(
    hass: HomeAssistant, house: House, done: list[ServiceCall], edition: str
) -> None:
    allow_commands(house, {"words": "Open the gate", "without_pin": True}, {"words": "Status"})
    act = [{"action": "test.done", "data": {"said": "{{ who }}"}}]
    await use_blueprint(hass, f"{edition}command_acts", command="open the gate", people=["Alice"], on_command=act)
    await house.async_reload()
    for text in ("Open the GATE!", "Status"):
        await house.gateway.reply(ALICE_DIGITS, text, stray=True, callback=False)
        await house.async_poll()
    assert said(done) == ["Alice"]
    # The one answer to the first, and that a PIN is missing.
    assert await house.gateway.balance() == 98


@pytest.mark.parametrize(
    ("edition", "more"), [("", "You can also write: Gate."), ("fr/", "Vous pouvez aussi écrire : Gate.")]
)
async def test_who_asks_for_the_status_gets_it_in_one_sms(
    hass: HomeAssistant, house: House, edition: str, more: str
) -> None:
    hass.states.async_set("sensor.room", "21.5", {"friendly_name": "Room", "unit_of_measurement": "°C"})
    hass.states.async_set("lock.door", "locked", {"friendly_name": "Door"})
    told = {"entities": ["sensor.room", "lock.door"], "others": ["Gate"]}
    await use_script_blueprint(hass, f"{edition}status_by_sms", **told)
    allow_commands(house, {"words": "Status", "script": "script.tried", "without_pin": True})
    await house.async_reload()
    await house.gateway.reply(ALICE_DIGITS, "Status", stray=True, callback=False)
    await house.async_poll()
    (message,) = await house.gateway.messages()
    assert message.text == f"Room: 21.5 C, Door: locked. {more}"
    assert await house.gateway.balance() == 99


@both_languages
async def test_what_is_not_urgent_waits_for_the_morning(hass: HomeAssistant, house: House, edition: str) -> None:
    await hass.config.async_set_time_zone("Europe/Paris")
    alice = next(iter(house.entry.subentries.values()))
    quiet = {"number": ALICE, "quiet_hours": {"start": "22:00", "end": "07:00"}}
    hass.config_entries.async_update_subentry(house.entry, alice, data=quiet)
    await house.async_settle()
    house.freezer.move_to("2026-12-01T23:00:00+01:00")
    await house.async_wait(seconds=1)
    urgent = {"condition": "state", "entity_id": "sensor.alarm", "state": "on"}
    inputs: dict[str, Any] = {"occasion": ALARM, "people": ["notify.alice"], "urgent_if": [urgent]}
    await use_blueprint(hass, f"{edition}wake_or_wait", **inputs)
    for state in ("off", "on"):
        hass.states.async_set("sensor.alarm", state)
        hass.bus.async_fire("alarm")
        await house.async_settle()
    waiting, woken = await house.gateway.messages()
    assert (waiting.status, waiting.leaves_at[:16]) == (SCHEDULED, "2026-12-02T06:00")
    assert woken.status != SCHEDULED
    assert await house.gateway.balance() == 98


async def test_nothing_is_urgent_unless_a_person_says_when(hass: HomeAssistant, house: House) -> None:
    urgent = house.capture("call_service")
    await use_blueprint(hass, "wake_or_wait", occasion=ALARM, people=["notify.alice"])
    hass.bus.async_fire("alarm")
    await house.async_settle()
    assert [event.data["service_data"]["urgent"] for event in urgent] == [False]
