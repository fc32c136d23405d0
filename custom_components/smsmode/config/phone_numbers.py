"""Phone numbers as people write them, turned into MSISDNs; everything about them is asked of ``phonenumbers``."""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType


class NumberProblem(StrEnum):
    """Why a text is no number to write to; the value names the explanation."""

    NOT_A_NUMBER = "not_a_number"
    IMPOSSIBLE = "impossible"
    FIXED_LINE = "fixed_line"
    PREMIUM = "premium"


class NumberError(ValueError):
    """The text is no number to write to."""

    def __init__(self, problem: NumberProblem) -> None:
        """Remember why, without the number."""
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

# Germany has fixed lines of more digits than E.164 allows and the gateway takes: fifteen.
_LONGEST = len("+") + 15

# 0692 12 34 56 is dialled like that in all of France, yet lies at +262 (Réunion), not at +33.
_FRENCH = ("FR", "RE", "GP", "MQ", "GF", "YT")


@lru_cache(maxsize=1024)
def parse_number(text: str, region: str, *, voice: bool = False) -> str:
    """Give ``+E.164`` for a number in any usual form, national ones read as of ``region`` (ISO country).

    A fixed line is accepted for voice messages only. Raises NumberError.
    """
    written = plain(text)
    if not _NUMBER.fullmatch(written):
        raise NumberError(NumberProblem.NOT_A_NUMBER)
    number = _valid_number(written, region)
    kind = phonenumbers.number_type(number)
    if kind in _PREMIUM:
        raise NumberError(NumberProblem.PREMIUM)
    if kind == PhoneNumberType.FIXED_LINE and not voice:
        raise NumberError(NumberProblem.FIXED_LINE)
    msisdn = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if len(msisdn) > _LONGEST:
        raise NumberError(NumberProblem.IMPOSSIBLE)
    return msisdn


def _valid_number(text: str, region: str) -> phonenumbers.PhoneNumber:
    """Read a number as of the region, else as of the other parts of France if it is one."""
    for candidate in (region, *(_FRENCH if region in _FRENCH else ())):
        try:
            number = phonenumbers.parse(text, candidate)
        except NumberParseException:
            raise NumberError(NumberProblem.IMPOSSIBLE) from None
        if phonenumbers.is_valid_number(number):
            return number
    raise NumberError(NumberProblem.IMPOSSIBLE)


def can_reply(number: str) -> bool:
    """Say whether the gateway takes replies from an MSISDN: it does from French ones alone."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(number)) in _FRENCH


def looks_like_number(text: str) -> bool:
    """Tell a number from a name: only digits and what people put between and before them."""
    return _NUMBER.fullmatch(plain(text)) is not None


def plain(text: str) -> str:
    """Leave of all white space, narrow and unbreakable included, single spaces, and nothing that is not seen.

    Digits and signs of full width, as keyboards of the Far East write them, become the usual ones.
    """
    return " ".join(unicodedata.normalize("NFKC", text.translate(_UNSEEN)).split())


def pretty_number(number: str) -> str:
    """Write an MSISDN the way people read it (``+33 6 12 34 56 78``)."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return number


def calling_code(region: str) -> str:
    """Write what the numbers of a country begin with abroad (``+33``)."""
    return f"+{phonenumbers.country_code_for_region(region)}"
