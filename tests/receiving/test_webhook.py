"""The way in: a callback comes in many forms and from anybody; what is made up changes nothing and costs little."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from homeassistant.util import dt as dt_util

from tests.support.action_calls import send
from tests.support.callback_client import PATH, CallbackClient
from tests.support.house import ALICE_DIGITS, WEBHOOK_ID, House


@pytest.mark.parametrize("response_id", ["", "&responseID=forged1"], ids=["without id", "with an id made up"])
async def test_forged_callback_does_not_hide_the_same_genuine_reply(
    house: House, callback_client: CallbackClient, response_id: str
) -> None:
    replies = house.capture("smsmode_reply")
    then = dt_util.utcnow() + timedelta(seconds=64)
    date = f"{then.astimezone(ZoneInfo('Europe/Paris')):%d%m%Y-%H%M%S}"
    await callback_client.get(
        f"{PATH}?numero=36034&message=OK&emetteur={ALICE_DIGITS}&date_reception={date}{response_id}"
    )
    await house.async_settle()
    for _ in range(8):
        await house.async_wait(seconds=8)
    await house.gateway.reply(ALICE_DIGITS, "OK", stray=True, callback=False)
    await house.async_poll()
    assert [(event.data["message"], event.data["verified"]) for event in replies] == [("OK", False), ("OK", True)]


async def test_flood_of_unconfirmed_callbacks_is_verified_with_backoff(
    house: House, callback_client: CallbackClient
) -> None:
    for number in range(300):
        if number % 3 == 0:
            await callback_client.get(
                f"{PATH}?numero=36034&message=x&emetteur={ALICE_DIGITS}&responseID=forged{number}"
            )
        await house.async_wait(seconds=1)
    # Five minutes: the first looks in quick succession, then one every 13 seconds, and a poll now and then.
    assert len(await house.gateway.requests("responseList.do")) <= 40


async def test_callbacks_cost_a_bounded_number_of_requests(house: House, callback_client: CallbackClient) -> None:
    before = len(await house.gateway.requests("responseList.do"))
    for number in range(150):
        await callback_client.get(f"{PATH}?numero=36034&message=x&emetteur={ALICE_DIGITS}&responseID=forged{number}")
    await house.async_settle()
    for _ in range(10):
        await house.async_wait(seconds=1)
    assert len(await house.gateway.requests("responseList.do")) - before <= 5


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-15"])
async def test_callback_in_either_charset(house: House, callback_client: CallbackClient, encoding: str) -> None:
    replies = house.capture("smsmode_reply")
    text = quote("Été à 5 €", encoding=encoding)
    await callback_client.get(f"{PATH}?numero=36034&message={text}&emetteur={ALICE_DIGITS}&responseID=r1")
    await house.async_settle()
    await house.async_wait(seconds=70)
    assert [event.data["message"] for event in replies] == ["Été à 5 €"]


async def test_callback_as_a_posted_form(house: House, callback_client: CallbackClient) -> None:
    reports = house.capture("smsmode_delivery_report")
    message_id = await send(house)
    response = await callback_client.post(PATH, data={"numero": ALICE_DIGITS, "statut": "13", "smsID": message_id})
    assert response.status == 200
    await house.async_settle()
    assert [event.data["status"] for event in reports] == ["delivered_to_operator"]


async def test_posted_form_in_several_chunks(house: House, callback_client: CallbackClient) -> None:
    reports = house.capture("smsmode_delivery_report")
    message_id = await send(house)
    form = f"numero={ALICE_DIGITS}&statut=13&smsID={message_id}".encode()

    async def pieces() -> AsyncIterator[bytes]:
        yield form[:9]
        # One turn of the loop is not enough for it to arrive; the reader asks for it by reading again.
        for _ in range(50):
            await asyncio.sleep(0)
        yield form[9:]

    await callback_client.post(PATH, data=pieces(), headers={"Content-Type": "application/x-www-form-urlencoded"})
    await house.async_settle()
    assert [event.data["status"] for event in reports] == ["delivered_to_operator"]


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
async def test_invalid_callback_changes_nothing_and_logs_no_content(
    house: House, callback_client: CallbackClient, caplog: pytest.LogCaptureFixture, query: str
) -> None:
    caplog.clear()
    response = await callback_client.get(f"{PATH}?{query}")
    assert (response.status, await response.text()) == (200, "")
    await house.async_settle()
    ours = [record for record in caplog.records if record.name.startswith("custom_components")]
    assert not any(part in record.getMessage() for record in ours for part in ("33612345678", WEBHOOK_ID, "hello"))
    assert house.state("sensor.home_last_status").state == "unknown"


@pytest.mark.parametrize("method", ["PUT", "HEAD"])
async def test_other_methods_are_answered_without_a_log_entry(
    house: House, callback_client: CallbackClient, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    caplog.clear()
    response = await callback_client.request(method, f"{PATH}?statut=11&numero=1&smsID=x")
    assert response.status == 200
    assert not any(WEBHOOK_ID in record.getMessage() for record in caplog.records if "smsmode" in record.name)


async def test_huge_body_is_not_read(house: House, callback_client: CallbackClient) -> None:
    response = await callback_client.post(PATH, data=b"message=" + b"x" * 1_000_000)
    assert response.status == 200
    await house.async_wait(seconds=70)
    assert house.state("sensor.home_last_reply").state == "unknown"


async def test_reply_is_not_lost_behind_an_announced_one(house: House, callback_client: CallbackClient) -> None:
    replies = house.capture("smsmode_reply")
    await house.gateway.fail("responseList.do", "code:50", times=None)
    await house.gateway.reply(ALICE_DIGITS, "first", stray=True, callback=False)
    house.freezer.tick(60)
    second = await house.gateway.reply(ALICE_DIGITS, "second", stray=True, callback=False)
    await callback_client.get(f"{PATH}?numero=36034&message=second&emetteur={ALICE_DIGITS}&responseID={second['id']}")
    for _ in range(10):
        await house.async_wait(seconds=8)
    await house.gateway.clear_faults()
    await house.async_poll()
    assert [(event.data["message"], event.data["verified"]) for event in replies] == [
        ("first", True),
        ("second", True),
    ]
