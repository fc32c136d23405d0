"""Alerts: who is reached and when, who stops them, what they cost, and that they outlive the house."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.smsmode.alerts import MAX_ALERTS
from custom_components.smsmode.api import Reply
from custom_components.smsmode.const import EVENT_ALERT_CHANGED
from tests.gateway import GatewayMessage
from tests.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, House

LEAK = "Water in the cellar! Answer OK if you take care of it."
ALERT: dict[str, Any] = {
    "message": LEAK,
    "alert_id": "cellar",
    "steps": [{"target": "Alice"}, {"target": [BOB]}],
}
CALL = [{"target": "Alice", "how": "voice"}]
ALIKE = [{"id": "a", "sentences": "x"}, {"id": "b", "sentences": "X"}]
ACTIVE = "sensor.home_active_alerts"
NEWS = "{} takes care of it. There is nothing else to do."


async def alert(house: House, **fields: Any) -> dict[str, Any]:
    """Begin an alert."""
    return await house.async_call("alert", **ALERT | fields)


async def sent(house: House) -> list[tuple[str, list[str]]]:
    """Give of each message the first words, and to whom it went."""
    return [(message.text.split()[0], message.numbers) for message in await house.gateway.messages()]


async def last(house: House) -> GatewayMessage:
    """Give the latest message."""
    return (await house.gateway.messages())[-1]


async def report(house: House, code: int, number: str | None = None, message_id: str | None = None) -> None:
    """Have the gateway report a status of the latest message, and the house hear of it."""
    message = await last(house)
    await house.gateway.report(message_id or message.id, number or message.numbers[0], code, callback=False)
    # A message is not asked for again at once.
    await house.async_wait(seconds=15)
    await house.async_poll()


async def reply(house: House, text: str, number: str = ALICE_DIGITS, message_id: str | None = None) -> None:
    """Have somebody reply, and the house hear of it."""
    await house.gateway.reply(number, text, message_id, callback=False)
    await house.async_poll()


async def spent(house: House) -> float:
    """Give the credits that are gone."""
    return 100 - await house.gateway.balance()


def active(house: House) -> int:
    """Say how many alerts the sensor shows."""
    return int(house.state(ACTIVE).state)


async def test_the_first_who_answers_ok_ends_it_for_one_sms(house: House) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    response = await alert(house)
    assert (response["alert_id"], response["started"]) == ("cellar", True)
    assert active(house) == 1
    await report(house, 11)
    await reply(house, "OK, merci !")
    assert [change.data["state"] for change in changes] == ["sending", "delivering", "waiting", "acknowledged"]
    assert changes[-1].data == {
        "alert_id": "cellar",
        "state": "acknowledged",
        "step": 1,
        "recipients": ["Alice"],
        "how": "sms",
        "acknowledged_by": "Alice",
        "answer": "ok",
        "config_entry_id": house.entry.entry_id,
    }
    await house.async_wait(hours=1)
    assert (await sent(house), await spent(house), active(house)) == ([("Water", [ALICE_DIGITS])], 1, 0)


@pytest.mark.parametrize("code", [3998, 3521, 3527, 21, 37])
async def test_who_cannot_be_reached_costs_no_time_and_is_told_who_took_it(house: House, code: int) -> None:
    await alert(house)
    await report(house, code)
    assert await sent(house) == [("Water", [ALICE_DIGITS]), ("Water", [BOB_DIGITS])]
    await report(house, 11)
    await reply(house, "ok", BOB_DIGITS)
    messages = await house.gateway.messages()
    assert [(message.text, message.numbers) for message in messages[2:]] == [(NEWS.format("…432"), [ALICE_DIGITS])]
    assert (active(house), await spent(house)) == (0, 3)


async def test_what_stays_at_the_operator_for_long_is_not_waited_for(house: House) -> None:
    await alert(house)
    await report(house, 13)
    await house.async_wait(minutes=2)
    assert len(await sent(house)) == 1
    await house.async_wait(minutes=1)
    assert await sent(house) == [("Water", [ALICE_DIGITS]), ("Water", [BOB_DIGITS])]


async def test_who_has_it_and_is_silent_is_waited_for_and_then_the_next_is_alarmed(house: House) -> None:
    steps = [{"target": ["Alice"], "answer_timeout": "00:10:00"}, {"target": [BOB]}]
    await alert(house, steps=steps)
    await report(house, 11)
    await house.async_wait(minutes=9)
    assert len(await sent(house)) == 1
    await house.async_wait(minutes=1)
    assert len(await sent(house)) == 2


async def test_an_answer_that_is_there_at_the_deadline_stops_the_next_step(house: House) -> None:
    await alert(house)
    await report(house, 11)
    await house.gateway.reply(ALICE_DIGITS, "ok", callback=False)
    await house.async_wait(minutes=5)
    assert (len(await sent(house)), active(house)) == (1, 0)


async def test_people_together_are_unreachable_only_when_all_are(house: House) -> None:
    await alert(house, steps=[{"target": ["Alice", BOB]}, {"target": ["Alice"], "how": "voice"}])
    await report(house, 3998, ALICE_DIGITS)
    assert len(await sent(house)) == 1
    await report(house, 3998, BOB_DIGITS)
    assert [message.kind for message in await house.gateway.messages()] == ["sms", "voice"]


async def test_one_of_several_who_has_it_is_enough_to_wait(house: House) -> None:
    await alert(house, steps=[{"target": ["Alice", BOB]}, {"target": ["Alice"], "how": "voice"}])
    await report(house, 11, BOB_DIGITS)
    await report(house, 3998, ALICE_DIGITS)
    assert (len(await sent(house)), house.state(ACTIVE).attributes["alerts"][0]["state"]) == (1, "waiting")


async def test_who_answers_an_earlier_step_takes_it_as_well(house: House) -> None:
    await alert(house, steps=[{"target": ["Alice"]}, {"target": [BOB]}, {"target": ["Alice"], "how": "voice"}])
    first = await last(house)
    await house.async_wait(minutes=3)
    assert len(await sent(house)) == 2
    await reply(house, "bien reçu", message_id=first.id)
    assert await sent(house) == [("Water", [ALICE_DIGITS]), ("Water", [BOB_DIGITS]), ("Alice", [BOB_DIGITS])]
    assert active(house) == 0


async def test_only_an_answer_to_the_alert_stops_it(house: House) -> None:
    other = await house.async_call("send_message", message="News", target=["Alice"], reply=True)
    await alert(house)
    await reply(house, "ok", message_id=other["messages"][0]["message_id"])
    await reply(house, "what?")
    await house.gateway.reply(ALICE_DIGITS, "ok", stray=True, callback=False)
    await house.async_poll()
    assert active(house) == 1
    await reply(house, "ok")
    assert active(house) == 0


async def test_only_who_was_alarmed_can_take_it_by_sms(house: House) -> None:
    await alert(house)
    (running,) = house.account.storage.memory.alerts.running
    assert running.contacted == (ALICE,)
    message_id = (await last(house)).id
    now = dt_util.utcnow()
    forwarded = Reply(reply_id="R1", received_at=now, sender=BOB, text="ok", message_id=message_id)
    house.account.inbox.async_hear_reply(forwarded, verified=True)
    assert active(house) == 1


@pytest.mark.parametrize(("enough", "active_after"), [(False, 1), (True, 0)], ids=["not-enough", "enough"])
async def test_a_call_that_was_listened_to_counts_only_if_that_is_wanted(
    house: House, enough: bool, active_after: int
) -> None:
    steps = [{"target": ["Alice"]}, {"target": ["Alice"], "how": "voice"}]
    await alert(house, steps=steps, listened_acknowledges=enough, language="fr-FR")
    await report(house, 3998)
    assert [message.kind for message in await house.gateway.messages()] == ["sms", "voice"]
    await report(house, 16)
    assert active(house) == active_after
    if not enough:
        await house.async_wait(minutes=5)
        assert active(house) == 0
    assert len(await sent(house)) == 2


async def test_it_is_exhausted_after_all_rounds_and_never_costs_more_than_was_said(house: House) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    cost = await alert(house, repeat=3, preview=True)
    await alert(house, repeat=3)
    for _ in range(40):
        await house.async_wait(minutes=1)
    assert len(await sent(house)) == 6
    assert await spent(house) == 6 <= cost["cost_at_most"]
    assert [change.data["state"] for change in changes][-1] == "exhausted"
    assert active(house) == 0


async def test_a_preview_says_what_it_costs_and_spends_nothing(house: House) -> None:
    steps = [{"target": ["Alice", BOB]}, {"target": ["Alice"], "how": "voice"}]
    assert await alert(house, steps=steps, repeat=2, preview=True) == {
        "steps": [
            {"recipients": ["Alice", "…432"], "how": "sms", "cost": 2},
            {"recipients": ["Alice"], "how": "voice", "cost": 1},
        ],
        "repeat": 2,
        "cost_at_least": 2,
        "cost_at_most": 8,
    }
    assert (active(house), await house.gateway.requests("sendSMS.do"), await spent(house)) == (0, [], 0)


async def test_a_preview_of_calls_tells_nobody(house: House) -> None:
    cost = await alert(house, steps=[{"target": ["+33493000000"], "how": "voice"}], preview=True)
    assert (cost["cost_at_least"], cost["cost_at_most"]) == (1, 1)


async def test_one_alert_of_a_name_runs_at_a_time(house: House) -> None:
    await alert(house)
    assert (await alert(house))["started"] is False
    assert (active(house), await spent(house)) == (1, 1)


async def test_somebody_at_home_takes_it_and_everybody_is_told(house: House) -> None:
    await alert(house)
    await report(house, 3998)
    await house.async_call("acknowledge", alert_id="cellar", by="Zoé")
    message = await last(house)
    assert (message.text, message.numbers) == (NEWS.format("Zoé"), [ALICE_DIGITS, BOB_DIGITS])
    await house.async_wait(hours=1)
    assert (active(house), await spent(house)) == (0, 4)


async def test_a_cancelled_alert_goes_on_with_nothing_and_tells_nobody(house: House) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await alert(house)
    await house.async_call("cancel_alert", alert_id="cellar")
    await house.async_wait(hours=1)
    assert (active(house), await spent(house), changes[-1].data["state"]) == (0, 1, "cancelled")


async def test_nobody_is_told_where_that_is_not_wanted(house: House) -> None:
    await alert(house, tell_others="")
    await report(house, 3998)
    await reply(house, "ok", BOB_DIGITS)
    assert (active(house), await spent(house)) == (0, 2)


async def test_what_waits_is_called_off_when_somebody_takes_it(house: House) -> None:
    await alert(house)
    async with house.gateway.offline():
        await house.async_call("send_message", message="Dinner", target=["Alice"])
        await house.async_wait(minutes=3)
        assert len(house.account.storage.outbox) == 2
        await house.async_call("acknowledge", alert_id="cellar")
    for _ in range(4):
        await house.async_wait(minutes=5)
    said = [text for text, _ in await sent(house)]
    assert (said[0], sorted(said[1:])) == ("Water", ["Dinner", "test"])
    assert (active(house), len(house.account.storage.outbox)) == (0, 0)


async def test_without_the_gateway_no_step_is_lost(house: House) -> None:
    async with house.gateway.offline():
        await alert(house)
        await house.async_wait(minutes=10)
        await house.async_reload()
        assert house.state(ACTIVE).attributes["alerts"][0]["step"] == 1
    await house.async_wait(minutes=5)
    await report(house, 11)
    assert await sent(house) == [("Water", [ALICE_DIGITS])]
    assert house.state(ACTIVE).attributes["alerts"][0]["state"] == "waiting"


async def test_a_step_that_is_given_up_is_as_one_that_reaches_nobody(house: House) -> None:
    async with house.gateway.offline():
        await alert(house)
        for _ in range(62):
            await house.async_wait(minutes=1)
        assert house.state(ACTIVE).attributes["alerts"][0]["step"] == 2


async def test_a_step_that_is_refused_is_as_one_that_reaches_nobody(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "code:35")
    await alert(house)
    assert await sent(house) == [("Water", [BOB_DIGITS])]


async def test_without_credit_it_is_exhausted_aloud(house: House, caplog: pytest.LogCaptureFixture) -> None:
    await house.gateway.set(balance=0)
    changes = house.capture(EVENT_ALERT_CHANGED)
    await alert(house)
    assert changes[-1].data["state"] == "exhausted"
    assert "Nobody of Home took the alert cellar" in caplog.text
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("custom_components")]
    assert ours
    assert not any(LEAK in line for line in ours)
    await house.async_settle()


async def test_news_that_cannot_be_told_leaves_it_acknowledged(house: House) -> None:
    await alert(house)
    await report(house, 3998)
    await house.gateway.set(balance=0)
    await reply(house, "ok", BOB_DIGITS)
    assert (active(house), len(await sent(house))) == (0, 2)
    await house.async_settle()


@pytest.mark.parametrize("moment", ["delivering", "waiting"])
async def test_after_a_restart_it_goes_on_where_it_stood(house: House, moment: str) -> None:
    await alert(house)
    if moment == "waiting":
        await report(house, 11)
    await house.async_reload()
    assert house.state(ACTIVE).attributes["alerts"][0]["state"] == moment
    assert len(await sent(house)) == 1
    await house.async_wait(minutes=5)
    assert await sent(house) == [("Water", [ALICE_DIGITS]), ("Water", [BOB_DIGITS])]
    await house.async_reload()
    await reply(house, "ok", BOB_DIGITS)
    assert (active(house), await spent(house)) == (0, 3)


async def test_what_was_to_be_sent_when_the_house_fell_is_sent_once(house: House) -> None:
    await alert(house)
    alerts = house.account.storage.memory.alerts
    (running,) = alerts.running
    # On the disk, and then the house fell.
    running.go_on()
    alerts.all.touch(running.key)
    for _ in range(2):
        await house.async_reload()
    assert await sent(house) == [("Water", [ALICE_DIGITS]), ("Water", [BOB_DIGITS])]
    alerts = house.account.storage.memory.alerts
    (running,) = alerts.running
    running.acknowledge(BOB, "Bob")
    alerts.all.touch(running.key)
    for _ in range(2):
        await house.async_reload()
    assert (await sent(house))[2:] == [("Bob", [ALICE_DIGITS])]
    assert (active(house), await spent(house)) == (0, 3)


async def test_an_answer_of_ones_own_acknowledges(house: House) -> None:
    await alert(house, answers=[{"id": "coming", "sentences": ["j'arrive dans {minutes} minutes"]}])
    await reply(house, "ok")
    assert active(house) == 1
    await reply(house, "J'arrive dans 5 minutes")
    assert active(house) == 0


async def test_each_change_triggers_an_automation(hass: HomeAssistant, house: House) -> None:
    calls: list[ServiceCall] = async_mock_service(hass, "test", "heard")
    heard = {"action": "test.heard", "data": {"said": "{{ trigger.alert.state }}"}}
    options: list[dict[str, Any]] = [
        {"alert_id": "cellar", "state": ["acknowledged", "exhausted"]},
        {"alert_id": "attic"},
        {"config_entry_id": "another"},
    ]
    triggers = [{"trigger": "smsmode.alert_changed", "options": option} for option in options]
    automations = [{"alias": str(n), "triggers": [trigger], "actions": [heard]} for n, trigger in enumerate(triggers)]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await hass.async_block_till_done()
    await alert(house)
    await reply(house, "ok")
    assert [call.data["said"] for call in calls] == ["acknowledged"]


async def test_the_sensor_names_recipients_and_shows_neither_number_nor_text(house: House) -> None:
    await alert(house, steps=[{"target": ["Alice", BOB]}])
    (shown,) = house.state(ACTIVE).attributes["alerts"]
    assert {name: shown[name] for name in ("alert_id", "state", "step", "steps", "how", "recipients")} == {
        "alert_id": "cellar",
        "state": "delivering",
        "step": 1,
        "steps": 1,
        "how": "sms",
        "recipients": ["Alice", None],
    }
    assert not any(secret in str(house.state(ACTIVE).attributes) for secret in (ALICE, BOB, LEAK))


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        pytest.param({"steps": [{"target": ["+33493000000"]}]}, "target_fixed_line", id="sms-to-fixed-line"),
        pytest.param({"steps": [{"target": ["+447400123456"]}]}, "reply_abroad", id="abroad"),
        pytest.param({"steps": [{"target": ["Family"]}]}, "reply_group", id="group"),
        pytest.param({"steps": [{"target": ["Family"], "how": "voice"}]}, "target_group_voice", id="call-a-group"),
        pytest.param({"steps": [{"target": [], "how": "voice"}]}, "no_recipients", id="nobody"),
        pytest.param({"message": "👍 Fire"}, "reply_not_latin", id="emoji"),
        pytest.param(
            {"message": "Fire " * 60, "steps": [{"target": "Alice", "how": "voice"}]}, "voice_too_long", id="long"
        ),
        pytest.param(
            {"answers": [{"id": "a", "sentences": "x"}, {"id": "b", "sentences": "X"}]}, "answers_overlap", id="answers"
        ),
        pytest.param(
            {"message": "Fire " * 100, "steps": [{"target": ["Alice", BOB]}] * 10, "repeat": 5},
            "alert_too_large",
            id="cost",
        ),
    ],
)
async def test_what_cannot_be_is_refused_before_anything_is_spent(
    house: House, fields: dict[str, Any], key: str
) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await alert(house, **fields)
    assert refused.value.translation_key == key
    assert (active(house), await house.gateway.requests("sendSMS.do"), await spent(house)) == (0, [], 0)


@pytest.mark.parametrize("action", ["acknowledge", "cancel_alert"])
async def test_what_does_not_run_cannot_be_stopped(house: House, action: str) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await house.async_call(action, alert_id="attic")
    assert refused.value.translation_key == "alert_unknown"


async def test_there_are_only_so_many_alerts(house: House) -> None:
    await alert(house)
    alerts = house.account.storage.memory.alerts
    for number in range(MAX_ALERTS - 1):
        alerts.all[str(number)] = alerts.running[0]
    with pytest.raises(ServiceValidationError) as refused:
        await alert(house, alert_id="attic")
    assert refused.value.translation_key == "too_many_alerts"
    assert await spent(house) == 1
