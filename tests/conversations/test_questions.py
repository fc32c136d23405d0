"""Questions by SMS: what is asked, and what counts as an answer."""

from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.smsmode.const import DOMAIN, EVENT_QUESTION_ANSWERED
from tests.support.dialogs import ASK, PendingQuestion, ask, open_questions, reply, spent, texts
from tests.support.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, WEBHOOK_ID, House


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
    asker = PendingQuestion(house)
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


async def test_a_question_overseas_is_asked(house: House) -> None:
    asker = await ask(house, target=["+262692123456"])
    await reply(house, "yes", "262692123456")
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
