"""Client: no connection, no response in time, no response that can be parsed."""

import asyncio
import socket
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import override

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from custom_components.smsmode.api import (
    SmsmodeClient,
    SmsmodeConnectionError,
    SmsmodeGatewayError,
    SmsmodeUncertainError,
)
from tests.support.api_calls import CALLS
from tests.support.api_failures import failure
from tests.support.gateway import Gateway

pytestmark = pytest.mark.usefixtures("logs_keep_secrets")

LISTS = {"compteRendu.do", "smsList.do", "responseList.do"}

every_endpoint = pytest.mark.parametrize("endpoint", CALLS)


@every_endpoint
async def test_a_gateway_that_is_not_there_is_a_connection_error(
    client: SmsmodeClient, gateway: Gateway, endpoint: str
) -> None:
    async with gateway.offline():
        assert isinstance(await failure(client, endpoint), SmsmodeConnectionError)
    assert await gateway.requests() == []


FAULTS = ["drop_before", "drop_after", "half", "html", "garble", "http:400", "http:404", "http:500", "http:503"]


@pytest.mark.parametrize("fault", FAULTS)
async def test_no_intelligible_answer_is_uncertain_and_asked_only_once(
    client: SmsmodeClient, gateway: Gateway, fault: str
) -> None:
    await gateway.fail("*", fault, None)
    for endpoint in CALLS:
        is_refused = (endpoint, fault) == ("createAuthorisation.do", "http:404")
        expected = SmsmodeGatewayError if is_refused else SmsmodeUncertainError
        assert isinstance(await failure(client, endpoint), expected), endpoint
        assert len(await gateway.requests(endpoint)) == 1


@every_endpoint
async def test_an_empty_answer_is_uncertain_but_for_a_list(
    client: SmsmodeClient, gateway: Gateway, endpoint: str
) -> None:
    await gateway.fail(endpoint, "empty")
    if endpoint in LISTS:
        assert await CALLS[endpoint](client) == []
    else:
        assert isinstance(await failure(client, endpoint), SmsmodeUncertainError)


async def test_a_line_that_stops_before_the_id_is_uncertain(client: SmsmodeClient, gateway: Gateway) -> None:
    await gateway.fail("sendSMS.do", "cut:13")
    assert isinstance(await failure(client, "sendSMS.do"), SmsmodeUncertainError)
    assert len(await gateway.messages()) == 1


@pytest.mark.parametrize("fault", ["hang_before", "hang_after"])
async def test_a_gateway_that_does_not_answer_in_time_is_uncertain(
    gateway: Gateway, session: aiohttp.ClientSession, fault: str
) -> None:
    client = SmsmodeClient(session, gateway.token, base_url=gateway.url, timeout=0.2)
    await gateway.fail("sendSMS.do", fault)
    error = await failure(client, "sendSMS.do")
    assert isinstance(error, SmsmodeUncertainError)
    assert str(error) == "no answer: TimeoutError"
    await gateway.release()


async def test_an_answer_without_end_is_not_read_to_the_end(client: SmsmodeClient, gateway: Gateway) -> None:
    await gateway.fail("credit.do", "big")
    error = await failure(client, "credit.do")
    assert isinstance(error, SmsmodeUncertainError)
    assert str(error) == "answer too long"


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "iso-8859-15", "cp1252"])
async def test_any_charset_of_the_answer_will_do(client: SmsmodeClient, gateway: Gateway, charset: str) -> None:
    await gateway.fail("addContact.do", f"charset:{charset}")
    assert await CALLS["addContact.do"](client) == "Contact ajouté"


async def test_the_caller_may_cancel(client: SmsmodeClient, gateway: Gateway) -> None:
    await gateway.fail("credit.do", "hang_before")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await client.get_balance()
    assert len(await gateway.requests()) == 1


async def test_a_gateway_that_never_accepts_is_a_connection_error(session: aiohttp.ClientSession) -> None:
    # Its queue is full, so that the next one to knock waits.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(server.getsockname())
        client = SmsmodeClient(
            session, "Ab1CD2efg3Hi", base_url=f"http://127.0.0.1:{server.getsockname()[1]}", timeout=0.6
        )
        error = await failure(client, "sendSMS.do")
        for each in waiting:
            each.close()
    assert isinstance(error, SmsmodeConnectionError)
    assert str(error) == "no connection: ConnectionTimeoutError"


async def test_a_session_already_closed_is_a_connection_error(
    client: SmsmodeClient, session: aiohttp.ClientSession
) -> None:
    await session.close()
    assert isinstance(await failure(client, "sendSMS.do"), SmsmodeConnectionError)


async def test_a_gateway_without_an_address_is_a_connection_error() -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=NoResolver())) as session:
        error = await failure(SmsmodeClient(session, "Ab1CD2efg3Hi"), "sendSMS.do")
    assert isinstance(error, SmsmodeConnectionError)
    assert str(error) == "no connection: ClientConnectorDNSError"


class NoResolver(AbstractResolver):
    """Knows no name."""

    @override
    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        raise OSError("no such host")

    @override
    async def close(self) -> None:
        pass


async def test_a_certificate_that_nobody_vouches_for_gets_nothing(
    session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    async def handler(request: web.BaseRequest) -> web.Response:
        raise AssertionError("the request left the house")

    runner = web.ServerRunner(web.Server(handler))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self_signed(tmp_path)).start()
    client = SmsmodeClient(session, "Ab1CD2efg3Hi", base_url=f"https://127.0.0.1:{runner.addresses[0][1]}")
    error = await failure(client, "sendSMS.do")
    await runner.cleanup()
    assert isinstance(error, SmsmodeConnectionError)
    assert str(error) == "no connection: ClientConnectorCertificateError"


def self_signed(directory: Path) -> ssl.SSLContext:
    """Make the certificate of 127.0.0.1 by 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = directory / "pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    return context


async def test_a_gateway_that_is_not_the_gateway_is_a_connection_error(
    session: aiohttp.ClientSession, gateway: Gateway
) -> None:
    client = SmsmodeClient(session, "Ab1CD2efg3Hi", base_url=gateway.url.replace("http:", "https:"))
    assert isinstance(await failure(client, "sendSMS.do"), SmsmodeConnectionError)
    assert await gateway.requests() == []
