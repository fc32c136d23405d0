"""Target: answers that are not lists, which are a code, an amount, a status, reports, a key."""

import json
import re
from decimal import Decimal

from custom_components.smsmode.api import ApiKey, DeliveryReport, SendResult, SmsmodeGatewayError, StatusAnswer, parser
from custom_components.smsmode.api.encoding import decode_text, is_id, is_phone_number
from reliability.fuzz import generators as document
from reliability.fuzz.byte_source import ByteSource
from reliability.fuzz.invariants import attempt

_EDGES = re.compile(r"<br\s*/?>|[\s\0\ufeff\u200b]+", re.IGNORECASE)
_ZERO = re.compile(r"0{1,4}", re.ASCII)
_ERRORS = (31, 32, 33, 35, 41, 50, 61)
_AMOUNT = re.compile(r"(?:€|eur|cr[eé]dits?)*[+\u2212-]?(?:€|eur|cr[eé]dits?)?[0-9.,'’e+-]+(?:€|eur|cr[eé]dits?)?")

SEEDS = tuple(
    bytes([kind]) + answer.encode(charset)
    for kind in range(4)
    for answer in document.ANSWERS
    for charset in document.CHARSETS
)


def read(data: bytes) -> None:
    """Read bytes as every answer that they could be, or write an answer and read that."""
    source = ByteSource(data)
    source.pick((_any_bytes, _any_bytes, _written_code, _written_rows))(source)


def _any_bytes(source: ByteSource) -> None:
    raw = source.rest()
    text = decode_text(raw)
    _check_accepted(raw, text)
    _check_balance(text)
    _check_status(text)
    _check_others(text)


def _first(text: str) -> str:
    """Return the text at the place of the return code."""
    return _EDGES.sub("", text.split("|", maxsplit=1)[0])


def _check_accepted(raw: bytes, text: str) -> None:
    """Assert that nothing is a success unless its bytes have code 0."""
    for parse in (parser.parse_description, parser.parse_send_result):
        answer = attempt(parse, text)
        if answer.error is None:
            assert _ZERO.fullmatch(_first(text)), "a success without code 0"
        if isinstance(answer.value, SendResult):
            assert answer.value.message_id.encode() in raw
            assert is_id(answer.value.message_id)
        if isinstance(answer.error, SmsmodeGatewayError):
            assert answer.error.code == int(_first(text)) != 0


def _check_balance(text: str) -> None:
    balance = attempt(parser.parse_balance, text)
    if balance.error is None:
        assert _AMOUNT.fullmatch(_EDGES.sub("", text).casefold()), "a balance that is not an amount alone"
        assert balance.value is not None
        assert balance.value.is_finite()


def _check_status(text: str) -> None:
    status = attempt(parser.parse_status, text)
    if isinstance(status.value, StatusAnswer):
        assert status.value.code == int(_first(text))
        assert status.value.code not in {31, 32, 61}
        assert status.value.status.outcome


def _check_others(text: str) -> None:
    reports = attempt(parser.parse_reports, text, "abc")
    for report in reports.value or ():
        assert is_phone_number(report.number)
        assert 0 <= report.code < 10**5
    for refused in (False, True):
        key = attempt(lambda refused=refused: parser.parse_api_key(text, refused=refused))
        if isinstance(key.value, ApiKey):
            assert not refused
            assert key.value.access_token.split() == [key.value.access_token]


def _written_code(source: ByteSource) -> None:
    """Write code 0 with an id, and every refusal, as the document does; both are read as what they are."""
    code = source.pick(_ERRORS)
    description, *rest = source.texts()
    description = " ".join(description.replace("|", " ").split()).strip("\0\ufeff\u200b ")
    if not document.survives(description, "iso-8859-15") or _EDGES.search(description.replace(" ", "")):
        return
    message_id = rest[0] if rest and is_id(rest[0]) else "Vz4lHUWycCKb"
    accepted = decode_text(document.sent(description, message_id).encode("iso-8859-15"))
    assert parser.parse_send_result(accepted) == SendResult(message_id=message_id, description=description)
    for parse in (parser.parse_description, parser.parse_send_result, parser.parse_balance, parser.parse_replies):
        refused = attempt(parse, decode_text(f"{code} | {description}".encode("iso-8859-15")))
        assert isinstance(refused.error, SmsmodeGatewayError)
        assert refused.error.code == code


def _written_rows(source: ByteSource) -> None:
    """Write reports, a balance and a key as the document does, and read them as they were."""
    amount = Decimal(source.below(10**9) - 10**6).scaleb(-source.below(4))
    assert parser.parse_balance(f"{amount:f}\n".strip()) == amount
    told = [
        DeliveryReport(message_id="abc", number=f"+{10**9 + number}", code=number % 10**5)
        for number in (source.below(2**32) for _ in range(source.below(6)))
    ]
    assert parser.parse_reports(document.reports(told), "abc") == told
    words = source.texts()
    token = words[0] if words[0].isascii() and words[0].isalnum() else "abcdefgh1234"
    written = json.dumps({"accessToken": token, "state": words[-1]})
    key = attempt(parser.parse_api_key, written).value
    assert key is not None
    assert key.access_token == token
