"""Which account acts if several are set up and none is named."""

from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.notify import async_get_service
from tests.support.gateway import Gateway
from tests.support.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, House

CAROL_DIGITS = "33611223344"
STEPS = {"message": "Water!", "steps": [{"target": "Bob"}]}


def _person(name: str, number: str) -> ConfigSubentryData:
    return ConfigSubentryData(data={"number": number}, subentry_type="recipient", title=name, unique_id=number)


@pytest.fixture
async def other(hass: HomeAssistant, freezer: FrozenDateTimeFactory, house: House, gateway: Gateway) -> House:
    """Return a second account, made later, with recipients Alice (another number) and Bob."""
    freezer.tick(1)
    entry = MockConfigEntry(
        domain="smsmode",
        title="Chalet",
        data={"access_token": gateway.token, "base_url": gateway.url, "webhook_id": "another"},
        subentries_data=[_person("Alice", f"+{CAROL_DIGITS}"), _person("Bob", BOB)],
    )
    other = House(hass, freezer, gateway, entry)
    await other.async_set_up()
    return other


async def numbers(house: House) -> list[str]:
    return [number for message in await house.gateway.messages() for number in message.numbers]


@pytest.mark.parametrize(
    ("targets", "account", "written"),
    [
        pytest.param(["Alice"], "house", [ALICE_DIGITS], id="known in both: the first one made"),
        pytest.param(["Bob"], "other", [BOB_DIGITS], id="known in the other alone"),
        pytest.param(["Alice", "Bob"], "other", [CAROL_DIGITS, BOB_DIGITS], id="both known in the other alone"),
        pytest.param(["notify.bob"], "other", [BOB_DIGITS], id="entity of the other"),
        pytest.param(["notify.chalet"], "other", [CAROL_DIGITS, BOB_DIGITS], id="all recipients of the other"),
        pytest.param([BOB], "house", [BOB_DIGITS], id="a number"),
        pytest.param(["Bob", "Family"], "house", [], id="known nowhere together"),
        pytest.param(["Bob", 33611223344], "other", [BOB_DIGITS, CAROL_DIGITS], id="an integer is no name"),
    ],
)
async def test_the_account_is_the_one_that_knows_the_recipients_else_the_first_one_made(
    house: House, other: House, targets: list[Any], account: str, written: list[str]
) -> None:
    await house.async_call("add_contact", name="Eve", number="0639985678", groups=["Famille"])
    response = await house.async_call("send_message", message="Water!", target=targets)
    if written:
        assert await numbers(house) == written
    else:
        assert [failure["target"] for failure in response["failed"]] == ["Bob"]
    acting = {"house": house, "other": other}[account]
    assert acting.account.store.state.message_log.segments_sent


async def test_the_chosen_default_account_acts(hass: HomeAssistant, house: House, other: House) -> None:
    hass.config_entries.async_update_entry(other.entry, options={"default_account": True})
    await house.async_settle()
    await house.async_call("send_message", message="Water!", target="Alice")
    assert await numbers(house) == [CAROL_DIGITS]
    assert "balance" in await house.async_call("get_balance")


async def test_recipients_of_two_accounts_of_which_none_is_the_default_are_refused(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, house: House, other: House, gateway: Gateway
) -> None:
    freezer.tick(1)
    entry = MockConfigEntry(
        domain="smsmode",
        title="Boat",
        data={"access_token": gateway.token, "base_url": gateway.url, "webhook_id": "third"},
        subentries_data=[_person("Bob", f"+{CAROL_DIGITS}")],
    )
    await House(hass, freezer, gateway, entry).async_set_up()
    with pytest.raises(ServiceValidationError) as refused:
        await house.async_call("send_message", message="Water!", target="Bob")
    assert refused.value.translation_key == "account_needed"
    assert refused.value.translation_placeholders == {"accounts": "Home, Chalet, Boat"}
    with pytest.raises(ServiceValidationError, match="Home, Chalet, Boat"):
        await house.async_call("alert", **STEPS)


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("alert", STEPS),
        ("ask", {"question": "Well?", "target": "Bob", "timeout": 1}),
        ("send_voice_message", {"message": "Water!", "target": ["Bob"]}),
        ("send_batch", {"messages": [{"target": "Bob", "message": "Water!"}]}),
    ],
)
async def test_each_action_that_names_recipients_finds_their_account(
    hass: HomeAssistant, house: House, other: House, action: str, fields: dict[str, Any]
) -> None:
    await hass.services.async_call("smsmode", action, fields, blocking=True)
    await house.async_settle()
    assert other.account.store.state.message_log.segments_sent
    assert not house.account.store.state.message_log.segments_sent


async def test_a_preview_is_of_the_account_that_knows_the_recipients(house: House, other: House) -> None:
    preview = await house.async_call("preview_message", message="Water!", target=["Bob"])
    assert preview["recipients"] == [BOB]


async def test_an_alert_is_acknowledged_where_it_runs(house: House, other: House) -> None:
    await house.async_call("alert", **STEPS, alert_id="cellar")
    assert other.account.alerts.alerts.get("cellar") is not None
    await house.async_call("acknowledge", alert_id="cellar")
    assert other.account.alerts.alerts.get("cellar") is None
    with pytest.raises(ServiceValidationError) as refused:
        await house.async_call("cancel_alert", alert_id="cellar")
    assert refused.value.translation_key == "alert_unknown"


async def test_a_notify_service_of_yaml_without_account_finds_it_by_its_targets(
    hass: HomeAssistant, house: House, other: House
) -> None:
    service = await async_get_service(hass, {"platform": "smsmode", "name": "bob", "target": ["Bob"]})
    assert service is not None
    await service.async_setup(hass, "bob", "bob")
    await service.async_register_services()
    await house.async_notify("bob", message="Water!")
    assert await numbers(house) == [BOB_DIGITS]
    await house.async_notify("chalet", message="Fire!", target="Alice")
    assert await numbers(house) == [BOB_DIGITS, CAROL_DIGITS]


async def test_a_disabled_account_is_no_default(hass: HomeAssistant, house: House, other: House) -> None:
    await hass.config_entries.async_set_disabled_by(house.entry.entry_id, ConfigEntryDisabler.USER)
    await house.async_settle()
    await house.async_call("send_message", message="Water!", target=ALICE)
    assert await numbers(house) == [ALICE_DIGITS]
    assert other.account.store.state.message_log.segments_sent
