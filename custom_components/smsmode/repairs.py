"""Repair issues that a person closes: by saying so, or by doing something about a recipient."""

import probatio
from homeassistant.components.repairs import ConfirmRepairFlow, FlowType, RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import SOURCE_IMPORT, SOURCE_RECONFIGURE, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN, SUBENTRY_RECIPIENT
from .helpers.repair_issues import DATA_ENTRY, DATA_RECIPIENT


class RecipientFixFlow(RepairsFlow):
    """A recipient that the gateway does not deliver to: another number, no recipient any more, or as it is."""

    def __init__(self, entry: ConfigEntry, subentry_id: str) -> None:
        """Know the recipient."""
        self._entry = entry
        self._subentry_id = subentry_id

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Ask what to do."""
        if self._entry.source == SOURCE_IMPORT:
            return await self.async_step_yaml()
        return self.async_show_menu(
            step_id="init", menu_options=["edit", "remove", "ignore"], description_placeholders=self._placeholders()
        )

    async def async_step_yaml(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Say where to do it: what YAML says is changed in YAML."""
        return self.async_show_menu(
            step_id="yaml", menu_options=["ignore"], description_placeholders=self._placeholders()
        )

    async def async_step_edit(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Go over to the form of the recipient. Another number takes the issue back."""
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
        """Remove the recipient, once it was said twice."""
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
        """Keep the recipient and say no more of it, until a message got through and the next does not."""
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
    """Let a person choose what becomes of a recipient; of anything else, confirm that it was read."""
    entry_id, subentry_id = (str((data or {}).get(key) or "") for key in (DATA_ENTRY, DATA_RECIPIENT))
    entry = hass.config_entries.async_get_entry(entry_id)
    return RecipientFixFlow(entry, subentry_id) if entry and subentry_id else ConfirmRepairFlow()
