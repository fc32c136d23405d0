"""Sensor entities: balance, spending, messages, replies and alerts of an account, and the status of each recipient."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, Platform, UnitOfTime
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .const import DOMAIN, SUBENTRY_ALERT_PLAN
from .entity import SmsmodeEntity, async_add_recipient_entities, async_add_subentry_entities
from .helpers.recorder import as_data, as_state
from .runtime import SmsmodeConfigEntry, SmsmodeRuntimeData
from .sensors.plan import PlanNextStepSensor, PlanStateSensor
from .sensors.recipient import STATUSES, RecipientStatusSensor, status_attributes
from .state.alerts import Alert

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class SmsmodeSensorDescription(SensorEntityDescription):
    """Description of a sensor of an account."""

    value_fn: Callable[[SmsmodeRuntimeData], StateType | datetime]
    attributes_fn: Callable[[SmsmodeRuntimeData], Mapping[str, Any] | None] = lambda _: None


@dataclass(frozen=True, kw_only=True)
class SpendingSensorDescription(SensorEntityDescription):
    """Description of a sensor that depends on the date. ``start_fn`` returns the day on which its count began at 0."""

    value_fn: Callable[[SmsmodeRuntimeData, date], float | None]
    start_fn: Callable[[date], date] | None = None


def _balance(account: SmsmodeRuntimeData) -> StateType:
    """Return the balance; whole credits without a decimal, for it is the state that the frontend shows."""
    reading = account.store.state.balance
    if reading is None:
        return None
    balance = Decimal(reading.credits)
    return int(balance) if balance == int(balance) else float(balance)


def _balance_attributes(account: SmsmodeRuntimeData) -> dict[str, Any] | None:
    """Return when the gateway gave the balance: while it does not answer, the last known one is shown."""
    reading = account.store.state.balance
    return None if reading is None else {"as_of": dt_util.as_local(reading.at)}


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


def _last_status(account: SmsmodeRuntimeData) -> StateType:
    return status.status if (status := account.store.state.message_log.last_status) else None


def _checked_at(account: SmsmodeRuntimeData) -> datetime | None:
    record = account.store.state.check
    return None if record is None else record.finished_at


def _alerts(account: SmsmodeRuntimeData) -> dict[str, Any]:
    """Return the progress of each alert; nobody's number and no text."""
    return {
        "alerts": [
            {
                "alert_id": alert.alert_id,
                "state": alert.phase,
                "step": alert.position + 1,
                "steps": len(alert.steps) * alert.rounds,
                "how": alert.step.channel,
                "recipients": [_name_of(account, alert, target) for target in alert.targets],
                "started_at": alert.started_at,
            }
            for alert in account.store.state.alerts.running
        ]
    }


def _name_of(account: SmsmodeRuntimeData, alert: Alert, target: str) -> str | None:
    """Return the name of a target; None for the number of a stranger."""
    return (
        account.alerts.notifier.name_of(target) if alert.step.channel.is_local else account.recipients.name_of(target)
    )


def _days_left(account: SmsmodeRuntimeData, today: date) -> int | None:
    reading = account.store.state.balance
    return None if reading is None else account.store.state.budget.history.days_left(Decimal(reading.credits), today)


SENSORS = (
    SmsmodeSensorDescription(
        key="balance",
        translation_key="balance",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_balance,
        attributes_fn=_balance_attributes,
    ),
    SmsmodeSensorDescription(
        key="last_status",
        translation_key="last_status",
        device_class=SensorDeviceClass.ENUM,
        options=STATUSES,
        value_fn=_last_status,
        attributes_fn=lambda account: status_attributes(account, account.store.state.message_log.last_status),
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
        value_fn=lambda account: len(account.store.state.outbox),
    ),
    SmsmodeSensorDescription(
        key="active_alerts",
        translation_key="active_alerts",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda account: len(account.store.state.alerts.running),
        attributes_fn=_alerts,
    ),
    SmsmodeSensorDescription(
        key="pending",
        translation_key="pending",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda account: account.store.state.message_log.pending,
    ),
    SmsmodeSensorDescription(
        key="checked",
        translation_key="checked",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_checked_at,
    ),
    SmsmodeSensorDescription(
        key="segments_sent",
        translation_key="segments_sent",
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda account: account.store.state.message_log.segments_sent,
    ),
)


def _spent_today(account: SmsmodeRuntimeData, today: date) -> int:
    return account.store.state.budget.history.spent_on(today)


def _spent_this_month(account: SmsmodeRuntimeData, today: date) -> int:
    return account.store.state.budget.history.spent_in_month(today)


# Not TOTAL_INCREASING: what the gateway refuses is refunded, which is no reset.
SPENDING_SENSORS = (
    SpendingSensorDescription(
        key="spent_today",
        translation_key="spent_today",
        state_class=SensorStateClass.TOTAL,
        value_fn=_spent_today,
        start_fn=lambda today: today,
    ),
    SpendingSensorDescription(
        key="spent_this_month",
        translation_key="spent_this_month",
        state_class=SensorStateClass.TOTAL,
        value_fn=_spent_this_month,
        start_fn=lambda today: today.replace(day=1),
    ),
    SpendingSensorDescription(
        key="days_left",
        translation_key="days_left",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.DAYS,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=_days_left,
    ),
)

# For an account whose credits have a price.
COST_SENSORS = (
    SpendingSensorDescription(
        key="cost_today",
        translation_key="cost_today",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        suggested_display_precision=2,
        value_fn=lambda account, today: account.options.price_of(_spent_today(account, today)),
        start_fn=lambda today: today,
    ),
    SpendingSensorDescription(
        key="cost_this_month",
        translation_key="cost_this_month",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        suggested_display_precision=2,
        value_fn=lambda account, today: account.options.price_of(_spent_this_month(account, today)),
        start_fn=lambda today: today.replace(day=1),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: SmsmodeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of the account, one for each recipient, and two for each plan."""
    async_add_entities(AccountSensor(entry, description) for description in SENSORS)
    async_add_entities(SpendingSensor(entry, description) for description in SPENDING_SENSORS)
    if entry.runtime_data.options.credit_price is None:
        _remove_costs(hass, entry)
    else:
        async_add_entities(CostSensor(entry, description) for description in COST_SENSORS)
    async_add_recipient_entities(
        entry,
        async_add_entities,
        lambda subentry: RecipientStatusSensor(entry, "last_status", subentry),
    )
    add_of_plans = partial(async_add_subentry_entities, entry, SUBENTRY_ALERT_PLAN, async_add_entities)
    add_of_plans(lambda subentry: PlanStateSensor(hass, entry, subentry, "state"))
    add_of_plans(lambda subentry: PlanNextStepSensor(hass, entry, subentry, "next_step"))


def _remove_costs(hass: HomeAssistant, entry: SmsmodeConfigEntry) -> None:
    """Remove the costs of an account whose credits have no price any more."""
    registry = er.async_get(hass)
    for description in COST_SENSORS:
        unique_id = f"{entry.entry_id}_{description.key}"
        if (entity_id := registry.async_get_entity_id(Platform.SENSOR, DOMAIN, unique_id)) is not None:
            registry.async_remove(entity_id)


class SmsmodeSensor(SmsmodeEntity, SensorEntity):
    """Base of the sensors of an account."""

    @override
    def _content(self) -> tuple[object, ...]:
        return self.native_value, self.extra_state_attributes


class AccountSensor(SmsmodeSensor):
    """Sensor of an account."""

    entity_description: SmsmodeSensorDescription
    # The whole text of a reply, whose beginning is the state, which the recorder does keep; and when the balance was
    # read, which changes every half hour.
    _unrecorded_attributes = frozenset({"message", "as_of"})

    def __init__(self, entry: SmsmodeConfigEntry, description: SmsmodeSensorDescription) -> None:
        """Set the description."""
        super().__init__(entry, description.key)
        self.entity_description = description

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return the current value."""
        return self.entity_description.value_fn(self.account)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return the attributes of the description."""
        return self.entity_description.attributes_fn(self.account)

    @override
    async def async_update(self) -> None:
        """Poll the gateway now, the balance included."""
        self.coordinator.async_invalidate_balance()
        await super().async_update()


class SpendingSensor(SmsmodeSensor):
    """Sensor of what was spent or how long the credits last; updated at midnight too."""

    entity_description: SpendingSensorDescription
    _cancel_midnight: CALLBACK_TYPE

    def __init__(self, entry: SmsmodeConfigEntry, description: SpendingSensorDescription) -> None:
        """Set the description."""
        super().__init__(entry, description.key)
        self.entity_description = description

    @override
    async def async_added_to_hass(self) -> None:
        """Set the timer for midnight."""
        await super().async_added_to_hass()
        self._track_midnight()

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Cancel the timer."""
        self._cancel_midnight()
        await super().async_will_remove_from_hass()

    @property
    @override
    def native_value(self) -> float | None:
        """Return the value as of today."""
        return self.entity_description.value_fn(self.account, dt_util.now().date())

    @property
    @override
    def last_reset(self) -> datetime | None:
        """Return when the count began."""
        start = self.entity_description.start_fn
        return dt_util.start_of_local_day(start(dt_util.now().date())) if start else None

    @callback
    def _track_midnight(self) -> None:
        tomorrow = dt_util.start_of_local_day(dt_util.now().date() + timedelta(days=1))
        self._cancel_midnight = async_track_point_in_utc_time(self.hass, self._async_start_day, tomorrow)

    @callback
    def _async_start_day(self, _now: datetime) -> None:
        self._track_midnight()
        self.async_write_ha_state()


class CostSensor(SpendingSensor):
    """Sensor of what was spent, in the currency of Home Assistant."""

    @property
    @override
    def native_unit_of_measurement(self) -> str:
        """Return the currency."""
        return self.hass.config.currency
