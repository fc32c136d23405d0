"""Actions by target: entities, devices, areas, floors and labels mean recipients, and nobody means everybody."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import floor_registry as fr
from homeassistant.helpers import label_registry as lr
from homeassistant.setup import async_setup_component

from tests.support.automations import reply
from tests.support.house import ALICE_DIGITS, BOB, BOB_DIGITS, House


def device_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return the device of an entity."""
    entity = er.async_get(hass).async_get(entity_id)
    assert entity is not None
    assert entity.device_id is not None
    return entity.device_id


@pytest.fixture
def targets(hass: HomeAssistant, house: House) -> dict[str, dict[str, Any]]:
    """Give Alice's device a floor, an area that the account has too, and a label; return the ways to mean her."""
    floor = fr.async_get(hass).async_create("Upstairs")
    area = ar.async_get(hass).async_create("Study", floor_id=floor.floor_id)
    label = lr.async_get(hass).async_create("Family")
    devices = dr.async_get(hass)
    devices.async_update_device(device_of(hass, "notify.home"), area_id=area.id)
    alice = device_of(hass, "notify.alice")
    devices.async_update_device(alice, area_id=area.id, labels={label.label_id})
    return {
        "entity": {"entity_id": "notify.alice"},
        "device": {"device_id": [alice]},
        "area": {"area_id": area.id},
        "floor": {"floor_id": [floor.floor_id]},
        "label": {"label_id": label.label_id},
    }


async def called(house: House) -> set[str]:
    """Return the numbers that were written to or called."""
    return {delivery.number for message in await house.gateway.messages() for delivery in message.deliveries}


@pytest.mark.parametrize("way", ["entity", "device", "area", "floor", "label"])
@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("send_message", {"message": "Water!"}),
        ("send_voice_message", {"message": "Water!"}),
        ("ask", {"question": "Heating off?", "ready_answers": "yes_no"}),
    ],
)
async def test_a_recipient_is_meant_in_each_way_that_home_assistant_has(
    hass: HomeAssistant,
    house: House,
    targets: dict[str, dict[str, Any]],
    way: str,
    action: str,
    fields: dict[str, Any],
) -> None:
    await hass.services.async_call("smsmode", action, fields, blocking=True, target=targets[way])
    assert await called(house) == {ALICE_DIGITS}


async def test_a_preview_is_that_of_the_target(house: House, targets: dict[str, dict[str, Any]]) -> None:
    preview = await house.async_call("preview_message", message="Water!", **targets["label"])
    assert preview["cost"] == 1


async def test_names_and_numbers_are_written_to_as_well(house: House, targets: dict[str, dict[str, Any]]) -> None:
    await house.async_call("send_message", message="Water!", target=[BOB, "Alice"], **targets["device"])
    assert await called(house) == {ALICE_DIGITS, BOB_DIGITS}


@pytest.mark.parametrize("way", ["entity", "device", "label"])
async def test_the_account_is_all_its_recipients_where_it_is_meant_itself(
    hass: HomeAssistant, house: House, way: str
) -> None:
    await house.async_call("add_contact", name="Bob", number=BOB, groups=["Famille"])
    label = lr.async_get(hass).async_create("Everybody")
    er.async_get(hass).async_update_entity("notify.home", labels={label.label_id})
    ways: dict[str, dict[str, Any]] = {
        "entity": {"entity_id": ["notify.home"]},
        "device": {"device_id": device_of(hass, "notify.home")},
        "label": {"label_id": label.label_id},
    }
    await house.async_call("send_message", message="Water!", **ways[way])
    assert await called(house) == {ALICE_DIGITS, BOB_DIGITS}


async def test_a_target_without_recipients_is_refused(hass: HomeAssistant, house: House) -> None:
    area = ar.async_get(hass).async_create("Cellar")
    with pytest.raises(ServiceValidationError, match="no recipient of sMsmode among") as refused:
        await house.async_call("send_message", message="Water!", area_id=[area.id])
    assert refused.value.translation_key == "nobody_selected"
    assert not await house.gateway.messages()


async def test_an_entity_that_is_no_recipient_is_refused_by_its_name(house: House) -> None:
    with pytest.raises(ServiceValidationError, match=r"light\.kitchen"):
        await house.async_call("send_message", message="Water!", entity_id=["light.kitchen"])


@pytest.mark.parametrize("action", ["send_message", "send_voice_message", "ask"])
async def test_without_any_target_nobody_is_written_to(house: House, action: str) -> None:
    fields = {"question": "Off?", "ready_answers": "ok"} if action == "ask" else {"message": "Water!"}
    with pytest.raises(ServiceValidationError) as refused:
        await house.async_call(action, **fields)
    assert refused.value.translation_key == "no_recipients"
    assert not await house.gateway.messages()


async def test_a_text_alone_has_a_price(house: House) -> None:
    assert (await house.async_call("preview_message", message="Water!"))["segments"] == 1


async def test_a_step_of_an_alert_takes_entities_and_numbers_and_calls(house: House) -> None:
    steps = [{"target": ["notify.alice"], "number": [BOB], "call": True}]
    await house.async_call("alert", message="Water!", steps=steps)
    (message,) = await house.gateway.messages()
    assert message.kind == "voice"
    assert await called(house) == {ALICE_DIGITS, BOB_DIGITS}


async def test_an_automation_is_built_by_targets_alone(
    hass: HomeAssistant, house: House, targets: dict[str, dict[str, Any]]
) -> None:
    automation = {
        "alias": "Reply",
        "triggers": [{"trigger": "smsmode.reply_received", "target": targets["label"], "options": {"text_is": "OK"}}],
        "conditions": [{"condition": "smsmode.recipient_reachable", "target": targets["device"]}],
        "actions": [{"action": "smsmode.send_message", "target": targets["area"], "data": {"message": "Thank you"}}],
    }
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    await house.async_call("send_message", message="Water!", target=["Alice", BOB], reply=True)
    await reply(house, "OK", BOB_DIGITS)
    assert len(await house.gateway.messages()) == 1
    await reply(house, "ok", ALICE_DIGITS)
    assert [message.deliveries[0].text for message in await house.gateway.messages()][1:] == ["Thank you"]


async def test_a_trigger_goes_on_with_whom_a_label_means_later(
    hass: HomeAssistant, house: House, targets: dict[str, dict[str, Any]]
) -> None:
    automation = {
        "triggers": [{"trigger": "smsmode.delivery_reported", "target": targets["label"]}],
        "actions": [{"event": "told"}],
    }
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    told = house.capture("told")
    message_id = (await house.async_call("send_message", message="1", target="Alice"))["messages"][0]["message_id"]
    dr.async_get(hass).async_update_device(device_of(hass, "notify.alice"), labels=set())
    await house.gateway.report(message_id, ALICE_DIGITS, 11, callback=False)
    await house.async_poll()
    assert told == []


async def test_a_condition_about_nobody_is_refused(
    hass: HomeAssistant, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    automation = {
        "triggers": [{"trigger": "event", "event_type": "go"}],
        "conditions": [{"condition": "smsmode.recipient_reachable"}],
        "actions": [{"event": "told"}],
    }
    await async_setup_component(hass, "automation", {"automation": [automation]})
    assert "choose a target, or name a recipient or a number" in caplog.text
