"""The gateway's list has "?" for what is not in its own characters; the panel shows what the house sent."""

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smsmode.conversations import text_recorder
from tests.support.house import ALICE, ALICE_DIGITS, House
from tests.support.panel import open_panel
from tests.support.sends import send, texts

TEXT = "N’oubliez pas la fête 🎉"


async def shown(house: House, connect: WebSocketGenerator) -> list[str | None]:
    """Return the texts of Alice's thread in a panel that is opened now, the latest first."""
    panel = await open_panel(house, connect)
    return [message["text"] for message in (await panel.result("thread", thread=ALICE))["messages"]]


async def test_what_was_sent_before_the_panel_was_opened_is_shown_as_it_was(
    house: House, hass_ws_client: WebSocketGenerator
) -> None:
    await send(house, TEXT)
    assert await shown(house, hass_ws_client) == [TEXT]


async def test_what_is_sent_while_the_panel_is_open_stays_as_it_was(
    house: House, hass_ws_client: WebSocketGenerator
) -> None:
    panel = await open_panel(house, hass_ws_client)
    await panel.open()
    await send(house, TEXT)
    page = await panel.result("thread", thread=ALICE)
    assert [message["text"] for message in page["messages"]] == [TEXT]


async def test_a_failed_message_is_sent_again_as_it_was(house: House, hass_ws_client: WebSocketGenerator) -> None:
    sent = await send(house, TEXT)
    await house.gateway.report(sent["message_id"], ALICE_DIGITS, 3522, callback=False)
    house.freezer.tick(61)
    await house.async_poll()
    panel = await open_panel(house, hass_ws_client)
    await panel.result("retry", message_id=sent["message_id"])
    assert await texts(house.gateway) == [TEXT, TEXT]


async def test_what_the_list_shows_as_another_text_is_shown_as_that(
    house: House, hass_ws_client: WebSocketGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send(house, TEXT)
    monkeypatch.setattr(text_recorder.TextRecorder, "text_of", lambda *_: "Un autre texte")
    assert await shown(house, hass_ws_client) == ["N?oubliez pas la fête ?"]


async def test_of_too_many_such_texts_the_oldest_is_forgotten(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_recorder, "MAX_MISREAD", 1)
    await send(house, TEXT)
    house.freezer.tick(1)
    await send(house, "À l’aide 🎉")
    assert await shown(house, hass_ws_client) == ["À l’aide 🎉", "N?oubliez pas la fête ?"]
