"""Alerts: who is not understood is told once what to answer, and a message that is dropped ends no wait."""

import pytest

from custom_components.smsmode.conversations.answers import READY, example_of
from custom_components.smsmode.state.questions import Answer
from tests.support.dialogs import active, alert, last, reply, report, sent, texts
from tests.support.house import ALICE_DIGITS, BOB, BOB_DIGITS, House

HINT = "This was not understood. If you take care of it, answer: ok"


async def test_who_is_not_understood_is_told_once_what_to_answer(house: House) -> None:
    await alert(house, steps=[{"target": ["Alice", BOB]}])
    await reply(house, "what?")
    await reply(house, "who is it")
    assert (await texts(house))[1:] == [(HINT, [ALICE_DIGITS])]
    await reply(house, "what?", BOB_DIGITS)
    assert (await texts(house))[2:] == [(HINT, [BOB_DIGITS])]
    await house.async_reload()
    await reply(house, "what?")
    assert (len(await sent(house)), active(house)) == (3, 1)


async def test_an_ok_to_what_they_are_told_takes_it(house: House) -> None:
    await alert(house)
    await reply(house, "what?")
    await reply(house, "ok", message_id=(await last(house)).id)
    assert active(house) == 0


async def test_what_they_are_told_is_in_the_language_of_the_house_and_has_the_answers_of_the_alert(
    house: House,
) -> None:
    house.hass.config.language = "fr"
    await alert(
        house,
        answers=[
            {"id": "a", "sentences": "j'arrive [vite] dans {minutes} minutes"},
            {"id": "b", "sentences": "(non|pas)"},
        ],
    )
    await reply(house, "quoi ?")
    assert (await last(house)).text == (
        "Réponse non comprise. Si vous vous en occupez, répondez : j'arrive dans ... minutes / non"
    )


async def test_that_they_cannot_be_told_changes_nothing(house: House, caplog: pytest.LogCaptureFixture) -> None:
    await alert(house)
    await house.gateway.set(balance=0)
    await reply(house, "what?")
    assert (active(house), len(await sent(house))) == (1, 1)
    assert "A message that belongs to the alert cellar was not sent" in caplog.text


@pytest.mark.parametrize(
    ("sentence", "example"),
    [
        ("[bien] (reçu|compris|noté|vu)", "reçu"),
        ("[(ok|oui)] [(c'est|c)] (fait|terminé)", "fait"),
        ("(a (b|c)|d) e", "a b e"),
        ("in {minutes} min", "in ... min"),
        ("ok", "ok"),
    ],
)
def test_an_example_of_an_answer_is_its_first_sentence_made_short(sentence: str, example: str) -> None:
    assert example_of(Answer("a", (sentence, "other"))) == example
    assert example_of(READY["ok"][0]) == "ok"


async def test_a_message_that_is_dropped_from_the_queue_is_not_waited_for(house: House) -> None:
    async with house.gateway.offline():
        await alert(house)
        await house.async_call("flush", mode="drop")
    await house.async_wait(minutes=1)
    assert await sent(house) == [("Water", [BOB_DIGITS])]
    await report(house, 11)
    await reply(house, "ok", BOB_DIGITS)
    assert active(house) == 0
