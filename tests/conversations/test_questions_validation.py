"""Questions by SMS: what cannot be asked is refused, and what is asked is asked once."""

from typing import Any

import pytest
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from custom_components.smsmode.state.questions import MAX_OPEN
from tests.support.dialogs import ASK, PendingQuestion, ask, open_questions, reply, spent
from tests.support.house import House


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        pytest.param({"target": ["+33493000000"]}, "target_fixed_line", id="voice-only"),
        pytest.param({"target": ["+447400123456"]}, "reply_abroad", id="abroad"),
        pytest.param({"target": ["Family"]}, "reply_group", id="group"),
        pytest.param({"target": ["Zoé", "12"]}, "target_unknown_recipient", id="unknown"),
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
    questions = house.account.store.state.questions.all
    (question,) = questions.values()
    for number in range(MAX_OPEN - 1):
        questions[str(number)] = question
    with pytest.raises(ServiceValidationError) as refused:
        await house.async_call("ask", **ASK | {"question": "One more?"})
    assert refused.value.translation_key == "too_many_questions"
    assert await spent(house) == 1
    await asker.cancel()


async def test_a_question_that_is_not_taken_is_not_open(house: House) -> None:
    await house.gateway.set(balance=0)
    with pytest.raises(HomeAssistantError) as refused:
        await house.async_call("ask", **ASK)
    assert refused.value.translation_key == "no_credit_balance"
    assert open_questions(house) == 0
    await house.async_settle()


async def test_a_question_that_waits_for_the_gateway_is_asked_when_it_is_back(house: House) -> None:
    async with house.gateway.offline():
        asker = PendingQuestion(house, timeout={"hours": 1})
        await house.async_settle()
        await house.async_reload()
        assert open_questions(house) == 1
    await house.async_wait(minutes=1)
    await asker.sent()
    await reply(house, "yes")
    assert (await asker.response())["id"] == "yes"
