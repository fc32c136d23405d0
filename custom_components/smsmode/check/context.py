"""What the steps of a check share: the account, the person, and what they have sent so far."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from homeassistant.core import HomeAssistant

from ..api import Encoding, GatewayClient
from ..helpers.clock import Clock
from ..receiving.fact_learner import FactLearner
from ..receiving.processor import InboundProcessor
from ..sending.composer import MessageSendOptions
from ..sending.schedule_tracker import ScheduleTracker
from ..sending.service import MessageService
from ..state.account_facts import Evidence, Fact
from ..state.message_log import TrackedMessage
from ..state.store import AccountStore


@dataclass(slots=True, kw_only=True)
class CheckAccount:
    """The parts of an account that a check uses."""

    hass: HomeAssistant
    store: AccountStore
    client: GatewayClient
    clock: Clock
    processor: InboundProcessor
    learner: FactLearner
    messages: MessageService
    schedule: ScheduleTracker
    fetch_all: Callable[[], Awaitable[None]]
    has_callbacks: Callable[[], Awaitable[bool]]


@dataclass(slots=True, kw_only=True, repr=False)
class CheckContext:
    """One check: of an account, with the number of a person and perhaps a group."""

    account: CheckAccount
    number: str
    group: str | None = None
    started_at: datetime
    message_id: str | None = None
    used_ids: list[str] = field(default_factory=list)

    def learn(self, fact: Fact, *, holds: bool, number: int | None = None) -> None:
        """Record what a step has proven or refuted."""
        self.account.learner.learn(fact, holds=holds, evidence=Evidence.CHECK, number=number)

    def message(self, message_id: str | None) -> TrackedMessage | None:
        """Return a message that was sent."""
        return self.account.processor.message_log.messages.get(message_id or "")

    def seconds_since(self, moment: datetime) -> int:
        """Return how many seconds ago something was."""
        return max(0, round((self.account.clock.now() - moment).total_seconds()))

    async def async_send(
        self,
        text: str,
        *,
        target: str | None = None,
        reply: bool = False,
        send_at: datetime | None = None,
        reference: str | None = None,
    ) -> str:
        """Send one SMS now or at a time, and return its id. Raises SmsmodeError, or a translated error."""
        order = MessageSendOptions(
            message=text,
            targets=(target or self.number,),
            encoding=Encoding.GSM if reply else Encoding.AUTO,
            reply=reply,
            send_at=send_at,
            reference=f"{reference}{uuid4().hex[:16]}" if reference else None,
            queue=False,
            repeat=True,
            ignore_quiet_hours=True,
            accept_changes=True,
        )
        (receipt,) = (await self.account.messages.async_send_message(order)).receipts
        assert receipt.message_id is not None  # noqa: S101 - else there is an error: it is not queued
        self.learn(Fact.IDS_UNIQUE, holds=receipt.message_id not in self.used_ids)
        self.used_ids.append(receipt.message_id)
        return receipt.message_id
