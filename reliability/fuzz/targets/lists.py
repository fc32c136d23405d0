"""Target: lists of sent messages and replies, whose texts may hold the separators of rows and fields."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from custom_components.smsmode.api import Reply, SentMessage, parser
from custom_components.smsmode.api.dates import PARIS
from custom_components.smsmode.api.encoding import decode_text, is_phone_number
from custom_components.smsmode.api.list_parser import split_rows
from reliability.fuzz import generators as document
from reliability.fuzz.byte_source import BREAK, ByteSource
from reliability.fuzz.invariants import attempt

_ANY = bytes(5)
SEEDS = (
    *(
        bytes([kind]) + "\n".join(rows).encode()
        for kind in (0, 1)
        for rows in (document.REPLIES, document.SENT_MESSAGES)
    ),
    *(bytes([kind]) + row.encode() for kind in (0, 1) for row in document.REPLIES + document.SENT_MESSAGES),
    *(bytes([kind]) + _ANY * 4 + BREAK.join((b"a | b\nc", b"<br/>", "Déjà 5 €".encode())) for kind in (2, 3)),
)


def read(data: bytes) -> None:
    """Read bytes as a list, or write a list and read that."""
    source = ByteSource(data)
    source.pick((_any_bytes, _any_bytes, _written_replies, _written_messages))(source)


def _any_bytes(source: ByteSource) -> None:
    text = decode_text(source.rest())
    for single in (False, True):
        replies = attempt(partial(parser.parse_replies, single=single), text).value or []
        _assert_stable(replies, document.reply, parser.parse_replies)
        messages = attempt(partial(parser.parse_sent_messages, single=single), text).value or []
        _assert_stable(messages, document.sent_message, parser.parse_sent_messages)
        assert max(len(replies), len(messages)) <= (1 if single else text.count("\n") + 1)


def _assert_stable[T: (Reply, SentMessage)](
    rows: list[T], write: Callable[[T], str], parse: Callable[..., list[T]]
) -> None:
    """Assert that what was read can be written as in the document, and is then read as the same."""
    dated = [row for row in rows if _can_be_written(row)]
    for row in dated:
        assert parse(write(row), single=True) == [row], "written and read again it is another"
    honest = [row for row in dated if _is_honest(write(row))]
    assert parse("\n".join(map(write, honest))) == honest, "written and read again they are others"


def _is_honest(row: str) -> bool:
    """Return whether nothing in a row imitates another row."""
    return len(split_rows(row, single=False)) == 1


def _can_be_written(row: Reply | SentMessage) -> bool:
    if isinstance(row, Reply):
        # With no number behind its text, a bar in the text cannot be told from a bar at the end of the row.
        return row.received_at is not None and ("|" not in row.text or is_phone_number(row.short_code or ""))
    return row.sent_at is not None and (row.cost is None or len(f"{row.cost:f}") <= 16)


def _moment(source: ByteSource) -> datetime:
    return datetime(1000, 1, 1, tzinfo=PARIS) + timedelta(seconds=source.below(9000 * 365 * 86400))


def _texts(source: ByteSource) -> list[str]:
    """Return texts that survive the charset, the edges and the line breaks of the gateway."""
    texts = [decode_text(text.encode("utf-8", "replace")) for text in source.texts()]
    return [text for text in texts if decode_text(f"a{text}a".encode()) == f"a{text}a"]


def _written_replies(source: ByteSource) -> None:
    form, end, bare = source.pick(document.DATES[1::2]), source.pick(document.ROW_ENDS), source.below(2)
    moment, number = _moment(source), source.below(10**9)
    told = [
        Reply(
            reply_id=f"Reply{index}",
            received_at=moment - timedelta(seconds=index),
            sender=f"+33{number:09}",
            text=text,
            short_code="36034",
            message_id=None if (index + bare) % 2 else f"Sent{index}",
        )
        for index, text in enumerate(_texts(source))
    ]
    _assert_read_back(told, partial(document.reply, form=form), end, parser.parse_replies)


def _written_messages(source: ByteSource) -> None:
    form, end = source.pick(document.DATES[1::2]), source.pick(document.ROW_ENDS)
    moment, cost = _moment(source), Decimal(source.below(10**6)).scaleb(-source.below(4))
    recipient = source.pick(("+33612345678", "Famille", "33612345678,33698765432"))
    told = [
        SentMessage(
            message_id=f"Sent{index}",
            sent_at=moment - timedelta(seconds=index),
            text=text,
            recipient=recipient,
            cost=cost if index % 3 else None,
            recipient_count=index if index % 2 else None,
        )
        for index, text in enumerate(_texts(source))
    ]
    _assert_read_back(told, partial(document.sent_message, form=form), end, parser.parse_sent_messages)


def _assert_read_back[T: (Reply, SentMessage)](
    told: list[T], write: Callable[[T], str], end: str, parse: Callable[..., list[T]]
) -> None:
    """Assert that a list is read as it was, unless it has several rows and a text imitates a row."""
    for row in told:
        assert parse(decode_text(f"{write(row)}{end}".encode()), single=True) == [row]
    honest = [row for row in told if _is_honest(write(row))]
    for charset in document.CHARSETS:
        some = [row for row in honest if document.survives(row.text, charset)]
        raw = end.join(map(write, some)).encode(charset)
        if document.survives(raw.decode(charset), charset):
            assert parse(decode_text(raw)) == some
