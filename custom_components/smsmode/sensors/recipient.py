"""Sensor of a recipient: the status of the latest message to it."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.helpers.typing import StateType

from ..api import MessageStatus
from ..entity import SmsmodeEntity
from ..runtime import SmsmodeRuntimeData
from ..state.message_log import LastStatus

STATUSES = [status.value for status in MessageStatus]


def status_attributes(account: SmsmodeRuntimeData, status: LastStatus | None) -> dict[str, Any] | None:
    """Return which message a status is about."""
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


class RecipientStatusSensor(SmsmodeEntity, SensorEntity):
    """Status of the latest message to a recipient; for automations.

    *Activity* tells the result of each message in a sentence, and would add a line for each status on the way to it.
    """

    _attr_entity_registry_enabled_default = False
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
        """Return the status."""
        return self._status.status if self._status else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return which message it is about."""
        return status_attributes(self.account, self._status)

    @override
    def _content(self) -> tuple[object, ...]:
        return self.native_value, self.extra_state_attributes
