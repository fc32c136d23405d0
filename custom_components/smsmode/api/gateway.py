"""Protocol of a client of the gateway, behind which a second transport can stand.

The rest of the integration uses no more than this, and only `create_client` chooses the transport. What a transport
cannot do, its capabilities say.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from .gateway_clock import GatewayClock
from .models import (
    ApiKey,
    BatchRequest,
    Contact,
    DeliveryReport,
    MessageRequest,
    Reply,
    SendResult,
    SentMessage,
    SentPage,
    StatusAnswer,
    SubaccountRequest,
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
    """Client of one account: each method makes one attempt, and raises SmsmodeError alone.

    ``on_answer`` is called after each response that could be parsed, refusals included: the gateway is there.
    ``is_reachable`` tells whether the latest request got one, None before the first; ``on_reachable`` is called when
    that changes. ``traits`` say how dates and lists are read; ``on_sent_rows`` and ``on_replies`` get the rows of the
    two lists as they came; ``on_key_created`` is told whether a key was created without the old one in an address.
    ``shapes`` are those of the latest answer of each endpoint, without letters and digits.
    """

    capabilities: Capabilities
    gateway_clock: GatewayClock
    traits: GatewayTraits
    shapes: dict[str, str]
    missing_status: int | None
    is_reachable: bool | None
    on_answer: Callable[[], object]
    on_reachable: Callable[[], object]
    on_sent_rows: Callable[[SentPage], object]
    on_replies: Callable[[Sequence[Reply]], object]
    on_key_created: Callable[[bool], object]

    def gateway_now(self) -> datetime:
        """Return the time by the gateway's clock; by the house's until a response was measured."""

    async def create_api_key(self) -> ApiKey:
        """Create another key for the account."""

    async def send_message(self, request: MessageRequest) -> SendResult:
        """Send an SMS."""

    async def send_voice_message(self, request: VoiceRequest) -> SendResult:
        """Call."""

    async def send_batch(self, request: BatchRequest) -> SendResult:
        """Send many different texts."""

    async def get_balance(self) -> Decimal:
        """Return the credits left, negative on a post-paid account."""

    async def get_delivery_reports(self, message_id: str) -> list[DeliveryReport]:
        """Return the latest report of each number."""

    async def get_message_status(self, message_id: str) -> StatusAnswer:
        """Return the status of a message as a whole."""

    async def get_sent_messages(self, *, count: int = 50, start: int = 0) -> list[SentMessage]:
        """List the messages sent; SmsmodeUncertainError if a row cannot be read."""

    async def get_sent_page(self, *, count: int, start: int) -> list[SentMessage | None]:
        """List the messages sent, with None for each row that cannot be read."""

    async def get_replies(
        self, *, start: int | None = None, count: int | None = None, exact: bool = False
    ) -> list[Reply]:
        """List the replies, newest first; SmsmodeUncertainError for an exact page of other than ``count`` rows."""

    async def get_replies_between(self, start: datetime, end: datetime) -> list[Reply]:
        """List the replies between two aware datetimes, both widened to whole minutes."""

    async def delete_message(self, *, message_id: str | None = None, number: str | None = None) -> str:
        """Delete a message, scheduled or sent: the one with this id, or the latest to this number."""

    async def create_subaccount(self, request: SubaccountRequest) -> str:
        """Create a sub-account."""

    async def delete_subaccount(self, username: str) -> str:
        """Delete a sub-account."""

    async def transfer_credits(self, username: str, amount: int, reference: str | None = None) -> str:
        """Move whole credits to another account. Not idempotent: sent twice, it moves twice."""

    async def add_contact(self, contact: Contact) -> str:
        """Add a contact to the address book, and create the groups that do not exist."""
