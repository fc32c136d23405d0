"""What leaves is what was written, or else it is told: a text that was cut, or that lost characters."""

from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, Event, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smsmode.const import DOMAIN
from tests.support.dialogs import alert, ask
from tests.support.gateway import Gateway
from tests.support.house import House, account_entry
from tests.support.sends import send, texts
from tests.support.watchdog_house import add_watchdog, async_switch

CHANGED = "smsmode_text_changed"
LONG = "private " * 200
CAT = "\U0001f408 private"
UNCHANGED = "L’eau déborde — œuf, 3 €\U0001f408"


def losses(events: list[Event]) -> list[tuple[Any, ...]]:
    """Return who sent what was changed, and how many characters were left out and replaced."""
    keys = ("origin", "characters_left_out", "characters_replaced")
    return [tuple(event.data[key] for key in keys) for event in events]


def issues(house: House) -> dict[str, Any]:
    """Return the placeholders of the issues of changed texts, by their id without that of the account."""
    return {
        issue_id.replace(f"_{house.entry.entry_id}", ""): issue.translation_placeholders
        for (domain, issue_id), issue in ir.async_get(house.hass).issues.items()
        if domain == DOMAIN and issue_id.startswith("text_")
    }


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return our warnings of changed texts; no line of the log may have a word of the text."""
    assert not [record for record in caplog.records if "private" in record.getMessage()]
    return [message for record in caplog.records if "was changed" in (message := record.getMessage())]


async def test_a_text_that_is_cut_by_a_notify_service_is_told(house: House, caplog: pytest.LogCaptureFixture) -> None:
    events = house.capture(CHANGED)
    await house.async_notify(message=LONG, target=["Alice"])
    (text,) = await texts(house.gateway)
    left_out = len(LONG) - len(text.removesuffix("..."))
    assert left_out > 800
    assert events[0].data == {
        "config_entry_id": house.entry.entry_id,
        "origin": None,
        "recipients": ["Alice"],
        "characters_left_out": left_out,
        "characters_replaced": 0,
        "reference": None,
    }
    assert len(events) == len(warnings(caplog)) == 1
    assert issues(house) == {"text_cut": {"account": "Home", "origin": "Home", "characters": str(left_out)}}


async def test_an_emoji_where_a_reply_is_asked_for_is_told(house: House, caplog: pytest.LogCaptureFixture) -> None:
    events = house.capture(CHANGED)
    sent = await send(house, CAT, reply=True, reference="cat")
    assert sent["text"] == "? private"
    assert losses(events) == [(None, 0, 1)]
    assert events[0].data["reference"] == "cat"
    assert len(warnings(caplog)) == 1
    assert issues(house) == {"text_replaced": {"account": "Home", "origin": "Home", "characters": "1"}}


async def test_what_loses_nothing_is_not_told(house: House, caplog: pytest.LogCaptureFixture) -> None:
    events = house.capture(CHANGED)
    await send(house, UNCHANGED)
    await send(house, "L’eau déborde à la fenêtre? \uff1f", reply=True)
    assert (events, warnings(caplog), issues(house)) == ([], [], {})


async def test_a_repetition_that_is_not_sent_is_not_told_again(house: House) -> None:
    events = house.capture(CHANGED)
    await send(house, LONG)
    assert (await send(house, LONG))["status"] == "duplicate"
    assert len(events) == 1


@pytest.mark.parametrize("way", ["entity", "voice title", "batch", "ask", "alert", "calendar"])
async def test_every_way_to_send_tells(
    hass: HomeAssistant, gateway: Gateway, freezer: FrozenDateTimeFactory, way: str
) -> None:
    house = House(hass, freezer, gateway, account_entry(gateway, calendar_events=True))
    await house.async_set_up()
    events = house.capture(CHANGED)
    match way:
        case "entity":
            data = {"entity_id": "notify.alice", "message": LONG}
            await hass.services.async_call("notify", "send_message", data, blocking=True)
        case "voice title":
            await house.async_call("send_voice_message", message="Water!", title=CAT, target=["Alice"])
        case "batch":
            await house.async_call("send_batch", messages=[{"target": "Alice", "message": LONG}])
        case "ask":
            await (await ask(house, question=LONG)).cancel()
        case "alert":
            await alert(house, message=LONG)
        case _:
            start = dt_util.now() + timedelta(days=1)
            event = {"summary": LONG, "description": "Alice"}
            times = {"start_date_time": start.isoformat(), "end_date_time": (start + timedelta(minutes=5)).isoformat()}
            data = {"entity_id": "calendar.home_sms_to_send", **event, **times}
            await hass.services.async_call("calendar", "create_event", data, blocking=True)
    assert len(await gateway.messages()) == len(events) == 1
    assert events[0].data["recipients"] == ["Alice"]
    assert bool(events[0].data["characters_left_out"]) is (way != "voice title")


async def test_a_watchdog_tells_it_once(house: House) -> None:
    house.hass.config_entries.async_update_entry(house.entry, options={"encoding": "gsm"})
    add_watchdog(house, message=CAT)
    await house.async_settle()
    events = house.capture(CHANGED)
    await async_switch(house, on=True)
    for _ in range(4):
        await house.async_wait(minutes=15)
    assert len(await house.gateway.requests("sendSMS.do")) > 2
    assert losses(events) == [("Cellar", 0, 1)]
    assert "text_replaced_Cellar" in issues(house)


def action(name: str, **data: Any) -> dict[str, Any]:
    return {"action": name, "data": data}


async def test_each_automation_and_script_has_an_issue_of_its_own(house: House) -> None:
    events = house.capture(CHANGED)
    sends = [
        action("notify.home", message=LONG, target="Alice"),
        action("smsmode.send_message", message=f"2 {LONG}", target="Alice"),
        {"action": "notify.send_message", "target": {"entity_id": "notify.alice"}, "data": {"message": f"3 {LONG}"}},
    ]
    automations = [
        {"alias": "Leak", "triggers": {"trigger": "event", "event_type": "leak"}, "actions": sends},
        {
            "alias": "Fire",
            "triggers": {"trigger": "event", "event_type": "fire"},
            "actions": [action("script.tell")],
        },
    ]
    tell = {"alias": "Tell", "sequence": [action("smsmode.send_message", message=f"4 {LONG}", target="Alice")]}
    assert await async_setup_component(house.hass, "automation", {"automation": automations})
    assert await async_setup_component(house.hass, "script", {"script": {"tell": tell}})
    house.hass.bus.async_fire("leak")
    await house.async_settle()
    house.hass.bus.async_fire("fire")
    await house.async_settle()
    assert [origin for origin, _, _ in losses(events)] == [*["automation.leak"] * 3, "automation.fire"]
    await house.async_wait(minutes=2)
    await house.hass.services.async_call("script", "tell", blocking=True)
    assert losses(events)[-1][0] == "script.tell"
    named = {issue_id: placeholders["origin"] for issue_id, placeholders in issues(house).items()}
    assert named == {
        "text_cut_automation.leak": "Leak",
        "text_cut_automation.fire": "Fire",
        "text_cut_script.tell": "Tell",
    }


async def test_only_the_latest_runs_are_remembered(house: House) -> None:
    events = house.capture(CHANGED)
    runs = [Context() for _ in range(1_001)]
    for run in runs:
        house.hass.bus.async_fire("script_started", {"entity_id": "script.tell"}, context=run)
    for context in (runs[0], runs[-1]):
        data = {"message": f"{context.id} {LONG}", "target": "Alice"}
        await house.hass.services.async_call(DOMAIN, "send_message", data, blocking=True, context=context)
    assert [origin for origin, _, _ in losses(events)] == [None, "script.tell"]


async def test_its_issue_is_closed_by_reading_it_and_comes_back(
    house: House, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(house.hass, "repairs", {})
    client = await hass_client()
    for text in (LONG, f"2 {LONG}"):
        await house.async_notify(message=text, target=["Alice"])
        issue = {"handler": DOMAIN, "issue_id": f"text_cut_{house.entry.entry_id}"}
        flow = await (await client.post("/api/repairs/issues/fix", json=issue)).json()
        assert flow["step_id"] == "confirm"
        await client.post(f"/api/repairs/issues/fix/{flow['flow_id']}", json={})
        assert issues(house) == {}
