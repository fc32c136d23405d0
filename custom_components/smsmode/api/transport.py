"""HTTP exchange with the gateway: one request, one response.

After a failure one thing matters: whether the request can have reached the gateway.
"""

from collections.abc import Mapping
from datetime import datetime
from http.cookies import SimpleCookie
from typing import Final, NamedTuple, cast

import aiohttp
from aiohttp import hdrs
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from yarl import URL

from .exceptions import SmsmodeConnectionError, SmsmodeError, SmsmodeUncertainError
from .gateway_clock import parse_http_date

MAX_RESPONSE_SIZE: Final = 8 * 1024 * 1024
MAX_HEADER_SIZE: Final = 16 * 1024


class Response(NamedTuple):
    """Response of the gateway; ``date`` is what its clock showed, if it says so."""

    status: int
    body: bytes
    date: datetime | None


async def exchange(
    session: aiohttp.ClientSession,
    url: str,
    data: bytes | aiohttp.FormData | None,
    headers: Mapping[str, str],
    timeout: float,  # noqa: ASYNC109 - aiohttp's own, which also covers the body
    *,
    reuse: bool,
) -> Response:
    """POST `data`, or GET if it is None, once, and return the response; no retry, no redirect.

    `timeout` is in seconds, for the whole exchange. Without `reuse` the connection is new and serves no other request.
    Raises SmsmodeConnectionError if no connection was made within a
    third of it, and SmsmodeUncertainError for anything after that, a body of more than 8 MiB among it.
    """
    if session.closed:
        raise SmsmodeConnectionError("no connection: session closed")
    # Of an exception only the name is kept, because it may hold the URL with the key. Ours is raised outside of the
    # except blocks, because `from None` hides what came before but leaves it attached.
    failure: SmsmodeError
    try:
        return await _post(session, url, data, headers, timeout, reuse=reuse)
    except SmsmodeUncertainError:
        raise
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError) as error:
        failure = SmsmodeConnectionError(f"no connection: {type(error).__name__}")
    except Exception as error:  # noqa: BLE001 - a response made to break aiohttp is none, whatever it raises
        failure = SmsmodeUncertainError(f"no answer: {type(error).__name__}")
    raise failure


async def _post(
    session: aiohttp.ClientSession,
    url: str,
    data: bytes | aiohttp.FormData | None,
    headers: Mapping[str, str],
    timeout: float,  # noqa: ASYNC109 - see exchange
    *,
    reuse: bool,
) -> Response:
    # The session keeps connections by the name that the certificate is for: by this one it has none, see below.
    name = None if reuse else URL(url).host
    async with session.request(
        hdrs.METH_GET if data is None else hdrs.METH_POST,
        url,
        data=data,
        headers=headers,
        server_hostname=name,
        allow_redirects=False,
        timeout=aiohttp.ClientTimeout(total=timeout, connect=timeout / 3),
        max_line_size=MAX_HEADER_SIZE,
        max_field_size=MAX_HEADER_SIZE,
        middlewares=(_once_without_cookies,) if reuse else (_once_without_cookies, _close_connection),
    ) as response:
        return Response(response.status, await _read(response), parse_http_date(response.headers.get(hdrs.DATE, "")))


async def _once_without_cookies(
    request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Send a request once, without a cookie of the shared session, and store no cookie of the gateway.

    aiohttp would repeat a GET whose connection broke after it had been sent, but this GET creates a key.
    """
    request.headers.pop(hdrs.COOKIE, None)
    try:
        response = await send(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        failure = SmsmodeUncertainError(f"no answer: {type(error).__name__}")
    else:
        response.cookies = SimpleCookie()
        return response
    raise failure


async def _close_connection(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Have the connection of a request closed after its response, and whatever else the server has written to it.

    Not by the header ``Connection: close``: then aiohttp refuses a response that is followed by anything.
    """
    send_on = request.send

    async def send_and_close(conn: Connection) -> aiohttp.ClientResponse:
        # A connection that was just acquired has a protocol.
        cast("ResponseHandler", conn.protocol).force_close()
        return await send_on(conn)

    request.send = send_and_close  # type: ignore[method-assign]
    return await send(request)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MAX_RESPONSE_SIZE:
            raise SmsmodeUncertainError("answer too long")
    return bytes(body)
