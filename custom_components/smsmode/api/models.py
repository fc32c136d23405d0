"""Requests to the gateway and what it returns, as frozen dataclasses under English names.

Phone numbers are MSISDNs written ``+E.164`` (``+33612345678``); short codes stay as they are (``36034``).
Dates are aware. Costs and balances are credits, as :class:`~decimal.Decimal`.
No repr shows a key, a number or a text: it is what asyncio and Home Assistant log of an object when something fails.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum

from .status import MessageStatus


class MessageClass(IntEnum):
    """Class of a message, ``classe_msg`` (document p. 7 and 28): a class for replies, and one for Unicode, not both."""

    PRO = 2
    REPLY = 4
    UNICODE = 9


class StopClause(StrEnum):
    """When the gateway adds its unsubscribe mention (document p. 9): ``IF_FREE`` where it costs no segment."""

    NEVER = "never"
    IF_FREE = "if_free"
    ALWAYS = "always"


class VoiceLanguage(StrEnum):
    """Languages of a voice message (document p. 25)."""

    FRENCH = "fr-FR"
    ENGLISH = "en-GB"
    GERMAN = "de-DE"
    SPANISH = "es-ES"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class MessageRequest:
    """SMS to several numbers, or to one group of the account (document p. 6 to 9, 27 and 28)."""

    text: str
    message_class: MessageClass = MessageClass.PRO
    numbers: tuple[str, ...] = ()
    group: str | None = None
    sender: str | None = None
    reference: str | None = None
    send_at: datetime | None = None
    max_segments: int = 5
    stop: StopClause = StopClause.NEVER
    report_url: str | None = None
    reply_url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class VoiceRequest:
    """Text that is read aloud by a call (document p. 25). Its reference stays here: the gateway takes none."""

    text: str
    numbers: tuple[str, ...]
    title: str | None = None
    language: VoiceLanguage | None = None
    send_at: datetime | None = None
    reference: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class BatchRow:
    """Row of a batch: a text of its own for one number (document p. 30)."""

    number: str
    text: str
    sender: str | None = None
    reference: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class BatchRequest:
    """Many different texts in one request (document p. 29 and 30). GSM text only."""

    rows: tuple[BatchRow, ...]
    message_class: MessageClass = MessageClass.PRO
    sender: str | None = None
    reference: str | None = None
    send_at: datetime | None = None
    max_segments: int = 5
    stop: StopClause = StopClause.NEVER
    report_url: str | None = None

    @property
    def text(self) -> None:
        """None: a batch has a text for each row, where the other requests have one for all."""


type SingleTextRequest = MessageRequest | VoiceRequest
"""A request with one text for all its recipients."""
type SendRequest = SingleTextRequest | BatchRequest
"""Whatever sends: it is validated, kept in the outbox and handed to the gateway in the same way."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class SubaccountRequest:
    """Sub-account to create, with its contact details (document p. 13)."""

    username: str
    password: str
    reference: str | None = None
    last_name: str | None = None
    first_name: str | None = None
    company: str | None = None
    address: str | None = None
    city: str | None = None
    postal_code: str | None = None
    mobile: str | None = None
    phone: str | None = None
    fax: str | None = None
    email: str | None = None
    birth_date: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Contact:
    """Entry for the address book of the account (document p. 16)."""

    name: str
    number: str
    first_name: str | None = None
    groups: tuple[str, ...] = ()
    company: str | None = None
    other: str | None = None
    birth_date: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ApiKey:
    """New key of the account (document p. 5). ``created`` and ``expiration`` are as the gateway wrote them."""

    key_id: str | None
    access_token: str
    created: str | None
    state: str | None
    expiration: str | None
    account: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SendResult:
    """Result of an accepted request: the id of the message, or of the campaign for a batch."""

    message_id: str
    description: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryReport:
    """Delivery report of a message for one number, by poll (p. 10) or by callback (p. 21)."""

    message_id: str
    number: str = field(repr=False)
    code: int
    received_at: datetime | None = None
    reference: str | None = field(default=None, repr=False)
    operator: str | None = None
    cost: Decimal | None = None

    @property
    def status(self) -> MessageStatus:
        """Return the status that the code stands for."""
        return MessageStatus.from_code(self.code)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """SMS that a person sent back, by poll (p. 23) or by callback (p. 22).

    ``short_code`` is the gateway's number that it was sent to.
    """

    reply_id: str | None
    received_at: datetime | None
    sender: str = field(repr=False)
    text: str = field(repr=False)
    short_code: str | None = field(default=None, repr=False)
    message_id: str | None = None
    reference: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class SentMessage:
    """Row of the list of sent messages (document p. 18).

    ``recipient`` is a number, a list of them or a group, as the gateway wrote it.
    """

    message_id: str
    sent_at: datetime | None
    text: str
    recipient: str
    cost: Decimal | None
    recipient_count: int | None


@dataclass(frozen=True, slots=True, repr=False)
class SentPage:
    """Page of the list of sent messages as it came: its rows, None for each that cannot be read, and what was asked."""

    rows: Sequence[SentMessage | None]
    start: int
    limit: int

    @property
    def is_last(self) -> bool:
        """Return whether there can be no row behind these."""
        return len(self.rows) < self.limit


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusAnswer:
    """Status of a message as a whole (document p. 19)."""

    code: int
    description: str = field(repr=False)

    @property
    def status(self) -> MessageStatus:
        """Return the status that the code stands for."""
        return MessageStatus.from_code(self.code)
