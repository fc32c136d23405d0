"""The one door that is open to the world: what stands behind it is bounded, and it always looks the same."""

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.receiving import webhook
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, WEBHOOK_ID, House

REPLY = f"message=hello&emetteur={ALICE_DIGITS}"
KNOWN, UNKNOWN = f"/api/webhook/{WEBHOOK_ID}", "/api/webhook/nobody-lives-here"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def door(house: House, hass_client_no_auth: ClientSessionGenerator) -> Any:
    """Give somebody outside, in front of a house that is set up."""
    return await hass_client_no_auth()


@pytest.mark.parametrize(
    ("method", "query", "body", "headers"),
    [
        pytest.param("GET", "", None, {}, id="nothing"),
        pytest.param("GET", REPLY, None, {}, id="a reply"),
        pytest.param("GET", f"statut=11&numero={ALICE_DIGITS}&smsID=abc", None, {}, id="a report"),
        pytest.param("GET", "statut=x", None, {}, id="nonsense"),
        pytest.param("GET", f"{REPLY}&x={'y' * 17_000}", None, {}, id="too long"),
        pytest.param("GET", REPLY + "&x" * 40, None, {}, id="too many"),
        pytest.param("GET", f"{REPLY}&message=again", None, {}, id="twice the same"),
        pytest.param("GET", "message=%00%01%1b%5b2J&emetteur=33612345678", None, {}, id="control characters"),
        pytest.param("GET", "%25" * 5000, None, {}, id="percent signs of percent signs"),
        pytest.param("HEAD", REPLY, None, {}, id="HEAD"),
        pytest.param("PUT", "", REPLY.encode(), FORM, id="PUT"),
        pytest.param("POST", "", REPLY.encode(), FORM, id="a form"),
        pytest.param("POST", "", bytes(200_000), FORM, id="a form without end"),
        pytest.param("POST", "", json.dumps({"statut": 11}).encode(), {"Content-Type": "application/json"}, id="JSON"),
        pytest.param(
            "POST",
            "",
            b'--x\r\nname="statut"\r\n\r\n11\r\n--x--',
            {"Content-Type": "multipart/form-data; boundary=x"},
            id="multipart",
        ),
        pytest.param("POST", "", gzip.compress(bytes(1_000_000)), {"Content-Encoding": "gzip"}, id="gzip"),
        pytest.param("POST", "", b"no gzip", {"Content-Encoding": "gzip"}, id="gzip that is none"),
        pytest.param("POST", "", b"\xff\xfe&=\x00", {"Content-Type": "x"}, id="bytes"),
    ],
)
async def test_every_request_gets_the_response_of_an_unknown_webhook(
    door: Any,
    caplog: pytest.LogCaptureFixture,
    method: str,
    query: str,
    body: bytes | None,
    headers: dict[str, str],
) -> None:
    async with door.request(method, UNKNOWN) as response:
        usual = dict(response.headers)
    async with door.request(method, f"{KNOWN}?{query}", data=body, headers=headers) as response:
        assert response.status == 200
        assert await response.read() == b""
        assert {**response.headers, "Date": usual["Date"]} == usual
    assert "A callback was dropped" not in caplog.text


@pytest.mark.parametrize(
    ("query", "body"),
    [
        pytest.param(f"{REPLY}&x={'y' * 17_000}", b"", id="a query too long"),
        pytest.param(REPLY + "&x" * 40, b"", id="too many parameters"),
        pytest.param(f"{REPLY}&message=again", b"", id="a parameter twice"),
        pytest.param("", (REPLY + "&x=" + "y" * 17_000).encode(), id="a body too long"),
        pytest.param("", zlib.compress(REPLY.encode()), id="a body in disguise"),
        pytest.param("", json.dumps({"message": "hello", "emetteur": ALICE_DIGITS}).encode(), id="JSON"),
    ],
)
async def test_oversized_callback_is_ignored(house: House, door: Any, query: str, body: bytes) -> None:
    before = len(await house.gateway.requests("responseList.do"))
    async with door.post(f"{KNOWN}?{query}", data=body, headers=FORM) as response:
        assert response.status == 200
    await house.async_settle()
    assert len(await house.gateway.requests("responseList.do")) == before
    # By the same way a reply is heard that is as it should be.
    async with door.post(KNOWN, data=REPLY, headers=FORM) as response:
        assert response.status == 200
    await house.gateway.wait_for_requests("responseList.do", before + 1)


@pytest.fixture
async def real_time_door(
    hass: HomeAssistant, gateway: Gateway, entry: MockConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> AsyncIterator[Callable[[bytes], Any]]:
    """Give a way to write raw bytes to a house whose clock runs, and to read the answer to them."""
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    client = await hass_client_no_auth()
    writers: list[asyncio.StreamWriter] = []

    async def write(raw: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(client.host, client.port)
        writers.append(writer)
        writer.write(raw)
        return reader, writer

    yield write
    for writer in writers:
        writer.close()


@pytest.mark.parametrize(
    "header",
    [f"Content-Length: {len(REPLY) + 10}", "Transfer-Encoding: chunked"],
    ids=["more promised than sent", "no length"],
)
async def test_slow_body_times_out(real_time_door: Any, monkeypatch: pytest.MonkeyPatch, header: str) -> None:
    monkeypatch.setattr(webhook, "BODY_TIMEOUT", 0.2)
    head = f"POST {KNOWN} HTTP/1.1\r\nHost: x\r\n{header}\r\nConnection: close\r\n\r\n"
    reader, writer = await real_time_door(head.encode())

    async def trickle() -> None:
        while True:
            writer.write(b"1\r\nm\r\n" if "chunked" in header else b"")
            await asyncio.sleep(0.05)

    trickling = asyncio.create_task(trickle())
    async with asyncio.timeout(3):
        answer = await reader.readline()
    trickling.cancel()
    assert answer == b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize("body", [b"5\r\nhel", b"zz\r\nhello"], ids=["half of it", "no body at all"])
async def test_disconnected_client_logs_nothing_private(
    hass: HomeAssistant, real_time_door: Any, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    reader, writer = await real_time_door(
        f"POST {KNOWN} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode() + body
    )
    writer.write_eof()
    await reader.read()
    await hass.async_block_till_done()
    errors = [record.name for record in caplog.records if record.levelname == "ERROR"]
    # The server itself complains of a request that is none, and names nobody.
    assert set(errors) <= {"aiohttp.server"}
    assert WEBHOOK_ID not in caplog.text


async def test_internal_error_logs_neither_the_webhook_id_nor_the_content(
    house: House, door: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(query: str, body: str) -> None:
        raise KeyError(query, body)

    monkeypatch.setattr(webhook, "parse_callback", stumble)
    async with door.get(f"{KNOWN}?{REPLY}") as response:
        assert response.status == 200
        assert await response.read() == b""
    assert "KeyError" in caplog.text
    assert "in stumble" in caplog.text
    assert "Error processing webhook" not in caplog.text
    for secret in (WEBHOOK_ID, ALICE_DIGITS, "hello"):
        assert secret not in caplog.text


MARKUP = (
    "{{ states('sensor.home_balance') }} {% if 1 %}x{% endif %} <img src=x onerror=alert(1)> [a](javascript:b) ${y}"
)


@pytest.mark.not_with("entities", reason="an account learns first that a list has entities")
async def test_text_of_an_sms_is_never_rendered(hass: HomeAssistant, house: House) -> None:
    assert await async_setup_component(hass, "persistent_notification", {})
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "triggers": {"trigger": "smsmode.reply_received"},
                "actions": {"event": "told", "event_data": {"text": "{{ trigger.reply.message }}"}},
            }
        },
    )
    events, told = house.capture("smsmode_reply"), house.capture("told")
    await house.gateway.reply(ALICE_DIGITS, MARKUP, stray=True)
    await house.async_poll()
    assert events[0].data["message"] == MARKUP
    assert told[0].data["text"] == MARKUP
    state = house.state("sensor.home_last_reply")
    assert (state.state, state.attributes["message"]) == (MARKUP, MARKUP)
    event = house.state("event.home_reply")
    assert event.attributes["message"] == MARKUP
    assert "onerror" not in str([issue.to_json() for issue in ir.async_get(hass).issues.values()])
    assert hass.data.get("persistent_notification") in (None, {})


async def test_nul_in_a_text_is_kept_out_of_state_and_attributes(house: House) -> None:
    await house.gateway.reply(ALICE_DIGITS, "a\0b", stray=True)
    await house.async_poll()
    state = house.state("sensor.home_last_reply")
    assert (state.state, state.attributes["message"]) == ("ab", "ab")


async def test_webhook_id_cannot_be_guessed(hass: HomeAssistant, gateway: Gateway) -> None:
    fields = {"access_token": gateway.token, "advanced": {"base_url": gateway.url}}
    form = await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})
    await hass.config_entries.flow.async_configure(form["flow_id"], fields)
    await hass.config_entries.flow.async_configure(form["flow_id"], {"name": "Home"})
    yaml = {"name": "Other", "access_token": "another-key", "base_url": gateway.url, "recipients": []}
    await hass.config_entries.flow.async_init(DOMAIN, context={"source": "import"}, data=yaml)
    ids = [entry.data["webhook_id"] for entry in hass.config_entries.async_entries(DOMAIN)]
    assert len(set(ids)) == 2
    for webhook_id in ids:
        assert len(bytes.fromhex(webhook_id)) == 32
