"""Fix flow of the repair issue of messages that wait."""

from collections.abc import Mapping
from typing import Final

import probatio
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..runtime import SmsmodeConfigEntry
from ..sending.queue import queued_messages, recipient_names, wait_reason
from ..state.outbox import OutboxItem

# A notice is read, not searched: smsmode.get_queue lists all messages.
MAX_LINES: Final = 20
MAX_NAMES: Final = 5
NO_FIELDS: Final = probatio.Schema({})


class WaitingMessagesFixFlow(RepairsFlow):
    """Fix flow of messages that wait for long: try them now, show them, or drop them."""

    def __init__(self, entry: SmsmodeConfigEntry) -> None:
        """Store the account."""
        self._entry = entry
        self._asked_about: list[str] = []

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Show the menu of what can be done."""
        return self.async_show_menu(
            step_id="init", menu_options=["try_now", "show", "drop"], description_placeholders=self._placeholders()
        )

    async def async_step_try_now(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Retry everything now. The issue goes when the messages have left."""
        if messages := self._messages():
            self._entry.runtime_data.worker.async_retry(messages)
        return self.async_abort(reason="try_now", description_placeholders=self._placeholders())

    async def async_step_show(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Show for whom the messages are, since when they wait and why; then the menu again."""
        if user_input is not None:
            return await self.async_step_init()
        return self.async_show_form(
            step_id="show", data_schema=NO_FIELDS, description_placeholders=await self._async_described()
        )

    async def async_step_drop(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Cancel the messages after a confirmation, without those that came since it was asked for."""
        if user_input is None:
            self._asked_about = [item.key for item in self._messages()]
            return self.async_show_form(
                step_id="drop", data_schema=NO_FIELDS, description_placeholders=await self._async_described()
            )
        for item in self._messages():
            if item.key in self._asked_about:
                self._entry.runtime_data.worker.async_cancel(item)
        return self.async_create_entry(data={})

    async def _async_described(self) -> dict[str, str]:
        """Return the placeholders with one line for each message, of many the first."""
        words = await async_get_translations(self.hass, self.hass.config.language, "common", {DOMAIN})
        messages = self._messages()
        lines = [self._line(item, words) for item in messages[:MAX_LINES]] + ["- …"] * (len(messages) > MAX_LINES)
        return {**self._placeholders(), "messages": "\n".join(lines) or "–"}

    def _line(self, item: OutboxItem, words: Mapping[str, str]) -> str:
        names = recipient_names(item, self._entry.runtime_data.recipients)
        people = ", ".join(names[:MAX_NAMES]) + (" …" if len(names) > MAX_NAMES else "")
        why = words[f"component.{DOMAIN}.common.waiting_{wait_reason(item) or 'sending'}"]
        return f"- {dt_util.as_local(item.expense.at):%Y-%m-%d %H:%M} · {people} · {why}"

    def _messages(self) -> list[OutboxItem]:
        """Return the messages that wait; none of an account that is not loaded."""
        if self._entry.state is not ConfigEntryState.LOADED:
            return []
        return queued_messages(self._entry.runtime_data.store.state.outbox)

    def _placeholders(self) -> dict[str, str]:
        return {"account": self._entry.title, "count": str(len(self._messages()))}
