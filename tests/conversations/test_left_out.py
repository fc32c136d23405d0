"""Alerts and questions with a name that nobody has: the others are written to, and the name is told."""

from typing import Any

import pytest
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from custom_components.smsmode.const import DOMAIN
from tests.support.dialogs import ACTIVE, active, alert, ask, reply, report, sent, spent
from tests.support.house import ALICE_DIGITS, BOB, BOB_DIGITS, House

UNKNOWN = {"target": "Alise", "reason": "unknown_recipient"}
ABROAD = "+447400123456"


def left_out(house: House) -> dict[str, str]:
    """Return whom the repair issues name, by what they are about."""
    issues = [
        each for each in ir.async_get(house.hass).issues.values() if each.translation_key == "recipients_left_out"
    ]
    assert all(issue.severity is ir.IssueSeverity.ERROR for issue in issues)
    told = [issue.translation_placeholders or {} for issue in issues]
    return {each["name"]: each["list"] for each in told}


@pytest.mark.parametrize(
    ("steps", "failed", "expected"),
    [
        pytest.param(
            [{"target": "Alise"}, {"target": "Alice"}],
            [UNKNOWN],
            [("Water", [ALICE_DIGITS])],
            id="a step of nobody",
        ),
        pytest.param(
            [{"target": ["Alise", BOB]}, {"target": "Alice"}],
            [UNKNOWN],
            [("Water", [BOB_DIGITS])],
            id="one of several",
        ),
        pytest.param(
            [{"target": ["Alice", "Family", ABROAD]}],
            [{"target": "Famille", "reason": "reply_group"}, {"target": ABROAD, "reason": "reply_abroad"}],
            [("Water", [ALICE_DIGITS])],
            id="who cannot reply",
        ),
        pytest.param(
            [{"target": []}, {"target": "Alice"}],
            [{"target": "", "reason": "no_recipients"}],
            [("Water", [ALICE_DIGITS])],
            id="an empty step",
        ),
        pytest.param(
            [{"target": "Alise"}, {"target": "Alise", "how": "voice"}, {"target": "Alice"}],
            [UNKNOWN],
            [("Water", [ALICE_DIGITS])],
            id="twice the same",
        ),
    ],
)
async def test_an_alert_goes_on_with_those_it_knows_and_names_the_others(
    house: House,
    steps: list[dict[str, Any]],
    failed: list[dict[str, str]],
    expected: list[tuple[str, list[str]]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    response = await alert(house, steps=steps)
    assert (response["started"], response["failed"], await sent(house)) == (True, failed, expected)
    assert list(left_out(house)) == ["cellar"]
    assert "Not everybody is asked or alarmed" in caplog.text
    assert not any(ABROAD in text for text in (caplog.text, str(left_out(house))))


async def test_all_steps_of_those_it_knows_follow(house: House) -> None:
    await alert(house, steps=[{"target": "Alice"}, {"target": "Alise"}, {"target": BOB}])
    assert house.state(ACTIVE).attributes["alerts"][0]["steps"] == 2
    await report(house, 3998)
    assert await sent(house) == [("Water", [ALICE_DIGITS]), ("Water", [BOB_DIGITS])]
    assert left_out(house) == {"cellar": "- `Alise`"}


async def test_the_notice_goes_when_the_same_alert_leaves_nobody_out(house: House) -> None:
    for alert_id in ("cellar", "attic"):
        await alert(house, alert_id=alert_id, steps=[{"target": ["Alise", "Alice"]}])
        await house.async_call("cancel_alert", alert_id=alert_id)
    assert list(left_out(house)) == ["cellar", "attic"]
    await alert(house)
    assert list(left_out(house)) == ["attic"]


async def test_the_notice_goes_when_the_recipients_were_changed(house: House) -> None:
    await alert(house, steps=[{"target": ["Alise", "Alice"]}])
    await house.async_reload()
    assert left_out(house) == {}


async def test_an_alert_without_a_name_is_told_under_its_automation(house: House) -> None:
    steps = [{"target": ["Alise", "Alice"]}]
    await house.async_call("alert", message="Water", steps=steps)
    assert list(left_out(house)) == ["Home"]
    action = {"action": f"{DOMAIN}.alert", "data": {"message": "Water", "steps": steps}}
    config = {"alias": "Leak", "triggers": [{"trigger": "event", "event_type": "leak"}], "actions": [action]}
    assert await async_setup_component(house.hass, "automation", {"automation": [config]})
    house.hass.bus.async_fire("leak")
    await house.async_settle()
    assert list(left_out(house)) == ["Home", "Leak"]


async def test_a_preview_names_them_and_raises_no_notice(house: House) -> None:
    assert (await alert(house, steps=[{"target": ["Alise", "Alice"]}], preview=True))["failed"] == [UNKNOWN]
    assert left_out(house) == {}


@pytest.mark.parametrize(
    ("target", "key"),
    [
        pytest.param(["Alise", "Zoé"], "target_unknown_recipient", id="unknown"),
        pytest.param(["Family"], "reply_group", id="group"),
        pytest.param([ABROAD], "reply_abroad", id="abroad"),
        pytest.param([], "no_recipients", id="empty"),
    ],
)
async def test_an_alert_for_nobody_is_refused_aloud(house: House, target: list[str], key: str) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await alert(house, steps=[{"target": target}, {"target": target}])
    assert (refused.value.translation_key, active(house), await spent(house)) == (key, 0, 0)


async def test_a_question_is_asked_of_those_it_knows_and_names_the_others(house: House) -> None:
    asker = await ask(house, target=["Alise", "Alice"], ask_id="shutters")
    assert left_out(house) == {"shutters": "- `Alise`"}
    await reply(house, "yes")
    response = await asker.response()
    assert (response["id"], response["failed"]) == ("yes", [UNKNOWN])
    asker = await ask(house, ask_id="shutters", question="Really close them? YES or NO")
    assert left_out(house) == {}
    await reply(house, "yes")
    assert "failed" not in await asker.response()


async def test_one_alert_too_many_is_refused_before_it_is_looked_at(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a thousand in one instant most cost hardly any time."""
    monkeypatch.setattr("custom_components.smsmode.state.active_alerts.MAX_ALERTS", 1)
    await alert(house)
    with pytest.raises(ServiceValidationError) as refused:
        await alert(house, alert_id="attic", steps=[{"target": "Alise"}])
    assert refused.value.translation_key == "too_many_alerts"
    assert (await alert(house))["started"] is False
    assert (await alert(house, alert_id="attic", preview=True))["cost_at_least"] == 1
