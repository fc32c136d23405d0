"""Faults on command: wrong answers, lost connections, and how long they last."""

import asyncio
import contextlib
from collections import deque

import pytest
from aiohttp import ClientConnectionError, ClientPayloadError, ClientResponse

from tests.support.gateway import Gateway

from .http_client import HttpClient


async def raw(call: HttpClient, endpoint: str = "credit", **params: str) -> tuple[ClientResponse, bytes]:
    data = {"accessToken": call.gateway.token, **params}
    async with call.session.post(call.url(endpoint), data=data, allow_redirects=False) as response:
        return response, await response.read()


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        pytest.param("code:31", 200, b"31 | Erreur interne\n", id="code-31"),
        pytest.param("code:50", 200, b"50 | Temporairement inaccessible\n", id="code-50"),
        pytest.param("code:77", 200, b"77 | Erreur\n", id="code-nobody-knows"),
        pytest.param("empty", 200, b"", id="empty"),
        pytest.param("cut:3", 200, b"100", id="cut"),
        pytest.param("garble", 200, bytes(byte ^ 0xA5 for byte in b"100.0\n"), id="garble"),
        pytest.param("text:KO", 200, b"KO", id="text"),
        pytest.param("charset:utf-16-le", 200, "100.0\n".encode("utf-16-le"), id="charset"),
        pytest.param("slow:0", 200, b"100.0\n", id="slow"),
    ],
)
async def test_a_wrong_answer(call: HttpClient, gateway: Gateway, fault: str, status: int, body: bytes) -> None:
    await gateway.fail("credit.do", fault)
    response, got = await raw(call)
    assert (response.status, got) == (status, body)
    assert (await raw(call))[1] == b"100.0\n"


@pytest.mark.parametrize(("fault", "status"), [("http:500", 500), ("http:404", 404), ("html", 200)])
async def test_a_page_instead_of_an_answer(call: HttpClient, gateway: Gateway, fault: str, status: int) -> None:
    await gateway.fail("credit.do", fault)
    response, body = await raw(call)
    assert response.status == status
    assert body.startswith(b"<html>")


async def test_a_redirect(call: HttpClient, gateway: Gateway) -> None:
    await gateway.fail("credit.do", "redirect:https://elsewhere.example/")
    response, _ = await raw(call)
    assert (response.status, response.headers["Location"]) == (302, "https://elsewhere.example/")


@pytest.mark.parametrize(
    ("fault", "acts"),
    [
        ("drop_before", False),
        ("drop_after", True),
        ("half", True),
        ("empty", True),
        ("cut:5", True),
        ("garble", True),
        ("slow:0", True),
        ("charset:utf-8", True),
        ("code:31", False),
        ("http:500", False),
        ("html", False),
        ("text:KO", False),
    ],
)
async def test_whether_the_sms_leaves_all_the_same(call: HttpClient, gateway: Gateway, fault: str, acts: bool) -> None:
    await gateway.fail("sendSMS.do", fault)
    with contextlib.suppress(ClientConnectionError, ClientPayloadError):
        await raw(call, "sendSMS", message="x", numero="0612345678")
    assert len(await gateway.messages()) == acts
    assert await gateway.balance() == 100 - acts


@pytest.mark.parametrize(
    ("fault", "act"), [("html", True), ("http:500", True), ("drop_after", False), ("cut:5", False)]
)
async def test_whether_it_leaves_can_be_ordered(call: HttpClient, gateway: Gateway, fault: str, act: bool) -> None:
    await gateway.fail("sendSMS.do", fault, act=act)
    with contextlib.suppress(ClientConnectionError):
        await raw(call, "sendSMS", message="x", numero="0612345678")
    assert len(await gateway.messages()) == act


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
async def test_the_connection_is_dropped(call: HttpClient, gateway: Gateway, fault: str) -> None:
    await gateway.fail("credit.do", fault)
    with pytest.raises(ClientConnectionError):
        await raw(call)


async def test_half_an_answer_and_no_more(call: HttpClient, gateway: Gateway) -> None:
    await gateway.fail("credit.do", "half")
    with pytest.raises(ClientPayloadError):
        await raw(call)


@pytest.mark.parametrize(("fault", "before"), [("hang_before", 0), ("hang_after", 1)])
async def test_a_request_hangs_until_released(call: HttpClient, gateway: Gateway, fault: str, before: int) -> None:
    await gateway.fail("sendSMS.do", fault)
    request = asyncio.create_task(call.send())
    await gateway.wait_for_requests("sendSMS.do")
    assert len(await gateway.messages()) == before
    assert not request.done()
    await gateway.release()
    message_id = await request
    assert [message.id for message in await gateway.messages()] == [message_id]


async def test_for_a_client_that_hung_up_nothing_is_done(call: HttpClient, gateway: Gateway) -> None:
    await gateway.fail("sendSMS.do", "hang_before")
    request = asyncio.create_task(call.send())
    await gateway.wait_for_requests("sendSMS.do")
    request.cancel()
    await asyncio.gather(request, return_exceptions=True)
    await gateway.release()
    await call("credit")
    assert await gateway.messages() == []


async def test_an_answer_without_end(call: HttpClient, gateway: Gateway) -> None:
    await gateway.fail("credit.do", "big")
    async with call.session.get(call.url("credit"), params={"accessToken": gateway.token}) as response:
        assert len(await response.content.readexactly(5_000_000)) == 5_000_000


async def test_faults_wait_for_their_endpoint_in_order(call: HttpClient, gateway: Gateway) -> None:
    await gateway.fail("credit.do", "code:31", times=2)
    await gateway.fail("credit.do", "code:50")
    await gateway.fail("smsList.do", "code:35")
    codes = [(await call("credit")).split(" | ")[0] for _ in range(4)]
    assert codes == ["31", "31", "50", "100.0"]
    assert await call("smsList") == "35 | Paramètre obligatoire manquant"


async def test_a_fault_for_all_and_for_ever_until_healed(call: HttpClient, gateway: Gateway) -> None:
    await gateway.fail("*", "code:50", times=None)
    assert {(await call(endpoint))[:2] for endpoint in ("credit", "smsList", "responseList")} == {"50"}
    await gateway.clear_faults()
    assert await call("credit") == "100.0"


@pytest.mark.parametrize(
    "fault", ["sulk", "code:", "code:x", "http", "slow:soon", "html:5", "redirect", "cut:", "charset:klingon"]
)
async def test_an_order_that_makes_no_sense_is_refused(gateway: Gateway, fault: str) -> None:
    with pytest.raises(AssertionError, match="Error"):
        await gateway.fail("credit.do", fault)


async def test_the_log_names_the_fault(call: HttpClient, gateway: Gateway) -> None:
    await gateway.fail("credit.do", "code:31")
    await call("credit")
    await call("credit")
    assert [(entry.fault, entry.answer) for entry in await gateway.requests("credit.do")] == [
        ("code", b"31 | Erreur interne\n"),
        ("", b"100.0\n"),
    ]


async def test_offline_and_back_with_everything_remembered(call: HttpClient, gateway: Gateway) -> None:
    message_id = await call.send()
    url = gateway.url
    async with gateway.offline():
        with pytest.raises(ClientConnectionError):
            await call("credit")
    assert gateway.url == url
    assert await call("smsStatus", smsID=message_id) == "0 | Envoyé"


async def test_who_waits_for_the_next_request_gets_it_however_many_are_forgotten(
    gateway: Gateway, call: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway.emulator.log, "_entries", deque(maxlen=1))
    await call.send()
    before = gateway.latest_serial
    waiting = asyncio.create_task(gateway.wait_for_requests("sendSMS.do", after=before))
    message_id = await call.send()
    (request,) = await waiting
    assert request.answer is not None
    assert message_id in request.answer.decode("iso-8859-15")


async def test_who_waits_for_requests_does_not_hold_up_the_end(gateway: Gateway, call: HttpClient) -> None:
    patient = asyncio.create_task(gateway.wait_for_requests("sendSMS.do", 2))
    await call.send()
    async with gateway.offline():
        assert len(await patient) == 1
