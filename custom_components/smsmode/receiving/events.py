"""Typed events of the inbound processor: a reply, and a delivery report, as entities, triggers and the bus get them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ..api import DeliveryOutcome, MessageStatus, Reply
from ..helpers.recorder import as_data
from ..state.reply_history import ReplyEventType


class UnverifiedReason(StrEnum):
    """Reason for which the gateway's list did not confirm a reply."""

    NOT_LISTED = "not_listed"
    LIST_UNREADABLE = "list_unreadable"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReplyEvent:
    """A reply that is new.

    ``reply`` has the text without a PIN. ``raw_text`` is as the phone sent it, for the one that verifies the PIN, and
    ``pins`` are what is to be hidden in every part of it.
    ``is_foreign`` tells that it answers a message that this house did not send.
    """

    event_type: ReplyEventType
    reply: Reply
    recipient: str | None
    verified: bool
    raw_text: str = ""
    pins: frozenset[str] = frozenset()
    reason: UnverifiedReason | None = None
    is_foreign: bool = False

    @property
    def is_trusted(self) -> bool:
        """Return whether somebody may act on it: the gateway confirmed it, and it was received in time."""
        return self.verified and self.event_type is ReplyEventType.RECEIVED

    def as_dict(self) -> dict[str, Any]:
        """Return the public event data."""
        return {
            "message": as_data(self.reply.text),
            "sender": self.reply.sender,
            "recipient": self.recipient,
            "message_id": self.reply.message_id,
            "reference": self.reply.reference,
            "reply_id": self.reply.reply_id,
            "received_at": self.reply.received_at.isoformat() if self.reply.received_at else None,
            "verified": self.verified,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReportEvent:
    """A delivery report that is new; without ``message_id`` if the gateway never got the message."""

    outcome: DeliveryOutcome
    status: MessageStatus
    code: int | None
    message_id: str | None
    number: str
    recipient: str | None
    reference: str | None
    received_at: datetime
    operator: str | None = None
    cost: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the public event data."""
        return {
            "message_id": self.message_id,
            "number": self.number,
            "recipient": self.recipient,
            "status": self.status,
            "code": self.code,
            "received_at": self.received_at.isoformat(),
            "reference": self.reference,
            "operator": self.operator,
            "cost": self.cost,
        }
