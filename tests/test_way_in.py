"""The way in: every reply and report is heard once, whichever way it comes, and only if it is news."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from homeassistant.components.webhook import async_handle_webhook
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.aiohttp import MockRequest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.gateway import Gateway
from tests.house import ALICE, ALICE_DIGITS, BOB_DIGITS, WEBHOOK_ID, House

type Door = TestClient[Request, Application]

PATH = f"/api/webhook/{WEBHOOK_ID}"


@pytest.fixture
async def door(hass: HomeAssistant, house: House, hass_client_no_auth: ClientSessionGenerator) -> Door:
    """Open the house to callbacks: the gateway, on this machine, is given the internal address."""
    client: Door = await hass_client_no_auth()
    hass.config.internal_url = str(client.make_url("")).rstrip("/")
    return client


async def send(house: House, **data: object) -> str:
    """Send a message to Alice that she may answer; give its id."""
    response = await house.async_call("send_message", message="Water!", target=["Alice"], reply=True, **data)
    message_id: str = response["messages"][0]["message_id"]
    return message_id


async def test_a_report_comes_by_callback_with_all_that_is_known(house: House, door: Door) -> None:
    reports = house.capture("smsmode_delivery_report")
    message_id = await send(house, reference="leak")
    await house.gateway.report(message_id, ALICE_DIGITS, 11)
    await house.async_settle()
    (event,) = reports
    assert event.data["received_at"].endswith("+01:00") or event.data["received_at"].endswith("+02:00")
    assert {key: event.data[key] for key in event.data if key not in {"received_at", "cost"}} == {
        "message_id": message_id,
        "number": ALICE,
        "recipient": "Alice",
        "status": "received",
        "code": 11,
        "reference": "leak",
        "operator": "20801",
    }
    assert house.state("event.home_delivery_report").attributes["event_type"] == "delivered"
    status = house.state("sensor.alice_last_status")
    assert (status.state, status.attributes["code"], status.attributes["message_id"]) == ("received", 11, message_id)


async def test_a_reply_by_callback_is_confirmed_by_the_gateway_before_it_is_heard(house: House, door: Door) -> None:
    replies = house.capture("smsmode_reply")
    message_id = await send(house, reference="leak")
    answer = await house.gateway.reply(ALICE_DIGITS, "J'arrive, à tout de suite €")
    await house.async_settle()
    (event,) = replies
    assert {key: event.data[key] for key in event.data if key != "received_at"} == {
        "message": "J'arrive, à tout de suite €",
        "sender": ALICE,
        "recipient": "Alice",
        "message_id": message_id,
        "reference": "leak",
        "reply_id": answer["id"],
        "verified": True,
    }
    assert house.state("event.alice_reply").attributes["event_type"] == "received"
    assert house.state("sensor.home_last_reply").state == "J'arrive, à tout de suite €"


async def test_a_reply_that_the_gateway_does_not_confirm_is_heard_unverified_after_a_minute(
    house: House, door: Door
) -> None:
    replies = house.capture("smsmode_reply")
    for _ in range(2):
        await door.get(f"{PATH}?numero=36034&message=OK&emetteur={ALICE_DIGITS}&responseID=forged1")
        await house.async_settle()
    for _ in range(8):
        assert replies == []
        await house.async_wait(seconds=8)
    assert [(event.data["message"], event.data["verified"]) for event in replies] == [("OK", False)]
    await house.async_wait(minutes=2)
    assert len(replies) == 1


@pytest.mark.parametrize("response_id", ["", "&responseID=forged1"], ids=["without id", "with an id made up"])
async def test_who_says_beforehand_what_somebody_will_answer_does_not_silence_them(
    house: House, door: Door, response_id: str
) -> None:
    replies = house.capture("smsmode_reply")
    then = dt_util.utcnow() + timedelta(seconds=64)
    date = f"{then.astimezone(ZoneInfo('Europe/Paris')):%d%m%Y-%H%M%S}"
    await door.get(f"{PATH}?numero=36034&message=OK&emetteur={ALICE_DIGITS}&date_reception={date}{response_id}")
    await house.async_settle()
    for _ in range(8):
        await house.async_wait(seconds=8)
    await house.gateway.reply(ALICE_DIGITS, "OK", stray=True, callback=False)
    await house.async_poll()
    assert [(event.data["message"], event.data["verified"]) for event in replies] == [("OK", False), ("OK", True)]


async def test_a_flood_at_the_door_is_looked_into_the_less_often_the_longer_it_lasts(house: House, door: Door) -> None:
    for number in range(300):
        if number % 3 == 0:
            await door.get(f"{PATH}?numero=36034&message=x&emetteur={ALICE_DIGITS}&responseID=forged{number}")
        await house.async_wait(seconds=1)
    # Five minutes: the first looks in quick succession, then one every 13 seconds, and a poll now and then.
    assert len(await house.gateway.requests("responseList.do")) <= 40


async def test_rings_cost_a_bounded_number_of_requests(house: House, door: Door) -> None:
    before = len(await house.gateway.requests("responseList.do"))
    for number in range(150):
        await door.get(f"{PATH}?numero=36034&message=x&emetteur={ALICE_DIGITS}&responseID=forged{number}")
    await house.async_settle()
    for _ in range(10):
        await house.async_wait(seconds=1)
    assert len(await house.gateway.requests("responseList.do")) - before <= 5


async def test_a_reply_waits_at_the_door_while_the_gateway_is_out_of_order(house: House, door: Door) -> None:
    replies = house.capture("smsmode_reply")
    await send(house)
    await house.gateway.fail("responseList.do", "code:50", times=2)
    await house.gateway.reply(ALICE_DIGITS, "OK")
    await house.async_settle()
    for _ in range(3):
        await house.async_wait(seconds=4)
    assert [(event.data["message"], event.data["verified"]) for event in replies] == [("OK", True)]


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-15"])
async def test_both_charsets_of_a_callback_are_understood(house: House, door: Door, encoding: str) -> None:
    replies = house.capture("smsmode_reply")
    text = quote("Été à 5 €", encoding=encoding)
    await door.get(f"{PATH}?numero=36034&message={text}&emetteur={ALICE_DIGITS}&responseID=r1")
    await house.async_wait(seconds=70)
    assert [event.data["message"] for event in replies] == ["Été à 5 €"]


async def test_a_callback_may_be_a_posted_form(house: House, door: Door) -> None:
    reports = house.capture("smsmode_delivery_report")
    message_id = await send(house)
    response = await door.post(PATH, data={"numero": ALICE_DIGITS, "statut": "13", "smsID": message_id})
    assert response.status == 200
    await house.async_settle()
    assert [event.data["status"] for event in reports] == ["delivered_to_operator"]


async def test_a_form_may_come_in_pieces(house: House, door: Door) -> None:
    reports = house.capture("smsmode_delivery_report")
    message_id = await send(house)
    form = f"numero={ALICE_DIGITS}&statut=13&smsID={message_id}".encode()

    async def pieces() -> AsyncIterator[bytes]:
        yield form[:9]
        # One turn of the loop is not enough for it to arrive; the reader asks for it by reading again.
        for _ in range(50):
            await asyncio.sleep(0)
        yield form[9:]

    await door.post(PATH, data=pieces(), headers={"Content-Type": "application/x-www-form-urlencoded"})
    await house.async_settle()
    assert [event.data["status"] for event in reports] == ["delivered_to_operator"]


async def test_the_same_news_twice_is_heard_once(house: House, door: Door) -> None:
    reports, replies = house.capture("smsmode_delivery_report"), house.capture("smsmode_reply")
    message_id = await send(house)
    await house.gateway.set(callbacks="twice")
    await house.gateway.report(message_id, ALICE_DIGITS, 11)
    await house.gateway.reply(ALICE_DIGITS, "OK")
    await house.async_settle()
    for _ in range(3):
        await house.async_poll()
    assert [event.data["status"] for event in reports] == ["received"]
    assert [event.data["message"] for event in replies] == ["OK"]


async def test_a_temporary_status_never_undoes_the_last_word(house: House, door: Door) -> None:
    message_id = await send(house)
    for code in (11, 13):
        await door.get(f"{PATH}?numero={ALICE_DIGITS}&statut={code}&smsID={message_id}")
    await house.async_settle()
    assert house.state("sensor.home_last_status").state == "received"
    assert house.state("sensor.home_pending").state == "0"


async def test_a_report_that_overtakes_the_answer_to_its_own_send_is_not_lost(
    hass: HomeAssistant, house: House, door: Door
) -> None:
    reports = house.capture("smsmode_delivery_report")
    await house.gateway.fail("sendSMS.do", "hang_after")
    call = hass.async_create_task(send(house))
    while not (messages := await house.gateway.messages()):
        pass
    await house.gateway.report(messages[0].id, ALICE_DIGITS, 11)
    assert reports == []
    await house.gateway.release()
    assert await call == messages[0].id
    assert [event.data["status"] for event in reports] == ["received"]


async def test_without_callbacks_everything_comes_by_poll(hass: HomeAssistant, house: House) -> None:
    hass.config_entries.async_update_entry(house.entry, options={"callbacks": "off"})
    await house.async_settle()
    reports, replies = house.capture("smsmode_delivery_report"), house.capture("smsmode_reply")
    message_id = await send(house)
    (request,) = await house.gateway.requests("sendSMS.do")
    assert "notification_url" not in request.params
    await house.gateway.report(message_id, ALICE_DIGITS, 11)
    await house.gateway.reply(ALICE_DIGITS, "OK")
    await house.async_wait(seconds=20)
    assert [(event.data["status"], event.data["number"]) for event in reports] == [("received", ALICE)]
    assert [(event.data["message"], event.data["verified"]) for event in replies] == [("OK", True)]


async def test_replies_from_before_the_account_was_set_up_are_never_news(
    hass: HomeAssistant, gateway: Gateway, house: House
) -> None:
    await hass.config_entries.async_remove(house.entry.entry_id)
    replies = house.capture("smsmode_reply")
    await gateway.reply(ALICE_DIGITS, "from long ago", stray=True)
    await house.async_wait(hours=1)
    await gateway.advance(0)
    await house.async_set_up()
    await gateway.reply(ALICE_DIGITS, "new", stray=True)
    await house.async_poll()
    assert [event.data["message"] for event in replies] == ["new"]


async def test_replies_are_never_news_again_after_a_restart(house: House) -> None:
    replies = house.capture("smsmode_reply")
    await house.gateway.reply(ALICE_DIGITS, "OK", stray=True)
    await house.async_poll()
    await house.async_reload()
    await house.async_poll()
    assert len(replies) == 1
    assert house.state("sensor.home_last_reply").state == "OK"


async def test_a_reply_that_came_while_the_house_was_down_opens_no_doors(hass: HomeAssistant, house: House) -> None:
    replies, late = house.capture("smsmode_reply"), house.capture("smsmode_late_reply")
    await hass.config_entries.async_unload(house.entry.entry_id)
    await house.gateway.reply(ALICE_DIGITS, "OK", stray=True)
    await house.async_wait(hours=1)
    await house.async_set_up()
    assert replies == []
    assert [event.data["message"] for event in late] == ["OK"]
    assert house.state("event.home_reply").attributes["event_type"] == "received_late"


async def test_a_long_backlog_of_replies_is_heard_in_its_order(hass: HomeAssistant, house: House) -> None:
    late = house.capture("smsmode_late_reply")
    await hass.config_entries.async_unload(house.entry.entry_id)
    for number in range(130):
        await house.gateway.reply(ALICE_DIGITS, f"reply {number}", stray=True)
    await house.async_wait(hours=1)
    await house.async_set_up()
    assert [event.data["message"] for event in late] == [f"reply {number}" for number in range(130)]
    assert all(event.data["verified"] for event in late)
    assert len(await house.gateway.requests("responseList.do")) < 50


async def test_a_backlog_without_end_is_read_to_a_limit_and_said_aloud(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("custom_components.smsmode.reply_walk.MAX_REPLIES", 3)
    replies = house.capture("smsmode_reply")
    for number in range(5):
        await house.gateway.reply(ALICE_DIGITS, f"reply {number}", stray=True)
    await house.async_poll()
    assert [event.data["message"] for event in replies] == ["reply 2", "reply 3", "reply 4"]
    assert "more than 3 new replies" in caplog.text


async def test_the_text_of_one_person_cannot_pass_for_the_reply_of_another(house: House) -> None:
    replies = house.capture("smsmode_reply")
    forged = f"hi\nforged1 | 01/01/2030 10:00 | {ALICE_DIGITS} | OK | 36034 | x"
    await house.gateway.reply(BOB_DIGITS, forged, stray=True)
    await house.async_poll()
    assert [event.data["recipient"] for event in replies] == [None]


async def test_a_message_that_the_gateway_forgot_is_awaited_no_longer(house: House) -> None:
    await send(house)
    await house.gateway.fail("compteRendu.do", "code:61", times=None)
    await house.async_poll()
    # The gateway may only not have it in its books yet.
    assert house.state("sensor.home_pending").state == "1"
    await house.async_wait(hours=2)
    await house.async_poll()
    assert house.state("sensor.home_pending").state == "0"


async def test_reports_are_awaited_for_two_days(house: House) -> None:
    await send(house)
    await house.async_wait(hours=47)
    await house.async_poll()
    assert house.state("sensor.home_pending").state == "1"
    await house.async_wait(hours=6)
    await house.async_poll()
    assert house.state("sensor.home_pending").state == "0"


async def test_many_open_messages_are_asked_for_in_turn_and_never_too_many_a_minute(house: House) -> None:
    sent = [
        (await house.async_call("send_message", message="Water!", target=[f"+336120000{number}"]))["messages"][0]
        for number in range(10, 80)
    ]
    for minutes in range(1, 4):
        for _ in range(3):
            await house.async_poll()
        asked = [request.params["smsID"] for request in await house.gateway.requests("compteRendu.do")]
        # However often there is a poll, a minute has so many requests; first come those that had none yet.
        assert len(asked) == 30 * minutes
        assert asked[:70] == [message["message_id"] for message in sent][: 30 * minutes]
        await house.async_wait(seconds=61)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("", id="nothing"),
        pytest.param("statut=11", id="no message"),
        pytest.param("statut=abc&numero=33612345678&smsID=x", id="absurd status"),
        pytest.param("message=hello", id="nobody"),
        pytest.param("statut=11&numero=33612345678&smsID=unknown123", id="unknown message"),
        pytest.param("&".join(f"p{number}=1" for number in range(200)), id="many parameters"),
        pytest.param("message=%FF%FE%00&emetteur=%C3%28", id="broken bytes"),
    ],
)
async def test_a_callback_that_makes_no_sense_changes_nothing_and_leaves_no_trace(
    house: House, door: Door, caplog: pytest.LogCaptureFixture, query: str
) -> None:
    caplog.clear()
    response = await door.get(f"{PATH}?{query}")
    assert (response.status, await response.text()) == (200, "")
    await house.async_settle()
    ours = [record for record in caplog.records if record.name.startswith("custom_components")]
    assert not any(part in record.getMessage() for record in ours for part in ("33612345678", WEBHOOK_ID, "hello"))
    assert house.state("sensor.home_last_status").state == "unknown"


@pytest.mark.parametrize("method", ["PUT", "HEAD"])
async def test_another_verb_is_answered_quietly(
    house: House, door: Door, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    caplog.clear()
    response = await door.request(method, f"{PATH}?statut=11&numero=1&smsID=x")
    assert response.status == 200
    assert not any(WEBHOOK_ID in record.getMessage() for record in caplog.records if "smsmode" in record.name)


async def test_a_huge_body_is_not_read(house: House, door: Door) -> None:
    response = await door.post(PATH, data=b"message=" + b"x" * 1_000_000)
    assert response.status == 200
    await house.async_wait(seconds=70)
    assert house.state("sensor.home_last_reply").state == "unknown"


async def test_callbacks_come_through_the_cloud_too(hass: HomeAssistant, house: House) -> None:
    reports = house.capture("smsmode_delivery_report")
    message_id = await send(house)
    request = MockRequest(
        content=b"",
        mock_source="cloud",
        method="GET",
        query_string=f"numero={ALICE_DIGITS}&statut=11&smsID={message_id}",
    )
    await async_handle_webhook(hass, WEBHOOK_ID, request)
    await house.async_settle()
    assert [event.data["status"] for event in reports] == ["received"]


async def test_a_reply_is_not_lost_behind_one_that_was_heard_unverified(house: House, door: Door) -> None:
    replies = house.capture("smsmode_reply")
    await house.gateway.fail("responseList.do", "code:50", times=None)
    await house.gateway.reply(ALICE_DIGITS, "first", stray=True, callback=False)
    second = await house.gateway.reply(ALICE_DIGITS, "second", stray=True, callback=False)
    await door.get(f"{PATH}?numero=36034&message=second&emetteur={ALICE_DIGITS}&responseID={second['id']}")
    for _ in range(10):
        await house.async_wait(seconds=8)
    await house.gateway.heal()
    await house.async_poll()
    assert [(event.data["message"], event.data["verified"]) for event in replies] == [
        ("second", False),
        ("first", True),
    ]


async def test_a_list_that_the_gateway_refuses_does_not_keep_the_rest_from_being_read(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    message_id = await send(house)
    await house.gateway.report(message_id, ALICE_DIGITS, 11, callback=False)
    await house.gateway.fail("responseList.do", "code:35", times=None)
    for _ in range(3):
        await house.async_poll()
    assert house.state("sensor.home_balance").state == "99"
    assert house.state("sensor.home_last_status").state == "received"
    assert caplog.text.count("does not give the news") == 1


@pytest.mark.parametrize(("unreadable", "heard"), [(1, ["OK"]), (4, [])])
async def test_a_reply_that_makes_no_sense_hides_few_others(house: House, unreadable: int, heard: list[str]) -> None:
    replies = house.capture("smsmode_reply")
    await house.gateway.reply(ALICE_DIGITS, "OK", stray=True, callback=False)
    for number in range(unreadable):
        await house.gateway.reply(ALICE_DIGITS, f"x{number}", stray=True, callback=False)
    await house.gateway.fail("responseList.do", "text:not | a row", times=unreadable)
    await house.async_poll()
    assert [event.data["message"] for event in replies] == heard
