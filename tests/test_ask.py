"""Questions by SMS: what is asked, what counts as an answer, and that none is lost."""

import asyncio
from typing import Any

import pytest
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.smsmode.const import DOMAIN, EVENT_QUESTION_ANSWERED
from custom_components.smsmode.questions import MAX_OPEN
from tests.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, WEBHOOK_ID, House

ASK = {"question": "Close the shutters? YES or NO", "target": ["Alice"], "ready_answers": "yes_no"}


class Asker:
    """Somebody who asks, and what became of it."""

    def __init__(self, house: House, **fields: Any) -> None:
        """Ask, and wait for the answer in the background."""
        self.house = house
        # Not a task of Home Assistant's, which settles when all of its own are done.
        self.task = asyncio.create_task(
            house.hass.services.async_call(DOMAIN, "ask", ASK | fields, blocking=True, return_response=True)
        )

    async def sent(self, count: int = 1) -> None:
        """Wait until the question was sent."""
        await self.house.gateway.asked("sendSMS.do", count)
        await self.house.async_settle()

    async def response(self) -> dict[str, Any]:
        """Give what the caller gets."""
        async with asyncio.timeout(10):
            return dict(await self.task or {})

    async def leave(self) -> None:
        """Wait no more."""
        self.task.cancel()
        await asyncio.wait([self.task])


async def ask(house: House, **fields: Any) -> Asker:
    """Ask, and give who waits once the question has left."""
    before = len(await house.gateway.requests("sendSMS.do"))
    asker = Asker(house, **fields)
    await asker.sent(before + 1)
    return asker


async def reply(house: House, text: str, number: str = ALICE_DIGITS, message_id: str | None = None) -> None:
    """Have somebody reply, and the house hear of it."""
    await house.gateway.reply(number, text, message_id, callback=False)
    await house.async_poll()


async def texts(house: House) -> list[tuple[str, list[str]]]:
    """Give what was sent to whom."""
    return [(message.text, message.numbers) for message in await house.gateway.messages()]


async def spent(house: House) -> float:
    """Give the credits that are gone."""
    return 100 - await house.gateway.balance()


def open_questions(house: House) -> int:
    """Count what is not closed."""
    return len(house.account.storage.memory.questions.all)


async def test_who_asks_gets_the_first_valid_answer(house: House) -> None:
    events = house.capture(EVENT_QUESTION_ANSWERED)
    asker = await ask(house, ask_id="shutters")
    (message,) = await house.gateway.messages()
    assert (message.message_class, message.sender) == (4, "36034")
    await reply(house, "Oui merci !")
    answer = {
        "ask_id": "shutters",
        "id": "yes",
        "text": "Oui merci !",
        "slots": {},
        "number": ALICE,
        "recipient": "Alice",
        "message_id": message.id,
        "answered_at": events[0].data["answered_at"],
    }
    assert await asker.response() == answer | {"timed_out": False}
    assert [event.data for event in events] == [answer | {"config_entry_id": house.entry.entry_id}]
    assert (open_questions(house), await spent(house)) == (0, 1)


async def test_the_first_of_several_answers_and_the_others_are_told(house: House) -> None:
    asker = await ask(
        house, target=["Alice", BOB], tell_others="{recipient} said {answer}.", urgent=True, answers=[], timeout=3600
    )
    await reply(house, "no", BOB_DIGITS)
    await reply(house, "yes")
    response = await asker.response()
    assert (response["id"], response["recipient"], response["number"]) == ("no", None, BOB)
    assert await texts(house) == [
        (ASK["question"], [ALICE_DIGITS, BOB_DIGITS]),
        (f"{BOB} said no.", [ALICE_DIGITS]),
    ]
    assert (open_questions(house), await spent(house)) == (0, 3)


async def test_nobody_is_told_where_nobody_else_was_asked(house: House) -> None:
    asker = await ask(house, tell_others="{recipient} said {answer}.")
    await reply(house, "yes")
    assert (await asker.response())["id"] == "yes"
    assert (open_questions(house), await spent(house)) == (0, 1)


async def test_slots_and_answers_of_ones_own(house: House) -> None:
    asker = await ask(house, answers=[{"id": "later", "sentences": "dans {minutes} (minutes|min)"}])
    await reply(house, "Dans 20 min, merci")
    response = await asker.response()
    assert (response["id"], response["slots"]) == ("later", {"minutes": "20"})


async def test_without_answers_any_reply_is_one(house: House) -> None:
    events = house.capture(EVENT_QUESTION_ANSWERED)
    await house.hass.services.async_call(DOMAIN, "ask", {"question": "Who?", "target": ["Alice"]}, blocking=True)
    await reply(house, "Me")
    assert [(event.data["id"], event.data["text"]) for event in events] == [(None, "Me")]


async def test_without_an_answer_it_times_out_and_costs_one_message(house: House) -> None:
    asker = await ask(house, timeout={"minutes": 5}, ask_id="shutters")
    await house.async_wait(minutes=5)
    response = await asker.response()
    assert response.pop("ask_id") == "shutters"
    assert response.pop("timed_out") is True
    assert response.pop("slots") == {}
    assert set(response.values()) == {None}
    assert (open_questions(house), await spent(house)) == (0, 1)


async def test_an_answer_that_is_there_at_the_deadline_is_not_missed(house: House) -> None:
    asker = await ask(house, timeout={"minutes": 5})
    await house.gateway.reply(ALICE_DIGITS, "yes", callback=False)
    await house.async_wait(minutes=5)
    assert (await asker.response())["id"] == "yes"


async def test_a_gateway_that_is_away_at_the_deadline_keeps_nobody_waiting(house: House) -> None:
    asker = await ask(house, timeout={"minutes": 5})
    async with house.gateway.offline():
        await house.async_wait(minutes=5)
    assert (await asker.response())["timed_out"]


async def test_what_is_not_understood_is_asked_again_once(house: House) -> None:
    asker = await ask(house, target=["Alice", BOB], ask_again="YES or NO please")
    await reply(house, "what?")
    await reply(house, "hm", BOB_DIGITS)
    await reply(house, "pardon?")
    assert await texts(house) == [(ASK["question"], [ALICE_DIGITS, BOB_DIGITS]), ("YES or NO please", [ALICE_DIGITS])]
    await reply(house, "no")
    assert (await asker.response())["id"] == "no"
    assert await spent(house) == 3


async def test_what_is_not_understood_is_ignored_unless_somebody_wants_it_asked_again(house: House) -> None:
    asker = await ask(house)
    await reply(house, "what?")
    await reply(house, "yes")
    assert (await asker.response())["id"] == "yes"
    assert await spent(house) == 1


async def test_a_message_that_cannot_be_told_leaves_the_answer_in_force(house: House) -> None:
    asker = await ask(house, target=["Alice", BOB], tell_others="{recipient} said {answer}.", ask_again="Again?")
    await house.gateway.set(balance=0)
    await reply(house, "what?")
    await reply(house, "yes")
    assert (await asker.response())["id"] == "yes"
    assert (len(await texts(house)), open_questions(house)) == (1, 0)


async def test_only_a_reply_to_the_question_is_an_answer(house: House) -> None:
    other = await house.async_call("send_message", message="News", target=["Alice", BOB], reply=True)
    asker = Asker(house)
    await asker.sent(2)
    await reply(house, "yes", message_id=other["messages"][0]["message_id"])
    await house.gateway.reply(ALICE_DIGITS, "yes", stray=True, callback=False)
    await house.async_poll()
    assert not asker.task.done()
    await reply(house, "no")
    assert (await asker.response())["id"] == "no"


async def test_somebody_who_was_not_asked_does_not_answer(house: House, hass_client_no_auth: Any) -> None:
    asker = await ask(house)
    (message,) = await house.gateway.messages()
    client = await hass_client_no_auth()
    forged = {"numero": "36034", "message": "yes", "emetteur": ALICE_DIGITS, "smsID": message.id, "responseID": "x1"}
    await client.get(f"/api/webhook/{WEBHOOK_ID}", params=forged)
    for _ in range(8):
        await house.async_wait(seconds=15)
    assert not asker.task.done()
    assert len(house.hass.states.get("event.home_reply").attributes) > 3  # type: ignore[union-attr]
    await reply(house, "no")
    assert (await asker.response())["id"] == "no"


async def test_a_late_answer_does_not_act(house: House) -> None:
    asker = await ask(house, timeout={"hours": 5})
    await house.gateway.reply(ALICE_DIGITS, "yes", callback=False)
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    house.freezer.tick(3600)
    await house.async_set_up()
    assert not asker.task.done()
    assert open_questions(house) == 1
    await reply(house, "no")
    assert (await asker.response())["id"] == "no"


async def test_whoever_waits_gets_the_answer_over_a_reload(house: House) -> None:
    asker = await ask(house)
    await house.async_reload()
    await reply(house, "yes")
    assert (await asker.response())["id"] == "yes"


async def test_whoever_waits_is_let_go_when_the_account_does_not_come_back(house: House) -> None:
    asker = await ask(house, timeout={"minutes": 5})
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    await house.async_wait(minutes=8)
    assert (await asker.response())["timed_out"]


async def test_after_a_restart_a_question_has_the_time_that_is_left(house: House) -> None:
    events = house.capture(EVENT_QUESTION_ANSWERED)
    await house.hass.services.async_call(DOMAIN, "ask", ASK | {"timeout": {"hours": 1}}, blocking=True)
    await house.async_reload()
    await house.async_wait(minutes=59)
    assert open_questions(house) == 1
    await house.async_wait(minutes=1)
    assert (open_questions(house), events) == (0, [])


async def test_a_question_that_ended_while_the_house_was_down_is_closed_at_the_start(house: House) -> None:
    await house.hass.services.async_call(DOMAIN, "ask", ASK | {"timeout": {"minutes": 5}}, blocking=True)
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    await house.async_wait(minutes=10)
    await house.async_set_up()
    await house.async_wait(seconds=1)
    assert open_questions(house) == 0


async def test_what_was_to_be_sent_when_the_house_fell_is_sent_once(house: House) -> None:
    asker = await ask(house, target=["Alice", BOB], tell_others="{recipient} said {answer}.", ask_again="Again?")
    questions = house.account.storage.memory.questions.all
    (question,) = questions.values()
    # On the disk, and then the house fell.
    question.again_to = ALICE
    questions.touch(question.key)
    for _ in range(2):
        await house.async_reload()
    assert [text for text, _ in await texts(house)] == [ASK["question"], "Again?"]
    questions = house.account.storage.memory.questions.all
    (question,) = questions.values()
    question.answered_by, question.news = ALICE, "Alice said yes."
    questions.touch(question.key)
    for _ in range(2):
        await house.async_reload()
    assert (await texts(house))[2:] == [("Alice said yes.", [BOB_DIGITS])]
    assert (open_questions(house), await spent(house)) == (0, 4)
    await asker.leave()


async def test_a_question_that_the_house_fell_before_asking_is_forgotten(house: House) -> None:
    asker = await ask(house)
    house.account.storage.ledger.forget((await house.gateway.messages())[0].id)
    await house.async_reload()
    assert open_questions(house) == 0
    await asker.leave()


async def test_an_answer_triggers_an_automation_over_a_reload(hass: HomeAssistant, house: House) -> None:
    calls: list[ServiceCall] = async_mock_service(hass, "test", "heard")
    heard = {"action": "test.heard", "data": {"said": "{{ trigger.question.id }} {{ trigger.question.ask_id }}"}}
    options = [
        {},
        {"ask_id": "shutters", "answer": ["yes", "no"]},
        {"ask_id": "another"},
        {"answer": "no"},
        {"config_entry_id": "another"},
    ]
    triggers = [{"trigger": "smsmode.question_answered", "options": option} for option in options]
    automations = [{"alias": str(n), "triggers": [trigger], "actions": [heard]} for n, trigger in enumerate(triggers)]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await hass.async_block_till_done()
    asker = await ask(house, ask_id="shutters")
    await house.async_reload()
    await reply(house, "yes")
    assert [call.data["said"] for call in calls] == ["yes shutters"] * 2
    second = await ask(house, question="Really? YES or NO", ask_id="shutters", timeout=60)
    await house.async_wait(minutes=2)
    assert (await second.response())["timed_out"]
    assert (len(calls), (await asker.response())["id"]) == (2, "yes")


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        pytest.param({"target": ["+33493000000"]}, "target_fixed_line", id="voice-only"),
        pytest.param({"target": ["Alice", "+447400123456"]}, "reply_abroad", id="abroad"),
        pytest.param({"target": ["Alice", "Family"]}, "reply_group", id="group"),
        pytest.param({"target": ["Alice", "Zoé", "12"]}, "target_unknown_recipient", id="unknown"),
        pytest.param({"target": []}, "no_recipients", id="nobody"),
        pytest.param({"timeout": {"days": 31}}, "timeout_too_long", id="too-long"),
        pytest.param({"answers": [{"id": "sure", "sentences": ["Oui !"]}]}, "answers_overlap", id="overlap"),
        pytest.param({"answers": [{"id": "sure", "sentences": ["(oui"]}]}, "answer_sentence_invalid", id="sentence"),
        pytest.param({"answers": [{"id": "sure", "sentences": []}]}, "answer_empty", id="empty"),
        pytest.param({"question": "Ça va 👍 ?"}, "reply_not_latin", id="emoji"),
        pytest.param({"question": "Как дела?"}, "reply_not_latin", id="cyrillic"),
        pytest.param({"ask_again": "👍 ?"}, "reply_not_latin", id="emoji-asked-again"),
        pytest.param({"question": " "}, "text_empty", id="no-question"),
    ],
)
async def test_what_cannot_be_asked_is_refused_before_anything_is_spent(
    house: House, fields: dict[str, Any], key: str
) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await house.async_call("ask", **ASK | fields)
    assert refused.value.translation_key == key
    assert (open_questions(house), await house.gateway.requests("sendSMS.do"), await spent(house)) == (0, [], 0)


async def test_an_explicit_sender_is_refused(house: House) -> None:
    with pytest.raises(Exception, match="sender"):
        await house.async_call("ask", **ASK, sender="ALARM")
    assert await house.gateway.requests("sendSMS.do") == []


async def test_a_question_overseas_is_asked(house: House) -> None:
    asker = await ask(house, target=["+262692123456"])
    await reply(house, "yes", "262692123456")
    assert (await asker.response())["id"] == "yes"


async def test_the_same_question_is_not_asked_twice_at_a_time(house: House) -> None:
    asker = await ask(house, ask_id="shutters")
    for fields, key in (({"ask_id": "shutters", "question": "Really?"}, "question_open"), ({}, "ask_repeated")):
        with pytest.raises(ServiceValidationError) as refused:
            await house.async_call("ask", **ASK | fields)
        assert refused.value.translation_key == key
    assert (open_questions(house), await spent(house)) == (1, 1)
    await reply(house, "yes")
    assert (await asker.response())["id"] == "yes"


async def test_there_are_only_so_many_questions(house: House) -> None:
    asker = await ask(house)
    questions = house.account.storage.memory.questions.all
    (question,) = questions.values()
    for number in range(MAX_OPEN - 1):
        questions[str(number)] = question
    with pytest.raises(ServiceValidationError) as refused:
        await house.async_call("ask", **ASK | {"question": "One more?"})
    assert refused.value.translation_key == "too_many_questions"
    assert await spent(house) == 1
    await asker.leave()


async def test_a_question_that_is_not_taken_is_not_open(house: House) -> None:
    await house.gateway.set(balance=0)
    with pytest.raises(HomeAssistantError) as refused:
        await house.async_call("ask", **ASK)
    assert refused.value.translation_key == "no_credit_balance"
    assert open_questions(house) == 0
    await house.async_settle()


async def test_a_question_that_waits_for_the_gateway_is_asked_when_it_is_back(house: House) -> None:
    async with house.gateway.offline():
        asker = Asker(house, timeout={"hours": 1})
        await house.async_settle()
        await house.async_reload()
        assert open_questions(house) == 1
    await house.async_wait(minutes=1)
    await asker.sent()
    await reply(house, "yes")
    assert (await asker.response())["id"] == "yes"


async def test_an_answer_is_looked_for_at_least_every_minute(house: House) -> None:
    asker = await ask(house, timeout={"hours": 5})
    for _ in range(30):
        await house.async_wait(minutes=1)
    await house.gateway.reply(ALICE_DIGITS, "yes", callback=False)
    await house.async_wait(minutes=1)
    assert (await asker.response())["id"] == "yes"


async def test_two_questions_are_told_apart(house: House) -> None:
    first = await ask(house)
    second = await ask(house, question="And the door? YES or NO")
    shutters, door = await house.gateway.messages()
    await reply(house, "no", message_id=door.id)
    assert (await second.response())["id"] == "no"
    assert not first.task.done()
    await reply(house, "yes", message_id=shutters.id)
    assert (await first.response())["id"] == "yes"


async def test_an_answer_to_a_question_that_is_still_in_doubt_counts_when_that_is_found(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "drop_after")
    await house.gateway.fail("smsList.do", "http:500", times=2)
    asker = await ask(house)
    await reply(house, "yes")
    await house.gateway.reply(ALICE_DIGITS, "hello", stray=True, callback=False)
    await house.async_poll()
    assert not asker.task.done()
    for _ in range(4):
        await house.async_wait(minutes=1)
    assert (await asker.response())["id"] == "yes"
    assert await spent(house) == 1
