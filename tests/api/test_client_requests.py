"""What each method puts on the wire, and what it makes of the gateway's answer."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qsl

import aiohttp
import pytest

from custom_components.smsmode.api import (
    BatchRequest,
    BatchRow,
    Contact,
    DeliveryReport,
    MessageClass,
    MessageRequest,
    MessageStatus,
    Reply,
    SentMessage,
    SmsmodeClient,
    StatusAnswer,
    StopClause,
    SubaccountRequest,
    VoiceLanguage,
    VoiceRequest,
)
from custom_components.smsmode.api.dates import PARIS
from tests.gateway import Gateway, LoggedRequest

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
    """Join what is expected, behind the key."""
    return b"&".join((KEY, *parameters))


async def test_a_plain_message(client: SmsmodeClient, gateway: Gateway) -> None:
    result = await client.send_message(MessageRequest(text="Bonjour Maman", numbers=(ALICE,)))
    request = await only_request(gateway, "1.6/sendSMS.do")
    assert request.body == body(b"message=Bonjour+Maman", b"numero=33612345678", b"classe_msg=2", b"nbr_msg=5")
    assert request.headers["Content-Type"] == LATIN_FORM
    (message,) = await gateway.messages()
    assert (result.message_id, result.description) == (message.id, "Accepté")


async def test_a_message_with_everything(client: SmsmodeClient, gateway: Gateway) -> None:
    result = await client.send_message(
        MessageRequest(
            text="Déjà 5 € & c'est\ntout",
            numbers=(ALICE, "33698765432", "0612345678", BOB),
            sender="MAISON",
            reference="fuite n°1 é",
            send_at=LATER,
            max_segments=2,
            stop=StopClause.ALWAYS,
            report_url="https://home.example/api/webhook/x?a=1&b=2",
            reply_url="https://home.example/api/webhook/y",
        )
    )
    request = await only_request(gateway, "1.6/sendSMS.do")
    assert request.body == body(
        b"message=D%E9j%E0+5+%A4+%26+c%27est%0Atout",
        b"numero=33612345678%2C33698765432",
        b"classe_msg=2",
        b"date_envoi=01072099-12%3A01",
        b"refClient=fuite+n%B01+%E9",
        b"emetteur=MAISON",
        b"nbr_msg=2",
        b"notification_url=https%3A%2F%2Fhome.example%2Fapi%2Fwebhook%2Fx%3Fa%3D1%26b%3D2",
        b"stop=2",
        b"notification_url_reponse=https%3A%2F%2Fhome.example%2Fapi%2Fwebhook%2Fy",
    )
    (message,) = await gateway.messages()
    assert message.id == result.message_id
    assert message.numbers == ["33612345678", "33698765432"]
    assert message.text == "Déjà 5 € & c'est\ntout STOP 36034"


async def test_every_character_of_the_repertoire_arrives(client: SmsmodeClient, gateway: Gateway) -> None:
    text = "\n !\"#$%&'()*+,-./09:;<=>?@AZ_az{|}~[\\]^¡£€¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùü"
    await client.send_message(MessageRequest(text=text, numbers=(ALICE,)))
    (message,) = await gateway.messages()
    assert message.text == text


async def test_a_message_to_a_group(client: SmsmodeClient, gateway: Gateway) -> None:
    await client.add_contact(Contact(name="Zoé", number=ALICE, groups=("Été",)))
    await client.send_message(MessageRequest(text="x", group="Été", stop=StopClause.IF_FREE))
    (request,) = await gateway.requests("sendSMS.do")
    assert request.body == body(b"message=x", b"groupe=%C9t%E9", b"classe_msg=2", b"nbr_msg=5", b"stop=1")


async def test_a_message_that_allows_replies(client: SmsmodeClient, gateway: Gateway) -> None:
    await client.send_message(MessageRequest(text="?", numbers=(ALICE,), message_class=MessageClass.REPLY))
    request = await only_request(gateway, "1.6/sendSMS.do")
    assert request.body == body(b"message=%3F", b"numero=33612345678", b"classe_msg=4", b"nbr_msg=5")


async def test_a_unicode_message_is_utf_8_in_all_its_fields(client: SmsmodeClient, gateway: Gateway) -> None:
    await client.send_message(
        MessageRequest(
            text="☺ é",
            numbers=(ALICE,),
            message_class=MessageClass.UNICODE,
            reference="é",
            sender="PERSO",
            max_segments=1,
        )
    )
    request = await only_request(gateway, "1.6/sendSMS.do")
    assert request.headers["Content-Type"] == UNICODE_FORM
    assert request.body == body(
        b"message=%E2%98%BA+%C3%A9",
        b"numero=33612345678",
        b"classe_msg=9",
        b"refClient=%C3%A9",
        b"emetteur=PERSO",
        b"nbr_msg=1",
    )
    (message,) = await gateway.messages()
    assert message.text == "☺ é"


async def test_more_recipients_than_a_get_could_take(client: SmsmodeClient, gateway: Gateway) -> None:
    await gateway.set(balance=1000)
    await client.send_message(MessageRequest(text="x", numbers=tuple(f"+336{i:08}" for i in range(500))))
    (message,) = await gateway.messages()
    assert len(message.numbers) == 500


async def test_delivery_reports(client: SmsmodeClient, gateway: Gateway) -> None:
    sent = await client.send_message(MessageRequest(text="x", numbers=(ALICE, BOB)))
    await gateway.report(sent.message_id, "33612345678", 11)
    reports = await client.get_delivery_reports(sent.message_id)
    assert reports == [
        DeliveryReport(message_id=sent.message_id, number=ALICE, code=11),
        DeliveryReport(message_id=sent.message_id, number=BOB, code=0),
    ]
    (request,) = await gateway.requests("compteRendu.do")
    assert (request.path, request.body) == ("/http/1.6/compteRendu.do", body(b"smsID=" + sent.message_id.encode()))


async def test_the_balance(client: SmsmodeClient, gateway: Gateway) -> None:
    await gateway.set(balance=-212.5, post_paid=True)
    assert await client.get_balance() == Decimal("-212.5")
    request = await only_request(gateway, "1.6/credit.do")
    assert request.body == KEY


async def test_a_new_key(client: SmsmodeClient, gateway: Gateway, session: aiohttp.ClientSession) -> None:
    key = await client.create_api_key()
    request = await only_request(gateway, "2.0/createAuthorisation.do")
    assert request.body == KEY
    assert key.account == "demo"
    assert await SmsmodeClient(session, key.access_token, base_url=gateway.url).get_balance() == 100


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


async def test_a_message_is_deleted_by_its_id_or_by_a_number(client: SmsmodeClient, gateway: Gateway) -> None:
    first = await client.send_message(MessageRequest(text="x", numbers=(ALICE,), send_at=LATER))
    await client.send_message(MessageRequest(text="y", numbers=(BOB,)))
    assert await client.delete_message(message_id=first.message_id) == "SMS supprimé"
    assert await client.delete_message(number=BOB) == "SMS supprimé"
    by_id, by_number = await gateway.requests("deleteSMS.do")
    assert (by_id.path, by_id.body) == ("/http/1.6/deleteSMS.do", body(b"smsID=" + first.message_id.encode()))
    assert by_number.body == body(b"numero=33698765432")
    assert await gateway.messages() == []


async def test_sent_messages_are_listed_newest_first(client: SmsmodeClient, gateway: Gateway) -> None:
    one = await client.send_message(MessageRequest(text="a | b\n\nc", numbers=(ALICE,)))
    two = await client.send_message(MessageRequest(text="é" * 170, numbers=(BOB,)))
    newest, oldest = await client.get_sent_messages()
    assert newest.sent_at is not None
    assert datetime.now(UTC) - newest.sent_at < timedelta(minutes=2)
    expected = SentMessage(
        message_id=two.message_id,
        sent_at=newest.sent_at,
        text="é" * 170,
        recipient=BOB,
        cost=Decimal(2),
        recipient_count=1,
    )
    assert newest == expected
    assert (oldest.message_id, oldest.text) == (one.message_id, "a | b\n\nc")
    assert await client.get_sent_messages(count=1, start=1) == [oldest]
    whole, part = await gateway.requests("smsList.do")
    assert (whole.path, whole.body) == ("/http/1.6/smsList.do", body(b"offset=50"))
    assert part.body == body(b"start=1", b"offset=1")


async def test_the_status_of_a_message(client: SmsmodeClient, gateway: Gateway) -> None:
    sent = await client.send_message(MessageRequest(text="x", numbers=(ALICE,), send_at=LATER))
    answer = await client.get_message_status(sent.message_id)
    assert answer == StatusAnswer(code=10, description="Programmé")
    assert answer.status is MessageStatus.SCHEDULED
    (request,) = await gateway.requests("smsStatus.do")
    assert (request.path, request.body) == ("/http/1.6/smsStatus.do", body(b"smsID=" + sent.message_id.encode()))


async def test_a_reception_error_is_a_status_on_the_wire_too(client: SmsmodeClient, gateway: Gateway) -> None:
    sent = await client.send_message(MessageRequest(text="x", numbers=(ALICE,)))
    await gateway.report(sent.message_id, None, 35)
    assert (await client.get_message_status(sent.message_id)).status is MessageStatus.RECEPTION_ERROR


async def reply_to(client: SmsmodeClient, gateway: Gateway, *texts: str) -> list[str]:
    """Send a message and let it be answered; give the ids of the message and of the replies."""
    ask = MessageRequest(text="?", numbers=(ALICE,), message_class=MessageClass.REPLY)
    sent = await client.send_message(ask)
    return [sent.message_id, *[(await gateway.reply("33612345678", text))["id"] for text in texts]]


async def test_replies_by_page(client: SmsmodeClient, gateway: Gateway) -> None:
    message_id, first, second = await reply_to(client, gateway, "OK", "été | 5 €\n!")
    newest, oldest = await client.get_replies()
    assert newest == Reply(
        reply_id=second,
        received_at=newest.received_at,
        sender=ALICE,
        text="été | 5 €\n!",
        short_code="36034",
        message_id=message_id,
    )
    assert newest.received_at is not None
    assert (oldest.reply_id, oldest.text) == (first, "OK")
    assert await client.get_replies(start=1, count=10) == [oldest]
    assert await client.get_replies(count=1) == [newest]
    assert await client.get_replies(start=0) == [newest, oldest]
    bodies = [request.body for request in await gateway.requests("responseList.do")]
    assert bodies == [KEY, body(b"start=1", b"offset=10"), body(b"offset=1"), body(b"start=0")]


async def test_a_reply_that_imitates_another_is_unmasked_in_a_page_of_one(
    client: SmsmodeClient, gateway: Gateway
) -> None:
    forgery = "hi | 36034 | x\nforged | 22112026-12:00 | 33698765432 | OPEN"
    await reply_to(client, gateway, forgery)
    assert len(await client.get_replies()) == 2
    (reply,) = await client.get_replies(count=1)
    assert (reply.sender, reply.text) == (ALICE, forgery)


async def test_replies_between_two_dates(client: SmsmodeClient, gateway: Gateway) -> None:
    now = datetime.now(UTC)
    await reply_to(client, gateway, "OK")
    (reply,) = await client.get_replies_between(now - timedelta(hours=1), now + timedelta(hours=1))
    assert reply.text == "OK"
    assert (
        await client.get_replies_between(datetime(2014, 1, 1, tzinfo=PARIS), datetime(2014, 2, 1, tzinfo=PARIS)) == []
    )
    _, request = await gateway.requests("responseList.do")
    assert request.path == "/http/1.6/responseList.do"
    assert request.body == body(b"startDate=01012014-00%3A00", b"endDate=01022014-00%3A00")


async def test_the_dates_of_replies_are_widened_to_minutes(client: SmsmodeClient, gateway: Gateway) -> None:
    moment = datetime(2014, 1, 1, 12, 0, 20, tzinfo=PARIS)
    await client.get_replies_between(moment, moment + timedelta(seconds=10))
    (request,) = await gateway.requests("responseList.do")
    assert request.body == body(b"startDate=01012014-12%3A00", b"endDate=01012014-12%3A01")


async def test_a_voice_message_with_everything(client: SmsmodeClient, gateway: Gateway) -> None:
    result = await client.send_voice_message(
        VoiceRequest(
            text="é" * 160,
            numbers=(ALICE, BOB, ALICE),
            title="Message de la maison",
            language=VoiceLanguage.ENGLISH,
            send_at=LATER,
        )
    )
    request = await only_request(gateway, "1.6/sendVoiceMessage.do")
    assert request.body == body(
        b"message=" + b"%E9" * 160,
        b"numero=33612345678%2C33698765432",
        b"title=Message+de+la+maison",
        b"date_envoi=01072099-12%3A01",
        b"language=en-GB",
    )
    (message,) = await gateway.messages()
    assert (message.id, message.kind, message.language) == (result.message_id, "voice", "en-GB")


@pytest.mark.parametrize("language", VoiceLanguage)
async def test_every_language(client: SmsmodeClient, gateway: Gateway, language: VoiceLanguage) -> None:
    await client.send_voice_message(VoiceRequest(text="x", numbers=(ALICE,), language=language))
    request = await only_request(gateway, "1.6/sendVoiceMessage.do")
    assert request.body == body(b"message=x", b"numero=33612345678", b"language=" + language.encode())


async def test_a_voice_message_needs_but_a_text_and_a_number(client: SmsmodeClient, gateway: Gateway) -> None:
    await client.send_voice_message(VoiceRequest(text="x", numbers=(ALICE,)))
    request = await only_request(gateway, "1.6/sendVoiceMessage.do")
    assert request.body == body(b"message=x", b"numero=33612345678")


BATCH = BatchRequest(
    rows=(
        BatchRow(number=ALICE, text='Il a dit "été", 5 €', sender="RDV", reference="ref 1"),
        BatchRow(number="0698765432", text="x"),
    )
)
FILE = (
    b'"numero","message","emetteur","refClient"\n'
    b'"33612345678","Il a dit ""\xe9t\xe9"", 5 \xa4","RDV","ref 1"\n'
    b'"33698765432","x","",""\n'
)


async def test_a_batch_is_a_file_with_the_key_in_the_address(client: SmsmodeClient, gateway: Gateway) -> None:
    result = await client.send_batch(BATCH)
    (request,) = await gateway.requests("sendSMSBatch.do")
    assert (request.method, request.path) == ("POST", "/http/1.6/sendSMSBatch.do")
    assert request.query == "accessToken=Ab1CD2efg3Hi&classe_msg=2&nbr_msg=5"
    assert re.fullmatch(r"multipart/form-data; boundary=[0-9a-f]+", request.headers["Content-Type"])
    head, _, rest = request.body.partition(b"\r\n\r\n")
    assert b'name="fichier"; filename="batch.csv"' in head
    assert b"Content-Type: text/csv" in head
    assert rest.startswith(FILE + b"\r\n--")
    (message,) = await gateway.messages()
    assert message.id == result.message_id
    assert [(delivery.text, delivery.sender, delivery.reference) for delivery in message.deliveries] == [
        ('Il a dit "été", 5 €', "RDV", "ref 1"),
        ("x", "36034", ""),
    ]


async def test_a_batch_with_every_option(client: SmsmodeClient, gateway: Gateway) -> None:
    batch = replace(
        BATCH,
        sender="MAISON",
        reference="r&é+",
        send_at=LATER,
        max_segments=1,
        stop=StopClause.IF_FREE,
        report_url="https://home.example/x?y=z",
    )
    await client.send_batch(batch)
    (request,) = await gateway.requests("sendSMSBatch.do")
    assert parse_qsl(request.query, encoding="iso-8859-15") == [
        ("accessToken", "Ab1CD2efg3Hi"),
        ("classe_msg", "2"),
        ("date_envoi", "01072099-12:01"),
        ("refClient", "r&é+"),
        ("emetteur", "MAISON"),
        ("nbr_msg", "1"),
        ("notification_url", "https://home.example/x?y=z"),
        ("stop", "1"),
    ]
    assert "%E9" in request.query
    (message,) = await gateway.messages()
    assert (message.deliveries[1].sender, message.deliveries[1].reference) == ("MAISON", "r&é+")


async def test_a_batch_that_allows_replies(client: SmsmodeClient, gateway: Gateway) -> None:
    await client.send_batch(BatchRequest(rows=(BatchRow(number=ALICE, text="?"),), message_class=MessageClass.REPLY))
    (request,) = await gateway.requests("sendSMSBatch.do")
    assert "classe_msg=4" in request.query


async def test_no_connection_is_kept_that_could_break_under_the_next_request(
    client: SmsmodeClient, gateway: Gateway, session: aiohttp.ClientSession
) -> None:
    await client.get_balance()
    (request,) = await gateway.requests("credit.do")
    assert request.headers["Connection"] == "close"


def test_a_client_shows_no_key(session: aiohttp.ClientSession) -> None:
    assert "Ab1CD2efg3Hi" not in repr(SmsmodeClient(session, "Ab1CD2efg3Hi"))
