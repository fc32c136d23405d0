"""What was spent today and this month, and how long the credits last at that pace."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfTime
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from .entity import SmsmodeEntity
from .runtime import SmsmodeConfigEntry, SmsmodeRuntimeData


@dataclass(frozen=True, kw_only=True)
class SpendingSensorDescription(SensorEntityDescription):
    """A sensor that is another one each day. ``begins_fn`` gives the day on which a count began at zero."""

    value_fn: Callable[[SmsmodeRuntimeData, date], int | None]
    begins_fn: Callable[[date], date] | None = None


def _days_left(account: SmsmodeRuntimeData, today: date) -> int | None:
    balance = account.coordinator.data
    return None if balance is None else account.store.state.budget.runway.days_left(balance, today)


# Not TOTAL_INCREASING: what the gateway refuses is given back, which is no new beginning.
SPENDING_SENSORS = (
    SpendingSensorDescription(
        key="spent_today",
        translation_key="spent_today",
        state_class=SensorStateClass.TOTAL,
        value_fn=lambda account, today: account.store.state.budget.runway.on(today),
        begins_fn=lambda today: today,
    ),
    SpendingSensorDescription(
        key="spent_this_month",
        translation_key="spent_this_month",
        state_class=SensorStateClass.TOTAL,
        value_fn=lambda account, today: account.store.state.budget.runway.in_month(today),
        begins_fn=lambda today: today.replace(day=1),
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


class SpendingSensor(SmsmodeEntity, SensorEntity):
    """One of them; it begins the new day at midnight, whether or not anything is sent."""

    entity_description: SpendingSensorDescription
    _cancel_midnight: CALLBACK_TYPE

    def __init__(self, entry: SmsmodeConfigEntry, description: SpendingSensorDescription) -> None:
        """Say which."""
        super().__init__(entry, description.key)
        self.entity_description = description

    @override
    async def async_added_to_hass(self) -> None:
        """Wait for midnight."""
        await super().async_added_to_hass()
        self._await_midnight()
        self.async_on_remove(self._forget_midnight)

    @property
    @override
    def available(self) -> bool:
        """Whether the gateway answers, if it has a part in this."""
        return self.entity_description.begins_fn is not None or super().available

    @property
    @override
    def native_value(self) -> int | None:
        """Count as of today."""
        return self.entity_description.value_fn(self.account, dt_util.now().date())

    @property
    @override
    def last_reset(self) -> datetime | None:
        """Say when the count began."""
        begins = self.entity_description.begins_fn
        return dt_util.start_of_local_day(begins(dt_util.now().date())) if begins else None

    @callback
    def _await_midnight(self) -> None:
        tomorrow = dt_util.start_of_local_day(dt_util.now().date() + timedelta(days=1))
        self._cancel_midnight = async_track_point_in_utc_time(self.hass, self._async_begin_day, tomorrow)

    @callback
    def _forget_midnight(self) -> None:
        self._cancel_midnight()

    @callback
    def _async_begin_day(self, _now: datetime) -> None:
        self._await_midnight()
        self.async_write_ha_state()
