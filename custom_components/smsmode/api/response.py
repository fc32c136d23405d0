"""Return codes, descriptions and amounts: the parts that the gateway's responses have in common.

The endpoints of version 1.6 answer with HTTP 200 and ``code | description | …``, errors included (document p. 7 to 30).
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import NoReturn

from .encoding import unparsable_response
from .exceptions import (
    SmsmodeAuthError,
    SmsmodeCreditError,
    SmsmodeGatewayError,
    SmsmodeIdentifierError,
    SmsmodeNotFoundError,
    SmsmodeParameterError,
    SmsmodeTemporaryError,
)

_CODE = re.compile(r"\d{1,4}", re.ASCII)
_MAX_AMOUNT_LENGTH = 200
_UNIT = "(?:€|eur|cr[eé]dits?)"
_SIGNED_AMOUNT = re.compile(rf"(?:{_UNIT} ?)?([+-]?) ?(?:{_UNIT} ?)?(\d.*?)(?: ?{_UNIT})?")
# The notation of the document: digits and a point.
_PLAIN = re.compile(r"\d{1,15}(?:\.\d{0,15})?(?:e[+-]?\d{1,2})?", re.ASCII)
# A comma before exactly three digits may also separate thousands.
_DECIMAL_COMMA = re.compile(r"(?![1-9]\d{0,2},\d{3}$)\d{1,15},\d{0,15}", re.ASCII)
# Thousands in groups of three, and a decimal sign that is not the one between the groups. A single group behind a point
# or a comma is left to the two above.
_GROUPED = re.compile(
    r"(?!\d{1,3}[.,]\d{3}$)"
    r"(?P<whole>[1-9]\d{0,2}(?P<separator>[ '.,])\d{3}(?:(?P=separator)\d{3}){0,3})"
    r"(?:(?!(?P=separator))[.,](?P<fraction>\d{1,15}))?",
    re.ASCII,
)

_MAX_DESCRIPTION_LENGTH = 200
_MAX_HARMLESS_LENGTH = 3
_LONG_NUMBER = re.compile(r"\+?\d(?:[\W_]{0,3}\d){3,}")
# A word, or a sign that is neither blank nor on a French keyboard.
_WORD = re.compile(r"\w+|[^\w\s!-~°’«»…]")
_FRENCH_WORD = re.compile(r"[a-zàâäçéèêëîïôöùûüÿœæ0-9]+")
_ADJACENT_REDACTIONS = re.compile(r"…(?:[\s…]*…)+")

_ERRORS: dict[int, type[SmsmodeGatewayError]] = {
    31: SmsmodeTemporaryError,
    32: SmsmodeAuthError,
    33: SmsmodeCreditError,
    35: SmsmodeParameterError,
    41: SmsmodeIdentifierError,
    50: SmsmodeTemporaryError,
    61: SmsmodeNotFoundError,
    # Not in the document; a public client of 2023 quotes the vendor's site for it.
    65: SmsmodeNotFoundError,
}


def gateway_error(code: int, description: str = "") -> SmsmodeGatewayError:
    """Return the exception for a return code (tables of the document, p. 7 to 30), its description redacted."""
    return _ERRORS.get(code, SmsmodeGatewayError)(code, redact_gateway_text(description))


def redact_gateway_text(text: str, sent: str = "") -> str:
    """Redact a description of the gateway, which can repeat a key, a number or a text that was `sent` to it.

    Stay: words that can be French, and numbers of up to three digits: ``limite de 11 signes``, ``Accepté``.
    Go: every word of `sent`, parts of it of four letters and more, words with a digit, phone numbers in any spelling,
    and letters that French lacks: ``numero 06 12 34 56 78 refusé`` becomes ``numero … refusé``, ``clé Ab1CD2 inconnue``
    becomes ``clé … inconnue``, ``dÃ©jÃ`` becomes ``…``: what is cut or in another charset is not found in `sent`.

    At most 200 characters are returned.
    """
    sent_words = frozenset(re.findall(r"\w+", sent.casefold()))
    haystack = " ".join(sent_words)

    def redact(match: re.Match[str]) -> str:
        word = match[0].casefold()
        if not _FRENCH_WORD.fullmatch(word) or word in sent_words:
            return "…"
        is_secret = len(word) > _MAX_HARMLESS_LENGTH and (word in haystack or any(map(str.isdigit, word)))
        return "…" if is_secret else match[0]

    without_numbers = _LONG_NUMBER.sub("…", text[:_MAX_DESCRIPTION_LENGTH])
    return _ADJACENT_REDACTIONS.sub("…", _WORD.sub(redact, without_numbers))


def parse_redacted[T](parse: Callable[[str], T], text: str, sent: str) -> T:
    """Parse a response; the description of an error is redacted of everything that was `sent`.

    Raises what `parse` raises.
    """
    try:
        return parse(text)
    except SmsmodeGatewayError as err:
        error = err
    # Raised out here, because the error with its whole description would stay attached as the context.
    raise type(error)(error.code, redact_gateway_text(error.description, sent))


def is_return_code(value: str) -> bool:
    """Return whether this can be a return code: one to four digits."""
    return bool(_CODE.fullmatch(value))


def parse_return_code(text: str) -> tuple[int, list[str]]:
    """Parse ``code | description | …`` into the code and the other fields, stripped.

    Raises SmsmodeUncertainError if it does not begin with a code.
    """
    code, *rest = (part.strip() for part in text.split("|"))
    if not is_return_code(code):
        raise unparsable_response(text)
    return int(code), rest


def parse_accepted(text: str) -> list[str]:
    """Return the fields after code 0, at least one.

    Raises SmsmodeGatewayError for any other code, SmsmodeUncertainError if there is none.
    """
    code, rest = parse_return_code(text)
    if code:
        raise gateway_error(code, rest[0] if rest else "")
    return rest or [""]


def raise_gateway_error(text: str) -> NoReturn:
    """Raise the error that a response states.

    SmsmodeGatewayError for a return code; SmsmodeUncertainError for code 0, which is none, and for anything else.
    """
    parse_accepted(text)
    raise unparsable_response(text)


def parse_amount(value: str) -> Decimal | None:
    """Parse a number of credits: a decimal point as in the document (p. 12), or a notation that can mean one number.

    ``212.5``, ``212,5``, ``1 212,5``, ``1,212.50``, ``1.212,50``, ``-3.2``, ``212.5 EUR``. None for anything else, and
    for ``1,212``, which is either more than a thousand or little more than one.
    """
    if len(value) > _MAX_AMOUNT_LENGTH:
        return None
    text = " ".join(value.split()).casefold().replace("’", "'").replace("\N{MINUS SIGN}", "-")
    if (match := _SIGNED_AMOUNT.fullmatch(text)) is None:
        return None
    sign, number = match.groups()
    if grouped := _GROUPED.fullmatch(number):
        number = f"{grouped['whole'].replace(grouped['separator'], '')}.{grouped['fraction'] or '0'}"
    elif _DECIMAL_COMMA.fullmatch(number):
        number = number.replace(",", ".")
    elif not _PLAIN.fullmatch(number):
        return None
    return Decimal(sign + number)
