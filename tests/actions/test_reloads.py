"""Actions in the middle of a reload of their account: what was not sent is sent by the account that follows."""

import asyncio
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from custom_components.smsmode.const import DOMAIN
from tests.support.house import House

MOST_CALLS = 40
SENDERS: list[tuple[str, dict[str, Any]]] = [
    ("send_message", {"message": "Fire {}!", "target": ["Alice"], "urgent": True}),
    ("send_voice_message", {"message": "Fire {}!", "target": ["Alice"]}),
    ("alert", {"message": "Fire {}!", "steps": [{"target": ["Alice"]}]}),
    ("send_batch", {"messages": [{"target": "Alice", "message": "Fire {}!"}]}),
]


def numbered(fields: dict[str, Any], number: int) -> dict[str, Any]:
    """Return the fields of a call with a text of its own."""
    if "messages" in fields:
        return {"messages": [numbered(line, number) for line in fields["messages"]]}
    return fields | {"message": fields["message"].format(number)}


@pytest.mark.parametrize(("action", "fields"), SENDERS, ids=[action for action, _ in SENDERS])
async def test_each_call_is_sent_once(hass: HomeAssistant, house: House, action: str, fields: dict[str, Any]) -> None:
    hass.config_entries.async_update_entry(house.entry, options={"recipient_hourly_limit": 0, "daily_limit": 0})
    reload = hass.async_create_task(hass.config_entries.async_reload(house.entry.entry_id))
    calls: list[asyncio.Task[Any]] = []
    while not reload.done():
        # The account has 100 credits, and a slow machine reloads for long.
        if len(calls) < MOST_CALLS:
            call = hass.services.async_call(DOMAIN, action, numbered(fields, len(calls)), blocking=True)
            calls.append(hass.async_create_task(call))
        for _ in range(5):
            await asyncio.sleep(0)
    await asyncio.gather(*calls)
    for _ in range(4):
        await house.async_wait(seconds=40)
    sent = [message.text for message in await house.gateway.messages()]
    assert sorted(sent) == sorted(f"Fire {number}!" for number in range(len(calls)))


@pytest.mark.parametrize(("action", "fields"), SENDERS, ids=[action for action, _ in SENDERS])
async def test_an_account_that_has_stopped_for_good_refuses_aloud(
    house: House, action: str, fields: dict[str, Any]
) -> None:
    house.account.dispatcher.async_stop()
    with pytest.raises(HomeAssistantError) as refused:
        await house.async_call(action, **numbered(fields, 1))
    assert refused.value.translation_key == "account_stopping"
    assert await house.gateway.messages() == []
