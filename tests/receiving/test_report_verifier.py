"""Delivery reports that are forged: what somebody acts on is confirmed by the gateway first."""

from urllib.parse import urlencode

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from custom_components.smsmode.api import DeliveryReport
from custom_components.smsmode.receiving.report_fetcher import MAX_REQUESTS_PER_MINUTE
from custom_components.smsmode.receiving.report_verifier import MAX_PENDING
from tests.support.action_calls import send
from tests.support.callback_client import PATH, CallbackClient
from tests.support.dialogs import ACTIVE, active, alert
from tests.support.house import ALICE, ALICE_DIGITS, House


async def forge(client: CallbackClient, message_id: str, code: int, number: str = ALICE_DIGITS, **more: str) -> None:
    """Report a status as the gateway would."""
    fields = {"numero": number, "statut": code, "smsID": message_id, **more}
    await client.get(f"{PATH}?{urlencode(fields)}")


async def message_of(house: House) -> str:
    """Return the id of the latest message."""
    return (await house.gateway.messages())[-1].id


def alert_state(house: House) -> tuple[int, str]:
    """Return the step of the only alert, and its state."""
    (running,) = house.state(ACTIVE).attributes["alerts"]
    return running["step"], running["state"]


@pytest.mark.parametrize("code", [2, 11, 14, 16, 21, 22, 33, 37, 3523, 3524, 3998, 3999])
async def test_a_forged_report_neither_ends_nor_skips_a_step_of_an_alert(
    house: House, callback_client: CallbackClient, code: int
) -> None:
    await alert(house)
    await forge(callback_client, await message_of(house), code)
    await house.async_settle()
    await house.async_wait(seconds=61)
    assert alert_state(house) == (1, "delivering")
    assert house.state("sensor.alice_last_status").state not in {"invalid_recipient", "blocked_recipient"}
    await house.async_wait(seconds=61)
    await house.async_wait(seconds=61)
    assert alert_state(house)[0] == 2


async def test_a_forged_listened_does_not_acknowledge_a_call(house: House, callback_client: CallbackClient) -> None:
    steps = [{"target": "Alice", "how": "voice"}]
    await alert(house, steps=steps, listened_acknowledges=True)
    message_id = await message_of(house)
    await forge(callback_client, message_id, 16)
    await house.async_settle()
    assert active(house) == 1
    await house.gateway.report(message_id, ALICE_DIGITS, 16)
    await house.async_poll()
    assert active(house) == 0


@pytest.mark.parametrize(("code", "state"), [(11, (1, "waiting")), (3998, (2, "delivering"))])
async def test_a_report_that_the_gateway_confirms_moves_an_alert_at_once(
    house: House, callback_client: CallbackClient, code: int, state: tuple[int, str]
) -> None:
    await alert(house)
    await house.gateway.report(await message_of(house), ALICE_DIGITS, code)
    await house.async_settle()
    assert alert_state(house) == state


@pytest.mark.parametrize("name", ["recipient_invalid", "recipient_blocked"])
async def test_a_forged_failure_raises_no_issue_and_marks_nobody(
    hass: HomeAssistant, house: House, callback_client: CallbackClient, name: str
) -> None:
    reports = house.capture("smsmode_delivery_report")
    message_id = await send(house)
    (subentry,) = [each for each in house.entry.subentries.values() if each.title == "Alice"]
    key = f"{name}_{house.entry.entry_id}_{subentry.subentry_id}"
    code = 3998 if name == "recipient_invalid" else 3999
    await forge(callback_client, message_id, code)
    for _ in range(8):
        await house.async_wait(seconds=10)
    assert [event.data["code"] for event in reports] in ([], [0])
    assert house.state("sensor.alice_last_status").state in {"accepted", "sent"}
    assert not shown(hass, key)
    await house.gateway.report(message_id, ALICE_DIGITS, code)
    await house.async_wait(seconds=25)
    assert [event.data["code"] for event in reports if event.data["code"]] == [code]
    # What the gateway confirms keeps what only the callback told.
    assert reports[-1].data["operator"] == "20801"
    assert shown(hass, key)
    # Nor does a forged delivery clear it.
    later = await send(house, message="later")
    await forge(callback_client, later, 11)
    await house.async_settle()
    assert shown(hass, key)
    await house.gateway.report(later, ALICE_DIGITS, 11)
    await house.async_wait(seconds=25)
    assert not shown(hass, key)


def shown(hass: HomeAssistant, issue_id: str) -> bool:
    """Return whether an issue is raised."""

    return ir.async_get(hass).async_get_issue("smsmode", issue_id) is not None


async def test_a_report_is_confirmed_later_when_the_gateway_fails(
    house: House, callback_client: CallbackClient
) -> None:
    reports = house.capture("smsmode_delivery_report")
    message_id = await send(house)
    await house.gateway.fail("compteRendu.do", "code:50", times=2)
    await house.gateway.report(message_id, ALICE_DIGITS, 3998)
    await house.async_settle()
    assert reports == []
    for _ in range(3):
        await house.async_wait(seconds=7)
    assert [event.data["status"] for event in reports] == ["invalid_recipient"]


async def test_a_callback_cannot_say_that_it_belongs_to_an_alert(house: House, callback_client: CallbackClient) -> None:
    await alert(house)
    (running,) = house.account.store.state.alerts.running
    other = await send(house, message="Dinner")
    await forge(callback_client, other, 11, refClient=running.reference)
    await house.async_settle()
    assert alert_state(house) == (1, "delivering")


async def test_many_forged_reports_cost_few_requests_and_keep_no_alert_waiting(
    house: House, callback_client: CallbackClient
) -> None:
    log = house.account.store.state.message_log
    for number in range(30):
        await send(house, message=f"Dinner {number}", repeat=True)
    for message_id in list(log.messages):
        await forge(callback_client, message_id, 21)
    await alert(house)
    await house.gateway.report(await message_of(house), ALICE_DIGITS, 3998)
    await house.async_settle()
    assert alert_state(house)[0] == 2
    assert len(await house.gateway.requests("compteRendu.do")) <= 30


async def test_what_is_pending_is_bounded_and_of_a_message_that_is_gone_nothing_is_asked(
    house: House, callback_client: CallbackClient
) -> None:
    message_id = await send(house)
    verifier = house.account.report_verifier
    await house.gateway.fail("compteRendu.do", "code:50", times=None)
    await forge(callback_client, message_id, 21)
    await house.async_settle()
    verifier._pending |= {f"gone{number}": (0.0, {}) for number in range(MAX_PENDING)}
    second = await send(house, message="second")
    await forge(callback_client, second, 21)
    assert second not in verifier._pending
    house.account.processor.async_forget_messages([message_id])
    before = len(await house.gateway.requests("compteRendu.do"))
    for _ in range(4):
        await house.async_wait(seconds=70)
    assert verifier._pending == {}
    polled = await house.gateway.requests("compteRendu.do")
    assert all(request.params.get("smsID") != message_id for request in polled[before:])


async def test_nothing_is_verified_after_the_account_is_unloaded(
    hass: HomeAssistant, house: House, callback_client: CallbackClient
) -> None:
    message_id = await send(house)
    await forge(callback_client, message_id, 21)
    await hass.config_entries.async_unload(house.entry.entry_id)
    before = len(await house.gateway.requests("compteRendu.do"))
    await house.async_wait(minutes=2)
    assert len(await house.gateway.requests("compteRendu.do")) == before


async def test_a_forged_failure_of_a_message_that_arrived_is_answered_with_what_the_gateway_says(
    house: House, callback_client: CallbackClient
) -> None:
    reports = house.capture("smsmode_delivery_report")
    message_id = await send(house)
    await house.gateway.report(message_id, ALICE_DIGITS, 11, callback=False)
    await forge(callback_client, message_id, 3998)
    await house.async_settle()
    assert [event.data["status"] for event in reports] == ["received"]
    assert house.account.report_verifier._pending == {}


async def test_a_failure_that_is_known_is_not_asked_about_again(house: House, callback_client: CallbackClient) -> None:
    message_id = await send(house)
    await house.gateway.report(message_id, ALICE_DIGITS, 3998)
    await house.async_settle()
    before = len(await house.gateway.requests("compteRendu.do"))
    await forge(callback_client, message_id, 3998)
    await house.async_settle()
    assert len(await house.gateway.requests("compteRendu.do")) == before


async def test_of_a_message_that_is_gone_everything_is_settled(house: House) -> None:
    announced = {ALICE: DeliveryReport(message_id="gone", number=ALICE, code=21)}
    assert await house.account.coordinator.reports.async_confirm("gone", announced) == {ALICE}


async def test_what_callbacks_make_the_house_ask_stays_below_the_limit_of_requests(house: House) -> None:
    message_id = await send(house)
    reports = house.account.coordinator.reports
    await house.gateway.report(message_id, ALICE_DIGITS, 21, callback=False)
    announced = {ALICE: DeliveryReport(message_id=message_id, number=ALICE, code=21)}
    confirmed = [await reports.async_confirm(message_id, announced) for _ in range(MAX_REQUESTS_PER_MINUTE + 1)]
    # Whether the limit was reached a little earlier depends on what else was asked in this minute.
    assert confirmed[0] == {ALICE}
    assert confirmed[-1] == set()
    assert len(await house.gateway.requests("compteRendu.do")) == MAX_REQUESTS_PER_MINUTE
    await house.async_wait(seconds=61)
    assert await reports.async_confirm(message_id, announced) == {ALICE}
