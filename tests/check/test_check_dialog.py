"""The guided check in the options of an account."""

import asyncio
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.data_entry_flow import FlowResultType

from custom_components.smsmode.state.account_facts import CheckPhase, Fact, Verdict
from tests.support.account_checks import PROGRESSION, verdicts
from tests.support.flow_forms import open_options
from tests.support.house import ALICE, ALICE_DIGITS, House

PARIS = ZoneInfo("Europe/Paris")
FORM = {"person": ALICE, "call": False}


class CheckDialog:
    """The dialog of a check, and the person who answers it."""

    def __init__(self, house: House) -> None:
        """Prepare."""
        self.house = house
        self.step: ConfigFlowResult

    async def open(self) -> None:
        """Open the form."""
        self.step = await open_options(self.house.hass, self.house.entry.entry_id, "check")

    async def configure(self, user_input: dict[str, Any] | None = None) -> None:
        """Submit what is asked for, or ask for the present step."""
        options = self.house.hass.config_entries.options
        self.step = await options.async_configure(self.step["flow_id"], user_input)

    async def choose(self, option: str) -> None:
        """Choose a line of a menu, and wait until a person is asked again."""
        await self.configure({"next_step_id": option})
        await self.wait()

    async def wait(self, seconds: float = 2) -> None:
        """Let time pass until a person is asked."""
        for _ in range(400):
            if self.step["type"] is not FlowResultType.SHOW_PROGRESS:
                return
            self.house.freezer.tick(seconds)
            fire(self.house)
            await self.settle()
            await self.configure()
        raise AssertionError(self.step)

    async def settle(self) -> None:
        """Wait for what the check is doing: time that passes meanwhile would cut its requests short."""
        # Its name keeps the task of the dialog out, which waits until a person is asked.
        while tasks := {task for task in asyncio.all_tasks() if task.get_name() == "smsmode check"}:
            await asyncio.wait(tasks)

    @property
    def menu(self) -> str:
        """Return the step that is shown."""
        return str(self.step["step_id"])


def fire(house: House) -> None:
    """Run the timers that are due."""
    from pytest_homeassistant_custom_component.common import async_fire_time_changed  # noqa: PLC0415

    async_fire_time_changed(house.hass)


@pytest.fixture
async def dialog(house: House, freezer: FrozenDateTimeFactory) -> CheckDialog:
    """Return the dialog in a house whose gateway delivers by itself."""
    freezer.move_to(datetime(2026, 7, 14, 10, 0, 20, tzinfo=PARIS))
    await house.async_reload()
    await house.gateway.set(progression=PROGRESSION, callbacks="never")
    return CheckDialog(house)


async def begin(dialog: CheckDialog, **written: Any) -> None:
    """Begin a check, to its first menu."""
    await dialog.open()
    await dialog.configure(FORM | written)
    await dialog.wait()


async def test_a_person_is_led_through_the_check(dialog: CheckDialog) -> None:
    await begin(dialog)
    assert dialog.menu == "check_text"
    assert await dialog.house.gateway.messages() == []
    await dialog.choose("check_go")
    assert dialog.menu == "check_reads"
    await dialog.choose("check_well")
    assert dialog.menu == "check_schedule"
    await dialog.choose("check_go")
    assert dialog.menu == "check_reply"
    await dialog.configure({"next_step_id": "check_go"})
    await dialog.settle()
    await dialog.house.gateway.wait_for_requests("sendSMS.do", 2)
    await dialog.house.gateway.reply(ALICE_DIGITS, "déjà")
    await dialog.wait()
    assert dialog.menu == "check_night"
    await dialog.choose("check_skip")
    assert dialog.menu == "check_done"
    report = (dialog.step["description_placeholders"] or {})["report"]
    assert "- The gateway accepts the key (by the check)\n" in report
    assert "- Calls are accepted\n" in report
    assert "Download this report" in (dialog.step["description_placeholders"] or {})["download"]
    await dialog.configure({})
    assert dialog.step["type"] is FlowResultType.CREATE_ENTRY
    assert verdicts(dialog.house)[Fact.TEXT_INTACT] is Verdict.PROVEN
    record = dialog.house.account.check.record
    assert record is not None
    assert record.phase is CheckPhase.FINISHED


async def test_steps_can_be_left_out_and_the_check_stopped(dialog: CheckDialog) -> None:
    await begin(dialog)
    await dialog.choose("check_go")
    await dialog.choose("check_badly")
    assert verdicts(dialog.house)[Fact.TEXT_INTACT] is Verdict.REFUTED
    await dialog.choose("check_skip")
    assert dialog.menu == "check_reply"
    await dialog.choose("check_stop")
    assert dialog.menu == "check_done"
    assert len(await dialog.house.gateway.messages()) == 1


async def test_who_closes_the_dialog_stops_the_check(dialog: CheckDialog) -> None:
    await begin(dialog)
    dialog.house.hass.config_entries.options.async_abort(dialog.step["flow_id"])
    assert not dialog.house.account.check.is_running
    await dialog.open()
    dialog.house.hass.config_entries.options.async_abort(dialog.step["flow_id"])


async def test_a_call_is_made_if_it_is_asked_for(dialog: CheckDialog) -> None:
    await begin(dialog, call=True, group=" ")
    await dialog.choose("check_go")
    await dialog.choose("check_skip")
    await dialog.choose("check_skip")
    assert dialog.menu == "check_reply"
    await dialog.configure({"next_step_id": "check_go"})
    await dialog.wait(seconds=30)
    assert dialog.menu == "check_night"
    await dialog.choose("check_go")
    assert verdicts(dialog.house)[Fact.VOICE_WORKS] is Verdict.PROVEN
    assert dialog.menu == "check_done"


async def test_a_refused_key_ends_it_at_once(dialog: CheckDialog) -> None:
    await dialog.house.gateway.revoke()
    await begin(dialog)
    assert dialog.menu == "check_done"


async def test_a_check_that_an_action_has_begun_can_be_stopped_here(dialog: CheckDialog) -> None:
    dialog.house.account.check.async_begin(ALICE)
    await dialog.open()
    assert dialog.menu == "check_running"
    await dialog.choose("check_stop")
    assert not dialog.house.account.check.is_running


async def test_a_check_whose_account_is_reloaded_meanwhile_is_over(dialog: CheckDialog) -> None:
    await begin(dialog)
    await dialog.house.async_reload()
    await dialog.choose("check_go")
    assert dialog.step["reason"] == "check_interrupted"
    record = dialog.house.account.check.record
    assert record is not None
    assert record.phase is CheckPhase.INTERRUPTED


async def test_a_check_that_somebody_else_has_stopped_is_over(dialog: CheckDialog) -> None:
    await begin(dialog)
    await dialog.choose("check_go")
    await dialog.house.async_call("check_account", stop=True)
    await dialog.choose("check_well")
    assert dialog.step["reason"] == "check_interrupted"


async def test_an_account_that_sleeps_or_has_nobody_is_not_checked(dialog: CheckDialog) -> None:
    house = dialog.house
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    await dialog.open()
    assert dialog.step["reason"] == "check_asleep"
    alice = next(each for each in house.entry.subentries.values() if each.title == "Alice")
    house.hass.config_entries.async_remove_subentry(house.entry, alice.subentry_id)
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    await dialog.open()
    assert dialog.step["reason"] == "check_nobody"


async def test_who_waits_no_longer_goes_on(dialog: CheckDialog) -> None:
    check = dialog.house.account.check
    check.async_skip()
    await dialog.house.gateway.set(progression=None)
    await begin(dialog)
    await dialog.configure({"next_step_id": "check_go"})
    for _ in range(200):
        if check.step == "report":
            break
        await asyncio.sleep(0)
        await dialog.house.gateway.state()
    check.async_skip()
    await dialog.wait()
    assert dialog.menu == "check_reads"
