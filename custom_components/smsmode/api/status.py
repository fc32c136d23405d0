"""Statuses of a message (annex of the document, p. 31): one table with their public names and what they mean."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class DeliveryOutcome(StrEnum):
    """Outcome of a delivery, as a status states it: the event types of a delivery report."""

    DELIVERED = "delivered"
    FAILED = "failed"
    PENDING = "pending"
    EXPIRED = "expired"


class DeliveryRank(IntEnum):
    """Progress of a delivery: a later report never replaces one of a higher rank.

    Failures rank below deliveries: a phone that shows the message proves wrong every failure reported before.
    """

    ACCEPTED = 0
    SENT = 1
    AT_OPERATOR = 2
    FAILED = 3
    DELIVERED = 4
    RECEIVED = 5
    UNREAD = 6
    READ = 7


class MessageStatus(StrEnum):
    """Status of a message under its public name."""

    QUEUED = "queued"
    CANCELLED = "cancelled"
    ACCEPTED = "accepted"
    SENT = "sent"
    IN_PROGRESS = "in_progress"
    INTERNAL_ERROR = "internal_error"
    SCHEDULED = "scheduled"
    RECEIVED = "received"
    PARTIALLY_DELIVERED = "partially_delivered"
    DELIVERED_TO_OPERATOR = "delivered_to_operator"
    DELIVERED = "delivered"
    PARTIALLY_RECEIVED = "partially_received"
    LISTENED = "listened"
    UNDELIVERABLE = "undeliverable"
    REJECTED = "rejected"
    INSUFFICIENT_CREDIT = "insufficient_credit"
    ROUTING_ERROR = "routing_error"
    RECEPTION_ERROR = "reception_error"
    MESSAGE_ERROR = "message_error"
    EXPIRED = "expired"
    TOO_LONG = "too_long"
    TEMPLATE = "template"
    NOT_DELIVERED = "not_delivered"
    READ = "read"
    UNREAD = "unread"
    UNDEFINED = "undefined"
    TEMPORARY_OPERATOR = "temporary_operator"
    TEMPORARY_ABSENCE = "temporary_absence"
    TEMPORARY_PHONE = "temporary_phone"
    TEMPORARY_PORTABILITY = "temporary_portability"
    PERMANENT_OPERATOR = "permanent_operator"
    PERMANENT_ABSENCE = "permanent_absence"
    PERMANENT_PHONE = "permanent_phone"
    PERMANENT_SPAM = "permanent_spam"
    PERMANENT_CONTENT = "permanent_content"
    PERMANENT_PORTABILITY = "permanent_portability"
    PERMANENT_ROAMING = "permanent_roaming"
    NOT_ROUTABLE = "not_routable"
    OTHER_ERROR = "other_error"
    INVALID_RECIPIENT = "invalid_recipient"
    BLOCKED_RECIPIENT = "blocked_recipient"

    @classmethod
    def from_code(cls, code: int) -> MessageStatus:
        """Return the status of a number of the gateway; UNDEFINED for one that the document does not have."""
        info = STATUSES.get(code)
        return cls.UNDEFINED if info is None else info.status

    @property
    def outcome(self) -> DeliveryOutcome:
        """Return what this status means for the person who waits."""
        return _BY_STATUS[self].outcome

    @property
    def rank(self) -> DeliveryRank:
        """Return how far the delivery has come."""
        return _BY_STATUS[self].rank

    @property
    def is_final(self) -> bool:
        """Return whether no further report is awaited, though a better one may still come."""
        return self.rank >= DeliveryRank.FAILED

    @property
    def is_recipient_unreachable(self) -> bool:
        """Return whether no message reaches the recipient, as opposed to a fault of this message."""
        return _BY_STATUS[self].unreachable


@dataclass(frozen=True, slots=True)
class StatusInfo:
    """Meaning of a status; ``unreachable`` is whether no message reaches the recipient."""

    status: MessageStatus
    outcome: DeliveryOutcome
    rank: DeliveryRank
    unreachable: bool = False


def _pending(status: MessageStatus, rank: DeliveryRank) -> StatusInfo:
    return StatusInfo(status, DeliveryOutcome.PENDING, rank)


def _delivered(status: MessageStatus, rank: DeliveryRank) -> StatusInfo:
    return StatusInfo(status, DeliveryOutcome.DELIVERED, rank)


def _failed(status: MessageStatus, *, unreachable: bool = False) -> StatusInfo:
    return StatusInfo(status, DeliveryOutcome.FAILED, DeliveryRank.FAILED, unreachable)


STATUSES: dict[int, StatusInfo] = {
    0: _pending(MessageStatus.SENT, DeliveryRank.SENT),
    1: _pending(MessageStatus.IN_PROGRESS, DeliveryRank.SENT),
    2: _failed(MessageStatus.INTERNAL_ERROR),
    10: _pending(MessageStatus.SCHEDULED, DeliveryRank.SENT),
    11: _delivered(MessageStatus.RECEIVED, DeliveryRank.RECEIVED),
    12: _pending(MessageStatus.PARTIALLY_DELIVERED, DeliveryRank.AT_OPERATOR),
    13: _pending(MessageStatus.DELIVERED_TO_OPERATOR, DeliveryRank.AT_OPERATOR),
    14: _delivered(MessageStatus.DELIVERED, DeliveryRank.DELIVERED),
    15: _delivered(MessageStatus.PARTIALLY_RECEIVED, DeliveryRank.DELIVERED),
    16: _delivered(MessageStatus.LISTENED, DeliveryRank.READ),
    21: _failed(MessageStatus.UNDELIVERABLE, unreachable=True),
    22: _failed(MessageStatus.REJECTED),
    33: _failed(MessageStatus.INSUFFICIENT_CREDIT),
    34: _failed(MessageStatus.ROUTING_ERROR),
    35: _failed(MessageStatus.RECEPTION_ERROR),
    36: _failed(MessageStatus.MESSAGE_ERROR),
    37: StatusInfo(MessageStatus.EXPIRED, DeliveryOutcome.EXPIRED, DeliveryRank.FAILED),
    38: _failed(MessageStatus.TOO_LONG),
    # Only in the table of smsStatus (p. 20), with the description that the annex gives to 35.
    39: _failed(MessageStatus.RECEPTION_ERROR),
    40: _pending(MessageStatus.TEMPLATE, DeliveryRank.SENT),
    50: _failed(MessageStatus.NOT_DELIVERED),
    100: _delivered(MessageStatus.READ, DeliveryRank.READ),
    101: _delivered(MessageStatus.UNREAD, DeliveryRank.UNREAD),
    999: _pending(MessageStatus.UNDEFINED, DeliveryRank.SENT),
    3501: _pending(MessageStatus.TEMPORARY_OPERATOR, DeliveryRank.AT_OPERATOR),
    3502: _pending(MessageStatus.TEMPORARY_ABSENCE, DeliveryRank.AT_OPERATOR),
    3503: _pending(MessageStatus.TEMPORARY_PHONE, DeliveryRank.AT_OPERATOR),
    3504: _pending(MessageStatus.TEMPORARY_PORTABILITY, DeliveryRank.AT_OPERATOR),
    3521: _failed(MessageStatus.PERMANENT_OPERATOR, unreachable=True),
    3522: _failed(MessageStatus.PERMANENT_ABSENCE, unreachable=True),
    3523: _failed(MessageStatus.PERMANENT_PHONE, unreachable=True),
    3524: _failed(MessageStatus.PERMANENT_SPAM),
    3525: _failed(MessageStatus.PERMANENT_CONTENT),
    # The table of smsStatus (p. 20) has 3526 twice; the annex has it once, for this.
    3526: _failed(MessageStatus.PERMANENT_PORTABILITY, unreachable=True),
    3527: _failed(MessageStatus.PERMANENT_ROAMING, unreachable=True),
    3560: _failed(MessageStatus.NOT_ROUTABLE, unreachable=True),
    3599: _failed(MessageStatus.OTHER_ERROR),
    3998: _failed(MessageStatus.INVALID_RECIPIENT, unreachable=True),
    3999: _failed(MessageStatus.BLOCKED_RECIPIENT, unreachable=True),
}
"""Every status number of the document. QUEUED, ACCEPTED and CANCELLED have none: no report tells them."""

_BY_STATUS = {
    info.status: info
    for info in (
        _pending(MessageStatus.QUEUED, DeliveryRank.ACCEPTED),
        _pending(MessageStatus.ACCEPTED, DeliveryRank.ACCEPTED),
        StatusInfo(MessageStatus.CANCELLED, DeliveryOutcome.EXPIRED, DeliveryRank.FAILED),
        *STATUSES.values(),
    )
}
