"""An option keeps conversations on the disk: the panel shows what the gateway can no longer show."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.const import GROUP_ID_ADMIN
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.support.automations import add_recipient, edit_recipient, reply
from tests.support.clocks import Clocks
from tests.support.command_house import PIN, command_entry
from tests.support.gateway import Gateway
from tests.support.house import ALICE, BOB, House
from tests.support.panel import create_user, open_panel
from tests.support.sends import send


def choose(house: House, days: str) -> None:
    """Choose for how long conversations are kept; the account is loaded anew."""
    house.hass.config_entries.async_update_entry(house.entry, options={"keep_conversations": days})


@pytest.fixture
async def keeping(house: House) -> House:
    """Return a house that keeps its conversations for 30 days."""
    choose(house, "30")
    await house.async_settle()
    return house


async def page_of(house: House, connect: WebSocketGenerator, thread: str = ALICE) -> dict[str, Any]:
    """Return the first page of a thread in a panel that is opened now."""
    panel = await open_panel(house, connect)
    page: dict[str, Any] = await panel.result("thread", thread=thread)
    return page


def texts_in(page: dict[str, Any]) -> list[str | None]:
    """Return the texts of a page, the latest first."""
    return [message["text"] for message in page["messages"]]


def kept(house: House) -> int:
    """Return how many texts are kept."""
    return len(house.account.store.state.text_archive.entries)


def on_disk(house: House) -> bytes:
    """Return all that is in the files of the account."""
    return b"".join(file.read_bytes() for file in Path(house.hass.config.path(".storage")).glob("smsmode.*.db*"))


async def test_both_sides_are_there_after_a_restart_although_the_gateway_is_away(
    keeping: House, hass_ws_client: WebSocketGenerator
) -> None:
    await send(keeping, "Ça va ?")
    keeping.freezer.tick(120)
    await reply(keeping, "Oui")
    await keeping.async_reload()
    async with keeping.gateway.offline():
        page = await page_of(keeping, hass_ws_client)
    assert texts_in(page) == ["Oui", "Ça va ?"]
    assert page["missing"] is None


async def test_what_the_list_shows_as_well_stands_there_once(
    keeping: House, hass_ws_client: WebSocketGenerator
) -> None:
    await send(keeping, "N’oubliez pas 🎉")
    keeping.freezer.tick(120)
    await reply(keeping, "Oui")
    await keeping.async_reload()
    assert texts_in(await page_of(keeping, hass_ws_client)) == ["Oui", "N’oubliez pas 🎉"]


async def test_by_default_no_text_is_kept(house: House, hass_ws_client: WebSocketGenerator) -> None:
    await send(house, "Ça va ?")
    await reply(house, "Oui")
    await house.async_reload()
    assert not kept(house)
    async with house.gateway.offline():
        assert texts_in(await page_of(house, hass_ws_client)) == [None]


async def test_a_pin_is_not_kept(hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway) -> None:
    entry = command_entry(gateway)
    house = House(hass, freezer, gateway, entry)
    await house.async_set_up()
    choose(house, "30")
    await house.async_settle()
    await reply(house, f"{PIN} gate")
    assert [entry.text for entry in house.account.store.state.text_archive.replies()] == ["•••• gate"]


async def test_switched_off_everything_goes_from_the_file_too(keeping: House) -> None:
    await send(keeping, "Un secret de famille")
    await keeping.async_reload()
    assert b"Un secret de famille" in on_disk(keeping)
    choose(keeping, "off")
    await keeping.async_settle()
    assert not kept(keeping)
    await keeping.hass.config_entries.async_unload(keeping.entry.entry_id)
    assert b"Un secret de famille" not in on_disk(keeping)


@pytest.mark.parametrize(("days", "left"), [(29, 2), (31, 0)])
async def test_what_was_kept_for_the_days_that_were_chosen_goes(keeping: House, days: int, left: int) -> None:
    await send(keeping, "Ça va ?")
    await reply(keeping, "Oui")
    await keeping.async_wait(days=days)
    # By now the clocks are known to agree.
    await keeping.async_poll()
    await keeping.async_wait(hours=1)
    assert kept(keeping) == left


async def test_a_message_older_than_the_gateways_list_is_shown_with_its_status(
    house: House, hass_ws_client: WebSocketGenerator
) -> None:
    choose(house, "90")
    await house.async_settle()
    await send(house, "Ça va ?")
    for days in (31, 40):
        house.freezer.tick(timedelta(days=days))
        await house.async_poll()
    user = await create_user(house.hass, "Camille", GROUP_ID_ADMIN)
    panel = await open_panel(house, hass_ws_client, user)
    (message,) = (await panel.result("thread", thread=ALICE))["messages"]
    assert (message["text"], message["segments"]) == ("Ça va ?", 1)
    house.freezer.tick(timedelta(days=20))
    await house.async_poll()
    assert not house.account.processor.message_log.messages


async def test_who_is_removed_takes_the_conversation_along(keeping: House) -> None:
    await add_recipient(keeping, "Bob", BOB)
    await send(keeping, "Pour Bob", target=["Bob"])
    await reply(keeping, "De Bob", number=BOB.removeprefix("+"))
    await send(keeping, "Pour Alice")
    (subentry,) = [each for each in keeping.entry.subentries.values() if each.title == "Bob"]
    keeping.hass.config_entries.async_remove_subentry(keeping.entry, subentry.subentry_id)
    await keeping.async_settle()
    assert [entry.text for entry in keeping.account.store.state.text_archive.entries.values()] == ["Pour Alice"]


async def test_a_number_that_is_changed_takes_its_conversation_along(keeping: House) -> None:
    await send(keeping, "Pour Alice")
    await edit_recipient(keeping, "Alice", "Alice", "+33612345679")
    assert not kept(keeping)


async def test_a_message_that_is_deleted_is_deleted_here_as_well(keeping: House) -> None:
    sent = await send(keeping, "Oubliez")
    await keeping.async_call("delete_message", message_id=sent["message_id"])
    assert not kept(keeping)


async def test_a_batch_keeps_each_line(keeping: House, hass_ws_client: WebSocketGenerator) -> None:
    rows = [{"target": ALICE, "message": "Pour Alice"}, {"target": BOB, "message": "Pour Bob"}]
    await keeping.async_call("send_batch", messages=rows)
    await keeping.async_reload()
    async with keeping.gateway.offline():
        assert texts_in(await page_of(keeping, hass_ws_client, BOB)) == ["Pour Bob"]


async def test_texts_follow_a_clock_that_is_set(keeping: House, monkeypatch: pytest.MonkeyPatch) -> None:
    clocks = Clocks(keeping, monkeypatch)
    await send(keeping, "Ça va ?")
    clocks.set_wall(timedelta(days=40))
    keeping.account.clock.async_check()
    await keeping.async_poll()
    await clocks.async_pass(hours=1)
    (entry,) = keeping.account.store.state.text_archive.entries.values()
    assert dt_util.utcnow() - entry.kept_at < timedelta(hours=2)


async def test_nothing_is_removed_by_a_clock_that_may_be_wrong(keeping: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await reply(keeping, "Oui")
    monkeypatch.setattr(type(keeping.account.gateway_clock), "agrees", False)
    await keeping.async_wait(days=40)
    assert kept(keeping) == 1
