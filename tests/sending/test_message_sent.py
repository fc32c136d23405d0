"""Every message that the gateway accepts is told once: on the bus, and by the notify entity of its recipient."""

from datetime import timedelta
from typing import Any

import pytest
from homeassistant.core import Context
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from custom_components.smsmode.api import DeliveryReport
from custom_components.smsmode.sending import sent_notifier
from tests.support.dialogs import alert, ask
from tests.support.gateway import Gateway
from tests.support.house import ALICE, ALICE_DIGITS, BOB, House
from tests.support.sends import send

SENT = "smsmode_message_sent"
RESULT = "smsmode_delivery_result"


async def test_the_event_says_to_whom_and_what_it_counts_but_no_text(house: House) -> None:
    events = house.capture(SENT)
    sent = await send(house, "a private text", target=["Alice", BOB], reference="leak")
    (event,) = events
    assert event.data == {
        "config_entry_id": house.entry.entry_id,
        "message_id": sent["message_id"],
        "kind": "sms",
        "recipients": ["Alice", "…432"],
        "count": 2,
        "segments": 2,
        "reference": "leak",
        "origin": None,
        "alert_id": None,
        "ask_id": None,
        "send_at": None,
    }


async def test_each_kind_of_message_is_told(house: House) -> None:
    events = house.capture(SENT)
    await house.async_call("add_contact", name="Alice", number="0612345678", groups=["Famille", "Autres"])
    await house.async_call("send_voice_message", message="Water!", target=["Alice"])
    await house.async_call(
        "send_batch", messages=[{"target": "Alice", "message": "1"}, {"target": BOB, "message": "2"}]
    )
    await send(house, target=["Family"])
    await send(house, target=["group:Autres"])
    assert [(event.data["kind"], event.data["recipients"], event.data["count"]) for event in events] == [
        ("voice", ["Alice"], 1),
        ("batch", ["Alice", "…432"], 2),
        ("sms", ["Family"], 1),
        ("sms", ["Autres"], 1),
    ]


async def test_what_is_to_be_sent_later_says_when(house: House) -> None:
    events = house.capture(SENT)
    later = dt_util.utcnow().replace(microsecond=0) + timedelta(hours=2)
    await send(house, send_at=later.isoformat())
    assert [event.data["send_at"] for event in events] == [later.isoformat()]


async def test_messages_of_alerts_and_questions_say_of_which(house: House) -> None:
    events = house.capture(SENT)
    await alert(house, alert_id="cellar")
    await (await ask(house, ask_id="shutters")).cancel()
    assert [(event.data["alert_id"], event.data["ask_id"]) for event in events] == [
        ("cellar", None),
        (None, "shutters"),
    ]


def leak(**action: Any) -> dict[str, Any]:
    return {"alias": "Leak", "triggers": {"trigger": "event", "event_type": "leak"}, "actions": action}


@pytest.mark.parametrize(
    "action",
    [
        {"action": "smsmode.send_message", "data": {"message": "Water!", "target": ["Alice"]}},
        {"action": "smsmode.ask", "data": {"question": "Close it? YES or NO", "target": ["Alice"]}},
        {"action": "notify.home", "data": {"message": "Water!", "target": ["Alice"]}},
        {"action": "notify.send_message", "target": {"entity_id": "notify.alice"}, "data": {"message": "Water!"}},
    ],
    ids=lambda action: action["action"],
)
async def test_the_event_has_the_context_of_what_sends(house: House, action: dict[str, Any]) -> None:
    assert await async_setup_component(house.hass, "automation", {"automation": leak(**action)})
    events, runs = house.capture(SENT), house.capture("automation_triggered")
    house.hass.bus.async_fire("leak")
    await house.async_settle()
    (event,), (run,) = events, runs
    assert event.data["origin"] == "automation.leak"
    assert event.context.id == run.context.id


async def test_a_message_that_waited_is_told_when_it_leaves_and_still_by_what(house: House) -> None:
    events, context = house.capture(SENT), Context()
    async with house.gateway.offline():
        data = {"message": "Water!", "target": ["Alice"]}
        await house.hass.services.async_call("smsmode", "send_message", data, blocking=True, context=context)
        assert events == []
    await house.async_wait(minutes=1)
    assert [event.context.id for event in events] == [context.id]


async def test_over_a_restart_it_is_remembered_which_automation_sent_it(house: House) -> None:
    action = {"action": "smsmode.send_message", "data": {"message": "Water!", "target": ["Alice"]}}
    assert await async_setup_component(house.hass, "automation", {"automation": leak(**action)})
    events = house.capture(SENT)
    async with house.gateway.offline():
        house.hass.bus.async_fire("leak")
        await house.async_settle()
        await house.async_reload()
    await house.async_wait(minutes=1)
    assert [event.data["origin"] for event in events] == ["automation.leak"]


async def test_what_never_leaves_is_not_told(house: House) -> None:
    events = house.capture(SENT)
    async with house.gateway.offline():
        await send(house, expires_after={"minutes": 5})
        await house.async_wait(minutes=6)
    await house.async_wait(minutes=1)
    assert events == []


async def test_what_a_watchdog_holds_is_not_told(watchdog_house: House) -> None:
    events = watchdog_house.capture(SENT)
    await watchdog_house.hass.services.async_call(
        "switch", "turn_on", {"entity_id": "switch.cellar_armed"}, blocking=True
    )
    await watchdog_house.async_settle()
    assert len(await watchdog_house.gateway.messages()) == 1
    assert events == []


async def test_the_contexts_that_are_remembered_are_bounded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent_notifier, "MAX_ITEMS", 2)
    monkeypatch.setattr(sent_notifier, "MAX_URGENT", 0)
    async with house.gateway.offline():
        contexts = [Context() for _ in range(3)]
        for count, context in enumerate(contexts):
            data = {"message": f"Water {count}!", "target": ["Alice"]}
            await house.hass.services.async_call("smsmode", "send_message", data, blocking=True, context=context)
    events = house.capture(SENT)
    await house.async_wait(minutes=1)
    assert len(events) == 3
    assert len({event.context.id for event in events} & {context.id for context in contexts}) == 2


async def test_a_result_is_told_once_and_again_if_it_becomes_another(house: House) -> None:
    results = house.capture(RESULT)
    message_id = (await send(house))["message_id"]
    for code in (0, 13, 11, 100):
        await house.gateway.report(message_id, ALICE_DIGITS, code, callback=False)
        await house.async_wait(minutes=1)
        await house.async_poll()
    assert [(event.data["outcome"], event.data["status"]) for event in results] == [("delivered", "received")]
    other = (await send(house, "again"))["message_id"]
    for code in (50, 11):
        house.account.processor.async_process_report(DeliveryReport(message_id=other, number=ALICE, code=code))
    assert [event.data["outcome"] for event in results[1:]] == ["failed", "delivered"]


async def test_a_message_that_is_given_up_has_a_result(house: House) -> None:
    results = house.capture(RESULT)
    async with house.gateway.offline():
        await send(house, expires_after={"minutes": 5})
        await house.async_wait(minutes=6)
    assert [(event.data["outcome"], event.data["recipient"]) for event in results] == [("expired", "Alice")]


def written_at(house: House, *entities: str) -> list[str]:
    """Return when entities were written to last."""
    return [house.state(f"notify.{entity}").state for entity in entities]


async def test_a_notify_entity_shows_when_its_recipient_was_written_to_by_any_action(house: House) -> None:
    await send(house)
    first = dt_util.utcnow().isoformat()
    assert written_at(house, "alice", "family", "home") == [first, "unknown", "unknown"]
    await house.async_wait(minutes=1)
    await alert(house, alert_id="cellar")
    second = dt_util.utcnow().isoformat()
    assert written_at(house, "alice") == [second]
    await house.async_wait(seconds=30)
    await (await ask(house)).cancel()
    assert written_at(house, "alice") == [dt_util.utcnow().isoformat()] != [second]


async def test_a_notify_entity_records_what_it_sends_itself_once(house: House) -> None:
    changes = house.capture("state_changed")
    data = {"entity_id": "notify.alice", "message": "Water!"}
    await house.hass.services.async_call("notify", "send_message", data, blocking=True)
    await house.async_settle()
    assert len([change for change in changes if change.data["entity_id"] == "notify.alice"]) == 1


async def test_what_a_notify_entity_sent_is_recorded_when_it_leaves_later(house: House, gateway: Gateway) -> None:
    data = {"entity_id": "notify.alice", "message": "Water!"}
    async with gateway.offline():
        await house.hass.services.async_call("notify", "send_message", data, blocking=True)
        queued_at = written_at(house, "alice")
    await house.async_wait(minutes=1)
    assert written_at(house, "alice") != queued_at
