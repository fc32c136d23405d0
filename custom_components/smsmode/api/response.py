"""What every answer of the gateway is made of: a return code, words, an amount of credits."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import NoReturn

from .blot import redact_gateway_text
from .encoding import unintelligible
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
_AMOUNT = re.compile(r"[+-]?\d{1,15}(?:\.\d{0,15})?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_SPACES = re.compile(r"\s")
_LONGEST_AMOUNT = 200

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
    """Choose the exception for a return code (tables of the document, p. 7 to 30)."""
    return _ERRORS.get(code, SmsmodeGatewayError)(code, redact_gateway_text(description))


def read_discreetly[T](read: Callable[[str], T], text: str, sent: str) -> T:
    """Read an answer; if it is a refusal, see to it that its words repeat nothing that was `sent`."""
    try:
        return read(text)
    except SmsmodeGatewayError as err:
        refusal = err
    # Raised out here, because the refusal with all its words would stay attached as the context.
    raise type(refusal)(refusal.code, redact_gateway_text(refusal.description, sent))


def is_code(value: str) -> bool:
    """Tell whether this can be a return code."""
    return bool(_CODE.fullmatch(value))


def read_code(text: str) -> tuple[int, list[str]]:
    """Read ``code | words | …``: the code, and the other fields."""
    code, *rest = (part.strip() for part in text.split("|"))
    if not is_code(code):
        raise unintelligible(text)
    return int(code), rest


def read_accepted(text: str) -> list[str]:
    """Give the fields after code 0, of which there is at least one; raise the error of any other code."""
    code, rest = read_code(text)
    if code:
        raise gateway_error(code, rest[0] if rest else "")
    return rest or [""]


def raise_refusal(text: str) -> NoReturn:
    """Raise the error that `text` is, or say that it is nothing known."""
    read_accepted(text)
    raise unintelligible(text)


def read_amount(value: str) -> Decimal | None:
    """Read credits: ``212.5``, ``212``, ``1 212,5``, ``-3.2``; ``None`` for anything else."""
    plain = _SPACES.sub("", value[:_LONGEST_AMOUNT]).replace(",", ".")
    return Decimal(plain) if _AMOUNT.fullmatch(plain) else None
