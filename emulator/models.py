"""Models: accounts, messages, deliveries, replies, contacts."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from .codes import AT_OPERATOR, PARTLY_DELIVERED, PARTLY_RECEIVED, RECEIVED, SENT

SHORT_CODE = "36034"

type Kind = Literal["sms", "voice"]


@dataclass(eq=False)
class Delivery:
    """Delivery of a message to one phone."""

    message: Message
    position: int
    number: str
    text: str
    sender: str
    reference: str
    segments: int
    status: int
    at: datetime
    operator: str = "20801"
    held_until: datetime | None = None


@dataclass(eq=False)
class Message:
    """Message of one accepted request: an SMS or a voice message to one or many, or a whole batch file."""

    id: str
    account: Account
    kind: Kind
    message_class: int
    created_at: datetime
    leaves_at: datetime
    notification_url: str = ""
    reply_url: str = ""
    title: str = ""
    language: str = ""
    cost: Decimal = Decimal(0)
    deliveries: list[Delivery] = field(default_factory=list)
    deleted: bool = False

    def to(self, number: str) -> list[Delivery]:
        """Return the deliveries to one number."""
        return [delivery for delivery in self.deliveries if delivery.number == number]

    def status(self) -> int:
        """Return the status of the whole: with several recipients, that of the campaign (p. 19)."""
        found = {delivery.status for delivery in self.deliveries}
        if len(found) == 1:
            return next(iter(found))
        if RECEIVED in found:
            return PARTLY_RECEIVED
        return PARTLY_DELIVERED if AT_OPERATOR in found else SENT


@dataclass(frozen=True, eq=False)
class Reply:
    """Reply of a person; `message` is None when the gateway could not assign it."""

    id: str
    received_at: datetime
    sender: str
    text: str
    to: str
    message: Message | None
    reference: str


@dataclass(frozen=True)
class Contact:
    """Contact of the address book."""

    name: str
    number: str
    details: dict[str, str]
    groups: tuple[str, ...]


@dataclass(eq=False)
class Account:
    """Account or sub-account: credits, address book, history."""

    username: str
    balance: Decimal
    parent: Account | None = None
    details: dict[str, str] = field(default_factory=dict)
    post_paid: bool = False
    reply_url: str = ""
    messages: dict[str, Message] = field(default_factory=dict)
    by_number: dict[str, list[str]] = field(default_factory=dict)
    replies: list[Reply] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    groups: dict[str, dict[str, None]] = field(default_factory=dict)


@dataclass(frozen=True)
class Token:
    """Key of the API."""

    account: Account
    expires_at: datetime | None
