"""Does the gateway have a message whose answer was lost? Pure: compares with the list of sent messages."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from math import ceil

from ..api import (
    BatchRequest,
    MessageRequest,
    SendRequest,
    SentMessage,
    SmsmodeClient,
    SmsmodeUncertainError,
    StopClause,
    VoiceRequest,
)
from ..api.encoding import is_phone_number, normalize_number
from ..state.message_log import MessageLog, TrackedMessage
from ..state.outbox import OutboxItem

type _Lines = dict[str, Counter[str]]
"""Per number the texts to look for, and how often each."""

# The gateway writes whole minutes, and its clock is not the house's.
SLACK = timedelta(minutes=3)

# How the list is read: rows a page, and pages at most.
PAGE = 500
PAGES = 10

_UNKNOWN = re.compile(r"\?+")
_STOP_MENTION = re.compile(r"\b(stop|no-sms)\b", re.IGNORECASE)
_LONGEST_MENTION = 40
_BETWEEN_RECIPIENTS = re.compile(r"[,;\s]+")


async def async_find_all(
    client: SmsmodeClient, items: Collection[OutboxItem], message_log: MessageLog
) -> dict[str, str | None]:
    """Give for each item, by its key, the id under which the gateway has it, or None. Raises SmsmodeError."""
    rows = await _async_read(client, min(map(looked_for_since, items)))
    if not rows and message_log.messages:
        # There are messages that it has: an empty answer says nothing of this one.
        raise SmsmodeUncertainError("the list of sent messages is empty")
    return match_all_sent_rows(items, rows, message_log.messages)


async def _async_read(client: SmsmodeClient, since: datetime) -> list[SentMessage]:
    """Read the list, newest first, until it is older than what is looked for."""
    rows: list[SentMessage] = []
    for _ in range(PAGES):
        page = await client.get_sent_messages(count=PAGE, start=len(rows))
        rows += page
        dates = [row.sent_at for row in page if row.sent_at is not None]
        if len(page) < PAGE or (dates and min(dates) < since):
            return rows
    # What is further down is not known to be absent.
    raise SmsmodeUncertainError("the list of sent messages is too long")


def match_all_sent_rows(
    items: Iterable[OutboxItem], rows: Sequence[SentMessage], known: Mapping[str, TrackedMessage]
) -> dict[str, str | None]:
    """Give for each item, by its key, the id of the row that is this message and no other, or None."""
    known = dict(known)
    found: dict[str, str | None] = {}
    # A group takes any row with its text: first those who are named.
    for item in sorted(
        items, key=lambda item: isinstance(item.request, MessageRequest) and item.request.group is not None
    ):
        found[item.key] = message_id = match_sent_rows(item, rows, known)
        if message_id is not None:
            # What was found for one of them is not there for another.
            known[message_id] = TrackedMessage(
                message_id=message_id,
                sent_at=item.attempted_at or item.expense.at,
                codes={},
                content=content_of(item.request),
            )
    return found


def match_sent_rows(item: OutboxItem, rows: Sequence[SentMessage], known: Mapping[str, TrackedMessage]) -> str | None:
    """Give the id of the row that is this message and none of those known already, or None.

    The gateway may list a batch as one row under the id of the campaign, or each of its lines under an id of its own:
    batches of the same lines are counted, and there must be more of them than are known.
    """
    like = _known_like(item, known)
    candidates = [row for row in rows if row.message_id not in known or row.message_id in like]
    lines = _lines(item)
    shown = {row.message_id: matching for row in candidates if (matching := _lines_shown(item, lines, row))}
    listed = {row.message_id for row in rows}
    since = looked_for_since(item)
    others = sum(key in shown or (key not in listed and message.sent_at >= since) for key, message in like.items())
    if _count(lines, shown.values()) <= others:
        return None
    return next(message_id for message_id in shown if message_id not in known)


def _known_like(item: OutboxItem, known: Mapping[str, TrackedMessage]) -> dict[str, TrackedMessage]:
    """Give the known batches of the same lines."""
    if (content := content_of(item.request)) is None:
        return {}
    return {message_id: message for message_id, message in known.items() if message.content == content}


def _count(lines: _Lines, shown: Iterable[Iterable[tuple[str, str]]]) -> int:
    """Say how often the list shows a message: a batch as often as that line of it which it shows most often."""
    times = Counter(chain.from_iterable(shown))
    return max((ceil(count / lines[number][text]) for (number, text), count in times.items()), default=0)


def content_of(request: SendRequest) -> str | None:
    """Give what tells a batch from others; a digest, because texts are not kept. None for all that is no batch."""
    if not isinstance(request, BatchRequest):
        return None
    # Only what the list shows of them: what else differs does not tell their rows apart.
    told = json.dumps([(row.number, row.text) for row in request.rows])
    return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()


def looked_for_since(item: OutboxItem) -> datetime:
    """Say from when on a row can be this message."""
    return (item.attempted_at or item.expense.at) - SLACK


def _lines(item: OutboxItem) -> _Lines:
    """Give what to look for: every line of a batch, else the one text."""
    request = item.request
    if not isinstance(request, BatchRequest):
        return {item.targets[0]: Counter([request.text])}
    lines: _Lines = {}
    for row in request.rows:
        lines.setdefault(row.number, Counter())[row.text] += 1
    return lines


def _lines_shown(item: OutboxItem, lines: _Lines, row: SentMessage) -> list[tuple[str, str]]:
    """Give the lines that a row of the list may be."""
    if not _when_fits(item, row.sent_at):
        return []
    numbers = _numbers_shown(item, lines, row)
    return [(number, text) for number in numbers for text in lines[number] if _text_fits(item, text, row.text)]


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
    stop = StopClause.NEVER if isinstance(item.request, VoiceRequest) else item.request.stop
    return theirs == ours or (stop is not StopClause.NEVER and _has_mention(ours, theirs))


def _has_mention(ours: str, theirs: str) -> bool:
    """Tell an unsubscribe mention from the rest of another text that begins like ours."""
    rest = theirs.removeprefix(ours)
    return rest != theirs and len(rest) <= _LONGEST_MENTION and _STOP_MENTION.search(rest) is not None


def _as_listed(text: str) -> str:
    """Write a text as the list can show it; how many "?" stand for an emoji is not known, so a row of them is one."""
    shown = text.encode("iso-8859-15", "replace").decode("iso-8859-15")
    return _UNKNOWN.sub("?", " ".join(shown.split()))


def _numbers_shown(item: OutboxItem, lines: _Lines, row: SentMessage) -> Collection[str]:
    """Give whose lines a row may be, by the recipients it shows. Of a group the numbers are not known."""
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
    """Of several recipients nobody knows what the list shows: the first, all of them, a name, or only how many."""
    if any(map(is_phone_number, shown)):
        return not shown.isdisjoint(targets)
    return row.recipient_count == len(targets)
