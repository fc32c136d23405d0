"""The one way out: what was checked goes through the budget and the outbox to the postman; the caller hears how far."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from .api import SmsmodeError, SmsmodeUncertainError
from .compose import Draft
from .const import DOMAIN
from .outbox import OutboxFullError, OutboxItem
from .postman import Attempt, Postman
from .storage import AccountStorage


class ReceiptStatus(StrEnum):
    """How far a message got while its caller waited."""

    ACCEPTED = "accepted"
    QUEUED = "queued"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of one draft: taken by the gateway, kept in the outbox, or an error."""

    draft: Draft
    status: ReceiptStatus | None = None
    message_id: str | None = None
    error: SmsmodeError | None = None


class Messenger:
    """The only road to the gateway's sending endpoints."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, storage: AccountStorage, postman: Postman) -> None:
        """Send for one account."""
        self._hass = hass
        self._entry = entry
        self._storage = storage
        self._postman = postman

    async def async_send(self, drafts: Sequence[Draft], *, expires_after: timedelta, queue: bool) -> list[Receipt]:
        """Send drafts, all or none of them within the budget; BudgetError or OutboxFullError before anything leaves.

        Without ``queue`` a message that cannot leave now is given up, and its receipt says why.
        """
        items = self._take_on(drafts, expires_after=expires_after, queue=queue)
        # A task of the account: a caller that is cancelled, or an automation that restarts, must not tear a request
        # in two, nor leave what it began.
        work = self._entry.async_create_background_task(
            self._hass, self._postman.async_carry_all(items), f"{DOMAIN} send"
        )
        await asyncio.wait([work])
        # A reload of the account cut it short: what became of it is looked into when it is back.
        attempts = [Attempt(error=SmsmodeUncertainError())] * len(items) if work.cancelled() else work.result()
        return [_receipt(draft, attempt, queue=queue) for draft, attempt in zip(drafts, attempts, strict=True)]

    def _take_on(self, drafts: Sequence[Draft], *, expires_after: timedelta, queue: bool) -> list[OutboxItem]:
        """Spend, and put into the outbox as leaving already: a fall from here on is looked into, not sent twice."""
        now = dt_util.now()
        items = [
            OutboxItem(
                key=ulid_now(),
                request=draft.request,
                costs=draft.costs,
                created_at=now,
                expires_at=now + expires_after,
                due=now,
                again=queue,
            )
            for draft in drafts
        ]
        costs = [cost for draft in drafts for cost in draft.costs]
        self._storage.budget.spend(costs, now)
        try:
            self._storage.outbox.add(items)
        except OutboxFullError:
            self._storage.budget.give_back(costs, now)
            raise
        for item in items:
            self._storage.outbox.begin(item, now)
        return items


def _receipt(draft: Draft, attempt: Attempt, *, queue: bool) -> Receipt:
    if attempt.message_id is not None:
        return Receipt(draft=draft, status=ReceiptStatus.ACCEPTED, message_id=attempt.message_id)
    if queue and not attempt.refused:
        return Receipt(draft=draft, status=ReceiptStatus.QUEUED)
    return Receipt(draft=draft, error=attempt.error)
