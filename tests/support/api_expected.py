"""Expected requests of the API for tests, in bytes."""

from datetime import UTC, datetime

from .gateway import Gateway, LoggedRequest

ALICE, BOB = "+33612345678", "+33698765432"
LATER = datetime(2099, 7, 1, 10, 0, 30, tzinfo=UTC)
KEY = b"accessToken=Ab1CD2efg3Hi"
LATIN_FORM = "application/x-www-form-urlencoded; charset=iso-8859-15"
UNICODE_FORM = "application/x-www-form-urlencoded; charset=utf-8"


async def only_request(gateway: Gateway, path: str) -> LoggedRequest:
    """Return the one request, which is a POST of a form that keeps the key out of its address."""
    (request,) = await gateway.requests()
    assert (request.method, request.path, request.query) == ("POST", f"/http/{path}", "")
    assert request.headers["Content-Type"] in {LATIN_FORM, UNICODE_FORM}
    return request


def body(*parameters: bytes) -> bytes:
    """Return the expected body: the key, then the parameters."""
    return b"&".join((KEY, *parameters))
