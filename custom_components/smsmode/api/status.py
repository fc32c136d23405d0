"""The statuses of a message (annex of the document, p. 31) under their public names, and what they mean."""

from collections.abc import Mapping
from enum import StrEnum


class DeliveryOutcome(StrEnum):
    """What a status means for the person who waits: the event types of a delivery report."""

    DELIVERED = "delivered"
    FAILED = "failed"
    PENDING = "pending"
    EXPIRED = "expired"


class MessageStatus(StrEnum):
    """A status of the annex (document p. 31) under its public name."""

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
        """Name a status number of the gateway; ``UNDEFINED`` for one that the document does not have."""
        return _BY_CODE.get(code, cls.UNDEFINED)

    @property
    def outcome(self) -> DeliveryOutcome:
        """Say what this status means for the person who waits."""
        if self is MessageStatus.EXPIRED:
            return DeliveryOutcome.EXPIRED
        if self in _DELIVERED:
            return DeliveryOutcome.DELIVERED
        return DeliveryOutcome.PENDING if self in _PENDING else DeliveryOutcome.FAILED

    @property
    def rank(self) -> int:
        """Say how far this is on the way from accepted to read; a later word never has a lower rank."""
        return _RANKS.get(self, _FAILED_RANK)

    @property
    def is_final(self) -> bool:
        """Whether nothing more is awaited, though better may still come."""
        return self.rank >= _FAILED_RANK

    @property
    def says_unreachable(self) -> bool:
        """Whether it is the recipient that no message reaches, rather than this message that was at fault."""
        return self in _UNREACHABLE


_BY_CODE: Mapping[int, MessageStatus] = {
    0: MessageStatus.SENT,
    1: MessageStatus.IN_PROGRESS,
    2: MessageStatus.INTERNAL_ERROR,
    10: MessageStatus.SCHEDULED,
    11: MessageStatus.RECEIVED,
    12: MessageStatus.PARTIALLY_DELIVERED,
    13: MessageStatus.DELIVERED_TO_OPERATOR,
    14: MessageStatus.DELIVERED,
    15: MessageStatus.PARTIALLY_RECEIVED,
    16: MessageStatus.LISTENED,
    21: MessageStatus.UNDELIVERABLE,
    22: MessageStatus.REJECTED,
    33: MessageStatus.INSUFFICIENT_CREDIT,
    34: MessageStatus.ROUTING_ERROR,
    35: MessageStatus.RECEPTION_ERROR,
    36: MessageStatus.MESSAGE_ERROR,
    37: MessageStatus.EXPIRED,
    38: MessageStatus.TOO_LONG,
    # Only in the table of smsStatus (p. 20), with the words that the annex gives to 35.
    39: MessageStatus.RECEPTION_ERROR,
    40: MessageStatus.TEMPLATE,
    50: MessageStatus.NOT_DELIVERED,
    100: MessageStatus.READ,
    101: MessageStatus.UNREAD,
    999: MessageStatus.UNDEFINED,
    3501: MessageStatus.TEMPORARY_OPERATOR,
    3502: MessageStatus.TEMPORARY_ABSENCE,
    3503: MessageStatus.TEMPORARY_PHONE,
    3504: MessageStatus.TEMPORARY_PORTABILITY,
    3521: MessageStatus.PERMANENT_OPERATOR,
    3522: MessageStatus.PERMANENT_ABSENCE,
    3523: MessageStatus.PERMANENT_PHONE,
    3524: MessageStatus.PERMANENT_SPAM,
    3525: MessageStatus.PERMANENT_CONTENT,
    3526: MessageStatus.PERMANENT_PORTABILITY,
    3527: MessageStatus.PERMANENT_ROAMING,
    3560: MessageStatus.NOT_ROUTABLE,
    3599: MessageStatus.OTHER_ERROR,
    3998: MessageStatus.INVALID_RECIPIENT,
    3999: MessageStatus.BLOCKED_RECIPIENT,
}

_DELIVERED = frozenset(
    {
        MessageStatus.RECEIVED,
        MessageStatus.DELIVERED,
        MessageStatus.PARTIALLY_RECEIVED,
        MessageStatus.LISTENED,
        MessageStatus.READ,
        MessageStatus.UNREAD,
    }
)
_PENDING = frozenset(
    {
        MessageStatus.ACCEPTED,
        MessageStatus.SENT,
        MessageStatus.IN_PROGRESS,
        MessageStatus.SCHEDULED,
        MessageStatus.PARTIALLY_DELIVERED,
        MessageStatus.DELIVERED_TO_OPERATOR,
        MessageStatus.TEMPLATE,
        MessageStatus.UNDEFINED,
        MessageStatus.TEMPORARY_OPERATOR,
        MessageStatus.TEMPORARY_ABSENCE,
        MessageStatus.TEMPORARY_PHONE,
        MessageStatus.TEMPORARY_PORTABILITY,
    }
)

_UNREACHABLE = frozenset(
    {
        MessageStatus.UNDELIVERABLE,
        MessageStatus.PERMANENT_OPERATOR,
        MessageStatus.PERMANENT_ABSENCE,
        MessageStatus.PERMANENT_PHONE,
        MessageStatus.PERMANENT_PORTABILITY,
        MessageStatus.PERMANENT_ROAMING,
        MessageStatus.NOT_ROUTABLE,
        MessageStatus.INVALID_RECIPIENT,
        MessageStatus.BLOCKED_RECIPIENT,
    }
)

# On its way < nearly there < failed (whatever is not listed) < delivered < received < read. A phone that shows the
# message proves every failure that was reported before to be wrong, so failures rank below deliveries.
_FAILED_RANK = 3
_RANKS: Mapping[MessageStatus, int] = {
    MessageStatus.ACCEPTED: 0,
    MessageStatus.SENT: 1,
    MessageStatus.IN_PROGRESS: 1,
    MessageStatus.SCHEDULED: 1,
    MessageStatus.TEMPLATE: 1,
    MessageStatus.UNDEFINED: 1,
    MessageStatus.PARTIALLY_DELIVERED: 2,
    MessageStatus.DELIVERED_TO_OPERATOR: 2,
    MessageStatus.TEMPORARY_OPERATOR: 2,
    MessageStatus.TEMPORARY_ABSENCE: 2,
    MessageStatus.TEMPORARY_PHONE: 2,
    MessageStatus.TEMPORARY_PORTABILITY: 2,
    MessageStatus.DELIVERED: 4,
    MessageStatus.PARTIALLY_RECEIVED: 4,
    MessageStatus.RECEIVED: 5,
    MessageStatus.UNREAD: 6,
    MessageStatus.READ: 7,
    MessageStatus.LISTENED: 7,
}
