"""Failed calls of the API for tests, and the secrets that must not be in their errors."""

import traceback

import pytest

from custom_components.smsmode.api import SmsmodeClient, SmsmodeError

from .api_calls import CALLS, NUMBER, PASSWORD, TEXT

SECRETS = ("Ab1CD2efg3Hi", NUMBER, TEXT, PASSWORD, "accessToken")


async def failure(client: SmsmodeClient, endpoint: str) -> SmsmodeError:
    """Return the error that a call must end with, after a search for secrets in it."""
    with pytest.raises(SmsmodeError) as raised:
        await CALLS[endpoint](client)
    error = raised.value
    assert error.__context__ is None
    assert error.__cause__ is None
    shown = f"{error!r} {error} {vars(error)} {traceback.format_exception(error)}"
    for secret in SECRETS:
        assert secret not in shown
    return error
