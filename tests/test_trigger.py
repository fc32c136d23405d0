"""The triggers in real automations: who hears which reply, and which report."""

import asyncio
from typing import Any

import pytest
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.smsmode.const import DOMAIN
from tests.support.automations import add_recipient, automate, edit_recipient, reply, said
from tests.support.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, WEBHOOK_ID, House


async def test_a_reply_triggers_an_automation_over_reloads_of_the_account(hass: HomeAssistant, house: House) -> None:
    calls = await automate(hass, "smsmode.reply_received")
    await reply(house, "one")
    await house.async_reload()
    await reply(house, "two")
    assert said(calls) == ["one", "two"]


@pytest.mark.parametrize("by", ["entry_id", "title"])
async def test_a_trigger_may_be_there_before_the_account(hass: HomeAssistant, house: House, by: str) -> None:
    await hass.config_entries.async_unload(house.entry.entry_id)
    calls = await automate(hass, "smsmode.reply_received", config_entry_id=getattr(house.entry, by), recipient="alice")
    await house.async_set_up()
    await reply(house, "one")
    assert said(calls) == ["one"]


async def test_while_home_assistant_starts_nobody_is_missed_who_is_yet_to_come(
    hass: HomeAssistant, house: House
) -> None:
    hass.set_state(CoreState.starting)
    calls = await automate(hass, "smsmode.reply_received", config_entry_id="Home", recipient=["Bob", "Carol"])
    hass.set_state(CoreState.running)
    await add_recipient(house, "Bob", BOB)
    await reply(house, "one", BOB_DIGITS)
    assert said(calls) == ["one"]


async def test_the_reply_to_another_account_does_not_trigger(hass: HomeAssistant, house: House) -> None:
    MockConfigEntry(domain=DOMAIN, title="Chalet", entry_id="another").add_to_hass(hass)
    calls = await automate(hass, "smsmode.reply_received", config_entry_id="another")
    await reply(house, "one")
    assert calls == []


async def test_the_reply_to_one_of_several_accounts_triggers(hass: HomeAssistant, house: House) -> None:
    MockConfigEntry(domain=DOMAIN, title="Chalet", entry_id="another").add_to_hass(hass)
    calls = await automate(hass, "smsmode.reply_received", config_entry_id=["another", "home"])
    await reply(house, "one")
    assert said(calls) == ["one"]


async def test_a_late_reply_does_not_trigger(hass: HomeAssistant, house: House) -> None:
    calls = await automate(hass, "smsmode.reply_received")
    await hass.config_entries.async_unload(house.entry.entry_id)
    await house.gateway.reply(ALICE_DIGITS, "open the door", stray=True)
    await house.async_wait(hours=1)
    await house.async_set_up()
    assert calls == []


@pytest.mark.parametrize(
    ("options", "heard"),
    [
        pytest.param({}, [], id="unless told otherwise"),
        pytest.param({"only_verified": True}, [], id="never"),
        pytest.param({"only_verified": False}, ["OK"], id="where it may"),
    ],
)
async def test_a_reply_that_the_gateway_does_not_confirm_triggers_only_where_it_may(
    hass: HomeAssistant,
    house: House,
    hass_client_no_auth: ClientSessionGenerator,
    options: dict[str, Any],
    heard: list[str],
) -> None:
    client = await hass_client_no_auth()
    calls = await automate(hass, "smsmode.reply_received", **options)
    await client.get(f"/api/webhook/{WEBHOOK_ID}?numero=36034&message=OK&emetteur={ALICE_DIGITS}&responseID=forged1")
    await house.async_settle()
    for _ in range(10):
        await house.async_wait(seconds=8)
    assert said(calls) == heard


@pytest.mark.parametrize(
    ("options", "heard"),
    [
        pytest.param({"recipient": "Alice"}, ["a"], id="name"),
        pytest.param({"recipient": " ALICE "}, ["a"], id="name written otherwise"),
        pytest.param({"recipient": ["notify.alice"]}, ["a"], id="entity"),
        pytest.param({"recipient": "notify.home"}, ["a"], id="everybody of the account"),
        pytest.param({"number": "06 12 34 56 78"}, ["a"], id="number"),
        pytest.param({"number": "00 33 6.98.76.54.32"}, ["b"], id="another number"),
        pytest.param({"recipient": "+33 6 98 76 54 32"}, ["b"], id="number of nobody"),
        pytest.param({"recipient": "Alice", "number": [BOB]}, ["a", "b"], id="either"),
        pytest.param({"recipient": [], "number": [], "text_is": []}, ["a", "b"], id="nothing"),
    ],
)
async def test_a_trigger_may_be_about_some_people(
    hass: HomeAssistant, house: House, options: dict[str, Any], heard: list[str]
) -> None:
    calls = await automate(hass, "smsmode.reply_received", **options)
    await reply(house, "a")
    await reply(house, "b", BOB_DIGITS)
    assert said(calls) == heard


async def test_a_recipient_who_gets_another_number_is_followed(hass: HomeAssistant, house: House) -> None:
    calls = await automate(hass, "smsmode.reply_received", recipient="notify.alice")
    await edit_recipient(house, "Alice", "Alicia", BOB)
    await reply(house, "old")
    await reply(house, "new", BOB_DIGITS)
    assert said(calls) == ["new"]


@pytest.mark.parametrize(
    ("options", "heard"),
    [
        pytest.param({"text_is": "ok"}, ["OK !"], id="is"),
        pytest.param({"text_is": ["arrête", "ok"]}, ["OK !", "Arrete."], id="is one of"),
        pytest.param({"text_contains": "token"}, ["a token, ok"], id="contains"),
        pytest.param({"text_contains": "ok", "text_is": ["a token ok", "no"]}, ["a token, ok"], id="both"),
        pytest.param({"text_matches": r"^\D{5}$"}, [], id="matches nothing"),
        pytest.param({"text_matches": ["ok", "RRE"]}, ["OK !", "Arrete.", "a token, ok"], id="matches one of"),
    ],
)
async def test_a_trigger_may_wait_for_a_text(
    hass: HomeAssistant, house: House, options: dict[str, Any], heard: list[str]
) -> None:
    calls = await automate(hass, "smsmode.reply_received", **options)
    for text in ("OK !", "Arrete.", "a token, ok"):
        await reply(house, text)
    assert said(calls) == heard


async def test_a_trigger_may_wait_for_the_reply_to_a_question(hass: HomeAssistant, house: House) -> None:
    calls = await automate(hass, "smsmode.reply_received", reference=["question"])
    for reference in ("question", "other"):
        await house.async_call("send_message", message=reference, target=["Alice"], reply=True, reference=reference)
        await house.gateway.reply(ALICE_DIGITS, f"to {reference}", callback=False)
        await house.async_poll()
    assert said(calls) == ["to question"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        pytest.param({"text_is": "ok"}, "other_text", id="text"),
        pytest.param({"text_matches": "ok"}, "other_text", id="expression"),
    ],
)
async def test_the_trace_says_why_a_reply_did_not_trigger(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator, options: dict[str, Any], reason: str
) -> None:
    trigger = {"trigger": "smsmode.reply_received", "options": options}
    automation = {"id": "lock", "triggers": [trigger], "actions": []}
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    client = await hass_ws_client(hass)
    await reply(house, "a secret word")
    which = {"domain": "automation", "item_id": "lock"}
    await client.send_json_auto_id({"type": "trace/list", **which})
    (short,) = (await client.receive_json())["result"]
    await client.send_json_auto_id({"type": "trace/get", "run_id": short["run_id"], **which})
    trace = str((await client.receive_json())["result"])
    assert reason in trace
    assert "a secret word" not in trace
    assert ALICE not in trace


async def test_a_script_that_waits_for_a_reply_goes_on_with_the_one_that_is_meant(
    hass: HomeAssistant, house: House
) -> None:
    calls = async_mock_service(hass, "test", "heard")
    waiting = {"wait_for_trigger": [{"trigger": "smsmode.reply_received", "options": {"text_is": "ok"}}]}
    heard = {"action": "test.heard", "data": {"said": "{{ wait.trigger.reply.message }}"}}
    assert await async_setup_component(hass, "script", {"script": {"wait": {"sequence": [waiting, heard]}}})
    # Not a task of Home Assistant's, which settles when all of its own are done.
    waiter = asyncio.create_task(hass.services.async_call("script", "wait", blocking=True))
    for text in ("what?", "OK"):
        await reply(house, text)
    await waiter
    assert said(calls) == ["OK"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, ["delivered_to_operator", "received"], id="all"),
        pytest.param({"outcome": ["delivered", "failed"]}, ["received"], id="some outcomes"),
        pytest.param({"outcome": "pending"}, ["delivered_to_operator"], id="on its way"),
        pytest.param({"outcome": "failed"}, [], id="another outcome"),
        pytest.param({"config_entry_id": "another"}, [], id="another account"),
        pytest.param({"recipient": "Alice", "outcome": "delivered"}, ["received"], id="recipient"),
        pytest.param({"number": "0698765432"}, [], id="another number"),
        pytest.param({"reference": "leak", "outcome": "delivered"}, ["received"], id="reference"),
        pytest.param({"reference": "other"}, [], id="another reference"),
    ],
)
async def test_a_delivery_report_triggers_an_automation(
    hass: HomeAssistant, house: House, options: dict[str, Any], expected: list[str]
) -> None:
    MockConfigEntry(domain=DOMAIN, title="Chalet", entry_id="another").add_to_hass(hass)
    calls = await automate(hass, "smsmode.delivery_reported", **options)
    response = await house.async_call(
        "send_message", config_entry_id=house.entry.entry_id, message="x", target=["Alice"], reference="leak"
    )
    for code in (13, 11):
        await house.gateway.report(response["messages"][0]["message_id"], ALICE_DIGITS, code, callback=False)
        await house.async_poll()
    assert said(calls) == expected


async def test_the_report_of_a_voice_message_to_a_fixed_line_triggers(hass: HomeAssistant, house: House) -> None:
    calls = await automate(hass, "smsmode.delivery_reported", number="01 23 45 67 89")
    response = await house.async_call("send_voice_message", message="Fuite", target=["01 23 45 67 89"])
    await house.gateway.report(response["messages"][0]["message_id"], None, 16, callback=False)
    await house.async_poll()
    assert said(calls) == ["listened"]


async def test_a_message_that_is_given_up_triggers(hass: HomeAssistant, house: House) -> None:
    calls = await automate(hass, "smsmode.delivery_reported", outcome="expired", recipient="Alice")
    async with house.gateway.offline():
        await house.async_call("send_message", message="x", target=["Alice"], expires_after="00:01:00")
        await house.async_wait(minutes=2)
    assert said(calls) == ["expired"]
