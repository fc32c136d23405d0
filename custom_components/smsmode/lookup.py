"""Does the gateway have a message whose answer was lost? Pure: compares with the list of sent messages."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from .api import BatchRequest, MessageRequest, SentMessage, StopClause
from .api.wire import is_number, read_number
from .ledger import WatchedMessage
from .outbox import OutboxItem, Request

# The gateway writes whole minutes, and its clock is not the house's.
SLACK = timedelta(minutes=3)

_UNKNOWN = re.compile(r"\?+")
_STOP_MENTION = re.compile(r"\b(stop|no-sms)\b", re.IGNORECASE)
_LONGEST_MENTION = 40
_BETWEEN_RECIPIENTS = re.compile(r"[,;\s]+")


def find(item: OutboxItem, rows: Sequence[SentMessage], known: Mapping[str, WatchedMessage]) -> str | None:
    """Give the id of the row that is this message and none of those known already, or None.

    The gateway may list a batch as one row under the id of the campaign, or each of its lines under an id of its own:
    then the rows of batches like this one that are known to be there are counted, and there must be more.
    """
    found = [row.message_id for row in rows if row.message_id not in known and _is_it(item, row)]
    others = _hidden(item, rows, known) * len(list(_parts(item)))
    return found[others] if len(found) > others else None


def content_of(request: Request) -> str | None:
    """Give what tells a batch from others; a digest, because texts are not kept. None for all that is no batch."""
    if not isinstance(request, BatchRequest):
        return None
    told = repr((len(request.rows), request.rows[0], request.rows[-1], request.send_at))
    return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()


def looked_for_since(item: OutboxItem) -> datetime:
    """Say from when on a row can be this message."""
    return (item.attempted_at or item.expense.at) - SLACK


def _hidden(item: OutboxItem, rows: Sequence[SentMessage], known: Mapping[str, WatchedMessage]) -> int:
    """Count the known batches like this one that the list does not show under their own id."""
    if (content := content_of(item.request)) is None:
        return 0
    listed = {row.message_id for row in rows}
    like = [message for message in known.values() if message.content == content]
    since = looked_for_since(item)
    return sum(message.message_id not in listed and message.sent_at >= since for message in like)


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
