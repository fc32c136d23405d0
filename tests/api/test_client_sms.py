"""What sendSMS puts on the wire."""

from custom_components.smsmode.api import Contact, MessageClass, MessageRequest, SmsmodeClient, StopClause
from tests.support.api_expected import ALICE, BOB, LATER, LATIN_FORM, UNICODE_FORM, body, only_request
from tests.support.gateway import Gateway


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
