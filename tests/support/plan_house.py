"""House with an alert plan for tests, and what people do with it."""

from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry, ConfigSubentryDataWithId
from homeassistant.core import Context

from .dialogs import LEAK
from .house import House

PLAN: dict[str, Any] = {"message": LEAK, "steps": [{"target": ["alice"]}, {"target": ["bob"]}]}
STATE = "sensor.cellar_state"
NEXT_STEP = "sensor.cellar_next_step"
ACTIVE_PLAN = "binary_sensor.cellar_active"
LEAK_SENSOR = "binary_sensor.leak"


def plan(name: str = "Cellar", **fields: Any) -> ConfigSubentryDataWithId:
    """Return a plan whose id is its name: it alarms Alice, then Bob."""
    return ConfigSubentryDataWithId(
        data=PLAN | fields, subentry_id=name.lower(), subentry_type="alert_plan", title=name, unique_id=None
    )


def add_plan(house: House, name: str = "Cave", **fields: Any) -> ConfigSubentry:
    """Add a plan to an account."""
    kept = MappingProxyType(PLAN | fields)
    subentry = ConfigSubentry(data=kept, subentry_type="alert_plan", title=name, unique_id=None)
    house.hass.config_entries.async_add_subentry(house.entry, subentry)
    return subentry


async def press(house: House, button: str, context: Context | None = None) -> None:
    """Press a button of the plan."""
    entity_id = f"button.cellar_{button}"
    await house.hass.services.async_call("button", "press", {"entity_id": entity_id}, blocking=True, context=context)
    await house.async_settle()


def progress(house: House) -> tuple[str, str]:
    """Return the state of the plan, and whether it is active."""
    return house.state(STATE).state, house.state(ACTIVE_PLAN).state
