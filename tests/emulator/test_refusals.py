"""Refusals of the emulator: what is refused, with which code, and that a refusal changes nothing."""

import pytest

from tests.support.gateway import Gateway

from .http_client import HttpClient

NUMBERS_301 = ",".join(str(33600000000 + n) for n in range(301))
ALL = {
    "sendSMS": {"message": "x", "numero": "0612345678"},
    "compteRendu": {"smsID": "x"},
    "credit": {},
    "createSubAccount": {"newPseudo": "x", "newPass": "x"},
    "deleteSubAccount": {"pseudoToDelete": "x"},
    "creditTransfert": {"targetPseudo": "x", "creditAmount": "1"},
    "addContact": {"nom": "x", "mobile": "0612345678"},
    "deleteSMS": {"smsID": "x"},
    "smsList": {},
    "smsStatus": {"smsID": "x"},
    "responseList": {},
    "sendVoiceMessage": {"message": "x", "numero": "0612345678"},
    "sendSMSBatch": {},
}
REQUIRED = [(endpoint, name) for endpoint, params in ALL.items() for name in params]


def code(answer: str) -> int:
    return int(answer.split(" | ", maxsplit=1)[0])


@pytest.mark.parametrize("endpoint", ALL)
async def test_a_wrong_key_is_32_everywhere(call: HttpClient, endpoint: str) -> None:
    answer = await call(endpoint, **ALL[endpoint] | {"accessToken": "wrong"})
    assert answer == "32 | Votre authentification a échoué"


@pytest.mark.parametrize("endpoint", ALL)
async def test_no_key_at_all_is_35(call: HttpClient, endpoint: str) -> None:
    assert code(await call(endpoint, **ALL[endpoint] | {"accessToken": ""})) == 35


async def test_keys_are_case_sensitive(call: HttpClient) -> None:
    assert code(await call("credit", accessToken=call.gateway.token.swapcase())) == 32


async def test_a_revoked_key_is_refused(call: HttpClient, gateway: Gateway) -> None:
    await gateway.revoke()
    assert code(await call("credit")) == 32


@pytest.mark.parametrize(("endpoint", "name"), REQUIRED)
@pytest.mark.parametrize("value", [None, ""], ids=["absent", "empty"])
async def test_a_required_parameter_is_required(call: HttpClient, endpoint: str, name: str, value: str | None) -> None:
    params = {other: text for other, text in ALL[endpoint].items() if other != name}
    assert code(await call(endpoint, **params | ({} if value is None else {name: value}))) == 35


@pytest.mark.parametrize("endpoint", ALL)
async def test_an_unknown_parameter_is_refused(call: HttpClient, endpoint: str) -> None:
    answer = await call(endpoint, **ALL[endpoint], inconnu="1")
    assert answer == "35 | Paramètre incorrect (inconnu)"


@pytest.mark.parametrize("status", ["wrong", ""], ids=["wrong-key", "no-key"])
async def test_a_bad_key_makes_no_key_and_answers_json(call: HttpClient, status: str) -> None:
    async with call.session.get(call.url("createAuthorisation"), params={"accessToken": status}) as response:
        assert response.status == 400
        assert "accessToken" not in await response.json()


@pytest.mark.parametrize(
    "params",
    [
        pytest.param({"emetteur": "MAISON", "classe_msg": "4"}, id="sender-with-reply-class"),
        pytest.param({"emetteur": "DOUZE_LETTRE"}, id="sender-of-12"),
        pytest.param({"emetteur": "MA MAISON"}, id="sender-with-space"),
        pytest.param({"emetteur": "CAFÉ"}, id="sender-with-accent"),
        pytest.param({"emetteur": "0612345678"}, id="sender-a-number"),
        pytest.param({"emetteur": "+33612345678"[:11]}, id="sender-an-international-number"),
        pytest.param({"numero": ""}, id="neither-number-nor-group"),
        pytest.param({"groupe": "Famille"}, id="number-and-group"),
        pytest.param({"numero": "", "groupe": "Inconnu"}, id="unknown-group"),
        pytest.param({"numero": "+33612345678"}, id="plus"),
        pytest.param({"numero": "0033612345678"}, id="00"),
        pytest.param({"numero": "061234567"}, id="national-too-short"),
        pytest.param({"numero": "06 12 34 56 78"}, id="spaces"),
        pytest.param({"numero": "0612345678,"}, id="empty-number-in-list"),
        pytest.param({"numero": "123"}, id="international-too-short"),
        pytest.param({"numero": "1234567890123456"}, id="international-too-long"),
        pytest.param({"numero": "Alice"}, id="a-name"),
        pytest.param({"classe_msg": "3"}, id="unknown-class"),
        pytest.param({"stop": "3"}, id="unknown-stop"),
        pytest.param({"nbr_msg": "0"}, id="no-segment"),
        pytest.param({"nbr_msg": "6"}, id="six-segments"),
        pytest.param({"nbr_msg": "-1"}, id="negative-segments"),
        pytest.param({"nbr_msg": "1.5"}, id="half-a-segment"),
        pytest.param({"nbr_msg": "²"}, id="digit-that-is-none"),
        pytest.param({"date_envoi": "01012020-10:00"}, id="past"),
        pytest.param({"date_envoi": "2030-01-01 10:00"}, id="date-in-another-order"),
        pytest.param({"date_envoi": "31022030-10:00"}, id="february-31st"),
        pytest.param({"date_envoi": "01012030-24:00"}, id="hour-24"),
        pytest.param({"date_envoi": "01012030-10:00:00"}, id="date-with-seconds"),
        pytest.param({"date_envoi": "01012030"}, id="date-without-hour"),
        pytest.param({"refClient": "x" * 41}, id="reference-of-41"),
        pytest.param({"notification_url": "ftp://x/"}, id="callback-not-http"),
        pytest.param({"notification_url_reponse": "maison.example"}, id="reply-callback-not-absolute"),
        pytest.param({"title": "x"}, id="parameter-of-voice"),
        pytest.param({"language": "fr-FR"}, id="language-is-of-voice"),
        pytest.param({"pseudo": "x", "pass": "x"}, id="old-credentials"),
        pytest.param({"STOP": "1"}, id="names-are-case-sensitive"),
    ],
)
async def test_send_refuses(call: HttpClient, gateway: Gateway, params: dict[str, str]) -> None:
    await call("addContact", nom="Alice", mobile="0612345678", groupes="Famille")
    assert code(await call("sendSMS", **ALL["sendSMS"] | params)) == 35
    assert await gateway.messages() == []
    assert await gateway.balance() == 100


@pytest.mark.parametrize(
    "params",
    [
        pytest.param({"message": "x" * 161}, id="161-characters"),
        pytest.param({"language": "it-IT"}, id="unknown-language"),
        pytest.param({"language": "fr-fr"}, id="language-in-lower-case"),
        pytest.param({"groupe": "Famille"}, id="no-groups"),
        pytest.param({"emetteur": "MAISON"}, id="no-sender"),
        pytest.param({"date_envoi": "01012020-10:00"}, id="past"),
        pytest.param({"numero": "Alice"}, id="a-name"),
    ],
)
async def test_voice_refuses(call: HttpClient, gateway: Gateway, params: dict[str, str]) -> None:
    assert code(await call("sendVoiceMessage", **ALL["sendVoiceMessage"] | params)) == 35
    assert await gateway.messages() == []


@pytest.mark.parametrize("language", ["fr-FR", "en-GB", "de-DE", "es-ES"])
async def test_voice_speaks_four_languages(call: HttpClient, gateway: Gateway, language: str) -> None:
    await call("sendVoiceMessage", **ALL["sendVoiceMessage"], language=language)
    assert [message.language for message in await gateway.messages()] == [language]


async def test_voice_has_a_title_of_its_own_when_none_is_given(call: HttpClient, gateway: Gateway) -> None:
    await call("sendVoiceMessage", **ALL["sendVoiceMessage"] | {"message": "x" * 160})
    assert (await gateway.messages())[0].title == "Ceci est un message de sMsmode"


async def test_301_recipients_only_by_post(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set(balance=1000)
    query = f"accessToken={gateway.token}&message=x&numero="
    assert code(await call.get("sendSMS", query + NUMBERS_301)) == 35
    assert code(await call.get("sendSMS", query + NUMBERS_301[: -len(",33600000000")])) == 0
    assert code(await call("sendSMS", message="x", numero=NUMBERS_301)) == 0


async def test_a_bad_number_is_seen_before_a_bad_key(call: HttpClient) -> None:
    assert code(await call("sendSMS", accessToken="wrong", message="x", numero="Alice")) == 35
    assert code(await call("addContact", accessToken="wrong", nom="x", mobile="Alice")) == 35
    assert code(await call("sendVoiceMessage", accessToken="wrong", message="x", numero="Alice")) == 32


async def test_a_parameter_given_twice_is_refused(call: HttpClient) -> None:
    assert code(await call.get("credit", f"accessToken={call.gateway.token}&accessToken={call.gateway.token}")) == 35


@pytest.mark.parametrize("name", [b"sendSMS", b"sendVoiceMessage"])
async def test_without_credit_nothing_is_sent(call: HttpClient, gateway: Gateway, name: bytes) -> None:
    await gateway.set(balance=1)
    answer = await call(name.decode(), message="x", numero="0612345678,0698765432")
    assert answer == "33 | Crédits insuffisants"
    assert await gateway.messages() == []
    assert await gateway.balance() == 1


@pytest.mark.parametrize(
    "params",
    [
        pytest.param({"start": "0", "startDate": "01012030-00:00", "endDate": "02012030-00:00"}, id="page-and-dates"),
        pytest.param({"offset": "5", "startDate": "01012030-00:00", "endDate": "02012030-00:00"}, id="count-and-dates"),
        pytest.param({"startDate": "01012030-00:00"}, id="no-end"),
        pytest.param({"endDate": "01012030-00:00"}, id="no-beginning"),
        pytest.param({"startDate": "02012030-00:00", "endDate": "01012030-00:00"}, id="end-before-beginning"),
        pytest.param({"startDate": "2030-01-01", "endDate": "01012030-00:00"}, id="not-a-date"),
        pytest.param({"start": "-1"}, id="negative-start"),
        pytest.param({"offset": "0"}, id="count-of-nothing"),
        pytest.param({"offset": "beaucoup"}, id="count-in-words"),
    ],
)
async def test_the_list_of_replies_refuses(call: HttpClient, params: dict[str, str]) -> None:
    assert code(await call("responseList", **params)) == 35


@pytest.mark.parametrize("offset", ["0", "10001", "-1", "x"])
async def test_the_list_of_messages_refuses_a_count_of(call: HttpClient, offset: str) -> None:
    assert code(await call("smsList", offset=offset)) == 35


@pytest.mark.parametrize(
    ("endpoint", "params", "answer"),
    [
        pytest.param("compteRendu", {"smsID": "x"}, "61 | SMS n'existant pas ou plus", id="reports-of-nothing"),
        pytest.param("smsStatus", {"smsID": "x"}, "61 | smsID invalide", id="status-of-nothing"),
        pytest.param("deleteSMS", {"smsID": "x"}, "61 | SMS non trouvé", id="delete-nothing"),
        pytest.param("deleteSMS", {"numero": "0612345678"}, "61 | SMS non trouvé", id="delete-nothing-to-a-number"),
        pytest.param(
            "deleteSubAccount", {"pseudoToDelete": "x"}, "41 | Identifiant inexistant", id="close-nobodys-account"
        ),
        pytest.param("deleteSubAccount", {"pseudoToDelete": "demo"}, "41 | Identifiant inexistant", id="close-oneself"),
        pytest.param(
            "creditTransfert",
            {"targetPseudo": "x", "creditAmount": "1"},
            "41 | Identifiant inexistant",
            id="transfer-to-nobody",
        ),
        pytest.param(
            "createSubAccount",
            {"newPseudo": "demo", "newPass": "x"},
            "41 | Identifiant déjà existant",
            id="open-an-account-that-is-there",
        ),
        pytest.param(
            "createSubAccount",
            {"newPseudo": "x" * 51, "newPass": "x"},
            "35 | Paramètre incorrect (newPseudo)",
            id="username-of-51",
        ),
        pytest.param(
            "createSubAccount",
            {"newPseudo": "x", "newPass": "x", "date": "hier"},
            "35 | Paramètre incorrect (date)",
            id="birth-date",
        ),
        pytest.param(
            "addContact",
            {"nom": "x", "mobile": "0612345678", "date": "2000-01-01"},
            "35 | Paramètre incorrect (date)",
            id="birth-date-in-another-order",
        ),
        pytest.param(
            "deleteSMS",
            {"smsID": "x", "numero": "0612345678"},
            "35 | Paramètre incorrect (numero, smsID)",
            id="delete-by-both",
        ),
        pytest.param("deleteSMS", {}, "35 | Paramètre incorrect (numero, smsID)", id="delete-by-neither"),
    ],
)
async def test_refused_with(call: HttpClient, endpoint: str, params: dict[str, str], answer: str) -> None:
    assert await call(endpoint, **params) == answer


@pytest.mark.parametrize("amount", ["0", "-5", "1.5", "1,5", "x", "1000000"])
async def test_only_whole_credits_that_one_has_can_be_given(call: HttpClient, gateway: Gateway, amount: str) -> None:
    await call("createSubAccount", newPseudo="bbbb", newPass="x")
    answer = await call("creditTransfert", targetPseudo="bbbb", creditAmount=amount)
    assert code(answer) == (33 if amount == "1000000" else 35)
    assert await gateway.balance() == 100


async def test_credits_cannot_be_given_to_oneself(call: HttpClient) -> None:
    assert code(await call("creditTransfert", targetPseudo="demo", creditAmount="1")) == 35


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'"numero","message"\n', id="no-row"),
        pytest.param(b'33612345678,"x"\n33612345678,"y"\n', id="no-header"),
        pytest.param(b'"numero"\n33612345678\n', id="no-message-column"),
        pytest.param(b'"numero","message","age"\n33612345678,"x","5"\n', id="unknown-column"),
        pytest.param(b'"numero","message"\n33612345678,"x","trop"\n', id="too-many-cells"),
        pytest.param(b'"numero","message"\n33612345678\n', id="too-few-cells"),
        pytest.param(b'"numero","message"\n33612345678,""\n', id="empty-message"),
        pytest.param(b'"numero","message"\nAlice,"x"\n', id="a-name"),
        pytest.param(b'"numero","message"\n33612345678,"x\n', id="quote-left-open"),
        pytest.param(b'"numero","message","emetteur"\n33612345678,"x","MA MAISON"\n', id="sender-with-space"),
    ],
)
async def test_a_batch_file_is_refused_whole(call: HttpClient, gateway: Gateway, content: bytes) -> None:
    assert code(await call.batch(content)) == 35
    assert await gateway.messages() == []


async def test_a_batch_has_no_unicode_class(call: HttpClient) -> None:
    assert code(await call.batch(b"numero,message\n33612345678,x\n", "classe_msg=9")) == 35


async def test_a_batch_with_replies_has_no_sender(call: HttpClient) -> None:
    content = b'"numero","message","emetteur"\n33612345678,"x","MAISON"\n'
    assert code(await call.batch(content, "classe_msg=4")) == 35
