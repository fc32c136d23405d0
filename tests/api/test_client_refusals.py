"""What the client makes of refusals."""

import pytest

from custom_components.smsmode.api import (
    SmsmodeAuthError,
    SmsmodeClient,
    SmsmodeCreditError,
    SmsmodeError,
    SmsmodeGatewayError,
    SmsmodeIdentifierError,
    SmsmodeNotFoundError,
    SmsmodeParameterError,
    SmsmodeTemporaryError,
    SmsmodeUncertainError,
)
from tests.support.api_calls import CALLS, NUMBER
from tests.support.api_failures import failure
from tests.support.gateway import Gateway

pytestmark = pytest.mark.usefixtures("logs_keep_secrets")

# The tables of the document; 32 and 35 are tried everywhere, since endpoints were seen to give them beyond their table.
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

every_endpoint = pytest.mark.parametrize("endpoint", CALLS)


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


async def test_the_accents_of_a_description_are_decoded(client: SmsmodeClient, gateway: Gateway) -> None:
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


@pytest.mark.parametrize(("status", "methods"), [(404, ["POST"]), (405, ["POST", "GET"]), (410, ["POST"])])
async def test_a_gateway_without_the_endpoint_for_keys_refuses(
    client: SmsmodeClient, gateway: Gateway, status: int, methods: list[str]
) -> None:
    await gateway.fail("createAuthorisation.do", f"http:{status}", None)
    error = await failure(client, "createAuthorisation.do")
    assert type(error) is SmsmodeGatewayError
    assert (error.code, str(error)) == (status, f"code {status}: HTTP {status}")
    assert [request.method for request in await gateway.requests()] == methods


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param("drop_after", SmsmodeUncertainError, id="no response"),
        pytest.param("http:500", SmsmodeUncertainError, id="a server error"),
        pytest.param("http:404", SmsmodeGatewayError, id="not there either"),
        pytest.param("text:32 | Votre authentification a échoué", SmsmodeAuthError, id="a return code"),
        pytest.param("cut:20", SmsmodeUncertainError, id="half an object"),
    ],
)
async def test_a_key_asked_for_by_get_fails_as_by_post(
    client: SmsmodeClient, gateway: Gateway, fault: str, expected: type[SmsmodeError]
) -> None:
    await gateway.fail("createAuthorisation.do", "http:405")
    await gateway.fail("createAuthorisation.do", fault)
    assert type(await failure(client, "createAuthorisation.do")) is expected
    assert [request.method for request in await gateway.requests()] == ["POST", "GET"]


async def test_a_revoked_key_is_refused_by_get_too(client: SmsmodeClient, gateway: Gateway) -> None:
    await gateway.set(key_by_post=False)
    await gateway.revoke()
    assert isinstance(await failure(client, "createAuthorisation.do"), SmsmodeAuthError)
