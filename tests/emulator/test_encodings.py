"""Encodings of the emulator: bytes of requests and answers."""

from urllib.parse import quote

import pytest

from tests.support.gateway import Gateway

from .http_client import FORM, HttpClient

TEXT = "Déjà 5 €"
LATIN_FORM = quote(TEXT, encoding="iso-8859-15")
UTF8_FORM = quote(TEXT, encoding="utf-8")


async def texts(gateway: Gateway) -> list[str]:
    return [message.text for message in await gateway.messages()]


@pytest.mark.parametrize(
    ("content_type", "form", "arrives"),
    [
        pytest.param(FORM, LATIN_FORM, TEXT, id="latin-by-default"),
        pytest.param(f"{FORM}; charset=ISO-8859-15", LATIN_FORM, TEXT, id="latin-declared"),
        pytest.param(f"{FORM}; charset=utf-8", UTF8_FORM, TEXT, id="utf-8-declared"),
        pytest.param(FORM, UTF8_FORM, "D??j?? 5 ???", id="utf-8-not-declared-is-garbage"),
    ],
)
async def test_a_form_is_read_by_its_charset(
    call: HttpClient, gateway: Gateway, content_type: str, form: str, arrives: str
) -> None:
    body = f"accessToken={gateway.token}&numero=0612345678&message={form}"
    await call.post("sendSMS", body.encode(), content_type)
    assert await texts(gateway) == [arrives]


@pytest.mark.parametrize(
    "content_type", [FORM, f"{FORM}; charset=utf-8", f"{FORM}; charset=iso-8859-15"], ids=["none", "utf-8", "latin"]
)
async def test_class_9_is_utf_8_whatever_is_declared(call: HttpClient, gateway: Gateway, content_type: str) -> None:
    body = f"accessToken={gateway.token}&numero=0612345678&classe_msg=9&message={UTF8_FORM}"
    await call.post("sendSMS", body.encode(), content_type)
    assert await texts(gateway) == [TEXT]


async def test_class_9_in_another_encoding_is_refused(call: HttpClient, gateway: Gateway) -> None:
    body = f"accessToken={gateway.token}&numero=0612345678&classe_msg=9&message={LATIN_FORM}"
    assert await call.post("sendSMS", body.encode()) == "35 | Paramètre incorrect (message)\n"


async def test_a_charset_nobody_knows_is_refused(call: HttpClient, gateway: Gateway) -> None:
    body = f"accessToken={gateway.token}".encode()
    assert (await call.post("credit", body, f"{FORM}; charset=klingon")).startswith("35 | ")


async def test_a_query_is_latin(call: HttpClient, gateway: Gateway) -> None:
    await call.get("sendSMS", f"accessToken={gateway.token}&numero=0612345678&message={LATIN_FORM}")
    assert await texts(gateway) == [TEXT]


async def test_key_in_the_query_and_rest_in_the_body(call: HttpClient, gateway: Gateway) -> None:
    body = f"numero=0612345678&message={LATIN_FORM}"
    await call.post("sendSMS", body.encode(), query=f"accessToken={gateway.token}")
    assert await texts(gateway) == [TEXT]


async def test_a_multipart_form_is_understood(call: HttpClient, gateway: Gateway) -> None:
    values = {"accessToken": gateway.token, "numero": "0612345678", "message": TEXT}
    parts = "".join(
        f'--X\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in values.items()
    )
    await call.post("sendSMS", (parts + "--X--\r\n").encode("iso-8859-15"), "multipart/form-data; boundary=X")
    assert await texts(gateway) == [TEXT]


async def test_an_answer_is_latin_bytes_that_do_not_say_so(call: HttpClient) -> None:
    async with call.session.get(call.url("credit"), params={"accessToken": "x"}) as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/html"
        assert await response.read() == b"32 | Votre authentification a \xe9chou\xe9\n"


async def test_a_list_says_question_mark_for_what_latin_lacks(call: HttpClient) -> None:
    await call.send(message="Ça va 😀 €", classe_msg="9")
    assert " | Ça va ? € | " in await call("smsList")


async def test_a_gateway_that_speaks_utf_8_can_be_had(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set(charset="utf-8")
    async with call.session.get(call.url("credit"), params={"accessToken": "x"}) as response:
        assert "échoué" in (await response.read()).decode("utf-8")


async def test_a_batch_file_is_latin(call: HttpClient, gateway: Gateway) -> None:
    await call.batch(f'"numero","message"\n33612345678,"{TEXT}"\n'.encode("iso-8859-15"))
    assert await texts(gateway) == [TEXT]


@pytest.mark.parametrize("field", ["fichier", "file", "n'importe"])
async def test_the_name_of_the_file_field_does_not_matter(call: HttpClient, field: str) -> None:
    assert (await call.batch(b"numero,message\n33612345678,x\n", field=field)).startswith("0 | ")


async def test_a_batch_cell_may_hold_quotes_commas_and_lines(call: HttpClient, gateway: Gateway) -> None:
    await call.batch(b'"numero","message"\r\n33612345678,"un ""mot"",\nune ligne"\r\n')
    assert await texts(gateway) == ['un "mot",\nune ligne']


async def test_the_log_keeps_every_byte(call: HttpClient, gateway: Gateway) -> None:
    body = f"numero=0612345678&message={LATIN_FORM}".encode()
    await call.post("sendSMS", body, query=f"accessToken={gateway.token}")
    (request,) = await gateway.requests("sendSMS.do")
    assert (request.method, request.path, request.query) == (
        "POST",
        "/http/1.6/sendSMS.do",
        f"accessToken={gateway.token}",
    )
    assert request.body == body
    assert request.headers["content-type"] == FORM
    assert request.params == {"accessToken": gateway.token, "numero": "0612345678", "message": TEXT}
    assert request.answer is not None
    assert request.answer.startswith(b"0 | Accept\xe9 | ")
