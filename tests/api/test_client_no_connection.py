"""When nothing left the house."""

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

from custom_components.smsmode.api import SmsmodeClient, SmsmodeConnectionError
from tests.support.api_failures import failure
from tests.support.gateway import Gateway

pytestmark = pytest.mark.usefixtures("logs_keep_secrets")


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
