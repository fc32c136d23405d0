"""Report oracle: expected replies and reports, compared with the events of the integration."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from homeassistant.core import Event

LATE_AFTER = timedelta(minutes=15)
# The gateway's list tells the minute alone: within one, nobody can say whether a reply is late.
A_MINUTE = timedelta(minutes=1)
# How far a status is on its way, by the words of the annex; every other is a failure.
FAILED = 3
# The gateway's status of every message that it has just sent; only who asks in time hears of it.
SENT = 0
RANKS = {0: 1, 1: 1, 10: 1, 13: 2, 3501: 2, 3502: 2, 3503: 2, 3504: 2, 14: 4, 11: 5}

type Json = dict[str, Any]
type Delivery = tuple[str, str]
"""A message, and a number as the gateway writes it."""


def rank(code: int) -> int:
    """Return the rank of a status in the course of a delivery."""
    return RANKS.get(code, FAILED)


@dataclass(slots=True)
class ReportOracle:
    """Replies of the gateway by id, and the statuses of each delivery in their order."""

    replies: dict[str, Json] = field(default_factory=dict)
    statuses: defaultdict[Delivery, list[int]] = field(default_factory=lambda: defaultdict(list))

    @property
    def reports(self) -> int:
        """Return the number of statuses."""
        return sum(map(len, self.statuses.values()))

    def compare_replies(self, live: Iterable[Event], late: Iterable[Event]) -> Counter[str]:
        """Count the errors in the replies that the integration reported."""
        found: Counter[str] = Counter()
        times: Counter[str] = Counter()
        for event, is_late in [*((event, False) for event in live), *((event, True) for event in late)]:
            reply = self.replies.get(event.data["reply_id"])
            if reply is None:
                found["wrongly_verified"] += event.data["verified"]
                continue
            times[reply["id"]] += 1
            found["wrongly_verified"] += not _is_same(event, reply)
            age = event.time_fired - datetime.fromisoformat(reply["received_at"])
            found["late_told_as_live"] += not is_late and age > LATE_AFTER
            found["live_told_as_late"] += is_late and age < LATE_AFTER - A_MINUTE
            found["not_verified"] += not event.data["verified"]
        found["lost"] += sum(not times[reply_id] for reply_id in self.replies)
        found["doubled"] += sum(count - 1 for count in times.values())
        return found

    def compare_reports(self, events: Iterable[Event]) -> Counter[str]:
        """Count the errors in the delivery reports of the integration."""
        found: Counter[str] = Counter()
        codes_of: defaultdict[Delivery, list[int]] = defaultdict(list)
        for event in events:
            codes_of[event.data["message_id"], event.data["number"].removeprefix("+")].append(event.data["code"])
        for delivery, codes in codes_of.items():
            ranks = [rank(code) for code in codes]
            found["doubled"] += len(codes) - len(set(codes))
            found["undone"] += sum(after < before for before, after in pairwise(ranks))
            found["invented"] += len(set(codes) - {SENT, *self.statuses[delivery]})
        # Of what was passed by on the way only the last can be asked for.
        found["lost"] += sum(
            max(codes, key=rank) not in codes_of[delivery] for delivery, codes in self.statuses.items()
        )
        return found


def _is_same(event: Event, reply: Json) -> bool:
    """Return whether an event has the content of a reply."""
    content = (event.data["message"], event.data["sender"].removeprefix("+"))
    return content == (reply["text"], reply["number"])
