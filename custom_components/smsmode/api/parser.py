"""The gateway's answers, read: one parser for each endpoint; pure.

Each takes the text that :func:`.wire.decode_text` gives, and gives the model, or raises what the gateway means: a
:class:`.SmsmodeGatewayError` for a return code, :class:`.SmsmodeUncertainError` for what cannot be understood.
Return codes and statuses are different things that share numbers (35 is both): they are told apart by position.
"""

import json
import re
from decimal import Decimal
from typing import Any

from .encoding import is_id, unintelligible
from .exceptions import SmsmodeAuthError, SmsmodeUncertainError
from .list_parser import cut_rows, read_reply, read_report, read_rows, read_sent_message
from .models import ApiKey, DeliveryReport, Reply, SendResult, SentMessage, StatusAnswer
from .response import gateway_error, is_code, raise_refusal, read_accepted, read_amount, read_code

_AUTH = 32
_PARAMETER = 35
_STATUS_ERRORS = frozenset({31, _AUTH, 61, 65})
_RECEPTION = re.compile(r"r.{0,2}ception", re.IGNORECASE)
_SPACES = re.compile(r"\s")


def parse_done(text: str) -> str:
    """Read ``0 | description`` (p. 14 to 17) and give the description."""
    return read_accepted(text)[0]


def parse_sent(text: str) -> SendResult:
    """Read ``0 | description | id`` (p. 7, 26 and 30). Accepted without an id is not understood."""
    description, *rest = read_accepted(text)
    if not rest or not is_id(rest[0]):
        raise unintelligible(text)
    return SendResult(message_id=rest[0], description=description)


def parse_balance(text: str) -> Decimal:
    """Read ``212.5`` (p. 12): credits, negative on a post-paid account. A bare ``32`` is a balance, not a code."""
    balance = read_amount(text)
    if balance is None:
        if "|" in text:
            raise_refusal(text)
        raise unintelligible(text)
    return balance


def parse_status(text: str) -> StatusAnswer:
    """Read ``status | description`` (p. 19).

    Return codes stand at the same place: 31, 32 and 61 are errors, and so is 35 unless it speaks of reception.
    """
    code, rest = read_code(text)
    description = rest[0] if rest else ""
    if code in _STATUS_ERRORS or (code == _PARAMETER and not _RECEPTION.search(description)):
        raise gateway_error(code, description)
    return StatusAnswer(code=code, description=description)


def parse_api_key(text: str, *, refused: bool = False) -> ApiKey:
    """Read the JSON object of createAuthorisation (p. 5); its dates have no known format and stay as they came.

    `refused` says that HTTP did: alone of all endpoints this one was seen to refuse by a 4xx with JSON.
    """
    document = _json_object(text)
    if refused:
        raise SmsmodeAuthError(_AUTH)
    token = _scalar(document, "accessToken")
    if token is None or _SPACES.search(token):
        raise unintelligible(text)
    return ApiKey(
        key_id=_scalar(document, "id"),
        access_token=token,
        created=_scalar(document, "creationDate"),
        state=_scalar(document, "state"),
        expiration=_scalar(document, "expiration"),
        account=_scalar(document, "account"),
    )


def _json_object(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError, RecursionError:
        document = None
    if not isinstance(document, dict):
        raise_refusal(text)
    return document


def _scalar(document: dict[str, Any], name: str) -> str | None:
    value = document.get(name)
    word = str(value) if isinstance(value, str | int | float) else ""
    # JSON can escape half a character, which nothing could store or show.
    return word if word.isprintable() and word else None


def parse_reports(text: str, message_id: str) -> list[DeliveryReport]:
    """Read ``number status | number status | …`` (p. 10). An empty answer means no report yet."""
    rows = [row for part in text.replace("\n", "|").split("|") if (row := part.strip())]
    if rows and is_code(rows[0]):
        raise_refusal(text)
    return read_rows(rows, lambda row: read_report(row, message_id))


def parse_sent_messages(text: str, *, single: bool = False) -> list[SentMessage]:
    """Read rows ``id | date | text | recipient | cost | recipients |`` (p. 18); `single`: cut_rows."""
    return read_rows(cut_rows(text, single=single), read_sent_message)


def parse_replies(text: str, *, single: bool = False, count: int | None = None) -> list[Reply]:
    """Read rows ``id | date | sender | text | short code | message id`` (p. 24); `single`: cut_rows.

    `count` refuses a list of more or fewer rows: in one known to be as long, an imitated row would be one too many.
    """
    rows = cut_rows(text, single=single)
    replies = read_rows(rows, read_reply)
    if count is not None and not len(rows) == len(replies) == count:
        raise SmsmodeUncertainError("not as many rows as there are")
    return replies
