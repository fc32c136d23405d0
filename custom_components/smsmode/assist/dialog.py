"""Dialog of Assist: reads back what somebody asks for, and does it once the same person says yes."""

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.chat_session import current_session
from homeassistant.util import dt as dt_util

from ..helpers.error_sentences import async_error_sentence
from ..helpers.money import price_note
from .alerts import async_acknowledge, find_alert
from .confirmations import Action, Confirmations
from .messages import async_prepare, async_send
from .wording import async_say

# As Home Assistant calls its own assistant where entities are exposed.
ASSISTANT = "conversation"


class AssistDialog:
    """Dialog of Assist with everybody in the house."""

    def __init__(self, hass: HomeAssistant, confirmations: Confirmations) -> None:
        """Keep what waits for a yes in ``confirmations``."""
        self._hass = hass
        self._confirmations = confirmations

    async def async_ask_to_send(self, name: str, message: str, language: str, context: Context) -> str:
        """Return what would be sent, and wait for a yes. Raises a translated error."""
        prepared = await async_prepare(self._hass, ASSISTANT, name, message, context)
        price = price_note(self._hass, prepared.person.entry.runtime_data.options.price_of(1))
        said = {"recipient": prepared.person.name, "message": prepared.text, "price": price}
        if prepared.send_at is None:
            question = await async_say(self._hass, language, "read_back", **said)
        else:
            leaves_at = f"{dt_util.as_local(prepared.send_at):%H:%M}"
            question = await async_say(self._hass, language, "read_back_later", time=leaves_at, **said)

        async def act(language: str) -> str:
            again = await async_prepare(self._hass, ASSISTANT, name, message, context)
            if (again.person.number, again.text) != (prepared.person.number, prepared.text):
                return await async_say(self._hass, language, "changed")
            sent = await async_send(again)
            return await async_say(self._hass, language, f"sent_{sent['status']}", recipient=prepared.person.name)

        return await self._async_wait(question, act, language, context)

    async def async_ask_to_acknowledge(self, name: str, language: str, context: Context) -> str:
        """Return which alert would be taken care of, and wait for a yes. Raises a translated error."""
        running = find_alert(self._hass, ASSISTANT, name)
        question = await async_say(self._hass, language, "acknowledge", message=running.alert.message)

        async def act(language: str) -> str:
            is_taken = await async_acknowledge(self._hass, ASSISTANT, running.alert.key, context)
            return await async_say(self._hass, language, "acknowledged" if is_taken else "alert_over")

        return await self._async_wait(question, act, language, context)

    async def async_explain(self, language: str, err: HomeAssistantError) -> str:
        """Return why something is not done."""
        return await async_error_sentence(self._hass, err, language)

    async def async_confirm(self, language: str, context: Context) -> str:
        """Do what waits in this conversation."""
        pending = self._confirmations.async_take(_conversation_id(), context.user_id)
        if pending is None:
            return await async_say(self._hass, language, "nothing_waits")
        if _last_said() != pending.question:
            return await async_say(self._hass, language, "interrupted")
        try:
            return await pending.act(language)
        except HomeAssistantError as err:
            return await async_error_sentence(self._hass, err, language)

    async def async_decline(self, language: str, context: Context) -> str:
        """Drop what waits in this conversation."""
        pending = self._confirmations.async_take(_conversation_id(), context.user_id)
        return await async_say(self._hass, language, "dropped" if pending else "nothing_waits")

    async def _async_wait(self, question: str, act: Action, language: str, context: Context) -> str:
        if (conversation_id := _conversation_id()) is None:
            return await async_say(self._hass, language, "no_conversation")
        self._confirmations.async_ask(conversation_id, question, context.user_id, act)
        return question


def _last_said() -> str | None:
    """Return what the assistant said last in this conversation: a yes to another question must send nothing."""
    from homeassistant.components.conversation.chat_log import current_chat_log  # noqa: PLC0415 - as where it is heard

    log = current_chat_log.get()
    said = [each.content for each in log.content if each.role == "assistant" and each.content] if log else []
    return said[-1] if said else None


def _conversation_id() -> str | None:
    session = current_session.get()
    return session.conversation_id if session else None
