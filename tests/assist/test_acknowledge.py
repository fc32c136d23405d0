"""Whoever says that they take care of an alert, and confirms it, ends it; the intents ask in the same way."""

from typing import Any

import pytest
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import intent
from homeassistant.helpers.chat_session import async_get_chat_session

from tests.support.assist_house import Voice, expose, texts
from tests.support.house import House

WATER = "Water in the cellar! Answer OK if you take care of it."
TAKEN = "You take care of it. Nobody else is alarmed."
PRISE = "Vous vous en occupez. Personne d’autre n’est alerté."
STEPS = [{"target": ["Alice"], "answer_timeout": "00:10:00"}]


async def alarm(house: House, **fields: Any) -> None:
    await house.async_call("alert", **{"message": WATER, "steps": STEPS, **fields})


@pytest.mark.parametrize(
    ("language", "sentence", "yes", "done"),
    [
        ("en", "I take care of the alert", "yes I do", TAKEN),
        ("en", "I'm taking care of this alert.", "ok", TAKEN),
        ("fr", "Je m’occupe de l’alerte", "oui", PRISE),
        ("fr", "je prends l'alerte en charge", "Oui, je m’en occupe", PRISE),
    ],
)  # fmt: skip
async def test_an_alert_is_read_back_and_taken_after_a_yes(
    assisted: House, language: str, sentence: str, yes: str, done: str
) -> None:
    changes = assisted.capture("smsmode_alert_changed")
    await alarm(assisted)
    voice = Voice(assisted, language)
    assert WATER in await voice.say(sentence)
    assert len(assisted.account.alerts.alerts.running) == 1
    assert await voice.say(yes) == done
    assert assisted.account.alerts.alerts.running == []
    assert changes[-1].data["acknowledged_by"] == assisted.hass.config.location_name


async def test_the_alert_is_taken_in_the_name_of_the_user_who_asks(assisted: House, hass_admin_user: User) -> None:
    changes = assisted.capture("smsmode_alert_changed")
    await alarm(assisted)
    voice = Voice(assisted, context=Context(user_id=hass_admin_user.id))
    await voice.say("I take care of the alert")
    await voice.say("yes")
    assert changes[-1].data["acknowledged_by"] == hass_admin_user.name


async def test_the_alert_is_taken_in_the_name_of_the_recipient_whose_person_asks(
    assisted: House, hass_admin_user: User
) -> None:
    (alice,) = (each for each in assisted.entry.subentries.values() if each.title == "Alice")
    data = {**alice.data, "person": "person.alice"}
    assisted.hass.config_entries.async_update_subentry(assisted.entry, alice, data=data)
    assisted.hass.states.async_set("person.alice", "home", {"user_id": hass_admin_user.id})
    await assisted.async_settle()
    changes = assisted.capture("smsmode_alert_changed")
    await alarm(assisted)
    voice = Voice(assisted, context=Context(user_id=hass_admin_user.id))
    await voice.say("I take care of the alert")
    await voice.say("yes")
    assert changes[-1].data["acknowledged_by"] == "Alice"


async def test_the_alert_is_taken_by_the_recipient_whose_person_asks(assisted: House, hass_admin_user: User) -> None:
    changes = assisted.capture("smsmode_alert_changed")
    (alice,) = [each for each in assisted.entry.subentries.values() if each.title == "Alice"]
    data = {**alice.data, "person": "person.alice"}
    assisted.hass.config_entries.async_update_subentry(assisted.entry, alice, data=data)
    await assisted.async_settle()
    assisted.hass.states.async_set("person.alice", "home", {"user_id": hass_admin_user.id})
    await alarm(assisted)
    voice = Voice(assisted, context=Context(user_id=hass_admin_user.id))
    await voice.say("I take care of the alert")
    await voice.say("yes")
    assert changes[-1].data["acknowledged_by"] == "Alice"


async def test_of_several_alerts_one_is_named(assisted: House) -> None:
    await alarm(assisted, alert_id="cellar")
    await alarm(assisted, alert_id="roof", message="Water in the attic! Answer OK.")
    voice = Voice(assisted)
    unclear = "These alerts are running: cellar, roof. Say which one you take care of."
    assert await voice.say("I take care of the alert") == unclear
    assert await voice.say("I take care of the alert garden") == unclear
    assert "attic" in await voice.say("I take care of the alert roof")
    await voice.say("yes")
    assert [alert.alert_id for alert in assisted.account.alerts.alerts.running] == ["cellar"]


async def test_an_alert_that_is_over_is_told_so(assisted: House) -> None:
    voice = Voice(assisted)
    assert await voice.say("I take care of the alert") == "No alert is running."
    await alarm(assisted, alert_id="cellar")
    await voice.say("I take care of the alert")
    await assisted.async_call("cancel_alert", alert_id="cellar")
    assert await voice.say("yes") == "This alert is over already."


async def test_nobody_ends_an_alert_by_voice_in_an_account_of_which_nothing_is_exposed(assisted: House) -> None:
    await alarm(assisted)
    expose(assisted, "notify.alice", exposed=False)
    assert await Voice(assisted).say("I take care of the alert") == "No alert is running."


async def handle(hass: HomeAssistant, intent_type: str, **slots: str) -> intent.IntentResponse:
    given = {name: {"value": value} for name, value in slots.items()}
    return await intent.async_handle(hass, "test", intent_type, given, language="en")


def spoken(response: intent.IntentResponse) -> str:
    return str(response.speech["plain"]["speech"])


async def test_the_intents_ask_like_the_sentences(hass: HomeAssistant, assisted: House) -> None:
    await alarm(assisted, alert_id="cellar")
    voice = Voice(assisted, conversation_id="mine")
    with async_get_chat_session(hass, "mine"):
        asked = await handle(hass, "SmsmodeAcknowledgeAlert", alert="cellar")
    assert WATER in spoken(asked)
    with async_get_chat_session(hass, "mine"):
        asked = await handle(hass, "SmsmodeSendMessage", recipient="Alice", message="hello")
    assert spoken(asked) == "I will send Alice: “hello”. It costs 1 SMS. Say yes to send it."
    assert len(await texts(assisted)) == 1
    assert (await voice.say("yes")).startswith("Something else was said")


async def test_an_intent_without_a_conversation_does_nothing(hass: HomeAssistant, assisted: House) -> None:
    response = await handle(hass, "SmsmodeSendMessage", recipient="Alice", message="hello")
    assert spoken(response) == "This needs a conversation in which you can say yes. Nothing was done."
    refused = await handle(hass, "SmsmodeSendMessage", recipient="Zoe", message="hello")
    assert refused.response_type is intent.IntentResponseType.ERROR
    assert spoken(refused).startswith("There is nobody called Zoe")
    assert await texts(assisted) == []
