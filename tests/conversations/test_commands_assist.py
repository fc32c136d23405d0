"""What is no command goes to Assist, if the PIN before it is right, and without that PIN."""

import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace

import pytest
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from tests.support.command_house import PIN, CommandHouse


@dataclass
class Assist:
    """A conversation agent that says what it is told to, and remembers what it was asked."""

    speech: str = "The living room has 21 degrees."
    error: Exception | None = None
    asked: list[tuple[str, Context, str | None]] = field(default_factory=list)

    async def async_converse(
        self,
        _hass: HomeAssistant,
        text: str,
        conversation_id: str | None,
        context: Context,
        *,
        language: str | None = None,
        agent_id: str | None = None,
    ) -> SimpleNamespace:
        """Answer."""
        assert (conversation_id, language) == (None, "en")
        self.asked.append((text, context, agent_id))
        if self.error:
            raise self.error
        return SimpleNamespace(response=SimpleNamespace(speech={"plain": {"speech": self.speech}}))


@pytest.fixture
async def assist(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Assist]:
    """Put an agent in the place of Assist, whose libraries are not here."""
    assist, module = Assist(), ModuleType("homeassistant.components.conversation")
    module.async_converse = assist.async_converse  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    import homeassistant.components  # noqa: PLC0415

    monkeypatch.setattr(homeassistant.components, "conversation", module, raising=False)
    hass.config.components.add("conversation")
    yield assist
    hass.config.components.remove("conversation")


async def test_a_sentence_with_the_pin_goes_to_assist_without_it_and_without_a_user(
    command_house: CommandHouse, assist: Assist
) -> None:
    await command_house.hear(f"{PIN} How warm is it?")
    ((text, context, agent),) = assist.asked
    assert (text, context.user_id, agent) == ("How warm is it?", None, None)
    assert await command_house.answers() == [assist.speech]
    assert command_house.outcomes == [("assist", "done")]


async def test_a_long_answer_is_cut_to_one_segment(command_house: CommandHouse, assist: Assist) -> None:
    assist.speech = "Fenêtre ouverte 🚪 " * 20
    await command_house.hear(f"{PIN} what is open")
    (message,) = await command_house.house.gateway.messages()
    assert (message.segments, message.message_class) == (1, 2)
    assert await command_house.house.gateway.balance() == 99


async def test_a_sentence_with_a_wrong_pin_does_not_reach_assist(command_house: CommandHouse, assist: Assist) -> None:
    await command_house.hear("0000 How warm is it?")
    assert not assist.asked
    assert command_house.outcomes == [("assist", "wrong_pin")]


@pytest.mark.parametrize(
    ("error", "speech"),
    [
        pytest.param(HomeAssistantError(), "", id="error"),
        pytest.param(ValueError(), "", id="unknown agent"),
        pytest.param(TimeoutError(), "", id="too slow"),
        pytest.param(None, "", id="nothing to say"),
    ],
)
async def test_assist_that_does_not_answer_is_a_command_that_failed(
    command_house: CommandHouse, assist: Assist, error: Exception | None, speech: str
) -> None:
    assist.error, assist.speech = error, speech
    await command_house.hear(f"{PIN} How warm is it?")
    assert command_house.outcomes == [("assist", "failed")]
    assert await command_house.answers() == ["assist: that did not work."]


async def test_without_assist_in_the_house_a_sentence_fails(command_house: CommandHouse) -> None:
    await command_house.hear(f"{PIN} How warm is it?")
    assert command_house.outcomes == [("assist", "failed")]
