"""What the client makes of refusals and of trouble, and that nobody's secrets leave with it."""

import asyncio
import socket
import ssl
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
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
    SmsmodeAuthError,
    SmsmodeClient,
    SmsmodeConnectionError,
    SmsmodeCreditError,
    SmsmodeError,
    SmsmodeGatewayError,
    SmsmodeIdentifierError,
    SmsmodeNotFoundError,
    SmsmodeParameterError,
    SmsmodeTemporaryError,
    SmsmodeUncertainError,
)
from custom_components.smsmode.api.transport import MAX_ANSWER
from tests.gateway import Gateway

from .calls import CALLS, NUMBER, PASSWORD, TEXT

SECRETS = ("Ab1CD2efg3Hi", NUMBER, TEXT, PASSWORD, "accessToken")

# The tables of the document; 32 and 35 were seen from every endpoint.
CODES = {
    "sendSMS.do": {31, 33, 50},
    "compteRendu.do": {31, 61},
    "credit.do": {31},
    "createSubAccount.do": {31, 41},
    "deleteSubAccount.do": {31, 41},
    "creditTransfert.do": {31, 33, 41},
    "addContact.do": {31},
    "deleteSMS.do": {31, 61},
    "smsList.do": {31},
    "smsStatus.do": {31, 61},
    "responseList.do": {31},
    "sendVoiceMessage.do": {31, 33, 50},
    "sendSMSBatch.do": {31, 33, 50},
}
ERRORS = {
    31: SmsmodeTemporaryError,
    32: SmsmodeAuthError,
    33: SmsmodeCreditError,
    35: SmsmodeParameterError,
    41: SmsmodeIdentifierError,
    50: SmsmodeTemporaryError,
    61: SmsmodeNotFoundError,
}

LISTS = {"compteRendu.do", "smsList.do", "responseList.do"}

every_endpoint = pytest.mark.parametrize("endpoint", CALLS)


@pytest.fixture(autouse=True)
def _logs_keep_secrets(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Look for secrets in whatever was logged by anybody."""
    caplog.set_level("DEBUG")
    yield
    for secret in SECRETS:
        assert secret not in caplog.text


async def failure(client: SmsmodeClient, endpoint: str) -> SmsmodeError:
    """Make the call, and give the error that it must end with, after looking for secrets in it."""
    with pytest.raises(SmsmodeError) as raised:
        await CALLS[endpoint](client)
    error = raised.value
    assert error.__context__ is None
    assert error.__cause__ is None
    shown = f"{error!r} {error} {vars(error)} {traceback.format_exception(error)}"
    for secret in SECRETS:
        assert secret not in shown
    return error


@pytest.mark.parametrize(
    ("endpoint", "code"), [(endpoint, code) for endpoint, codes in CODES.items() for code in sorted(codes | {32, 35})]
)
async def test_every_return_code_of_every_endpoint_has_its_error(
    client: SmsmodeClient, gateway: Gateway, endpoint: str, code: int
) -> None:
    await gateway.fail(endpoint, f"code:{code}")
    error = await failure(client, endpoint)
    assert type(error) is ERRORS[code]
    assert isinstance(error, SmsmodeGatewayError)
    assert error.code == code
    assert error.description


async def test_a_code_that_nobody_knows_is_an_error_too(client: SmsmodeClient, gateway: Gateway) -> None:
    await gateway.fail("sendSMS.do", "code:77")
    error = await failure(client, "sendSMS.do")
    assert type(error) is SmsmodeGatewayError
    assert error.code == 77


@every_endpoint
async def test_a_key_taken_back_is_an_auth_error_everywhere(
    client: SmsmodeClient, gateway: Gateway, endpoint: str
) -> None:
    await gateway.revoke()
    assert isinstance(await failure(client, endpoint), SmsmodeAuthError)


async def test_the_gateways_accents_arrive(client: SmsmodeClient, gateway: Gateway) -> None:
    await gateway.revoke()
    error = await failure(client, "credit.do")
    assert isinstance(error, SmsmodeAuthError)
    assert error.description == "Votre authentification a échoué"


async def test_what_the_gateway_repeats_of_the_request_stays_out_of_the_error(
    client: SmsmodeClient, gateway: Gateway
) -> None:
    await gateway.fail("sendSMS.do", f"text:35 | numero {NUMBER} incorrect, Ab1CD2efg3Hi")
    error = await failure(client, "sendSMS.do")
    assert isinstance(error, SmsmodeParameterError)
    assert error.description == "numero … incorrect, …"


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
        assert isinstance(await failure(client, endpoint), SmsmodeUncertainError), endpoint
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


async def test_giving_up_is_the_callers_right(client: SmsmodeClient, gateway: Gateway) -> None:
    await gateway.fail("credit.do", "hang_before")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await client.get_balance()
    assert len(await gateway.requests()) == 1


type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Handler], Awaitable[str]]]:
    """Give a server that does what the emulator cannot, and its address."""
    runners: list[web.AppRunner] = []

    async def start(handler: Handler) -> str:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        runners.append(web.AppRunner(app, access_log=None))
        await runners[-1].setup()
        await web.TCPSite(runners[-1], "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runners[-1].addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_carries_the_key_nowhere(
    serve: Callable[[Handler], Awaitable[str]], session: aiohttp.ClientSession, status: int
) -> None:
    visits: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        visits.append(request.path)
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    client = SmsmodeClient(session, "Ab1CD2efg3Hi", base_url=await serve(handler))
    for endpoint in CALLS:
        error = await failure(client, endpoint)
        assert isinstance(error, SmsmodeUncertainError)
        assert str(error) == f"HTTP {status}"
    assert "/elsewhere" not in visits


@pytest.mark.parametrize("status", [400, 401, 403])
@pytest.mark.parametrize("answer", ['{"status": 400}', '{"message": "échec"}'])
async def test_the_endpoint_of_version_2_refuses_by_http(
    serve: Callable[[Handler], Awaitable[str]], session: aiohttp.ClientSession, status: int, answer: str
) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=status, text=answer, content_type="application/json")

    client = SmsmodeClient(session, "Ab1CD2efg3Hi", base_url=await serve(handler))
    assert isinstance(await failure(client, "createAuthorisation.do"), SmsmodeAuthError)


async def test_an_answer_that_comes_in_drops_is_not_waited_for(
    serve: Callable[[Handler], Awaitable[str]], session: aiohttp.ClientSession
) -> None:
    seen_off = asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"0 | Accept")
        await seen_off.wait()
        return response

    client = SmsmodeClient(session, "Ab1CD2efg3Hi", base_url=await serve(handler), timeout=0.2)
    assert isinstance(await failure(client, "sendSMS.do"), SmsmodeUncertainError)
    seen_off.set()


async def test_an_answer_of_the_longest_length_is_still_read(
    serve: Callable[[Handler], Awaitable[str]], session: aiohttp.ClientSession
) -> None:
    length = MAX_ANSWER

    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=b"12".ljust(length))

    client = SmsmodeClient(session, "Ab1CD2efg3Hi", base_url=await serve(handler))
    assert await client.get_balance() == 12
    length += 1
    assert isinstance(await failure(client, "credit.do"), SmsmodeUncertainError)


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
