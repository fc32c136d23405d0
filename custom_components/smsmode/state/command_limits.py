"""Rate limits of commands by SMS: commands, wrong PINs and answers. Pure: time is handed in.

No telephone that answers by itself can keep the account talking, and nobody can try all PINs. What is counted here is
on the disk before anything is done.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .tracked_dict import TrackedDict

HOUR = timedelta(hours=1)
MAX_WRONG = 3
# The same text again within this time, with none in between, is carried out but not answered.
SAME_TEXT = timedelta(minutes=10)
MAX_ANSWERS = 20
MAX_COMMANDERS = 200


@dataclass(slots=True, kw_only=True, repr=False)
class CommanderState:
    """State of one commander; ``answered_digest`` is a digest of the text that was answered last."""

    handled_at: list[datetime] = field(default_factory=list)
    wrong_pins_at: list[datetime] = field(default_factory=list)
    locked_until: datetime | None = None
    answered_digest: str | None = None
    answered_at: datetime | None = None
    answer_ids: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class CommandRateLimiter:
    """Rate limiter of all commanders of an account, by the id of their subentry."""

    records: TrackedDict[CommanderState] = field(default_factory=TrackedDict)

    def is_locked(self, who: str, now: datetime) -> bool:
        """Whether a commander is locked out after too many wrong PINs."""
        until = self._of(who).locked_until
        # A clock that is set back must not make years of an hour.
        return until is not None and now < until <= now + HOUR

    def admit(self, who: str, limit: int, now: datetime) -> bool:
        """Count a command; False if there were too many within the hour."""
        record = self._of(who)
        record.handled_at = _recent(record.handled_at, now)
        if len(record.handled_at) >= limit:
            return False
        record.handled_at.append(now)
        self.records.mark_changed(who)
        return True

    def record_wrong_pin(self, who: str, now: datetime) -> bool:
        """Count a wrong PIN; True if it locks the commander out for an hour."""
        record = self._of(who)
        record.wrong_pins_at = [*_recent(record.wrong_pins_at, now), now]
        self.records.mark_changed(who)
        if len(record.wrong_pins_at) < MAX_WRONG:
            return False
        record.wrong_pins_at, record.locked_until = [], now + HOUR
        return True

    def record_right_pin(self, who: str) -> None:
        """Reset the count of wrong PINs after a right one."""
        self._of(who).wrong_pins_at = []
        self.records.mark_changed(who)

    def admit_answer(self, who: str, text: str, now: datetime) -> bool:
        """Whether a text, without its PIN, may be answered; it counts as answered from now on."""
        record, digest = self._of(who), hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
        since = None if record.answered_at is None else abs(now - record.answered_at)
        if record.answered_digest == digest and since is not None and since < SAME_TEXT:
            return False
        record.answered_digest, record.answered_at = digest, now
        self.records.mark_changed(who)
        return True

    def record_answer(self, who: str, message_id: str) -> None:
        """Record an answer of ours, which nobody may answer."""
        record = self._of(who)
        record.answer_ids = [*record.answer_ids, message_id][-MAX_ANSWERS:]
        self.records.mark_changed(who)

    def is_answer(self, who: str, message_id: str | None) -> bool:
        """Whether a message was an answer of ours."""
        return message_id in self._of(who).answer_ids

    def _of(self, who: str) -> CommanderState:
        if who not in self.records:
            self.records[who] = CommanderState()
            if len(self.records) > MAX_COMMANDERS:
                self.records.drop_oldest()
        return self.records[who]


def _recent(moments: list[datetime], now: datetime) -> list[datetime]:
    return [moment for moment in moments if abs(now - moment) < HOUR]
