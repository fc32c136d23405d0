"""Phone numbers: parsed from any usual form into MSISDNs by ``phonenumbers``, and formatted."""

import contextlib
import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import CountryCodeSource, NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType


class NumberProblem(StrEnum):
    """Why a text is no number to write to; the value is the translation key."""

    NOT_A_NUMBER = "not_a_number"
    IMPOSSIBLE = "impossible"
    FIXED_LINE = "fixed_line"
    PREMIUM = "premium"


class NumberError(ValueError):
    """The text is no number to write to."""

    def __init__(self, problem: NumberProblem) -> None:
        """Store why, without the number."""
        super().__init__(problem.value)
        self.problem = problem


_NUMBER = re.compile(r"\(?\+?[\d\s()./\-\u2010-\u2015]*\d\s*\)?")
# Marks of writing direction and zero-width characters: whoever copies a number from contacts copies them unseen.
_UNSEEN = dict.fromkeys((0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF))
_PREMIUM = frozenset(
    {
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
    }
)
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)

# Germany has fixed lines of more digits than E.164 allows and the gateway takes: fifteen.
_LONGEST = len("+") + 15

# 0692 12 34 56 is dialled like that in all of France, yet lies at +262 (Réunion), not at +33. So whoever keeps it with
# the code of another part of France means the one number that it is in the plan that all of France shares.
_FRENCH = ("FR", "RE", "GP", "MQ", "GF", "YT")
_FRENCH_CODES = frozenset(map(phonenumbers.country_code_for_region, _FRENCH))
# Machines have ten digits behind 0700; all else behind 06 and 07 has eight.
_FRENCH_MOBILE = re.compile(r"700\d{10}|[67]\d{8}")
_OVERSEAS = {"690": 590, "691": 590, "692": 262, "693": 262, "694": 594, "696": 596, "697": 596}
_NORTH_AMERICA = 1
# Plans that grew for machines have up to fifteen digits with the code of the country.
_MACHINE_DIGITS = range(12, 16)
_FEWEST_DIGITS = 7
_WITH_COUNTRY_CODE = (CountryCodeSource.FROM_NUMBER_WITH_PLUS_SIGN, CountryCodeSource.FROM_NUMBER_WITH_IDD)


@lru_cache(maxsize=1024)
def parse_number(text: str, region: str, *, voice: bool = False) -> str:
    """Return ``+E.164`` for a number in any usual form, national ones read as of ``region`` (ISO country).

    A fixed line is accepted for voice messages only. A number of a range that is not known is accepted where it can
    exist, see `is_known_number`. Raises NumberError.
    """
    written = plain(text)
    if not _NUMBER.fullmatch(written):
        raise NumberError(NumberProblem.NOT_A_NUMBER)
    number = _read_number(written, region)
    kind = phonenumbers.number_type(number)
    if kind in _PREMIUM:
        raise NumberError(NumberProblem.PREMIUM)
    if kind == PhoneNumberType.FIXED_LINE and not voice:
        raise NumberError(NumberProblem.FIXED_LINE)
    msisdn = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if len(msisdn) > _LONGEST:
        raise NumberError(NumberProblem.IMPOSSIBLE)
    return msisdn


def parse_integer(value: int, region: str, *, voice: bool = False) -> str | None:
    """Return ``+E.164`` for a number that YAML or a template made an integer of; None unless it is certain.

    ``"{{ '+41791234567' }}"`` lost its plus, so it is international and never national. YAML reads 0612345670 as octal,
    so what could have been written like that is not certain. Raises NumberError.
    """
    if value <= 0 or _may_be_octal(value, region):
        return None
    try:
        number = parse_number(f"+{value}", region, voice=voice)
    except NumberError as err:
        if err.problem is NumberProblem.IMPOSSIBLE:
            return None
        raise
    return number if is_known_number(number) or _is_french_mobile(phonenumbers.parse(number)) else None


@lru_cache(maxsize=1024)
def is_known_number(msisdn: str) -> bool:
    """Return whether an MSISDN lies in a range that ``phonenumbers`` knows; machines and new ranges often do not."""
    return phonenumbers.is_valid_number(phonenumbers.parse(msisdn))


def _read_number(text: str, region: str) -> PhoneNumber:
    """Parse a number as of the region, else as of the other parts of France if it is one, else if it can exist."""
    number = _parse(text, region)
    if _is_ambiguous(number, text, region):
        raise NumberError(NumberProblem.IMPOSSIBLE)
    readings = [number, *_french_readings(number)]
    if (known := next(filter(phonenumbers.is_valid_number, readings), None)) is not None:
        return known
    if not _can_exist(number):
        raise NumberError(NumberProblem.IMPOSSIBLE)
    return _at_its_code(number)


def _parse(text: str, region: str) -> PhoneNumber:
    try:
        return phonenumbers.parse(text, region, keep_raw_input=True)
    except NumberParseException:
        raise NumberError(NumberProblem.IMPOSSIBLE) from None


def _french_readings(number: PhoneNumber) -> Iterator[PhoneNumber]:
    """Yield what a French number is in each part of France; nothing if it is none."""
    national = _national(number)
    if len(national) == len("33612345678"):
        # Overseas 33 is not taken for a code without a plus.
        national = national.removeprefix("33")
    for region in _FRENCH if number.country_code in _FRENCH_CODES else ():
        with contextlib.suppress(NumberError):
            yield _parse(f"0{national}", region)


def _at_its_code(number: PhoneNumber) -> PhoneNumber:
    """Return a number of no known range at the code of the part of France that its first digits tell."""
    national = _national(number)
    if number.country_code not in _FRENCH_CODES:
        return number
    return PhoneNumber(country_code=_OVERSEAS.get(national[:3], 33), national_number=int(national))


def _national(number: PhoneNumber) -> str:
    return phonenumbers.national_significant_number(number)


def _is_ambiguous(number: PhoneNumber, text: str, region: str) -> bool:
    """Return whether 687751234 can be both 0687751234 and +687751234: spreadsheets drop either sign."""
    return (
        text.isdecimal()
        and not text.startswith("0")
        and number.country_code_source == CountryCodeSource.FROM_DEFAULT_COUNTRY
        and phonenumbers.ndd_prefix_for_region(region, False) is not None
        and phonenumbers.is_valid_number(number)
        and _is_valid(f"+{text}", region)
    )


def _may_be_octal(value: int, region: str) -> bool:
    """Return whether an integer in octal is a number of the region, or a mobile number anywhere behind 00."""
    octal = f"{value:o}"
    if _is_valid(f"0{octal}", region):
        return True
    with contextlib.suppress(NumberError):
        number = _parse(f"+{octal}", region)
        is_own = number.country_code == phonenumbers.country_code_for_region(region)
        return phonenumbers.is_valid_number(number) and (is_own or phonenumbers.number_type(number) in _MOBILE)
    return False


def _is_valid(text: str, region: str) -> bool:
    try:
        return phonenumbers.is_valid_number(_parse(text, region))
    except NumberError:
        return False


def _can_exist(number: PhoneNumber) -> bool:
    """Return whether a number that is not known can exist: one of a machine, or of a range that is new."""
    if number.country_code in _FRENCH_CODES:
        return _is_french_mobile(number)
    if number.country_code_source not in _WITH_COUNTRY_CODE:
        return False
    digits = len(f"{number.country_code}{_national(number)}")
    # Reports and replies with fewer digits are those of short codes.
    if digits >= _FEWEST_DIGITS and phonenumbers.is_possible_number(number):
        return True
    return number.country_code != _NORTH_AMERICA and digits in _MACHINE_DIGITS


def _is_french_mobile(number: PhoneNumber) -> bool:
    return number.country_code in _FRENCH_CODES and _FRENCH_MOBILE.fullmatch(_national(number)) is not None


def can_reply(number: str) -> bool:
    """Return whether the gateway takes replies from an MSISDN: it does from French ones alone."""
    return phonenumbers.parse(number).country_code in _FRENCH_CODES


def looks_like_number(text: str) -> bool:
    """Return whether a text is a number and no name: only digits and what people put between and before them."""
    return _NUMBER.fullmatch(plain(text)) is not None


def plain(text: str) -> str:
    """Return a text with single spaces for all white space, narrow and no-break included, and without what is not seen.

    Digits and signs of full width, as keyboards of the Far East write them, become the usual ones.
    """
    return " ".join(unicodedata.normalize("NFKC", text.translate(_UNSEEN)).split())


def pretty_number(number: str) -> str:
    """Format an MSISDN the way people read it (``+33 6 12 34 56 78``)."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return number


def calling_code(region: str) -> str:
    """Return the calling code of a country (``+33``)."""
    return f"+{phonenumbers.country_code_for_region(region)}"
