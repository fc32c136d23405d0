"""Record of the check of an account: when it began, what it did, and how it ended. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

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
