"""Inbound processor: every reply and report is processed once, by callback or by poll, and only if it is new."""

from homeassistant.components.webhook import async_handle_webhook
from homeassistant.core import HomeAssistant
from homeassistant.util.aiohttp import MockRequest

from tests.support.action_calls import send
from tests.support.callback_client import PATH, CallbackClient
from tests.support.gateway import Gateway
from tests.support.house import ALICE, ALICE_DIGITS, WEBHOOK_ID, House


async def test_report_by_callback_has_all_data(house: House, callback_client: CallbackClient) -> None:
    await house.async_enable("event.home_delivery_report")
    reports = house.capture("smsmode_delivery_report")
    message_id = await send(house, reference="leak")
    await house.gateway.report(message_id, ALICE_DIGITS, 11)
    await house.async_settle()
    (event,) = reports
    assert event.data["received_at"].endswith("+01:00") or event.data["received_at"].endswith("+02:00")
    assert {key: event.data[key] for key in event.data if key not in {"received_at", "cost"}} == {
        "config_entry_id": house.entry.entry_id,
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


async def test_reply_by_callback_is_verified_with_the_gateway_first(
    house: House, callback_client: CallbackClient
) -> None:
    replies = house.capture("smsmode_reply")
    message_id = await send(house, reference="leak")
    answer = await house.gateway.reply(ALICE_DIGITS, "J'arrive, à tout de suite €")
    await house.async_settle()
    (event,) = replies
    assert {key: event.data[key] for key in event.data if key != "received_at"} == {
        "config_entry_id": house.entry.entry_id,
        "message": "J'arrive, à tout de suite €",
        "sender": ALICE,
        "recipient": "Alice",
        "message_id": message_id,
        "reference": "leak",
        "reply_id": answer["id"],
        "verified": True,
        "reason": None,
    }
    assert house.state("event.alice_reply").attributes["event_type"] == "received"
    assert house.state("sensor.home_last_reply").state == "J'arrive, à tout de suite €"


async def test_late_reply_and_expired_message_name_their_account(hass: HomeAssistant, house: House) -> None:
    late, reports = house.capture("smsmode_late_reply"), house.capture("smsmode_delivery_report")
    await hass.config_entries.async_unload(house.entry.entry_id)
    await house.gateway.reply(ALICE_DIGITS, "OK", stray=True)
    await house.async_wait(hours=1)
    await house.async_set_up()
    async with house.gateway.offline():
        await house.async_call("send_message", message="x", target=["Alice"], expires_after="00:01:00")
        await house.async_wait(minutes=2)
    (reply,), (report,) = late, reports
    assert (reply.data["message"], report.data["status"]) == ("OK", "expired")
    assert {reply.data["config_entry_id"], report.data["config_entry_id"]} == {house.entry.entry_id}


async def test_reply_that_the_gateway_does_not_confirm_is_unverified_after_a_minute(
    house: House, callback_client: CallbackClient
) -> None:
    replies = house.capture("smsmode_reply")
    for _ in range(2):
        await callback_client.get(f"{PATH}?numero=36034&message=OK&emetteur={ALICE_DIGITS}&responseID=forged1")
        await house.async_settle()
    for _ in range(8):
        assert replies == []
        await house.async_wait(seconds=8)
    assert [(event.data["message"], event.data["verified"]) for event in replies] == [("OK", False)]
    await house.async_wait(minutes=2)
    assert len(replies) == 1


async def test_reply_is_verified_later_when_the_gateway_fails(house: House, callback_client: CallbackClient) -> None:
    replies = house.capture("smsmode_reply")
    await send(house)
    await house.gateway.fail("responseList.do", "code:50", times=2)
    await house.gateway.reply(ALICE_DIGITS, "OK")
    await house.async_settle()
    for _ in range(3):
        await house.async_wait(seconds=4)
    assert [(event.data["message"], event.data["verified"]) for event in replies] == [("OK", True)]


async def test_callback_sent_twice_is_processed_once(house: House, callback_client: CallbackClient) -> None:
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


async def test_temporary_status_never_replaces_a_final_one(house: House, callback_client: CallbackClient) -> None:
    message_id = await send(house)
    for code in (11, 13):
        await callback_client.get(f"{PATH}?numero={ALICE_DIGITS}&statut={code}&smsID={message_id}")
    await house.async_settle()
    assert house.state("sensor.home_last_status").state == "received"
    assert house.state("sensor.home_pending").state == "0"


async def test_report_that_arrives_before_the_response_to_its_send_is_kept(
    hass: HomeAssistant, house: House, callback_client: CallbackClient
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


async def test_everything_is_polled_without_callbacks(hass: HomeAssistant, house: House) -> None:
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


async def test_replies_from_before_the_set_up_are_not_new(hass: HomeAssistant, gateway: Gateway, house: House) -> None:
    await hass.config_entries.async_remove(house.entry.entry_id)
    replies = house.capture("smsmode_reply")
    await gateway.reply(ALICE_DIGITS, "from long ago", stray=True)
    await house.async_wait(hours=1)
    await gateway.advance(0)
    await house.async_set_up()
    await gateway.reply(ALICE_DIGITS, "new", stray=True)
    await house.async_poll()
    assert [event.data["message"] for event in replies] == ["new"]


async def test_replies_are_not_new_again_after_a_reload(house: House) -> None:
    replies = house.capture("smsmode_reply")
    await house.gateway.reply(ALICE_DIGITS, "OK", stray=True)
    await house.async_poll()
    await house.async_reload()
    await house.async_poll()
    assert len(replies) == 1
    assert house.state("sensor.home_last_reply").state == "OK"


async def test_callback_through_the_cloud(hass: HomeAssistant, house: House) -> None:
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
