"""Message log: sent messages, their delivery reports and replies; each event is new exactly once.

Pure: time is handed in, storage happens elsewhere. Bounded: of too many messages the oldest are dropped.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final, override
from weakref import WeakValueDictionary

from ..api import DeliveryOutcome, DeliveryReport, MessageStatus, Reply
from ..helpers.targets import GROUP_PREFIX, group_target
from .outbox import MessageKind
from .reply_history import ReplyEventType, ReplyHistory
from .tracked_dict import TrackedDict

# Reports may take as long (p. 10 of the document); whoever asks decides when it was asked for the last time.
REPORT_WINDOW = timedelta(hours=48)
# After that the gateway does not know the message any more (p. 10).
GATEWAY_RETENTION = timedelta(days=30)
MAX_MESSAGES = 10_000
MAX_SENT_IDS = 10_000
MAX_NUMBERS_OF_A_GROUP = 10_000
MAX_EARLY_REPORTS = 200
MAX_TARGETS = 1_000
# As many automations, scripts, people and alerts send messages of different lengths.
# More than the annex has of any rank; codes that it does not have are all "undefined".
MAX_CODES_OF_A_RANK = 10
type Codes = tuple[int, ...]
"""The status codes of a number, the latest last."""

UNPLANNED: Final = datetime.max.replace(tzinfo=UTC)
FIRST_IN_QUEUE: Final = datetime.min.replace(tzinfo=UTC)


class SingleNumberCodes(Mapping[str, Codes]):
    """Dict of a single number in a quarter of the memory of a dict.

    Nearly every message has one number: with it a pending message costs about 350 bytes instead of 600, and the goal is
    400 (`benchmarks/cases/scaling.py`).
    """

    __slots__ = ("_codes", "_number")

    def __init__(self, only: tuple[str, Codes]) -> None:
        """Store the number, for good, and its codes, for now."""
        self._number, self._codes = only

    @override
    def __getitem__(self, number: str) -> Codes:
        """Return the codes of the number."""
        if number != self._number:
            raise KeyError(number)
        return self._codes

    def __setitem__(self, number: str, codes: Codes) -> None:
        """Replace the codes of the number."""
        if number != self._number:
            raise KeyError(number)
        self._codes = codes

    @override
    def __iter__(self) -> Iterator[str]:
        """Yield the number."""
        yield self._number

    @override
    def __len__(self) -> int:
        """Return 1."""
        return 1


@dataclass(frozen=True, slots=True, weakref_slot=True, kw_only=True, repr=False)
class SendDetails:
    """What is shown of a message and not needed to follow it; messages that have the same share one object.

    ``segments`` are those of all its numbers, a group counted as one. ``origin`` is the automation or script that sent
    it (its entity id), ``alert:`` and the id of the alert, ``user:`` and the id of the user, or else a name.
    ``group_id`` is the subentry id of the group of recipients that it was written to, perhaps to a part of it.
    """

    kind: MessageKind
    segments: int
    origin: str | None = None
    group_id: str | None = None


# As long as a message has them: an account that is gone leaves nothing behind.
_SHARED: Final[WeakValueDictionary[tuple[object, ...], SendDetails]] = WeakValueDictionary()


def shared_details(details: SendDetails) -> SendDetails:
    """Return the object that stands for all details like these."""
    return _SHARED.setdefault((details.kind, details.segments, details.origin, details.group_id), details)


@dataclass(slots=True, kw_only=True, repr=False)
class TrackedMessage:
    """Message that the gateway accepted, with the status codes of each number, the latest last.

    Of the codes only those of the same rank as the latest are kept, so that none is new again. The numbers of a group
    are not known until they are reported, and not complete until the gateway was asked: until then one more report is
    pending. ``content`` tells a batch from others, so that its rows can be counted. ``charged`` are the credits that
    the gateway says it took, if these are not its segments; ``details`` is None in what an older version wrote.
    ``is_closed`` says that no report is awaited any more, whatever its numbers have: it is only shown.
    """

    message_id: str
    sent_at: datetime
    codes: dict[str, Codes] | SingleNumberCodes
    group: str | None = None
    reference: str | None = None
    content: str | None = None
    is_complete: bool = True
    is_closed: bool = False
    charged: float | None = None
    details: SendDetails | None = None
    pending_count: int = field(init=False)
    # When to poll its reports next. It stands here because entries of a queue would add a third to the memory.
    poll_at: datetime = field(init=False, default=UNPLANNED, compare=False)

    def __post_init__(self) -> None:
        """Count the pending numbers once; pack the only one of nearly every message."""
        # Its age is elapsed time. By the clocks of a house, two days of it would be over an hour before their time when
        # spring puts them forward: due, and not old enough, it would be looked at again and again.
        self.sent_at = self.sent_at.astimezone(UTC)
        awaited = sum(map(_is_awaited, self.codes.values())) + (not self.is_complete)
        self.pending_count = 0 if self.is_closed else awaited
        if len(self.codes) == 1 and self.group is None:
            self.codes = SingleNumberCodes(*self.codes.items())

    @property
    def credits(self) -> float | None:
        """The credits that it cost, as far as that is known; a segment is taken for a credit."""
        if self.charged is not None or self.details is None:
            return self.charged
        # Who is in a group is known when it has been reported.
        return float(self.details.segments * (len(self.codes) or 1 if self.group else 1))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LastStatus:
    """Latest status of a message; ``code`` is None while the gateway has only accepted it."""

    status: MessageStatus
    received_at: datetime
    code: int | None = None
    message_id: str | None = None
    number: str | None = None
    reference: str | None = None


@dataclass(slots=True, kw_only=True, repr=False)
class MessageLog:
    """Messages, statuses and replies of one account."""

    reply_history: ReplyHistory
    messages: TrackedDict[TrackedMessage] = field(default_factory=TrackedDict)
    early_reports: dict[tuple[str, str], DeliveryReport] = field(default_factory=dict)
    last_reply: Reply | None = None
    last_status: LastStatus | None = None
    last_status_of: TrackedDict[LastStatus] = field(default_factory=TrackedDict)
    # When each message was sent, by its id: longer than its reports are awaited, for replies come at any time.
    sent_ids: TrackedDict[datetime] = field(default_factory=TrackedDict)
    segments_sent: int = 0
    pending: int = 0
    # Called with each number or group whose last status changes.
    on_status: Callable[[str], object] = field(default=lambda _target: None, compare=False)

    def is_own(self, message_id: str) -> bool:
        """Whether this house sent the message, as far as it can know."""
        return message_id in self.messages or message_id in self.sent_ids

    def record_sent(self, message: TrackedMessage, segments: int) -> list[DeliveryReport]:
        """Record an accepted message; return the reports that came before the answer to its own send.

        An id belongs to the first message that was recorded under it.
        """
        if message.message_id in self.messages:
            return []
        self.segments_sent += segments
        self.messages[message.message_id] = message
        self.sent_ids[message.message_id] = message.sent_at
        if len(self.sent_ids) > MAX_SENT_IDS:
            self.sent_ids.drop_oldest()
        self.pending += message.pending_count
        if len(self.messages) > MAX_MESSAGES:
            self.pending -= self.messages.drop_oldest()[1].pending_count
        for target in [group_target(message.group)] if message.group else list(message.codes)[-MAX_TARGETS:]:
            status = LastStatus(
                status=MessageStatus.ACCEPTED,
                message_id=message.message_id,
                number=None if message.group else target,
                reference=message.reference,
                received_at=message.sent_at,
            )
            self._note_status(status, target)
        overtook = [key for key in self.early_reports if key[0] == message.message_id]
        return [self.early_reports.pop(key) for key in overtook]

    def record_unsent(
        self,
        targets: tuple[str, ...],
        status: MessageStatus,
        reference: str | None,
        now: datetime,
        message_id: str | None = None,
    ) -> None:
        """Record the status of a message that was not sent: it waits, was given up or cancelled."""
        for target in targets:
            number = None if target.startswith(GROUP_PREFIX) else target
            self._note_status(
                LastStatus(status=status, message_id=message_id, number=number, reference=reference, received_at=now),
                target,
            )

    def is_new(self, report: DeliveryReport) -> bool:
        """Whether a report adds to what is known of its message."""
        message = self.messages.get(report.message_id)
        return message is not None and _is_news(message, report)

    def outcome_of(self, message_id: str, number: str) -> DeliveryOutcome | None:
        """Return the outcome that was last reported of a message and a number; None if none was."""
        message = self.messages.get(message_id)
        codes = message.codes.get(number) if message else None
        return MessageStatus.from_code(codes[-1]).outcome if codes else None

    def record_report(self, report: DeliveryReport, now: datetime) -> DeliveryReport | None:
        """Record a report; return it, completed by what is known of its message, if it is new."""
        message = self.messages.get(report.message_id)
        if message is None:
            self._keep_early(report)
            return None
        if not _is_news(message, report):
            return None
        self._count(message, report)
        if report.cost is not None:
            self.note_charged(report.message_id, float(report.cost))
        news = replace(report, reference=report.reference or message.reference, received_at=report.received_at or now)
        status = LastStatus(
            status=news.status,
            code=news.code,
            message_id=news.message_id,
            number=news.number,
            reference=news.reference,
            received_at=news.received_at or now,
        )
        for target in filter(None, (message.group and group_target(message.group), news.number)):
            self._note_status(status, target)
        return news

    def record_reply(
        self, reply: Reply, now: datetime, *, listed: bool = True, shown: str | None = None
    ) -> tuple[ReplyEventType, Reply] | None:
        """Record a reply; return its event type and the completed reply, or None if it is known or too old.

        ``shown`` is its text as it may be stored, by default as it is.
        """
        news = self.reply_history.record(reply, now, listed=listed)
        if news is None:
            return None
        message = self.messages.get(reply.message_id or "")
        reference = reply.reference or (message.reference if message else None)
        received_at = reply.received_at or now
        text = reply.text if shown is None else shown
        heard = replace(reply, received_at=received_at, reference=reference, text=text)
        # A late one is not the last one; nor may a date in the future, which anybody can write, keep that place.
        moment = min(received_at, now)
        if self.last_reply is None or moment >= (self.last_reply.received_at or moment):
            self.last_reply = replace(heard, received_at=moment)
        return news, heard

    def note_charged(self, message_id: str, credits_taken: float) -> None:
        """Record what the gateway took for a message to one number, if that is not what was expected."""
        message = self.messages.get(message_id)
        if (
            message is not None
            and message.group is None
            and len(message.codes) == 1
            and message.credits != credits_taken
        ):
            message.charged = credits_taken
            self.messages.mark_changed(message_id)

    def mark_complete(self, message_id: str) -> None:
        """Record that the gateway has named all numbers of a group."""
        message = self.messages.get(message_id)
        if message is not None and not message.is_complete:
            message.is_complete = True
            self._await(message, -1)
            self.messages.mark_changed(message_id)

    def close(self, message_id: str) -> None:
        """Await no more reports of a message; it stays, to be shown."""
        message = self.messages.get(message_id)
        if message is not None and not message.is_closed:
            self._await(message, -message.pending_count)
            message.is_closed = True
            self.messages.mark_changed(message_id)

    def remove(self, message_id: str) -> None:
        """Remove a message, if it is known."""
        if (message := self.messages.pop(message_id, None)) is not None:
            self.pending -= message.pending_count

    def latest_to(self, number: str) -> str | None:
        """Return the id of the latest message to a number; None if there is none, or it went to others as well."""
        latest = next((message for message in self.messages.latest_first() if number in message.codes), None)
        return latest.message_id if latest and not latest.group and len(latest.codes) == 1 else None

    def shift(self, by: timedelta, since: datetime, now: datetime) -> None:
        """Follow a clock that was set: what was sent in this life, which began then, keeps its age.

        What is scheduled for later keeps its time, and what an earlier life sent was sent by the clock of that life;
        but when to poll next was planned in this one.
        """
        for message in self.messages.values():
            if message.sent_at > now:
                continue
            if message.poll_at not in {UNPLANNED, FIRST_IN_QUEUE}:
                message.poll_at += by
            if message.sent_at >= since:
                message.sent_at += by
                self.messages.mark_changed(message.message_id)

    def recount(self) -> None:
        """Recount the pending numbers of all messages, after they were loaded."""
        self.pending = sum(message.pending_count for message in self.messages.values())

    def _count(self, message: TrackedMessage, report: DeliveryReport) -> None:
        """Record a code, and update the pending counts without counting anew."""
        known = message.codes.get(report.number)
        before = 0 if known is None else _is_awaited(known)
        message.codes[report.number] = after = _with(known or (), report)
        self._await(message, _is_awaited(after) - before)
        self.messages.mark_changed(message.message_id, report.number)

    def _await(self, message: TrackedMessage, more: int) -> None:
        """Count that so many more reports of a message are awaited, unless none is."""
        if not message.is_closed:
            message.pending_count += more
            self.pending += more

    def _keep_early(self, report: DeliveryReport) -> None:
        """Keep a report that may have overtaken the answer to its own send; drop the first of too many."""
        key = (report.message_id, report.number)
        known = self.early_reports.get(key)
        if known is None or report.status.rank > known.status.rank:
            self.early_reports[key] = report
        if len(self.early_reports) > MAX_EARLY_REPORTS:
            del self.early_reports[next(iter(self.early_reports))]

    def _note_status(self, status: LastStatus, target: str) -> None:
        self.last_status = status
        self.last_status_of.pop(target, None)
        self.last_status_of[target] = status
        self.on_status(target)
        if len(self.last_status_of) > MAX_TARGETS:
            del self.last_status_of[next(iter(self.last_status_of))]


def _is_awaited(codes: Codes) -> int:
    """Return 1 for a number whose status is not final, else 0."""
    return not codes or not MessageStatus.from_code(codes[-1]).is_final


def _is_news(message: TrackedMessage, report: DeliveryReport) -> bool:
    """Whether a report adds to what is known of its number; of a group, any number may come."""
    if report.number not in message.codes:
        return message.group is not None and len(message.codes) < MAX_NUMBERS_OF_A_GROUP
    codes = message.codes[report.number]
    if not codes:
        return True
    old, new = MessageStatus.from_code(codes[-1]), report.status
    if new.rank != old.rank or old.is_final:
        return new.rank > old.rank
    return report.code not in codes and len(codes) <= MAX_CODES_OF_A_RANK


def _with(codes: Codes, report: DeliveryReport) -> Codes:
    """Return the codes with the latest added; of those before, keep the ones of the same rank."""
    if codes and MessageStatus.from_code(codes[-1]).rank == report.status.rank:
        return (*codes, report.code)
    return (report.code,)
