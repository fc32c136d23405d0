"""Return codes, words and amounts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize("text", ["", "abc", "NaN", "Infinity", "1e999", "٣", "1" * 16, "--1"], ids=ascii)
def test_anything_else_is_no_amount(text: str) -> None:
    assert parse_amount(text) is None


def test_a_refusal_may_have_no_description() -> None:
    with pytest.raises(SmsmodeCreditError) as raised:
        parse_description("33")
    assert (raised.value.code, raised.value.description) == (33, "")


def test_a_short_word_is_no_secret_because_a_longer_one_that_was_sent_contains_it() -> None:
    assert redact_gateway_text("sms non accepté", "smsmode") == "sms non accepté"
    assert redact_gateway_text("mode non accepté", "smsmode") == "… non accepté"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,212.50", "1212.50"),
        ("1.212,50", "1212.50"),
        ("1.212,5", "1212.5"),
        ("1'212.50", "1212.50"),
        ("1’212,5", "1212.5"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("-1,234,567.8", "-1234567.8"),
        ("212.5 EUR", "212.5"),
        ("212,50€", "212.50"),
        ("1 212,50 €", "1212.50"),
        ("1\u202f212,50\xa0€", "1212.50"),
        ("EUR 1,212.50", "1212.50"),
        ("€212.5", "212.5"),
        ("-3 crédits", "-3"),
        ("1 Credit", "1"),
        ("\u22123,5", "-3.5"),
    ],
    ids=ascii,
)
def test_an_amount_that_can_mean_only_one_number_is_read(text: str, amount: str) -> None:
    assert parse_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["1,212", "-212,500", "1,212 500", "212.5 20", "1 2 3", "12 12.5", "1" + " " * 300 + "x"], ids=ascii
)
def test_an_amount_that_can_mean_two_numbers_is_refused(text: str) -> None:
    assert parse_amount(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "12,12.5",
        "1,2,3",
        "1.212.5",
        "1,212,50",
        "1,212.5.0",
        "1.212'50",
        "0,212,500",
        "999,999 EUR",
        "€",
        "EUR",
        "5|EUR",
    ],
    ids=ascii,
)
def test_a_malformed_amount_is_refused(text: str) -> None:
    assert parse_amount(text) is None


@pytest.mark.parametrize("text", ["0,212", "0,5", "1212,500", "12,3456", "1.212"])
def test_a_single_sign_is_a_decimal_sign_where_no_thousands_can_be_meant(text: str) -> None:
    assert parse_amount(text) == Decimal(text.replace(",", "."))


AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
NOTATIONS = [(thousands, point) for thousands in ("", ",", ".", " ", "\xa0", "\u202f", "'", "’") for point in ".,"]


@given(
    amount=AMOUNTS,
    notation=st.sampled_from([pair for pair in NOTATIONS if pair[0] != pair[1]]),
    unit=st.sampled_from(["", " EUR", "€", " €", " crédits"]),
)
def test_every_notation_of_thousands_and_decimals_is_read(
    amount: Decimal, notation: tuple[str, str], unit: str
) -> None:
    thousands, point = notation
    whole, _, fraction = f"{amount:,.2f}".partition(".")
    assert parse_amount(f"{whole.replace(',', thousands)}{point}{fraction}{unit}") == amount


@given(text=st.text(alphabet="0123456789.,' -+eE€UR", max_size=20))
def test_the_digits_of_an_amount_are_those_that_were_written(text: str) -> None:
    amount = parse_amount(text)
    if amount is not None and "e" not in text.lower().replace("eur", ""):
        shown = f"{amount.copy_abs():f}".replace(".", "")
        assert shown.lstrip("0") == "".join(filter(str.isdigit, text)).lstrip("0")
