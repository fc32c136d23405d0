"""A thread is what the message log knows, with the texts of the gateway's lists."""

from datetime import timedelta
from typing import Any

import pytest
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smsmode.panel.texts import ROWS
from custom_components.smsmode.state.message_log import TrackedMessage
from tests.support.automations import reply
from tests.support.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, House
from tests.support.panel import Panel, open_panel
from tests.support.sends import send


@pytest.fixture
async def panel(house: House, hass_ws_client: WebSocketGenerator) -> Panel:
    """Return a panel of an administrator."""
    return await open_panel(house, hass_ws_client)


async def texts_of(panel: Panel, thread: str = ALICE, **fields: Any) -> list[str | None]:
    """Return the texts of a page, the latest first."""
    return [message["text"] for message in (await panel.result("thread", thread=thread, **fields))["messages"]]


async def test_a_conversation_has_both_sides_the_latest_first(house: House, hass_ws_client: WebSocketGenerator) -> None:
    await send(house, "Ça va ?", reply=True)
    house.freezer.tick(120)
    await reply(house, "Oui, et toi ?")
    house.freezer.tick(120)
    await send(house, "Aussi")
    panel = await open_panel(house, hass_ws_client)
    page = await panel.result("thread", thread=ALICE)
    assert [(message["direction"], message["text"]) for message in page["messages"]] == [
        ("out", "Aussi"),
        ("in", "Oui, et toi ?"),
        ("out", "Ça va ?"),
    ]
    assert (page["has_more"], page["cursor"], page["missing"]) == (False, None, None)
    assert page["messages"][0]["at"] > page["messages"][1]["at"] > page["messages"][2]["at"]


async def test_a_reply_within_the_minute_stands_behind_what_it_answers(house: House, panel: Panel) -> None:
    sent = await send(house, "Ça va ?", reply=True)
    await house.gateway.reply(ALICE_DIGITS, "Oui", sent["message_id"], callback=False)
    await house.async_poll()
    assert await texts_of(panel) == ["Oui", "Ça va ?"]


async def test_a_thread_without_a_panel_leaves_nothing(house: House, panel: Panel) -> None:
    await send(house, "Hier")
    assert await texts_of(panel) == ["Hier"]
    assert not house.hass.data["smsmode_feeds"]


async def test_pages_follow_each_other(house: House, panel: Panel) -> None:
    for number in range(7):
        await send(house, f"Message {number}")
        house.freezer.tick(1)
    await panel.open()
    seen: list[str] = []
    cursor = None
    for has_more in (True, True, False):
        page = await panel.result("thread", thread=ALICE, limit=3, before=cursor)
        seen += [message["text"] for message in page["messages"]]
        assert page["has_more"] is has_more
        cursor = page["cursor"]
    assert seen == [f"Message {number}" for number in range(6, -1, -1)]


async def test_what_is_no_cursor_is_refused_in_a_sentence(house: House, panel: Panel) -> None:
    error = await panel.error("thread", thread=ALICE, before="yesterday")
    assert error["code"] == "panel_cursor_invalid"
    assert error["message"].startswith("This part of the conversation cannot be found.")


async def test_what_waits_stands_at_the_end(house: House, panel: Panel) -> None:
    await send(house, "Hier")
    await panel.open()
    async with house.gateway.offline():
        await send(house, "Maintenant")
        page = await panel.result("thread", thread=ALICE)
        assert [message["status"] for message in page["messages"]] == ["waiting", "accepted"]
        older = await panel.result("thread", thread=ALICE, before=f"{page['messages'][1]['at']}|~")
        assert [message["status"] for message in older["messages"]] == ["accepted"]


async def test_what_is_scheduled_stands_there_with_its_time(house: House, panel: Panel) -> None:
    await house.async_call("send_message", message="Demain", target=["Alice"], send_at="2099-01-01T08:00:00+00:00")
    (message,) = (await panel.result("thread", thread=ALICE))["messages"]
    assert (message["status"], message["text"], message["can_cancel"]) == ("scheduled", "Demain", True)
    assert message["at"] == message["send_at"] == "2099-01-01T08:00:00+00:00"


async def test_a_message_that_was_deleted_at_the_gateway_is_said(house: House, panel: Panel) -> None:
    sent = await send(house, "Oubliez")
    await house.account.client.delete_message(message_id=sent["message_id"])
    house.freezer.tick(180)
    page = await panel.result("thread", thread=ALICE)
    assert [message["text"] for message in page["messages"]] == [None]
    assert page["missing"] == "deleted"


async def test_a_message_that_was_deleted_here_is_gone(house: House, panel: Panel) -> None:
    sent = await send(house, "Oubliez")
    await panel.open()
    await house.async_call("delete_message", message_id=sent["message_id"])
    assert await texts_of(panel) == []


async def test_what_the_gateway_does_not_list_any_more_is_older(house: House, panel: Panel) -> None:
    old = dt_util.utcnow() - timedelta(days=31)
    message = TrackedMessage(message_id="old", sent_at=old, codes={ALICE: (11,)})
    house.account.processor.message_log.record_sent(message, 1)
    page = await panel.result("thread", thread=ALICE)
    assert (page["messages"][0]["text"], page["messages"][0]["status"]) == (None, "delivered")
    assert page["missing"] == "older"


async def test_what_stands_behind_the_first_page_of_the_list_is_older(house: House, panel: Panel) -> None:
    await send(house, "Hier")
    house.freezer.tick(600)
    await house.gateway.add_foreign_messages(ROWS, number=BOB_DIGITS, text="Publicité")
    page = await panel.result("thread", thread=ALICE)
    assert page["messages"][0]["text"] is None
    assert page["missing"] == "older"


async def test_a_gateway_that_cannot_be_reached_is_said(house: House, panel: Panel) -> None:
    await send(house, "Hier")
    async with house.gateway.offline():
        page = await panel.result("thread", thread=ALICE)
    assert (page["messages"][0]["text"], page["missing"]) == (None, "unreachable")


async def test_what_somebody_else_sent_with_the_account_is_shown_as_that(house: House, panel: Panel) -> None:
    await house.gateway.add_foreign_messages(1, number=ALICE_DIGITS, text="D'un autre programme")
    (message,) = (await panel.result("thread", thread=ALICE))["messages"]
    assert (message["text"], message["status"]) == ("D'un autre programme", "unknown")
    assert message["origin"] == {"kind": "other", "name": None}


async def test_a_batch_shows_each_its_own_text(house: House, panel: Panel) -> None:
    await panel.open()
    rows = [{"target": ALICE, "message": "Pour Alice"}, {"target": BOB, "message": "Pour Bob"}]
    await house.async_call("send_batch", messages=rows)
    assert await texts_of(panel) == ["Pour Alice"]
    assert await texts_of(panel, BOB) == ["Pour Bob"]


async def test_of_a_batch_the_list_may_show_one_line_and_nothing_is_called_deleted(house: House, panel: Panel) -> None:
    rows = [{"target": ALICE, "message": "Pour Alice"}, {"target": BOB, "message": "Pour Bob"}]
    await house.async_call("send_batch", messages=rows)
    house.freezer.tick(20)
    assert await texts_of(panel) == ["Pour Alice"]
    page = await panel.result("thread", thread=BOB)
    assert ([message["text"] for message in page["messages"]], page["missing"]) == ([None], None)


async def test_a_pin_is_hidden_in_what_was_written_before(
    command_house: Any, hass_ws_client: WebSocketGenerator
) -> None:
    house: House = command_house.house
    await reply(house, "4711 lumières")
    panel = await open_panel(house, hass_ws_client)
    assert [text for text in await texts_of(panel) if "4711" in (text or "")] == []


async def test_two_requests_open_a_thread_and_none_the_next(house: House, panel: Panel) -> None:
    await send(house, "Hier")
    before = len(await house.gateway.requests())
    await panel.open()
    await texts_of(panel)
    await texts_of(panel, "group:Famille")
    asked = (await house.gateway.requests())[before:]
    assert sorted(request.path.rpartition("/")[2] for request in asked) == ["responseList.do", "smsList.do"]


async def test_ten_thousand_messages_answer_by_pages(house: House, panel: Panel) -> None:
    log, now = house.account.processor.message_log, dt_util.utcnow()
    for number in range(10_000):
        sent_at = now - timedelta(minutes=10_000 - number)
        log.record_sent(TrackedMessage(message_id=f"m{number}", sent_at=sent_at, codes={ALICE: (11,)}), 1)
    await panel.open()
    page = await panel.result("thread", thread=ALICE, limit=50)
    assert [message["id"] for message in page["messages"]] == [f"m{number}" for number in range(9_999, 9_949, -1)]
    page = await panel.result("thread", thread=ALICE, limit=10_000, before=page["cursor"])
    assert [message["id"] for message in page["messages"]] == [f"m{number}" for number in range(9_949, 9_749, -1)]
