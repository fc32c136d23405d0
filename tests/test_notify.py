"""The notify services and entities."""

import asyncio
from typing import Any

import pytest
from homeassistant.components.notify import legacy
from homeassistant.components.notify.legacy import NOTIFY_SERVICES
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.smsmode.legacy_notify import SmsmodeNotificationService
from custom_components.smsmode.notify import async_get_service
from custom_components.smsmode.runtime import async_get_loaded_entry
from tests.support.house import ALICE_DIGITS, BOB, BOB_DIGITS, House, account_entry


async def tell(house: House, entity_id: str, **data: Any) -> None:
    """Send through a notify entity."""
    await house.hass.services.async_call("notify", "send_message", {"entity_id": entity_id, **data}, blocking=True)
    await house.async_settle()


async def test_the_service_of_an_account_takes_every_kind_of_target(house: House) -> None:
    await house.async_call("add_contact", name="Alice", number="0612345678", groups=["Famille"])
    await house.async_notify(message="Hi", target=["alice", "notify.alice", BOB, "Family"])
    numbers, group = await house.gateway.requests("sendSMS.do")
    assert numbers.params["numero"] == f"{ALICE_DIGITS},{BOB_DIGITS}"
    assert group.params["groupe"] == "Famille"


async def test_without_a_target_everybody_is_told(house: House) -> None:
    await house.async_call("add_contact", name="Alice", number="0612345678", groups=["Famille"])
    await house.async_notify(message="Hi", title="Alarm")
    requests = await house.gateway.requests("sendSMS.do")
    assert [(request.params.get("numero"), request.params.get("groupe")) for request in requests] == [
        (ALICE_DIGITS, None),
        (None, "Famille"),
    ]
    assert requests[0].params["message"] == "Alarm\nHi"


async def test_the_data_of_a_call_are_the_fields_of_a_message(house: House) -> None:
    await house.async_notify(message="Hi", target=["Alice"], data={"sender": "ALARME", "reference": "x"})
    (request,) = await house.gateway.requests("sendSMS.do")
    assert (request.params["emetteur"], request.params["refClient"]) == ("ALARME", "x")


@pytest.mark.parametrize(
    ("data", "field"),
    [({"max_segments": 9}, "max_segments"), ({"sendr": "X"}, "sendr")],
    ids=["impossible value", "unknown field"],
)
async def test_wrong_data_are_named(house: House, data: dict[str, Any], field: str) -> None:
    with pytest.raises(ServiceValidationError) as err:
        await house.async_notify(message="Hi", target=["Alice"], data=data)
    assert err.value.translation_key == "data_invalid"
    assert (err.value.translation_placeholders or {})["field"] == field
    assert await house.gateway.messages() == []


async def test_the_entity_of_a_recipient_writes_to_that_recipient(house: House) -> None:
    await tell(house, "notify.alice", message="Hi", title="Alarm")
    (request,) = await house.gateway.requests("sendSMS.do")
    assert (request.params["numero"], request.params["message"]) == (ALICE_DIGITS, "Alarm\nHi")
    assert house.state("notify.alice").state not in {"unknown", "unavailable"}


async def test_the_entity_of_the_account_writes_to_everybody(house: House) -> None:
    await house.async_call("add_contact", name="Alice", number="0612345678", groups=["Famille"])
    await tell(house, "notify.home", message="Hi")
    assert len(await house.gateway.requests("sendSMS.do")) == 2


async def test_a_message_through_an_entity_waits_while_the_gateway_is_away(house: House) -> None:
    async with house.gateway.offline():
        await tell(house, "notify.alice", message="Hi")
    await house.async_wait(seconds=20)
    assert [message.text for message in await house.gateway.messages()] == ["Hi"]


async def yaml_service(house: House, account: str | None) -> None:
    """Have notify set up a service of YAML."""
    config: dict[str, Any] = {"platform": "smsmode", "name": "alarm_sms", "target": ["Alice"], "account": account}
    service = await async_get_service(house.hass, config)
    assert service is not None
    await service.async_setup(house.hass, "alarm_sms", "alarm_sms")
    await service.async_register_services()


@pytest.mark.parametrize("account", ["Home", "home", None])
async def test_a_service_of_yaml_finds_its_account_by_name(house: House, account: str | None) -> None:
    await yaml_service(house, account)
    await house.async_notify("alarm_sms", message="Hi")
    assert len(await house.gateway.messages()) == 1


async def test_a_service_of_yaml_for_an_account_that_does_not_exist_says_so(house: House) -> None:
    await yaml_service(house, "Chalet")
    with pytest.raises(ServiceValidationError) as err:
        await house.async_notify("alarm_sms", message="Hi")
    assert err.value.translation_key == "unknown_account"


async def test_no_service_is_made_for_an_account_that_is_gone_meanwhile(hass: HomeAssistant, house: House) -> None:
    info = {"name": "Home", "config_entry_id": house.entry.entry_id}
    await hass.config_entries.async_unload(house.entry.entry_id)
    assert await async_get_service(hass, {}, info) is None
    await hass.config_entries.async_remove(house.entry.entry_id)
    assert await async_get_service(hass, {}, info) is None


async def test_a_service_that_is_there_already_is_left_alone(
    hass: HomeAssistant, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    async_mock_service(hass, "notify", "mobile_app_phone")
    hass.config_entries.async_update_entry(house.entry, title="Mobile app phone")
    await house.async_settle()
    assert "There is a notify service Mobile app phone already" in caplog.text
    await hass.config_entries.async_unload(house.entry.entry_id)
    await house.async_settle()
    assert hass.services.has_service("notify", "mobile_app_phone")


async def test_an_alert_that_comes_in_the_middle_of_a_reload_is_sent(hass: HomeAssistant, house: House) -> None:
    hass.config_entries.async_update_entry(house.entry, options={"recipient_hourly_limit": 0, "daily_limit": 0})
    reload = hass.async_create_task(hass.config_entries.async_reload(house.entry.entry_id))
    calls: list[asyncio.Task[Any]] = []
    while not reload.done():
        message = {"message": f"Fire {len(calls)}!", "target": ["Alice"]}
        calls.append(hass.async_create_task(hass.services.async_call("notify", "home", message, blocking=True)))
        for _ in range(5):
            await asyncio.sleep(0)
    await asyncio.gather(*calls)
    # What the reload cut short is looked for, and not there.
    for _ in range(4):
        await house.async_wait(seconds=40)
    assert len(calls) > 3
    sent = [message.text for message in await house.gateway.messages()]
    assert sorted(sent) == sorted(f"Fire {number}!" for number in range(len(calls)))


async def test_reloads_leave_one_service_behind(hass: HomeAssistant, house: House) -> None:
    for _ in range(3):
        await house.async_reload()
    assert len(hass.data["notify_services"]["smsmode"]) == 1


async def test_the_service_follows_the_name_of_the_account(hass: HomeAssistant, house: House) -> None:
    hass.config_entries.async_update_entry(house.entry, title="Chalet")
    await house.async_settle()
    assert not hass.services.has_service("notify", "home")
    await house.async_notify("chalet", message="Hi", target=["Alice"])
    assert len(await house.gateway.messages()) == 1


@pytest.mark.parametrize("gone", ["disabled", "removed"])
async def test_an_account_that_is_gone_has_no_service(hass: HomeAssistant, house: House, gone: str) -> None:
    if gone == "disabled":
        await hass.config_entries.async_set_disabled_by(house.entry.entry_id, ConfigEntryDisabler.USER)
    else:
        await hass.config_entries.async_remove(house.entry.entry_id)
    await house.async_settle()
    assert not hass.services.has_service("notify", "home")
    if gone == "disabled":
        await hass.config_entries.async_set_disabled_by(house.entry.entry_id, None)
        await house.async_settle()
        assert hass.services.has_service("notify", "home")


async def test_the_default_sender_of_a_service_gives_way_to_a_reply(house: House) -> None:
    service = await async_get_service(house.hass, {"target": ["Alice"], "data": {"sender": "ALARME"}})
    assert service is not None
    await service.async_send_message("one", data={"reply": True})
    await service.async_send_message("two")
    with pytest.raises(ServiceValidationError):
        await service.async_send_message("three", data={"reply": True, "sender": "OTHER"})
    one, two = await house.gateway.requests("sendSMS.do")
    assert (one.params.get("emetteur"), two.params.get("emetteur")) == (None, "ALARME")


async def test_home_assistant_keeps_no_service_of_an_account_that_is_gone(hass: HomeAssistant, house: House) -> None:
    assert len(hass.data[NOTIFY_SERVICES]["smsmode"]) == 1
    hass.config_entries.async_update_entry(house.entry, title="Cabin")
    await house.async_settle()
    assert len(hass.data[NOTIFY_SERVICES]["smsmode"]) == 1
    await hass.config_entries.async_remove(house.entry.entry_id)
    await house.async_settle()
    assert hass.data[NOTIFY_SERVICES]["smsmode"] == []


async def test_an_account_that_goes_as_soon_as_it_came_leaves_no_service(hass: HomeAssistant, house: House) -> None:
    await hass.config_entries.async_remove(house.entry.entry_id)
    again = account_entry(house.gateway)
    again.add_to_hass(hass)
    await hass.config_entries.async_setup(again.entry_id)
    await hass.config_entries.async_remove(again.entry_id)
    await house.async_settle()
    assert not hass.services.has_service("notify", "home")
    assert hass.data[NOTIFY_SERVICES]["smsmode"] == []


async def test_a_service_that_another_integration_made_first_is_not_taken_over(
    hass: HomeAssistant, house: House
) -> None:
    service = SmsmodeNotificationService(lambda _targets: async_get_loaded_entry(hass, None))
    calls = async_mock_service(hass, "notify", "cellar")
    await service.async_setup(hass, "cellar", "cellar")
    await service.async_register_services()
    await hass.services.async_call("notify", "cellar", {"message": "Water!"}, blocking=True)
    assert (len(calls), await house.gateway.messages()) == (1, [])


async def test_a_service_is_withdrawn_although_home_assistant_keeps_no_list_of_services(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(legacy, "NOTIFY_SERVICES")
    await hass.config_entries.async_remove(house.entry.entry_id)
    await house.async_settle()
    assert not hass.services.has_service("notify", "home")
