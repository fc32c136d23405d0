import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.smsmode.config.phone_numbers import (
    NumberError,
    NumberProblem,
    looks_like_number,
    parse_number,
    pretty_number,
)

ALICE = "+33612345678"


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("0612345678", id="bare"),
        pytest.param("06 12 34 56 78", id="spaces"),
        pytest.param("06.12.34.56.78", id="dots"),
        pytest.param("06-12-34-56-78", id="hyphens"),
        pytest.param("06–12–34–56–78", id="dashes"),
        pytest.param("06/12/34/56/78", id="slashes"),
        pytest.param("06\u00a012\u00a034\u00a056\u00a078", id="unbreakable spaces"),
        pytest.param("06\u202f12\u202f34\u202f56\u202f78", id="narrow unbreakable spaces"),
        pytest.param(" \t06 12 34 56 78\n", id="white space around"),
        pytest.param("(06) 12 34 56 78", id="parentheses"),
        pytest.param("33612345678", id="without plus"),
        pytest.param("33 6 12 34 56 78", id="without plus, spaces"),
        pytest.param("+33612345678", id="E.164"),
        pytest.param("+33 6 12 34 56 78", id="plus, spaces"),
        pytest.param("+33 (0)6 12 34 56 78", id="zero in parentheses"),
        pytest.param("+33 06 12 34 56 78", id="plus and zero"),
        pytest.param("(+33) 6 12 34 56 78", id="country code in parentheses"),
        pytest.param("0033612345678", id="00"),
        pytest.param("00 33 (0) 6 12 34 56 78", id="00 and zero in parentheses"),
        pytest.param("\u202a+33612345678\u202c", id="unseen marks of contacts on a phone"),
        pytest.param("06\u200b12345678", id="zero-width space"),
        pytest.param("٠٦١٢٣٤٥٦٧٨", id="other digits"),
    ],
)
def test_a_number_is_understood_however_people_write_it(written: str) -> None:
    assert looks_like_number(written)
    assert parse_number(written, "FR") == ALICE


@pytest.mark.parametrize(
    ("written", "region", "number"),
    [
        pytest.param("0692 12 34 56", "FR", "+262692123456", id="Réunion from the mainland"),
        pytest.param("0692 12 34 56", "RE", "+262692123456", id="Réunion from Réunion"),
        pytest.param("0690 12 34 56", "FR", "+590690123456", id="Guadeloupe"),
        pytest.param("0696 12 34 56", "FR", "+596696123456", id="Martinique"),
        pytest.param("0694 12 34 56", "FR", "+594694123456", id="Guyane"),
        pytest.param("0639 69 12 34", "FR", "+262639691234", id="Mayotte"),
        pytest.param("06 12 34 56 78", "RE", ALICE, id="the mainland from Réunion"),
        pytest.param("0694 12 34 56", "MQ", "+594694123456", id="Guyane from Martinique"),
        pytest.param("07400 123456", "GB", "+447400123456", id="British"),
        pytest.param("+44 7400 123456", "FR", "+447400123456", id="British from France"),
        pytest.param("+1 202 555 0123", "FR", "+12025550123", id="American"),
        pytest.param("0612345678", "ES", None, id="French form in Spain"),
        pytest.param("07400 123456", "FR", None, id="British form in France"),
        pytest.param("055 12 34", "FR", None, id="too short, but possible overseas"),
        pytest.param(ALICE, "XX", ALICE, id="international where there is no such country"),
        pytest.param("0612345678", "XX", None, id="national where there is no such country"),
    ],
)
def test_a_national_number_is_read_as_of_the_region(written: str, region: str, number: str | None) -> None:
    if number is None:
        with pytest.raises(NumberError) as refused:
            parse_number(written, region)
        assert refused.value.problem is NumberProblem.IMPOSSIBLE
    else:
        assert parse_number(written, region) == number


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        pytest.param("", NumberProblem.NOT_A_NUMBER, id="nothing"),
        pytest.param("+", NumberProblem.NOT_A_NUMBER, id="plus alone"),
        pytest.param("()", NumberProblem.NOT_A_NUMBER, id="parentheses alone"),
        pytest.param("Alice", NumberProblem.NOT_A_NUMBER, id="name"),
        pytest.param("0612345678 Alice", NumberProblem.NOT_A_NUMBER, id="number and name"),
        pytest.param("0612345678, 0698765432", NumberProblem.NOT_A_NUMBER, id="two numbers"),
        pytest.param("0-800-FLOWERS", NumberProblem.NOT_A_NUMBER, id="letters of a keypad"),
        pytest.param("tel:+33612345678", NumberProblem.NOT_A_NUMBER, id="link"),
        pytest.param("0612345678;ext=1", NumberProblem.NOT_A_NUMBER, id="extension"),
        pytest.param("36034", NumberProblem.IMPOSSIBLE, id="short code"),
        pytest.param("112", NumberProblem.IMPOSSIBLE, id="emergency"),
        pytest.param("06 12 34 56 7", NumberProblem.IMPOSSIBLE, id="a digit too few"),
        pytest.param("06 12 34 56 78 9", NumberProblem.IMPOSSIBLE, id="a digit too many"),
        pytest.param("+999612345678", NumberProblem.IMPOSSIBLE, id="no such country"),
        pytest.param("+" + "1" * 300, NumberProblem.IMPOSSIBLE, id="endless"),
        pytest.param("0899 12 34 56", NumberProblem.PREMIUM, id="premium rate"),
        pytest.param("0812 34 56 78", NumberProblem.PREMIUM, id="shared cost"),
        pytest.param("0800 12 34 56", NumberProblem.PREMIUM, id="toll free"),
        pytest.param("01 23 45 67 89", NumberProblem.FIXED_LINE, id="fixed line"),
    ],
)
def test_what_gets_no_sms_is_refused_with_the_reason_and_without_the_number(
    written: str, problem: NumberProblem
) -> None:
    with pytest.raises(NumberError) as refused:
        parse_number(written, "FR")
    assert refused.value.problem is problem
    assert str(refused.value) == problem.value


def test_a_fixed_line_gets_voice_messages() -> None:
    assert parse_number("01 23 45 67 89", "FR", voice=True) == "+33123456789"
    with pytest.raises(NumberError, match=NumberProblem.FIXED_LINE):
        parse_number("01 23 45 67 89", "FR")


def test_a_number_of_more_digits_than_the_gateway_takes_is_refused() -> None:
    with pytest.raises(NumberError, match=NumberProblem.IMPOSSIBLE):
        parse_number("212 35577835778", "DE", voice=True)


def test_a_premium_number_is_not_called_either() -> None:
    with pytest.raises(NumberError, match=NumberProblem.PREMIUM):
        parse_number("0899 12 34 56", "FR", voice=True)


@pytest.mark.parametrize("name", ["Alice", "Chez 4", "4 ans", "notify.alice", "group:1", "", "+", "Dr. 0612345678"])
def test_a_name_does_not_look_like_a_number(name: str) -> None:
    assert not looks_like_number(name)


@pytest.mark.parametrize(
    ("number", "pretty"),
    [(ALICE, "+33 6 12 34 56 78"), ("+12025550123", "+1 202-555-0123"), ("36034", "36034"), ("Info", "Info")],
)
def test_a_number_is_written_the_way_people_read_it(number: str, pretty: str) -> None:
    assert pretty_number(number) == pretty


@given(
    st.one_of(st.text(), st.text("+0123456789 ()./-\u00a0\u202f\u2013", max_size=30)),
    st.sampled_from(["FR", "RE", "US", "DE", "ZZ", ""]),
    st.booleans(),
)
@settings(deadline=None)
def test_any_text_is_either_a_number_or_refused(written: str, region: str, voice: bool) -> None:
    try:
        number = parse_number(written, region, voice=voice)
    except NumberError:
        return
    assert looks_like_number(written)
    assert number.startswith("+")
    assert number[1:].isascii()
    assert number[1:].isdigit()
    # Reading what was read changes nothing.
    assert parse_number(number, region, voice=voice) == number


@given(st.lists(st.sampled_from([" ", ".", "-", "\u00a0", "\u202f"]), min_size=9, max_size=9))
def test_no_way_of_grouping_the_digits_matters(gaps: list[str]) -> None:
    written = "0" + "".join(gap + digit for gap, digit in zip(gaps, "612345678", strict=True))
    assert parse_number(written, "FR") == ALICE
