"""Rows of the gateway's lists: split a list into rows, and rows into fields.

The document shows one row a line (p. 18 and 24). Real responses separate rows by newlines, blank lines or ``<br/>``,
with and without a trailing pipe, and the texts inside may hold pipes and newlines of their own.
"""

import logging
import re
from collections.abc import Callable, Sequence

from .dates import is_date_format, parse_date
from .encoding import is_id, is_phone_number, mask_excerpt, normalize_number, unparsable_response
from .models import DeliveryReport, Reply, SentMessage
from .response import parse_amount, raise_gateway_error

_LOGGER = logging.getLogger(__name__)

_STATUS = re.compile(r"\d{1,5}", re.ASCII)
_REPLY_SEPARATORS = 5
_COUNT = re.compile(r"\d{1,9}", re.ASCII)


def split_rows(text: str, *, single: bool) -> list[str]:
    """Split a list into rows, at each line that begins with ``id | date |``; an empty list has none.

    The text of a message can therefore imitate a row. A list known to have one row (`single`) is not split, so nothing
    in it can: whatever stands between its first and its last fields is the text.
    Raises SmsmodeGatewayError or SmsmodeUncertainError if it does not begin with a row.
    """
    if not text:
        return []
    first, *others = text.split("\n")
    if not _starts_row(first):
        raise_gateway_error(text)
    rows = [[first]]
    for line in others:
        if not single and _starts_row(line):
            rows.append([])
        rows[-1].append(line)
    return ["\n".join(row).strip() for row in rows]


def split_mixed_rows(text: str) -> list[str]:
    """Split a list as `split_rows` does; whatever stands before its first row is a row as well, that nobody can read.

    Raises as `split_rows` if there is no row at all: then it is no list.
    """
    lines = text.split("\n")
    begin = next((index for index, line in enumerate(lines) if _starts_row(line)), 0)
    rows = split_rows("\n".join(lines[begin:]), single=False)
    return ["\n".join(lines[:begin]).strip(), *rows] if begin else rows


def _starts_row(line: str) -> bool:
    row_id, _, rest = line.partition("|")
    date, separator, _ = rest.partition("|")
    return bool(separator) and is_id(row_id.strip()) and is_date_format(date.strip())


def parse_rows[T](rows: Sequence[str], parse: Callable[[str], T | None]) -> list[T]:
    """Parse each row and skip those for which `parse` returns None, so that one of them does not hide the others.

    Raises SmsmodeUncertainError if the last row is one of them: then the response was cut short, and what is missing
    cannot be known.
    """
    items = [parse(row) for row in rows]
    if items and items[-1] is None:
        raise unparsable_response(rows[-1])
    skipped = [row for row, item in zip(rows, items, strict=True) if item is None]
    if skipped:
        _LOGGER.debug("%s of %s rows not understood, the first: %s", len(skipped), len(rows), mask_excerpt(skipped[0]))
    return [item for item in items if item is not None]


def parse_report_row(row: str, message_id: str) -> DeliveryReport | None:
    """Parse ``number status`` of compteRendu (p. 10); None if it is anything else."""
    number, *rest = row.split()
    if len(rest) != 1 or not is_phone_number(number) or not _STATUS.fullmatch(rest[0]):
        return None
    return DeliveryReport(message_id=message_id, number=normalize_number(number), code=int(rest[0]))


def parse_sent_row(row: str) -> SentMessage | None:
    """Parse ``id | date | text | recipient | cost | recipients |`` of smsList (p. 18); None if it is anything else."""
    if not _starts_row(row.partition("\n")[0]):
        return None
    fields = _split_fields(row.removesuffix("|"), before=2, after=3)
    # A missing or a surplus field shows in these two, which are numbers or empty.
    if fields is None or not _COUNT.fullmatch(fields[5] or "0") or parse_amount(fields[4] or "0") is None:
        return None
    return SentMessage(
        message_id=fields[0],
        sent_at=parse_date(fields[1]),
        text=fields[2],
        recipient=normalize_number(fields[3]),
        cost=parse_amount(fields[4]),
        recipient_count=int(fields[5]) if fields[5] else None,
    )


def parse_reply_row(row: str) -> Reply | None:
    """Parse ``id | date | sender | text | short code | message id`` of responseList (p. 24).

    The message id is empty if the gateway knows none. None if it is anything else.
    """
    fields = _split_fields(_strip_surplus_separator(row), before=3, after=2)
    if fields is None or not fields[2] or (fields[5] and not is_id(fields[5])):
        return None
    return Reply(
        reply_id=fields[0],
        received_at=parse_date(fields[1]),
        sender=normalize_number(fields[2]),
        text=fields[3],
        short_code=normalize_number(fields[4]) or None,
        message_id=fields[5] or None,
    )


def _strip_surplus_separator(row: str) -> str:
    """Remove a trailing pipe, unless it is the one before an empty message id: then the short code stands before it."""
    if not row.endswith("|") or row.count("|") <= _REPLY_SEPARATORS:
        return row
    last = row[:-1].rpartition("|")[2].strip()
    return row[:-1] if not last or (is_id(last) and not is_phone_number(last)) else row


def _split_fields(row: str, *, before: int, after: int) -> list[str] | None:
    """Split the fields around the text from both ends, since the text may hold pipes; None if there are too few."""
    head = row.split("|", before)
    # With too few pipes for the head, none is left for the tail.
    tail = head[-1].rsplit("|", after)
    if len(tail) <= after:
        return None
    return [field.strip() for field in (*head[:-1], *tail)]
