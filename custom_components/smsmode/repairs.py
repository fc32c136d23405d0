"""Fix flows of repair issues: confirm that one was read, repair a recipient, or decide about what waits."""

import probatio
from homeassistant.components.repairs import ConfirmRepairFlow, FlowType, RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import SOURCE_IMPORT, SOURCE_RECONFIGURE, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN, SUBENTRY_RECIPIENT
from .flows.unproven_account import UnprovenAccountFixFlow
from .flows.waiting_messages import WaitingMessagesFixFlow
from .helpers.repair_issues import DATA_ENTRY, DATA_RECIPIENT, IssueType


class RecipientFixFlow(RepairsFlow):
    """Fix flow of a recipient that the gateway does not deliver to: edit the number, remove it, or keep it as it is."""

    def __init__(self, entry: ConfigEntry, subentry_id: str) -> None:
        """Store the recipient."""
        self._entry = entry
        self._subentry_id = subentry_id

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Show the menu of what can be done."""
        if self._entry.source == SOURCE_IMPORT:
            return await self.async_step_yaml()
        return self.async_show_menu(
            step_id="init", menu_options=["edit", "remove", "ignore"], description_placeholders=self._placeholders()
        )

    async def async_step_yaml(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Refer to YAML: a recipient of YAML is changed there."""
        return self.async_show_menu(
            step_id="yaml", menu_options=["ignore"], description_placeholders=self._placeholders()
        )

    async def async_step_edit(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Open the form of the recipient. Another number clears the issue."""
        if self._is_gone():
            return self.async_create_entry(data={})
        form = await self.hass.config_entries.subentries.async_init(
            (self._entry.entry_id, SUBENTRY_RECIPIENT),
            context={"source": SOURCE_RECONFIGURE, "subentry_id": self._subentry_id},
        )
        return self.async_abort(
            reason="edit",
            description_placeholders=self._placeholders(),
            next_flow=(FlowType.CONFIG_SUBENTRIES_FLOW, form["flow_id"]),
        )

    async def async_step_remove(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Remove the recipient after a confirmation."""
        if user_input is None:
            return self.async_show_form(
                step_id="remove",
                data_schema=probatio.Schema({}),
                description_placeholders=self._placeholders(),
            )
        if not self._is_gone():
            self.hass.config_entries.async_remove_subentry(self._entry, self._subentry_id)
        return self.async_create_entry(data={})

    async def async_step_ignore(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Keep the recipient and ignore the issue, until a message is delivered and a later one is not."""
        ir.async_get(self.hass).async_ignore(DOMAIN, self.issue_id, True)
        return self.async_abort(reason="ignore", description_placeholders=self._placeholders())

    def _is_gone(self) -> bool:
        return self._subentry_id not in self._entry.subentries

    def _placeholders(self) -> dict[str, str] | None:
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return issue.translation_placeholders if issue else None


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Create the fix flow of a recipient or of what waits, or else the confirmation that an issue was read."""
    entry_id, subentry_id = (str((data or {}).get(key) or "") for key in (DATA_ENTRY, DATA_RECIPIENT))
    entry = hass.config_entries.async_get_entry(entry_id)
    if entry and issue_id.startswith(IssueType.MESSAGES_WAITING):
        return WaitingMessagesFixFlow(entry)
    if entry and issue_id.startswith(IssueType.ACCOUNT_UNPROVEN):
        return UnprovenAccountFixFlow(entry)
    return RecipientFixFlow(entry, subentry_id) if entry and subentry_id else ConfirmRepairFlow()
