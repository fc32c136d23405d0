"""Sentences of Assist: registered with Home Assistant's own agent, which hands them over before any language model."""

from collections.abc import Callable, Coroutine
from typing import Any, Final, Protocol

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.setup import async_when_setup

from ..const import DOMAIN, SUBENTRY_RECIPIENT
from .confirmations import Confirmations
from .dialog import ASSISTANT, AssistDialog
from .intents import async_register_intents
from .people import exposed_people
from .sentences import (
    ACKNOWLEDGE_TEMPLATES,
    NO_TEMPLATES,
    SEND_TEMPLATES,
    YES_TEMPLATES,
    read_alert,
    read_request,
    templates_of_names,
)


class Heard(Protocol):
    """What somebody said, as the agent hands it over."""

    text: str
    language: str
    context: Context


type Handler = Callable[[Heard], Coroutine[Any, Any, str]]
type Register = Callable[[list[str], Callable[[Heard, object], Coroutine[Any, Any, str]]], CALLBACK_TYPE]

_QUESTIONS: Final = "questions"
_ANSWERS: Final = "answers"


class AssistSentences:
    """The sentences that Assist understands: those that ask, and yes and no while something waits for them."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin without any: the agent may never be set up, and what sends an alarm does without it."""
        self._hass = hass
        self._confirmations = Confirmations(hass, self._async_update_answers)
        self.dialog = AssistDialog(hass, self._confirmations)
        self._names: list[str] = []
        self._register_sentences: Register
        self._registered: dict[str, list[CALLBACK_TYPE]] = {}

    @callback
    def async_start(self, register: Register) -> None:
        """Register the sentences, again whenever the recipients change."""
        self._register_sentences = register
        async_dispatcher_connect(self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_update_questions)
        self._async_update_questions()

    @callback
    def _async_update_questions(self, *_changed: object) -> None:
        """Register the sentences that ask for something, if there is anybody to write to."""
        entries = self._hass.config_entries.async_loaded_entries(DOMAIN)
        names = sorted({each.title for entry in entries for each in entry.get_subentries_of_type(SUBENTRY_RECIPIENT)})
        if names == self._names:
            return
        self._names = names
        self._unregister(_QUESTIONS)
        if names:
            self._register(_QUESTIONS, [*SEND_TEMPLATES, *templates_of_names(names)], self._async_send)
            self._register(_QUESTIONS, ACKNOWLEDGE_TEMPLATES, self._async_acknowledge)

    @callback
    def _async_update_answers(self) -> None:
        """Register yes and no while they mean something, and only then: others may ask a question as well."""
        if bool(self._confirmations) == (_ANSWERS in self._registered):
            return
        if self._confirmations:
            self._register(_ANSWERS, YES_TEMPLATES, self._async_confirm)
            self._register(_ANSWERS, NO_TEMPLATES, self._async_decline)
        else:
            self._unregister(_ANSWERS)

    def _register(self, name: str, templates: list[str] | tuple[str, ...], handle: Handler) -> None:
        async def async_answer(heard: Heard, _result: object) -> str:
            try:
                return await handle(heard)
            except HomeAssistantError as err:
                return await self.dialog.async_explain(heard.language, err)

        unregister = self._register_sentences(list(templates), async_answer)
        self._registered.setdefault(name, []).append(unregister)

    def _unregister(self, name: str) -> None:
        for unregister in self._registered.pop(name, ()):
            unregister()

    async def _async_send(self, heard: Heard) -> str:
        names = [name for person in exposed_people(self._hass, ASSISTANT) for name in person.names]
        asked = read_request(heard.text, [*names, *self._names])
        return await self.dialog.async_ask_to_send(asked.name, asked.message, heard.language, heard.context)

    async def _async_acknowledge(self, heard: Heard) -> str:
        name = read_alert(heard.text)
        return await self.dialog.async_ask_to_acknowledge(name, heard.language, heard.context)

    async def _async_confirm(self, heard: Heard) -> str:
        return await self.dialog.async_confirm(heard.language, heard.context)

    async def _async_decline(self, heard: Heard) -> str:
        return await self.dialog.async_decline(heard.language, heard.context)


@callback
def async_setup_assist(hass: HomeAssistant) -> None:
    """Register the intents, and the sentences once Home Assistant's agent is set up, if it ever is."""
    sentences = AssistSentences(hass)
    async_register_intents(hass, sentences.dialog)

    async def async_begin(_hass: HomeAssistant, _component: str) -> None:
        # Imported only where it is set up: nothing that sends an alarm may depend on it.
        from homeassistant.components.conversation.agent_manager import get_agent_manager  # noqa: PLC0415

        sentences.async_start(get_agent_manager(hass).register_trigger)

    async_when_setup(hass, ASSISTANT, async_begin)
