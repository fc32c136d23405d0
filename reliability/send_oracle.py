"""Send oracle: messages asked for and their outcomes, compared with those of the gateway.

Nothing comes from the integration itself. Every text holds a mark. Messages of the same mark to the same numbers are
one item: they cannot be distinguished, so they are counted.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import islice
from typing import Any, override

from tests.support.gateway import GatewayMessage

MARK = re.compile(r"#\d{5}")
SHOWN = 8

type Item = tuple[str, frozenset[str]]
"""A mark, and the numbers that get it, as the gateway writes them."""
type ReportKey = tuple[str | None, str]
"""Key of the report of a message that was given up: its reference, and a number or a group."""


class Outcome(Enum):
    """Outcome of a message, as its sender knows it."""

    ACCEPTED = auto()
    QUEUED = auto()  # queued; or no error where a caller gets no response
    REFUSED = auto()
    UNCERTAIN = auto()  # an error that says that nobody knows
    UNKNOWN = auto()  # the caller was gone


@dataclass(slots=True)
class ExpectedMessage:
    """Message that was asked for; ``targets`` as the integration writes them, with one report key for each."""

    item: Item
    report_keys: tuple[ReportKey, ...]
    targets: tuple[str, ...]
    outcome: Outcome = Outcome.UNKNOWN
    # Whether it is known that the house had taken it on.
    started: bool = True


@dataclass(frozen=True, slots=True)
class LossReports:
    """Reports of messages that have no id: those that were given up, and those of which nobody knows."""

    given_up: Counter[ReportKey] = field(default_factory=Counter)
    unknown: Counter[ReportKey] = field(default_factory=Counter)

    def add(self, report: Mapping[str, Any]) -> None:
        """Count the report of a message that has no id."""
        if report["message_id"] is None:
            kind = self.unknown if report["status"] == "undefined" else self.given_up
            kind[report["reference"], report["number"]] += 1

    def once(self) -> LossReports:
        """Count each of them once: a crash may have repeated it."""
        return LossReports(Counter(set(self.given_up)), Counter(set(self.unknown)))


@dataclass(slots=True)
class Verdict:
    """Verdict: four figures, and the errors as text."""

    lost: int = 0
    doubled: int = 0
    false_successes: int = 0
    false_failures: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def figures(self) -> dict[str, int]:
        """Return the figures that must be 0."""
        return {name: getattr(self, name) for name in ("lost", "doubled", "false_successes", "false_failures")}

    def note(self, what: str, count: int, mark: str, whom: Iterable[str]) -> None:
        """Add an error, if the count is positive."""
        if count > 0:
            setattr(self, what, getattr(self, what) + count)
            self.wrong.append(f"{what} {count} of {mark} to {', '.join(sorted(whom))}")

    @override
    def __str__(self) -> str:
        """Return the first errors."""
        return "; ".join(self.wrong[:SHOWN])


def compare(entries: Iterable[ExpectedMessage], messages: Iterable[GatewayMessage], reported: LossReports) -> Verdict:
    """Compare outcomes with messages and with the reports of those that have no id."""
    verdict, has = Verdict(), _accepted(messages)
    reports, unknown = Counter(reported.given_up), Counter(reported.unknown)
    expected: defaultdict[Item, list[ExpectedMessage]] = defaultdict(list)
    for entry in entries:
        expected[entry.item].append(entry)
    for item, identical in expected.items():
        _compare_identical(verdict, item, identical, has.pop(item, 0), reports, unknown)
    # A refusal that was told may be reported besides.
    _take_reports(
        [entry for identical in expected.values() for entry in identical if entry.outcome is Outcome.REFUSED],
        None,
        reports,
    )
    for (mark, numbers), count in has.items():
        # Nobody wrote to just these: somebody was left out, or got what was not for them.
        verdict.note("doubled", count, mark, numbers)
    for (reference, number), count in reports.items():
        verdict.note("false_failures", count, f"report of {reference}", [number])
    return verdict


def _accepted(messages: Iterable[GatewayMessage]) -> Counter[Item]:
    """Count the messages of the gateway."""
    found: Counter[Item] = Counter()
    for message in messages:
        if mark := MARK.search(message.text):
            found[mark[0], frozenset(message.numbers)] += 1
    return found


def _compare_identical(
    verdict: Verdict,
    item: Item,
    identical: list[ExpectedMessage],
    has: int,
    reports: Counter[ReportKey],
    unknown: Counter[ReportKey],
) -> None:
    """Compare messages that cannot be distinguished."""
    outcome = Counter(entry.outcome for entry in identical)
    missing = len(identical) - has
    verdict.note("doubled", -missing, *item)
    verdict.note("false_successes", outcome[Outcome.ACCEPTED] - has, *item)
    verdict.note("false_failures", min(outcome[Outcome.REFUSED], outcome[Outcome.REFUSED] - missing), *item)
    missing -= outcome[Outcome.REFUSED]
    waiting = [entry for entry in identical if entry.outcome is not Outcome.REFUSED]
    # Of what is unknown, the gateway may have the message or not.
    for told in (reports, unknown):
        missing -= _take_reports(waiting, max(0, missing), told)
    # Who was told that nobody knows has been told.
    missing -= outcome[Outcome.UNCERTAIN] + sum(not entry.started for entry in identical)
    verdict.note("lost", missing, *item)
    verdict.note("false_successes", min(missing, outcome[Outcome.QUEUED]), *item)


def _take_reports(entries: Iterable[ExpectedMessage], limit: int | None, reports: Counter[ReportKey]) -> int:
    """Remove the reports of at most so many messages; returns their number. Each target has its own report."""
    reported = islice(
        (entry for entry in entries if all(reports[report_key] > 0 for report_key in entry.report_keys)), limit
    )
    found = 0
    for entry in reported:
        reports.subtract(entry.report_keys)
        found += 1
    return found
