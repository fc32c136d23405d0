"""Sent rows for tests: a message whose attempt got no answer, and rows of the sent list."""

from datetime import UTC, datetime

from custom_components.smsmode.api import BatchRequest, MessageRequest, SendRequest, SentMessage, StopClause
from custom_components.smsmode.helpers.targets import group_target
from custom_components.smsmode.sending.reconciliation import content_digest, match_sent_rows
from custom_components.smsmode.state.budget import Expense
from custom_components.smsmode.state.message_log import TrackedMessage
from custom_components.smsmode.state.outbox import OutboxItem

NOW = datetime(2026, 6, 10, 12, 0, 40, tzinfo=UTC)
ALICE, BOB, CAROL = "+33612345678", "+33698765432", "+33700000001"


def attempted(request: SendRequest, at: datetime | None = NOW, key: str = "1") -> OutboxItem:
    """Return an item whose attempt at that time got no answer."""
    match request:
        case BatchRequest():
            targets = tuple(row.number for row in request.rows)
        case MessageRequest() if request.group:
            targets = (group_target(request.group),)
        case _:
            targets = request.numbers
    expense = Expense(at=NOW, costs=tuple((target, 1) for target in targets))
    return OutboxItem(key=key, request=request, expense=expense, expires_at=NOW, due=NOW, attempts=1, attempted_at=at)


def sms(
    text: str = "Water!", *numbers: str, stop: StopClause = StopClause.NEVER, send_at: datetime | None = None
) -> OutboxItem:
    return attempted(MessageRequest(text=text, numbers=numbers or (ALICE,), stop=stop, send_at=send_at))


def row(
    text: str = "Water!",
    recipient: str = ALICE,
    at: datetime | None = NOW,
    message_id: str = "S1",
    count: int | None = 1,
) -> SentMessage:
    return SentMessage(
        message_id=message_id, sent_at=at, text=text, recipient=recipient, cost=None, recipient_count=count
    )


def is_found(item: OutboxItem, *rows: SentMessage) -> bool:
    return match_sent_rows(item, rows, {}) is not None


def known(*messages: TrackedMessage) -> dict[str, TrackedMessage]:
    return {message.message_id: message for message in messages}


def sent(message_id: str, request: SendRequest | None = None, at: datetime = NOW) -> TrackedMessage:
    """Return a message that the gateway is known to have."""
    content = content_digest(request) if request else None
    return TrackedMessage(message_id=message_id, sent_at=at, codes={}, content=content)
