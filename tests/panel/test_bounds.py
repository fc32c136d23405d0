"""What a panel keeps in memory is bounded, and follows the clock, the account and the gateway's lists."""

from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smsmode.api import MessageStatus, Reply
from custom_components.smsmode.panel import message_index, texts, threads
from custom_components.smsmode.panel.feed import FEEDS, AccountFeed, async_get_feed, async_release_feed
from custom_components.smsmode.state.message_log import TrackedMessage
from tests.support.automations import reply
from tests.support.clocks import Clocks
from tests.support.gateway import Gateway
from tests.support.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, NIGHT, House
from tests.support.panel import Panel, create_user, open_panel, thread_of
from tests.support.people import people_entry, recipient
from tests.support.sends import send
from tests.support.work import counted_calls


@pytest.fixture
async def panel(house: House, hass_ws_client: WebSocketGenerator) -> Panel:
    """Return a panel of an administrator."""
    return await open_panel(house, hass_ws_client)


async def texts_of(panel: Panel, thread: str = ALICE) -> list[str | None]:
    """Return the texts of a thread, the latest first."""
    return [message["text"] for message in (await panel.result("thread", thread=thread))["messages"]]


def feed_of(house: House) -> AccountFeed:
    """Return the feed that the open panels share."""
    return house.hass.data[FEEDS][house.entry.entry_id]


def note(house: House, message_id: str, **fields: Any) -> None:
    """Record a message that was sent a while ago."""
    message = {"codes": {ALICE: ()}, "sent_at": dt_util.utcnow() - timedelta(hours=1), **fields}
    house.account.processor.message_log.record_sent(TrackedMessage(message_id=message_id, **message), 1)


async def test_the_conversation_follows_a_clock_that_is_set(
    house: House, panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks = Clocks(house, monkeypatch)
    await send(house, "Hier")
    await panel.open()
    before = (await panel.result("thread", thread=ALICE))["messages"][0]["at"]
    clocks.set_wall(timedelta(days=1))
    house.account.clock.async_check()
    after = (await panel.result("thread", thread=ALICE))["messages"][0]["at"]
    assert after[8:10] != before[8:10]
    assert thread_of(await panel.change(), ALICE)["last_at"] == after


async def test_another_entry_that_changes_is_none_of_its_business(house: House, panel: Panel) -> None:
    await panel.open()
    await panel.change()
    other = MockConfigEntry(domain="another")
    other.add_to_hass(house.hass)
    house.hass.config_entries.async_update_entry(other, title="Changed")
    await house.async_settle()
    assert await panel.is_silent()
    assert feed_of(house).entry is house.entry


async def test_what_nobody_may_see_is_not_sent(house: House, hass_ws_client: WebSocketGenerator) -> None:
    house.hass.config_entries.async_update_entry(house.entry, options={"user_access": ["acknowledge"]})
    await house.async_settle()
    panel = await open_panel(house, hass_ws_client, await create_user(house.hass, "Emma"))
    await panel.open()
    await send(house, "Un secret")
    assert await panel.change() == {"kind": "change"}


async def test_what_is_to_leave_later_and_waits_here_is_in_the_queue_alone(house: House, panel: Panel) -> None:
    await panel.open()
    async with house.gateway.offline():
        await send(house, "Demain", send_at="2099-01-01T08:00:00+00:00")
        change = await panel.change()
    assert [message["send_at"] for message in change["queue"]] == ["2099-01-01T08:00:00+00:00"]
    assert "scheduled" not in change


async def test_a_balance_that_nobody_knows_is_unknown(house: House, panel: Panel) -> None:
    house.account.store.state.balance = None
    snapshot = await panel.open()
    assert snapshot["balance"] == {"credits": None, "as_of": None, "days_left": None, "reachable": True}


async def test_a_number_that_has_no_message_any_more_is_gone(house: House, panel: Panel) -> None:
    sent = await send(house, "Bonjour", target=[BOB])
    snapshot = await panel.open()
    assert thread_of(snapshot, BOB)
    await house.async_call("delete_message", message_id=sent["message_id"])
    assert (await panel.change())["gone"] == [BOB]


async def test_the_index_is_made_anew_before_it_holds_too_much_that_is_gone(
    house: House, panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_index, "MAX_MESSAGES", 1)
    await panel.open()
    log = house.account.processor.message_log
    for number in range(4):
        note(house, f"m{number}")
        if number < 2:
            await texts_of(panel)
            log.remove(f"m{number}")
    assert len(await texts_of(panel)) == 2


async def test_only_the_latest_unknown_numbers_are_shown(
    house: House, panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "MAX_NUMBERS", 2)
    for number in reversed(range(3)):
        sent_at = dt_util.utcnow() - timedelta(minutes=number)
        note(house, f"m{number}", codes={f"+3360000000{number}": ()}, sent_at=sent_at)
    snapshot = await panel.open()
    shown = [each["thread"] for each in snapshot["threads"] if each["kind"] == "number"]
    assert shown == ["+33600000000", "+33600000001"]


async def test_a_look_costs_no_more_with_two_thousand_unknown_numbers_than_with_those_that_are_shown(
    house: House, panel: Panel
) -> None:
    async def look(count: int) -> int:
        for number in range(count):
            note(house, f"{count}-{number}", codes={f"+336000{number:05}": ()})
        await send(house, f"Text {count}")
        await panel.change()
        await send(house, f"Another {count}")
        with counted_calls() as work:
            await panel.change()
        return work.calls

    await panel.open()
    few = await look(threads.MAX_NUMBERS)
    assert await look(2_000) < 2 * few


async def test_of_too_many_texts_and_replies_the_oldest_are_dropped(
    house: House, hass_ws_client: WebSocketGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in ("Un", "Deux", "Trois"):
        house.freezer.tick(90)
        await send(house, text)
        house.freezer.tick(90)
        await house.gateway.reply(ALICE_DIGITS, f"{text} !", stray=True, callback=False)
    await house.gateway.reply(BOB_DIGITS, "Bob", stray=True, callback=False)
    await house.async_poll()
    monkeypatch.setattr(texts, "MAX_TEXTS", 2)
    panel = await open_panel(house, hass_ws_client)
    await panel.open()
    assert await texts_of(panel) == ["Trois !", "Trois", "Deux !", "Deux", "Un !", None]
    monkeypatch.setattr(texts, "ROWS", 3)
    monkeypatch.setattr(texts, "MAX_SENDERS", 1)
    await reply(house, "Encore")
    assert await texts_of(panel) == ["Encore", "Trois !", "Trois", "Deux !", "Deux", None]
    assert await texts_of(panel, BOB) == []


async def test_a_reply_by_callback_becomes_the_one_of_the_list(house: House, panel: Panel) -> None:
    await panel.open()
    text, at = "Oui", dt_util.utcnow().replace(second=0, microsecond=0)
    heard = Reply(reply_id=None, received_at=at, sender=ALICE, text=text)
    house.account.processor.async_process_reply(heard, verified=False)
    (message,) = (await panel.result("thread", thread=ALICE))["messages"]
    assert message["verified"] is False
    listed = Reply(reply_id="R1", received_at=at, sender=ALICE, text=text)
    house.account.processor.async_process_reply(listed, verified=True)
    (message,) = (await panel.result("thread", thread=ALICE))["messages"]
    assert (message["verified"], message["id"]) == (True, "in-R1")


async def test_replies_of_one_minute_stay_in_the_order_of_the_list(house: House, panel: Panel) -> None:
    for text in ("Un", "Deux", "Trois", "Quatre"):
        await house.gateway.reply(ALICE_DIGITS, text, stray=True, callback=False)
    assert await texts_of(panel) == ["Quatre", "Trois", "Deux", "Un"]
    await panel.open()
    await reply(house, "Cinq")
    assert await texts_of(panel) == ["Cinq", "Quatre", "Trois", "Deux", "Un"]


async def test_a_reply_without_a_time_came_now(house: House, panel: Panel) -> None:
    await panel.open()
    heard = Reply(reply_id="R1", received_at=None, sender=ALICE, text="Oui")
    feed_of(house).texts._take_reply(heard, verified=True)
    assert await texts_of(panel) == ["Oui"]


async def test_the_texts_of_a_watchdog_are_not_shown(watchdog_house: House, hass_ws_client: WebSocketGenerator) -> None:
    panel = await open_panel(watchdog_house, hass_ws_client)
    await panel.open()
    await watchdog_house.hass.services.async_call(
        "switch", "turn_on", {"entity_id": watchdog_switch(watchdog_house)}, blocking=True
    )
    await watchdog_house.async_settle()
    assert await texts_of(panel) == []
    again = await open_panel(watchdog_house, hass_ws_client)
    assert await texts_of(again) == []


def watchdog_switch(house: House) -> str:
    """Return the entity of the only watchdog."""
    return next(each for each in house.hass.states.async_entity_ids("switch") if "paused" not in each)


async def test_lists_that_can_be_read_one_after_the_other_show_nothing_twice(house: House, panel: Panel) -> None:
    await house.gateway.add_foreign_messages(1, number=ALICE_DIGITS, text="D'un autre programme")
    await house.gateway.fail("responseList.do", "http:500")
    await panel.open()
    house.freezer.tick(31)
    assert await texts_of(panel) == ["D'un autre programme"]


async def test_a_message_of_which_nobody_knows_is_unknown(house: House, panel: Panel) -> None:
    house.account.processor.async_process_given_up((ALICE,), None, MessageStatus.UNDEFINED)
    (message,) = (await panel.result("thread", thread=ALICE))["messages"]
    assert (message["status"], message["detail"], message["reason"]) == ("unknown", "undefined", None)
    house.account.processor.async_note_unsent((ALICE,), MessageStatus.CANCELLED, None)
    assert await texts_of(panel) == []


@pytest.mark.parametrize(
    ("quiet", "until"),
    [(NIGHT, "2026-07-15T05:00:00+00:00"), ({"schedule": "schedule.night"}, "2026-07-15T04:30:00+00:00")],
)
async def test_quiet_hours_and_the_picture_of_a_person_are_shown(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    gateway: Gateway,
    quiet: dict[str, str],
    until: str,
) -> None:
    await hass.config.async_set_time_zone("Europe/Paris")
    freezer.move_to("2026-07-14T21:00:00+00:00")
    hass.states.async_set("schedule.night", "on", {"next_event": dt_util.parse_datetime("2026-07-15T06:30:00+02:00")})
    hass.states.async_set("person.zoe", "home", {"entity_picture": "/zoe.jpg"})
    zoe = recipient("Zoe", "+33600000009", quiet_hours=quiet, person="person.zoe")
    house = House(hass, freezer, gateway, people_entry(gateway, zoe))
    await house.async_set_up()
    feed = async_get_feed(hass, house.entry, {})
    thread = feed.threads.all([])["+33600000009"]
    assert (thread["quiet_until"], thread["picture"]) == (until, "/zoe.jpg")
    hass.states.async_set("schedule.night", "off")
    freezer.move_to("2026-07-15T10:00:00+00:00")
    assert feed.threads.all([])["+33600000009"]["quiet_until"] is None
    async_release_feed(hass, feed)
