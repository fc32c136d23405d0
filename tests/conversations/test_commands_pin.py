"""The PIN is hidden wherever digits that are it stand in what a commander writes."""

import re

import pytest
from homeassistant.core import HomeAssistant

from custom_components.smsmode.config.pin_redaction import (
    MAX_REMEMBERED,
    PinFinder,
    hide_digits,
    hide_pin,
    pin_candidates,
)
from tests.support.automations import automate
from tests.support.command_house import PIN, CommandHouse
from tests.support.dialogs import ask
from tests.support.house import ALICE, ALICE_DIGITS, BOB_DIGITS

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+")
WRITTEN = [
    pytest.param("Lights off 4711", "Lights off ••••", id="behind"),
    pytest.param("ok 4711 lights off", "ok •••• lights off", id="between"),
    pytest.param("4711 gate 4711", "•••• gate ••••", id="twice"),
    pytest.param("PIN:4711!", "PIN:••••!", id="with marks"),
    pytest.param("gate4711open", "gate••••open", id="within a word"),
    pytest.param("gate 4 7 1 1", "gate ••••", id="digit by digit"),
    pytest.param("gate 47-11", "gate ••••", id="in pairs"),
    pytest.param("gate\n47\n11", "gate\n••••", id="over lines"),
    pytest.param("at 1830, not 4711", "at 1830, not ••••", id="beside another number"),
    pytest.param("I come at 1830", "I come at 1830", id="none"),
]


@pytest.mark.parametrize(("text", "shown"), WRITTEN)
async def test_the_pin_is_hidden_wherever_it_stands(
    hass: HomeAssistant, command_house: CommandHouse, text: str, shown: str, caplog: pytest.LogCaptureFixture
) -> None:
    house = command_house.house
    caplog.set_level("DEBUG")
    replies = house.capture("smsmode_reply")
    calls = await automate(hass, "smsmode.reply_received")
    await command_house.hear(text)
    assert [event.data["message"] for event in replies] == [shown]
    assert house.state("sensor.home_last_reply").attributes["message"] == shown
    assert house.state("event.alice_reply").attributes["message"] == shown
    assert (await house.async_call("get_replies"))["replies"][0]["message"] == shown
    digits = "4711"
    # The microseconds of a moment can have any digits.
    states = _MOMENT.sub("", str([state.as_dict() for state in hass.states.async_all()]))
    logged = [record.getMessage() for record in caplog.records if record.name.startswith("custom_components")]
    for place in (states, str(calls), *logged):
        assert digits not in place
    await house.async_reload()
    assert house.state("sensor.home_last_reply").attributes["message"] == shown
    last = house.account.store.state.message_log.last_reply
    assert last is not None
    assert last.text == shown


async def test_what_somebody_else_writes_is_shown_as_it_is(command_house: CommandHouse) -> None:
    replies = command_house.house.capture("smsmode_reply")
    await command_house.hear(f"the code is {PIN}", BOB_DIGITS)
    (listed,) = (await command_house.house.async_call("get_replies"))["replies"]
    assert replies[0].data["message"] == listed["message"] == f"the code is {PIN}"


async def test_an_unconfirmed_text_is_not_searched_for_the_pin_but_hidden_where_one_may_be(
    command_house: CommandHouse,
) -> None:
    house = command_house.house
    replies = house.capture("smsmode_reply")
    await house.gateway.reply(ALICE_DIGITS, "gate 1830 4711", stray=True, callback=False)
    forged = house.gateway.emulator.state.main.replies.pop()
    processor = house.account.processor
    reply = (await house.account.client.get_replies()) or []
    assert reply == []
    house.gateway.emulator.state.main.replies.append(forged)
    (listed,) = await house.account.client.get_replies()
    processor.async_process_reply(listed, verified=False)
    await house.async_settle()
    assert [event.data["message"] for event in replies] == ["gate ••••"]


async def test_an_answer_of_a_commander_gives_no_pin_away(hass: HomeAssistant, command_house: CommandHouse) -> None:
    house = command_house.house
    answered = house.capture("smsmode_question_answered")
    question = await ask(house, answers=[{"id": "note", "sentences": ["note {text}"]}])
    await house.gateway.reply(ALICE_DIGITS, "note 4 7 1 1 and 1830", callback=False)
    await house.async_poll()
    response = await question.response()
    assert response["slots"] == {"text": "•••• and 1830"}
    assert answered[0].data["slots"] == {"text": "•••• and 1830"}
    assert answered[0].data["text"] == "note •••• and 1830"


async def test_so_many_numbers_that_all_could_be_pins_are_hidden_unsearched(command_house: CommandHouse) -> None:
    finder = command_house.house.account.processor.pin_finder
    text = "; and ".join(str(number) for number in range(1000, 1040))
    assert await finder.async_find(ALICE, text) == pin_candidates(text)
    assert await finder.async_redact(ALICE, text) == "; and ".join(["••••"] * 40)


async def test_what_was_searched_is_remembered_for_a_while(command_house: CommandHouse) -> None:
    finder: PinFinder = command_house.house.account.processor.pin_finder
    for number in range(3):
        assert await finder.async_redact(ALICE, f"gate {1000 + number} {PIN}") == f"gate {1000 + number} ••••"
    finder._results |= {(ALICE, str(number)): False for number in range(10_000, 10_000 + MAX_REMEMBERED)}
    assert await finder.async_redact(ALICE, f"gate {PIN}") == "gate ••••"
    assert len(finder._results) == MAX_REMEMBERED


def test_spans_that_overlap_are_hidden_whole() -> None:
    assert hide_pin("x 4711 22 47", {"4711", "471122", "2247"}) == "x ••••"
    assert hide_pin("4711 4711", {"4711", "47114711"}) == "••••"
    wide = "\N{FULLWIDTH DIGIT FOUR}\N{FULLWIDTH DIGIT SEVEN}\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT ONE}"
    assert hide_pin(f"gate {wide}", {"4711"}) == "gate ••••"
    assert hide_digits("4711 0815", {"0815"}) == "4711 ••••"
    assert pin_candidates("12 345678 9") == frozenset({"12345678", "345678", "3456789"})
