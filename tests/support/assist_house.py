"""House with Assist for tests: Home Assistant's own agent, and whom its owner exposed to it."""

from dataclasses import dataclass
from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.llm import LLM_API_ASSIST, LLMContext, ToolInput, async_get_api
from homeassistant.setup import async_setup_component

from .automations import add_recipient
from .house import ALICE, BOB, House


@dataclass
class Voice:
    """Somebody who speaks to Assist, in one conversation."""

    house: House
    language: str = "en"
    context: Context | None = None
    conversation_id: str | None = None

    async def say(self, text: str) -> str:
        """Return what Assist answers."""
        from homeassistant.components import conversation  # noqa: PLC0415 - its libraries are loaded where it is used

        context = self.context or Context()
        result = await conversation.async_converse(
            self.house.hass, text, self.conversation_id, context, language=self.language
        )
        await self.house.async_settle()
        self.conversation_id = result.conversation_id
        speech: str = result.response.speech["plain"]["speech"]
        return speech


@dataclass
class Told:
    """What a tool answers."""

    error: bool
    data: Any


class Model:
    """A language model that does what the test says, with the tools that Assist gives it."""

    def __init__(self, house: House, context: Context | None = None) -> None:
        self.house = house
        self.context = context

    async def tools(self) -> list[str]:
        """Return the names of our tools."""
        return [tool.name for tool in (await self._api()).tools if tool.name.startswith("smsmode__")]

    async def prompt(self) -> str:
        """Return what the model is told."""
        return str((await self._api()).api_prompt)

    async def call(self, tool: str, **arguments: Any) -> Told:
        """Call one of our tools."""
        api = await self._api()
        result = await api.async_call_tool(ToolInput(tool_name=f"smsmode__{tool}", tool_args=arguments))
        await self.house.async_settle()
        return Told(result.error, result.data)

    async def send(self, recipient: str, message: str) -> Told:
        """Send an SMS."""
        return await self.call("send_message", recipient=recipient, message=message)

    async def _api(self) -> Any:
        context = LLMContext("test", self.context, "en", "conversation", None)
        return await async_get_api(self.house.hass, LLM_API_ASSIST, context)


def expose(house: House, entity_id: str, *, exposed: bool = True) -> None:
    """Expose an entity to Assist, or not any more."""
    async_expose_entity(house.hass, "conversation", entity_id, exposed)


async def set_up_assist(hass: HomeAssistant) -> None:
    """Set up Home Assistant's own agent."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})
    await hass.async_block_till_done()


async def texts(house: House) -> list[tuple[str, tuple[str, ...]]]:
    """Return the text and the numbers of each message that the gateway has."""
    return [(message.text, tuple(message.numbers)) for message in await house.gateway.messages()]


async def assist_house(house: House) -> House:
    """Return the house with Assist, and with Bob, who is not exposed to it, beside Alice, who is."""
    await set_up_assist(house.hass)
    await add_recipient(house, "Bob", BOB)
    expose(house, "notify.alice")
    assert ALICE
    return house
