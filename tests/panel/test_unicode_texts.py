"""The gateway's lists have "?" for what is not in their own characters; what the house knows better is shown."""

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.smsmode.conversations import text_recorder
from tests.support.callback_client import open_callback_client
from tests.support.command_house import PIN, command_entry
from tests.support.gateway import Gateway
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


async def listen(hass: HomeAssistant, connect: ClientSessionGenerator) -> None:
    """Take callbacks, and panels afterwards."""
    assert await async_setup_component(hass, "websocket_api", {})
    await open_callback_client(hass, connect)


@pytest.fixture
async def hearing(hass: HomeAssistant, house: House, hass_client_no_auth: ClientSessionGenerator) -> House:
    """Return a house that takes callbacks."""
    await listen(hass, hass_client_no_auth)
    return house


async def hear(house: House, text: str) -> None:
    """Let Alice's telephone answer; the callback has the text as she wrote it, the list "?" in places."""
    await house.gateway.reply(ALICE_DIGITS, text)
    await house.async_settle()


async def test_a_reply_is_shown_as_its_callback_told_it(hearing: House, hass_ws_client: WebSocketGenerator) -> None:
    replies = hearing.capture("smsmode_reply")
    await send(hearing, reply=True)
    await hear(hearing, TEXT)
    panel = await open_panel(hearing, hass_ws_client)
    (reply, *_) = (await panel.result("thread", thread=ALICE))["messages"]
    assert (reply["text"], reply["unshown"]) == (TEXT, False)
    # Callbacks are unsigned: what acts on a reply gets what the gateway says.
    assert replies[0].data["message"] == "N?oubliez pas la fête ?"


async def test_what_no_callback_told_is_shown_with_a_note(hearing: House, hass_ws_client: WebSocketGenerator) -> None:
    await send(hearing, reply=True)
    await hear(hearing, TEXT)
    await hearing.async_reload()
    panel = await open_panel(hearing, hass_ws_client)
    messages = (await panel.result("thread", thread=ALICE))["messages"]
    assert [(each["text"], each["unshown"]) for each in messages] == [
        ("N?oubliez pas la fête ?", True),
        ("Water!", False),
    ]


@pytest.mark.parametrize(
    ("text", "unshown"), [("J’arrive", True), ("👍", True), ("Tu rentres ?", False), ("Quoi ? Non.", False)]
)
async def test_after_a_restart_what_may_lack_a_character_has_a_note(
    house: House, hass_ws_client: WebSocketGenerator, text: str, unshown: bool
) -> None:
    await send(house, text, encoding="unicode")
    panel = await open_panel(house, hass_ws_client)
    assert [each["unshown"] for each in (await panel.result("thread", thread=ALICE))["messages"]] == [False]
    await panel.client.close()
    await house.async_reload()
    panel = await open_panel(house, hass_ws_client)
    (message,) = (await panel.result("thread", thread=ALICE))["messages"]
    assert message["unshown"] is unshown


async def test_a_pin_is_hidden_in_what_a_callback_told(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    gateway: Gateway,
    hass_client_no_auth: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
) -> None:
    house = House(hass, freezer, gateway, command_entry(gateway))
    await house.async_set_up()
    await listen(hass, hass_client_no_auth)
    await send(house, reply=True)
    await hear(house, f"{PIN} lumières 🎉")
    panel = await open_panel(house, hass_ws_client)
    (reply, *_) = (await panel.result("thread", thread=ALICE))["messages"]
    assert PIN not in reply["text"]


async def test_the_actions_that_read_have_the_same_texts(hearing: House) -> None:
    await send(hearing, reply=True)
    await hear(hearing, "J’arrive 🎉")
    await send(hearing, TEXT)
    sent, _ = (await hearing.async_call("get_sent_messages"))["messages"]
    (reply,) = (await hearing.async_call("get_replies"))["replies"]
    assert (sent["message"], reply["message"]) == (TEXT, "J’arrive 🎉")


async def test_of_too_many_announced_texts_the_oldest_is_forgotten(
    hearing: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_recorder, "MAX_MISREAD", 1)
    await send(hearing, reply=True)
    for text in ("Un 🎉", "J’ai vu 🎉"):
        await hear(hearing, text)
        await hearing.async_wait(seconds=30)
    replies = (await hearing.async_call("get_replies"))["replies"]
    assert sorted(each["message"] for each in replies) == ["J’ai vu 🎉", "Un ?"]


async def test_a_text_that_is_longer_than_any_sms_is_not_kept(hearing: House) -> None:
    await send(hearing, reply=True)
    await hear(hearing, 2_000 * "’")
    (reply,) = (await hearing.async_call("get_replies"))["replies"]
    assert "’" not in reply["message"]
