"""Whether callbacks arrive: what proves that they do not, and what does not."""

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
    ENOUGH,
    GRACE,
    MAX_MESSAGES,
    CallbackMonitor,
)
from tests.support.house import ALICE_DIGITS, WEBHOOK_ID, House

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def pass_over(watch: CallbackMonitor, message_ids: list[str], now: datetime = NOW) -> None:
    """Have messages handed over and concluded, and no callback come for minutes."""
    for message_id in message_ids:
        watch.note_handed(message_id)
        watch.note_concluded(message_id, now)
    watch.count(now + GRACE)


def test_an_address_that_nothing_calls_for_several_messages_is_silent() -> None:
    watch = CallbackMonitor()
    pass_over(watch, ["1", "2"])
    assert not watch.is_silent
    pass_over(watch, ["3"])
    assert watch.is_silent
    assert watch.passed_over == ENOUGH


def test_polling_that_was_quicker_by_seconds_proves_nothing() -> None:
    watch = CallbackMonitor()
    for message_id in ("1", "2", "3"):
        watch.note_handed(message_id)
        watch.note_concluded(message_id, NOW)
    watch.count(NOW + GRACE - timedelta(seconds=1))
    assert not watch.is_silent
    watch.note_heard(NOW)
    watch.count(NOW + GRACE)
    assert not watch.is_silent


def test_a_message_without_an_address_is_not_missed() -> None:
    watch = CallbackMonitor()
    for message_id in ("1", "2", "3"):
        watch.note_concluded(message_id, NOW)
    watch.count(NOW + GRACE)
    assert not watch.is_silent


def test_a_message_that_is_still_on_its_way_is_not_missed() -> None:
    watch = CallbackMonitor()
    for message_id in ("1", "2", "3"):
        watch.note_handed(message_id)
    watch.count(NOW + timedelta(days=1))
    assert not watch.is_silent


def test_one_callback_proves_the_contrary_at_once() -> None:
    watch = CallbackMonitor()
    pass_over(watch, ["1", "2", "3"])
    watch.note_heard(NOW)
    assert not watch.is_silent
    assert watch.heard_at == NOW


def test_so_many_messages_that_nothing_is_ever_heard_of_are_forgotten() -> None:
    watch = CallbackMonitor()
    for number in range(MAX_MESSAGES + 1):
        watch.note_handed(str(number))
    pass_over(watch, ["a", "b"])
    watch.note_concluded("0", NOW)
    watch.count(NOW + GRACE)
    assert not watch.is_silent


@given(st.lists(st.sampled_from(["hand", "conclude", "wait", "call"])))
def test_whatever_happens_a_house_that_is_called_after_each_message_is_never_silent(steps: list[str]) -> None:
    watch, now = CallbackMonitor(), NOW
    for number, step in enumerate(steps):
        if step == "hand":
            watch.note_handed(str(number))
            watch.note_concluded(str(number), now)
            watch.note_heard(now)
        elif step == "conclude":
            watch.note_concluded(str(number), now)
        elif step == "wait":
            now += GRACE
        watch.count(now)
        assert not watch.is_silent


def test_an_address_is_lacking_only_after_a_while() -> None:
    watch = CallbackMonitor()
    watch.note_address(NOW, is_there=False)
    watch.note_address(NOW + timedelta(minutes=5), is_there=False)
    assert not watch.lacks_address(NOW + ADDRESS_GRACE_PERIOD - timedelta(seconds=1))
    assert watch.lacks_address(NOW + ADDRESS_GRACE_PERIOD)
    watch.note_address(NOW + ADDRESS_GRACE_PERIOD, is_there=True)
    assert not watch.lacks_address(NOW + 2 * ADDRESS_GRACE_PERIOD)


def shown(house: House, problem: str) -> ir.IssueEntry | None:
    """Give a repair issue of the account, if it is shown."""
    return ir.async_get(house.hass).async_get_issue(DOMAIN, f"{problem}_{house.entry.entry_id}")


async def deliver(house: House, count: int) -> None:
    """Send messages that arrive, with reports that are only there for whoever asks."""
    for _ in range(count):
        sent = await house.async_call("send_message", message="x", target=["Alice"], repeat=True)
        await house.gateway.report(sent["messages"][0]["message_id"], ALICE_DIGITS, 11, callback=False)
        await house.async_wait(minutes=2)
    await house.async_wait(minutes=11)


async def test_an_address_that_cannot_be_reached_is_a_repair_issue_until_the_first_call(
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


async def test_what_is_called_and_not_understood_proves_nothing(
    hass: HomeAssistant, house: House, hass_client_no_auth: ClientSessionGenerator
) -> None:
    client = await hass_client_no_auth()
    hass.config.internal_url = str(client.make_url("")).rstrip("/")
    await deliver(house, 3)
    await client.get(f"/api/webhook/{WEBHOOK_ID}?hello=world")
    await house.async_poll()
    assert shown(house, "callbacks_silent")


async def test_while_no_callback_arrives_replies_are_asked_for_as_often_as_without(
    hass: HomeAssistant, house: House
) -> None:
    hass.config.internal_url = "http://127.0.0.1:8123"
    await house.async_poll()
    assert house.account.coordinator.update_interval == timedelta(minutes=10)
    await deliver(house, 3)
    assert house.account.coordinator.update_interval == timedelta(minutes=5)


async def test_a_house_without_an_address_is_not_told_that_nothing_calls_it(house: House) -> None:
    house.hass.config.internal_url = "http://192.168.1.2:8123"
    house.hass.config_entries.async_update_entry(house.entry, options={"callbacks": "off"})
    await house.async_settle()
    await deliver(house, 4)
    assert shown(house, "callbacks_silent") is None


@pytest.mark.parametrize(("mode", "expected"), [("external", True), ("cloud", True), ("auto", False), ("off", False)])
async def test_an_address_that_was_asked_for_and_is_not_there_is_a_repair_issue(
    hass: HomeAssistant, house: House, mode: str, expected: bool
) -> None:
    hass.config.api = None
    hass.config_entries.async_update_entry(house.entry, options={"callbacks": mode})
    await house.async_settle()
    assert shown(house, "no_callback_address") is None
    await house.async_wait(minutes=16)
    assert (shown(house, "no_callback_address") is not None) is expected


async def test_an_address_that_is_found_again_takes_the_issue_back(hass: HomeAssistant, house: House) -> None:
    hass.config.api = None
    hass.config_entries.async_update_entry(house.entry, options={"callbacks": "external"})
    await house.async_settle()
    await house.async_wait(minutes=16)
    assert shown(house, "no_callback_address")
    hass.config.internal_url = "http://127.0.0.1:8123"
    await house.async_poll()
    assert shown(house, "no_callback_address") is None
