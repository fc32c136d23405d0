"""What a watchdog has done at the gateway: one held there, one deleted, the list read for what was left behind."""

from datetime import datetime
from enum import StrEnum

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..api import (
    MessageStatus,
    SentMessage,
    SmsmodeAuthError,
    SmsmodeClient,
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

# It must leave now or never, and none of them repeats another.
ORDER = SendOptions(queue=False, repeat=True, provisional=True)
# Scheduled messages stand among the latest: more than anybody sends within a period.
LISTED = 500

type PushError = SmsmodeError | OutboxFullError | StorageError | WatchdogError


class DeletionResult(StrEnum):
    """What came of a deletion."""

    DELETED = "deleted"
    GONE_OFF = "gone_off"
    UNKNOWN = "unknown"


class WatchdogGateway:
    """Works for the watchdogs of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        client: SmsmodeClient,
        dispatcher: MessageDispatcher,
        recipients: Recipients,
        settings: AccountOptions,
    ) -> None:
        """Send by the one way out."""
        self._hass = hass
        self._client = client
        self._dispatcher = dispatcher
        self._recipients = recipients
        self._settings = settings

    async def async_push(self, plan: WatchdogConfig, serial: int, leaves_at: datetime) -> PushError | None:
        """Have one more held until its time; give the error if it did not come to that.

        Nothing is waited for before it is in the outbox, so that the disk has both or neither.
        """
        try:
            draft = compose_watchdog_message(
                plan,
                self._recipients,
                self._settings,
                self._hass.config.language,
                serial=serial,
                now=dt_util.now(),
                at=leaves_at,
            )
            (receipt,) = await self._dispatcher.async_send([draft], ORDER)
        except (WatchdogError, SmsmodeInputError, OutboxFullError, StorageError) as err:
            return err
        return receipt.error

    async def async_delete(self, held: HeldMessage) -> DeletionResult:
        """Delete one; of one that may have left by now, ask first whether it has."""
        try:
            if held.may_have_been_sent(dt_util.utcnow()):
                answer = await self._client.get_message_status(held.message_id)
                if answer.status is not MessageStatus.SCHEDULED:
                    return DeletionResult.GONE_OFF
            await self._client.delete_message(message_id=held.message_id)
        except SmsmodeNotFoundError:
            # By a deletion whose answer was lost, or by a person.
            return DeletionResult.DELETED
        except SmsmodeError as err:
            LOGGER.warning("A message of a watchdog is not known to be deleted: %s", type(err).__name__)
            return _judge(err, held, dt_util.utcnow())
        return DeletionResult.DELETED

    async def async_balance(self) -> float | None:
        """Give the credits left; None if that cannot be asked."""
        try:
            return float(await self._client.get_balance())
        except SmsmodeError:
            return None

    async def async_find(self, subentry_id: str) -> list[SentMessage] | None:
        """Give what the gateway's list shows of a watchdog; None if it cannot be read."""
        try:
            rows = await self._client.get_sent_messages(count=LISTED)
        except SmsmodeError:
            return None
        return [row for row in rows if is_message_of(subentry_id, row.text)]


def _judge(err: SmsmodeError, held: HeldMessage, now: datetime) -> DeletionResult:
    """Say what an error means: a gateway that refuses for good has let it go off, once its time is over."""
    is_refusal = isinstance(err, SmsmodeGatewayError) and not isinstance(err, SmsmodeAuthError | SmsmodeTemporaryError)
    return DeletionResult.GONE_OFF if is_refusal and now >= held.send_at else DeletionResult.UNKNOWN
