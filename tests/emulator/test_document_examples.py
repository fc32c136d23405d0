"""Every request and answer printed in the vendor's document, as printed."""

import json
import re

import pytest

from tests.support.gateway import Gateway

from .callback_server import CallbackServer
from .http_client import HttpClient

KEY = "accessToken=Ab1CD2efg3Hi"
PATHS = [
    "/http/2.0/createAuthorisation.do",
    "/http/1.6/sendSMS.do",
    "/http/1.6/compteRendu.do",
    "/http/1.6/credit.do",
    "/http/1.6/createSubAccount.do",
    "/http/1.6/deleteSubAccount.do",
    "/http/1.6/creditTransfert.do",
    "/http/1.6/addContact.do",
    "/http/1.6/deleteSMS.do",
    "/http/1.6/smsList.do",
    "/http/1.6/smsStatus.do",
    "/http/1.6/responseList.do",
    "/http/1.6/sendVoiceMessage.do",
    "/http/1.6/sendSMSBatch.do",
]
ACCEPTED = re.compile(r"0 \| Accepté \| [A-Za-z0-9]{12}\n")


async def test_p5_a_key_makes_another_key_of_32_characters(call: HttpClient) -> None:
    answer = json.loads(await call.get("createAuthorisation", KEY))
    assert set(answer) == {"id", "accessToken", "creationDate", "state", "expiration", "account"}
    assert len(answer["accessToken"]) == 32
    assert await call("credit", accessToken=answer["accessToken"]) == "100.0"


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        pytest.param("message=Bonjour+Maman&numero=3363123456,0623123457", 2, id="p6-two-recipients"),
        pytest.param("message=Bonjour+Maman&numero=3363123456,0623123457&stop=1", 2, id="p9-stop"),
        pytest.param(
            "message=Bonjour+test&numero=33600112233"
            "&notification_url=http://www.votreURLdeNotificationdeCR.com/compteRenduNotification.php&refClient=12azer34",
            1,
            id="p21-report-wanted",
        ),
        pytest.param("classe_msg=9&message=%E2%98%BA&emetteur=PERSO&numero=3363123456,0623123457", 2, id="p27-unicode"),
    ],
)
async def test_a_printed_request_to_send_is_accepted(call: HttpClient, gateway: Gateway, query: str, cost: int) -> None:
    assert ACCEPTED.fullmatch(await call.get("sendSMS", f"{KEY}&{query}"))
    assert await gateway.balance() == 100 - cost


async def test_p6_a_birthday_wish_leaves_at_its_date(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set_time("2005-12-20T10:00:00+01:00")
    query = f"{KEY}&message=Bon+anniversaire&numero=3363123456&date_envoi=21122005-14:35"
    assert ACCEPTED.fullmatch(await call.get("sendSMS", query))
    (message,) = await gateway.messages()
    assert (message.leaves_at, message.status) == ("2005-12-21T13:35:00+00:00", 10)


async def test_p27_the_smiling_face_arrives(call: HttpClient, gateway: Gateway) -> None:
    await call.get("sendSMS", f"{KEY}&classe_msg=9&message=%E2%98%BA&emetteur=PERSO&numero=3363123456,0623123457")
    (message,) = await gateway.messages()
    assert (message.text, message.sender, message.numbers) == ("☺", "PERSO", ["3363123456", "33623123457"])


async def test_p10_one_received_one_switched_off(call: HttpClient, gateway: Gateway) -> None:
    message_id = await call.send(numero="0600000000,0611111111")
    await gateway.report(message_id, "33600000000", 11)
    await gateway.report(message_id, "33611111111", 13)
    assert await call.get("compteRendu", f"{KEY}&smsID={message_id}") == "33600000000 11 | 33611111111 13\n"


async def test_p12_the_balance_is_a_number_alone(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set(balance=212.5)
    assert await call.get("credit", KEY) == "212.5\n"


async def test_p13_p14_p15_a_subaccount_is_opened_filled_and_closed(call: HttpClient) -> None:
    opened = await call.get("createSubAccount", f"{KEY}&newPseudo=bbbb&newPass=yyyyyy")
    filled = await call.get("creditTransfert", f"{KEY}&targetPseudo=bbbb&creditAmount=12&reference=blablabla")
    closed = await call.get("deleteSubAccount", f"{KEY}&pseudoToDelete=bbbb")
    assert (opened, filled) == ("0 | Création effectuée\n", "0 | Transfert effectué\n")
    assert closed.startswith("0 | ")


async def test_p16_a_contact_makes_its_groups(call: HttpClient, gateway: Gateway) -> None:
    query = f"{KEY}&nom=Dupond&prenom=jacques&mobile=0612345678&groupes=Groupe1,Groupe2"
    assert await call.get("addContact", query) == "0 | Contact ajouté\n"
    groups = (await gateway.state())["accounts"][0]["groups"]
    assert groups == {"Groupe1": ["33612345678"], "Groupe2": ["33612345678"]}


async def test_p16_the_printed_placeholder_is_no_number(call: HttpClient) -> None:
    answer = await call.get("addContact", f"{KEY}&nom=Dupond&mobile=06XXXXXXXXXX")
    assert answer.startswith("35 | ")


async def test_p17_an_id_that_is_not_there(call: HttpClient) -> None:
    assert await call.get("deleteSMS", f"{KEY}&smsID=06000000") == "61 | SMS non trouvé\n"


async def test_p18_the_two_latest(call: HttpClient) -> None:
    ids = [await call.send() for _ in range(3)]
    rows = (await call.get("smsList", f"{KEY}&offset=2")).strip().split("\n\n")
    assert [row.split(" | ")[0] for row in rows] == ids[:0:-1]


async def test_p19_a_sent_message_says_so(call: HttpClient) -> None:
    message_id = await call.send()
    assert await call.get("smsStatus", f"{KEY}&smsID={message_id}") == "0 | Envoyé\n"


async def test_p21_the_report_callback_is_as_printed(
    call: HttpClient, gateway: Gateway, callback_server: CallbackServer
) -> None:
    message_id = await call.send(
        refClient="12azer34", notification_url=f"{callback_server.url}/compteRenduNotification.php"
    )
    await gateway.report(message_id, "33612345678", 11, at="2010-03-25T09:52:17+01:00")
    printed = "numero=33612345678&date_reception=2010-03-25+09%3A52%3A17&statut=11"
    assert callback_server.queries == [f"{printed}&smsID={message_id}&refClient=12azer34&mcc_mnc=20801"]


async def test_p22_the_reply_callback_is_as_printed(
    call: HttpClient, gateway: Gateway, callback_server: CallbackServer
) -> None:
    await gateway.set_time("2013-01-01T12:22:33+01:00")
    message_id = await call.send(
        classe_msg="4", refClient="monclient123", numero="33601020304", notification_url_reponse=callback_server.url
    )
    reply = await gateway.reply("33601020304", "bonjour")
    expected = (
        r"numero=36034&message=bonjour&emetteur=33601020304&date_reception=01012013-1222\d\d"
        rf"&smsID={message_id}&refClient=monclient123&responseID={reply['id']}"
    )
    assert re.fullmatch(expected, callback_server.queries[0])


async def test_p24_replies_by_page_and_by_date(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set_time("2014-01-15T12:00:00+01:00")
    await call.send(classe_msg="4")
    replies = [await gateway.reply("33612345678", f"réponse {n}") for n in range(60)]
    paged = await call.get("responseList", f"{KEY}&start=50&offset=150")
    dated = await call.get("responseList", f"{KEY}&startDate=01012014-00:00&endDate=01022014-00:00")
    assert [row.split(" | ")[0] for row in paged.splitlines()] == [reply["id"] for reply in replies[9::-1]]
    assert len(dated.splitlines()) == 60


async def test_p25_a_voice_message(call: HttpClient, gateway: Gateway) -> None:
    answer = await call.get("sendVoiceMessage", f"{KEY}&message=Bonjour+Maman&numero=3363123456&title=voici+le+titre")
    assert ACCEPTED.fullmatch(answer)
    (message,) = await gateway.messages()
    assert (message.kind, message.title, message.text) == ("voice", "voici le titre", "Bonjour Maman")


async def test_p30_the_printed_file_sends_three_texts(call: HttpClient, gateway: Gateway) -> None:
    content = (
        b'"numero","message","emetteur","refClient"\n'
        b'"99999911","Ceci est le corps du message 1, test fichier CSV","RDV","ref123"\n'
        b'88888888,"Ceci est le corps du message 2, test fichier CSV","","ref456"\n'
        b'77777777,"Ceci est le corps du message 3, test fichier CSV","TOTO","ref789"\n'
    )
    assert re.fullmatch(r"0 \| Accepté \| [A-Za-z0-9]{12}", await call.batch(content))
    (message,) = await gateway.messages()
    assert [(d.number, d.text[-19:], d.sender, d.reference) for d in message.deliveries] == [
        ("99999911", "1, test fichier CSV", "RDV", "ref123"),
        ("88888888", "2, test fichier CSV", "36034", "ref456"),
        ("77777777", "3, test fichier CSV", "TOTO", "ref789"),
    ]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", PATHS)
async def test_a_printed_address_answers_both_methods(call: HttpClient, path: str, method: str) -> None:
    async with call.session.request(method, f"{call.gateway.url}{path}?accessToken=wrong") as response:
        assert b"32 |" in await response.read() or response.status == 400


async def test_p27_the_printed_typing_error_is_not_an_address(call: HttpClient) -> None:
    async with call.session.get(f"{call.gateway.url}/http:1.6/sendSMS.do?{KEY}") as response:
        assert response.status == 404
