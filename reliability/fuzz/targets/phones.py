"""Target: phone numbers as people write them, and their masked form."""

import re

from custom_components.smsmode.api import encoding as wire
from custom_components.smsmode.api.validation import validate_number
from custom_components.smsmode.config.phone_numbers import NumberError, looks_like_number, parse_number, pretty_number
from custom_components.smsmode.helpers.redaction import mask_numbers
from reliability.fuzz.byte_source import ByteSource
from reliability.fuzz.invariants import attempt

_REGIONS = ("FR", "RE", "US", "DE", "GB", "IT", "NC", "ZZ", "")
_FOUR = re.compile(r"\d{4}")
_NUMBERS = (
    "06 12 34 56 78",
    "+33612345678",
    "0692 12 34 56",
    "(0) 30-12345",
    "0033/6.12.34.56.78",
    "group:12345",
    "+1 202-555-0123",
)

SEEDS = tuple(bytes([region, 0]) + number.encode() for region in range(len(_REGIONS)) for number in _NUMBERS)


def read(data: bytes) -> None:
    """Read a number of a region."""
    source = ByteSource(data)
    region, voice, text = source.pick(_REGIONS), bool(source.below(2)), source.text()
    assert not _FOUR.search(mask_numbers(text)), "four digits in a row"
    number = attempt(lambda: parse_number(text, region, voice=voice), ours=NumberError)
    fresh = attempt(lambda: parse_number.__wrapped__(text, region, voice=voice), ours=NumberError)
    assert number.value == fresh.value
    if number.value is not None:
        _check(text, number.value, voice=voice)


def _check(text: str, number: str, *, voice: bool) -> None:
    assert looks_like_number(text)
    for region in _REGIONS:
        for written in (number, pretty_number(number), number.removeprefix("+").join(("+", ""))):
            assert parse_number(written, region, voice=voice) == number, "read again it is another"
    assert wire.normalize_number(validate_number(number)) == number, "the gateway would be asked for another"
