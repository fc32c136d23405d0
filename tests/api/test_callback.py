"""The gateway's callbacks."""

import contextlib
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.smsmode.api import DeliveryReport, MessageStatus, Reply, SmsmodeCallbackError, parse_callback
from custom_components.smsmode.api.dates import PARIS

REPORT = (
    "numero=33612345678&date_reception=2010-03-25+09%3A52%3A17&statut=11"
    "&smsID=S7EpYZ5kmS87&refClient=12azer34&mcc_mnc=20801"
)
REPLY = (
    "numero=36034&message=bonjour&emetteur=33601020304&date_reception=01012013-122233"
    "&smsID=abcd1234&refClient=monclient123&responseID=azertyu123"
)


def test_the_report_of_the_document_is_read() -> None:
    report = parse_callback(REPORT)
    assert report == DeliveryReport(
        message_id="S7EpYZ5kmS87",
        number="+33612345678",
        code=11,
        received_at=datetime(2010, 3, 25, 9, 52, 17, tzinfo=PARIS),
        reference="12azer34",
        operator="20801",
    )
    assert isinstance(report, DeliveryReport)
    assert report.status is MessageStatus.RECEIVED


def test_the_reply_of_the_document_is_read_with_the_person_as_the_sender() -> None:
    assert parse_callback(REPLY) == Reply(
        reply_id="azertyu123",
        received_at=datetime(2013, 1, 1, 12, 22, 33, tzinfo=PARIS),
        sender="+33601020304",
        text="bonjour",
        short_code="36034",
        message_id="abcd1234",
        reference="monclient123",
    )


def test_a_callback_may_come_in_the_body_or_in_both() -> None:
    assert parse_callback("", REPLY) == parse_callback(REPLY)
    head, _, tail = REPLY.partition("&")
    assert parse_callback(head, tail) == parse_callback(REPLY)


def test_only_what_names_the_event_is_needed() -> None:
    assert parse_callback("numero=33612345678&statut=13&smsID=abc") == DeliveryReport(
        message_id="abc", number="+33612345678", code=13
    )
    assert parse_callback("message=&emetteur=0601020304") == Reply(
        reply_id=None, received_at=None, sender="+33601020304", text=""
    )


def test_the_cost_of_later_editions_is_read() -> None:
    report = parse_callback(REPORT + "&cost=0%2C5")
    assert isinstance(report, DeliveryReport)
    assert report.cost == Decimal("0.5")


def test_parameters_that_nobody_knows_are_ignored_up_to_32_in_all() -> None:
    assert parse_callback(REPORT + "&new=1&=&other") == parse_callback(REPORT)
    assert parse_callback(REPORT + "".join(f"&x{i}=1" for i in range(26))) == parse_callback(REPORT)


def test_optional_parameters_that_make_no_sense_lose_no_report() -> None:
    report = parse_callback("&numero=33612345678&statut=11&smsID=abc&date_reception=soon&mcc_mnc=x&cost=y&")
    assert isinstance(report, DeliveryReport)
    assert (report.received_at, report.operator, report.cost) == (None, None, None)


TEXT = "Déjà 5 € & c'est + l'été"


@pytest.mark.parametrize(
    ("text", "charset"),
    [(TEXT, "utf-8"), (TEXT, "iso-8859-15"), ("☺ 🔥\nЖ", "utf-8"), ("a|b%20", "utf-8")],
    ids=["utf-8", "latin-9", "emoji", "percent"],
)
def test_the_text_survives_either_charset(text: str, charset: str) -> None:
    reply = parse_callback(urlencode({"message": text, "emetteur": "33601020304"}, encoding=charset))
    assert isinstance(reply, Reply)
    assert reply.text == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("d%92accord", "d’accord"),
        ("d%C2%92accord", "d’accord"),
        ("d\x92accord", "d’accord"),
        ("%93%E9t%E9%94+%96+5+%80%85", "“été” – 5 €…"),
        ("5+%A4+d%92avance", "5 € d’avance"),
        ("%9Cuf", "œuf"),
    ],
    ids=ascii,
)
def test_typographic_characters_of_windows_are_read(raw: str, text: str) -> None:
    reply = parse_callback(f"message={raw}&emetteur=33601020304")
    assert isinstance(reply, Reply)
    assert reply.text == text
    report = parse_callback(f"statut=11&numero=33612345678&smsID=abc&refClient={raw}")
    assert isinstance(report, DeliveryReport)
    assert report.reference == text


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-15"])
def test_bytes_that_were_not_percent_encoded_survive_too(charset: str) -> None:
    raw = "message=Déjà+5+€&emetteur=33601020304".encode(charset).decode("utf-8", "surrogateescape")
    reply = parse_callback(raw)
    assert isinstance(reply, Reply)
    assert reply.text == "Déjà 5 €"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "&&&",
        "hello",
        "numero=33612345678",
        "message=x",
        "emetteur=33601020304",
        "statut=11&smsID=abc",
        "statut=11&numero=33612345678",
        "statut=&numero=33612345678&smsID=abc",
        "statut=eleven&numero=33612345678&smsID=abc",
        "statut=-1&numero=33612345678&smsID=abc",
        "statut=123456&numero=33612345678&smsID=abc",
        "statut=11&numero=Alice&smsID=abc",
        "statut=11&numero=1234567890123456&smsID=abc",
        "statut=11&numero=33612345678&smsID=%3Cscript%3E",
        f"statut=11&numero=33612345678&smsID=abc&refClient={'x' * 256}",
        "message=x&emetteur=",
        "message=x&emetteur=Alice",
        "message=x&emetteur=33601020304&numero=Alice",
        "message=x&emetteur=33601020304&smsID=a+b",
        "message=x&emetteur=33601020304&responseID=%00",
        "message=x&emetteur=33601020304&message=y",
        "message=x&emetteur=33601020304&%6Dessage=y",
        REPORT + "&statut=11",
        REPORT + "".join(f"&x{i}=1" for i in range(27)),
        REPORT + "&x=" + "y" * 20_000,
        "message=\ud800&emetteur=33601020304",
    ],
    ids=lambda query: ascii(query)[:40],
)
def test_anything_else_is_refused_without_repeating_it(query: str) -> None:
    with pytest.raises(SmsmodeCallbackError) as raised:
        parse_callback(query)
    assert raised.value.__context__ is None
    assert "336" not in str(raised.value)
    with pytest.raises(SmsmodeCallbackError):
        parse_callback("", query)


def test_a_parameter_in_the_query_and_again_in_the_body_is_refused() -> None:
    with pytest.raises(SmsmodeCallbackError):
        parse_callback(REPORT, "statut=13")


@given(query=st.text(), body=st.text())
def test_any_query_and_body_is_parsed_or_refused(query: str, body: str) -> None:
    with contextlib.suppress(SmsmodeCallbackError):
        parse_callback(query, body)


# Control characters of 0x80 to 0x9F are read as those of Windows.
C1_CONTROLS = "".join(map(chr, range(0x80, 0xA0)))
WRITABLE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=C1_CONTROLS), max_size=500)


@given(text=WRITABLE, sender=st.integers(10**6, 10**15 - 1))
def test_every_reply_keeps_its_text_and_sender(text: str, sender: int) -> None:
    reply = parse_callback(urlencode({"message": text, "emetteur": str(sender)}))
    assert isinstance(reply, Reply)
    assert (reply.sender, reply.text) == (f"+{sender}", text)


MINIMAL_REPORT = "statut=11&numero=33612345678&smsID=abc"
MINIMAL_REPLY = "message=x&emetteur=33601020304"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("hello", "neither a delivery report nor a reply"),
        ("statut=11&smsID=abc", "a delivery report without a number, a status or a message"),
        ("statut=11&numero=33612345678", "a delivery report without a number, a status or a message"),
        ("message=x&emetteur=Alice", "a reply without a sender"),
        (f"{MINIMAL_REPLY}&smsID=a+b", "an impossible id"),
        (f"{MINIMAL_REPORT}&refClient={'x' * 256}", "an impossible reference"),
        (f"{MINIMAL_REPORT}&statut=12", "the same parameter twice"),
        (f"{MINIMAL_REPORT}&x={'y' * 20_000}", "too long"),
        ("message=\ud800&emetteur=33601020304", "not a query"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_callback_that_is_refused_says_what_was_wrong(query: str, reason: str) -> None:
    with pytest.raises(SmsmodeCallbackError) as raised:
        parse_callback(query)
    assert str(raised.value) == reason


def test_a_reference_may_have_255_characters() -> None:
    report = parse_callback(f"{MINIMAL_REPORT}&refClient={'x' * 255}")
    assert isinstance(report, DeliveryReport)
    assert report.reference == "x" * 255


def test_a_callback_may_have_16_kib() -> None:
    head = "emetteur=33601020304&message="
    reply = parse_callback(head + "x" * (16 * 1024 - len(head)))
    assert isinstance(reply, Reply)
    assert len(reply.text) == 16 * 1024 - len(head)
    with pytest.raises(SmsmodeCallbackError):
        parse_callback(head + "x" * (16 * 1024 - len(head) + 1))
