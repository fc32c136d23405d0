"""Every action about an account: its money, its contacts and its keys."""

from typing import Any

import pytest
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.smsmode.const import DOMAIN
from tests.support.action_calls import last_params
from tests.support.house import ALICE_DIGITS, House


async def test_the_balance(house: House) -> None:
    await house.gateway.set(balance=12.5)
    assert await house.async_call("get_balance") == {"balance": 12.5}


async def test_a_contact_joins_the_address_book(house: House) -> None:
    await house.async_call(
        "add_contact",
        name="Dupond",
        number="06 12 34 56 78",
        first_name="Jacques",
        groups=["Famille", "Voisins"],
        company="SARL",
        birth_date="1970-02-01",
        other="x",
    )
    assert await last_params(house.gateway, "addContact.do") == {
        "nom": "Dupond",
        "mobile": ALICE_DIGITS,
        "prenom": "Jacques",
        "groupes": "Famille,Voisins",
        "societe": "SARL",
        "date": "01021970",
        "other": "x",
    }


async def test_a_subaccount_is_made_fed_and_deleted(house: House) -> None:
    await house.async_call("create_subaccount", username="chalet", password="secret", email="a@b.fr")
    await house.async_call("transfer_credits", username="chalet", amount=12, reference="pocket money")
    assert await house.gateway.balance() == 88
    await house.async_call("delete_subaccount", username="chalet")
    assert await last_params(house.gateway, "deleteSubAccount.do") == {"pseudoToDelete": "chalet"}


async def test_the_mobile_of_a_subaccount_is_written_as_people_write_it(house: House) -> None:
    await house.async_call("create_subaccount", username="chalet", password="secret", mobile="06 12 34 56 78")
    assert (await last_params(house.gateway, "createSubAccount.do"))["mobile"] == ALICE_DIGITS


async def test_a_mobile_that_is_no_number_is_explained(house: House) -> None:
    with pytest.raises(ServiceValidationError) as err:
        await house.async_call("create_subaccount", username="chalet", password="secret", mobile="home")
    assert err.value.translation_key == "target_not_a_number"


@pytest.mark.parametrize(
    ("action", "fields", "key"),
    [
        ("create_subaccount", {"username": "x", "password": "y"}, "subaccount_exists"),
        ("delete_subaccount", {"username": "x"}, "subaccount_unknown"),
        ("transfer_credits", {"username": "x", "amount": 1}, "transfer_account_unknown"),
    ],
)
async def test_what_an_identifier_that_is_refused_means_is_said_for_each_action(
    house: House, action: str, fields: dict[str, Any], key: str
) -> None:
    await house.gateway.fail("*", "code:41")
    with pytest.raises(HomeAssistantError) as err:
        await house.async_call(action, **fields)
    assert err.value.translation_key == key


CONTACT = {"name": "Dupond", "number": "06 12 34 56 78"}
SUBACCOUNT = {"username": "chalet", "password": "secret"}


@pytest.mark.parametrize(
    ("action", "fields", "field", "character"),
    [
        ("add_contact", CONTACT | {"first_name": "Łukasz"}, "first_name", "Ł"),
        ("add_contact", CONTACT | {"name": "Dvořák"}, "name", "ř"),
        ("add_contact", CONTACT | {"groups": ["Famille", "友達"]}, "groups", "友"),
        ("create_subaccount", SUBACCOUNT | {"last_name": "Łukasz"}, "last_name", "Ł"),
        ("create_subaccount", SUBACCOUNT | {"city": "Zürich 😀"}, "city", "😀"),
    ],
)
async def test_a_character_that_the_gateway_cannot_read_is_named_with_its_field(
    house: House, action: str, fields: dict[str, Any], field: str, character: str
) -> None:
    with pytest.raises(ServiceValidationError) as err:
        await house.async_call(action, **fields)
    assert err.value.translation_key == "field_not_encodable"
    assert err.value.translation_placeholders == {"field": field, "character": character}


async def test_no_character_of_a_password_is_named(house: House) -> None:
    with pytest.raises(ServiceValidationError) as err:
        await house.async_call("create_subaccount", username="chalet", password="żółw")
    assert (err.value.translation_key, err.value.translation_placeholders) == ("password_not_encodable", None)


async def test_only_whole_credits_are_transferred(house: House) -> None:
    with pytest.raises(ServiceValidationError) as err:
        await house.async_call("transfer_credits", username="chalet", amount=1.5)
    assert err.value.translation_key == "amount_invalid"


@pytest.mark.parametrize("fault", ["drop_after", "html"])
async def test_a_transfer_without_an_answer_is_in_doubt_and_never_repeated(house: House, fault: str) -> None:
    await house.async_call("create_subaccount", username="chalet", password="secret")
    await house.gateway.fail("creditTransfert.do", fault)
    with pytest.raises(HomeAssistantError) as err:
        await house.async_call("transfer_credits", username="chalet", amount=12)
    assert err.value.translation_key == "uncertain"
    assert len(await house.gateway.requests("creditTransfert.do")) == 1


async def test_a_new_key_is_shown_once_and_never_logged(house: House, caplog: pytest.LogCaptureFixture) -> None:
    response = await house.async_call("create_api_key")
    assert response["access_token"]
    assert response["access_token"] not in caplog.text


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("create_subaccount", {"username": "x", "password": "y"}),
        ("delete_subaccount", {"username": "x"}),
        ("transfer_credits", {"username": "x", "amount": 1}),
    ],
)
async def test_money_and_keys_are_for_administrators(
    hass: HomeAssistant, house: House, hass_read_only_user: MockUser, action: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN, action, fields, blocking=True, context=Context(user_id=hass_read_only_user.id)
        )


async def test_the_account_can_be_named_and_must_exist(house: House) -> None:
    assert await house.async_call("get_balance", config_entry_id=house.entry.entry_id) == {"balance": 100.0}
    with pytest.raises(ServiceValidationError):
        await house.async_call("get_balance", config_entry_id="nobody")
