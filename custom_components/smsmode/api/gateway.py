"""Protocol of a client of the gateway, behind which a second transport can stand.

What sends, looks up, fetches and checks uses no more than this. What a transport cannot do, its capabilities say.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from .gateway_clock import GatewayClock
from .models import (
    BatchRequest,
    DeliveryReport,
    MessageRequest,
    Reply,
    SendResult,
    SentMessage,
    StatusAnswer,
    VoiceRequest,
)
from .traits import GatewayTraits


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a transport can do: calls, groups of an address book, and deleting what is scheduled."""

    calls: bool
    groups: bool
    deletion: bool


class GatewayClient(Protocol):
    """Client of one account: each method makes one attempt, and raises SmsmodeError alone."""

    capabilities: Capabilities
    gateway_clock: GatewayClock
    traits: GatewayTraits
    shapes: dict[str, str]
    missing_status: int | None
    is_reachable: bool | None
    on_answer: Callable[[], object]
    on_reachable: Callable[[], object]

    def gateway_now(self) -> datetime:
        """Return the time by the gateway's clock."""

    async def send_message(self, request: MessageRequest) -> SendResult:
        """Send an SMS."""

    async def send_voice_message(self, request: VoiceRequest) -> SendResult:
        """Call."""

    async def send_batch(self, request: BatchRequest) -> SendResult:
        """Send many different texts."""

    async def get_balance(self) -> Decimal:
        """Return the credits left."""

    async def get_delivery_reports(self, message_id: str) -> list[DeliveryReport]:
        """Return the latest report of each number."""

    async def get_message_status(self, message_id: str) -> StatusAnswer:
        """Return the status of a message as a whole."""

    async def get_sent_page(self, *, count: int, start: int) -> list[SentMessage | None]:
        """List the messages sent."""

    async def get_replies(
        self, *, start: int | None = None, count: int | None = None, exact: bool = False
    ) -> list[Reply]:
        """List the replies."""

    async def delete_message(self, *, message_id: str | None = None, number: str | None = None) -> str:
        """Delete a message."""
