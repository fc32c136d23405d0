"""HTTP exchange with the gateway: one request, one response.

After a failure one thing matters: whether the request can have reached the gateway.
"""

from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Final

import aiohttp
from aiohttp import hdrs

from .exceptions import SmsmodeConnectionError, SmsmodeError, SmsmodeUncertainError

MAX_RESPONSE_SIZE: Final = 8 * 1024 * 1024
MAX_HEADER_SIZE: Final = 16 * 1024


async def exchange(
    session: aiohttp.ClientSession,
    url: str,
    data: bytes | aiohttp.FormData | None,
    headers: Mapping[str, str],
    timeout: float,  # noqa: ASYNC109 - aiohttp's own, which also covers the body
) -> tuple[int, bytes]:
    """POST `data`, or GET if it is None, once, and return the HTTP status and the body; no retry, no redirect.

    `timeout` is in seconds, for the whole exchange. Raises SmsmodeConnectionError if no connection was made within a
    third of it, and SmsmodeUncertainError for anything after that, a body of more than 8 MiB among it.
    """
    if session.closed:
        raise SmsmodeConnectionError("no connection: session closed")
    # Of an exception only the name is kept, because it may hold the URL with the key. Ours is raised outside of the
    # except blocks, because `from None` hides what came before but leaves it attached.
    failure: SmsmodeError
    try:
        return await _post(session, url, data, headers, timeout)
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
) -> tuple[int, bytes]:
    async with session.request(
        hdrs.METH_GET if data is None else hdrs.METH_POST,
        url,
        data=data,
        headers=headers,
        allow_redirects=False,
        timeout=aiohttp.ClientTimeout(total=timeout, connect=timeout / 3),
        max_line_size=MAX_HEADER_SIZE,
        max_field_size=MAX_HEADER_SIZE,
        middlewares=(_once_without_cookies,),
    ) as response:
        return response.status, await _read(response)


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


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MAX_RESPONSE_SIZE:
            raise SmsmodeUncertainError("answer too long")
    return bytes(body)
