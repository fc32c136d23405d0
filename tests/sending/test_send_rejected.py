"""The way out: what cannot be sent is refused aloud, with the reason, and nothing is spent."""

import re
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.const import DOMAIN
from tests.support.gateway import Gateway
from tests.support.house import ALICE, House, account_entry
from tests.support.sends import send, texts


async def test_without_queue_a_failure_is_raised_and_nothing_is_sent_later(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "code:50")
    with pytest.raises(HomeAssistantError) as err:
        await send(house, queue=False)
    assert err.value.translation_key == "gateway_busy"
    await house.async_wait(minutes=10)
    assert await texts(house.gateway) == []


async def test_without_queue_a_doubtful_message_is_raised_and_never_sent_again(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "drop_before")
    with pytest.raises(HomeAssistantError) as err:
        await send(house, queue=False)
    assert err.value.translation_key == "uncertain"
    for _ in range(4):
        await house.async_wait(seconds=40)
    assert await texts(house.gateway) == []
    assert len(house.account.store.state.outbox) == 0


@pytest.mark.parametrize(
    ("code", "key"),
    [(35, "gateway_parameter"), (41, "gateway_identifier"), (61, "message_not_found"), (77, "gateway_refused")],
)
async def test_a_refusal_is_raised_and_not_tried_again(house: House, code: int, key: str) -> None:
    await house.gateway.fail("sendSMS.do", f"code:{code}")
    with pytest.raises(HomeAssistantError) as err:
        await send(house)
    assert err.value.translation_key == key
    await house.async_wait(minutes=10)
    assert await texts(house.gateway) == []


async def test_no_credit_is_raised_with_the_last_known_balance_and_the_present_one_is_asked_for(house: House) -> None:
    await house.gateway.set(balance=0.5)
    with pytest.raises(HomeAssistantError) as err:
        await send(house)
    assert err.value.translation_key == "no_credit_balance"
    assert err.value.translation_placeholders == {"balance": "100"}
    await house.async_settle()
    assert house.state("sensor.home_balance").state == "0.5"


async def test_no_credit_is_raised_at_once_though_the_gateway_is_slow_to_tell_the_balance(house: House) -> None:
    await house.gateway.set(balance=0)
    await house.gateway.fail("credit.do", "hang_before")
    with pytest.raises(HomeAssistantError):
        await house.hass.services.async_call(DOMAIN, "send_message", {"message": "x"}, blocking=True)
    await house.gateway.wait_for_requests("credit.do", 1)
    await house.gateway.release()


async def test_a_refused_key_is_raised_and_asks_for_a_new_one(hass: HomeAssistant, house: House) -> None:
    await house.gateway.revoke()
    with pytest.raises(HomeAssistantError) as err:
        await send(house)
    assert err.value.translation_key == "invalid_auth"
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == "reauth"


@pytest.mark.parametrize(("fault", "status"), [("code:33", "insufficient_credit"), ("code:35", "rejected")])
async def test_a_queued_message_that_is_refused_later_is_given_up_aloud(house: House, fault: str, status: str) -> None:
    reports = house.capture("smsmode_delivery_report")
    await house.gateway.fail("sendSMS.do", "code:50")
    await house.gateway.fail("sendSMS.do", fault)
    await send(house)
    await house.async_wait(seconds=10)
    assert [event.data["status"] for event in reports] == [status]
    assert len(house.account.store.state.outbox) == 0


async def test_the_daily_limit_stops_a_runaway_automation(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway
) -> None:
    house = House(hass, freezer, gateway, account_entry(gateway, daily_limit=2))
    await house.async_set_up()
    await send(house, "one")
    await send(house, "two")
    with pytest.raises(HomeAssistantError) as err:
        await send(house, "three")
    assert err.value.translation_key == "daily_limit_reached"
    assert await texts(gateway) == ["one", "two"]


async def test_the_limit_of_a_recipient_gives_back_what_was_refused(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway
) -> None:
    house = House(hass, freezer, gateway, account_entry(gateway, recipient_hourly_limit=1))
    await house.async_set_up()
    await gateway.fail("sendSMS.do", "code:35")
    with pytest.raises(HomeAssistantError):
        await send(house, "refused")
    await send(house, "one")
    with pytest.raises(HomeAssistantError) as err:
        await send(house, "two")
    assert err.value.translation_key == "recipient_limit_reached"


async def test_a_full_outbox_refuses_aloud_and_spends_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.smsmode.state.outbox.MAX_ITEMS", 0)
    with pytest.raises(HomeAssistantError) as err:
        await send(house)
    assert err.value.translation_key == "outbox_full"
    assert house.account.store.state.budget.spent_today.total() == 0


async def test_what_has_room_only_in_part_is_refused_as_a_whole(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.smsmode.state.outbox.MAX_ITEMS", 1)
    with pytest.raises(HomeAssistantError) as err:
        await house.async_call("send_message", message="Hi", target=["Alice", "Family"])
    assert err.value.translation_key == "outbox_full"
    assert house.account.store.state.budget.spent_today.total() == 0
    assert not await house.gateway.messages()


async def test_good_targets_are_sent_to_and_the_others_named(house: House) -> None:
    response = await house.async_call(
        "send_message", message="Hi", target=["Alice", "Nobody", "06 12", "0892 70 12 39"]
    )
    assert [message["recipients"] for message in response["messages"]] == [[ALICE]]
    assert response["failed"] == [
        {"target": "Nobody", "reason": "unknown_recipient"},
        {"target": "06 12", "reason": "impossible"},
        {"target": "0892 70 12 39", "reason": "premium"},
    ]


async def test_a_group_that_is_refused_is_named_and_the_rest_is_sent(house: House) -> None:
    response = await house.async_call("send_message", message="Hi", target=["Alice", "group:Nowhere"])
    assert [message["recipients"] for message in response["messages"]] == [[ALICE]]
    assert response["failed"] == [{"target": "group:Nowhere", "reason": "gateway_parameter"}]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        pytest.param({"target": ["Nobody"]}, "target_unknown_recipient", id="unknown name"),
        pytest.param({"target": ["06 12"]}, "target_impossible", id="impossible number"),
        pytest.param({"target": ["01 23 45 67 89"]}, "target_fixed_line", id="fixed line"),
        pytest.param({"target": ["0892 70 12 39"]}, "target_premium", id="premium number"),
        pytest.param({"target": ["Nobody", "06 12"]}, "targets_failed", id="several reasons"),
        pytest.param({"message": ""}, "text_empty", id="empty text"),
        pytest.param({"sender": "ALARME", "reply": True}, "sender_with_reply", id="sender with reply"),
        pytest.param({"sender": "Météo"}, "sender_invalid", id="accent in the sender"),
        pytest.param({"reference": "x" * 41}, "reference_too_long", id="long reference"),
        pytest.param({"send_at": "2020-01-01T10:00:00+00:00"}, "date_past", id="past date"),
        pytest.param({"encoding": "unicode", "reply": True}, "text_not_encodable", id="unicode with reply"),
    ],
)
async def test_a_mistake_is_explained_and_nothing_is_stored_or_sent(
    house: House, data: dict[str, Any], key: str
) -> None:
    with pytest.raises(ServiceValidationError) as err:
        await send(house, **data)
    assert err.value.translation_key == key
    assert await house.gateway.requests("sendSMS.do") == []
    assert house.account.store.state.budget.spent_today.total() == 0


async def test_an_account_without_recipients_says_so(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway
) -> None:
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Home",
        data={"access_token": gateway.token, "base_url": gateway.url, "webhook_id": "w"},
    )
    house = House(hass, freezer, gateway, entry)
    await house.async_set_up()
    with pytest.raises(ServiceValidationError) as err:
        await house.async_call("send_message", message="Hi")
    assert err.value.translation_key == "no_recipients"


async def test_a_partial_failure_is_in_the_log_and_in_the_status_without_a_whole_number(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.async_notify(message="Hi", target=["Alice", "Family", "Bobb", "0145678901"])
    assert "Family" not in caplog.text
    assert "group:Famille (gateway_parameter)" in caplog.text
    assert "Bobb (unknown_recipient), …901 (fixed_line)" in caplog.text
    assert house.state("sensor.family_last_status").state == "rejected"


@pytest.mark.parametrize(
    "target",
    ["tel:+33612345678", "Alice +33612345678", "0612345678,0698765678", "06 12 34 56 7O 678"],
)
async def test_no_error_repeats_a_number(house: House, target: str) -> None:
    with pytest.raises(ServiceValidationError) as err:
        await send(house, target=[target])
    shown = str(err.value.translation_placeholders)
    assert "678" in shown
    assert not re.search(r"\d{4}", shown)


async def test_an_empty_list_of_targets_is_nobody_and_not_everybody(house: House) -> None:
    with pytest.raises(ServiceValidationError) as err:
        await send(house, target=[])
    assert err.value.translation_key == "no_recipients"
    with pytest.raises(ServiceValidationError):
        await house.async_notify(message="Hi", target=[])
    assert await texts(house.gateway) == []
