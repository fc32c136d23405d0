"""What voice messages and batches put on the wire."""

import re
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest

from custom_components.smsmode.api import (
    BatchRequest,
    BatchRow,
    MessageClass,
    SmsmodeClient,
    StopClause,
    VoiceLanguage,
    VoiceRequest,
)
from tests.support.api_expected import ALICE, BOB, LATER, body, only_request
from tests.support.gateway import Gateway


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
