"""The books of a proof: what was asked for, what was said of it, and what the gateway has.

They ask nothing of the house. Every text holds a mark. Messages of the same mark to the same numbers are one item:
nobody could tell them apart, so they are counted.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import islice
from typing import override

from tests.support.gateway import GatewayMessage

MARK = re.compile(r"#\d{5}")
SHOWN = 8

type Item = tuple[str, frozenset[str]]
"""A mark, and the numbers that get it, as the gateway writes them."""
type Sign = tuple[str | None, str]
"""How a report names a message that never left: its reference, and a number or a group."""


class Told(Enum):
    """What the house said of a message to the one who sent it."""

    ACCEPTED = auto()
    KEPT = auto()  # queued; or no error where a caller gets no response
    REFUSED = auto()
    UNCERTAIN = auto()  # an error that says that nobody knows
    NOTHING = auto()  # the caller was gone


@dataclass(slots=True)
class Entry:
    """One message that was asked for; ``targets`` as the house writes them, ``signs`` one for each of them."""

    item: Item
    signs: tuple[Sign, ...]
    targets: tuple[str, ...]
    told: Told = Told.NOTHING
    # Whether it is known that the house had taken it on.
    begun: bool = True


@dataclass(slots=True)
class Verdict:
    """The four figures, and what is wrong in words."""

    lost: int = 0
    doubled: int = 0
    false_successes: int = 0
    false_failures: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def figures(self) -> dict[str, int]:
        """Give what must be nothing."""
        return {name: getattr(self, name) for name in ("lost", "doubled", "false_successes", "false_failures")}

    def note(self, what: str, count: int, mark: str, whom: Iterable[str]) -> None:
        """Enter something wrong, if it is."""
        if count > 0:
            setattr(self, what, getattr(self, what) + count)
            self.wrong.append(f"{what} {count} of {mark} to {', '.join(sorted(whom))}")

    @override
    def __str__(self) -> str:
        """Name the first that are wrong."""
        return "; ".join(self.wrong[:SHOWN])


def judge(entries: Iterable[Entry], messages: Iterable[GatewayMessage], reported: Mapping[Sign, int]) -> Verdict:
    """Compare what was said with what is; ``reported`` counts the reports of messages that were given up."""
    verdict, reports, has = Verdict(), Counter(reported), _accepted(messages)
    asked: defaultdict[Item, list[Entry]] = defaultdict(list)
    for entry in entries:
        asked[entry.item].append(entry)
    for item, alike in asked.items():
        _judge_alike(verdict, item, alike, has.pop(item, 0), reports)
    # A refusal that was told may be reported besides.
    _match([entry for alike in asked.values() for entry in alike if entry.told is Told.REFUSED], None, reports)
    for (mark, numbers), count in has.items():
        # Nobody wrote to just these: somebody was left out, or got what was not for them.
        verdict.note("doubled", count, mark, numbers)
    for (reference, number), count in reports.items():
        verdict.note("false_failures", count, f"report of {reference}", [number])
    return verdict


def _accepted(messages: Iterable[GatewayMessage]) -> Counter[Item]:
    """Count what the gateway has accepted."""
    found: Counter[Item] = Counter()
    for message in messages:
        if mark := MARK.search(message.text):
            found[mark[0], frozenset(message.numbers)] += 1
    return found


def _judge_alike(verdict: Verdict, item: Item, alike: list[Entry], has: int, reports: Counter[Sign]) -> None:
    """Judge messages that cannot be told apart."""
    told = Counter(entry.told for entry in alike)
    missing = len(alike) - has
    verdict.note("doubled", -missing, *item)
    verdict.note("false_successes", told[Told.ACCEPTED] - has, *item)
    verdict.note("false_failures", min(told[Told.REFUSED], told[Told.REFUSED] - missing), *item)
    missing -= told[Told.REFUSED]
    missing -= _match([entry for entry in alike if entry.told is not Told.REFUSED], max(0, missing), reports)
    # Who was told that nobody knows has been told.
    missing -= told[Told.UNCERTAIN] + sum(not entry.begun for entry in alike)
    verdict.note("lost", missing, *item)
    verdict.note("false_successes", min(missing, told[Told.KEPT]), *item)


def _match(entries: Iterable[Entry], limit: int | None, reports: Counter[Sign]) -> int:
    """Strike out the reports of so many messages at most; say how many there were. Each target has one of its own."""
    reported = islice((entry for entry in entries if all(reports[sign] > 0 for sign in entry.signs)), limit)
    found = 0
    for entry in reported:
        reports.subtract(entry.signs)
        found += 1
    return found
