"""Every blueprint, from its file to the SMS on the telephone and the answer typed there, in both languages."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from awesomeversion import AwesomeVersion
from homeassistant.const import __version__
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import Input, load_yaml_dict
from pytest_homeassistant_custom_component.common import async_mock_service
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from tests.gateway import GatewayMessage
from tests.house import ALICE_DIGITS, BOB, BOB_DIGITS, WEBHOOK_ID, House
from tests.rules import add_recipient
from tests.words import PACKAGE

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "blueprints" / "automation" / "smsmode"
NAMES = sorted(file.name for file in FOLDER.glob("*.yaml"))
ALARM = [{"trigger": "event", "event_type": "alarm"}]
DONE = [{"action": "test.done", "data": {"said": "done"}}]
FAILED = [{"action": "test.done", "data": {"said": "nobody"}}]

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
    (first,) = await sent(house, 1)
    assert to(first) == [ALICE_DIGITS]
    await waiting(house, 1)
    await answer(house, ALICE_DIGITS, "What?")
    house.freezer.tick(301)
    _, second = await sent(house, 2)
    assert to(second) == [BOB_DIGITS]
    await waiting(house, 2)
    # Late, but not too late.
    await answer(house, ALICE_DIGITS, "ok !")
    *_, last = await sent(house, 3)
    assert to(last) == [ALICE_DIGITS, BOB_DIGITS]
    assert last.text.startswith("Alice ")
    await house.async_settle()
    assert said(done) == ["Alice"]
    assert {message.message_class for message in (first, second)} == {4}


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
        patience={"minutes": 10},
        on_taken=DONE,
        on_nobody=FAILED,
    )
    for count in (1, 2):
        hass.bus.async_fire("alarm")
        await sent(house, count)
        await waiting(house, count)
        house.freezer.tick(601)
    await until(house, lambda: done)
    await house.async_settle()
    assert said(done) == ["nobody"]
    assert len(await house.gateway.messages()) == 2


async def test_an_alert_whose_message_cannot_leave_goes_on(
    hass: HomeAssistant, house: House, done: list[ServiceCall]
) -> None:
    await house.gateway.fail("sendSMS.do", "code:35")
    await add_recipient(house, "Bob", BOB)
    people = ["notify.alice", "notify.bob"]
    await use(hass, "alert_with_acknowledgement", alarm=ALARM, people=people, tell=False, on_taken=DONE)
    hass.bus.async_fire("alarm")
    await house.gateway.asked("sendSMS.do", 1)
    await a_moment(house)
    house.freezer.tick(301)
    await house.gateway.asked("sendSMS.do", 2)
    await waiting(house, 1)
    await answer(house, BOB_DIGITS, "OK")
    await until(house, lambda: done)
    await house.async_settle()
    assert [to(message) for message in await house.gateway.messages()] == [[BOB_DIGITS]]


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
    acts = {f"on_{which}": [{"action": "test.done", "data": {"said": which}}] for which in ("yes", "no", "silence")}
    await use(hass, f"{edition}ask_and_act", occasion=ALARM, person="notify.alice", reference="heating", **acts)
    hass.bus.async_fire("alarm")
    (question,) = await sent(house, 1)
    assert (to(question), question.message_class) == ([ALICE_DIGITS], 4)
    assert "?" in question.text
    await waiting(house, 1)
    await answer(house, ALICE_DIGITS, typed[edition])
    await a_moment(house)
    house.freezer.tick(1801)
    await until(house, lambda: done)
    await house.async_settle()
    assert said(done) == [expected]


async def test_the_answer_to_another_question_is_none_to_this(
    hass: HomeAssistant, house: House, done: list[ServiceCall]
) -> None:
    other = await house.async_call("send_message", message="Dinner?", target=["Alice"], reply=True, reference="dinner")
    await use(hass, "ask_and_act", occasion=ALARM, person="notify.alice", on_yes=DONE, on_silence=FAILED)
    hass.bus.async_fire("alarm")
    await sent(house, 2)
    await waiting(house, 2)
    message_id = other["messages"][0]["message_id"]
    await house.gateway.reply(ALICE_DIGITS, "Yes", message_id, callback=False)
    await house.account.coordinator.async_refresh()
    await a_moment(house)
    house.freezer.tick(1801)
    await until(house, lambda: done)
    await house.async_settle()
    assert said(done) == ["nobody"]


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
