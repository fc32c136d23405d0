"""What the client makes of servers that are not the gateway."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web

from custom_components.smsmode.api import SmsmodeAuthError, SmsmodeClient, SmsmodeUncertainError
from custom_components.smsmode.api.transport import MAX_RESPONSE_SIZE
from tests.support.api_calls import CALLS
from tests.support.api_failures import failure

pytestmark = pytest.mark.usefixtures("logs_keep_secrets")

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
    length = MAX_RESPONSE_SIZE

    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=b"12".ljust(length))

    client = SmsmodeClient(session, "Ab1CD2efg3Hi", base_url=await serve(handler))
    assert await client.get_balance() == 12
    length += 1
    assert isinstance(await failure(client, "credit.do"), SmsmodeUncertainError)
