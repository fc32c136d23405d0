"""Client: servers that are not the gateway, or want to break it."""

import asyncio
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from custom_components.smsmode.api import BatchRequest, BatchRow, SmsmodeAuthError, SmsmodeClient, SmsmodeUncertainError
from custom_components.smsmode.api.transport import MAX_RESPONSE_SIZE
from tests.support.api_calls import CALLS, NUMBER, PASSWORD, TEXT
from tests.support.api_failures import failure
from tests.support.gateway import Gateway

pytestmark = pytest.mark.usefixtures("logs_keep_secrets")

TIMEOUT = 0.5
KEY = "Ab1CD2efg3Hi"

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
type ServeApp = Callable[[Handler], Awaitable[str]]


@pytest.fixture
async def serve_app() -> AsyncIterator[ServeApp]:
    """Return a function that starts an HTTP server with this handler, and returns its URL."""
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
async def test_a_redirect_is_not_followed(serve_app: ServeApp, session: aiohttp.ClientSession, status: int) -> None:
    visits: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        visits.append(request.path)
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    client = SmsmodeClient(session, KEY, base_url=await serve_app(handler))
    for endpoint in CALLS:
        error = await failure(client, endpoint)
        assert isinstance(error, SmsmodeUncertainError)
        assert str(error) == f"HTTP {status}"
    assert "/elsewhere" not in visits


@pytest.mark.parametrize("status", [400, 401, 403])
@pytest.mark.parametrize("answer", ['{"status": 400}', '{"message": "échec"}'])
async def test_the_endpoint_of_version_2_refuses_by_http(
    serve_app: ServeApp, session: aiohttp.ClientSession, status: int, answer: str
) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=status, text=answer, content_type="application/json")

    client = SmsmodeClient(session, KEY, base_url=await serve_app(handler))
    assert isinstance(await failure(client, "createAuthorisation.do"), SmsmodeAuthError)


async def test_a_response_that_never_ends_is_given_up_after_the_timeout(
    serve_app: ServeApp, session: aiohttp.ClientSession
) -> None:
    seen_off = asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"0 | Accept")
        await seen_off.wait()
        return response

    client = SmsmodeClient(session, KEY, base_url=await serve_app(handler), timeout=0.2)
    assert isinstance(await failure(client, "sendSMS.do"), SmsmodeUncertainError)
    seen_off.set()


async def test_a_response_of_the_maximum_size_is_read(serve_app: ServeApp, session: aiohttp.ClientSession) -> None:
    length = MAX_RESPONSE_SIZE

    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=b"12".ljust(length))

    client = SmsmodeClient(session, KEY, base_url=await serve_app(handler))
    assert await client.get_balance() == 12
    length += 1
    assert isinstance(await failure(client, "credit.do"), SmsmodeUncertainError)


type Misbehaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
type Serve = Callable[[Misbehaviour], Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Return a function that starts a raw TCP server, and returns its URL."""
    servers: list[asyncio.Server] = []
    at_work: set[asyncio.Task[object] | None] = set()

    async def start(misbehave: Misbehaviour) -> str:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            at_work.add(asyncio.current_task())
            try:
                await misbehave(reader, writer)
            except OSError:
                pass
            finally:
                writer.close()

        servers.append(await asyncio.start_server(handle, "127.0.0.1", 0))
        return f"http://127.0.0.1:{servers[-1].sockets[0].getsockname()[1]}"

    yield start
    for server in servers:
        server.close()
    for task in filter(None, at_work):
        task.cancel()
    await asyncio.gather(*filter(None, at_work), return_exceptions=True)


def says(*parts: bytes, over_and_over: bytes = b"", pause: float = 0) -> Misbehaviour:
    """Answer a request with some bytes, and then with others until nobody listens."""

    async def misbehave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.writelines(parts)
        await writer.drain()
        while over_and_over:
            writer.write(over_and_over)
            await writer.drain()
            await asyncio.sleep(pause)

    return misbehave


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "misbehave",
    [
        pytest.param(says(OK, b"\r\n", over_and_over=b"0", pause=0.05), id="a body in drops"),
        pytest.param(says(OK, over_and_over=b"X", pause=0.05), id="headers in drops"),
        pytest.param(says(over_and_over=b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.01), id="go on"),
        pytest.param(says(CHUNKED, b"1;", over_and_over=b"y" * 1000, pause=0.01), id="a chunk that never begins"),
        pytest.param(says(OK, b"Content-Length: 100\r\n\r\n", b"0 | Accept", over_and_over=b"", pause=1), id="short"),
        pytest.param(says(OK, over_and_over=b"X: %s\r\n" % (b"y" * 1000)), id="headers without end"),
        pytest.param(says(OK, b"X: ", over_and_over=b"y" * 1000), id="a header without end"),
        pytest.param(says(CHUNKED, b"1\r\n0\r\n0\r\n", over_and_over=b"X: y\r\n"), id="trailers without end"),
        pytest.param(says(CHUNKED, b"f" * 20, b"\r\n0"), id="a chunk larger than the world"),
        pytest.param(says(OK, b"Content-Length: -1\r\n\r\n"), id="a length below nothing"),
        pytest.param(says(OK, b"Content-Encoding: gzip\r\n\r\n0 | Accept"), id="gzip that is none"),
        pytest.param(says(b"\x00\xff SSH-2.0\r\n"), id="no HTTP"),
        pytest.param(says(b"HTTP/1.1 302 Found\r\nLocation: http://[?accessToken=Ab1CD2efg3Hi\r\n\r\n"), id="nowhere"),
        pytest.param(says(b"HTTP/1.1 101 Up\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"), id="another trade"),
    ],
)
async def test_an_answer_made_to_break_the_client_is_uncertain_in_time(
    serve: Serve, session: aiohttp.ClientSession, misbehave: Misbehaviour
) -> None:
    client = SmsmodeClient(session, KEY, base_url=await serve(misbehave), timeout=TIMEOUT)
    async with asyncio.timeout(TIMEOUT * 6):
        assert isinstance(await failure(client, "sendSMSBatch.do"), SmsmodeUncertainError)


async def test_a_header_without_end_is_given_up_at_once(serve: Serve, session: aiohttp.ClientSession) -> None:
    client = SmsmodeClient(session, KEY, base_url=await serve(says(OK, b"X: ", over_and_over=b"y" * 1000)), timeout=5)
    assert str(await failure(client, "credit.do")) != "no answer: TimeoutError"


async def test_any_exception_on_the_way_is_uncertain_and_keeps_secrets(gateway: Gateway) -> None:
    async def stumble(_session: object, _context: object, params: aiohttp.TraceRequestEndParams) -> None:
        raise ValueError(str(params.url))

    # As Home Assistant's own session does at a redirect to an address that cannot be read.
    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(stumble)
    async with aiohttp.ClientSession(trace_configs=[trace]) as session:
        error = await failure(SmsmodeClient(session, KEY, base_url=gateway.url), "sendSMSBatch.do")
    assert str(error) == "no answer: ValueError"


async def test_a_server_that_answers_and_does_not_listen_is_not_waited_for(
    serve: Serve, session: aiohttp.ClientSession
) -> None:
    left = asyncio.Event()

    async def misbehave(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"Content-Length: 99\r\n\r\n0")
        await writer.drain()
        await left.wait()

    client = SmsmodeClient(session, KEY, base_url=await serve(misbehave), timeout=TIMEOUT)
    rows = (BatchRow(number=NUMBER, text=TEXT * 60),) * 20_000
    async with asyncio.timeout(TIMEOUT * 20):
        with pytest.raises(SmsmodeUncertainError):
            await client.send_batch(BatchRequest(rows=rows))
    left.set()


async def test_a_compressed_response_is_not_unpacked_beyond_the_maximum_size(
    serve: Serve, session: aiohttp.ClientSession
) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(500)) + packer.flush()
    header = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    client = SmsmodeClient(session, KEY, base_url=await serve(says(header, bomb)), timeout=10)
    tracemalloc.start()
    error = await failure(client, "credit.do")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert str(error) == "answer too long"
    assert peak < 4 * MAX_RESPONSE_SIZE


async def test_no_cookie_goes_to_the_gateway_and_none_is_kept(serve: Serve) -> None:
    heard: list[bytes] = []

    async def misbehave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(KEY.encode()))
        writer.write(OK + b"Connection: close\r\nSet-Cookie: JSESSIONID=whose; Path=/\r\n\r\n7")
        await writer.drain()

    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        url = await serve(misbehave)
        jar.update_cookies({"house": "secret"}, URL(url))
        client = SmsmodeClient(session, KEY, base_url=url)
        assert [await client.get_balance(), await client.get_balance()] == [7, 7]
    assert not [request for request in heard if b"cookie" in request.lower()]
    assert {cookie.key for cookie in jar} == {"house"}


async def test_a_connection_is_used_again(serve: Serve, session: aiohttp.ClientSession) -> None:
    connections: list[int] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(0)
        while await reader.readuntil(KEY.encode()):
            connections[-1] += 1
            writer.write(OK + b"Content-Length: 1\r\n\r\n7")

    client = SmsmodeClient(session, KEY, base_url=await serve(answer))
    assert [await client.get_balance() for _ in range(3)] == [7, 7, 7]
    assert connections == [3]


async def test_after_a_connection_was_closed_unannounced_none_is_reused(
    serve: Serve, session: aiohttp.ClientSession
) -> None:
    async def answer_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(KEY.encode())
        if b"Connection: close" in request:
            writer.write(OK + b"Connection: close\r\nContent-Length: 1\r\n\r\n7")
        else:
            writer.write(OK + b"Content-Length: 1\r\n\r\n7")
            # It closes when the next request has come, as if both had set out at the same time.
            await reader.readuntil(KEY.encode())

    client = SmsmodeClient(session, KEY, base_url=await serve(answer_once))
    assert await client.get_balance() == 7
    with pytest.raises(SmsmodeUncertainError):
        await client.get_balance()
    assert [await client.get_balance() for _ in range(3)] == [7, 7, 7]


@pytest.mark.parametrize(
    ("endpoint", "repeated"),
    [
        ("sendSMS.do", f"{KEY}, {NUMBER}: {TEXT}"),
        ("sendVoiceMessage.do", f"{KEY}, {NUMBER}: {TEXT}"),
        ("sendSMSBatch.do", f"{KEY}, {NUMBER}: {TEXT}"),
        ("addContact.do", f"{KEY}, 06 12 34 56 78: {TEXT}"),
        ("createSubAccount.do", f"{KEY}, {PASSWORD}"),
        ("createAuthorisation.do", KEY),
        ("credit.do", KEY),
    ],
    ids=lambda value: value if value.endswith(".do") else "",
)
async def test_a_refusal_that_repeats_the_request_is_redacted(
    gateway: Gateway, session: aiohttp.ClientSession, endpoint: str, repeated: str
) -> None:
    client = SmsmodeClient(session, gateway.token, base_url=gateway.url)
    await gateway.fail(endpoint, f"text:99 | refus de {repeated} par la passerelle")
    error = await failure(client, endpoint)
    assert str(error).startswith("code 99: refus de …")
    assert str(error).endswith("par la passerelle")
    assert "12 34" not in str(error)


@pytest.mark.parametrize("endpoint", ["createAuthorisation.do", "credit.do"])
async def test_a_key_of_letters_alone_is_redacted(session: aiohttp.ClientSession, endpoint: str) -> None:
    async with Gateway(token="sesameouvretoi") as gateway:
        client = SmsmodeClient(session, gateway.token, base_url=gateway.url)
        await gateway.fail(endpoint, "text:99 | refus de sesameouvretoi")
        assert str(await failure(client, endpoint)) == "code 99: refus de …"
