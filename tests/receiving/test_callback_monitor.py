"""Callback monitor: what proves that callbacks do not arrive, what does not, and the repair issues that follow."""

from datetime import UTC, datetime, timedelta

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from hypothesis import given
from hypothesis import strategies as st
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.receiving.callback_monitor import (
    ADDRESS_GRACE_PERIOD,
    CALLBACK_GRACE_PERIOD,
    MAX_MESSAGES,
    MAX_MISSED,
    CallbackMonitor,
)
from tests.support.house import ALICE_DIGITS, WEBHOOK_ID, House

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def miss(monitor: CallbackMonitor, message_ids: list[str], now: datetime = NOW) -> None:
    """Send messages that become final, and let minutes pass without a callback."""
    for message_id in message_ids:
        monitor.note_sent(message_id)
        monitor.note_final(message_id, now)
    monitor.count_missed(now + CALLBACK_GRACE_PERIOD)


def test_address_is_silent_after_several_missed_messages() -> None:
    monitor = CallbackMonitor()
    miss(monitor, ["1", "2"])
    assert not monitor.is_silent
    miss(monitor, ["3"])
    assert monitor.is_silent
    assert monitor.missed == MAX_MISSED


def test_final_status_by_poll_seconds_before_the_callback_is_not_missed() -> None:
    monitor = CallbackMonitor()
    for message_id in ("1", "2", "3"):
        monitor.note_sent(message_id)
        monitor.note_final(message_id, NOW)
    monitor.count_missed(NOW + CALLBACK_GRACE_PERIOD - timedelta(seconds=1))
    assert not monitor.is_silent
    monitor.note_callback(NOW)
    monitor.count_missed(NOW + CALLBACK_GRACE_PERIOD)
    assert not monitor.is_silent


def test_message_without_an_address_is_not_missed() -> None:
    monitor = CallbackMonitor()
    for message_id in ("1", "2", "3"):
        monitor.note_final(message_id, NOW)
    monitor.count_missed(NOW + CALLBACK_GRACE_PERIOD)
    assert not monitor.is_silent


def test_message_without_a_final_status_is_not_missed() -> None:
    monitor = CallbackMonitor()
    for message_id in ("1", "2", "3"):
        monitor.note_sent(message_id)
    monitor.count_missed(NOW + timedelta(days=1))
    assert not monitor.is_silent


def test_one_callback_ends_the_silence() -> None:
    monitor = CallbackMonitor()
    miss(monitor, ["1", "2", "3"])
    monitor.note_callback(NOW)
    assert not monitor.is_silent
    assert monitor.heard_at == NOW


def test_oldest_of_too_many_messages_is_forgotten() -> None:
    monitor = CallbackMonitor()
    for number in range(MAX_MESSAGES + 1):
        monitor.note_sent(str(number))
    miss(monitor, ["a", "b"])
    monitor.note_final("0", NOW)
    monitor.count_missed(NOW + CALLBACK_GRACE_PERIOD)
    assert not monitor.is_silent


@given(st.lists(st.sampled_from(["hand", "conclude", "wait", "call"])))
def test_address_called_after_each_message_is_never_silent(steps: list[str]) -> None:
    monitor, now = CallbackMonitor(), NOW
    for number, step in enumerate(steps):
        if step == "hand":
            monitor.note_sent(str(number))
            monitor.note_final(str(number), now)
            monitor.note_callback(now)
        elif step == "conclude":
            monitor.note_final(str(number), now)
        elif step == "wait":
            now += CALLBACK_GRACE_PERIOD
        monitor.count_missed(now)
        assert not monitor.is_silent


def test_address_is_missing_only_after_the_grace_period() -> None:
    monitor = CallbackMonitor()
    monitor.note_address(NOW, is_there=False)
    monitor.note_address(NOW + timedelta(minutes=5), is_there=False)
    assert not monitor.lacks_address(NOW + ADDRESS_GRACE_PERIOD - timedelta(seconds=1))
    assert monitor.lacks_address(NOW + ADDRESS_GRACE_PERIOD)
    monitor.note_address(NOW + ADDRESS_GRACE_PERIOD, is_there=True)
    assert not monitor.lacks_address(NOW + 2 * ADDRESS_GRACE_PERIOD)


def shown(house: House, problem: str) -> ir.IssueEntry | None:
    """Return a repair issue of the account, if there is one."""
    return ir.async_get(house.hass).async_get_issue(DOMAIN, f"{problem}_{house.entry.entry_id}")


async def deliver(house: House, count: int) -> None:
    """Send messages that arrive, with reports that are only there for whoever asks."""
    for _ in range(count):
        sent = await house.async_call("send_message", message="x", target=["Alice"], repeat=True)
        await house.gateway.report(sent["messages"][0]["message_id"], ALICE_DIGITS, 11, callback=False)
        await house.async_wait(minutes=2)
    await house.async_wait(minutes=11)


async def test_unreachable_address_raises_an_issue_until_the_first_callback(
    hass: HomeAssistant, house: House, hass_client_no_auth: ClientSessionGenerator
) -> None:
    client = await hass_client_no_auth()
    hass.config.internal_url = str(client.make_url("")).rstrip("/")
    await deliver(house, 2)
    assert shown(house, "callbacks_silent") is None
    await deliver(house, 1)
    issue = shown(house, "callbacks_silent")
    assert issue is not None
    assert issue.translation_placeholders == {"account": "Home", "count": "3"}
    await client.get(f"/api/webhook/{WEBHOOK_ID}?numero={ALICE_DIGITS}&statut=11&smsID=unknown")
    await house.async_poll()
    assert shown(house, "callbacks_silent") is None


async def test_invalid_callback_does_not_end_the_silence(
    hass: HomeAssistant, house: House, hass_client_no_auth: ClientSessionGenerator
) -> None:
    client = await hass_client_no_auth()
    hass.config.internal_url = str(client.make_url("")).rstrip("/")
    await deliver(house, 3)
    await client.get(f"/api/webhook/{WEBHOOK_ID}?hello=world")
    await house.async_poll()
    assert shown(house, "callbacks_silent")


async def test_replies_are_polled_as_without_callbacks_while_none_arrive(hass: HomeAssistant, house: House) -> None:
    hass.config.internal_url = "http://127.0.0.1:8123"
    await house.async_poll()
    assert house.account.coordinator.update_interval == timedelta(minutes=10)
    await deliver(house, 3)
    assert house.account.coordinator.update_interval == timedelta(minutes=5)


async def test_account_without_callbacks_has_no_silence_issue(house: House) -> None:
    house.hass.config.internal_url = "http://192.168.1.2:8123"
    house.hass.config_entries.async_update_entry(house.entry, options={"callbacks": "off"})
    await house.async_settle()
    await deliver(house, 4)
    assert shown(house, "callbacks_silent") is None


@pytest.mark.parametrize(("mode", "expected"), [("external", True), ("cloud", True), ("auto", False), ("off", False)])
async def test_missing_address_raises_an_issue_if_the_options_require_one(
    hass: HomeAssistant, house: House, mode: str, expected: bool
) -> None:
    hass.config.api = None
    hass.config_entries.async_update_entry(house.entry, options={"callbacks": mode})
    await house.async_settle()
    assert shown(house, "no_callback_address") is None
    await house.async_wait(minutes=16)
    assert (shown(house, "no_callback_address") is not None) is expected


async def test_address_that_is_found_again_clears_the_issue(hass: HomeAssistant, house: House) -> None:
    hass.config.api = None
    hass.config_entries.async_update_entry(house.entry, options={"callbacks": "external"})
    await house.async_settle()
    await house.async_wait(minutes=16)
    assert shown(house, "no_callback_address")
    hass.config.internal_url = "http://127.0.0.1:8123"
    await house.async_poll()
    assert shown(house, "no_callback_address") is None


async def test_check_after_the_account_was_unloaded_raises_no_issue(hass: HomeAssistant, house: House) -> None:
    hass.config.api = None
    hass.config_entries.async_update_entry(house.entry, options={"callbacks": "external"})
    await house.async_settle()
    await house.async_wait(minutes=16)
    assert shown(house, "no_callback_address")
    callbacks = house.account.callbacks
    await hass.config_entries.async_unload(house.entry.entry_id)
    assert await callbacks.async_check() is False
    assert shown(house, "no_callback_address") is None


@pytest.mark.parametrize("by", [timedelta(hours=-3), timedelta(days=2)], ids=["back", "ahead"])
def test_a_clock_that_is_set_changes_no_period_of_grace(by: timedelta) -> None:
    monitor = CallbackMonitor()
    monitor.shift(by)
    monitor.note_callback(NOW)
    monitor.note_address(NOW, is_there=False)
    for message_id in ("1", "2", "3"):
        monitor.note_sent(message_id)
        monitor.note_final(message_id, NOW)
    monitor.shift(by)
    assert monitor.heard_at == NOW + by
    second = timedelta(seconds=1)
    monitor.count_missed(NOW + by + CALLBACK_GRACE_PERIOD - second)
    assert not monitor.is_silent
    monitor.count_missed(NOW + by + CALLBACK_GRACE_PERIOD)
    assert monitor.is_silent
    assert not monitor.lacks_address(NOW + by + ADDRESS_GRACE_PERIOD - second)
    assert monitor.lacks_address(NOW + by + ADDRESS_GRACE_PERIOD)
