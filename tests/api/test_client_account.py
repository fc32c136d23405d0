"""What the keys, the credits, the sub-accounts and the contacts put on the wire, and what is made of the answer."""

from datetime import date
from decimal import Decimal

import aiohttp

from custom_components.smsmode.api import Contact, SmsmodeClient, SubaccountRequest
from tests.support.api_expected import ALICE, KEY, body, only_request
from tests.support.gateway import Gateway


async def test_the_balance(client: SmsmodeClient, gateway: Gateway) -> None:
    await gateway.set(balance=-212.5, post_paid=True)
    assert await client.get_balance() == Decimal("-212.5")
    request = await only_request(gateway, "1.6/credit.do")
    assert request.body == KEY


async def test_a_balance_in_another_notation(client: SmsmodeClient, gateway: Gateway) -> None:
    await gateway.set(balance=1212.5, balance_thousands=".", balance_decimal=",", balance_unit=" EUR")
    assert await client.get_balance() == Decimal("1212.5")


async def test_a_new_key(client: SmsmodeClient, gateway: Gateway, session: aiohttp.ClientSession) -> None:
    key = await client.create_api_key()
    request = await only_request(gateway, "2.0/createAuthorisation.do")
    assert request.body == KEY
    assert key.account == "demo"
    assert await SmsmodeClient(session, key.access_token, base_url=gateway.url).get_balance() == 100


async def test_a_new_key_is_asked_for_by_get_where_post_is_not_allowed(
    client: SmsmodeClient, gateway: Gateway, session: aiohttp.ClientSession
) -> None:
    await gateway.set(key_by_post=False)
    key = await client.create_api_key()
    assert await SmsmodeClient(session, key.access_token, base_url=gateway.url).get_balance() == 100
    post, get = await gateway.requests("createAuthorisation.do")
    assert (post.method, post.query, post.body) == ("POST", "", KEY)
    assert (get.method, get.query, get.body) == ("GET", KEY.decode(), b"")
    assert "Content-Type" not in get.headers


async def test_a_subaccount_is_created_with_its_person(client: SmsmodeClient, gateway: Gateway) -> None:
    request = SubaccountRequest(
        username="enfant é",
        password="mot & passe",
        reference="r1",
        last_name="Dupond",
        first_name="Jérôme",
        company="Société",
        address="10 rue d'Amiens",
        city="Paris",
        postal_code="75002",
        mobile=ALICE,
        phone="0491056462",
        fax="0491056463",
        email="j@example.org",
        birth_date=date(1990, 2, 1),
    )
    assert await client.create_subaccount(request) == "Création effectuée"
    logged = await only_request(gateway, "1.6/createSubAccount.do")
    assert logged.body == body(
        b"newPseudo=enfant+%E9",
        b"newPass=mot+%26+passe",
        b"reference=r1",
        b"nom=Dupond",
        b"prenom=J%E9r%F4me",
        b"societe=Soci%E9t%E9",
        b"adresse=10+rue+d%27Amiens",
        b"ville=Paris",
        b"codePostal=75002",
        b"mobile=33612345678",
        b"telephone=0491056462",
        b"fax=0491056463",
        b"email=j%40example.org",
        b"date=01021990",
    )
    assert "mot" not in repr(request)


async def test_a_subaccount_needs_but_a_name_and_a_password(client: SmsmodeClient, gateway: Gateway) -> None:
    await client.create_subaccount(SubaccountRequest(username="b" * 50, password="y"))
    request = await only_request(gateway, "1.6/createSubAccount.do")
    assert request.body == body(b"newPseudo=" + b"b" * 50, b"newPass=y")


async def test_a_subaccount_gets_credits_and_goes(client: SmsmodeClient, gateway: Gateway) -> None:
    await client.create_subaccount(SubaccountRequest(username="enfant", password="y"))
    assert await client.transfer_credits("enfant", 12, "août") == "Transfert effectué"
    assert await client.transfer_credits("enfant", 1) == "Transfert effectué"
    assert await client.get_balance() == 87
    first, second = await gateway.requests("creditTransfert.do")
    assert first.body == body(b"targetPseudo=enfant", b"creditAmount=12", b"reference=ao%FBt")
    assert second.body == body(b"targetPseudo=enfant", b"creditAmount=1")
    assert first.path == "/http/1.6/creditTransfert.do"
    assert await client.delete_subaccount("enfant") == "Suppression effectuée"
    (request,) = await gateway.requests("deleteSubAccount.do")
    assert (request.path, request.body) == ("/http/1.6/deleteSubAccount.do", body(b"pseudoToDelete=enfant"))


async def test_a_contact_with_everything(client: SmsmodeClient, gateway: Gateway) -> None:
    contact = Contact(
        name="Dupond",
        number="0612345678",
        first_name="Zoé",
        groups=("Famille", "Été"),
        company="S & C",
        other="x",
        birth_date=date(2000, 12, 31),
    )
    assert await client.add_contact(contact) == "Contact ajouté"
    request = await only_request(gateway, "1.6/addContact.do")
    assert request.body == body(
        b"nom=Dupond",
        b"mobile=33612345678",
        b"prenom=Zo%E9",
        b"groupes=Famille%2C%C9t%E9",
        b"societe=S+%26+C",
        b"other=x",
        b"date=31122000",
    )


async def test_a_contact_needs_but_a_name_and_a_number(client: SmsmodeClient, gateway: Gateway) -> None:
    await client.add_contact(Contact(name="Dupond", number=ALICE))
    request = await only_request(gateway, "1.6/addContact.do")
    assert request.body == body(b"nom=Dupond", b"mobile=33612345678")


def test_a_client_shows_no_key(session: aiohttp.ClientSession) -> None:
    assert "Ab1CD2efg3Hi" not in repr(SmsmodeClient(session, "Ab1CD2efg3Hi"))
