"""Send options for tests, and the requests that are composed of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from custom_components.smsmode.api import BatchRequest, BatchRow, Encoding, MessageRequest, StopClause
from custom_components.smsmode.config.options import AccountOptions, CallbackMode
from custom_components.smsmode.config.recipients import Resolved
from custom_components.smsmode.sending.composer import (
    BatchSendOptions,
    Draft,
    MessageSendOptions,
    compose_batch,
    compose_message,
)

ALICE, BOB = "+33612345678", "+33698765432"
TO_ALICE = Resolved((ALICE,), (), ())
ACCOUNT = AccountOptions(
    sender=None,
    region="FR",
    encoding=Encoding.AUTO,
    max_segments=5,
    stop=StopClause.NEVER,
    low_balance=0,
    calendar_events=False,
    daily_limit=0,
    urgent_daily_limit=0,
    recipient_hourly_limit=0,
    assistant_limit=0,
    callbacks=CallbackMode.OFF,
)
NAMED = replace(ACCOUNT, sender="MAISON")


def tomorrow() -> datetime:
    return datetime.now(UTC) + timedelta(days=1)


def composed(message: str = "Water!", account: AccountOptions = ACCOUNT, **fields: Any) -> MessageRequest:
    """Return the one request of a message to Alice."""
    [draft] = compose_message(MessageSendOptions(message=message, **fields), TO_ALICE, account)
    assert isinstance(draft.request, MessageRequest)
    return draft.request


def batch(*rows: BatchRow, account: AccountOptions = ACCOUNT, **fields: Any) -> tuple[Draft, BatchRequest]:
    draft = compose_batch(BatchSendOptions(rows=rows, **fields), account)
    assert isinstance(draft.request, BatchRequest)
    return draft, draft.request
