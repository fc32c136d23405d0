"""What the entities show."""

import pytest
from homeassistant.components.homeassistant import DOMAIN as HOMEASSISTANT_DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.api import MessageStatus
from tests.support.automations import add_recipient
from tests.support.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, House

# Every status of the document: the annex (p. 31), and 39 of the table of smsStatus (p. 20).
STATUSES = {
    0: ("sent", "pending"),
    1: ("in_progress", "pending"),
    2: ("internal_error", "failed"),
    10: ("scheduled", "pending"),
    11: ("received", "delivered"),
    12: ("partially_delivered", "pending"),
    13: ("delivered_to_operator", "pending"),
    14: ("delivered", "delivered"),
    15: ("partially_received", "delivered"),
    16: ("listened", "delivered"),
    21: ("undeliverable", "failed"),
    22: ("rejected", "failed"),
    33: ("insufficient_credit", "failed"),
    34: ("routing_error", "failed"),
    35: ("reception_error", "failed"),
    36: ("message_error", "failed"),
    37: ("expired", "expired"),
    38: ("too_long", "failed"),
    39: ("reception_error", "failed"),
    40: ("template", "pending"),
    50: ("not_delivered", "failed"),
    100: ("read", "delivered"),
    101: ("unread", "delivered"),
    999: ("undefined", "pending"),
    3501: ("temporary_operator", "pending"),
    3502: ("temporary_absence", "pending"),
    3503: ("temporary_phone", "pending"),
    3504: ("temporary_portability", "pending"),
    3521: ("permanent_operator", "failed"),
    3522: ("permanent_absence", "failed"),
    3523: ("permanent_phone", "failed"),
    3524: ("permanent_spam", "failed"),
    3525: ("permanent_content", "failed"),
    3526: ("permanent_portability", "failed"),
    3527: ("permanent_roaming", "failed"),
    3560: ("not_routable", "failed"),
    3599: ("other_error", "failed"),
    3998: ("invalid_recipient", "failed"),
    3999: ("blocked_recipient", "failed"),
    7777: ("undefined", "pending"),
}


async def test_every_status_of_the_document_is_shown_by_its_name(house: House) -> None:
    await house.async_enable("event.home_delivery_report")
    reports = house.capture("smsmode_delivery_report")
    for code, (status, outcome) in STATUSES.items():
        response = await house.async_call("send_message", message="x", target=["Alice"], sender=f"S{code}", repeat=True)
        message_id = response["messages"][0]["message_id"]
        await house.gateway.set(balance=100)
        await house.gateway.report(message_id, ALICE_DIGITS, code, callback=False)
        # So many reports are not asked for within a minute.
        await house.async_wait(minutes=1)
        await house.async_poll()
        state = house.state("sensor.alice_last_status")
        assert (state.state, state.attributes["code"]) == (status, code)
        assert house.state("event.home_delivery_report").attributes["event_type"] == outcome
        assert reports[-1].data["status"] == status
    assert {status for status, _ in STATUSES.values()} == {*MessageStatus} - {"queued", "cancelled", "accepted"}


async def test_the_status_of_a_recipient_is_not_that_of_another(house: House) -> None:
    await house.async_call("send_message", message="x", target=["Alice"])
    assert house.state("sensor.alice_last_status").state == "accepted"
    assert house.state("sensor.family_last_status").state == "unknown"
    await house.async_call("send_message", message="x", target=["+33698765432"], reference="other")
    assert house.state("sensor.home_last_status").attributes["reference"] == "other"
    assert house.state("sensor.alice_last_status").attributes["number"] == ALICE


async def test_a_group_has_the_latest_status_of_its_members(house: House) -> None:
    await house.async_call("add_contact", name="Bob", number="+33698765432", groups=["Famille"])
    response = await house.async_call("send_message", message="x", target=["Family"])
    assert house.state("sensor.family_last_status").state == "accepted"
    await house.gateway.report(response["messages"][0]["message_id"], BOB_DIGITS, 11, callback=False)
    await house.async_poll()
    assert house.state("sensor.family_last_status").state == "received"


async def test_a_long_reply_is_cut_in_the_state_and_whole_in_the_attribute(house: House) -> None:
    text = "a" * 400
    await house.gateway.reply(ALICE_DIGITS, text, stray=True)
    await house.async_poll()
    state = house.state("sensor.home_last_reply")
    assert (len(state.state), state.state[-1]) == (255, "…")
    assert state.attributes["message"] == text
    assert (state.attributes["sender"], state.attributes["recipient"]) == (ALICE, "Alice")


async def test_replies_of_others_do_not_reach_the_event_of_a_recipient(house: House) -> None:
    await house.gateway.reply(BOB_DIGITS, "OK", stray=True)
    await house.async_poll()
    assert house.state("event.home_reply").attributes["message"] == "OK"
    assert house.state("event.alice_reply").state == "unknown"


async def test_a_template_in_a_reply_is_text(house: House) -> None:
    await house.gateway.reply(ALICE_DIGITS, "{{ 1 + 1 }} <b>x</b>", stray=True)
    await house.async_poll()
    assert house.state("sensor.home_last_reply").state == "{{ 1 + 1 }} <b>x</b>"


async def test_what_is_sent_is_counted_in_segments(house: House) -> None:
    await house.async_enable("sensor.home_segments_sent")
    await house.async_call("send_message", message="x" * 200, target=["Alice", "+33698765432"])
    assert house.state("sensor.home_segments_sent").state == "4"
    assert house.state("sensor.home_pending").state == "2"
    await house.async_reload()
    assert house.state("sensor.home_segments_sent").state == "4"
    assert house.state("sensor.home_pending").state == "2"


def test_the_page_of_an_account_leads_to_where_credits_are_bought_and_that_of_a_person_to_the_conversation(
    house: House,
) -> None:
    chat, account = "homeassistant://smsmode/chat", house.entry.entry_id
    devices = dr.async_entries_for_config_entry(dr.async_get(house.hass), house.entry.entry_id)
    assert {device.name: (device.manufacturer, device.entry_type, device.configuration_url) for device in devices} == {
        "Home": ("sMsmode", dr.DeviceEntryType.SERVICE, "https://www.smsmode.com"),
        "Alice": ("sMsmode", dr.DeviceEntryType.SERVICE, f"{chat}/alice?config_entry={account}"),
        "Family": ("sMsmode", dr.DeviceEntryType.SERVICE, f"{chat}/family?config_entry={account}"),
    }


@pytest.mark.parametrize(
    ("name", "place"),
    [("Élodie & Cie", "elodie_cie"), ("李明", "%E6%9D%8E%E6%98%8E"), ("_Bob_2", "bob_2"), ("!?", None)],
)
async def test_the_page_of_a_person_leads_to_the_address_that_the_panel_has_for_the_conversation(
    house: House, name: str, place: str | None
) -> None:
    await add_recipient(house, name, BOB)
    devices = dr.async_entries_for_config_entry(dr.async_get(house.hass), house.entry.entry_id)
    (url,) = [device.configuration_url for device in devices if device.name == name]
    chat, account = "homeassistant://smsmode/chat", house.entry.entry_id
    assert url == (place and f"{chat}/{place}?config_entry={account}")


async def test_the_balance_can_be_asked_for(hass: HomeAssistant, house: House) -> None:
    await async_setup_component(hass, HOMEASSISTANT_DOMAIN, {})
    await house.gateway.set(balance=41.5)
    await house.async_wait(seconds=30)
    await hass.services.async_call(
        HOMEASSISTANT_DOMAIN, "update_entity", {"entity_id": ["sensor.home_balance"]}, blocking=True
    )
    await house.async_settle()
    assert house.state("sensor.home_balance").state == "41.5"


async def test_the_balance_follows_what_is_sent(house: House) -> None:
    await house.async_call("send_message", message="x", target=["Alice"])
    await house.async_wait(seconds=70)
    assert house.state("sensor.home_balance").state == "99"


async def test_polling_goes_on_when_all_entities_are_disabled(house: House, entity_registry: er.EntityRegistry) -> None:
    for entity in er.async_entries_for_config_entry(entity_registry, house.entry.entry_id):
        entity_registry.async_update_entity(entity.entity_id, disabled_by=er.RegistryEntryDisabler.USER)
    await house.async_reload()
    late = house.capture("smsmode_late_reply")
    await house.gateway.reply(ALICE_DIGITS, "OK", stray=True)
    await house.async_wait(minutes=16)
    assert [event.data["message"] for event in late] == ["OK"]


async def test_no_unit_changes_with_the_language_of_the_house(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    # Long-term statistics would end with it. A person reads it in their own language all the same.
    entry.add_to_hass(hass)
    units: list[dict[str, str]] = []
    for language in ("en", "fr"):
        hass.config.language = language
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        states = hass.states.async_all("sensor")
        units.append({each.entity_id: each.attributes.get("unit_of_measurement", "") for each in states})
    assert units[0] == units[1]
    assert units[0]["sensor.home_balance"] == "credits"
