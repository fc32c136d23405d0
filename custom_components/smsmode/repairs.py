"""Repair issues that a person closes by saying so."""

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.core import HomeAssistant


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Let a person confirm that they know of a lost message; nothing can bring it back."""
    return ConfirmRepairFlow()
