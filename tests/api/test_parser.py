"""Parsers of the responses that are not lists."""

import json
from decimal import Decimal

import pytest

from custom_components.smsmode.api import (
    ApiKey,
    DeliveryReport,
    MessageStatus,
    SendResult,
    SmsmodeAuthError,
    SmsmodeGatewayError,
    SmsmodeNotFoundError,
    SmsmodeParameterError,
    SmsmodeTemporaryError,
    SmsmodeUncertainError,
    StatusAnswer,
    parser,
)

KEY = "Zz9yX8wV7uT6"


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("0 | Contact ajouté", "Contact ajouté"),
        ("0|Création effectuée|", "Création effectuée"),
        ("0 | Transfert effectué | 12", "Transfert effectué"),
        ("0", ""),
    ],
)
def test_an_accepted_request_returns_the_description(text: str, description: str) -> None:
    assert parser.parse_description(text) == description


@pytest.mark.parametrize(
    "text",
    ["0 | Accepté | SIlEzLzeADJE", "0|Accepté|SIlEzLzeADJE", "0 | Accepté | SIlEzLzeADJE |"],
    ids=["spaces", "bare", "trailing-bar"],
)
def test_an_accepted_send_returns_the_id(text: str) -> None:
    assert parser.parse_send_result(text) == SendResult(message_id="SIlEzLzeADJE", description="Accepté")


@pytest.mark.parametrize("text", ["0", "0 | Accepté", "0 | Accepté |", "0 | Accepté | <b>", "0 | Acc"])
def test_a_send_accepted_without_an_id_is_uncertain(text: str) -> None:
    with pytest.raises(SmsmodeUncertainError):
        parser.parse_send_result(text)


@pytest.mark.parametrize(
    ("text", "balance"), [("212.5", "212.5"), ("32", "32"), ("-212.5", "-212.5"), ("212,5", "212.5")]
)
def test_a_balance_is_a_bare_number(text: str, balance: str) -> None:
    assert parser.parse_balance(text) == Decimal(balance)


@pytest.mark.parametrize("text", ["", "0 | 212.5", "credits: 3"])
def test_anything_but_a_number_is_no_balance(text: str) -> None:
    with pytest.raises(SmsmodeUncertainError):
        parser.parse_balance(text)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (0, MessageStatus.SENT),
        (1, MessageStatus.IN_PROGRESS),
        (2, MessageStatus.INTERNAL_ERROR),
        (10, MessageStatus.SCHEDULED),
        (11, MessageStatus.RECEIVED),
        (12, MessageStatus.PARTIALLY_DELIVERED),
        (13, MessageStatus.DELIVERED_TO_OPERATOR),
        (14, MessageStatus.DELIVERED),
        (15, MessageStatus.PARTIALLY_RECEIVED),
        (16, MessageStatus.LISTENED),
        (21, MessageStatus.UNDELIVERABLE),
        (22, MessageStatus.REJECTED),
        (33, MessageStatus.INSUFFICIENT_CREDIT),
        (34, MessageStatus.ROUTING_ERROR),
        (36, MessageStatus.MESSAGE_ERROR),
        (37, MessageStatus.EXPIRED),
        (38, MessageStatus.TOO_LONG),
        (39, MessageStatus.RECEPTION_ERROR),
        (40, MessageStatus.TEMPLATE),
        (41, MessageStatus.UNDEFINED),
        (50, MessageStatus.NOT_DELIVERED),
        (100, MessageStatus.READ),
        (101, MessageStatus.UNREAD),
        (999, MessageStatus.UNDEFINED),
        (3501, MessageStatus.TEMPORARY_OPERATOR),
        (3502, MessageStatus.TEMPORARY_ABSENCE),
        (3503, MessageStatus.TEMPORARY_PHONE),
        (3504, MessageStatus.TEMPORARY_PORTABILITY),
        (3521, MessageStatus.PERMANENT_OPERATOR),
        (3522, MessageStatus.PERMANENT_ABSENCE),
        (3523, MessageStatus.PERMANENT_PHONE),
        (3524, MessageStatus.PERMANENT_SPAM),
        (3525, MessageStatus.PERMANENT_CONTENT),
        (3526, MessageStatus.PERMANENT_PORTABILITY),
        (3527, MessageStatus.PERMANENT_ROAMING),
        (3560, MessageStatus.NOT_ROUTABLE),
        (3599, MessageStatus.OTHER_ERROR),
        (3998, MessageStatus.INVALID_RECIPIENT),
        (3999, MessageStatus.BLOCKED_RECIPIENT),
        (7777, MessageStatus.UNDEFINED),
    ],
)
def test_every_status_has_its_name_with_and_without_a_description(code: int, status: MessageStatus) -> None:
    answer = parser.parse_status(f"{code} | Envoyé")
    assert (answer.code, answer.description, answer.status) == (code, "Envoyé", status)
    assert parser.parse_status(str(code)).status is status
    (report,) = parser.parse_reports(f"33612345678 {code}", "abc")
    assert (report.code, report.status) == (code, status)


@pytest.mark.parametrize("words", ["Erreur réception", "Erreur reception", "erreur r?ception", "RÉCEPTION"])
def test_35_is_a_status_when_it_speaks_of_reception(words: str) -> None:
    answer = StatusAnswer(code=35, description=words)
    assert parser.parse_status(f"35 | {words}") == answer
    assert answer.status is MessageStatus.RECEPTION_ERROR


@pytest.mark.parametrize("words", ["Paramètre(s) incorrect(s)", "", "Exception", "Erreur exception"])
def test_35_is_a_parameter_error_otherwise(words: str) -> None:
    with pytest.raises(SmsmodeParameterError):
        parser.parse_status(f"35 | {words}")


@pytest.mark.parametrize(
    ("code", "error"),
    [(31, SmsmodeTemporaryError), (32, SmsmodeAuthError), (61, SmsmodeNotFoundError), (65, SmsmodeNotFoundError)],
)
def test_31_32_61_and_65_are_errors_and_no_statuses(code: int, error: type[SmsmodeGatewayError]) -> None:
    with pytest.raises(error):
        parser.parse_status(f"{code} | smsID invalide")


def test_a_new_key_is_read_with_its_dates_as_they_came() -> None:
    answer = {
        "id": 4711,
        "accessToken": KEY,
        "creationDate": "11012018",
        "state": "ACTIVE",
        "expiration": 1546300800000,
        "account": "maison",
    }
    key = parser.parse_api_key(json.dumps(answer))
    assert key == ApiKey(
        key_id="4711",
        access_token=KEY,
        created="11012018",
        state="ACTIVE",
        expiration="1546300800000",
        account="maison",
    )
    assert KEY not in repr(key)


def test_a_new_key_may_come_with_nothing_else() -> None:
    key = parser.parse_api_key(
        json.dumps({"accessToken": KEY, "id": "", "expiration": None, "state": {"a": 1}, "account": "\ud800"})
    )
    assert (key.access_token, key.key_id, key.expiration, key.state, key.account) == (KEY, None, None, None, None)


@pytest.mark.parametrize(
    "answer",
    [
        '{"status": 400}',
        '{"accessToken": ""}',
        '{"accessToken": "a b"}',
        '{"accessToken": null}',
        '{"accessToken": "\\ud800"}',
    ],
)
def test_an_object_without_a_key_is_not_understood(answer: str) -> None:
    with pytest.raises(SmsmodeUncertainError):
        parser.parse_api_key(answer)


@pytest.mark.parametrize(
    "answer", ['{"status": 400}', '{"message": "Votre authentification a échoué"}', f'{{"accessToken": "{KEY}"}}']
)
def test_an_object_that_http_refuses_means_a_bad_key(answer: str) -> None:
    with pytest.raises(SmsmodeAuthError) as raised:
        parser.parse_api_key(answer, refused=True)
    assert KEY not in str(raised.value)


REPORTS = [
    DeliveryReport(message_id="abc", number="+33600000000", code=11),
    DeliveryReport(message_id="abc", number="+33611111111", code=13),
]


@pytest.mark.parametrize(
    "text",
    [
        "33600000000 11 | 33611111111 13",
        "33600000000 11 | 33611111111 13 |",
        "33600000000 11|33611111111 13|",
        "33600000000\t11\n33611111111 13",
        "0600000000 11 | +33611111111  13",
        "33600000000 11 |\n\n33611111111 13 |",
    ],
    ids=["document", "trailing-bar", "tight", "lines", "other-numbers", "both"],
)
def test_reports_are_read_with_any_separator(text: str) -> None:
    assert parser.parse_reports(text, "abc") == REPORTS


@pytest.mark.parametrize("text", ["", "|", " | | "])
def test_no_report_yet_is_no_report(text: str) -> None:
    assert parser.parse_reports(text, "abc") == []


def test_a_report_that_cannot_be_parsed_is_skipped_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    assert parser.parse_reports("33600000000 11 | Alice ?? | 33611111111 13", "abc") == REPORTS
    assert "1 of 3 rows not understood, the first: aaaaa ??" in caplog.text
    assert "Alice" not in caplog.text


@pytest.mark.parametrize(
    "text", ["33600000000 11 | 336111", "33600000000", "33600000000 x", "33600000000 123456", "33600000000 1 1"]
)
def test_reports_that_end_in_the_middle_are_refused(text: str) -> None:
    with pytest.raises(SmsmodeUncertainError):
        parser.parse_reports(text, "abc")


def test_reports_of_a_bare_code_are_an_error() -> None:
    with pytest.raises(SmsmodeNotFoundError):
        parser.parse_reports("61", "abc")


def test_a_key_refused_by_http_is_refused_with_the_code_that_it_has_elsewhere() -> None:
    with pytest.raises(SmsmodeAuthError) as raised:
        parser.parse_api_key('{"status": 400}', refused=True)
    assert raised.value.code == 32


def test_a_status_may_have_no_description() -> None:
    answer = parser.parse_status("11")
    assert (answer.code, answer.description) == (11, "")
