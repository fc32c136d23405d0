"""Lists of the gateway: where a row ends, and what is in it.

Seen in life: rows parted by newlines, blank lines or ``<br/>``, with and without a trailing pipe; and the texts inside
may hold pipes and newlines of their own.
"""

import logging
import re
from collections.abc import Callable, Sequence

from .dates import has_date_shape, read_date
from .encoding import is_id, is_number, read_number, shape, unintelligible
from .models import DeliveryReport, Reply, SentMessage
from .response import raise_refusal, read_amount

_LOGGER = logging.getLogger(__name__)

_STATUS = re.compile(r"\d{1,5}", re.ASCII)
_REPLY_BARS = 5
_COUNT = re.compile(r"\d{1,9}", re.ASCII)


def cut_rows(text: str, *, single: bool) -> list[str]:
    """Cut a list into rows, at each line that begins with an id and a date.

    Somebody's text can therefore imitate a row. A list known to be of one row (`single`) cannot be imitated, because it
    is not cut: what stands between its first and its last fields is the text.
    """
    if not text:
        return []
    first, *others = text.split("\n")
    if not _begins_row(first):
        raise_refusal(text)
    rows = [[first]]
    for line in others:
        if not single and _begins_row(line):
            rows.append([])
        rows[-1].append(line)
    return ["\n".join(row).strip() for row in rows]


def _begins_row(line: str) -> bool:
    row_id, _, rest = line.partition("|")
    moment, bar, _ = rest.partition("|")
    return bool(bar) and is_id(row_id.strip()) and has_date_shape(moment.strip())


def read_rows[T](rows: Sequence[str], read: Callable[[str], T | None]) -> list[T]:
    """Read each row, passing over those that make no sense, so that one of them does not hide the others.

    If the last one makes none, the answer was cut short and what is missing cannot be known: it is refused whole.
    """
    items = [read(row) for row in rows]
    if items and items[-1] is None:
        raise unintelligible(rows[-1])
    strange = [row for row, item in zip(rows, items, strict=True) if item is None]
    if strange:
        _LOGGER.debug("%s of %s rows not understood, the first: %s", len(strange), len(rows), shape(strange[0]))
    return [item for item in items if item is not None]


def read_report(row: str, message_id: str) -> DeliveryReport | None:
    """Read ``number status``."""
    number, *rest = row.split()
    if len(rest) != 1 or not is_number(number) or not _STATUS.fullmatch(rest[0]):
        return None
    return DeliveryReport(message_id=message_id, number=read_number(number), code=int(rest[0]))


def read_sent_message(row: str) -> SentMessage | None:
    """Read ``id | date | text | recipient | cost | recipients |``."""
    fields = _fields(row.removesuffix("|"), before=2, after=3)
    # A missing or a spare field shows in these two, which are numbers or nothing.
    if fields is None or not _COUNT.fullmatch(fields[5] or "0") or read_amount(fields[4] or "0") is None:
        return None
    return SentMessage(
        message_id=fields[0],
        sent_at=read_date(fields[1]),
        text=fields[2],
        recipient=read_number(fields[3]),
        cost=read_amount(fields[4]),
        recipient_count=int(fields[5]) if fields[5] else None,
    )


def read_reply(row: str) -> Reply | None:
    """Read ``id | date | sender | text | short code | message id``; the last is empty if the gateway found none."""
    fields = _fields(_without_spare_bar(row), before=3, after=2)
    if fields is None or not fields[2] or (fields[5] and not is_id(fields[5])):
        return None
    return Reply(
        reply_id=fields[0],
        received_at=read_date(fields[1]),
        sender=read_number(fields[2]),
        text=fields[3],
        short_code=read_number(fields[4]) or None,
        message_id=fields[5] or None,
    )


def _without_spare_bar(row: str) -> str:
    """Drop a trailing bar, unless it is the one before an empty message id: then the short code stands before it."""
    if not row.endswith("|") or row.count("|") <= _REPLY_BARS:
        return row
    last = row[:-1].rpartition("|")[2].strip()
    return row[:-1] if not last or (is_id(last) and not is_number(last)) else row


def _fields(row: str, *, before: int, after: int) -> list[str] | None:
    """Take the fields around the text from both ends, since the text may hold bars; ``None`` if there are too few."""
    head = row.split("|", before)
    # With too few bars for the head, none is left for the tail.
    tail = head[-1].rsplit("|", after)
    if len(tail) <= after:
        return None
    return [field.strip() for field in (*head[:-1], *tail)]
