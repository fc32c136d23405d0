"""An open panel shows what there is, and what changes."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smsmode.panel import call
from custom_components.smsmode.panel.feed import FEEDS
from tests.support.automations import add_recipient, reply
from tests.support.gateway import Gateway
from tests.support.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, House
from tests.support.panel import Panel, open_panel, thread_of
from tests.support.people import group, people_entry, recipient
from tests.support.sends import send


@pytest.fixture
async def panel(house: House, hass_ws_client: WebSocketGenerator) -> Panel:
    """Return a panel of an administrator."""
    return await open_panel(house, hass_ws_client)


async def test_a_house_that_never_wrote_shows_its_recipients(house: House, panel: Panel) -> None:
    snapshot = await panel.open()
    assert snapshot["account"] == {"entry_id": house.entry.entry_id, "title": "Home"}
    assert snapshot["accounts"] == [snapshot["account"]]
    assert snapshot["access"] == {"read": True, "write": True, "acknowledge": True}
    assert (snapshot["currency"], snapshot["credit_price"], snapshot["country"]) == ("EUR", None, "FR")
    assert thread_of(snapshot, ALICE) == {
        "thread": ALICE,
        "kind": "recipient",
        "name": "Alice",
        "picture": None,
        "entity_id": "notify.alice",
        "last": None,
        "last_reply_at": None,
        "last_at": None,
        "news_at": None,
        "failed": False,
        "can_reply": True,
        "can_write": True,
        "paused": False,
        "quiet_until": None,
        "blocked": False,
    }
    assert thread_of(snapshot, "group:Famille")["kind"] == "gateway_group"
    assert (snapshot["alerts"], snapshot["queue"], snapshot["scheduled"]) == ([], [], [])
    assert snapshot["balance"]["credits"] == 100
    assert snapshot["balance"]["reachable"] is True


async def test_what_is_sent_and_what_becomes_of_it_is_shown(house: House, panel: Panel) -> None:
    await panel.open()
    sent = await send(house, "Bonjour")
    change = await panel.change()
    assert [each["thread"] for each in change["threads"]] == [ALICE]
    last = thread_of(change, ALICE)["last"]
    assert (last["text"], last["status"], last["direction"]) == ("Bonjour", "accepted", "out")
    assert (last["recipients"], last["message_id"], last["can_cancel"]) == (["Alice"], sent["message_id"], False)
    assert thread_of(change, ALICE)["last_at"] == last["at"]
    for code, status in ((13, "operator"), (11, "delivered")):
        await house.gateway.report(sent["message_id"], ALICE_DIGITS, code, callback=False)
        house.freezer.tick(61)
        await house.async_poll()
        assert thread_of(await panel.change(), ALICE)["last"]["status"] == status


async def test_a_thread_changes_when_an_older_message_arrives(house: House, panel: Panel) -> None:
    await panel.open()
    first = await send(house, "Bonjour")
    house.freezer.tick(1)
    await send(house, "Bonsoir")
    await panel.change()
    house.freezer.tick(61)
    await house.gateway.report(first["message_id"], ALICE_DIGITS, 11, callback=False)
    await house.async_poll()
    thread = thread_of(await panel.change(), ALICE)
    assert (thread["last"]["text"], thread["last"]["status"]) == ("Bonsoir", "accepted")
    assert thread["news_at"] > thread["last_at"]


async def test_what_failed_is_shown_with_the_reason(house: House, panel: Panel) -> None:
    await panel.open()
    sent = await send(house, "Bonjour")
    await house.gateway.report(sent["message_id"], ALICE_DIGITS, 3522, callback=False)
    house.freezer.tick(61)
    await house.async_poll()
    thread = thread_of(await panel.change(), ALICE)
    assert thread["failed"] is True
    assert (thread["last"]["status"], thread["last"]["detail"]) == ("failed", "permanent_absence")
    assert thread["last"]["reason"] == "Permanent error: phone unreachable"
    assert thread["last"]["can_retry"] is True


async def test_a_reply_is_shown_as_it_is_written(house: House, panel: Panel) -> None:
    await panel.open()
    hostile = "<img src=x onerror=alert(1)>"
    await reply(house, hostile)
    thread = thread_of(await panel.change(), ALICE)
    assert (thread["last"]["text"], thread["last"]["direction"]) == (hostile, "in")
    assert (thread["last"]["status"], thread["last"]["verified"]) == ("received", True)
    assert thread["last_reply_at"] == thread["last"]["at"]


async def test_somebody_who_is_no_recipient_has_a_thread_of_the_number(house: House, panel: Panel) -> None:
    await panel.open()
    await reply(house, "Qui est-ce ?", BOB_DIGITS)
    thread = thread_of(await panel.change(), BOB)
    assert (thread["kind"], thread["name"], thread["can_write"]) == ("number", None, True)
    assert thread["last"]["recipients"] == ["…432"]
    await add_recipient(house, "Bob", BOB)


async def test_a_short_code_cannot_be_written_to(house: House, panel: Panel) -> None:
    await panel.open()
    await reply(house, "Votre colis est là", "36034")
    thread = thread_of(await panel.change(), "36034")
    assert (thread["can_write"], thread["can_reply"]) == (False, False)


async def test_what_waits_stands_in_the_queue_and_in_its_thread(house: House, panel: Panel) -> None:
    await panel.open()
    async with house.gateway.offline():
        sent = await send(house, "Bonjour")
        change = await panel.change()
    (waiting,) = change["queue"]
    assert (waiting["id"], waiting["queue_id"], waiting["thread"]) == (sent["queue_id"], sent["queue_id"], ALICE)
    assert (waiting["status"], waiting["text"]) == ("waiting", "Bonjour")
    assert (waiting["can_cancel"], waiting["can_retry"]) == (True, True)
    assert waiting["reason"] == "the gateway cannot be reached"
    assert thread_of(change, ALICE)["last"] == waiting
    assert change["balance"]["reachable"] is False


async def test_what_is_scheduled_is_no_latest_message(house: House, panel: Panel) -> None:
    await panel.open()
    sent = await house.async_call(
        "send_message", message="Demain", target=["Alice"], send_at="2099-01-01T08:00:00+00:00"
    )
    change = await panel.change()
    (scheduled,) = change["scheduled"]
    assert scheduled["message_id"] == sent["messages"][0]["message_id"]
    assert (scheduled["status"], scheduled["text"], scheduled["thread"]) == ("scheduled", "Demain", ALICE)
    assert scheduled["send_at"].startswith("2099-01-01T08:00:00")
    assert thread_of(change, ALICE)["last"] is None


async def test_a_message_that_is_given_up_leaves_a_failure(house: House, panel: Panel) -> None:
    await panel.open()
    async with house.gateway.offline():
        await send(house, "Bonjour", expires_after={"minutes": 1})
        await house.async_wait(minutes=2)
        thread = thread_of(await panel.change(), ALICE)
    assert (thread["failed"], thread["last"]["status"], thread["last"]["text"]) == (True, "expired", None)


async def test_opening_asks_for_two_lists_once(house: House, hass_ws_client: WebSocketGenerator) -> None:
    before = len(await house.gateway.requests())
    first = await open_panel(house, hass_ws_client)
    await first.open()
    second = await open_panel(house, hass_ws_client)
    await second.open()
    await send(house, "Bonjour")
    await first.change()
    asked = [request.path.rpartition("/")[2] for request in (await house.gateway.requests())[before:]]
    assert sorted(asked) == ["responseList.do", "sendSMS.do", "smsList.do"]


async def test_what_was_written_before_comes_with_its_text(house: House, panel: Panel) -> None:
    await send(house, "Hier")
    snapshot = await panel.open()
    assert thread_of(snapshot, ALICE)["last"]["text"] is None
    assert thread_of(await panel.change(), ALICE)["last"]["text"] == "Hier"


async def test_many_changes_within_a_moment_are_one(house: House, panel: Panel) -> None:
    await panel.open()
    await panel.change()
    for text in ("Un", "Deux", "Trois"):
        await send(house, text)
        house.freezer.tick(0.02)
    house.freezer.tick(0.1)
    async_fire_time_changed(house.hass)
    event = await panel.event()
    assert thread_of(event, ALICE)["last"]["text"] == "Trois"
    assert await panel.is_silent()


async def test_nothing_is_sent_while_nothing_changes(house: House, panel: Panel) -> None:
    await panel.open()
    await panel.change()
    await house.async_wait(minutes=1)
    await house.async_wait(seconds=1)
    assert await panel.is_silent()


async def test_twenty_panels_hear_the_same_within_300_ms(house: House, hass_ws_client: WebSocketGenerator) -> None:
    panels = [await open_panel(house, hass_ws_client) for _ in range(20)]
    for panel in panels:
        await panel.open()
    await send(house, "Bonjour")
    house.freezer.tick(0.3)
    async_fire_time_changed(house.hass)
    events = [await panel.event() for panel in panels]
    assert {thread_of(event, ALICE)["last"]["text"] for event in events} == {"Bonjour"}


async def test_a_panel_is_told_to_begin_anew_when_the_account_is_reloaded(house: House, panel: Panel) -> None:
    await panel.open()
    await panel.change()
    await house.async_reload()
    assert await panel.event() == {"kind": "reload"}
    await send(house, "Bonjour")
    assert thread_of(await panel.open(), ALICE)["last"]["status"] == "accepted"


async def test_the_last_panel_that_is_closed_leaves_nothing(house: House, hass_ws_client: WebSocketGenerator) -> None:
    first, second = [await open_panel(house, hass_ws_client) for _ in range(2)]
    await first.open()
    await second.open()
    await first.client.close()
    await house.async_settle()
    assert house.hass.data[FEEDS]
    await second.client.close()
    await house.async_settle()
    assert not house.hass.data[FEEDS]


async def test_a_panel_that_is_closed_before_it_is_answered_leaves_nothing(
    house: House, panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = asyncio.Event()

    async def read_slowly(_hass: HomeAssistant) -> dict[str, str]:
        await closed.wait()
        return {}

    monkeypatch.setattr(call, "async_read_users", read_slowly)
    await panel.client.send_json_auto_id({"type": "smsmode/subscribe"})
    await panel.client.close()
    closed.set()
    await house.async_settle()
    assert not house.hass.data[FEEDS]


async def test_two_hundred_recipients_are_shown(
    hass: HomeAssistant, freezer: Any, gateway: Gateway, hass_ws_client: WebSocketGenerator
) -> None:
    more = [recipient(f"Person {number}", f"+336001{number:05}") for number in range(200)]
    house = House(hass, freezer, gateway, people_entry(gateway, *more))
    await house.async_set_up()
    panel = await open_panel(house, hass_ws_client)
    snapshot = await panel.open()
    assert len(snapshot["threads"]) == 204
    await send(house, "Bonjour", target=["Person 7"])
    assert [thread["name"] for thread in (await panel.change())["threads"]] == ["Person 7"]


async def test_a_gateway_that_cannot_be_reached_is_asked_again_when_it_can(house: House, panel: Panel) -> None:
    await send(house, "Hier")
    async with house.gateway.offline():
        await panel.open()
        change = await panel.change()
        assert change.get("threads", []) == []
        await house.async_poll()
    house.freezer.tick(31)
    await house.async_poll()
    await panel.change()
    assert thread_of(await panel.change(), ALICE)["last"]["text"] == "Hier"


@pytest.fixture
async def people(hass: HomeAssistant, freezer: Any, gateway: Gateway) -> House:
    """Return a house with three people, two of them in a group."""
    house = House(hass, freezer, gateway, people_entry(gateway, group("Neighbours", "alice", "bob")))
    await house.async_set_up()
    return house


async def test_a_group_has_a_thread_and_so_have_its_members(people: House, hass_ws_client: WebSocketGenerator) -> None:
    panel = await open_panel(people, hass_ws_client)
    await panel.open()
    await people.async_call("send_message", message="Bonjour", target=["Neighbours"])
    change = await panel.change()
    assert {each["thread"] for each in change["threads"]} == {ALICE, BOB, "group:Neighbours"}
    thread = thread_of(change, "group:Neighbours")
    assert (thread["kind"], thread["can_reply"], thread["can_write"]) == ("group", False, True)
    assert thread["last"]["recipients"] == ["Alice", "Bob"]
    sent = thread["last"]["message_id"]
    await people.gateway.report(sent, ALICE_DIGITS, 11, callback=False)
    people.freezer.tick(61)
    await people.async_poll()
    change = await panel.change()
    assert thread_of(change, ALICE)["last"]["status"] == "delivered"
    assert thread_of(change, "group:Neighbours")["last"]["status"] == "accepted"
    await people.gateway.report(sent, BOB_DIGITS, 3522, callback=False)
    people.freezer.tick(61)
    await people.async_poll()
    assert thread_of(await panel.change(), "group:Neighbours")["last"]["status"] == "failed"


async def test_a_group_that_quiet_hours_divide_keeps_its_messages(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, hass_ws_client: WebSocketGenerator
) -> None:
    await hass.config.async_set_time_zone("Europe/Paris")
    now = dt_util.now()
    quiet = {"start": f"{now - timedelta(hours=1):%H:%M}", "end": f"{now + timedelta(hours=1):%H:%M}"}
    dan = recipient("Dan", "+33600000009", quiet_hours=quiet)
    house = House(hass, freezer, gateway, people_entry(gateway, dan, group("Neighbours", "alice", "bob", "dan")))
    await house.async_set_up()
    panel = await open_panel(house, hass_ws_client)
    await panel.open()
    order = {"thread": "group:Neighbours", "message": "Bonjour", "request_id": "request-1"}
    assert len((await panel.result("send", **order))["messages"]) == 2
    change = await panel.change()
    assert thread_of(change, "group:Neighbours")["last"]["recipients"] == ["Alice", "Bob"]
    assert [message["thread"] for message in change["scheduled"]] == ["group:Neighbours"]
    page = await panel.result("thread", thread="group:Neighbours")
    assert [message["recipients"] for message in page["messages"]] == [["Dan"], ["Alice", "Bob"]]
    async with house.gateway.offline():
        await panel.result("send", **order | {"request_id": "request-2", "message": "Encore"})
        queue = (await panel.change())["queue"]
        assert {message["thread"] for message in queue} == {"group:Neighbours"}
        page = await panel.result("thread", thread="group:Neighbours")
        assert [message["status"] for message in page["messages"]][:2] == ["waiting", "waiting"]


async def test_a_pause_is_shown(people: House, hass_ws_client: WebSocketGenerator) -> None:
    panel = await open_panel(people, hass_ws_client)
    await panel.open()
    await people.async_call("pause_recipient", recipient=["Bob"], duration={"minutes": 30})
    assert thread_of(await panel.change(), BOB)["paused"] is True
    await people.async_wait(minutes=31)
    assert thread_of(await panel.change(), BOB)["paused"] is False
