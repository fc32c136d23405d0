"""What a session of somebody else does not allow the gateway."""

import asyncio

import aiohttp
import pytest

from custom_components.smsmode.api import SmsmodeClient, SmsmodeConnectionError
from tests.support.api_failures import failure

KEY = "Ab1CD2efg3Hi"
LONG = b"y" * 100_000


@pytest.mark.parametrize(
    ("head", "refused"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nX: y\r\n", False, id="nothing long"),
        pytest.param(b"HTTP/1.1 200 " + LONG + b"\r\n", True, id="a long first line"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + LONG + b"\r\n", True, id="a long header"),
    ],
)
async def test_a_session_that_allows_long_headers_does_not_allow_them_to_the_gateway(
    head: bytes, refused: bool
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head + b"Content-Length: 5\r\n\r\n212.5")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, aiohttp.ClientSession(max_line_size=10**7, max_field_size=10**7) as session:
        client = SmsmodeClient(session, KEY, base_url=address)
        if refused:
            assert str(await failure(client, "credit.do")).startswith("no answer: ")
        else:
            assert str(await client.get_balance()) == "212.5"


async def test_a_session_already_closed_is_named_as_the_reason(session: aiohttp.ClientSession) -> None:
    await session.close()
    error = await failure(SmsmodeClient(session, KEY), "credit.do")
    assert isinstance(error, SmsmodeConnectionError)
    assert str(error) == "no connection: session closed"
