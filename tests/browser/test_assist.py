"""Assist of the newest Home Assistant, as its chat window asks it."""

from typing import Any

from .browser_user import BrowserUser

SEND = "(message) => document.querySelector('home-assistant').hass.connection.sendMessagePromise(message)"


def ask(user: BrowserUser, **message: Any) -> dict[str, Any]:
    """Send a message by the connection of the frontend, and return the answer."""
    answer: dict[str, Any] = user.page.evaluate(SEND, message)
    return answer


def test_an_sms_is_read_back_and_leaves_after_a_yes(user: BrowserUser) -> None:
    user.opens("/config")
    user.page.wait_for_function("() => document.querySelector('home-assistant')?.hass?.connection")
    alice = {"assistants": ["conversation"], "entity_ids": ["notify.alice"]}
    ask(user, type="homeassistant/expose_entity", should_expose=True, **alice)
    said, conversation = [], None
    for language, text in (
        ("en", "Send Alice an SMS: dinner is ready!"),
        ("en", "yes"),
        ("fr", "Envoie un SMS à Alice : le repas est prêt !"),
        ("fr", "non"),
    ):
        answer = ask(user, type="conversation/process", text=text, language=language, conversation_id=conversation)
        conversation = answer["conversation_id"]
        said.append(answer["response"]["speech"]["plain"]["speech"])
    ask(user, type="homeassistant/expose_entity", should_expose=False, **alice)
    assert said == [
        "I will send Alice: “dinner is ready!”. It costs 1 SMS. Say yes to send it.",
        "The SMS to Alice is on its way.",
        "Je vais envoyer à Alice\u00a0: «\u00a0le repas est prêt !\u00a0». Cela coûte 1 SMS. Dites oui pour l’envoyer.",
        "D’accord, rien n’a été fait.",
    ]
