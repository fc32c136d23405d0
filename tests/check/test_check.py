"""The check of an account: it proves what there is to prove, detects what is otherwise, and leaves nothing behind."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from custom_components.smsmode.check.report import facts_as_data
from custom_components.smsmode.state.account_facts import ESSENTIAL_FACTS, Fact, Verdict
from tests.support.account_checks import PROGRESSION, run_check, verdicts
from tests.support.action_calls import send
from tests.support.callback_client import CallbackClient
from tests.support.house import ALICE_DIGITS, House

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(autouse=True)
def begin(freezer: FrozenDateTimeFactory) -> None:
    """Set the time before the house is set up: a Tuesday, not at a whole minute."""
    freezer.move_to(datetime(2026, 7, 14, 10, 0, 20, tzinfo=PARIS))


@pytest.fixture
async def ready(house: House) -> House:
    """Return a house whose gateway delivers by itself, and calls nobody back."""
    await house.gateway.set(progression=PROGRESSION, callbacks="never")
    return house


async def test_a_gateway_as_the_document_has_it_is_proven(ready: House) -> None:
    before = await ready.gateway.balance()
    response = await run_check(ready, reads_well=True)
    assert (response["phase"], response["failed"]) == ("finished", [])
    assert all(verdicts(ready)[fact] is Verdict.PROVEN for fact in ESSENTIAL_FACTS)
    assert verdicts(ready)[Fact.TEXT_INTACT] is Verdict.PROVEN
    assert verdicts(ready)[Fact.REPLIES_INTACT] is Verdict.PROVEN
    assert verdicts(ready)[Fact.IDS_UNIQUE] is Verdict.PROVEN
    assert response["facts"]["paris_time"] == {
        "verdict": "proven",
        "evidence": "check",
        "at": response["facts"]["paris_time"]["at"],
    }
    assert ready.state("sensor.home_checked").state == response["finished_at"]
    assert before - await ready.gateway.balance() == 2
    assert not [message for message in await ready.gateway.messages() if message.status == 10]


async def test_what_the_check_has_proven_is_still_its_own_after_daily_use(
    ready: House, freezer: FrozenDateTimeFactory
) -> None:
    response = await run_check(ready)
    proven = {name: fact for name, fact in response["facts"].items() if fact.get("evidence") == "check"}
    assert {"clocks_agree", "sent_listed", "reports_come", "paris_time"} <= proven.keys()
    freezer.move_to(datetime(2026, 7, 16, 10, 0, 20, tzinfo=PARIS))
    await send(ready, message="two days later")
    await ready.async_wait(minutes=2)
    await ready.account.client.get_sent_page(count=10, start=0)
    later = facts_as_data(ready.account.store.state.facts)
    assert {name: later[name] for name in proven} == proven


WRONG: list[Any] = [
    pytest.param({"refund": False}, Fact.DELETION_REFUNDS, id="credits do not come back"),
    pytest.param({"zone": "UTC"}, Fact.PARIS_TIME, id="another zone"),
    pytest.param({"escaped": {"smsList.do": True}}, Fact.SENT_UNESCAPED, id="entities in the sent list"),
    pytest.param({"sent_list_lag": 1000}, Fact.SENT_LISTED, id="a list that does not show a message"),
    pytest.param({"reuse_ids": True}, Fact.IDS_UNIQUE, id="identifiers used again"),
    pytest.param({"ascending": {"smsList.do": True}}, Fact.SENT_NEWEST_FIRST, id="the oldest first"),
    pytest.param({"ascending": {"responseList.do": True}}, Fact.REPLIES_NEWEST_FIRST, id="the oldest reply first"),
]


@pytest.mark.parametrize(("variant", "fact"), WRONG)
async def test_what_is_otherwise_is_detected(ready: House, variant: dict[str, Any], fact: Fact) -> None:
    await send(ready, message="before")
    await ready.gateway.reply(ALICE_DIGITS, "before", stray=True)
    await ready.async_wait(minutes=2)
    await ready.gateway.set(**variant)
    await run_check(ready)
    assert verdicts(ready)[fact] is Verdict.REFUTED
    assert not [message for message in await ready.gateway.messages() if message.status == 10]


async def test_a_list_that_lags_is_measured(ready: House) -> None:
    await ready.gateway.set(sent_list_lag=40)
    await run_check(ready)
    assert 40 <= (ready.account.store.state.facts.number(Fact.SENT_LISTED) or 0) <= 60


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-15", "cp1252"])
async def test_a_reply_by_callback_is_read_in_every_charset(
    ready: House, callback_client: CallbackClient, charset: str
) -> None:
    await ready.gateway.set(callback_charset=charset, callbacks="now")
    ready.hass.config.external_url = ready.hass.config.internal_url
    await run_check(ready, answer="déjà")
    assert verdicts(ready)[Fact.REPLIES_INTACT] is Verdict.PROVEN


@pytest.mark.parametrize(("answer", "expected"), [("d?j?", Verdict.REFUTED), ("Oui", Verdict.UNKNOWN)])
async def test_an_accent_that_was_lost_is_told_and_another_answer_proves_nothing(
    ready: House, answer: str, expected: Verdict
) -> None:
    await run_check(ready, answer=answer)
    assert verdicts(ready)[Fact.REPLIES_INTACT] is expected
    assert verdicts(ready)[Fact.REPLIES_COME] is Verdict.PROVEN


async def test_a_person_who_does_not_answer_proves_nothing(ready: House) -> None:
    response = await run_check(ready, answer=None)
    assert response["phase"] == "finished"
    assert verdicts(ready)[Fact.REPLIES_COME] is Verdict.UNKNOWN


async def test_without_any_report_there_are_none(ready: House) -> None:
    await ready.gateway.set(progression=None)
    await run_check(ready)
    assert verdicts(ready)[Fact.REPORTS_COME] is Verdict.REFUTED


async def test_a_phone_that_is_off_has_reports_of_its_operator(ready: House) -> None:
    await ready.gateway.phone(ALICE_DIGITS, on=False)
    await run_check(ready)
    assert verdicts(ready)[Fact.REPORTS_COME] is Verdict.PROVEN


async def test_callbacks_that_do_not_come_to_an_address_are_told(ready: House) -> None:
    await ready.gateway.set(callbacks="never")
    await ready.hass.config.async_update(external_url="https://house.example")
    await run_check(ready)
    assert verdicts(ready)[Fact.CALLBACKS_COME] is Verdict.REFUTED


async def test_a_gateway_that_keeps_nothing_for_later_gets_nothing_for_later(ready: House) -> None:
    await ready.gateway.set(zone="Asia/Tokyo", past_dates="sent", date_header=False)
    await ready.async_reload()
    await run_check(ready)
    assert verdicts(ready)[Fact.SCHEDULES_HELD] is Verdict.REFUTED
    with pytest.raises(HomeAssistantError) as raised:
        await send(ready, message="Later", send_at=datetime(2026, 7, 14, 22, 0, tzinfo=PARIS))
    assert raised.value.translation_key == "schedules_not_held"
    await ready.gateway.set(zone="Europe/Paris")
    await run_check(ready)
    assert verdicts(ready)[Fact.SCHEDULES_HELD] is Verdict.PROVEN


async def test_a_gateway_that_takes_a_time_for_over_is_told(ready: House) -> None:
    await ready.gateway.set(zone="Asia/Tokyo", date_header=False)
    await ready.async_reload()
    response = await run_check(ready)
    assert response["failed"] == ["schedule"]
    assert verdicts(ready)[Fact.SCHEDULES_HELD] is Verdict.REFUTED


async def test_a_key_that_is_refused_ends_the_check(ready: House) -> None:
    await ready.gateway.revoke()
    response = await run_check(ready)
    assert (response["phase"], response["failed"]) == ("finished", ["key"])
    assert verdicts(ready)[Fact.KEY_ACCEPTED] is Verdict.REFUTED
    assert await ready.gateway.messages() == []


async def test_an_sms_that_cannot_be_sent_leaves_nothing_to_look_for(ready: House) -> None:
    await ready.gateway.fail("sendSMS.do", "code:31", 1)
    response = await run_check(ready)
    assert response["failed"] == ["text"]
    assert response["phase"] == "finished"


async def test_a_lost_answer_is_no_proof(ready: House) -> None:
    await ready.gateway.fail("sendSMS.do", "drop_after")
    response = await run_check(ready)
    assert "text" in response["failed"]


async def test_a_schedule_that_fails_otherwise_proves_nothing(ready: House) -> None:
    response = await ready.async_call("check_account", recipient="Alice")
    while "text" not in response["done"]:
        response = await _wait(ready)
    await ready.gateway.fail("sendSMS.do", "code:31", None)
    for _ in range(80):
        response = await _wait(ready)
    assert "schedule" in response["failed"]
    assert verdicts(ready)[Fact.SCHEDULES_HELD] is Verdict.UNKNOWN


async def test_the_answer_of_somebody_else_is_none(ready: House) -> None:
    response = await ready.async_call("check_account", recipient="Alice")
    while response["step"] != "reply":
        response = await _wait(ready)
    await ready.gateway.reply("33698765432", "déjà", stray=True)
    for _ in range(5):
        response = await _wait(ready)
    assert response["step"] == "reply"
    assert verdicts(ready)[Fact.REPLIES_COME] is Verdict.UNKNOWN


async def _wait(house: House) -> dict[str, Any]:
    """Let some seconds pass; return how far the check is."""
    await house.async_wait(seconds=5)
    return await house.async_call("check_account")


async def test_what_else_is_sent_meanwhile_proves_nothing_of_credits(ready: House) -> None:
    await ready.gateway.set(refund=False)
    response = await ready.async_call("check_account", recipient="Alice")
    while response["step"] != "schedule":
        await ready.async_wait(seconds=5)
        response = await ready.async_call("check_account")
    await send(ready, message="Meanwhile")
    await ready.async_wait(minutes=2)
    assert verdicts(ready)[Fact.DELETION_REFUNDS] is Verdict.UNKNOWN


async def test_a_deletion_that_does_nothing_is_told_and_keeps_watchdogs_off(ready: House) -> None:
    await ready.gateway.fail("deleteSMS.do", "text:0 | OK", None)
    await run_check(ready)
    assert verdicts(ready)[Fact.DELETION_WORKS] is Verdict.REFUTED


async def test_a_call_a_group_and_the_night_are_checked_if_they_are_asked_for(ready: House) -> None:
    await ready.async_call("add_contact", name="Alice", number=ALICE_DIGITS, groups=["Famille"])
    await run_check(ready, call=True, group="Famille", night=True)
    assert verdicts(ready)[Fact.VOICE_WORKS] is Verdict.PROVEN
    assert verdicts(ready)[Fact.GROUPS_WORK] is Verdict.PROVEN
    scheduled = [message for message in await ready.gateway.messages() if message.status == 10]
    local = [datetime.fromisoformat(message.leaves_at).astimezone(PARIS) for message in scheduled]
    assert [f"{each:%a %H:%M}" for each in local] == ["Wed 03:00", "Sun 11:00"]
    await ready.async_wait(hours=17, minutes=10)
    await ready.async_poll()
    assert verdicts(ready)[Fact.NIGHT_DELIVERY] is Verdict.PROVEN


async def test_on_a_saturday_the_night_is_that_of_monday(ready: House, freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(datetime(2026, 7, 18, 10, 0, 20, tzinfo=PARIS))
    await run_check(ready, night=True)
    scheduled = [message for message in await ready.gateway.messages() if message.status == 10]
    local = [datetime.fromisoformat(message.leaves_at).astimezone(PARIS) for message in scheduled]
    assert [f"{each:%a %H:%M}" for each in local] == ["Mon 03:00", "Sun 11:00"]


async def test_a_group_that_does_not_exist_is_told(ready: House) -> None:
    response = await run_check(ready, group="Nobody")
    assert response["failed"] == ["group"]
    assert verdicts(ready)[Fact.GROUPS_WORK] is Verdict.REFUTED


@pytest.mark.parametrize("fault", ["code:31", "code:33", "drop_before", "drop_after", "empty", "http:503"])
async def test_a_call_that_fails_on_the_way_proves_nothing(ready: House, fault: str) -> None:
    await ready.gateway.fail("sendVoiceMessage.do", fault, None)
    response = await run_check(ready, call=True)
    assert response["failed"] == ["call"]
    assert verdicts(ready)[Fact.VOICE_WORKS] is Verdict.UNKNOWN


async def test_a_call_that_the_gateway_refuses_is_refuted(ready: House) -> None:
    await ready.gateway.fail("sendVoiceMessage.do", "code:35", None)
    await run_check(ready, call=True)
    assert verdicts(ready)[Fact.VOICE_WORKS] is Verdict.REFUTED


async def test_a_check_can_be_stopped_and_is_then_over(ready: House) -> None:
    await ready.async_call("check_account", recipient="Alice")
    with pytest.raises(HomeAssistantError) as raised:
        await ready.async_call("check_account", recipient="Alice")
    assert raised.value.translation_key == "check_running"
    response = await ready.async_call("check_account", stop=True)
    assert (response["running"], response["phase"], response["finished_at"]) == (False, "stopped", None)
    sent = len(await ready.gateway.messages())
    await ready.async_wait(minutes=10)
    assert len(await ready.gateway.messages()) == sent
    assert (await ready.async_call("check_account", stop=True))["phase"] == "stopped"


@pytest.mark.parametrize("ending", ["stop", "reload"])
async def test_what_was_scheduled_is_deleted_also_if_the_first_deletion_fails(ready: House, ending: str) -> None:
    await ready.gateway.fail("smsStatus.do", "code:31", None)
    await ready.gateway.fail("deleteSMS.do", "code:31", None)
    response = await ready.async_call("check_account", recipient="Alice")
    while not [message for message in await ready.gateway.messages() if message.status == 10]:
        await ready.async_wait(seconds=5)
        response = await ready.async_call("check_account")
    if ending == "stop":
        response = await ready.async_call("check_account", stop=True)
    else:
        await ready.async_reload()
        response = await ready.async_call("check_account")
    assert response["phase"] == {"stop": "stopped", "reload": "interrupted"}[ending]
    await ready.async_wait(minutes=1)
    await ready.gateway.clear_faults()
    await ready.async_wait(minutes=1)
    await ready.async_wait(minutes=1)
    assert not [message for message in await ready.gateway.messages() if message.status == 10]


@pytest.mark.parametrize(
    ("recipient", "error"), [("Zoe", "target_unknown_recipient"), ("Family", "check_one_person")], ids=str
)
async def test_a_check_needs_one_person(ready: House, recipient: str, error: str) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await ready.async_call("check_account", recipient=recipient)
    assert raised.value.translation_key == error
    assert (await ready.async_call("check_account"))["phase"] is None
