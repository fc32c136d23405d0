"""Questions by SMS: nobody waits for ever, and no answer is lost over a restart."""

from custom_components.smsmode.const import DOMAIN, EVENT_QUESTION_ANSWERED
from tests.support.dialogs import ASK, ask, open_questions, reply, spent, texts
from tests.support.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, House


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
    questions = house.account.store.state.questions.all
    (question,) = questions.values()
    # On the disk, and then the house fell.
    question.asked_again = ALICE
    questions.mark_changed(question.key)
    for _ in range(2):
        await house.async_reload()
    assert [text for text, _ in await texts(house)] == [ASK["question"], "Again?"]
    questions = house.account.store.state.questions.all
    (question,) = questions.values()
    question.answered_by, question.pending_notice = ALICE, "Alice said yes."
    questions.mark_changed(question.key)
    for _ in range(2):
        await house.async_reload()
    assert (await texts(house))[2:] == [("Alice said yes.", [BOB_DIGITS])]
    assert (open_questions(house), await spent(house)) == (0, 4)
    await asker.cancel()


async def test_a_question_that_the_house_fell_before_asking_is_forgotten(house: House) -> None:
    asker = await ask(house)
    house.account.store.state.message_log.remove((await house.gateway.messages())[0].id)
    await house.async_reload()
    assert open_questions(house) == 0
    await asker.cancel()


async def test_an_answer_is_looked_for_at_least_every_minute(house: House) -> None:
    asker = await ask(house, timeout={"hours": 5})
    for _ in range(30):
        await house.async_wait(minutes=1)
    await house.gateway.reply(ALICE_DIGITS, "yes", callback=False)
    await house.async_wait(minutes=1)
    assert (await asker.response())["id"] == "yes"
