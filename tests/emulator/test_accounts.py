"""Accounts of the emulator: credits, sub-accounts, keys, contacts."""

import json

import pytest

from tests.support.gateway import Gateway

from .http_client import HttpClient


async def test_credits_are_spent_per_segment_and_recipient(call: HttpClient, gateway: Gateway) -> None:
    await call.send(message="x" * 161, numero="0612345678,0698765432,33600000000")
    assert await call("credit") == "94.0"


async def test_a_number_named_twice_pays_twice(call: HttpClient, gateway: Gateway) -> None:
    message_id = await call.send(numero="0612345678,33612345678")
    assert await gateway.balance() == 98
    assert await call("compteRendu", smsID=message_id) == "33612345678 0 | 33612345678 0"


async def test_a_voice_message_costs_one_credit(call: HttpClient, gateway: Gateway) -> None:
    await call("sendVoiceMessage", message="x", numero="0612345678,0698765432")
    assert await gateway.balance() == 98


async def test_the_price_can_be_set(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set(price=0.35)
    await call.send()
    assert await call("credit") == "99.65"


async def test_the_last_credit_can_be_spent(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set(balance=1)
    await call.send()
    assert await call("credit") == "0.0"


async def test_a_post_paid_account_goes_below_nothing(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set(balance=0.5, post_paid=True)
    await call.send(numero="0612345678,0698765432,33600000000")
    assert await call("credit") == "-2.5"


async def test_a_deleted_scheduled_message_gives_its_credits_back(call: HttpClient, gateway: Gateway) -> None:
    message_id = await call.send(date_envoi="01012030-10:00")
    assert await gateway.balance() == 99
    await call("deleteSMS", smsID=message_id)
    assert await gateway.balance() == 100


async def test_a_deleted_sent_message_gives_nothing_back(call: HttpClient, gateway: Gateway) -> None:
    await call("deleteSMS", smsID=await call.send())
    assert await gateway.balance() == 99


@pytest.fixture
async def child(call: HttpClient, gateway: Gateway) -> str:
    """The key of a sub-account."""
    await call("createSubAccount", newPseudo="enfant", newPass="x", nom="Dupond", date="01022003")
    await gateway.set(username="enfant", token="cle-enfant")
    return "cle-enfant"


async def test_a_subaccount_is_created_with_its_details_and_nothing_on_it(
    call: HttpClient, gateway: Gateway, child: str
) -> None:
    account = (await gateway.state())["accounts"][1]
    assert (account["username"], account["parent"], account["balance"]) == ("enfant", "demo", 0)
    assert account["details"] == {"nom": "Dupond", "date": "01022003"}
    assert (await call("sendSMS", accessToken=child, message="x", numero="0612345678")).startswith("33 | ")


async def test_a_username_can_be_taken_only_once(call: HttpClient, child: str) -> None:
    assert await call("createSubAccount", newPseudo="enfant", newPass="y") == "41 | Identifiant déjà existant"


async def test_credits_go_to_the_child_and_back(call: HttpClient, child: str) -> None:
    await call("creditTransfert", targetPseudo="enfant", creditAmount="30")
    await call("creditTransfert", accessToken=child, targetPseudo="demo", creditAmount="10")
    assert [await call("credit"), await call("credit", accessToken=child)] == ["80.0", "20.0"]


async def test_a_child_sees_its_own_messages_only(call: HttpClient, child: str) -> None:
    await call("creditTransfert", targetPseudo="enfant", creditAmount="30")
    message_id = await call.send(accessToken=child)
    assert await call("smsList") == ""
    assert message_id in await call("smsList", accessToken=child)
    assert await call("compteRendu", smsID=message_id) == "61 | SMS n'existant pas ou plus"


async def test_a_child_cannot_close_its_parent(call: HttpClient, child: str) -> None:
    assert (await call("deleteSubAccount", accessToken=child, pseudoToDelete="demo")).startswith("41 | ")


async def test_closing_a_subaccount_returns_its_credits_and_kills_its_key(call: HttpClient, child: str) -> None:
    await call("creditTransfert", targetPseudo="enfant", creditAmount="30")
    await call("deleteSubAccount", pseudoToDelete="enfant")
    assert await call("credit") == "100.0"
    assert (await call("credit", accessToken=child)).startswith("32 | ")


async def test_a_made_key_works_for_a_year_beside_the_old_one(call: HttpClient, gateway: Gateway) -> None:
    key = json.loads(await call.get("createAuthorisation", f"accessToken={gateway.token}"))["accessToken"]
    await gateway.advance(364 * 86400)
    assert [await call("credit"), await call("credit", accessToken=key)] == ["100.0", "100.0"]
    await gateway.advance(2 * 86400)
    assert await call("credit") == "100.0"
    assert (await call("credit", accessToken=key)).startswith("32 | ")


async def test_a_group_reaches_its_members_once_each(call: HttpClient, gateway: Gateway) -> None:
    await call("addContact", nom="Alice", mobile="0612345678", groupes="Famille, Voisins")
    await call("addContact", nom="Bob", mobile="33698765432", groupes="Famille")
    await call("addContact", nom="Alice encore", mobile="33612345678", groupes="Famille")
    await call.send(groupe="Famille")
    await call.send(groupe="Voisins")
    assert [message.numbers for message in await gateway.messages()] == [
        ["33612345678", "33698765432"],
        ["33612345678"],
    ]


async def test_a_contact_keeps_its_details(call: HttpClient, gateway: Gateway) -> None:
    details = {"prenom": "Zoé", "societe": "Été SARL", "other": "x", "date": "01022003"}
    await call("addContact", nom="Dupond", mobile="0612345678", **details)
    contact = {"name": "Dupond", "number": "33612345678", "groups": [], **details}
    assert (await gateway.state())["accounts"][0]["contacts"] == [contact]


async def test_an_unsubscription_costs_a_credit_and_bars_the_number(call: HttpClient, gateway: Gateway) -> None:
    await call.send(classe_msg="4")
    await gateway.reply("33612345678", "Stop ")
    assert await gateway.balance() == 98
    message_id = await call.send()
    assert await call("compteRendu", smsID=message_id) == "33612345678 3999"


async def test_the_balance_has_the_notation_that_is_set(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set(balance=-1234567.5)
    assert await call("credit") == "-1234567.5"
    await gateway.set(balance_thousands=".", balance_decimal=",", balance_unit=" EUR")
    assert await call("credit") == "-1.234.567,5 EUR"


async def test_a_key_can_be_had_by_get_alone_if_so_set(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set(key_by_post=False)
    async with call.session.post(call.url("createAuthorisation"), data={"accessToken": gateway.token}) as response:
        assert response.status == 405
    key = json.loads(await call.get("createAuthorisation", f"accessToken={gateway.token}"))["accessToken"]
    assert (await call.get("credit", f"accessToken={key}")).strip() == "100.0"
