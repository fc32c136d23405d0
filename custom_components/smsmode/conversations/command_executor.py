"""Does what a command says: runs a script, or hands a sentence to Assist. Gives what is to be answered."""

import asyncio

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN, LOGGER
from ..helpers.components import find_component

SCRIPT = "script"
CONVERSATION = "conversation"
# Whoever waits at a telephone hears by then that it has begun.
SCRIPT_TIMEOUT = 10.0
ASSIST_TIMEOUT = 30.0
# The name in a script's response whose value is sent back.
ANSWER = "answer"


class CommandFailedError(Exception):
    """The house could not do it."""


async def async_run_script(hass: HomeAssistant, entity_id: str) -> str | None:
    """Run a script, without a user's rights; give its ``answer`` if its response has one.

    Of one that takes long, nothing more is heard. Raises CommandFailedError.
    """
    entity = er.async_get(hass).async_get(entity_id)
    name = entity.unique_id if entity else entity_id.partition(".")[2]
    # Not a task of the account: the script goes on though the account is reloaded.
    work = hass.async_create_task(
        hass.services.async_call(SCRIPT, name, {}, blocking=True, context=Context(), return_response=True),
        f"{DOMAIN} command",
    )
    # Heard or not, it is the script that logs what goes wrong in it.
    work.add_done_callback(lambda work: work.cancelled() or work.exception())
    await asyncio.wait([work], timeout=SCRIPT_TIMEOUT)
    if not work.done():
        return None
    if (err := work.exception()) is not None:
        LOGGER.warning("The script of a command failed: %s", type(err).__name__)
        raise CommandFailedError
    response = work.result()
    answer = response.get(ANSWER) if isinstance(response, dict) else None
    return str(answer) if answer else None


async def async_ask_assist(hass: HomeAssistant, sentence: str, agent: str | None) -> str:
    """Hand a sentence to a conversation agent, without a user's rights. Raises CommandFailedError."""
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
