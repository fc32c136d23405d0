"""An account that refuses texts that would be changed, and what is sent all the same."""

from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component

from tests.support.command_house import CommandHouse, command_entry
from tests.support.dialogs import alert, ask, reply
from tests.support.gateway import Gateway
from tests.support.house import BOB, House
from tests.support.sends import send, texts
from tests.support.watchdog_house import SWITCH, add_watchdog, async_switch

LONG = "private " * 200
CAT = "\U0001f408 private"
CHANGED = "smsmode_text_changed"


@pytest.fixture
async def strict_house(house: House) -> House:
    """Return a house whose account refuses texts that would be changed."""
    house.hass.config_entries.async_update_entry(house.entry, options={"refuse_changed_text": True})
    await house.async_settle()
    return house


@pytest.mark.parametrize(
    ("action", "data", "key"),
    [
        ("send_message", {"message": LONG, "target": "Alice"}, "text_too_long"),
        ("send_message", {"message": CAT, "target": "Alice", "reply": True}, "text_replaced"),
        ("preview_message", {"message": LONG, "target": "Alice"}, "text_too_long"),
        ("send_voice_message", {"message": "Water!", "title": CAT, "target": "Alice"}, "text_replaced"),
        ("send_batch", {"messages": [{"target": "Alice", "message": LONG}]}, "batch_row_text_too_long"),
        ("ask", {"question": LONG, "target": "Alice", "ready_answers": "yes_no"}, "text_too_long"),
    ],
)
async def test_an_account_that_refuses_changed_texts_sends_none(
    strict_house: House, action: str, data: dict[str, Any], key: str
) -> None:
    events = strict_house.capture(CHANGED)
    with pytest.raises(HomeAssistantError) as refusal:
        await strict_house.async_call(action, **data)
    assert refusal.value.translation_key == key
    assert (await strict_house.gateway.messages(), events) == ([], [])
    await strict_house.async_settle()


async def test_it_still_sends_what_is_not_changed_and_the_good_rows_of_a_batch(strict_house: House) -> None:
    await send(strict_house, "L’eau déborde — œuf, 3 €")
    rows = [{"target": "Alice", "message": LONG}, {"target": "Alice", "message": "Water!"}]
    response = await strict_house.async_call("send_batch", messages=rows, skip_invalid=True)
    assert [failed["row"] for failed in response["failed"]] == [1]
    assert len(await texts(strict_house.gateway)) == 2


async def test_an_alarm_that_is_cut_is_better_than_none(strict_house: House) -> None:
    events = strict_house.capture(CHANGED)
    await send(strict_house, LONG, urgent=True)
    await alert(strict_house, message=f"{LONG}!", tell_others=f"{LONG}?")
    await strict_house.async_call("acknowledge", alert_id="cellar")
    assert len(await texts(strict_house.gateway)) == len(events) == 3


async def test_what_nobody_would_hear_the_refusal_of_is_sent(strict_house: House) -> None:
    asker = await ask(strict_house, ask_again=f"{LONG}!", tell_others=f"{LONG}?", target=["Alice", BOB])
    await reply(strict_house, "perhaps")
    await reply(strict_house, "yes")
    await asker.response()
    assert len(await texts(strict_house.gateway)) == 3


async def test_a_command_is_answered_although_its_answer_is_cut(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway
) -> None:
    said = [{"variables": {"said": {"answer": LONG}}}, {"stop": "", "response_variable": "said"}]
    assert await async_setup_component(hass, "script", {"script": {"status": {"sequence": said}}})
    house = House(hass, freezer, gateway, command_entry(gateway))
    await house.async_set_up()
    hass.config_entries.async_update_entry(house.entry, options={"refuse_changed_text": True})
    await house.async_settle()
    command_house = CommandHouse(house, [], [])
    await command_house.hear("status")
    (answer,) = await command_house.answers()
    assert answer.startswith("private")


async def test_a_watchdog_guards_although_its_text_is_changed(strict_house: House) -> None:
    options = {"refuse_changed_text": True, "encoding": "gsm"}
    strict_house.hass.config_entries.async_update_entry(strict_house.entry, options=options)
    add_watchdog(strict_house, message=CAT)
    await strict_house.async_settle()
    await async_switch(strict_house, on=True)
    assert strict_house.state(SWITCH).state == "on"
    assert len(await texts(strict_house.gateway)) == 1
