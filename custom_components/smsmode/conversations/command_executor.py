"""Executor of commands: runs a script, or hands a sentence to Assist; returns the text of the answer."""

import asyncio

from homeassistant.core import Context, HomeAssistant, ServiceResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.trace import script_execution_get

from ..const import DOMAIN, LOGGER
from ..helpers.components import find_component

SCRIPT = "script"
CONVERSATION = "conversation"
# After that, whoever sent the command is told that it has begun.
SCRIPT_TIMEOUT = 10.0
ASSIST_TIMEOUT = 30.0
# The name in a script's response whose value is sent back.
ANSWER = "answer"


# How the execution of a script ended that was stopped with an error, by a condition or from outside.
_NOT_COMPLETED = ("aborted", "cancelled", "error")


class CommandFailedError(Exception):
    """The command could not be carried out."""


async def async_run_script(hass: HomeAssistant, entity_id: str) -> str | None:
    """Run a script, without a user's permissions; return the ``answer`` of its response, None if it has none.

    A script that takes longer goes on, and its response is ignored. Raises CommandFailedError.
    """
    entity = er.async_get(hass).async_get(entity_id)
    name = entity.unique_id if entity else entity_id.partition(".")[2]
    # Not a task of the account: the script goes on though the account is reloaded.
    work = hass.async_create_task(_async_run_to_end(hass, name), f"{DOMAIN} command")
    # The script itself logs its errors, also after the timeout.
    work.add_done_callback(lambda work: work.cancelled() or work.exception())
    await asyncio.wait([work], timeout=SCRIPT_TIMEOUT)
    if not work.done():
        return None
    if work.cancelled() or (err := work.exception()) is not None:
        LOGGER.warning("The script of a command failed: %s", "stopped" if work.cancelled() else type(err).__name__)
        raise CommandFailedError
    response = work.result()
    answer = response.get(ANSWER) if isinstance(response, dict) else None
    # 0 and false are answers; an SMS without a text is none.
    return None if answer is None else str(answer).strip() or None


async def _async_run_to_end(hass: HomeAssistant, name: str) -> ServiceResponse:
    """Run a script and return its response; CommandFailedError if it stopped before its end, or with an error.

    The action of a script does not raise for that: only the record of its execution tells.
    """
    response = await hass.services.async_call(SCRIPT, name, {}, blocking=True, context=Context(), return_response=True)
    if script_execution_get() in _NOT_COMPLETED:
        raise CommandFailedError
    return response


async def async_ask_assist(hass: HomeAssistant, sentence: str, agent: str | None) -> str:
    """Return the answer of a conversation agent to a sentence, without a user's permissions.

    Raises CommandFailedError.
    """
    if (conversation := find_component(hass, CONVERSATION)) is None:
        raise CommandFailedError
    try:
        async with asyncio.timeout(ASSIST_TIMEOUT):
            result = await conversation.async_converse(
                hass, sentence, None, Context(), language=hass.config.language, agent_id=agent
            )
    except (HomeAssistantError, TimeoutError, ValueError) as err:
        LOGGER.warning("Assist did not answer a command: %s", type(err).__name__)
        raise CommandFailedError from None
    speech: str = result.response.speech.get("plain", {}).get("speech", "")
    if not speech:
        raise CommandFailedError
    return speech
