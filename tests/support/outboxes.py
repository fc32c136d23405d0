"""Outboxes for tests, and the items in them."""

from datetime import UTC, datetime, timedelta

from custom_components.smsmode.api import MessageRequest, SendRequest
from custom_components.smsmode.state.budget import BudgetPool, Expense
from custom_components.smsmode.state.outbox import Outbox, OutboxItem

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
ALICE, BOB, CAROL = "+33612345678", "+33698765432", "+33700000001"


def new_item(
    key: str = "1",
    now: datetime = NOW,
    lifetime: timedelta = HOUR,
    *,
    numbers: tuple[str, ...] = (ALICE,),
    request: SendRequest | None = None,
    urgent: bool = False,
) -> OutboxItem:
    purse = BudgetPool.URGENT if urgent else BudgetPool.ORDINARY
    return OutboxItem(
        key=key,
        request=request or MessageRequest(text="Water!", numbers=numbers),
        expense=Expense(at=now, costs=tuple((number, 1) for number in numbers), pool=purse),
        expires_at=now + lifetime,
        due=now,
    )


def outbox_with(*items: OutboxItem) -> Outbox:
    outbox = Outbox()
    outbox.add(items)
    return outbox
