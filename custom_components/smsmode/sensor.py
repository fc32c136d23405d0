"""What the account has, spends, sent and heard, and what became of the latest message to each recipient."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .api import MessageStatus
from .const import SUBENTRY_RECIPIENT
from .entity import SmsmodeEntity
from .helpers.recorder import as_data, as_state
from .runtime import SmsmodeConfigEntry, SmsmodeRuntimeData
from .runway_sensor import SPENDING_SENSORS, SpendingSensor
from .state.alerts import Alert
from .state.message_log import LastStatus

PARALLEL_UPDATES = 0
STATUSES = [status.value for status in MessageStatus]


@dataclass(frozen=True, kw_only=True)
class SmsmodeSensorDescription(SensorEntityDescription):
    """A sensor of an account. ``local`` ones speak of the house and are there without the gateway too."""

    value_fn: Callable[[SmsmodeRuntimeData], StateType]
    attributes_fn: Callable[[SmsmodeRuntimeData], Mapping[str, Any] | None] = lambda _: None
    local: bool = False


def _balance(account: SmsmodeRuntimeData) -> StateType:
    """Give whole credits without a decimal: it is the state that the frontend shows."""
    balance = account.coordinator.data
    if balance is None:
        return None
    return int(balance) if balance == int(balance) else float(balance)


def _last_reply_text(account: SmsmodeRuntimeData) -> str | None:
    reply = account.store.state.message_log.last_reply
    return None if reply is None else as_state(reply.text)


def _last_reply_attributes(account: SmsmodeRuntimeData) -> dict[str, Any] | None:
    reply = account.store.state.message_log.last_reply
    if reply is None:
        return None
    return {
        "message": as_data(reply.text),
        "sender": reply.sender,
        "recipient": account.recipients.name_of(reply.sender),
        "received_at": reply.received_at,
        "message_id": reply.message_id,
    }


def _status_attributes(account: SmsmodeRuntimeData, status: LastStatus | None) -> dict[str, Any] | None:
    if status is None:
        return None
    return {
        "message_id": status.message_id,
        "number": status.number,
        "recipient": account.recipients.name_of(status.number),
        "code": status.code,
        "reference": status.reference,
        "received_at": status.received_at,
    }


def _last_status(account: SmsmodeRuntimeData) -> StateType:
    return status.status if (status := account.store.state.message_log.last_status) else None


def _alerts(account: SmsmodeRuntimeData) -> dict[str, Any]:
    return {"alerts": [_alert(account, alert) for alert in account.store.state.alerts.running]}


def _alert(account: SmsmodeRuntimeData, alert: Alert) -> dict[str, Any]:
    """Say how far an alert is; nobody's number and no text."""
    return {
        "alert_id": alert.alert_id,
        "state": alert.phase,
        "step": alert.position + 1,
        "steps": len(alert.steps) * alert.rounds,
        "how": alert.step.channel,
        "recipients": [account.recipients.name_of(target) for target in alert.step.targets],
        "started_at": alert.started_at,
    }


SENSORS = (
    SmsmodeSensorDescription(
        key="balance",
        translation_key="balance",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_balance,
    ),
    SmsmodeSensorDescription(
        key="last_status",
        translation_key="last_status",
        device_class=SensorDeviceClass.ENUM,
        options=STATUSES,
        value_fn=_last_status,
        attributes_fn=lambda account: _status_attributes(account, account.store.state.message_log.last_status),
    ),
    SmsmodeSensorDescription(
        key="last_reply",
        translation_key="last_reply",
        value_fn=_last_reply_text,
        attributes_fn=_last_reply_attributes,
    ),
    SmsmodeSensorDescription(
        key="queued",
        translation_key="queued",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        local=True,
        value_fn=lambda account: len(account.store.state.outbox),
    ),
    SmsmodeSensorDescription(
        key="active_alerts",
        translation_key="active_alerts",
        state_class=SensorStateClass.MEASUREMENT,
        local=True,
        value_fn=lambda account: len(account.store.state.alerts.running),
        attributes_fn=_alerts,
    ),
    SmsmodeSensorDescription(
        key="pending",
        translation_key="pending",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        local=True,
        value_fn=lambda account: account.store.state.message_log.pending,
    ),
    SmsmodeSensorDescription(
        key="segments_sent",
        translation_key="segments_sent",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        local=True,
        value_fn=lambda account: account.store.state.message_log.segments_sent,
    ),
)


async def async_setup_entry(
    _hass: HomeAssistant, entry: SmsmodeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of the account, and one for each recipient."""
    async_add_entities(AccountSensor(entry, description) for description in SENSORS)
    async_add_entities(SpendingSensor(entry, description) for description in SPENDING_SENSORS)
    for subentry in entry.get_subentries_of_type(SUBENTRY_RECIPIENT):
        async_add_entities(
            [RecipientStatusSensor(entry, "last_status", subentry)], config_subentry_id=subentry.subentry_id
        )


class AccountSensor(SmsmodeEntity, SensorEntity):
    """One fact about the account."""

    entity_description: SmsmodeSensorDescription
    # The whole text of a reply; its beginning is the state, which the recorder does keep.
    _unrecorded_attributes = frozenset({"message"})

    def __init__(self, entry: SmsmodeConfigEntry, description: SmsmodeSensorDescription) -> None:
        """Say which."""
        super().__init__(entry, description.key)
        self.entity_description = description

    @property
    @override
    def available(self) -> bool:
        """Whether the gateway answers, if it has a part in this."""
        return self.entity_description.local or super().available

    @property
    @override
    def native_value(self) -> StateType:
        """Look it up."""
        return self.entity_description.value_fn(self.account)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Say what belongs to it."""
        return self.entity_description.attributes_fn(self.account)

    @override
    async def async_update(self) -> None:
        """Ask the gateway now, the balance included."""
        self.coordinator.async_invalidate_balance()
        await super().async_update()


class RecipientStatusSensor(SmsmodeEntity, SensorEntity):
    """What became of the latest message to a recipient."""

    _attr_device_class = SensorDeviceClass.ENUM
    _attr_options = STATUSES
    _attr_translation_key = "last_status"

    @property
    def _status(self) -> LastStatus | None:
        return (
            self.account.store.state.message_log.last_status_of.get(self.recipient.target) if self.recipient else None
        )

    @property
    @override
    def native_value(self) -> StateType:
        """Name the status."""
        return self._status.status if self._status else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Say of which message it is."""
        return _status_attributes(self.account, self._status)
