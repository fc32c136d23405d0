"""For tests: what somebody orders, and what is composed of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from custom_components.smsmode.api import BatchRequest, BatchRow, Encoding, MessageRequest, StopClause
from custom_components.smsmode.config.options import CallbackMode, Settings
from custom_components.smsmode.config.recipients import Resolved
from custom_components.smsmode.sending.composer import BatchOrder, Draft, MessageOrder, compose_batch, compose_message

ALICE, BOB = "+33612345678", "+33698765432"
TO_ALICE = Resolved((ALICE,), (), ())
ACCOUNT = Settings(
    sender=None,
    region="FR",
    encoding=Encoding.AUTO,
    max_segments=5,
    stop=StopClause.NEVER,
    low_balance=0,
    daily_limit=0,
    urgent_daily_limit=0,
    recipient_hourly_limit=0,
    callbacks=CallbackMode.OFF,
)
NAMED = replace(ACCOUNT, sender="MAISON")


def tomorrow() -> datetime:
    return datetime.now(UTC) + timedelta(days=1)


def composed(message: str = "Water!", account: Settings = ACCOUNT, **fields: Any) -> MessageRequest:
    """Give the one request of an order to Alice."""
    [draft] = compose_message(MessageOrder(message=message, **fields), TO_ALICE, account)
    assert isinstance(draft.request, MessageRequest)
    return draft.request


def batch(*rows: BatchRow, account: Settings = ACCOUNT, **fields: Any) -> tuple[Draft, BatchRequest]:
    draft = compose_batch(BatchOrder(rows=rows, **fields), account)
    assert isinstance(draft.request, BatchRequest)
    return draft, draft.request
