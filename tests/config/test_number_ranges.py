"""Numbers that a person is right about and a list of ranges is not, and numbers that YAML made an integer of."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.smsmode.config.phone_numbers import (
    NumberError,
    NumberProblem,
    can_reply,
    is_known_number,
    parse_integer,
    parse_number,
)

ALICE = "+33612345678"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        pytest.param("+33 6 92 11 22 33", "+262692112233", id="Réunion with the code of the mainland"),
        pytest.param("0033 6 93 11 22 33", "+262693112233", id="Réunion, 00"),
        pytest.param("33639691234", "+262639691234", id="Mayotte without plus"),
        pytest.param("+33 690 12 34 56", "+590690123456", id="Guadeloupe"),
        pytest.param("+33 691 12 34 56", "+590691123456", id="Saint-Martin"),
        pytest.param("+33 694 12 34 56", "+594694123456", id="Guyane"),
        pytest.param("+33 696 12 34 56", "+596696123456", id="Martinique"),
        pytest.param("+262 6 12 34 56 78", ALICE, id="the mainland with the code of Réunion"),
        pytest.param("+590 696 12 34 56", "+596696123456", id="Martinique with the code of Guadeloupe"),
    ],
)
def test_a_french_number_with_the_code_of_another_part_of_france_is_that_number(written: str, number: str) -> None:
    assert parse_number(written, "FR") == number
    assert parse_number(written, "RE") == number


@pytest.mark.parametrize(
    ("written", "number"),
    [
        pytest.param("+33 700 12 34 56 78 90", "+337001234567890", id="French machine"),
        pytest.param("0700 12 34 56 78 90", "+337001234567890", id="French machine, national"),
        pytest.param("337001234567890", "+337001234567890", id="French machine without plus"),
        pytest.param("+33 7 01 23 45 67", "+33701234567", id="new French range"),
        pytest.param("+46 719 123 456 789", "+46719123456789", id="Swedish machine"),
        pytest.param("+31 970 123 456 789", "+31970123456789", id="Dutch machine"),
        pytest.param("0047 590 000 000 000", "+47590000000000", id="Norwegian machine, 00"),
        pytest.param("+86 144 1234 567 890", "+861441234567890", id="Chinese machine, fifteen digits"),
    ],
)
def test_a_number_of_a_range_that_is_not_known_is_taken_and_told_from_known_ones(written: str, number: str) -> None:
    assert parse_number(written, "FR") == number
    assert not is_known_number(number)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("+33 6 12 34 56 78 9", id="a French digit too many"),
        pytest.param("+33 6 12 34 56 7", id="a French digit too few"),
        pytest.param("+1 202 555 0123 45", id="North America has ten digits"),
        pytest.param("+999 612 345 678 9", id="no such country"),
        pytest.param("+46 719 123 456 789 12", id="more than fifteen digits"),
        pytest.param("07400 1234567", id="a national number of no range"),
        pytest.param("+63 5678", id="as short as a short code, which its reports would be taken for"),
    ],
)
def test_a_number_that_cannot_exist_is_refused(written: str) -> None:
    with pytest.raises(NumberError, match=NumberProblem.IMPOSSIBLE):
        parse_number(written, "FR")


def test_replies_are_expected_of_all_french_numbers_known_or_not() -> None:
    assert can_reply("+33701234567")
    assert can_reply("+262692112233")
    assert not can_reply("+46719123456789")


@pytest.mark.parametrize(
    ("written", "region", "number"),
    [
        pytest.param(687751234, "FR", "+687751234", id="New Caledonia, which 06 87 75 12 34 is not"),
        pytest.param(41791234567, "FR", "+41791234567", id="Swiss"),
        pytest.param(33612345678, "FR", ALICE, id="French"),
        pytest.param(33612345678, "ES", ALICE, id="French in Spain"),
        pytest.param(33692112233, "FR", "+262692112233", id="Réunion with the code of the mainland"),
        pytest.param(337001234567890, "FR", "+337001234567890", id="French machine"),
    ],
)
def test_an_integer_is_an_international_number(written: int, region: str, number: str) -> None:
    assert parse_integer(written, region) == number


@pytest.mark.parametrize(
    ("written", "region"),
    [
        pytest.param(0o612345670, "FR", id="octal"),
        pytest.param(0o712345670, "FR", id="octal 07"),
        pytest.param(0o33612345670, "FR", id="octal with 00"),
        pytest.param(0o41761234567, "FR", id="octal Swiss number, which is a Danish one"),
        pytest.param(612345678, "FR", id="without its zero"),
        pytest.param(612345678, "ES", id="national where no zero is written"),
        pytest.param(2025550123, "US", id="American without its one"),
        pytest.param(46719123456789, "FR", id="of no known range"),
        pytest.param(22 * 60, "FR", id="a time"),
        pytest.param(0, "FR", id="nothing"),
        pytest.param(-33612345678, "FR", id="negative"),
        pytest.param(10**40, "FR", id="endless"),
    ],
)
def test_an_integer_that_may_be_another_number_is_none(written: int, region: str) -> None:
    assert parse_integer(written, region) is None
    assert parse_integer(written, region, voice=True) is None


def test_an_integer_that_gets_no_sms_is_refused_with_the_reason() -> None:
    with pytest.raises(NumberError, match=NumberProblem.FIXED_LINE):
        parse_integer(33123456789, "FR")
    assert parse_integer(33123456789, "FR", voice=True) == "+33123456789"


def test_digits_alone_that_are_a_number_with_a_zero_and_another_with_a_plus_are_refused() -> None:
    with pytest.raises(NumberError, match=NumberProblem.IMPOSSIBLE):
        parse_number("687751234", "FR")
    assert parse_number("0687751234", "FR") == "+33687751234"
    assert parse_number("+687751234", "FR") == "+687751234"
    # In Spain that is how numbers are written.
    assert parse_number("687751234", "ES") == "+34687751234"


@given(
    st.sampled_from(["0{}", "+33{}", "33{}", "0033{}", "0_{}", "+33_{}"]),
    st.integers(600_000_000, 799_999_999),
    st.sampled_from(["FR", "RE", "ES", "CH"]),
)
@settings(deadline=None, max_examples=500)
def test_no_number_that_is_written_without_quotes_reaches_a_stranger(form: str, national: int, region: str) -> None:
    written = form.format(national)
    read = yaml.safe_load(written)
    if not isinstance(read, int):
        return
    try:
        number = parse_integer(read, region)
    except NumberError:
        return
    try:
        meant = parse_number(written.replace("_", ""), "FR")
    except NumberError:
        meant = None
    assert number in (None, meant)
