"""A message says by what it was sent, and what it cost."""

from typing import Any

import pytest
from homeassistant.auth.const import GROUP_ID_ADMIN
from homeassistant.core import Context
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.support.house import ALICE, BOB, House
from tests.support.panel import Panel, create_user, open_panel
from tests.support.sends import send

SEND: dict[str, Any] = {"action": "smsmode.send_message", "data": {"message": "Water!", "target": ["Alice"]}}


@pytest.fixture
async def panel(house: House, hass_ws_client: WebSocketGenerator) -> Panel:
    """Return a panel of an administrator."""
    return await open_panel(house, hass_ws_client)


async def latest(panel: Panel, thread: str = ALICE) -> dict[str, Any]:
    """Return the latest message of a thread."""
    message: dict[str, Any] = (await panel.result("thread", thread=thread))["messages"][0]
    return message


async def test_an_automation_is_named_also_after_a_restart(house: House, hass_ws_client: WebSocketGenerator) -> None:
    leak = {"id": "leak", "alias": "Water on the floor", "triggers": {"trigger": "event", "event_type": "leak"}}
    assert await async_setup_component(house.hass, "automation", {"automation": leak | {"actions": [SEND]}})
    house.hass.bus.async_fire("leak")
    await house.async_settle()
    await house.async_reload()
    panel = await open_panel(house, hass_ws_client)
    assert (await latest(panel))["origin"] == {"kind": "automation", "name": "Water on the floor"}
    house.hass.states.async_remove("automation.water_on_the_floor")
    assert (await latest(panel))["origin"] == {"kind": "automation", "name": "automation.water_on_the_floor"}


async def test_a_script_is_named(house: House, panel: Panel) -> None:
    script = {"script": {"warn": {"alias": "Warn everybody", "sequence": [SEND]}}}
    assert await async_setup_component(house.hass, "script", script)
    await house.hass.services.async_call("script", "warn", blocking=True)
    await house.async_settle()
    assert (await latest(panel))["origin"] == {"kind": "script", "name": "Warn everybody"}


async def test_a_person_is_named(house: House, panel: Panel) -> None:
    emma = await create_user(house.hass, "Emma", GROUP_ID_ADMIN)
    context = Context(user_id=emma.id)
    await house.hass.services.async_call("smsmode", "send_message", SEND["data"], blocking=True, context=context)
    assert (await latest(panel))["origin"] == {"kind": "user", "name": "Emma"}
    await house.hass.auth.async_remove_user(emma)
    assert (await latest(panel))["origin"] == {"kind": "user", "name": None}


async def test_an_alert_is_named_also_while_its_message_waits(house: House, panel: Panel) -> None:
    async with house.gateway.offline():
        await house.async_call("alert", message="Water!", alert_id="cellar", steps=[{"target": ["Alice"]}])
        waiting = await latest(panel)
    assert (waiting["status"], waiting["origin"]) == ("waiting", {"kind": "alert", "name": "cellar"})
    await house.async_wait(seconds=10)
    assert (await latest(panel))["origin"] == {"kind": "alert", "name": "cellar"}


async def test_what_nobody_known_sent_has_no_origin(house: House, panel: Panel) -> None:
    await send(house)
    assert (await latest(panel))["origin"] is None


async def test_a_name_that_is_kept_is_shown_as_it_is(house: House, panel: Panel) -> None:
    async with house.gateway.offline():
        sent = await send(house)
        house.account.store.state.outbox.items[sent["queue_id"]].origin = "Silent house"
        assert (await latest(panel))["origin"] == {"kind": "other", "name": "Silent house"}


async def test_segments_and_credits_are_those_of_the_thread(house: House, panel: Panel) -> None:
    await send(house, "x" * 200, target=["Alice", BOB])
    for thread in (ALICE, BOB):
        message = await latest(panel, thread)
        assert (message["kind"], message["segments"], message["cost"]) == ("sms", 2, 2)


async def test_what_the_gateway_took_is_what_it_cost(house: House, hass_ws_client: WebSocketGenerator) -> None:
    await house.gateway.set(price=1.5)
    await send(house, "x" * 200)
    panel = await open_panel(house, hass_ws_client)
    message = await latest(panel)
    assert (message["segments"], message["cost"]) == (2, 3)
    await house.async_reload()
    assert (await latest(panel))["cost"] == 3


async def test_what_is_scheduled_or_waits_says_its_cost(house: House, panel: Panel) -> None:
    await send(house, "x" * 200, send_at="2099-01-01T08:00:00+00:00")
    async with house.gateway.offline():
        await send(house, "x" * 200, target=["Alice", BOB])
        snapshot = await panel.open()
    (waiting,), (scheduled,) = snapshot["queue"], snapshot["scheduled"]
    assert (waiting["segments"], waiting["cost"], waiting["thread"]) == (2, 4, None)
    assert (scheduled["segments"], scheduled["cost"], scheduled["kind"]) == (2, 2, "sms")


async def test_a_call_is_in_no_list_and_that_is_no_news(house: House, panel: Panel) -> None:
    await house.async_call("send_voice_message", message="Water!", target=["Alice"])
    house.freezer.tick(20)
    page = await panel.result("thread", thread=ALICE)
    assert page["messages"][0]["kind"] == "voice"
    assert page["missing"] is None


async def test_what_an_older_version_kept_of_a_scheduled_message_is_shown(house: House, panel: Panel) -> None:
    sent = await send(house, "Demain", send_at="2099-01-01T08:00:00+00:00")
    house.account.processor.message_log.messages[sent["message_id"]].details = None
    (scheduled,) = (await panel.open())["scheduled"]
    assert (scheduled["segments"], scheduled["cost"], scheduled["origin"]) == (None, None, None)
    assert (await latest(panel))["segments"] is None
