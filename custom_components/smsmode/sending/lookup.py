"""Lookup of uncertain messages: how far the gateway's list of sent messages can be read, and what it proves.

The list may fail, lag, be cut, begin with the oldest, or have rows that nobody can read. Whatever it shows is found;
that something is absent is believed only where nothing can hide it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from ..api import GatewayClient, GatewayClock, SentMessage, SmsmodeError, SmsmodeUncertainError
from ..state.message_log import MessageLog
from ..state.outbox import OutboxItem
from .reconciliation import lookup_start, match_all_sent_rows

# How the list is read: rows a page, and pages at most.
PAGE = 500
PAGES = 10
# How far the gateway's clock may be behind the house's while no response has said what it shows.
UNMEASURED = timedelta(hours=1)


@dataclass(frozen=True, slots=True, repr=False)
class LookupResult:
    """What is known of some items, by their keys; of those in neither, nothing is."""

    found: Mapping[str, str] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()


@dataclass(slots=True, repr=False)
class SentList:
    """Rows of the list in the order of the gateway, None for one that cannot be read, and whether these are all."""

    rows: list[SentMessage | None] = field(default_factory=list)
    is_complete: bool = False

    def add(self, page: list[SentMessage | None]) -> None:
        """Add the next page. A row that cannot be read may be several, so that only the others can be counted."""
        self.rows += page
        self.is_complete = len(page) < PAGE and None not in page

    def readable(self) -> list[SentMessage]:
        """Return the rows that can be read."""
        return [row for row in self.rows if row is not None]

    def reaches(self, since: datetime) -> bool:
        """Return whether every message since then is among the rows, perhaps as one that cannot be read."""
        return self._rows_since(since) is not None

    def shows_all_since(self, since: datetime) -> bool:
        """Return whether every message since then is among the rows that can be read."""
        rows = self._rows_since(since)
        return rows is not None and None not in rows

    def _rows_since(self, since: datetime) -> list[SentMessage | None] | None:
        """Return the rows down to the first that left before a moment; None if they may not go back as far.

        What was created before a message that left earlier, left earlier or is scheduled; the dates tell in which
        direction that is. A scheduled message has a later date than it was created at, and misleads nobody.
        """
        direction = self._direction()
        if direction == 0 or (direction < 0 and not self.is_complete):
            return self.rows if self.is_complete else None
        rows = self.rows if direction > 0 else self.rows[::-1]
        for index, row in enumerate(rows):
            # In the hour that autumn repeats, the later of the two moments that the date can mean.
            if row is not None and row.sent_at is not None and row.sent_at.replace(fold=1) < since:
                return rows[:index]
        return rows if self.is_complete else None

    def _direction(self) -> int:
        """Return more than 0 if the newest come first, less if the oldest do, 0 if the dates do not tell."""
        dates = [row.sent_at for row in self.readable() if row.sent_at is not None]
        return sum((newer > older) - (newer < older) for newer, older in pairwise(dates))


async def async_look_up(client: GatewayClient, items: Collection[OutboxItem], message_log: MessageLog) -> LookupResult:
    """Look for items in the gateway's list. Raises SmsmodeError if it cannot be read at all."""

    def to_gateway(moment: datetime) -> datetime:
        return earliest_at_gateway(client.gateway_clock, moment)

    listed = await _async_read(client, lambda: min(lookup_start(item, to_gateway) for item in items))
    if not listed.rows and message_log.messages:
        # There are messages that it has: an empty answer says nothing of this one.
        raise SmsmodeUncertainError("the list of sent messages is empty")
    matches = match_all_sent_rows(items, listed.readable(), message_log.messages, to_gateway)
    return LookupResult(
        found={key: message_id for key, message_id in matches.items() if message_id is not None},
        absent=frozenset(
            item.key
            for item in items
            if matches[item.key] is None and listed.shows_all_since(lookup_start(item, to_gateway))
        ),
    )


def earliest_at_gateway(clock: GatewayClock, moment: datetime) -> datetime:
    """Return the earliest time that the gateway's clock can have shown at a moment of the house's."""
    return clock.earliest_at_gateway(moment) if clock.is_measured else moment - UNMEASURED


async def _async_read(client: GatewayClient, since: Callable[[], datetime]) -> SentList:
    """Read the list back to a moment, as far as that goes; the moment may change with each response.

    What an earlier page shows counts although a later one cannot be read.
    """
    listed = SentList()
    for _ in range(PAGES):
        try:
            listed.add(await client.get_sent_page(count=PAGE, start=len(listed.rows)))
        except SmsmodeError:
            if not listed.rows:
                raise
            break
        if listed.reaches(since()):
            break
    return listed
