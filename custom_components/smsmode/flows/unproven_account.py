"""Fix flow of an account of which nobody knows what its gateway does: the check, or no reminder any more."""

from homeassistant.components.repairs import FlowType, RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN


class UnprovenAccountFixFlow(RepairsFlow):
    """Fix flow that leads to the check in the options of the account."""

    def __init__(self, entry: ConfigEntry) -> None:
        """Store the account."""
        self._entry = entry

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Show what can be done."""
        return self.async_show_menu(
            step_id="init", menu_options=["check", "ignore"], description_placeholders=self._placeholders()
        )

    async def async_step_check(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Open the check. What it proves clears the issue."""
        options = self.hass.config_entries.options
        menu = await options.async_init(self._entry.entry_id)
        form = await options.async_configure(menu["flow_id"], {"next_step_id": "check"})
        return self.async_abort(
            reason="check",
            description_placeholders=self._placeholders(),
            next_flow=(FlowType.OPTIONS_FLOW, form["flow_id"]),
        )

    async def async_step_ignore(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Ignore the issue for good."""
        ir.async_get(self.hass).async_ignore(DOMAIN, self.issue_id, True)
        return self.async_abort(reason="ignore", description_placeholders=self._placeholders())

    def _placeholders(self) -> dict[str, str]:
        return {"account": self._entry.title}
