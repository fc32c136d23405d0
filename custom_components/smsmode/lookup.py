"""Does the gateway have a message whose answer was lost? Pure: compares with the list of sent messages."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from .api import BatchRequest, MessageRequest, SentMessage, StopClause
from .api.wire import is_number, read_number
from .outbox import OutboxItem

# The gateway writes whole minutes, and its clock is not the house's.
SLACK = timedelta(minutes=3)

_UNKNOWN = re.compile(r"\?+")
_STOP_MENTION = re.compile(r"\b(stop|no-sms)\b", re.IGNORECASE)
_LONGEST_MENTION = 40
_BETWEEN_RECIPIENTS = re.compile(r"[,;\s]+")


def find(item: OutboxItem, rows: Iterable[SentMessage], claimed: set[str]) -> str | None:
    """Give the id of the row that is this message and no other of ours, or None."""
    return next((row.message_id for row in rows if row.message_id not in claimed and _is_it(item, row)), None)


def _is_it(item: OutboxItem, row: SentMessage) -> bool:
    return _when_fits(item, row.sent_at) and any(
        _text_fits(item, text, row.text) and _recipient_fits(item, number, row) for number, text in _parts(item)
    )


def _parts(item: OutboxItem) -> Iterable[tuple[str, str]]:
    """Give whom and what to look for: every row of a batch, else the one text."""
    request = item.request
    if isinstance(request, BatchRequest):
        return [(row.number, row.text) for row in request.rows]
    return [(item.targets[0], request.text)]


def _when_fits(item: OutboxItem, sent_at: datetime | None) -> bool:
    """A row is of this attempt, or of the time the message is scheduled for; a date nobody can read fits."""
    if sent_at is None or item.attempted_at is None:
        return True
    attempted = item.attempted_at.astimezone(UTC)
    scheduled = item.request.send_at and item.request.send_at.astimezone(UTC)
    # The hour that autumn repeats is written like the one before it, and may be either.
    moments = [sent_at.replace(fold=fold) for fold in (0, 1)]
    return any(
        moment >= attempted - SLACK or (scheduled is not None and abs(moment - scheduled) <= SLACK)
        for moment in moments
    )


def _text_fits(item: OutboxItem, sent: str, found: str) -> bool:
    """The gateway may have added its unsubscribe mention; it trims white space, and shows much as "?"."""
    ours, theirs = _as_listed(sent), _as_listed(found)
    stop = getattr(item.request, "stop", StopClause.NEVER)
    return theirs == ours or (stop is not StopClause.NEVER and _has_mention(ours, theirs))


def _has_mention(ours: str, theirs: str) -> bool:
    """Tell an unsubscribe mention from the rest of another text that begins like ours."""
    rest = theirs.removeprefix(ours)
    return rest != theirs and len(rest) <= _LONGEST_MENTION and _STOP_MENTION.search(rest) is not None


def _as_listed(text: str) -> str:
    """Write a text as the list can show it; how many "?" stand for an emoji is not known, so a row of them is one."""
    shown = text.encode("iso-8859-15", "replace").decode("iso-8859-15")
    return _UNKNOWN.sub("?", " ".join(shown.split()))


def _recipient_fits(item: OutboxItem, number: str, row: SentMessage) -> bool:
    """Of several recipients nobody knows what the list shows: the first, all of them, a name, or only how many."""
    if isinstance(item.request, MessageRequest) and item.request.group:
        return True
    shown = {read_number(part) for part in _BETWEEN_RECIPIENTS.split(row.recipient.strip())}
    if isinstance(item.request, BatchRequest) or len(item.targets) == 1:
        return number in shown
    if any(map(is_number, shown)):
        return not shown.isdisjoint(item.targets)
    return row.recipient_count == len(item.targets)
