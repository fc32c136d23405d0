"""Charsets, ids and phone numbers."""

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.smsmode.api import InputProblem, SmsmodeInputError
from custom_components.smsmode.api.encoding import (
    decode_text,
    encode_form,
    is_id,
    mask_excerpt,
    normalize_number,
    unparsable_response,
)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"0 | Accept\xe9 | abc\n", "0 | Accepté | abc"),
        ("0 | Accepté | abc".encode(), "0 | Accepté | abc"),
        (b"5 \xa4", "5 €"),
        ("\ufeff 212.5 \r\n".encode(), "212.5"),
        (b"212.5\x00", "212.5"),
        ("\u200b\ufeff 212.5 \x00\u3000\x00\n\x00".encode(), "212.5"),
        (b"a\r\nb\rc<br/>d<BR >e<br>f", "a\nb\nc\nd\ne\nf"),
        (b"", ""),
    ],
    ids=["latin-9", "utf-8", "euro", "bom", "nul", "edges", "breaks", "empty"],
)
def test_a_response_is_decoded_whatever_its_charset(raw: bytes, text: str) -> None:
    assert decode_text(raw) == text


TYPOGRAPHY = "l’été “à 5 €” … – — \u2018œ’ • ™"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(TYPOGRAPHY.encode("cp1252"), id="windows-1252"),
        pytest.param(TYPOGRAPHY.encode("cp1252").decode("latin-1").encode(), id="c1 controls in utf-8"),
        pytest.param(TYPOGRAPHY.encode(), id="utf-8"),
        pytest.param("l’été “à 5 ".encode("cp1252") + b"\xa4" + TYPOGRAPHY[12:].encode("cp1252"), id="both euros"),
    ],
)
def test_typographic_characters_of_windows_are_read(raw: bytes) -> None:
    assert decode_text(b"0 | " + raw) == f"0 | {TYPOGRAPHY}"
    assert decode_text(raw[:1] + b"\x85") == "l…"


@given(st.binary())
def test_any_bytes_can_be_decoded(raw: bytes) -> None:
    assert decode_text(raw) == decode_text(raw).strip()


def test_a_form_is_in_its_charset_and_leaves_out_what_has_no_value() -> None:
    form = {"message": "Déjà 5 €", "numero": "33612345678,33698765432", "emetteur": None, "refClient": ""}
    assert encode_form(form, "iso-8859-15") == "message=D%E9j%E0+5+%A4&numero=33612345678%2C33698765432"
    assert encode_form({"message": "☺"}, "utf-8") == "message=%E2%98%BA"


def test_a_text_that_the_charset_lacks_is_refused_and_not_kept_in_the_exception() -> None:
    text = "only between us ☺".upper()
    with pytest.raises(SmsmodeInputError) as raised:
        encode_form({"message": text}, "iso-8859-15")
    assert raised.value.problem is InputProblem.TEXT_NOT_ENCODABLE
    assert "BETWEEN" not in "".join(traceback.format_exception(raised.value, chain=True))
    # `from None` would hide the exception that holds the text, and keep it.
    assert raised.value.__context__ is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("33612345678 11 | Zoé", "99999999999 99 | aaa"),
        ("<html>\n٣²½ 🔥", "<aaaa> 999 ?"),
        ("x" * 41, "a" * 40 + "..."),
        ("", ""),
    ],
    ids=["report", "html", "long", "empty"],
)
def test_an_excerpt_masks_letters_and_digits(text: str, shown: str) -> None:
    assert mask_excerpt(text) == shown


@given(st.text())
def test_no_letter_and_no_digit_passes_into_an_excerpt(text: str) -> None:
    assert not any(char.isalnum() and char not in "a9" for char in mask_excerpt(text))


@pytest.mark.parametrize(
    ("wire", "number"),
    [
        ("33612345678", "+33612345678"),
        ("+33612345678", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("0612345678", "+33612345678"),
        ("0142345678", "+33142345678"),
        ("4412345", "+4412345"),
        ("36034", "36034"),
        ("123456", "123456"),
        ("0000000000", "0000000000"),
        ("1234567890123456", "1234567890123456"),
        ("Famille", "Famille"),
        ("", ""),
        ("٣٣612345678", "٣٣612345678"),
    ],
    ids=ascii,
)
def test_numbers_become_international_and_short_codes_stay(wire: str, number: str) -> None:
    assert normalize_number(wire) == number


@given(st.text())
def test_a_number_read_twice_is_the_number_read_once(text: str) -> None:
    assert normalize_number(normalize_number(text)) == normalize_number(text)


@pytest.mark.parametrize("value", ["S7EpYZ5kmS87", "12345678", "a-b_c.d", "aGk+/w==", "urn:x@y"])
def test_an_id_may_have_any_letters_digits_and_some_punctuation(value: str) -> None:
    assert is_id(value)


@pytest.mark.parametrize("value", ["", "a b", "<b>", "a|b", "é", "x" * 65, "a\n"], ids=ascii)
def test_an_id_has_no_blanks_markup_or_more_than_64_characters(value: str) -> None:
    assert not is_id(value)


@pytest.mark.parametrize(
    ("answer", "said"),
    [("33612345678 | Zoé", "unintelligible answer: 99999999999 | aaa"), ("", "unintelligible answer: nothing")],
    ids=["something", "nothing"],
)
def test_an_unparsable_response_is_described_by_a_masked_excerpt(answer: str, said: str) -> None:
    assert str(unparsable_response(answer)) == said


def test_an_excerpt_ends_in_dots_only_if_something_was_left_out() -> None:
    assert mask_excerpt("1" * 40) == "9" * 40
    assert mask_excerpt("1" * 41) == "9" * 40 + "..."
