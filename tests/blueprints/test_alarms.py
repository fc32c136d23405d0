"""The blueprints that alarm, from their file to the SMS on the telephone, in both languages."""

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, ServiceCall
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.support.automations import add_recipient
from tests.support.blueprint_runs import (
    ALARM,
    DONE,
    answer,
    both_languages,
    restart_automations,
    said,
    to,
    use_blueprint,
)
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, BOB, BOB_DIGITS, House
from tests.support.watchdog_house import SWITCH, add_watchdog, async_switch, delivered, scheduled

FAILED = [{"action": "test.done", "data": {"said": "nobody"}}]
PERSONS = ["person.alice", "person.bob"]
RECEIVED = 11


@both_languages
async def test_an_alert_goes_on_to_the_next_person_until_somebody_takes_care(
    hass: HomeAssistant, house: House, done: list[ServiceCall], edition: str
) -> None:
    await add_recipient(house, "Bob", BOB)
    await use_blueprint(
        hass,
        f"{edition}alert_with_acknowledgement",
        alarm=ALARM,
        people=["notify.alice", "notify.bob"],
        on_taken=[{"action": "test.done", "data": {"said": "{{ taken_by }}"}}],
        on_nobody=FAILED,
    )
    hass.bus.async_fire("alarm")
    await house.async_settle()
    (first,) = await house.gateway.messages()
    assert to(first) == [ALICE_DIGITS]
    await house.gateway.report(first.id, None, RECEIVED, callback=False)
    await house.async_poll()
    await answer(house, ALICE_DIGITS, "What?")
    # While it lasts, it is not set off again.
    hass.bus.async_fire("alarm")
    await house.async_wait(seconds=301)
    _, hint, second = await house.gateway.messages()
    assert (to(hint), to(second)) == ([ALICE_DIGITS], [BOB_DIGITS])
    # Late, but not too late.
    await house.gateway.reply(ALICE_DIGITS, "ok !", first.id, callback=False)
    await house.async_poll()
    *_, last = await house.gateway.messages()
    assert to(last) == [BOB_DIGITS]
    assert last.text.startswith("Alice ")
    assert said(done) == ["Alice"]
    assert {message.message_class for message in (first, second)} == {4}
    assert await house.gateway.balance() == 96


@both_languages
async def test_an_alert_that_nobody_answers_is_given_up_after_its_rounds(
    hass: HomeAssistant, house: House, done: list[ServiceCall], edition: str
) -> None:
    await use_blueprint(
        hass,
        f"{edition}alert_with_acknowledgement",
        alarm=ALARM,
        people=["notify.alice"],
        rounds=2,
        call=True,
        delivery={"minutes": 2},
        on_taken=DONE,
        on_nobody=FAILED,
    )
    hass.bus.async_fire("alarm")
    await house.async_settle()
    for _ in range(4):
        assert said(done) == []
        await house.async_wait(seconds=121)
    assert said(done) == ["nobody"]
    assert [message.kind for message in await house.gateway.messages()] == ["sms", "voice"] * 2


async def test_an_alert_whose_message_cannot_leave_goes_on(
    hass: HomeAssistant, house: House, done: list[ServiceCall]
) -> None:
    await house.gateway.fail("sendSMS.do", "code:35")
    await add_recipient(house, "Bob", BOB)
    people = ["notify.alice", "notify.bob"]
    await use_blueprint(hass, "alert_with_acknowledgement", alarm=ALARM, people=people, taken_message="", on_taken=DONE)
    hass.bus.async_fire("alarm")
    await house.async_settle()
    await answer(house, BOB_DIGITS, "OK")
    assert said(done) == ["done"]
    assert [to(message) for message in await house.gateway.messages()] == [[BOB_DIGITS]]


async def test_an_alert_is_taken_care_of_after_the_automations_were_reloaded(
    hass: HomeAssistant, house: House, done: list[ServiceCall]
) -> None:
    await use_blueprint(hass, "alert_with_acknowledgement", alarm=ALARM, people=["notify.alice"], on_taken=DONE)
    hass.bus.async_fire("alarm")
    await house.async_settle()
    await house.async_reload()
    await restart_automations(hass)
    await answer(house, ALICE_DIGITS, "OK")
    await house.async_settle()
    assert said(done) == ["done"]


@both_languages
async def test_the_house_is_told_how_an_alert_goes(
    hass: HomeAssistant, house: House, done: list[ServiceCall], edition: str
) -> None:
    await add_recipient(house, "Bob", BOB)
    tell = [{"action": "test.done", "data": {"said": "{{ news }}"}}]
    await use_blueprint(hass, f"{edition}alert_news", on_news=tell, notifiers=["notify.alice"])
    steps = [{"target": "Bob", "delivery_timeout": "00:01:00"}]
    await house.async_call("alert", alert_id="leak", message="Water!", steps=steps)
    await house.async_call("acknowledge", alert_id="leak", by="Carol")
    await house.async_call("alert", alert_id="leak", message="Water!", steps=steps)
    await house.async_wait(seconds=61)
    told = said(done)
    assert ["Bob" in told[0], "Carol" in told[1], told[2] == told[0], len(told)] == [True, True, True, 4]
    assert all("leak" in news for news in told)
    assert len({told[0], told[1], told[3]}) == 3
    assert sum(to(message) == [ALICE_DIGITS] for message in await house.gateway.messages()) >= 3


@both_languages
async def test_a_watchdog_is_armed_while_nobody_is_at_home(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry, edition: str
) -> None:
    house = House(hass, freezer, gateway, entry)
    add_watchdog(house)
    await house.async_set_up()
    for person in PERSONS:
        hass.states.async_set(person, "home")
    await use_blueprint(hass, f"{edition}watchdog_when_away", watchdogs=[SWITCH], people=PERSONS)
    for person, place in zip(PERSONS, ("not_home", "unknown"), strict=True):
        hass.states.async_set(person, place)
    await house.async_wait(minutes=11)
    assert await scheduled(house) == []
    hass.states.async_set(PERSONS[1], "work")
    await house.async_wait(minutes=11)
    assert len(await scheduled(house)) == 1
    hass.states.async_set(PERSONS[0], "home")
    await house.async_settle()
    assert await scheduled(house) == []
    assert await gateway.balance() == 100


@both_languages
async def test_whoever_was_alarmed_by_silence_is_told_that_the_house_lives_again(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    gateway: Gateway,
    entry: MockConfigEntry,
    done: list[ServiceCall],
    edition: str,
) -> None:
    house = House(hass, freezer, gateway, entry)
    add_watchdog(house)
    await house.async_set_up()
    await use_blueprint(hass, f"{edition}watchdog_all_clear", people=["notify.alice"], on_back=DONE)
    await async_switch(house, on=True)
    async with gateway.offline():
        for _ in range(7):
            await house.async_wait(minutes=10)
    for _ in range(4):
        await house.async_wait(minutes=1)
    alarm, clear = await delivered(house)
    assert to(alarm) == to(clear) == [ALICE_DIGITS]
    assert "Cellar" in clear.text
    assert said(done) == ["done"]
    assert await gateway.balance() == 97


@both_languages
async def test_power_that_is_back_is_told_with_how_long_it_was_away(
    hass: HomeAssistant, house: House, edition: str
) -> None:
    await use_blueprint(hass, f"{edition}back_again", people=["notify.alice"], watched=["binary_sensor.mains"])
    attributes = {"friendly_name": "Mains"}
    hass.states.async_set("binary_sensor.mains", "on", attributes)
    hass.states.async_set("binary_sensor.mains", "off", attributes)
    await house.async_wait(minutes=41, seconds=30)
    hass.states.async_set("binary_sensor.mains", "on", attributes)
    await house.async_settle()
    assert await house.gateway.messages() == []
    await house.async_wait(minutes=1)
    (message,) = await house.gateway.messages()
    assert to(message) == [ALICE_DIGITS]
    assert "Mains" in message.text
    assert "42 min" in message.text


@pytest.mark.parametrize(("at_start", "expected"), [(True, ["Home Assistant is running again."]), (False, [])])
async def test_a_start_is_told_where_it_is_wanted(
    hass: HomeAssistant, house: House, *, at_start: bool, expected: list[str]
) -> None:
    await use_blueprint(hass, "back_again", people=["notify.alice"], at_start=at_start)
    hass.bus.async_fire("homeassistant_started")
    await house.async_settle()
    assert [message.text for message in await house.gateway.messages()] == expected
