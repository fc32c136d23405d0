"""What a person writes, cancels, tries again and takes care of in the panel."""

import logging
from datetime import datetime
from typing import Any

import pytest
from homeassistant.core import Context, Event, HomeAssistant
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smsmode.panel import performed_requests
from custom_components.smsmode.panel.alerts import MAX_ENDED, SHOWN_FOR
from custom_components.smsmode.panel.feed import FEEDS
from tests.support.house import ALICE, ALICE_DIGITS, BOB, House
from tests.support.panel import Panel, create_user, open_panel
from tests.support.sends import send, texts

ALERT: dict[str, Any] = {"message": "Water!", "alert_id": "cellar", "steps": [{"target": ["Alice"]}]}


@pytest.fixture
async def panel(house: House, hass_ws_client: WebSocketGenerator) -> Panel:
    """Return a panel of an administrator."""
    return await open_panel(house, hass_ws_client)


def order(text: str = "Bonjour", request_id: str = "request-1", **fields: Any) -> dict[str, Any]:
    """Return the fields of a message to Alice."""
    return {"thread": ALICE, "message": text, "request_id": request_id, **fields}


async def test_what_is_written_is_sent_in_the_name_of_the_person(
    house: House, hass_ws_client: WebSocketGenerator
) -> None:
    emma = await create_user(house.hass, "Emma", "system-admin")
    sent: list[Event] = house.capture("smsmode_message_sent")
    panel = await open_panel(house, hass_ws_client, emma)
    response = await panel.result("send", **order(reply=True))
    assert [message["status"] for message in response["messages"]] == ["accepted"]
    assert await texts(house.gateway) == ["Bonjour"]
    assert sent[0].context.user_id == emma.id
    (request,) = await house.gateway.requests("sendSMS.do")
    assert request.params["classe_msg"] == "4"


async def test_it_can_be_sent_later(house: House, panel: Panel) -> None:
    await panel.result("send", **order(send_at="2099-01-01T08:00:00+00:00", urgent=True))
    assert [each.text for each in house.account.schedule_tracker.async_all()] == ["Bonjour"]


async def test_the_same_request_sends_once(house: House, panel: Panel) -> None:
    first = await panel.result("send", **order())
    assert await panel.result("send", **order()) == first
    assert len(await texts(house.gateway)) == 1
    await panel.result("send", **order("Autre chose", "request-2"))
    assert len(await texts(house.gateway)) == 2


async def test_a_connection_that_is_lost_in_the_middle_sends_nothing_twice(
    house: House, hass_ws_client: WebSocketGenerator
) -> None:
    await house.gateway.fail("sendSMS.do", "hang_before")
    lost = await open_panel(house, hass_ws_client)
    await lost.client.send_json_auto_id({"type": "smsmode/send", **order()})
    await house.gateway.wait_for_requests("sendSMS.do")
    await lost.client.close()
    again = await open_panel(house, hass_ws_client)
    await again.client.send_json_auto_id({"type": "smsmode/send", **order()})
    await house.gateway.release()
    answer = await again.answer()
    assert answer["success"], answer
    await house.async_settle()
    assert len(await house.gateway.requests("sendSMS.do")) == 1


async def test_a_refusal_is_the_result_of_its_request_as_well(house: House, panel: Panel) -> None:
    await house.gateway.set(balance=0)
    first = await panel.error("send", **order())
    await house.gateway.set(balance=100)
    assert await panel.error("send", **order()) == first | {"code": "no_credit_balance"}
    assert (await panel.result("send", **order(request_id="request-2")))["messages"]


async def test_a_request_is_forgotten_after_ten_minutes_and_there_are_not_too_many(
    house: House, panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(performed_requests, "MAX_REMEMBERED", 1)
    await panel.result("send", **order("Un", "request-1"))
    await panel.result("send", **order("Deux", "request-2"))
    house.freezer.tick(61)
    await panel.result("send", **order("Un", "request-1"))
    assert len(await texts(house.gateway)) == 3
    for _ in range(12):
        house.freezer.tick(50)
    await panel.result("send", **order("Un", "request-1"))
    assert len(await texts(house.gateway)) == 4


async def test_somebody_else_has_requests_of_their_own(house: House, hass_ws_client: WebSocketGenerator) -> None:
    for name in ("Emma", "Louis"):
        user = await create_user(house.hass, name, "system-admin")
        await (await open_panel(house, hass_ws_client, user)).result("send", **order(f"De {name}"))
    assert await texts(house.gateway) == ["De Emma", "De Louis"]


async def test_what_is_refused_is_a_sentence_in_the_language_of_the_house(house: House, panel: Panel) -> None:
    house.hass.config.language = "fr"
    error = await panel.error("send", **order(" "))
    assert error["code"] == "text_empty"
    assert error["translation_key"] == "text_empty"
    assert error["message"] == "Le message est vide. Écrivez un texte."


@pytest.mark.parametrize(
    ("command", "fields", "field"),
    [
        ("send", order() | {"message": ["Secret"]}, "message"),
        ("send", order() | {"send_at": "demain"}, "send_at"),
        ("send", {"thread": ALICE}, "message"),
        ("thread", {"thread": 7}, "thread"),
    ],
)
async def test_a_wrong_field_is_named_and_what_it_holds_is_not_logged(
    panel: Panel, caplog: pytest.LogCaptureFixture, command: str, fields: dict[str, Any], field: str
) -> None:
    caplog.set_level(logging.INFO)
    error = await panel.error(command, **fields)
    assert (error["code"], field in error["message"]) == ("panel_field_invalid", True)
    assert "Secret" not in caplog.text
    assert "demain" not in caplog.text


async def test_neither_numbers_nor_texts_are_logged(
    house: House, panel: Panel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    caplog.clear()
    await panel.open()
    await panel.result("send", **order("Un secret"))
    await panel.error("send", **order("Un secret", "request-2", thread="+33112345678"))
    await panel.result("thread", thread=ALICE)
    ours = [record.getMessage() for record in caplog.records if "smsmode" in record.name or "websocket" in record.name]
    assert not [line for line in ours if "secret" in line or ALICE_DIGITS in line or "112345678" in line]


async def test_a_preview_is_that_of_the_action(house: House, panel: Panel) -> None:
    response = await panel.result("preview", message="Bonjour", recipients=[ALICE], reply=True)
    assert response == await house.async_call("preview_message", message="Bonjour", target=[ALICE], reply=True) | {
        "offers": []
    }
    assert (await panel.result("preview", message="Bonjour"))["segments"] == 1
    assert await texts(house.gateway) == []


async def test_what_costs_a_segment_is_offered_to_be_replaced(panel: Panel) -> None:
    just_too_long = "x" * 159 + "["
    (offer,) = (await panel.result("preview", message=just_too_long, recipients=[ALICE]))["offers"]
    assert offer == {"from": "[", "to": "(", "saves_segments": 1}
    emoji = "x" * 100 + "😀"
    (offer,) = (await panel.result("preview", message=emoji, recipients=[ALICE]))["offers"]
    assert offer == {"from": "😀", "to": "", "saves_segments": 1}
    for nothing_to_save in ("😀", "ça coûte 5 €"):
        assert (await panel.result("preview", message=nothing_to_save, recipients=[ALICE]))["offers"] == []


async def test_what_waits_is_cancelled_or_tried_now(house: House, panel: Panel) -> None:
    async with house.gateway.offline():
        first, second = await send(house, "Un"), await send(house, "Deux")
        assert await panel.result("cancel", queue_id=first["queue_id"]) == {"cancelled": True}
    assert await panel.result("retry", queue_id=second["queue_id"]) == {"retried": True}
    await house.async_settle()
    assert await texts(house.gateway) == ["Deux"]
    assert (await panel.error("cancel", queue_id=first["queue_id"]))["code"] == "queue_id_unknown"


async def test_what_is_scheduled_is_cancelled_and_what_has_left_is_not(house: House, panel: Panel) -> None:
    later = await send(house, "Demain", send_at="2099-01-01T08:00:00+00:00")
    now = await send(house, "Maintenant")
    assert await panel.result("cancel", message_id=later["message_id"]) == {"cancelled": True}
    assert (await panel.error("cancel", message_id=now["message_id"]))["code"] == "panel_not_scheduled"
    assert await texts(house.gateway) == ["Maintenant"]


async def failed(house: House, code: int = 3522) -> str:
    """Send a message that does not arrive, and return its id."""
    message_id: str = (await send(house, "Bonjour"))["message_id"]
    await house.gateway.report(message_id, ALICE_DIGITS, code, callback=False)
    house.freezer.tick(61)
    await house.async_poll()
    return message_id


async def test_what_failed_is_sent_again_once(house: House, hass_ws_client: WebSocketGenerator) -> None:
    message_id = await failed(house)
    panel = await open_panel(house, hass_ws_client)
    response = await panel.result("retry", message_id=message_id)
    assert await panel.result("retry", message_id=message_id) == response
    assert await texts(house.gateway) == ["Bonjour", "Bonjour"]


async def test_what_has_arrived_is_not_sent_again(house: House, hass_ws_client: WebSocketGenerator) -> None:
    message_id = await failed(house, code=11)
    panel = await open_panel(house, hass_ws_client)
    assert (await panel.error("retry", message_id=message_id))["code"] == "panel_not_failed"
    assert (await panel.error("retry", message_id="unknown"))["code"] == "panel_not_failed"


async def test_what_has_no_text_any_more_is_not_sent_again(house: House, hass_ws_client: WebSocketGenerator) -> None:
    message_id = await failed(house)
    await house.account.client.delete_message(message_id=message_id)
    panel = await open_panel(house, hass_ws_client)
    assert (await panel.error("retry", message_id=message_id))["code"] == "panel_text_unknown"


@pytest.mark.parametrize(("codes", "targets"), [([3522, 3522], ["group:Famille"]), ([3522, 11], ["+33600000001"])])
async def test_a_group_gets_again_what_none_of_it_got(
    house: House, hass_ws_client: WebSocketGenerator, codes: list[int], targets: list[str]
) -> None:
    await house.async_call("add_contact", name="Zoé", number="+33600000001", groups=["Famille"])
    sent = await send(house, "Bonjour", target=["Family"])
    message = house.account.processor.message_log.messages[sent["message_id"]]
    message.codes = {f"+3360000000{number}": (code,) for number, code in enumerate(codes, 1)}
    panel = await open_panel(house, hass_ws_client)
    response = await panel.result("retry", message_id=sent["message_id"])
    assert response["messages"][0]["recipients"] == targets


async def two_people(house: House, connect: WebSocketGenerator) -> tuple[Panel, Panel]:
    """Return the open panels of Emma and of Louis."""
    emma, louis = [await create_user(house.hass, name, "system-admin") for name in ("Emma", "Louis")]
    panels = await open_panel(house, connect, emma), await open_panel(house, connect, louis)
    for panel in panels:
        await panel.open()
    return panels


async def test_an_alert_is_shown_while_it_runs_and_when_somebody_has_it(
    house: House, hass_ws_client: WebSocketGenerator
) -> None:
    emma, louis = await two_people(house, hass_ws_client)
    await house.async_call("alert", **ALERT)
    now = house.account.clock.now().isoformat()
    (alert,) = (await emma.change())["alerts"]
    assert (alert["alert_id"], alert["state"], alert["message"]) == ("cellar", "delivering", "Water!")
    assert (alert["step"], alert["steps"]) == (1, [{"recipients": ["Alice"], "how": "sms", "at": now}])
    assert alert["due"] is not None
    assert await emma.result("acknowledge", alert_id="cellar") == {"alert_id": "cellar"}
    (alert,) = (await louis.change())["alerts"]
    assert (alert["state"], alert["acknowledged_by"], alert["due"]) == ("acknowledged", "Emma", None)


async def test_the_chain_says_when_each_step_was_taken_and_when_the_next_are_due(house: House, panel: Panel) -> None:
    await panel.open()
    start = house.account.clock.now().timestamp()
    waits = {"delivery_timeout": 60, "answer_timeout": 120}
    steps = [{"target": "Alice", **waits}, {"target": BOB, **waits}, {"target": "Alice", "how": "voice", **waits}]
    await house.async_call("alert", **{**ALERT, "steps": steps})
    assert times(await panel.change()) == pytest.approx([start, start + 60, start + 240], abs=1)
    await house.async_wait(seconds=61)
    assert times(await panel.change()) == pytest.approx([start, start + 61, start + 121], abs=1)
    await house.async_call("cancel_alert", alert_id="cellar")
    assert times(await panel.change())[2] is None


def times(change: dict[str, Any]) -> list[float | None]:
    """Return the times of the steps of the only alert."""
    (alert,) = change["alerts"]
    return [step["at"] and datetime.fromisoformat(step["at"]).timestamp() for step in alert["steps"]]


async def test_whoever_takes_an_alert_second_is_told_who_has_it(
    house: House, hass_ws_client: WebSocketGenerator
) -> None:
    emma, louis = await two_people(house, hass_ws_client)
    await house.async_call("alert", **ALERT)
    await emma.result("acknowledge", alert_id="cellar")
    error = await louis.error("acknowledge", alert_id="cellar")
    assert (error["code"], error["message"]) == ("panel_alert_taken", "Emma takes care of this alert already.")
    # The same alert begins anew.
    await house.async_call("alert", **ALERT)
    assert await louis.result("acknowledge", alert_id="cellar") == {"alert_id": "cellar"}


async def test_a_recipient_takes_an_alert_under_their_name(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator
) -> None:
    user = await create_user(hass, "alice", "system-admin")
    hass.states.async_set("person.alice", "home", {"user_id": user.id})
    (subentry,) = [each for each in house.entry.subentries.values() if each.title == "Alice"]
    data = {**subentry.data, "person": "person.alice"}
    hass.config_entries.async_update_subentry(house.entry, subentry, data=data)
    await house.async_settle()
    panel = await open_panel(house, hass_ws_client, user)
    await panel.open()
    await house.async_call("alert", **ALERT)
    await panel.result("acknowledge", alert_id="cellar")
    (alert,) = (await panel.change())["alerts"]
    assert alert["acknowledged_by"] == "Alice"


async def test_an_alert_is_stopped(house: House, panel: Panel) -> None:
    await panel.open()
    await house.async_call("alert", **ALERT)
    assert await panel.result("stop_alert", alert_id="cellar") == {"alert_id": "cellar"}
    assert [alert["state"] for alert in (await panel.change())["alerts"]] == ["cancelled"]
    assert (await panel.error("stop_alert", alert_id="cellar"))["code"] == "alert_unknown"
    assert (await panel.error("acknowledge", alert_id="cellar"))["code"] == "alert_unknown"


async def test_an_alert_that_somebody_has_is_shown_as_over_when_its_cause_is(house: House, panel: Panel) -> None:
    await panel.open()
    await house.async_call("alert", **ALERT, all_clear="It is dry.")
    for action, state in (("acknowledge", "acknowledged"), ("resolve_alert", "resolved")):
        await house.async_call(action, alert_id="cellar")
        assert [alert["state"] for alert in (await panel.change())["alerts"]] == [state]


async def test_an_alert_that_cannot_leave_is_shown_with_the_reason(house: House, panel: Panel) -> None:
    await house.gateway.set(balance=0)
    await panel.open()
    await house.hass.services.async_call("smsmode", "alert", ALERT, context=Context())
    (alert,) = (await panel.change())["alerts"]
    assert (alert["state"], alert["reason"]) == ("not_sent", "no_credit")


async def test_what_has_ended_long_ago_is_shown_no_more(house: House, panel: Panel) -> None:
    await panel.open()
    feed = house.hass.data[FEEDS][house.entry.entry_id]
    for number in range(MAX_ENDED + 1):
        await house.async_call("alert", **ALERT | {"alert_id": f"alert {number}", "message": f"Water {number}!"})
        await panel.result("stop_alert", alert_id=f"alert {number}")
    assert len(feed.alerts.all()) == MAX_ENDED
    house.freezer.tick(SHOWN_FOR)
    assert feed.alerts.all() == []
