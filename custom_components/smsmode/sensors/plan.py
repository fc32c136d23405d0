"""Sensors of an alert plan: how far its alert is, and when the next step comes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity

from ..entity import PlanStateEntity
from ..state.alert_phases import AlertPhase

# Of a plan that was not raised yet.
IDLE = "idle"
_WITH_NEXT_STEP = {AlertPhase.DELIVERING, AlertPhase.WAITING}


class PlanStateSensor(PlanStateEntity, SensorEntity):
    """State of the alert of a plan; the end of the latest one stays until the plan is raised again."""

    _attr_device_class = SensorDeviceClass.ENUM
    _attr_options = [IDLE, *(phase.value for phase in AlertPhase)]

    @property
    @override
    def native_value(self) -> str:
        """Return the phase of the alert."""
        if (alert := self.plans.running(self.plan_id)) is not None:
            return alert.phase
        return end.phase if (end := self.plans.end(self.plan_id)) else IDLE

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return how far the alert is and whom the step is for, or how it ended; nobody's number and no text."""
        alert, end = self.plans.running(self.plan_id), self.plans.end(self.plan_id)
        return {
            "alert_id": self.plans.plans[self.plan_id].name,
            "step": alert and alert.position + 1,
            "steps": alert and len(alert.steps) * alert.rounds,
            "recipients": self.plans.names(alert) if alert else [],
            "started_at": alert and alert.started_at,
            "reason": alert.reason if alert else end and end.reason,
            "acknowledged_by": end and end.acknowledged_by,
            "ended_at": end and end.at,
        }


class PlanNextStepSensor(PlanStateEntity, SensorEntity):
    """When the next step of the alert of a plan comes, if nobody acts before."""

    _attr_device_class = SensorDeviceClass.TIMESTAMP

    @property
    @override
    def native_value(self) -> datetime | None:
        """Return when the present step has waited long enough; None after the last one, and while none waits."""
        alert = self.plans.running(self.plan_id)
        if alert is None or alert.phase not in _WITH_NEXT_STEP or alert.position + 1 == len(alert.steps) * alert.rounds:
            return None
        return alert.due
