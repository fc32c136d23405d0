"""The way out: what is accepted is sent once, or kept and sent later."""

import asyncio
from datetime import timedelta

import probatio
import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from custom_components.smsmode.const import DOMAIN
from tests.support.house import ALICE, BOB, House
from tests.support.sends import send, texts


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
    assert len(house.account.store.state.outbox) == 0


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
    for _ in range(8):
        await house.async_wait(seconds=40)
    assert await texts(house.gateway) == ["Water!"]


async def test_a_stale_message_is_given_up_aloud(
    hass: HomeAssistant, house: House, issue_registry: ir.IssueRegistry
) -> None:
    await house.async_enable("event.home_delivery_report")
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


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut attempts under way short when an account stops, as if they took too long."""
    monkeypatch.setattr("custom_components.smsmode.sending.worker.STOP_TIMEOUT", -1)


async def test_an_attempt_under_way_in_a_reload_comes_to_its_end(hass: HomeAssistant, house: House) -> None:
    await house.gateway.fail("sendSMS.do", "hang_after")
    call = hass.async_create_task(send(house))
    await house.gateway.wait_for_requests("sendSMS.do", 1)
    reload = hass.async_create_task(hass.config_entries.async_reload(house.entry.entry_id))
    await house.gateway.release()
    await reload
    await house.async_settle()
    assert (await call)["status"] == "accepted"
    assert await texts(house.gateway) == ["Water!"]
    assert house.state("sensor.home_queued").state == "0"


@pytest.mark.usefixtures("impatient")
async def test_a_restart_in_the_middle_of_a_send_neither_loses_nor_doubles(hass: HomeAssistant, house: House) -> None:
    await house.gateway.fail("sendSMS.do", "hang_after")
    call = hass.async_create_task(send(house))
    await house.gateway.wait_for_requests("sendSMS.do", 1)
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


@pytest.mark.usefixtures("impatient")
async def test_a_message_cut_short_by_a_reload_and_never_taken_is_sent_once(hass: HomeAssistant, house: House) -> None:
    await house.gateway.fail("sendSMS.do", "hang_before")
    call = hass.async_create_task(send(house))
    await house.gateway.wait_for_requests("sendSMS.do", 1)
    await house.async_reload()
    assert (await call)["status"] == "queued"
    for _ in range(5):
        await house.async_wait(seconds=40)
    assert await texts(house.gateway) == ["Water!"]


@pytest.mark.usefixtures("impatient")
async def test_a_removed_account_sends_nothing_more(hass: HomeAssistant, house: House) -> None:
    await house.gateway.fail("sendSMS.do", "hang_before")
    call = hass.async_create_task(send(house))
    await house.gateway.wait_for_requests("sendSMS.do", 1)
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
    await house.gateway.wait_for_requests("sendSMS.do", 1)
    await house.gateway.release()
    for _ in range(5):
        await house.async_wait(seconds=40)
    assert await texts(house.gateway) == ["Water!"]


async def test_whatever_ails_an_attempt_the_message_is_looked_for_and_sent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("custom_components.smsmode.sending.attempt.async_callback_url", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await send(house)
    for _ in range(5):
        await house.async_wait(seconds=40)
    assert await texts(house.gateway) == ["Water!"]


async def test_a_message_waits_a_week_at_most(house: House) -> None:
    with pytest.raises(probatio.Invalid):
        await send(house, expires_after={"days": 8})


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


@pytest.mark.parametrize(("pages", "queued"), [(5, "0"), (2, "1")], ids=["far down", "further than anybody reads"])
async def test_a_message_is_looked_for_far_down_the_list_and_not_taken_for_absent_further_down(
    house: House, monkeypatch: pytest.MonkeyPatch, pages: int, queued: str
) -> None:
    monkeypatch.setattr("custom_components.smsmode.sending.lookup.PAGE", 1)
    monkeypatch.setattr("custom_components.smsmode.sending.lookup.PAGES", pages)
    await house.gateway.fail("smsList.do", "http:500")
    await house.gateway.fail("sendSMS.do", "drop_after")
    await send(house)
    for number in range(3):
        await send(house, f"{number}")
    for _ in range(3):
        await house.async_wait(seconds=40)
    assert house.state("sensor.home_queued").state == queued
    assert (await texts(house.gateway)).count("Water!") == 1
