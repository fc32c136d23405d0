"""Home Assistant's own agent reads back what it would send, and sends it after a yes in the same conversation."""

import pytest
from homeassistant.core import Context

from custom_components.smsmode.assist.confirmations import MAX_PENDING
from tests.support.assist_house import Voice, expose, set_up_assist, texts
from tests.support.automations import add_recipient
from tests.support.house import ALICE_DIGITS, BOB, NIGHT, House

UNKNOWN = "There is nobody called {} whom assistants may write to. Say the name of one of these: {}."
INCONNU = "Personne ne s’appelle {} parmi ceux à qui les assistants peuvent écrire. Dites un de ces noms\u00a0: {}."
NUMBER = "Assistants write to people by their names, never to a number. They may write to: Alice."
LONG = "Nothing was sent: that would be 2 SMS, and assistants may send one at a time. Say it in fewer words."
READ_BACK = {
    "en": "I will send Alice: “{}”. It costs 1 SMS. Say yes to send it.",
    "fr": "Je vais envoyer à Alice\u00a0: «\u00a0{}\u00a0». Cela coûte 1 SMS. Dites oui pour l’envoyer.",
}
TEXT = "Dinner is ready, come home!"


@pytest.mark.parametrize(
    ("language", "sentence", "message"),
    [
        ("en", "Send Alice an SMS: Dinner is ready, come home!", TEXT),
        ("en", "send an SMS to Alice saying Dinner is ready, come home!", TEXT),
        ("en", "Please send a text message to alice: Dinner is ready, come home!", TEXT),
        ("en", "Text Alice Dinner is ready, come home!", TEXT),
        ("en", "text Alice that I'm late.", "I'm late."),
        ("en", "Send Alice an SMS “Dinner is ready, come home!”", TEXT),
        (
            "fr",
            "Envoie un SMS à Alice : je serai en retard, ne m’attendez pas !",
            "je serai en retard, ne m'attendez pas !",
        ),
        ("fr", "Écris à Alice par SMS que je serai en retard", "je serai en retard"),
        ("fr", "envoie à Alice un texto pour lui dire qu’il pleut", "il pleut"),
        ("fr", "Préviens Alice par SMS : ça y est", "ça y est"),
        ("fr-FR", "Peux-tu envoyer un SMS à Alice disant que tout va bien ?", "tout va bien ?"),
    ],
)
async def test_what_would_be_sent_is_read_back_and_leaves_after_a_yes(
    assisted: House, language: str, sentence: str, message: str
) -> None:
    voice = Voice(assisted, language)
    assert await voice.say(sentence) == READ_BACK[language[:2]].format(message)
    assert await texts(assisted) == []
    answers = {
        "en": ("yes, please", "The SMS to Alice is on its way."),
        "fr": ("Oui.", "Le SMS pour Alice est en route."),
    }
    yes, done = answers[language[:2]]
    assert await voice.say(yes) == done
    assert await texts(assisted) == [(message, (ALICE_DIGITS,))]


@pytest.mark.parametrize(("language", "no"), [("en", "no thanks"), ("fr", "Non, annule"), ("fr", "non merci")])
async def test_a_no_drops_it(assisted: House, language: str, no: str) -> None:
    voice = Voice(assisted, language)
    await voice.say("Send Alice an SMS: hello")
    assert await voice.say(no.partition(",")[0]) in ("All right, nothing was done.", "D’accord, rien n’a été fait.")
    await voice.say("yes")
    assert await texts(assisted) == []


async def test_a_yes_in_another_conversation_or_of_another_person_sends_nothing(assisted: House) -> None:
    person = Context(user_id="one")
    voice = Voice(assisted, context=person)
    await voice.say("Send Alice an SMS: hello")
    nothing = "Nothing is waiting for your answer in this conversation."
    assert await Voice(assisted, context=person).say("yes") == nothing
    assert await Voice(assisted).say("no") == nothing
    assert await Voice(assisted, "fr").say("oui") == "Rien n’attend votre réponse dans cette conversation."
    other = Voice(assisted, context=Context(user_id="other"), conversation_id=voice.conversation_id)
    assert await other.say("yes") == nothing
    assert await texts(assisted) == []


async def test_a_yes_after_a_minute_or_without_a_question_is_not_ours(assisted: House) -> None:
    voice = Voice(assisted)
    await voice.say("Send Alice an SMS: hello")
    await assisted.async_wait(seconds=61)
    assert await voice.say("yes") == "Sorry, I couldn't understand that"
    assert await texts(assisted) == []


async def test_a_yes_to_another_question_sends_nothing(assisted: House) -> None:
    voice = Voice(assisted)
    await voice.say("Send Alice an SMS: hello")
    await voice.say("turn on the moon")
    assert await voice.say("yes") == "Something else was said in between, so nothing was done. Say it again, please."
    assert await texts(assisted) == []


async def test_the_latest_question_of_a_conversation_is_the_one_that_is_confirmed(assisted: House) -> None:
    voice = Voice(assisted)
    await voice.say("Send Alice an SMS: first")
    await voice.say("Send Alice an SMS: second")
    await voice.say("yes")
    await voice.say("yes")
    assert [text for text, _ in await texts(assisted)] == ["second"]


async def test_of_too_many_questions_the_oldest_is_forgotten(assisted: House) -> None:
    voices = [Voice(assisted) for _ in range(MAX_PENDING + 1)]
    for voice in voices:
        await voice.say("Send Alice an SMS: hello")
    assert await voices[0].say("yes") == "Nothing is waiting for your answer in this conversation."
    assert await voices[-1].say("yes") == "The SMS to Alice is on its way."


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        ("en", "Send Zoe an SMS: hi", UNKNOWN.format("Zoe", "Alice")),
        ("en", "Send an SMS to Zoe saying hi", UNKNOWN.format("Zoe", "Alice")),
        ("en", "Send an SMS to zoe hi", UNKNOWN.format("zoe", "Alice")),
        ("en", "Text Bob hi", UNKNOWN.format("Bob", "Alice")),
        ("en", "Send an SMS to 06 98 76 54 32: hi", NUMBER),
        ("fr", "Envoie un SMS à Zoé : salut", INCONNU.format("Zoé", "Alice")),
        ("en", "Send an SMS to Alice", "Say what to write to Alice."),
        ("en", "Send Alice an SMS: " + "word " * 40, LONG),
    ],
)  # fmt: skip
async def test_what_cannot_be_sent_is_refused_with_what_to_say_instead(
    assisted: House, language: str, sentence: str, answer: str
) -> None:
    assert await Voice(assisted, language).say(sentence) == answer
    assert await texts(assisted) == []


async def test_two_people_of_similar_names_are_told_apart(assisted: House) -> None:
    await add_recipient(assisted, "Marie Dupont", BOB.replace("8", "7"))
    await add_recipient(assisted, "Marie Martin", BOB.replace("8", "6"))
    for name in ("notify.marie_dupont", "notify.marie_martin"):
        expose(assisted, name)
    voice = Voice(assisted)
    assert await voice.say("Send Marie an SMS: hi") == UNKNOWN.format("Marie", "Marie Dupont, Marie Martin")
    assert await voice.say("Text Marie Martin hello") == READ_BACK["en"].format("hello").replace(
        "Alice", "Marie Martin"
    )


async def test_nobody_is_exposed_by_default(house: House) -> None:
    await set_up_assist(house.hass)
    assert (await Voice(house).say("Send Alice an SMS: hi")).startswith("Assistants can write to nobody yet.")


async def test_what_changes_before_the_yes_is_not_sent(assisted: House) -> None:
    voice = Voice(assisted)
    await voice.say("Send Alice an SMS: hello")
    expose(assisted, "notify.alice", exposed=False)
    assert (await voice.say("yes")).startswith("Assistants can write to nobody yet.")
    assert await texts(assisted) == []


async def test_a_name_that_means_somebody_else_by_now_is_not_written_to(assisted: House) -> None:
    voice = Voice(assisted)
    await voice.say("Send Alice an SMS: hello")
    (alice,) = [each for each in assisted.entry.subentries.values() if each.title == "Alice"]
    assisted.hass.config_entries.async_remove_subentry(assisted.entry, alice.subentry_id)
    await add_recipient(assisted, "Alice", "+33611223344")
    expose(assisted, "notify.alice")
    assert await voice.say("yes") == "This has changed in the meantime, so nothing was sent. Say it again, please."
    assert await texts(assisted) == []


async def test_quiet_hours_are_read_back(assisted: House) -> None:
    (alice,) = [each for each in assisted.entry.subentries.values() if each.title == "Alice"]
    data = {**alice.data, "quiet_hours": NIGHT}
    assisted.hass.config_entries.async_update_subentry(assisted.entry, alice, data=data)
    await assisted.hass.config.async_set_time_zone("Europe/Paris")
    assisted.freezer.move_to("2026-07-14T23:00:00+02:00")
    await assisted.async_settle()
    voice = Voice(assisted)
    asked = "I will send Alice, after their quiet hours at 07:00: “hello”. It costs 1 SMS. Say yes to send it."
    assert await voice.say("Send Alice an SMS: hello") == asked
    assert await voice.say("yes") == "The SMS to Alice leaves after their quiet hours."


async def test_the_price_is_read_back_where_it_is_known(assisted: House) -> None:
    assisted.hass.config_entries.async_update_entry(assisted.entry, options={"credit_price": 0.06})
    await assisted.async_settle()
    asked = "I will send Alice: “hello”. It costs 1 SMS (0.06\u00a0EUR). Say yes to send it."
    assert await Voice(assisted).say("Send Alice an SMS: hello") == asked
    await assisted.async_wait(minutes=2)


async def test_activity_knows_who_had_it_sent(assisted: House) -> None:
    sent = assisted.capture("smsmode_message_sent")
    person = Context(user_id="somebody")
    voice = Voice(assisted, context=person)
    await voice.say("Send Alice an SMS: hello")
    await voice.say("yes")
    assert [event.context.user_id for event in sent] == ["somebody"]


async def test_without_recipients_the_sentences_are_those_of_others(assisted: House) -> None:
    await assisted.hass.config_entries.async_unload(assisted.entry.entry_id)
    assert (await Voice(assisted).say("Send Alice an SMS: hi")).startswith("Sorry")
    await assisted.async_set_up()
    assert (await Voice(assisted).say("Send Alice an SMS: hi")).startswith("I will send Alice")
