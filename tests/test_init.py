"""An account comes and goes: set up whatever the gateway does, and nothing left behind."""

import logging
from pathlib import Path

import pytest
from homeassistant.components import webhook
from homeassistant.components.notify import legacy
from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_set_domains_to_be_loaded, async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockModule, mock_integration

from custom_components.smsmode.const import DOMAIN
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, WEBHOOK_ID, House
from tests.support.sends import texts


async def test_an_account_is_a_device_and_each_recipient_one_reached_through_it(
    house: House, device_registry: dr.DeviceRegistry
) -> None:
    devices = dr.async_entries_for_config_entry(device_registry, house.entry.entry_id)
    home = next(device for device in devices if device.name == "Home")
    assert {(device.name, device.via_device_id) for device in devices} == {
        ("Home", None),
        ("Alice", home.id),
        ("Family", home.id),
    }


async def test_unique_ids_are_those_of_the_contract(house: House, entity_registry: er.EntityRegistry) -> None:
    entry_id = house.entry.entry_id
    keys = ["balance", "last_status", "last_reply", "queued", "pending", "segments_sent"]
    keys += ["spent_today", "spent_this_month", "days_left", "active_alerts", "gateway", "checked"]
    recipients = [subentry.subentry_id for subentry in house.entry.subentries.values()]
    expected = {f"{entry_id}_{key}" for key in [*keys, "reply", "delivery_report", "notify", "scheduled"]} | {
        f"{entry_id}_{recipient}_{key}"
        for recipient in recipients
        for key in ("notify", "last_status", "reply", "send_test", "paused")
    }
    entries = er.async_entries_for_config_entry(entity_registry, entry_id)
    assert {entity.unique_id for entity in entries} == expected


async def test_a_house_without_internet_has_its_services_and_says_so_once(
    hass: HomeAssistant, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await hass.config_entries.async_unload(house.entry.entry_id)
    caplog.clear()
    async with house.gateway.offline():
        await house.async_set_up()
        assert house.entry.state is ConfigEntryState.LOADED
        assert hass.services.has_service("notify", "home")
        for _ in range(3):
            await house.async_wait(minutes=6)
        states = {name: house.state(f"sensor.home_{name}").state for name in ("balance", "last_status", "last_reply")}
        assert states == {"balance": "100", "last_status": "unknown", "last_reply": "unknown"}
        assert house.state("sensor.home_queued").state == "0"
        assert house.state("notify.alice").state != "unavailable"
    await house.async_wait(minutes=6)
    assert house.state("sensor.home_balance").state == "100"
    messages = [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("custom_components.smsmode") and record.levelno >= logging.INFO
    ]
    assert len(messages) == 2
    assert "recovered" in messages[1]


@pytest.mark.parametrize("state", [CoreState.starting, CoreState.running])
async def test_what_an_alert_needs_is_there_while_the_gateway_hangs_at_the_start(
    hass: HomeAssistant, gateway: Gateway, entry: MockConfigEntry, state: CoreState
) -> None:
    """Faults A11."""
    hass.set_state(state)
    entry.add_to_hass(hass)
    await gateway.fail("credit.do", "hang_before")
    set_up = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
    await gateway.wait_for_requests("credit.do", 1)
    assert hass.services.has_service("notify", "home")
    assert hass.states.get("notify.alice") is not None
    assert entry.state is ConfigEntryState.LOADED
    await hass.services.async_call("notify", "home", {"message": "Water!", "target": ["Alice"]}, blocking=True)
    assert await texts(gateway) == ["Water!"]
    await gateway.release()
    assert await set_up
    await hass.async_block_till_done(wait_background_tasks=True)
    balance = hass.states.get("sensor.home_balance")
    assert balance is not None
    assert balance.state == "99"


async def test_a_key_that_is_refused_at_the_start_asks_for_another_and_messages_are_refused_aloud(
    hass: HomeAssistant, gateway: Gateway, entry: MockConfigEntry
) -> None:
    await gateway.revoke()
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == "reauth"
    assert entry.state is ConfigEntryState.LOADED
    message = {"message": "Water!", "target": ["Alice"]}
    with pytest.raises(HomeAssistantError) as err:
        await hass.services.async_call("notify", "home", message, blocking=True)
    assert err.value.translation_key == "invalid_auth"


async def test_a_key_that_is_revoked_later_asks_for_another(hass: HomeAssistant, house: House) -> None:
    await house.gateway.revoke()
    await house.async_poll()
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == "reauth"
    assert house.state("sensor.home_balance").state == "100"


async def test_news_waits_until_home_assistant_has_started(hass: HomeAssistant, house: House) -> None:
    await hass.config_entries.async_unload(house.entry.entry_id)
    await house.gateway.reply(ALICE_DIGITS, "OK", stray=True)
    hass.set_state(CoreState.starting)
    replies = house.capture("smsmode_reply")
    await house.async_set_up()
    await house.async_poll()
    assert replies == []
    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await house.async_settle()
    assert [event.data["message"] for event in replies] == ["OK"]


async def test_unloading_takes_the_webhook_away(hass: HomeAssistant, house: House) -> None:
    await hass.config_entries.async_unload(house.entry.entry_id)
    await house.async_settle()
    # It can be registered again, so it is gone.
    webhook.async_register(hass, DOMAIN, "x", WEBHOOK_ID, lambda *_: None)  # type: ignore[arg-type]
    webhook.async_unregister(hass, WEBHOOK_ID)


async def test_removing_an_account_leaves_nothing_behind(
    hass: HomeAssistant,
    house: House,
    issue_registry: ir.IssueRegistry,
    entity_registry: er.EntityRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    await house.gateway.set(balance=5)
    async with house.gateway.offline():
        await house.async_call("send_message", message="x", target=["Alice"], expires_after="00:01:00")
        await house.async_wait(minutes=2)
    await house.async_poll()
    entry_id = house.entry.entry_id
    kept = Path(hass.config.path(".storage"))
    assert [file for file in kept.iterdir() if entry_id in file.name] != []
    assert {issue for _, issue in issue_registry.issues} == {f"message_given_up_{entry_id}", f"low_balance_{entry_id}"}
    await hass.config_entries.async_remove(entry_id)
    await house.async_wait(minutes=1)
    assert [file for file in kept.iterdir() if entry_id in file.name] == []
    assert issue_registry.issues == {}
    assert er.async_entries_for_config_entry(entity_registry, entry_id) == []
    assert dr.async_entries_for_config_entry(device_registry, entry_id) == []


async def test_a_low_balance_is_a_repair_issue_that_goes_away_by_itself(
    house: House, issue_registry: ir.IssueRegistry
) -> None:
    issue_id = f"low_balance_{house.entry.entry_id}"
    for balance, expected in ((19.5, True), (20, False), (3, True), (-40, False)):
        await house.gateway.set(balance=balance, post_paid=balance < 0)
        await house.async_poll()
        assert (issue_registry.async_get_issue(DOMAIN, issue_id) is not None) is expected, balance


async def test_a_house_without_credits_is_told_that_nothing_is_sent(
    house: House, issue_registry: ir.IssueRegistry
) -> None:
    def raised(kind: str) -> ir.IssueEntry | None:
        return issue_registry.async_get_issue(DOMAIN, f"{kind}_{house.entry.entry_id}")

    for balance in (0, 0.4):
        await house.gateway.set(balance=balance)
        await house.async_poll()
        assert (issue := raised("no_credit")) is not None
        assert issue.severity is ir.IssueSeverity.ERROR
        assert (issue.translation_placeholders or {})["site"] == "https://www.smsmode.com"
        assert raised("low_balance") is None
    for balance, is_low in ((1, True), (50, False)):
        await house.gateway.set(balance=balance)
        await house.async_poll()
        assert raised("no_credit") is None
        assert (raised("low_balance") is not None) is is_low


async def test_a_new_recipient_is_there_without_a_restart(hass: HomeAssistant, house: House) -> None:
    subentry = ConfigSubentry(
        data={"number": "+33698765432"},  # type: ignore[arg-type]
        subentry_type="recipient",
        title="Bob",
        unique_id="+33698765432",
    )
    hass.config_entries.async_add_subentry(house.entry, subentry)
    await house.async_settle()
    assert house.state("notify.bob").state == "unknown"
    hass.config_entries.async_remove_subentry(house.entry, subentry.subentry_id)
    await house.async_settle()
    assert hass.states.get("notify.bob") is None


async def test_unloading_takes_the_low_balance_issue_away(
    hass: HomeAssistant, house: House, issue_registry: ir.IssueRegistry
) -> None:
    await house.gateway.set(balance=1)
    await house.async_poll()
    assert len(issue_registry.issues) == 1
    await hass.config_entries.async_unload(house.entry.entry_id)
    assert issue_registry.issues == {}


async def test_a_revoked_key_is_noticed_between_two_looks_at_the_balance(hass: HomeAssistant, house: House) -> None:
    await house.gateway.revoke()
    await house.account.coordinator.async_refresh()
    assert len(hass.config_entries.flow.async_progress_by_handler(DOMAIN)) == 1


async def test_a_poll_under_way_while_an_account_ends_leaves_no_issue(
    hass: HomeAssistant, house: House, issue_registry: ir.IssueRegistry
) -> None:
    await house.gateway.set(balance=1)
    await house.gateway.fail("credit.do", "hang_before")
    await house.gateway.fail("sendSMS.do", "hang_before")
    house.account.coordinator.async_ask_balance()
    await house.gateway.wait_for_requests("credit.do", 2)
    hass.async_create_task(hass.services.async_call("notify", "home", {"message": "Water!"}, blocking=True))
    await house.gateway.wait_for_requests("sendSMS.do", 1)
    unload = hass.async_create_task(hass.config_entries.async_unload(house.entry.entry_id))
    await house.gateway.release()
    assert await unload
    assert not issue_registry.issues


@pytest.mark.parametrize("component", ["cloud", "conversation"])
async def test_an_account_loads_though_a_component_that_it_can_use_fails(
    hass: HomeAssistant, gateway: Gateway, entry: MockConfigEntry, component: str
) -> None:
    async def fail(_hass: HomeAssistant, _config: object) -> bool:
        return False

    mock_integration(hass, MockModule(component, async_setup=fail))
    async_set_domains_to_be_loaded(hass, {component, DOMAIN})
    entry.add_to_hass(hass)
    await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()
    assert component not in hass.config.components
    assert entry.state is ConfigEntryState.LOADED


async def test_without_the_private_api_of_notify_the_legacy_service_alone_is_missing(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await hass.config_entries.async_unload(house.entry.entry_id)
    await hass.config_entries.async_remove(house.entry.entry_id)
    monkeypatch.delattr(legacy, "NOTIFY_SERVICES")
    await house.async_set_up()
    assert house.entry.state is ConfigEntryState.LOADED
    assert not hass.services.has_service("notify", "home")
    assert "notify.home" in caplog.text
    assert house.state("notify.home").state != "unavailable"
    assert (await house.async_call("send_message", message="Water!", target=["Alice"]))["messages"]


async def test_a_set_up_that_fails_half_way_leaves_nothing_at_work(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hass.config_entries.async_unload(house.entry.entry_id)

    async def fail(*_args: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("custom_components.smsmode.async_offer_notify_service", fail)
        await house.async_set_up()
    assert house.entry.state is ConfigEntryState.SETUP_ERROR
    assert house.account.store.is_closed
    await house.async_wait(minutes=6)
