"""What the client makes of trouble on the way."""

import asyncio

import aiohttp
import pytest

from custom_components.smsmode.api import SmsmodeClient, SmsmodeConnectionError, SmsmodeUncertainError
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
