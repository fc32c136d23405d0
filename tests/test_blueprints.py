"""Every blueprint, from its file to the SMS on the telephone and the answer typed there, in both languages."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from awesomeversion import AwesomeVersion
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import __version__
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import Input, load_yaml_dict
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_mock_service,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from tests.gateway import Gateway, GatewayMessage
from tests.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, WEBHOOK_ID, House
from tests.rules import add_recipient
from tests.watchdogs import SCHEDULED, SWITCH, add_watchdog, async_switch, delivered, scheduled
from tests.words import PACKAGE

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "blueprints" / "automation" / "smsmode"
NAMES = sorted(file.name for file in FOLDER.glob("*.yaml"))
ALARM = [{"trigger": "event", "event_type": "alarm"}]
DONE = [{"action": "test.done", "data": {"said": "done"}}]
FAILED = [{"action": "test.done", "data": {"said": "nobody"}}]
PERSONS = ["person.alice", "person.bob"]
RECEIVED = 11

both_languages = pytest.mark.parametrize("edition", ["", "fr/"], ids=["english", "french"])


@pytest.fixture
def done(hass: HomeAssistant) -> list[ServiceCall]:
    """Collect what the blueprints do."""
    calls: list[ServiceCall] = async_mock_service(hass, "test", "done")
    return calls


def said(done: list[ServiceCall]) -> list[str]:
    return [str(call.data["said"]) for call in done]


async def use(hass: HomeAssistant, blueprint: str, **inputs: Any) -> None:
    """Make an automation of a blueprint as it lies in the repository."""
    there = Path(hass.config.path("blueprints", "automation", "smsmode"))
    await hass.async_add_executor_job(shutil.copytree, FOLDER, there)
    used = {"path": f"smsmode/{blueprint}.yaml", "input": inputs}
    automation = {"id": "tried", "alias": "Tried", "use_blueprint": used}
    assert await async_setup_component(hass, "persistent_notification", {})
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    await hass.async_block_till_done()
    state = hass.states.get("automation.tried")
    assert state is not None
    assert state.state == "on"


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
    await house.gateway.asked("sendSMS.do", count)
    messages: list[GatewayMessage] = []
    while len(messages) < count:
        messages = await house.gateway.messages()
    return messages


async def waiting(house: House, segments: int) -> None:
    """Wait until the house knows that so many segments left, and its automation waits for an answer."""
    await until(house, lambda: house.account.inbox.ledger.segments_sent >= segments)
    await a_moment(house)


async def a_moment(house: House) -> None:
    """Let the automation do what is due."""
    for _ in range(20):
        await house.gateway.requests("nothing.do")


async def answer(house: House, number: str, text: str) -> None:
    """Type an answer on a telephone, and have the house ask for it."""
    await house.gateway.reply(number, text, callback=False)
    await house.account.coordinator.async_refresh()


def acts() -> dict[str, Any]:
    """Say of each answer that it came."""
    return {f"on_{which}": [{"action": "test.done", "data": {"said": which}}] for which in ("yes", "no", "silence")}


async def begin_anew(hass: HomeAssistant) -> None:
    """End all runs of the automation, as a restart does."""
    for action in ("turn_off", "turn_on"):
        await hass.services.async_call("automation", action, {"entity_id": "automation.tried"}, blocking=True)


def allow_commands(house: House, *commands: dict[str, Any]) -> None:
    """Let Alice command the house; her PIN is nobody's business here."""
    alice = next(iter(house.entry.subentries.values()))
    kept = {"recipient": alice.subentry_id, "commands": list(commands), "assist": False, "hourly_limit": 10}
    subentry = ConfigSubentry(
        data=MappingProxyType(kept), subentry_type="commands", title="Alice", unique_id="commands:alice"
    )
    house.hass.config_entries.async_add_subentry(house.entry, subentry)


def to(message: GatewayMessage) -> list[str]:
    return sorted(message.numbers)


@both_languages
async def test_an_alert_goes_on_to_the_next_person_until_somebody_takes_care(
    hass: HomeAssistant, house: House, done: list[ServiceCall], edition: str
) -> None:
    await add_recipient(house, "Bob", BOB)
    await use(
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
    _, second = await house.gateway.messages()
    assert to(second) == [BOB_DIGITS]
    # Late, but not too late.
    await house.gateway.reply(ALICE_DIGITS, "ok !", first.id, callback=False)
    await house.async_poll()
    *_, last = await house.gateway.messages()
    assert to(last) == [BOB_DIGITS]
    assert last.text.startswith("Alice ")
    assert said(done) == ["Alice"]
    assert {message.message_class for message in (first, second)} == {4}
    assert await house.gateway.balance() == 97


@both_languages
async def test_an_alert_that_nobody_answers_is_given_up_after_its_rounds(
    hass: HomeAssistant, house: House, done: list[ServiceCall], edition: str
) -> None:
    await use(
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
    await use(hass, "alert_with_acknowledgement", alarm=ALARM, people=people, taken_message="", on_taken=DONE)
    hass.bus.async_fire("alarm")
    await house.async_settle()
    await answer(house, BOB_DIGITS, "OK")
    assert said(done) == ["done"]
    assert [to(message) for message in await house.gateway.messages()] == [[BOB_DIGITS]]


async def test_an_alert_is_taken_care_of_after_the_automations_were_reloaded(
    hass: HomeAssistant, house: House, done: list[ServiceCall]
) -> None:
    await use(hass, "alert_with_acknowledgement", alarm=ALARM, people=["notify.alice"], on_taken=DONE)
    hass.bus.async_fire("alarm")
    await house.async_settle()
    await house.async_reload()
    await begin_anew(hass)
    await answer(house, ALICE_DIGITS, "OK")
    await house.async_settle()
    assert said(done) == ["done"]


@both_languages
async def test_the_house_is_told_how_an_alert_goes(
    hass: HomeAssistant, house: House, done: list[ServiceCall], edition: str
) -> None:
    await add_recipient(house, "Bob", BOB)
    tell = [{"action": "test.done", "data": {"said": "{{ news }}"}}]
    await use(hass, f"{edition}alert_news", on_news=tell, notifiers=["notify.alice"])
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
    await use(hass, f"{edition}ask_and_act", occasion=ALARM, people=["notify.alice"], ask_id="heating", **acts())
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
    await use(hass, "ask_and_act", occasion=ALARM, people=["notify.alice"], **acts())
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
    await use(hass, "ask_and_act", occasion=ALARM, people=["notify.alice"], **acts())
    hass.bus.async_fire("alarm")
    await sent(house, 1)
    await waiting(house, 1)
    await begin_anew(hass)
    await answer(house, ALICE_DIGITS, typed)
    await until(house, lambda: done)
    assert said(done) == [expected]


async def test_a_question_that_cannot_leave_is_met_with_silence(
    hass: HomeAssistant, house: House, done: list[ServiceCall]
) -> None:
    await house.gateway.fail("sendSMS.do", "code:35")
    await use(hass, "ask_and_act", occasion=ALARM, people=["notify.alice"], **acts())
    hass.bus.async_fire("alarm")
    await until(house, lambda: done)
    assert said(done) == ["silence"]


@both_languages
async def test_who_commands_has_it_done(
    hass: HomeAssistant, house: House, done: list[ServiceCall], edition: str
) -> None:
    allow_commands(house, {"words": "Open the gate", "without_pin": True}, {"words": "Status"})
    act = [{"action": "test.done", "data": {"said": "{{ who }}"}}]
    await use(hass, f"{edition}command_acts", command="open the gate", people=["Alice"], on_command=act)
    await house.async_reload()
    for text in ("Open the GATE!", "Status"):
        await house.gateway.reply(ALICE_DIGITS, text, stray=True, callback=False)
        await house.async_poll()
    assert said(done) == ["Alice"]
    # The one answer to the first, and that a PIN is missing.
    assert await house.gateway.balance() == 98


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
    await use(hass, f"{edition}wake_or_wait", **inputs)
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
    await use(hass, "wake_or_wait", occasion=ALARM, people=["notify.alice"])
    hass.bus.async_fire("alarm")
    await house.async_settle()
    assert [event.data["service_data"]["urgent"] for event in urgent] == [False]


@both_languages
async def test_a_watchdog_is_armed_while_nobody_is_at_home(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry, edition: str
) -> None:
    house = House(hass, freezer, gateway, entry)
    add_watchdog(house)
    await house.async_set_up()
    for person in PERSONS:
        hass.states.async_set(person, "home")
    await use(hass, f"{edition}watchdog_when_away", watchdogs=[SWITCH], people=PERSONS)
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
    await use(hass, f"{edition}watchdog_all_clear", people=["notify.alice"], on_back=DONE)
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
async def test_every_reply_is_forwarded_and_what_is_doubtful_about_it_is_said(
    hass: HomeAssistant, house: House, done: list[ServiceCall], edition: str
) -> None:
    on_reply = [{"action": "test.done", "data": {"said": "{{ who }}/{{ text }}/{{ remark }}"}}]
    await use(hass, f"{edition}forward_replies", on_reply=on_reply, late="L", unverified="U")
    await house.gateway.reply(ALICE_DIGITS, "+5", stray=True)
    await house.async_poll()
    await house.gateway.reply(BOB_DIGITS, "[1, 2]", stray=True)
    await house.async_wait(hours=1)
    await house.async_poll()
    assert said(done) == ['Alice/"+5"/', '+33 698765432/"[1, 2]"/L']


async def test_a_forged_reply_is_forwarded_as_what_it_may_be(
    hass: HomeAssistant, house: House, hass_client_no_auth: ClientSessionGenerator, hass_ws_client: WebSocketGenerator
) -> None:
    notes = await hass_ws_client(hass)
    client = await hass_client_no_auth()
    await use(hass, "forward_replies")
    await client.get(f"/api/webhook/{WEBHOOK_ID}?numero=36034&message=OK&emetteur={ALICE_DIGITS}&responseID=forged1")
    await house.async_settle()
    for _ in range(10):
        await house.async_wait(seconds=8)
    await notes.send_json_auto_id({"type": "persistent_notification/get"})
    (note,) = (await notes.receive_json())["result"]
    assert (note["title"], note["message"]) == ("SMS from Alice (not confirmed)", '"OK"')


async def test_a_forwarded_reply_goes_to_whom_it_is_to_go(hass: HomeAssistant, house: House) -> None:
    await add_recipient(house, "Bob", BOB)
    await use(hass, "forward_replies", notifiers=["notify.bob"], show=False)
    await house.gateway.reply(ALICE_DIGITS, "I am late", stray=True)
    await house.async_poll()
    (message,) = await house.gateway.messages()
    assert to(message) == [BOB_DIGITS]
    assert message.text == 'SMS from Alice\n"I am late"'


@both_languages
async def test_low_credits_are_told_once_a_day(
    hass: HomeAssistant, house: House, done: list[ServiceCall], edition: str
) -> None:
    on_low = [{"action": "test.done", "data": {"said": "{{ credits }}"}}]
    inputs = {"balance": "sensor.home_balance", "threshold": 30, "notifiers": ["notify.alice"], "on_low": on_low}
    await use(hass, f"{edition}low_balance", **inputs)
    for balance in (31, 29, 40, 28):
        await house.gateway.set(balance=balance)
        await house.async_poll()
    assert [float(text) for text in said(done)] == [29]
    (message,) = await house.gateway.messages()
    assert "29" in message.text
    await house.async_wait(days=1)
    for balance in (40, 0):
        await house.gateway.set(balance=balance)
        await house.async_poll()
    assert [float(text) for text in said(done)] == [29, 0]


async def test_a_post_paid_account_is_never_low(hass: HomeAssistant, house: House, done: list[ServiceCall]) -> None:
    await use(hass, "low_balance", balance="sensor.home_balance", on_low=DONE)
    await house.gateway.set(balance=-3, post_paid=True)
    await house.async_poll()
    assert done == []


@both_languages
async def test_power_that_is_back_is_told_with_how_long_it_was_away(
    hass: HomeAssistant, house: House, edition: str
) -> None:
    await use(hass, f"{edition}back_again", people=["notify.alice"], watched=["binary_sensor.mains"])
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
    await use(hass, "back_again", people=["notify.alice"], at_start=at_start)
    hass.bus.async_fire("homeassistant_started")
    await house.async_settle()
    assert [message.text for message in await house.gateway.messages()] == expected


def loaded(file: Path) -> dict[str, Any]:
    return load_yaml_dict(str(file))


@pytest.mark.parametrize("name", NAMES)
def test_a_blueprint_says_where_it_is_from_and_what_it_needs(name: str) -> None:
    home = re.search(r'"documentation": "([^"]+)"', (PACKAGE / "manifest.json").read_text())
    assert home is not None
    readme = (ROOT / "README.md").read_text()
    for edition in ("", "fr/"):
        described = loaded(FOLDER / f"{edition}{name}")["blueprint"]
        source = f"{home[1]}/blob/main/blueprints/automation/smsmode/{edition}{name}"
        assert described["source_url"] == source
        assert f"blueprint_url={source.replace(':', '%3A').replace('/', '%2F')}" in readme
        assert described["homeassistant"]["min_version"] == "2026.10.0"
    assert AwesomeVersion(__version__) >= "2026.10.0"


@pytest.mark.parametrize("name", NAMES)
def test_the_french_edition_differs_from_the_english_in_words_alone(name: str) -> None:
    english, french = (loaded(FOLDER / f"{edition}{name}") for edition in ("", "fr/"))
    assert list(_bones(english)) == list(_bones(french))
    assert english["blueprint"]["name"] != french["blueprint"]["name"]


def _bones(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Give all that is in a blueprint, of what people read only the templates."""
    match node:
        case dict():
            for key, value in node.items():
                yield from _bones(value, (*path, str(key)))
        case list():
            for index, value in enumerate(node):
                yield from _bones(value, (*path, str(index)))
        case str() if _is_for_people(path):
            yield path, re.findall(r"{{.*?}}|{%.*?%}", node)
        case Input():
            yield path, f"!input {node.name}"
        case _:
            yield path, node


def _is_for_people(path: tuple[str, ...]) -> bool:
    """Names, descriptions and the default of a text; nothing outside the head of the blueprint."""
    words = {"name", "description", "default", "source_url"}
    return path[0] == "blueprint" and (path[-1] in words or (len(path) > 1 and path[-2] == "default"))
