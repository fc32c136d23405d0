"""Steps of the options flow that check an account: each says what it does and costs before it does it."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, override

import probatio
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult, OptionsFlow
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
)

from ..check.manager import CheckManager
from ..check.report import async_report_page
from ..config.options import read_settings
from ..const import DOMAIN
from ..helpers.money import price_note
from ..runtime import SmsmodeConfigEntry, SmsmodeRuntimeData
from ..state.account_facts import CheckStep
from .report_download import async_report_link

FIELD_PERSON: Final = "person"
FIELD_CALL: Final = "call"
FIELD_GROUP: Final = "group"
ISSUE_FORM: Final = "https://github.com/smsmode-ha/smsmode/issues/new?template=first-check.yml"
# The menu before some steps, and these steps; the question has none of its own.
GATES: Final[Mapping[str, tuple[CheckStep, ...]]] = {
    "check_text": (CheckStep.TEXT, CheckStep.REPORT, CheckStep.SENT_LIST),
    "check_reads": (),
    "check_schedule": (CheckStep.SCHEDULE,),
    "check_reply": (CheckStep.REPLY,),
    "check_night": (CheckStep.NIGHT,),
}

type Input = dict[str, Any] | None


def check_schema(people: list[SelectOptionDict]) -> probatio.Schema:
    """Describe the form that begins a check; ``people`` are the recipients with a number, of whom one is chosen."""
    chosen = people[0]["value"] if len(people) == 1 else probatio.UNDEFINED
    return probatio.Schema(
        {
            probatio.Required(FIELD_PERSON, default=chosen): SelectSelector(SelectSelectorConfig(options=people)),
            probatio.Optional(FIELD_CALL, default=False): BooleanSelector(),
            probatio.Optional(FIELD_GROUP): TextSelector(),
        }
    )


class AccountCheckSteps(OptionsFlow):
    """Steps of a guided check. Who closes the dialog stops it."""

    _account: SmsmodeRuntimeData
    _gates: list[str]
    _gate: str
    _more: tuple[CheckStep, ...] = ()
    _task: asyncio.Task[None] | None = None

    async def async_step_check(self, user_input: Input = None) -> ConfigFlowResult:
        """Say what a check does and costs, and ask whose phone it uses."""
        entry: SmsmodeConfigEntry = self.config_entry
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="check_asleep")
        self._account = entry.runtime_data
        people = [
            SelectOptionDict(value=each.number, label=each.name)
            for each in self._account.recipients.all
            if each.number is not None
        ]
        if not people:
            return self.async_abort(reason="check_nobody")
        if self._check.is_running:
            return await self.async_step_check_running()
        if user_input is None:
            return self.async_show_form(
                step_id="check", data_schema=check_schema(people), description_placeholders=self._price()
            )
        return self._begin(user_input)

    async def async_step_check_running(self, _user_input: Input = None) -> ConfigFlowResult:
        """Say that a check is under way."""
        return self._show_menu("check_running", "check_stop")

    def _begin(self, written: dict[str, Any]) -> ConfigFlowResult:
        group = written.get(FIELD_GROUP, "").strip() or None
        wanted = {CheckStep.CALL: written[FIELD_CALL], CheckStep.GROUP: group}
        can = self._account.client.capabilities
        possible = {CheckStep.CALL: can.calls, CheckStep.GROUP: can.groups}
        self._more = tuple(step for step, is_wanted in wanted.items() if is_wanted and possible[step])
        self._gates = [gate for gate in GATES if can.deletion or gate != "check_schedule"]
        self._check.async_begin(written[FIELD_PERSON], group)
        self._check.async_run([CheckStep.KEY])
        return self._watch()

    async def async_step_check_watch(self, _user_input: Input = None) -> ConfigFlowResult:
        """Show which step is under way, until a person is asked again."""
        return self._watch()

    def _watch(self) -> ConfigFlowResult:
        check = self._check
        if not check.is_busy:
            return self.async_show_progress_done(next_step_id=self._next_gate())
        if self._task is None or self._task.done():
            change = self._async_until_changed(check.step)
            self._task = self.hass.async_create_background_task(change, f"{DOMAIN} check dialog")
        return self.async_show_progress(
            step_id="check_watch", progress_action=check.step or CheckStep.KEY, progress_task=self._task
        )

    async def _async_until_changed(self, shown: CheckStep | None) -> None:
        """Return when another step is under way, or none."""
        changed = asyncio.Event()
        stop = self._check.changed.subscribe(lambda _: changed.set())
        try:
            while self._check.is_busy and self._check.step in (shown, None):
                changed.clear()
                await changed.wait()
        finally:
            stop()

    def _next_gate(self) -> str:
        """Return the next menu; none if the key or the text failed, or the account has stopped meanwhile."""
        record = self._check.record
        is_hopeless = record is None or {CheckStep.KEY, CheckStep.TEXT} & set(record.failed)
        if is_hopeless or not self._check.is_running or not self._gates:
            return "check_done"
        self._gate = self._gates.pop(0)
        return self._gate

    async def async_step_check_text(self, _user_input: Input = None) -> ConfigFlowResult:
        """Say that an SMS is sent."""
        return self._show_menu("check_text", "check_go", "check_stop")

    async def async_step_check_reads(self, _user_input: Input = None) -> ConfigFlowResult:
        """Ask how it reads on the phone."""
        return self._show_menu("check_reads", "check_well", "check_badly", "check_skip")

    async def async_step_check_schedule(self, _user_input: Input = None) -> ConfigFlowResult:
        """Say that an SMS is scheduled and deleted."""
        return self._show_menu("check_schedule", "check_go", "check_skip", "check_stop")

    async def async_step_check_reply(self, _user_input: Input = None) -> ConfigFlowResult:
        """Say that an SMS is sent that wants an answer."""
        return self._show_menu("check_reply", "check_go", "check_skip", "check_stop")

    async def async_step_check_night(self, _user_input: Input = None) -> ConfigFlowResult:
        """Offer the check of the night."""
        return self._show_menu("check_night", "check_go", "check_skip")

    async def async_step_check_well(self, _user_input: Input = None) -> ConfigFlowResult:
        """Record that the text reads as it was written."""
        self._check.async_answer(reads_well=True)
        return await self._async_continue()

    async def async_step_check_badly(self, _user_input: Input = None) -> ConfigFlowResult:
        """Record that it does not."""
        self._check.async_answer(reads_well=False)
        return await self._async_continue()

    async def async_step_check_skip(self, _user_input: Input = None) -> ConfigFlowResult:
        """Leave this out."""
        return await self._async_continue()

    async def async_step_check_go(self, _user_input: Input = None) -> ConfigFlowResult:
        """Do what the menu has said."""
        if self._is_interrupted:
            return self.async_abort(reason="check_interrupted")
        more = self._more if self._gate == "check_reply" else ()
        self._check.async_run([*GATES[self._gate], *more])
        return self._watch()

    async def _async_continue(self) -> ConfigFlowResult:
        if self._is_interrupted:
            return self.async_abort(reason="check_interrupted")
        step: ConfigFlowResult = await getattr(self, f"async_step_{self._next_gate()}")()
        return step

    async def async_step_check_stop(self, _user_input: Input = None) -> ConfigFlowResult:
        """Stop the check."""
        self._check.async_cancel()
        return await self.async_step_check_done()

    async def async_step_check_done(self, user_input: Input = None) -> ConfigFlowResult:
        """Show what is known by now; the options stay as they are."""
        if user_input is not None:
            return self.async_create_entry(data=dict(self.config_entry.options))
        self._check.async_finish()
        placeholders = {
            "report": await async_report_page(self.hass, self._account.store.state.facts),
            "download": await async_report_link(self.hass, self.config_entry.entry_id),
            "form": ISSUE_FORM,
        }
        return self.async_show_form(
            step_id="check_done", data_schema=probatio.Schema({}), description_placeholders=placeholders
        )

    @callback
    @override
    def async_remove(self) -> None:
        """Stop the check of a dialog that is closed."""
        if hasattr(self, "_gates"):
            self._check.async_cancel()

    @property
    def _is_interrupted(self) -> bool:
        """Return whether the account has stopped since the check began, or somebody has stopped the check."""
        return getattr(self.config_entry, "runtime_data", None) is not self._account or not self._check.is_running

    @property
    def _check(self) -> CheckManager:
        return self._account.check

    def _price(self) -> dict[str, str]:
        return {"price": price_note(self.hass, read_settings(self.hass, self.config_entry).price_of(1))}

    def _show_menu(self, step_id: str, *options: str) -> ConfigFlowResult:
        return self.async_show_menu(step_id=step_id, menu_options=list(options), description_placeholders=self._price())
