"""Reconciliation of uncertain messages: match outbox items with the gateway's list of sent messages. Pure."""

import hashlib
import html
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from math import ceil

from ..api import (
    BatchRequest,
    MessageRequest,
    SendRequest,
    SentMessage,
    StopClause,
    VoiceRequest,
)
from ..api.encoding import as_listed, is_phone_number, normalize_number
from ..state.message_log import TrackedMessage
from ..state.outbox import OutboxItem

type _Lines = dict[str, Counter[str]]
"""The texts to look for by number, and how often each."""

type ToGateway = Callable[[datetime], datetime]
"""What the gateway's clock showed, at the earliest, at a moment of the house's."""

# The gateway writes whole minutes, and how far its clock is from the house's is known to the second at best.
SLACK = timedelta(minutes=3)

_STOP_MENTION = re.compile(r"\b(stop|no-sms)\b", re.IGNORECASE)
_LONGEST_MENTION = 40
_BETWEEN_RECIPIENTS = re.compile(r"[,;\s]+")


def same_clock(moment: datetime) -> datetime:
    """Take the gateway's clock for the house's."""
    return moment


def match_all_sent_rows(
    items: Iterable[OutboxItem],
    rows: Sequence[SentMessage],
    known: Mapping[str, TrackedMessage],
    to_gateway: ToGateway = same_clock,
) -> dict[str, str | None]:
    """Return the message id of the row that is this item and no other, or None, by the key of the item."""
    known = dict(known)
    found: dict[str, str | None] = {}
    # A group takes any row with its text: first those who are named.
    for item in sorted(
        items, key=lambda item: isinstance(item.request, MessageRequest) and item.request.group is not None
    ):
        found[item.key] = message_id = match_sent_rows(item, rows, known, to_gateway)
        if message_id is not None:
            # What was found for one of them is not there for another.
            known[message_id] = TrackedMessage(
                message_id=message_id,
                sent_at=item.attempted_at or item.expense.at,
                codes={},
                content=content_digest(item.request),
            )
    return found


def match_sent_rows(
    item: OutboxItem,
    rows: Sequence[SentMessage],
    known: Mapping[str, TrackedMessage],
    to_gateway: ToGateway = same_clock,
) -> str | None:
    """Return the id of the row that is this message and none of those known already, or None.

    The gateway may list a batch as one row under the id of the campaign, or each of its lines under an id of its own:
    batches of the same lines are counted, and there must be more of them than are known.
    """
    like = _known_like(item, known)
    candidates = [row for row in rows if row.message_id not in known or row.message_id in like]
    lines = _lines(item)
    recent = [row for row in candidates if _when_fits(item, row.sent_at, to_gateway)]
    shown = {row.message_id: matching for row in recent if (matching := _lines_shown(item, lines, row))}
    listed = {row.message_id for row in rows}
    since = lookup_start(item)
    others = sum(key in shown or (key not in listed and message.sent_at >= since) for key, message in like.items())
    if _count(lines, shown.values()) <= others:
        return None
    return next(message_id for message_id in shown if message_id not in known)


def _known_like(item: OutboxItem, known: Mapping[str, TrackedMessage]) -> dict[str, TrackedMessage]:
    """Return the known batches with the same lines."""
    if (content := content_digest(item.request)) is None:
        return {}
    return {message_id: message for message_id, message in known.items() if message.content == content}


def _count(lines: _Lines, shown: Iterable[Iterable[tuple[str, str]]]) -> int:
    """Return how often the list shows a message; for a batch, that of its most frequent line."""
    times = Counter(chain.from_iterable(shown))
    return max((ceil(count / lines[number][text]) for (number, text), count in times.items()), default=0)


def content_digest(request: SendRequest) -> str | None:
    """Return a digest of the lines of a batch, because texts are not kept; None for other requests."""
    if not isinstance(request, BatchRequest):
        return None
    # Only what the list shows of them: what else differs does not tell their rows apart.
    told = json.dumps([(row.number, row.text) for row in request.rows])
    return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()


def lookup_start(item: OutboxItem, to_gateway: ToGateway = same_clock) -> datetime:
    """Return the earliest time of a row that can be this message."""
    return to_gateway(item.attempted_at or item.expense.at) - SLACK


def _lines(item: OutboxItem) -> _Lines:
    """Return the texts to look for: every line of a batch, else the one text."""
    request = item.request
    if not isinstance(request, BatchRequest):
        return {item.targets[0]: Counter([request.text])}
    lines: _Lines = {}
    for row in request.rows:
        lines.setdefault(row.number, Counter())[row.text] += 1
    return lines


def _lines_shown(item: OutboxItem, lines: _Lines, row: SentMessage) -> list[tuple[str, str]]:
    """Return the lines that a row of the list may show."""
    numbers = _numbers_shown(item, lines, row)
    return [(number, text) for number in numbers for text in lines[number] if _text_fits(item, text, row.text)]


def _when_fits(item: OutboxItem, sent_at: datetime | None, to_gateway: ToGateway) -> bool:
    """Return whether a row has the time of this attempt or of the schedule; an unreadable date matches."""
    if sent_at is None or item.attempted_at is None:
        return True
    since = lookup_start(item, to_gateway).astimezone(UTC)
    scheduled = item.request.send_at and item.request.send_at.astimezone(UTC)
    # The hour that autumn repeats is written like the one before it, and may be either.
    moments = [sent_at.replace(fold=fold) for fold in (0, 1)]
    return any(moment >= since or (scheduled is not None and abs(moment - scheduled) <= SLACK) for moment in moments)


def _text_fits(item: OutboxItem, sent: str, found: str) -> bool:
    """Return whether the texts match. The gateway may add its unsubscribe mention, trims, and shows much as "?".

    Whether its list has HTML entities may not be known yet; what is not found would be sent again.
    """
    ours = as_listed(sent)
    stop = StopClause.NEVER if isinstance(item.request, VoiceRequest) else item.request.stop
    return any(
        theirs == ours or (stop is not StopClause.NEVER and _has_mention(ours, theirs))
        for theirs in {as_listed(found), as_listed(html.unescape(found))}
    )


def _has_mention(ours: str, theirs: str) -> bool:
    """Return whether the rest is an unsubscribe mention, not that of another text with the same beginning."""
    rest = theirs.removeprefix(ours)
    return rest != theirs and len(rest) <= _LONGEST_MENTION and _STOP_MENTION.search(rest) is not None


def _numbers_shown(item: OutboxItem, lines: _Lines, row: SentMessage) -> Collection[str]:
    """Return the numbers whose lines a row may show. The numbers of a group are not known."""
    request = item.request
    if isinstance(request, MessageRequest) and request.group:
        return lines.keys()
    shown = {normalize_number(part) for part in _BETWEEN_RECIPIENTS.split(row.recipient.strip())}
    if isinstance(request, BatchRequest):
        return lines.keys() & shown
    if len(item.targets) == 1:
        # A message to a group shows one of its numbers, perhaps this one, and that there are more.
        return lines.keys() & shown if row.recipient_count in {1, None} else ()
    return lines.keys() if _are_shown(item.targets, shown, row) else ()


def _are_shown(targets: tuple[str, ...], shown: set[str], row: SentMessage) -> bool:
    """Return whether a row may show these targets.

    Of several recipients the list shows the first, all of them, a name, or only how many: the document does not say.
    """
    if any(map(is_phone_number, shown)):
        return not shown.isdisjoint(targets)
    return row.recipient_count == len(targets)
