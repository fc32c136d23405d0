"""What every answer of the gateway is made of: a return code, words, an amount of credits."""

import re
from decimal import Decimal
from typing import NoReturn

from .exceptions import (
    SmsmodeAuthError,
    SmsmodeCreditError,
    SmsmodeGatewayError,
    SmsmodeIdentifierError,
    SmsmodeNotFoundError,
    SmsmodeParameterError,
    SmsmodeTemporaryError,
)
from .wire import unintelligible

_CODE = re.compile(r"\d{1,4}", re.ASCII)
_AMOUNT = re.compile(r"[+-]?\d{1,15}(?:\.\d{0,15})?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_SPACES = re.compile(r"\s")
_WORD = re.compile(r"\+?\w+")
_DESCRIPTION = 200
_INNOCENT = 3

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
    return _ERRORS.get(code, SmsmodeGatewayError)(code, _WORD.sub(_blot, description[:_DESCRIPTION]))


def _blot(word: re.Match[str]) -> str:
    # The gateway may repeat what it refuses: a number, an id, the key. Words with digits do not pass.
    secret = len(word[0]) > _INNOCENT and any(map(str.isdigit, word[0]))
    return "…" if secret else word[0]


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
    plain = _SPACES.sub("", value[:_DESCRIPTION]).replace(",", ".")
    return Decimal(plain) if _AMOUNT.fullmatch(plain) else None
