"""What was sent, what came of it, what came back; says of each thing once whether it is news.

Pure: time is handed in, storage happens elsewhere. Bounded: of too many messages the oldest are forgotten.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from .api import DeliveryReport, MessageStatus, Reply
from .replies import HeardReplies, ReplyNews
from .targets import GROUP_PREFIX, group_target

WATCHED_FOR = timedelta(hours=48)
MAX_MESSAGES = 10_000
MAX_NUMBERS_OF_A_GROUP = 10_000
MAX_EARLY = 200
MAX_TARGETS = 1_000
# More than the annex has of any rank; codes that it does not have are all "undefined".
MAX_CODES_OF_A_RANK = 10


@dataclass(slots=True, kw_only=True)
class WatchedMessage:
    """A message that the gateway has: per number the latest status code, None before the first.

    ``key`` is that of the outbox item it was. The numbers of a group are not known until they are reported. ``passed``
    are the codes that a number had before its latest and that are as far on the way, so that none is news again.
    """

    message_id: str
    key: str
    sent_at: datetime
    codes: dict[str, int | None]
    passed: dict[str, list[int]] = field(default_factory=dict)
    group: str | None = None
    reference: str | None = None
    awaited: int = -1

    def __post_init__(self) -> None:
        """Count what is awaited, once; a group counts as one until its numbers are known."""
        if self.awaited < 0:
            self.awaited = sum(_is_awaited(code) for code in self.codes.values()) if self.codes else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LastStatus:
    """The latest news of a message; ``code`` is None while the gateway has only accepted it."""

    status: MessageStatus
    received_at: datetime
    code: int | None = None
    message_id: str | None = None
    number: str | None = None
    reference: str | None = None


@dataclass(slots=True, kw_only=True)
class Ledger:
    """The memory of one account."""

    heard: HeardReplies
    messages: dict[str, WatchedMessage] = field(default_factory=dict)
    early: dict[tuple[str, str], DeliveryReport] = field(default_factory=dict)
    last_reply: Reply | None = None
    last_status: LastStatus | None = None
    last_status_of: dict[str, LastStatus] = field(default_factory=dict)
    segments_sent: int = 0
    pending: int = 0

    def note_sent(self, message: WatchedMessage, segments: int) -> list[DeliveryReport]:
        """Note what the gateway accepted; give the reports that came before its answer did."""
        self.segments_sent += segments
        self.forget(message.message_id)
        self.messages[message.message_id] = message
        self.pending += message.awaited
        if len(self.messages) > MAX_MESSAGES:
            self.forget(next(iter(self.messages)))
        for target in [group_target(message.group)] if message.group else list(message.codes):
            status = LastStatus(
                status=MessageStatus.ACCEPTED,
                message_id=message.message_id,
                number=None if message.group else target,
                reference=message.reference,
                received_at=message.sent_at,
            )
            self._note_status(status, target)
        overtook = [key for key in self.early if key[0] == message.message_id]
        return [self.early.pop(key) for key in overtook]

    def note_given_up(
        self, targets: tuple[str, ...], status: MessageStatus, reference: str | None, now: datetime
    ) -> None:
        """Note that a message was given up before the gateway had it."""
        for target in targets:
            number = None if target.startswith(GROUP_PREFIX) else target
            self._note_status(LastStatus(status=status, number=number, reference=reference, received_at=now), target)

    def hear_report(self, report: DeliveryReport, now: datetime) -> DeliveryReport | None:
        """Give the report, completed by what is known of its message, if it is news; else None."""
        message = self.messages.get(report.message_id)
        if message is None:
            self._keep_early(report)
            return None
        if not _is_news(message, report):
            return None
        self._count(message, report)
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

    def hear_reply(self, reply: Reply, now: datetime, *, listed: bool = True) -> ReplyNews | None:
        """Say whether a reply is news or comes late; None if it is known, or older than this memory."""
        news = self.heard.hear(reply, now, listed=listed)
        if news is not None:
            message = self.messages.get(reply.message_id or "")
            reference = reply.reference or (message.reference if message else None)
            self.last_reply = replace(reply, received_at=reply.received_at or now, reference=reference)
        return news

    def awaiting_reports(self, now: datetime) -> list[WatchedMessage]:
        """Give the messages whose reports are awaited, oldest first; forget those past their time."""
        # Not only from the front: a message that was scheduled for next month may stand before those of today.
        for message_id in [key for key, message in self.messages.items() if now - message.sent_at > WATCHED_FOR]:
            self.forget(message_id)
        return [message for message in self.messages.values() if message.awaited]

    def forget(self, message_id: str) -> None:
        """Await nothing more of a message, if it is known at all."""
        if (message := self.messages.pop(message_id, None)) is not None:
            self.pending -= message.awaited

    def _count(self, message: WatchedMessage, report: DeliveryReport) -> None:
        """Enter a code, and keep the counts of what is awaited without counting anew."""
        known_before = 1 if not message.codes else _is_awaited(message.codes.get(report.number, report.code))
        if message.codes and report.number not in message.codes:
            known_before = 0
        _enter(message, report)
        change = _is_awaited(report.code) - known_before
        message.awaited += change
        self.pending += change

    def _keep_early(self, report: DeliveryReport) -> None:
        """Keep a report that may have overtaken the answer to its own send; forget the first of too many."""
        key = (report.message_id, report.number)
        known = self.early.get(key)
        if known is None or report.status.rank > known.status.rank:
            self.early[key] = report
        if len(self.early) > MAX_EARLY:
            del self.early[next(iter(self.early))]

    def _note_status(self, status: LastStatus, target: str) -> None:
        self.last_status = status
        self.last_status_of.pop(target, None)
        self.last_status_of[target] = status
        if len(self.last_status_of) > MAX_TARGETS:
            del self.last_status_of[next(iter(self.last_status_of))]


def _is_awaited(code: int | None) -> int:
    """Count 1 for a number of which more must come."""
    return code is None or not MessageStatus.from_code(code).is_last_word


def _is_news(message: WatchedMessage, report: DeliveryReport) -> bool:
    """Compare with what is known of this number; of a group, any number may come."""
    if report.number not in message.codes:
        return message.group is not None and len(message.codes) < MAX_NUMBERS_OF_A_GROUP
    known = message.codes[report.number]
    if known is None:
        return True
    old, new = MessageStatus.from_code(known), report.status
    if new.rank != old.rank or old.is_last_word:
        return new.rank > old.rank
    passed = message.passed.get(report.number, [])
    return report.code != known and report.code not in passed and len(passed) < MAX_CODES_OF_A_RANK


def _enter(message: WatchedMessage, report: DeliveryReport) -> None:
    """Make a code the latest of its number; of those before, keep what is as far on the way."""
    known = message.codes.get(report.number)
    if known is not None and MessageStatus.from_code(known).rank == report.status.rank:
        message.passed.setdefault(report.number, []).append(known)
    else:
        message.passed.pop(report.number, None)
    message.codes[report.number] = report.code
