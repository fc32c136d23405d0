"""Facts of an account, and the check that proves them: what its gateway does where the document is silent. Pure.

Nobody who builds this can call the live gateway. So each account finds out by itself, from what it sends and receives
anyway and from the check that a person starts. Each is proven or refuted, at a time and by something; what is not known
is treated as the safer of both.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from .tracked_dict import TrackedDict

# An account that was seen to list a message later than this has been seen at a bad moment.
MAX_LIST_LAG: Final = timedelta(minutes=15)
# What is seen again changes nothing but its date, which is not worth a write more often.
_RENEWED_AFTER: Final = timedelta(days=1)


class Fact(StrEnum):
    """What is in question; each is worded as the product takes it to be."""

    KEY_ACCEPTED = "key_accepted"
    CLOCKS_AGREE = "clocks_agree"
    TEXT_INTACT = "text_intact"
    REPORTS_COME = "reports_come"
    CALLBACKS_COME = "callbacks_come"
    CALLBACKS_UTF8 = "callbacks_utf8"
    SENT_LISTED = "sent_listed"
    SENT_NEWEST_FIRST = "sent_newest_first"
    SENT_UNESCAPED = "sent_unescaped"
    PARIS_TIME = "paris_time"
    SCHEDULES_HELD = "schedules_held"
    DELETION_WORKS = "deletion_works"
    DELETION_REFUNDS = "deletion_refunds"
    IDS_UNIQUE = "ids_unique"
    REPLIES_COME = "replies_come"
    REPLIES_LISTED = "replies_listed"
    REPLIES_NEWEST_FIRST = "replies_newest_first"
    REPLIES_INTACT = "replies_intact"
    REPLIES_UNESCAPED = "replies_unescaped"
    VOICE_WORKS = "voice_works"
    GROUPS_WORK = "groups_work"
    NIGHT_DELIVERY = "night_delivery"
    SUNDAY_DELIVERY = "sunday_delivery"
    KEY_BY_POST = "key_by_post"


# Without them nobody can say whether an alarm arrives, is sent twice, or costs more than it seems to.
ESSENTIAL_FACTS: Final = (
    Fact.REPORTS_COME,
    Fact.SENT_LISTED,
    Fact.PARIS_TIME,
    Fact.SCHEDULES_HELD,
    Fact.DELETION_WORKS,
    Fact.DELETION_REFUNDS,
)
# What a watchdog does all day.
WATCHDOG_FACTS: Final = (Fact.DELETION_WORKS, Fact.DELETION_REFUNDS)


class Verdict(StrEnum):
    """What is known of a fact."""

    PROVEN = "proven"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


class Evidence(StrEnum):
    """By what a fact is known: what is sent and received anyway, the check, or the word of a person."""

    TRAFFIC = "traffic"
    CHECK = "check"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AccountFact:
    """What is known of one fact; ``number`` and ``word`` are what was measured, if the fact has a measure."""

    verdict: Verdict
    evidence: Evidence
    at: datetime
    number: int | None = None
    word: str | None = None


class AccountFacts:
    """The facts of one account, by their names."""

    def __init__(self) -> None:
        """Begin without any; ``on_change`` is called when one becomes another."""
        self.all: TrackedDict[AccountFact] = TrackedDict()
        self.on_change: Callable[[Fact], object] = lambda _fact: None

    def verdict(self, fact: Fact) -> Verdict:
        """Return what is known of a fact."""
        known = self.all.get(fact)
        return Verdict.UNKNOWN if known is None else known.verdict

    def is_proven(self, *facts: Fact) -> bool:
        """Return whether all of these are proven."""
        return all(self.verdict(fact) is Verdict.PROVEN for fact in facts)

    def is_refuted(self, fact: Fact) -> bool:
        """Return whether a fact is refuted."""
        return self.verdict(fact) is Verdict.REFUTED

    def is_refuted_by_check(self, *facts: Fact) -> bool:
        """Return whether a check has refuted any of these, and not just something that went wrong on the way."""
        refuted = [known for fact in facts if (known := self.all.get(fact)) and self.is_refuted(fact)]
        return any(known.evidence is Evidence.CHECK for known in refuted)

    def number(self, fact: Fact) -> int | None:
        """Return what was measured of a fact."""
        known = self.all.get(fact)
        return None if known is None else known.number

    def unknown(self, *facts: Fact) -> Iterator[Fact]:
        """Yield those of these of which nothing is known."""
        return (fact for fact in facts if self.verdict(fact) is Verdict.UNKNOWN)

    @property
    def list_lag(self) -> timedelta:
        """Return how long the list of sent messages took at most to show one; one that never does is given all time."""
        if self.is_refuted(Fact.SENT_LISTED):
            return MAX_LIST_LAG
        return min(timedelta(seconds=self.number(Fact.SENT_LISTED) or 0), MAX_LIST_LAG)

    def learn(
        self,
        fact: Fact,
        *,
        holds: bool,
        at: datetime,
        evidence: Evidence = Evidence.TRAFFIC,
        number: int | None = None,
        word: str | None = None,
    ) -> None:
        """Record what was seen. The latest counts: a gateway may change what it does."""
        verdict = Verdict.PROVEN if holds else Verdict.REFUTED
        seen = AccountFact(verdict=verdict, evidence=evidence, at=at, number=number, word=word)
        known = self.all.get(fact)
        if known is not None:
            seen = _confirmed(known, seen)
        if seen != known:
            self.all[fact.value] = seen
            self.on_change(fact)

    def learn_lag(self, lag: timedelta, *, at: datetime, evidence: Evidence = Evidence.TRAFFIC) -> None:
        """Record that the list of sent messages showed a message so long after it was accepted; the longest counts."""
        seconds = max(round(lag.total_seconds()), self.number(Fact.SENT_LISTED) or 0)
        self.learn(Fact.SENT_LISTED, holds=True, at=at, evidence=evidence, number=seconds)


def _confirmed(known: AccountFact, seen: AccountFact) -> AccountFact:
    """Return what is known of a fact once something is seen of it again.

    Traffic that agrees with a check or a person leaves them their evidence and date. It may measure anew what they have
    proven; what is otherwise in another way than they found is known by the traffic that showed it.
    """
    if seen.verdict is not known.verdict:
        return seen
    is_same = (seen.number, seen.word) == (known.number, known.word)
    if seen.evidence is Evidence.TRAFFIC and known.evidence is not Evidence.TRAFFIC:
        is_kept = is_same or known.verdict is Verdict.PROVEN
        return replace(known, number=seen.number, word=seen.word) if is_kept else seen
    is_fresh = seen.evidence is known.evidence and seen.at - known.at < _RENEWED_AFTER
    return known if is_same and is_fresh else seen


# Of a message that the check deletes itself, and of those that it sends at night.
CHECK_REFERENCE: Final = "smsmode-check-"
NIGHT_REFERENCE: Final = "smsmode-night-"


class CheckStep(StrEnum):
    """Step of the check, in this order; the value is the key of its texts."""

    KEY = "key"
    TEXT = "text"
    REPORT = "report"
    SENT_LIST = "sent_list"
    SCHEDULE = "schedule"
    REPLY = "reply"
    CALL = "call"
    GROUP = "group"
    NIGHT = "night"


class CheckPhase(StrEnum):
    """Whether the check runs, or how it ended."""

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CheckRecord:
    """The latest check. ``failed`` are the steps that an error ended, and ``finished_at`` is when one last finished."""

    phase: CheckPhase
    started_at: datetime
    finished_at: datetime | None = None
    done: tuple[CheckStep, ...] = ()
    failed: tuple[CheckStep, ...] = ()


def is_to_be_deleted(reference: str | None) -> bool:
    """Return whether a message was scheduled by the check only to be deleted."""
    return (reference or "").startswith(CHECK_REFERENCE)
