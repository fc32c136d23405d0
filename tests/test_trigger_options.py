"""The triggers as people write them: what is wrong is said, and numbers are kept as the account writes them."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.trigger import async_validate_trigger_config
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smsmode.helpers import bounded_regex
from tests.support.house import House


async def validate(hass: HomeAssistant, trigger: str, **options: Any) -> dict[str, Any]:
    """Check a trigger as the editor of automations does; give its options as they are kept."""
    (checked,) = await async_validate_trigger_config(hass, [{"platform": f"smsmode.{trigger}", "options": options}])
    kept: dict[str, Any] = checked["options"]
    return kept


@pytest.mark.parametrize(
    ("trigger", "options", "key"),
    [
        pytest.param("reply_received", {"number": "Alice"}, "target_not_a_number", id="a name as number"),
        pytest.param("reply_received", {"number": "06 12"}, "target_impossible", id="impossible number"),
        pytest.param("reply_received", {"number": "01 23 45 67 89"}, "target_fixed_line", id="fixed line"),
        pytest.param("reply_received", {"recipient": "01 23 45 67 89"}, "target_fixed_line", id="of a recipient"),
        pytest.param("delivery_reported", {"number": "0899 70 01 23"}, "target_premium", id="premium number"),
        pytest.param("reply_received", {"recipient": "Nobody"}, "recipient_not_found", id="unknown name"),
        pytest.param("reply_received", {"recipient": "notify.nobody"}, "recipient_not_found", id="unknown entity"),
        pytest.param("delivery_reported", {"recipient": "Family"}, "recipient_is_group", id="group"),
        pytest.param("reply_received", {"recipient": "group:Famille"}, "recipient_is_group", id="gateway's group"),
        pytest.param("delivery_reported", {"config_entry_id": "Chalet"}, "account_not_found", id="unknown account"),
        pytest.param("reply_received", {"text_matches": "("}, "pattern_invalid", id="no expression"),
        pytest.param("reply_received", {"text_matches": "(a+)+"}, "pattern_costly", id="costly expression"),
    ],
)
async def test_what_is_wrong_is_said_when_the_automation_is_made(
    hass: HomeAssistant, house: House, trigger: str, options: dict[str, Any], key: str
) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await validate(hass, trigger, **options)
    assert refused.value.translation_key == key
    # A sentence, and no number in full.
    assert " " in str(refused.value)
    assert "01 23 45 67 89" not in str(refused.value)


async def test_without_the_parser_of_regular_expressions_all_but_they_can_be_used(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_regex, "_parser", None)
    with pytest.raises(ServiceValidationError) as refused:
        await validate(hass, "reply_received", text_matches="ok")
    assert refused.value.translation_key == "pattern_unsupported"
    assert "Python" in str(refused.value)
    assert await validate(hass, "reply_received", text_contains="ok")


@pytest.mark.parametrize(
    ("trigger", "options"),
    [
        pytest.param("reply_received", {"text_is": True}, id="a bare yes of YAML"),
        pytest.param("reply_received", {"number": 33612345678}, id="a number without quotes"),
        pytest.param("reply_received", {"text_is": " "}, id="blank"),
        pytest.param("delivery_reported", {"outcome": "lost"}, id="unknown outcome"),
        pytest.param("delivery_reported", {"text_is": "ok"}, id="option of the other trigger"),
    ],
)
async def test_an_option_that_means_nothing_is_refused(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator, trigger: str, options: dict[str, Any]
) -> None:
    client = await hass_ws_client(hass)
    triggers = [{"trigger": f"smsmode.{trigger}", "options": options}]
    await client.send_json_auto_id({"type": "validate_config", "triggers": triggers})
    answer = (await client.receive_json())["result"]["triggers"]
    assert answer["valid"] is False
    assert "33612345678" not in answer["error"]


async def test_numbers_are_kept_as_the_account_writes_them(hass: HomeAssistant, house: House) -> None:
    hass.config_entries.async_update_entry(house.entry, options={"region": "BE"})
    await house.async_settle()
    assert (await validate(hass, "reply_received", number="0470 12 34 56"))["number"] == ["+32470123456"]


async def test_numbers_are_those_of_the_house_before_there_is_an_account(hass: HomeAssistant) -> None:
    hass.config.country = "BE"
    assert (await validate(hass, "reply_received", number="0470 12 34 56"))["number"] == ["+32470123456"]


async def test_the_editor_of_automations_offers_the_triggers(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "trigger_platforms/subscribe"})
    await client.receive_json()
    offered = (await client.receive_json())["event"]
    assert {name: set(offered[name]["fields"]) for name in offered if name.startswith("smsmode.")} == {
        "smsmode.alert_changed": {"config_entry_id", "alert_id", "state"},
        "smsmode.question_answered": {"config_entry_id", "ask_id", "answer"},
        "smsmode.reply_received": {
            "config_entry_id",
            "recipient",
            "number",
            "text_is",
            "text_contains",
            "text_matches",
            "reference",
            "only_verified",
        },
        "smsmode.delivery_reported": {"config_entry_id", "outcome", "recipient", "number", "reference"},
    }
