"""Does the gateway have a message whose answer was lost? Pure: compares with the list of sent messages."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from .api import BatchRequest, MessageRequest, SentMessage, StopClause
from .outbox import OutboxItem

# The gateway writes whole minutes, and its clock is not the house's.
SLACK = timedelta(minutes=3)

_UNKNOWN = re.compile(r"\?+")


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
    scheduled = item.request.send_at
    return sent_at >= item.attempted_at - SLACK or (scheduled is not None and abs(sent_at - scheduled) <= SLACK)


def _text_fits(item: OutboxItem, sent: str, found: str) -> bool:
    """The gateway may have added its unsubscribe mention; it trims white space, and shows much as "?"."""
    ours, theirs = _as_listed(sent), _as_listed(found)
    stop = getattr(item.request, "stop", StopClause.NEVER)
    return theirs == ours or (stop is not StopClause.NEVER and theirs.startswith(ours))


def _as_listed(text: str) -> str:
    """Write a text as the list can show it; how many "?" stand for an emoji is not known, so a row of them is one."""
    shown = text.encode("iso-8859-15", "replace").decode("iso-8859-15")
    return _UNKNOWN.sub("?", " ".join(shown.split()))


def _recipient_fits(item: OutboxItem, number: str, row: SentMessage) -> bool:
    """Of several recipients nobody knows what the list shows: the first, all of them, or the name of a group."""
    if isinstance(item.request, MessageRequest) and item.request.group:
        return True
    shown = {part.strip().removeprefix("+") for part in row.recipient.replace(";", ",").split(",")}
    wanted = {target.removeprefix("+") for target in item.targets} if len(item.targets) > 1 else {number.lstrip("+")}
    return bool(shown & wanted)
