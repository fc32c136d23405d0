"""Alerts: what they cost, and what is refused before anything is spent."""

from typing import Any

import pytest
from homeassistant.exceptions import ServiceValidationError

from custom_components.smsmode.const import EVENT_ALERT_CHANGED
from custom_components.smsmode.state.active_alerts import MAX_ALERTS
from tests.support.dialogs import active, alert, sent, spent
from tests.support.house import BOB, House


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


async def test_an_emoji_keeps_no_alarm_from_being_raised_and_is_told(house: House) -> None:
    changed = house.capture("smsmode_text_changed")
    await alert(house, message="🔥 Fire")
    (message,) = await house.gateway.messages()
    assert message.deliveries[0].text == "? Fire"
    assert [event.data["characters_replaced"] for event in changed] == [1]


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        pytest.param({"steps": [{"target": ["+33493000000"]}]}, "target_fixed_line", id="sms-to-fixed-line"),
        pytest.param({"steps": [{"target": ["+447400123456"]}]}, "reply_abroad", id="abroad"),
        pytest.param({"steps": [{"target": ["Family"]}]}, "reply_group", id="group"),
        pytest.param({"steps": [{"target": ["Family"], "how": "voice"}]}, "target_group_voice", id="call-a-group"),
        pytest.param({"steps": [{"target": [], "how": "voice"}]}, "no_recipients", id="nobody"),
        pytest.param({"message": "🔥🔥!"}, "reply_not_latin", id="emoji-alone"),
        pytest.param({"message": "Пожар!"}, "reply_not_latin", id="cyrillic"),
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
    alerts = house.account.store.state.alerts
    for number in range(MAX_ALERTS - 1):
        alerts.all[str(number)] = alerts.running[0]
    with pytest.raises(ServiceValidationError) as refused:
        await alert(house, alert_id="attic")
    assert refused.value.translation_key == "too_many_alerts"
    assert await spent(house) == 1
