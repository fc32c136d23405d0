"""Parsers of the gateway's responses, one for each kind; pure.

Each takes the text that :func:`.encoding.decode_text` returns and returns a model. Each raises
:class:`.SmsmodeGatewayError` for a return code other than 0 and :class:`.SmsmodeUncertainError` for what cannot be
parsed. Return codes and statuses are different things that share numbers (35 is both): position tells them apart.
"""

import json
import re
from decimal import Decimal
from typing import Any

from .encoding import is_id, unparsable_response
from .exceptions import SmsmodeAuthError, SmsmodeUncertainError
from .list_parser import (
    parse_reply_row,
    parse_report_row,
    parse_rows,
    parse_sent_row,
    split_mixed_rows,
    split_rows,
)
from .models import ApiKey, DeliveryReport, Reply, SendResult, SentMessage, StatusAnswer
from .response import (
    gateway_error,
    is_return_code,
    parse_accepted,
    parse_amount,
    parse_return_code,
    raise_gateway_error,
)

_AUTH = 32
_PARAMETER = 35
_STATUS_ERRORS = frozenset({31, _AUTH, 61, 65})
_RECEPTION = re.compile(r"r.{0,2}ception", re.IGNORECASE)
_SPACES = re.compile(r"\s")


def parse_description(text: str) -> str:
    """Parse ``0 | description`` (p. 14 to 17) into the description, which may be empty."""
    return parse_accepted(text)[0]


def parse_send_result(text: str) -> SendResult:
    """Parse ``0 | description | id`` (p. 7, 26 and 30); SmsmodeUncertainError if it is accepted without an id."""
    description, *rest = parse_accepted(text)
    if not rest or not is_id(rest[0]):
        raise unparsable_response(text)
    return SendResult(message_id=rest[0], description=description)


def parse_balance(text: str) -> Decimal:
    """Parse ``212.5`` (p. 12): credits, negative on a post-paid account. A bare ``32`` is a balance, not a code."""
    balance = parse_amount(text)
    if balance is None:
        if "|" in text:
            raise_gateway_error(text)
        raise unparsable_response(text)
    return balance


def parse_status(text: str) -> StatusAnswer:
    """Parse ``status | description`` (p. 19).

    Return codes stand at the same place: 31, 32, 61 and 65 are errors, and so is 35 unless its description speaks of
    reception (p. 20 and 31 use 35 for both).
    """
    code, rest = parse_return_code(text)
    description = rest[0] if rest else ""
    if code in _STATUS_ERRORS or (code == _PARAMETER and not _RECEPTION.search(description)):
        raise gateway_error(code, description)
    return StatusAnswer(code=code, description=description)


def parse_api_key(text: str, *, refused: bool = False) -> ApiKey:
    """Parse the JSON object of createAuthorisation (p. 5); its dates have no known format and stay as they came.

    `refused` is whether the HTTP status was a refusal: alone of all endpoints this one was seen to refuse by a 4xx with
    JSON, and then SmsmodeAuthError is raised.
    """
    document = _parse_json_object(text)
    if refused:
        raise SmsmodeAuthError(_AUTH)
    token = _scalar(document, "accessToken")
    if token is None or _SPACES.search(token):
        raise unparsable_response(text)
    return ApiKey(
        key_id=_scalar(document, "id"),
        access_token=token,
        created=_scalar(document, "creationDate"),
        state=_scalar(document, "state"),
        expiration=_scalar(document, "expiration"),
        account=_scalar(document, "account"),
    )


def _parse_json_object(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError, RecursionError:
        document = None
    if not isinstance(document, dict):
        raise_gateway_error(text)
    return document


def _scalar(document: dict[str, Any], name: str) -> str | None:
    value = document.get(name)
    word = str(value) if isinstance(value, str | int | float) else ""
    # JSON can escape half a character, which nothing could store or show.
    return word if word.isprintable() and word else None


def parse_reports(text: str, message_id: str) -> list[DeliveryReport]:
    """Parse ``number status | number status | …`` (p. 10). An empty response means no report yet."""
    rows = [row for part in text.replace("\n", "|").split("|") if (row := part.strip())]
    if rows and is_return_code(rows[0]):
        raise_gateway_error(text)
    return parse_rows(rows, lambda row: parse_report_row(row, message_id))


def parse_sent_messages(text: str, *, single: bool = False) -> list[SentMessage]:
    """Parse rows ``id | date | text | recipient | cost | recipients |`` (p. 18); `single`: see split_rows."""
    return parse_rows(split_rows(text, single=True) if single else split_mixed_rows(text), parse_sent_row)


def parse_sent_page(text: str) -> list[SentMessage | None]:
    """Parse the rows of `parse_sent_messages`, None for each that cannot be read: it may be any message."""
    return [parse_sent_row(row) for row in split_mixed_rows(text)]


def parse_replies(text: str, *, single: bool = False, count: int | None = None) -> list[Reply]:
    """Parse rows ``id | date | sender | text | short code | message id`` (p. 24); `single`: see split_rows.

    With `count`, a list of more or fewer rows raises SmsmodeUncertainError: in a list known to be at least that long,
    a row that a text imitates would be one too many.
    """
    rows = split_rows(text, single=single)
    replies = parse_rows(rows, parse_reply_row)
    if count is not None and not len(rows) == len(replies) == count:
        raise SmsmodeUncertainError("not as many rows as there are")
    return replies
