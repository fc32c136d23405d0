"""Gateway operations of the watchdog: schedule a message, delete it, find leftovers in the sent list."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..api import (
    GatewayClient,
    MessageStatus,
    SentMessage,
    SmsmodeAuthError,
    SmsmodeConnectionError,
    SmsmodeError,
    SmsmodeGatewayError,
    SmsmodeInputError,
    SmsmodeNotFoundError,
    SmsmodeTemporaryError,
)
from ..config.options import AccountOptions
from ..config.recipients import Recipients
from ..config.watchdogs import WatchdogConfig, WatchdogError, is_message_of
from ..const import LOGGER
from ..sending.composer import SendOptions
from ..sending.dispatcher import MessageDispatcher
from ..state.outbox import OutboxFullError
from ..state.store import StorageError
from ..state.watchdog import HeldMessage
from .message import compose_watchdog_message

# It must be scheduled now or never, and none of them is a duplicate of another.
SEND_OPTIONS = SendOptions(queue=False, repeat=True, provisional=True)
# Scheduled messages are among the latest: more than anybody sends within a period.
SENT_LIST_LENGTH = 500

type RenewalError = SmsmodeError | OutboxFullError | StorageError | WatchdogError


class DeletionResult(StrEnum):
    """Result of a deletion."""

    DELETED = "deleted"
    SENT = "sent"
    UNKNOWN = "unknown"


class WatchdogGateway:
    """Gateway operations for the watchdogs of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        client: GatewayClient,
        dispatcher: MessageDispatcher,
        recipients: Recipients,
        options: AccountOptions,
    ) -> None:
        """Send through the dispatcher, like all messages."""
        self._hass = hass
        self._client = client
        self._dispatcher = dispatcher
        self._recipients = recipients
        self._options = options

    def now(self) -> datetime:
        """Return the time by the gateway's clock, by which it sends what it holds."""
        return self._client.gateway_now()

    async def async_measure_clock(self) -> RenewalError | None:
        """Measure the gateway's clock by any answer, unless that was done; return the error if it is not reached.

        What goes by a house whose clock is hours behind would be sent at once.
        """
        if not self._client.gateway_clock.is_measured:
            try:
                await self._client.get_balance()
            except SmsmodeConnectionError as err:
                return err
            except SmsmodeError:
                LOGGER.debug("The gateway was asked for its time, and refuses to tell the balance")
        return None

    async def async_renew(self, config: WatchdogConfig, serial: int, send_at: datetime) -> RenewalError | None:
        """Schedule one more message at the gateway; return the error if that failed, None if it succeeded.

        Nothing is awaited before it is in the outbox, so that the disk has the state and the message, or neither.
        """
        try:
            draft = compose_watchdog_message(
                config,
                self._recipients,
                self._options,
                self._hass.config.language,
                serial=serial,
                now=dt_util.as_local(self.now()),
                at=send_at,
            )
            (receipt,) = await self._dispatcher.async_send([draft], replace(SEND_OPTIONS, origin=config.name))
        except (WatchdogError, SmsmodeInputError, OutboxFullError, StorageError) as err:
            return err
        return receipt.error

    async def async_delete(self, held: HeldMessage) -> DeletionResult:
        """Delete a message; first ask whether it was sent, if it may have been by now."""
        try:
            if held.may_have_been_sent(self.now()):
                answer = await self._client.get_message_status(held.message_id)
                if answer.status is not MessageStatus.SCHEDULED:
                    return DeletionResult.SENT
            await self._client.delete_message(message_id=held.message_id)
        except SmsmodeNotFoundError:
            # It was deleted before: by a request whose response was lost, or by a person.
            return DeletionResult.DELETED
        except SmsmodeError as err:
            LOGGER.warning("A message of a watchdog may not be deleted: %s", type(err).__name__)
            return _result_of(err, held, self.now())
        return DeletionResult.DELETED

    async def async_get_balance(self) -> float | None:
        """Return the balance in credits; None if the gateway does not answer."""
        try:
            return float(await self._client.get_balance())
        except SmsmodeError:
            return None

    async def async_find_messages(self, subentry_id: str) -> list[SentMessage] | None:
        """Return the messages of a watchdog in the sent list; None if it cannot be read."""
        try:
            rows = await self._client.get_sent_messages(count=SENT_LIST_LENGTH)
        except SmsmodeError:
            return None
        return [row for row in rows if is_message_of(subentry_id, row.text)]


def _result_of(err: SmsmodeError, held: HeldMessage, now: datetime) -> DeletionResult:
    """Return what an error means: after its time, a gateway that refuses for good has sent the message."""
    is_refusal = isinstance(err, SmsmodeGatewayError) and not isinstance(err, SmsmodeAuthError | SmsmodeTemporaryError)
    return DeletionResult.SENT if is_refusal and now >= held.send_at else DeletionResult.UNKNOWN
