"""Alerts: who is reached and when, and who stops them."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.smsmode.api import Reply
from custom_components.smsmode.const import EVENT_ALERT_CHANGED
from tests.support.dialogs import ACTIVE, LEAK, TAKEN_CARE_OF, active, alert, last, reply, report, sent, spent
from tests.support.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, House


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
        "acknowledged_how": "reply",
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
    assert [(message.text, message.numbers) for message in messages[2:]] == [
        (TAKEN_CARE_OF.format("…432"), [ALICE_DIGITS])
    ]
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
    (running,) = house.account.store.state.alerts.running
    assert running.contacted == (ALICE,)
    message_id = (await last(house)).id
    now = dt_util.utcnow()
    forwarded = Reply(reply_id="R1", received_at=now, sender=BOB, text="ok", message_id=message_id)
    house.account.processor.async_process_reply(forwarded, verified=True)
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
