"""Target: requests to the callback address."""

from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qsl

from custom_components.smsmode.api import DeliveryReport, Reply, SmsmodeCallbackError, parse_callback
from custom_components.smsmode.api.dates import PARIS
from reliability.fuzz import generators as document
from reliability.fuzz.byte_source import BREAK, ByteSource
from reliability.fuzz.invariants import attempt

SEEDS = (
    *(
        bytes([kind]) + query.encode()
        for kind in (0, 1)
        for query in (document.REPORT_CALLBACK, document.REPLY_CALLBACK)
    ),
    *(
        bytes([kind]) + query.encode().replace(b"&", BREAK, 1)
        for kind in (0,)
        for query in (document.REPORT_CALLBACK, document.REPLY_CALLBACK)
    ),
    *(
        bytes([2, charset]) + bytes(9) + BREAK.join(("Déjà 5 €".encode(), b"a+b%20&c=d", b"\xe2\x98\xba"))
        for charset in (0, 1)
    ),
    *(bytes([3, charset]) + bytes(9) + BREAK.join((b"12azer34",)) for charset in (0, 1)),
)


def read(data: bytes) -> None:
    """Read bytes as a query and a body, or write a callback and read that."""
    source = ByteSource(data)
    source.pick((_any_bytes, _any_text, _written_reply, _written_report))(source)


def _any_bytes(source: ByteSource) -> None:
    query, *body = (piece.decode("utf-8", "surrogateescape") for piece in source.pieces())
    _check(query, "&".join(body))


def _any_text(source: ByteSource) -> None:
    _check(source.text(), "")


def _check(query: str, body: str) -> None:
    heard = attempt(parse_callback, query, body, ours=SmsmodeCallbackError).value
    if heard is None:
        return
    whole = "&".join(filter(None, (query, body)))
    assert attempt(parse_callback, "", whole, ours=SmsmodeCallbackError).value == heard, "query or body matters"
    named = {name for name, _ in parse_qsl(whole, keep_blank_values=True, errors="replace")}
    assert ("statut" in named) == isinstance(heard, DeliveryReport)
    number = heard.number if isinstance(heard, DeliveryReport) else heard.sender
    assert number.lstrip("+").isdecimal()
    assert number.isascii()
    assert heard.reference is None or len(heard.reference) <= 255


def _words(source: ByteSource) -> tuple[str, str, str | None]:
    """Return a charset, and a text and a reference that it can encode."""
    charset = source.pick(document.CHARSETS)
    text, *rest = source.texts()
    reference = rest[0][:255] if rest and rest[0] and document.survives(rest[0][:255], charset) else None
    return charset, text[:1000], reference


def _moment(source: ByteSource) -> datetime:
    return datetime(2, 1, 1, tzinfo=PARIS) + timedelta(seconds=source.below(9980 * 365 * 86400))


def _written_reply(source: ByteSource) -> None:
    moment, number = _moment(source), source.below(2**32)
    charset, text, reference = _words(source)
    if not document.survives(text, charset):
        return
    told = Reply(
        reply_id="azertyu123" if number % 2 else None,
        received_at=moment,
        sender=f"+{10**9 + number}",
        text=text,
        short_code="36034" if number % 3 else None,
        message_id="abcd1234" if number % 5 else None,
        reference=reference,
    )
    # Two charsets that are one in each part may still be another in all of them together.
    if document.survives(f"{text}{reference}", charset):
        assert parse_callback(document.reply_callback(told, charset)) == told


def _written_report(source: ByteSource) -> None:
    moment, number = _moment(source), source.below(2**32)
    charset, _, reference = _words(source)
    told = DeliveryReport(
        message_id="S7EpYZ5kmS87",
        number=f"+{10**9 + number}",
        code=number % 10**5,
        received_at=moment if number % 3 else None,
        reference=reference,
        operator=f"{number % 10**6:06}" if number % 2 else None,
        cost=Decimal(number % 10**4).scaleb(-2) if number % 5 else None,
    )
    assert parse_callback(document.report_callback(told, charset)) == told
