"""The way out: what is accepted is sent once, or kept and sent later, or refused aloud."""

import asyncio
import re
from contextlib import suppress
from datetime import timedelta
from typing import Any

import probatio
import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.const import DOMAIN
from tests.gateway import Gateway
from tests.house import ALICE, BOB, House, account_entry


async def send(house: House, message: str = "Water!", **data: Any) -> dict[str, Any]:
    """Send to Alice, and give what the response says of the message."""
    response = await house.async_call("send_message", **({"message": message, "target": ["Alice"]} | data))
    message_data: dict[str, Any] = response["messages"][0]
    return message_data


async def texts(gateway: Gateway) -> list[str]:
    """Give the texts that the gateway has accepted."""
    return [message.text for message in await gateway.messages()]


async def test_the_caller_hears_what_was_accepted(house: House) -> None:
    sent = await send(house, "Fenêtre ouverte, 21 °C", reference="kitchen")
    (message,) = await house.gateway.messages()
    assert sent == {
        "message_id": message.id,
        "status": "accepted",
        "send_at": None,
        "recipients": [ALICE],
        "segments": 1,
        "encoding": "unicode",
        "text": "Fenêtre ouverte, 21 °C",
        "changes": [],
        "truncated": False,
        "reference": "kitchen",
    }


async def test_numbers_travel_together_and_each_group_alone(house: House) -> None:
    await house.async_call("add_contact", name="Alice", number=ALICE, groups=["Famille", "Voisins"])
    response = await house.async_call(
        "send_message", message="Hello", target=["Alice", "Family", BOB, "group:Voisins", "06 12 34 56 78"]
    )
    assert [message["recipients"] for message in response["messages"]] == [
        [ALICE, BOB],
        ["group:Famille"],
        ["group:Voisins"],
    ]
    assert len(await house.gateway.requests("sendSMS.do")) == 3


@pytest.mark.parametrize("fault", ["code:50", "code:31", "drop_before"])
async def test_what_did_not_leave_is_queued_and_sent_later(house: House, fault: str) -> None:
    await house.gateway.fail("sendSMS.do", fault)
    sent = await send(house)
    assert sent["status"] == "queued"
    assert sent["message_id"] is None
    for _ in range(4):
        await house.async_wait(seconds=40)
    assert await texts(house.gateway) == ["Water!"]
    assert len(house.account.storage.outbox) == 0


async def test_a_house_without_internet_accepts_a_message_and_sends_it_when_it_can(house: House) -> None:
    async with house.gateway.offline():
        assert (await send(house))["status"] == "queued"
        await house.async_wait(seconds=10)
        assert house.state("sensor.home_queued").state == "1"
    await house.async_wait(seconds=30)
    assert await texts(house.gateway) == ["Water!"]
    assert house.state("sensor.home_queued").state == "0"


@pytest.mark.parametrize("fault", ["drop_after", "half", "html", "http:500", "empty", "garble"])
async def test_an_answer_that_is_lost_never_makes_a_message_leave_twice(house: House, fault: str) -> None:
    await house.gateway.fail("sendSMS.do", fault, act=True)
    assert (await send(house))["status"] == "queued"
    for _ in range(4):
        await house.async_wait(seconds=40)
    assert await texts(house.gateway) == ["Water!"]
    assert house.state("sensor.home_queued").state == "0"
    assert house.state("sensor.home_last_status").state == "sent"


async def test_a_doubtful_message_waits_while_the_list_cannot_be_read(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "drop_before")
    await house.gateway.fail("smsList.do", "code:31", times=2)
    await send(house)
    for _ in range(6):
        await house.async_wait(seconds=40)
    assert await texts(house.gateway) == ["Water!"]


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
    for _ in range(3):
        await house.async_wait(seconds=40)
    assert await texts(house.gateway) == []
    assert len(house.account.storage.outbox) == 0


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
    await house.gateway.asked("credit.do", 1)
    await house.gateway.release()


async def test_a_refused_key_is_raised_and_asks_for_a_new_one(hass: HomeAssistant, house: House) -> None:
    await house.gateway.revoke()
    with pytest.raises(HomeAssistantError) as err:
        await send(house)
    assert err.value.translation_key == "invalid_auth"
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == "reauth"


async def test_a_stale_message_is_given_up_aloud(
    hass: HomeAssistant, house: House, issue_registry: ir.IssueRegistry
) -> None:
    reports = house.capture("smsmode_delivery_report")
    async with house.gateway.offline():
        await send(house, expires_after="00:10:00", reference="leak")
        await house.async_wait(minutes=11)
    await house.async_wait(minutes=12)
    assert await texts(house.gateway) == []
    assert [(event.data["status"], event.data["number"], event.data["message_id"]) for event in reports] == [
        ("expired", ALICE, None)
    ]
    assert house.state("event.home_delivery_report").attributes["event_type"] == "expired"
    assert house.state("sensor.home_last_status").state == "expired"
    assert issue_registry.async_get_issue(DOMAIN, f"message_given_up_{house.entry.entry_id}")


@pytest.mark.parametrize(("fault", "status"), [("code:33", "insufficient_credit"), ("code:35", "rejected")])
async def test_a_queued_message_that_is_refused_later_is_given_up_aloud(house: House, fault: str, status: str) -> None:
    reports = house.capture("smsmode_delivery_report")
    await house.gateway.fail("sendSMS.do", "code:50")
    await house.gateway.fail("sendSMS.do", fault)
    await send(house)
    await house.async_wait(seconds=10)
    assert [event.data["status"] for event in reports] == [status]
    assert len(house.account.storage.outbox) == 0


async def test_a_restart_in_the_middle_of_a_send_neither_loses_nor_doubles(hass: HomeAssistant, house: House) -> None:
    await house.gateway.fail("sendSMS.do", "hang_after")
    call = hass.async_create_task(send(house))
    await house.gateway.asked("sendSMS.do", 1)
    await house.async_reload()
    assert (await call)["status"] == "queued"
    await house.gateway.release()
    for _ in range(3):
        await house.async_wait(seconds=40)
    assert await texts(house.gateway) == ["Water!"]
    assert house.state("sensor.home_queued").state == "0"


async def test_a_queue_survives_a_restart(hass: HomeAssistant, house: House) -> None:
    async with house.gateway.offline():
        await send(house)
        await house.async_reload()
        assert house.state("sensor.home_queued").state == "1"
    await house.async_wait(seconds=30)
    assert await texts(house.gateway) == ["Water!"]


async def test_a_message_for_later_that_waited_past_its_time_leaves_at_once(house: House) -> None:
    async with house.gateway.offline():
        await send(house, send_at=(dt_util.utcnow() + timedelta(minutes=5)).isoformat())
        await house.async_wait(minutes=6)
    await house.async_wait(minutes=6)
    (message,) = await house.gateway.messages()
    assert message.created_at == message.leaves_at


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
    monkeypatch.setattr("custom_components.smsmode.outbox.MAX_ITEMS", 0)
    with pytest.raises(HomeAssistantError) as err:
        await send(house)
    assert err.value.translation_key == "outbox_full"
    assert house.account.storage.budget.spent_today.total() == 0


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
    assert house.account.storage.budget.spent_today.total() == 0


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


async def test_a_message_cut_short_by_a_reload_and_never_taken_is_sent_once(hass: HomeAssistant, house: House) -> None:
    await house.gateway.fail("sendSMS.do", "hang_before")
    call = hass.async_create_task(send(house))
    await house.gateway.asked("sendSMS.do", 1)
    await house.async_reload()
    assert (await call)["status"] == "queued"
    for _ in range(5):
        await house.async_wait(seconds=40)
    assert await texts(house.gateway) == ["Water!"]


@pytest.mark.parametrize(("fault", "queue"), [("code:33", True), ("code:50", False)], ids=["refused", "not now"])
async def test_what_came_to_nothing_is_not_forgotten_before_anybody_was_told(
    hass: HomeAssistant, house: House, fault: str, queue: bool
) -> None:
    """One of two is refused while the other hangs, so the caller waits; then the account is reloaded under both."""
    await house.async_call("add_contact", name="Alice", number=ALICE, groups=["Famille"])
    await house.gateway.fail("sendSMS.do", fault)
    await house.gateway.fail("sendSMS.do", "hang_before")
    call = hass.async_create_task(
        house.async_call("send_message", message="Water!", target=[BOB, "Family"], queue=queue)
    )
    await house.gateway.asked("sendSMS.do", 2)
    reports = house.capture("smsmode_delivery_report")
    await house.async_reload()
    with suppress(HomeAssistantError):
        await call
    for _ in range(5):
        await house.async_wait(seconds=40)
    sent = {number for message in await house.gateway.messages() for number in message.numbers}
    told = {report.data["number"] for report in reports}
    assert BOB.removeprefix("+") in sent or BOB in told


async def test_a_removed_account_sends_nothing_more(hass: HomeAssistant, house: House) -> None:
    await house.gateway.fail("sendSMS.do", "hang_before")
    call = hass.async_create_task(send(house))
    await house.gateway.asked("sendSMS.do", 1)
    await hass.config_entries.async_remove(house.entry.entry_id)
    await call
    for _ in range(5):
        await house.async_wait(seconds=40)
    assert await texts(house.gateway) == []


@pytest.mark.parametrize("fault", ["hang_before", "code:50"])
async def test_an_automation_that_is_stopped_does_not_lose_its_alert(
    hass: HomeAssistant, house: House, fault: str
) -> None:
    await house.gateway.fail("sendSMS.do", fault)
    call = hass.async_create_task(send(house))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await house.gateway.asked("sendSMS.do", 1)
    await house.gateway.release()
    for _ in range(5):
        await house.async_wait(seconds=40)
    assert await texts(house.gateway) == ["Water!"]


async def test_whatever_ails_an_attempt_the_message_is_looked_for_and_sent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("custom_components.smsmode.carrier.async_callback_url", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await send(house)
    for _ in range(5):
        await house.async_wait(seconds=40)
    assert await texts(house.gateway) == ["Water!"]


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


async def test_a_message_waits_a_week_at_most(house: House) -> None:
    with pytest.raises(probatio.Invalid):
        await send(house, expires_after={"days": 8})


async def later(house: House) -> None:
    """Let enough time go by for two looks at the list, and for another attempt."""
    for _ in range(8):
        await house.async_wait(seconds=40)


async def test_an_empty_list_is_no_proof_of_absence(house: House) -> None:
    await send(house, "before")
    await house.gateway.fail("sendSMS.do", "drop_after")
    await house.gateway.fail("smsList.do", "empty", times=2)
    await send(house)
    await later(house)
    assert await texts(house.gateway) == ["before", "Water!"]


async def test_an_empty_list_is_believed_where_nothing_is_known_to_be_there(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "drop_before")
    await send(house)
    await later(house)
    assert await texts(house.gateway) == ["Water!"]


async def group_of(house: House, *numbers: str) -> None:
    """Have the group Famille at the gateway."""
    for number in numbers:
        await house.async_call("add_contact", name=number, number=number, groups=["Famille"])


async def test_a_group_that_begins_with_a_person_is_not_taken_for_that_person(house: House) -> None:
    await group_of(house, ALICE, BOB)
    await house.gateway.fail("sendSMS.do", "drop_before")
    await house.gateway.fail("sendSMS.do", "drop_after")
    await house.async_call("send_message", message="Water!", target=["Alice", "Family"])
    await later(house)
    assert sorted(len(message.numbers) for message in await house.gateway.messages()) == [1, 2]


async def test_a_person_is_not_taken_for_a_group(house: House) -> None:
    await group_of(house, BOB)
    await house.gateway.fail("sendSMS.do", "code:50")
    await house.gateway.fail("sendSMS.do", "drop_before")
    await house.gateway.fail("sendSMS.do", "drop_after")
    await house.async_call("send_message", message="Water!", target=["Alice", "Family"])
    await later(house)
    numbers = [message.numbers[0] for message in await house.gateway.messages()]
    assert sorted(numbers) == [ALICE.removeprefix("+"), BOB.removeprefix("+")]


async def test_what_nobody_knows_of_is_not_reported_as_refused(house: House) -> None:
    await group_of(house, BOB)
    reports = house.capture("smsmode_delivery_report")
    await house.gateway.fail("sendSMS.do", "drop_after")
    response = await house.async_call("send_message", message="x", target=["Alice", "Family"], queue=False)
    assert [failure["reason"] for failure in response["failed"]] == ["uncertain"]
    await later(house)
    assert len(await house.gateway.messages()) == 2
    assert [event.data["status"] for event in reports if event.data["message_id"] is None] == []


async def test_what_nobody_knew_of_is_told_when_it_was_lost(house: House) -> None:
    await group_of(house, BOB)
    reports = house.capture("smsmode_delivery_report")
    await house.gateway.fail("sendSMS.do", "drop_before")
    await house.async_notify(message="x", target=["Alice", "Family"], data={"queue": False})
    await later(house)
    assert len(await house.gateway.messages()) == 1
    (lost,) = [event.data for event in reports if event.data["message_id"] is None]
    assert lost["status"] == "expired"


async def test_that_nobody_knows_of_one_is_not_hidden_behind_the_refusal_of_another(house: House) -> None:
    await group_of(house, BOB)
    await house.gateway.fail("sendSMS.do", "code:50")
    await house.gateway.fail("sendSMS.do", "drop_after")
    with pytest.raises(HomeAssistantError) as err:
        await house.async_call("send_message", message="x", target=["Alice", "Family"], queue=False)
    assert err.value.translation_key == "uncertain"


async def test_a_message_that_could_not_leave_at_once_is_told_to_the_house_if_its_caller_is_gone(house: House) -> None:
    reports = house.capture("smsmode_delivery_report")
    await house.gateway.fail("sendSMS.do", "code:50")
    fields = {"message": "x", "target": ["Alice"], "queue": False}
    caller = asyncio.create_task(house.hass.services.async_call(DOMAIN, "send_message", fields, blocking=True))
    for _ in range(3):
        await asyncio.sleep(0)
    assert house.account.storage.outbox.items
    caller.cancel()
    await house.async_settle()
    assert caller.cancelled()
    assert [event.data["status"] for event in reports] == ["expired"]


async def test_a_list_that_was_read_settles_all_that_it_shows(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "drop_after", times=2)
    await house.gateway.fail("smsList.do", "http:500")
    await send(house, "one")
    await house.async_wait(seconds=20)
    await send(house, "two")
    # The second is looked for; the first, which nobody could look for, was to wait for its turn.
    await house.async_wait(seconds=2)
    assert house.state("sensor.home_queued").state == "0"
    assert sorted(await texts(house.gateway)) == ["one", "two"]


async def test_of_two_groups_with_one_text_only_one_is_ever_in_doubt(house: House) -> None:
    """The list does not say to which group a message went: with both in doubt, one would be taken for the other."""
    await group_of(house, ALICE)
    await house.async_call("add_contact", name="B", number=BOB, groups=["Voisins"])
    await house.gateway.fail("sendSMS.do", "drop_before")
    await house.gateway.fail("sendSMS.do", "drop_after")
    await house.async_call("send_message", message="Water!", target=["group:Famille", "group:Voisins"])
    await later(house)
    await later(house)
    numbers = sorted(message.numbers[0] for message in await house.gateway.messages())
    assert numbers == [ALICE.removeprefix("+"), BOB.removeprefix("+")]


async def test_two_groups_with_one_text_need_not_wait_for_each_other_where_all_is_well(house: House) -> None:
    await group_of(house, ALICE)
    await house.async_call("add_contact", name="B", number=BOB, groups=["Voisins"])
    sent = await house.async_call("send_message", message="Water!", target=["group:Famille", "group:Voisins", "Alice"])
    assert [message["status"] for message in sent["messages"]] == ["accepted"] * 3


@pytest.mark.parametrize(("pages", "queued"), [(5, "0"), (2, "1")], ids=["far down", "further than anybody reads"])
async def test_a_message_is_looked_for_far_down_the_list_and_not_taken_for_absent_further_down(
    house: House, monkeypatch: pytest.MonkeyPatch, pages: int, queued: str
) -> None:
    monkeypatch.setattr("custom_components.smsmode.sent_list.PAGE", 1)
    monkeypatch.setattr("custom_components.smsmode.sent_list.PAGES", pages)
    await house.gateway.fail("smsList.do", "http:500")
    await house.gateway.fail("sendSMS.do", "drop_after")
    await send(house)
    for number in range(3):
        await send(house, f"{number}")
    for _ in range(3):
        await house.async_wait(seconds=40)
    assert house.state("sensor.home_queued").state == queued
    assert (await texts(house.gateway)).count("Water!") == 1
