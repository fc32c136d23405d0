"""Responses of actions as automations get them, one snapshot each; ids of the gateway and of the queue are replaced."""

import re
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, House

SEND = {"message": "Fenêtre ouverte…", "target": ["Alice", "Nobody"], "reference": "window"}


@pytest.fixture
async def house(hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry) -> House:
    """Return a house on a day in July, with a message that was answered."""
    freezer.move_to("2026-07-14T10:00:00+02:00")
    await gateway.set_time("2026-07-14T10:00:00+02:00")
    house = House(hass, freezer, gateway, entry)
    await house.async_set_up()
    await house.async_call("send_message", message="Water!", target="Alice", reply=True)
    await gateway.reply(ALICE_DIGITS, "OK", callback=False)
    await house.async_poll()
    return house


def _stable(value: Any, ids: dict[str, str]) -> Any:
    """Replace what is different in each run: the ids of messages, replies and the queue."""
    if isinstance(value, dict):
        return {
            key: ids.setdefault(str(each), f"<{key} {len(ids) + 1}>")
            if key in {"message_id", "reply_id", "queue_id", "campaign_id", "id"} and each
            else _stable(each, ids)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_stable(each, ids) for each in value]
    return re.sub(r"[0-9a-f]{32,}", "<key>", value) if isinstance(value, str) else value


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("send_message", SEND),
        ("send_message", {"message": "Later", "target": "Alice", "send_at": "2026-07-14T12:00:00+02:00"}),
        ("send_voice_message", {"message": "Water", "target": "Alice"}),
        ("send_batch", {"messages": [{"target": "Alice", "message": "One"}, {"target": "Nobody", "message": "Two"}]}),
        ("preview_message", SEND),
        ("get_sent_messages", {}),
        ("get_replies", {}),
        ("get_scheduled", {}),
        ("get_balance", {}),
        ("alert", {"message": "Water", "steps": [{"target": "Alice"}], "alert_id": "cellar"}),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_the_response_of_an_action(
    house: House, snapshot: SnapshotAssertion, action: str, fields: dict[str, Any]
) -> None:
    assert _stable(await house.async_call(action, **fields), {}) == snapshot


@pytest.mark.parametrize("action", ["get_message_status", "get_delivery_reports"])
async def test_the_response_about_a_message(house: House, snapshot: SnapshotAssertion, action: str) -> None:
    message = (await house.gateway.messages())[0]
    assert _stable(await house.async_call(action, message_id=message.id), {}) == snapshot
