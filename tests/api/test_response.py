"""Return codes, words and amounts."""

from decimal import Decimal

import pytest

from custom_components.smsmode.api import (
    SmsmodeAuthError,
    SmsmodeCreditError,
    SmsmodeGatewayError,
    SmsmodeIdentifierError,
    SmsmodeNotFoundError,
    SmsmodeParameterError,
    SmsmodeTemporaryError,
    SmsmodeUncertainError,
)
from custom_components.smsmode.api.parser import parse_description
from custom_components.smsmode.api.response import gateway_error, parse_accepted, parse_amount, redact_gateway_text


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (31, SmsmodeTemporaryError),
        (32, SmsmodeAuthError),
        (33, SmsmodeCreditError),
        (35, SmsmodeParameterError),
        (41, SmsmodeIdentifierError),
        (50, SmsmodeTemporaryError),
        (61, SmsmodeNotFoundError),
        (65, SmsmodeNotFoundError),
        (77, SmsmodeGatewayError),
    ],
)
def test_every_return_code_has_its_exception(code: int, error: type[SmsmodeGatewayError]) -> None:
    raised = gateway_error(code, "Erreur")
    assert type(raised) is error
    assert (raised.code, raised.description, str(raised)) == (code, "Erreur", f"code {code}: Erreur")


def test_an_error_may_have_no_description() -> None:
    assert str(gateway_error(31)) == "code 31"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Paramètre obligatoire manquant (numero)", "Paramètre obligatoire manquant (numero)"),
        ("numero +33612345678 refusé", "numero … refusé"),
        ("clé Ab1CD2efg3Hi inconnue", "clé … inconnue"),
        ("limite de 11 signes", "limite de 11 signes"),
        ("x" * 300, "x" * 200),
    ],
    ids=["plain", "number", "key", "small-number", "long"],
)
def test_a_description_is_kept_without_the_secrets_that_it_repeats(said: str, kept: str) -> None:
    assert gateway_error(35, said).description == kept


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("0 | Accepté", ["Accepté"]),
        ("0|Accepté|abc", ["Accepté", "abc"]),
        ("0", [""]),
        ("000 |", [""]),
    ],
)
def test_code_0_is_accepted(text: str, fields: list[str]) -> None:
    assert parse_accepted(text) == fields


@pytest.mark.parametrize(
    "text", ["", "OK;123", "<html></html>", "12345 | x", "٣٢ | x", "-1 | x", "zero | x"], ids=ascii
)
def test_a_response_without_a_code_is_uncertain(text: str) -> None:
    with pytest.raises(SmsmodeUncertainError):
        parse_accepted(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("212.5", "212.5"),
        ("32", "32"),
        ("32.", "32"),
        ("0.0", "0"),
        ("-212.5", "-212.5"),
        ("212,5", "212.5"),
        ("1 212,5", "1212.5"),
        ("1\xa0212.5", "1212.5"),
        ("1\u202f212.5", "1212.5"),
        ("1.5E2", "150"),
    ],
    ids=ascii,
)
def test_credits_are_read(text: str, amount: str) -> None:
    assert parse_amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "abc", "1.212,5", "NaN", "Infinity", "1e999", "٣", "1" * 16, "--1"], ids=ascii)
def test_anything_else_is_no_amount(text: str) -> None:
    assert parse_amount(text) is None


def test_a_refusal_may_have_no_description() -> None:
    with pytest.raises(SmsmodeCreditError) as raised:
        parse_description("33")
    assert (raised.value.code, raised.value.description) == (33, "")


def test_a_short_word_is_no_secret_because_a_longer_one_that_was_sent_contains_it() -> None:
    assert redact_gateway_text("sms non accepté", "smsmode") == "sms non accepté"
    assert redact_gateway_text("mode non accepté", "smsmode") == "… non accepté"
