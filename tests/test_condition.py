"""The conditions in real automations: is there credit, can somebody be reached."""

from typing import Any

import pytest
from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import CoreState, HomeAssistant, ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.condition import async_validate_condition_config
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smsmode.api import MessageStatus
from custom_components.smsmode.const import DOMAIN
from tests.support.automations import edit_recipient
from tests.support.house import ALICE, ALICE_DIGITS, BOB, House

type Options = dict[str, Any]


async def ask(hass: HomeAssistant, client: Any, condition: str, **options: Any) -> bool:
    """Press the button "Test" of a condition in the editor."""
    asked = {"condition": f"smsmode.{condition}", "options": options}
    await client.send_json_auto_id({"type": "test_condition", "condition": asked})
    answer = await client.receive_json()
    assert answer["success"], answer
    result: bool = answer["result"]["result"]
    return result


async def report(house: House, code: int) -> None:
    """Have the gateway say what became of a message to Alice."""
    sent = await house.async_call(
        "send_message", config_entry_id=house.entry.entry_id, message="x", target=["Alice"], repeat=True
    )
    await house.gateway.report(sent["messages"][0]["message_id"], ALICE_DIGITS, code, callback=False)
    await house.async_poll()


@pytest.mark.parametrize(
    ("balance", "value", "expected"),
    [
        pytest.param(20.5, 20, True, id="above"),
        pytest.param(20, 20, False, id="exactly"),
        pytest.param(19, 20, False, id="below"),
        pytest.param(0.5, "0", True, id="a value in quotes"),
        pytest.param(-12, 0, False, id="post-paid"),
    ],
)
async def test_there_are_more_credits_than_a_value(
    hass: HomeAssistant,
    house: House,
    hass_ws_client: WebSocketGenerator,
    balance: float,
    value: float | str,
    *,
    expected: bool,
) -> None:
    await house.gateway.set(balance=balance, post_paid=True)
    await house.async_poll()
    client = await hass_ws_client(hass)
    assert await ask(hass, client, "balance_above", value=value) is expected
    assert await ask(hass, client, "balance_above", value=value, config_entry_id="home") is expected


async def test_a_balance_that_is_not_known_is_not_above_anything(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass)
    assert await ask(hass, client, "balance_above", value=0)
    async with house.gateway.offline():
        await house.async_poll()
        assert not await ask(hass, client, "balance_above", value=0)
        await house.async_reload()
        assert not await ask(hass, client, "balance_above", value=0)
    await house.async_poll()
    assert await ask(hass, client, "balance_above", value=0)


async def test_each_account_that_is_meant_must_have_as_much(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator
) -> None:
    chalet = MockConfigEntry(domain=DOMAIN, title="Chalet")
    chalet.add_to_hass(hass)
    client = await hass_ws_client(hass)
    assert not await ask(hass, client, "balance_above", value=1)
    assert not await ask(hass, client, "balance_above", value=1, config_entry_id=["Home", "Chalet"])
    assert await ask(hass, client, "balance_above", value=1, config_entry_id=house.entry.entry_id)
    await hass.config_entries.async_set_disabled_by(chalet.entry_id, ConfigEntryDisabler.USER)
    assert await ask(hass, client, "balance_above", value=1)
    assert not await ask(hass, client, "balance_above", value=1, config_entry_id="Chalet")


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"recipient": "Alice"}, id="name"),
        pytest.param({"recipient": ["notify.alice"]}, id="entity"),
        pytest.param({"recipient": "notify.home"}, id="everybody of the account"),
        pytest.param({"number": "06 12 34 56 78"}, id="number"),
        pytest.param({"recipient": "Alice", "number": BOB, "config_entry_id": "Home"}, id="both"),
    ],
)
async def test_a_recipient_counts_as_reachable_until_a_report_says_otherwise(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator, options: Options
) -> None:
    client = await hass_ws_client(hass)
    assert await ask(hass, client, "recipient_reachable", **options)
    await report(house, 3999)
    assert not await ask(hass, client, "recipient_reachable", **options)
    assert await ask(hass, client, "recipient_reachable", number=BOB)
    await house.async_reload()
    assert not await ask(hass, client, "recipient_reachable", **options)
    await report(house, 11)
    assert await ask(hass, client, "recipient_reachable", **options)


@pytest.mark.parametrize(
    ("code", "reachable"),
    [
        pytest.param(0, True, id="on its way"),
        pytest.param(13, True, id="phone off"),
        pytest.param(3502, True, id="absent for now"),
        pytest.param(37, True, id="expired"),
        pytest.param(3524, True, id="taken for spam"),
        pytest.param(3525, True, id="content refused"),
        pytest.param(34, True, id="routing error"),
        pytest.param(21, False, id="undeliverable"),
        pytest.param(3521, False, id="operator for good"),
        pytest.param(3522, False, id="absent for good"),
        pytest.param(3523, False, id="phone for good"),
        pytest.param(3526, False, id="ported for good"),
        pytest.param(3527, False, id="abroad for good"),
        pytest.param(3560, False, id="not routable"),
        pytest.param(3998, False, id="invalid"),
        pytest.param(3999, False, id="blocked"),
    ],
)
def test_only_what_is_about_the_recipient_says_that_nothing_reaches_it(code: int, *, reachable: bool) -> None:
    assert MessageStatus.from_code(code).is_recipient_unreachable is not reachable


async def test_a_recipient_that_is_gone_is_not_reached(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass)
    subscribed = {"condition": "smsmode.recipient_reachable", "options": {"recipient": "Alice"}}
    await client.send_json_auto_id({"type": "subscribe_condition", "condition": subscribed})
    await client.receive_json()
    assert (await client.receive_json())["event"] == {"result": True}
    calls = await automate(hass, subscribed)
    await edit_recipient(house, "Alice", "Alicia", ALICE)
    await trigger(hass)
    assert calls == []


async def automate(hass: HomeAssistant, condition: Options) -> list[ServiceCall]:
    """Have an automation act only if a condition holds; collect what it does."""
    calls: list[ServiceCall] = async_mock_service(hass, "test", "done")
    automation = {
        "id": "guarded",
        "alias": "Guarded",
        "triggers": [{"trigger": "event", "event_type": "go"}],
        "conditions": [condition],
        "actions": [{"action": "test.done"}],
    }
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: [automation]})
    await hass.async_block_till_done()
    return calls


async def trigger(hass: HomeAssistant) -> None:
    """Trigger that automation."""
    hass.bus.async_fire("go")
    await hass.async_block_till_done()


def balance_above(value: float) -> Options:
    return {"condition": "smsmode.balance_above", "options": {"value": value}}


@pytest.mark.parametrize(
    ("condition", "acts"),
    [
        pytest.param(balance_above(50), True, id="alone"),
        pytest.param({"and": [balance_above(50), balance_above(200)]}, False, id="and"),
        pytest.param({"or": [balance_above(200), balance_above(50)]}, True, id="or"),
        pytest.param({"not": [balance_above(200)]}, True, id="not"),
    ],
)
async def test_an_automation_acts_if_the_condition_holds(
    hass: HomeAssistant, house: House, condition: Options, *, acts: bool
) -> None:
    calls = await automate(hass, condition)
    await trigger(hass)
    assert bool(calls) is acts


async def test_a_condition_goes_with_its_account_and_comes_back_with_it(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator
) -> None:
    await hass.config_entries.async_unload(house.entry.entry_id)
    hass.set_state(CoreState.starting)
    calls = await automate(hass, balance_above(50))
    hass.set_state(CoreState.running)
    client = await hass_ws_client(hass)
    await trigger(hass)
    assert calls == []
    await client.send_json_auto_id({"type": "trace/list", "domain": AUTOMATION, "item_id": "guarded"})
    (short,) = (await client.receive_json())["result"]
    which = {"domain": AUTOMATION, "item_id": "guarded", "run_id": short["run_id"]}
    await client.send_json_auto_id({"type": "trace/get", **which})
    assert "the account Home is not set up" in str((await client.receive_json())["result"])
    await house.async_set_up()
    await trigger(hass)
    assert len(calls) == 1


async def test_without_any_account_nothing_holds(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> None:
    client = await hass_ws_client(hass)
    assert not await ask(hass, client, "balance_above", value=0)
    assert not await ask(hass, client, "recipient_reachable", number=ALICE)


@pytest.mark.parametrize(
    ("condition", "options", "key"),
    [
        pytest.param("balance_above", {"value": 1, "config_entry_id": "Chalet"}, "account_not_found", id="account"),
        pytest.param("recipient_reachable", {"recipient": "Nobody"}, "recipient_not_found", id="recipient"),
        pytest.param("recipient_reachable", {"recipient": "Family"}, "recipient_is_group", id="group"),
        pytest.param("recipient_reachable", {"number": "06 12"}, "target_impossible", id="number"),
    ],
)
async def test_what_is_wrong_is_said_when_the_automation_is_made(
    hass: HomeAssistant, house: House, condition: str, options: Options, key: str
) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await async_validate_condition_config(hass, {"condition": f"smsmode.{condition}", "options": options})
    assert refused.value.translation_key == key


@pytest.mark.parametrize(
    ("condition", "options"),
    [
        pytest.param("balance_above", {}, id="no value"),
        pytest.param("balance_above", {"value": "much"}, id="no number"),
        pytest.param("recipient_reachable", {"config_entry_id": "Home"}, id="nobody"),
    ],
)
async def test_a_condition_that_says_too_little_is_refused(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator, condition: str, options: Options
) -> None:
    client = await hass_ws_client(hass)
    conditions = [{"condition": f"smsmode.{condition}", "options": options}]
    await client.send_json_auto_id({"type": "validate_config", "conditions": conditions})
    assert (await client.receive_json())["result"]["conditions"]["valid"] is False


async def test_the_editor_of_automations_offers_the_conditions(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "condition_platforms/subscribe"})
    await client.receive_json()
    offered = (await client.receive_json())["event"]
    assert {name: set(offered[name]["fields"]) for name in offered if name.startswith("smsmode.")} == {
        "smsmode.balance_above": {"value", "config_entry_id"},
        "smsmode.recipient_reachable": {"recipient", "number", "config_entry_id"},
    }
