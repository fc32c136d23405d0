"""What follows the form of a new recipient: the number shown back, the test SMS, and what came of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, cast

import pytest
from homeassistant.config_entries import SOURCE_USER, SubentryFlowResult
from homeassistant.core import callback
from homeassistant.data_entry_flow import EVENT_DATA_ENTRY_FLOW_PROGRESSED, FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.compose import MessageOrder
from custom_components.smsmode.sending import async_send_message
from tests.forms import suggested
from tests.gateway import GatewayMessage
from tests.house import ALICE, BOB, BOB_DIGITS, House

BOB_READ = "+33\u00a06\u00a098\u00a076\u00a054\u00a032"
OFFERED = ["test", "add", "correct"]
DELIVERED, AT_THE_OPERATOR, SWITCHED_OFF = 11, 13, 3503


class Dialog:
    """The dialog in which a person adds a recipient."""

    def __init__(self, house: House) -> None:
        """Open nothing yet."""
        self.house = house
        self.step: SubentryFlowResult

    async def write(self, **written: str) -> None:
        """Fill the form in and send it off."""
        flows = self.house.hass.config_entries.subentries
        form = await flows.async_init((self.house.entry.entry_id, "recipient"), context={"source": SOURCE_USER})
        self.step = await flows.async_configure(form["flow_id"], written)

    async def choose(self, option: str) -> None:
        """Choose from a menu."""
        await self.configure({"next_step_id": option})

    async def configure(self, user_input: dict[str, Any] | None = None) -> None:
        """Send a form off, or look at what the dialog shows now."""
        flows = self.house.hass.config_entries.subentries
        self.step = await flows.async_configure(self.step["flow_id"], user_input)

    async def test(self) -> GatewayMessage:
        """Have the test SMS sent, and wait until the gateway has it."""
        async with self.change():
            await self.choose("test")
            assert (self.step["type"], self.step["progress_action"]) == (FlowResultType.SHOW_PROGRESS, "sending")
        return (await self.house.gateway.messages())[-1]

    async def report(self, message: GatewayMessage, code: int, number: str = BOB_DIGITS) -> None:
        """Have the gateway report, and wait until the dialog shows it."""
        async with self.change():
            await self.hear(message, code, number)

    async def hear(self, message: GatewayMessage, code: int, number: str = BOB_DIGITS) -> None:
        """Have the gateway report, and be asked as soon as the same question may be asked again."""
        await self.house.gateway.report(message.id, number, code, callback=False)
        self.house.freezer.tick(timedelta(seconds=1))
        await self.house.account.coordinator.async_refresh()

    @asynccontextmanager
    async def change(self) -> AsyncIterator[None]:
        """Wait at the end until the dialog is told to show something else, and look at it."""
        changed = asyncio.Event()
        hear = callback(lambda _event: changed.set())
        stop = self.house.hass.bus.async_listen(EVENT_DATA_ENTRY_FLOW_PROGRESSED, hear)
        yield
        await changed.wait()
        stop()
        await self.configure()

    @property
    def options(self) -> list[str]:
        """What the menu offers."""
        assert self.step["type"] is FlowResultType.MENU
        options: list[str] = [*cast("tuple[str, ...]", self.step["menu_options"])]
        return options

    @property
    def said(self) -> dict[str, str]:
        """What is filled in into the sentences."""
        return dict(self.step["description_placeholders"] or {})

    @property
    def added(self) -> list[str]:
        """The recipients that the account has, but for the two of the beginning."""
        return [subentry.title for subentry in self.house.entry.subentries.values()][2:]


@pytest.fixture
async def dialog(house: House) -> AsyncIterator[Dialog]:
    """Give a dialog in a house with Alice, and the group Famille under the name Family; close it at the end."""
    yield Dialog(house)
    flows = house.hass.config_entries.subentries
    for flow in flows.async_progress():
        flows.async_abort(flow["flow_id"])
    await house.async_settle()


class TestOffer:
    @pytest.mark.parametrize(
        "number", ["0698765432", "06.98.76.54.32", "+33 (0)6 98 76 54 32", "0033698765432"], ids=repr
    )
    async def test_a_number_is_shown_back_in_international_form(self, dialog: Dialog, number: str) -> None:
        await dialog.write(name="Bob", number=number)
        assert dialog.step["step_id"] == "check"
        assert dialog.said == {"name": "Bob", "target": BOB_READ}
        assert dialog.options == OFFERED
        assert not await dialog.house.gateway.messages()

    async def test_of_a_group_it_is_said_that_each_member_costs(self, dialog: Dialog) -> None:
        await dialog.write(name="Friends", group="Amis")
        assert (dialog.step["step_id"], dialog.options) == ("check_group", OFFERED)
        assert dialog.said == {"name": "Friends", "target": "Amis"}

    async def test_who_goes_back_finds_what_was_written(self, dialog: Dialog) -> None:
        await dialog.write(name="Bob", number="06 98 76 54 33")
        await dialog.choose("correct")
        assert suggested(dialog.step) == {"name": "Bob", "number": "06 98 76 54 33"}
        await dialog.configure({"name": "Bob", "number": BOB})
        assert dialog.said == {"name": "Bob", "target": BOB_READ}
        assert dialog.added == []

    async def test_a_recipient_can_be_added_without_a_test(self, dialog: Dialog) -> None:
        await dialog.write(name="Bob", number=BOB)
        await dialog.choose("add")
        assert (dialog.step["type"], dialog.step["description"]) == (FlowResultType.CREATE_ENTRY, "untested")
        assert dialog.added == ["Bob"]
        await dialog.house.async_settle()
        assert not await dialog.house.gateway.messages()

    async def test_an_account_that_does_not_run_offers_none(self, dialog: Dialog) -> None:
        await dialog.house.hass.config_entries.async_unload(dialog.house.entry.entry_id)
        await dialog.write(name="Bob", number=BOB)
        assert (dialog.step["step_id"], dialog.options) == ("check_asleep", ["add", "correct"])
        await dialog.choose("add")
        assert dialog.added == ["Bob"]

    async def test_an_account_that_stopped_meanwhile_says_so(self, dialog: Dialog) -> None:
        await dialog.write(name="Bob", number=BOB)
        await dialog.house.hass.config_entries.async_unload(dialog.house.entry.entry_id)
        await dialog.choose("test")
        assert dialog.step["step_id"] == "check_asleep"

    async def test_a_menu_that_is_opened_anew_is_the_same(self, dialog: Dialog) -> None:
        await dialog.write(name="Bob", number=BOB)
        await dialog.configure()
        assert (dialog.step["step_id"], dialog.options) == ("check", OFFERED)


class TestWatch:
    async def test_a_delivered_test_is_watched_until_it_has_arrived(self, dialog: Dialog) -> None:
        await dialog.write(name="Bob", number=BOB)
        message = await dialog.test()
        assert dialog.step["progress_action"] == "accepted"
        assert (message.numbers, message.segments) == ([BOB_DIGITS], 1)
        assert dialog.added == []
        await dialog.report(message, AT_THE_OPERATOR)
        assert dialog.step["progress_action"] == "under_way"
        await dialog.report(message, DELIVERED)
        assert (dialog.step["type"], dialog.step["description"]) == (FlowResultType.CREATE_ENTRY, "delivered")
        assert dialog.said == {"name": "Bob", "target": BOB_READ}
        assert dialog.added == ["Bob"]
        await dialog.house.async_settle()
        assert dialog.house.state("sensor.bob_last_status").state == "received"

    async def test_each_stage_stays_until_the_dialog_has_shown_it(self, dialog: Dialog) -> None:
        await dialog.write(name="Bob", number=BOB)
        message = await dialog.test()
        async with dialog.change():
            for code in (AT_THE_OPERATOR, DELIVERED):
                await dialog.hear(message, code)
        assert dialog.step["progress_action"] == "under_way"
        async with dialog.change():
            pass
        assert dialog.step["type"] is FlowResultType.CREATE_ENTRY

    async def test_it_goes_on_though_no_dialog_looks(self, dialog: Dialog) -> None:
        await dialog.write(name="Bob", number=BOB)
        message = await dialog.test()
        async with dialog.change():
            for code in (AT_THE_OPERATOR, DELIVERED):
                await dialog.hear(message, code)
            await dialog.house.async_wait(seconds=6)
        assert dialog.step["type"] is FlowResultType.CREATE_ENTRY

    async def test_a_phone_that_is_off_is_said_to_be(self, dialog: Dialog) -> None:
        await dialog.write(name="Bob", number=BOB)
        await dialog.report(await dialog.test(), SWITCHED_OFF)
        assert dialog.step["progress_action"] == "no_answer"

    async def test_what_happens_to_other_messages_does_not_matter(self, dialog: Dialog) -> None:
        await dialog.write(name="Bob", number=BOB)
        message = await dialog.test()
        await async_send_message(dialog.house.account, MessageOrder(message="Water!", targets=(BOB,)))
        other = (await dialog.house.gateway.messages())[-1]
        assert other.id != message.id
        await dialog.house.gateway.report(other.id, BOB_DIGITS, DELIVERED, callback=False)
        await dialog.house.account.coordinator.async_refresh()
        await dialog.configure()
        assert dialog.step["type"] is FlowResultType.SHOW_PROGRESS


class TestOutcome:
    @pytest.mark.parametrize(
        ("language", "sentence"), [("en", "Undeliverable"), ("fr", "Non délivrable")], ids=["english", "french"]
    )
    async def test_what_kept_it_from_arriving_is_named(self, dialog: Dialog, language: str, sentence: str) -> None:
        dialog.house.hass.config.language = language
        await dialog.write(name="Bob", number=BOB)
        await dialog.report(await dialog.test(), 21)
        assert (dialog.step["step_id"], dialog.options) == ("not_delivered", ["correct", "add"])
        assert dialog.said["status"] == sentence

    async def test_who_has_unsubscribed_is_said_to_have(self, dialog: Dialog) -> None:
        await dialog.write(name="Bob", number=BOB)
        await dialog.report(await dialog.test(), 3999)
        assert (dialog.step["step_id"], dialog.options) == ("blocked", ["correct", "add"])

    @pytest.mark.parametrize("code", [21, 37, 3998, 3999])
    async def test_a_recipient_is_added_whatever_came_of_the_test(self, dialog: Dialog, code: int) -> None:
        await dialog.write(name="Bob", number=BOB)
        await dialog.report(await dialog.test(), code)
        await dialog.choose("add")
        assert dialog.added == ["Bob"]

    async def test_a_wrong_number_can_be_corrected_and_tested_again(self, dialog: Dialog) -> None:
        await dialog.write(name="Bob", number="06 98 76 54 33")
        first = await dialog.test()
        await dialog.report(first, 3998, "33698765433")
        await dialog.choose("correct")
        await dialog.configure({"name": "Bob", "number": BOB})
        second = await dialog.test()
        assert (first.numbers, second.numbers) == (["33698765433"], [BOB_DIGITS])
        await dialog.report(second, DELIVERED)
        assert dialog.added == ["Bob"]
        assert dialog.house.entry.subentries

    async def test_after_two_minutes_nobody_waits_any_longer(self, dialog: Dialog) -> None:
        await dialog.write(name="Bob", number=BOB)
        await dialog.test()
        async with dialog.change():
            await dialog.house.async_wait(minutes=2)
        assert (dialog.step["step_id"], dialog.options) == ("unreported", ["add", "correct"])
        await dialog.choose("add")
        assert dialog.added == ["Bob"]

    async def test_of_a_message_that_is_forgotten_meanwhile_nothing_is_claimed(self, dialog: Dialog) -> None:
        await dialog.write(name="Bob", number=BOB)
        message = await dialog.test()
        dialog.house.account.inbox.async_forget_messages([message.id])
        await dialog.house.account.coordinator.async_refresh()
        await dialog.configure()
        assert dialog.step["progress_action"] == "accepted"
        async with dialog.change():
            await dialog.house.async_wait(minutes=2)
        assert dialog.step["step_id"] == "unreported"

    async def test_a_gateway_that_is_away_is_said_to_be_and_may_be_tried_again(self, dialog: Dialog) -> None:
        await dialog.write(name="Bob", number=BOB)
        async with dialog.house.gateway.offline(), dialog.change():
            await dialog.choose("test")
        assert (dialog.step["step_id"], dialog.options) == ("not_sent", OFFERED)
        assert "cannot be reached" in dialog.said["reason"]
        await dialog.report(await dialog.test(), DELIVERED)
        assert dialog.added == ["Bob"]

    async def test_what_the_gateway_refuses_is_explained_in_the_language_of_the_house(self, dialog: Dialog) -> None:
        dialog.house.hass.config.language = "fr"
        await dialog.house.gateway.set(balance=0)
        await dialog.write(name="Bob", number=BOB)
        async with dialog.change():
            await dialog.choose("test")
        assert (dialog.step["step_id"], dialog.options) == ("not_sent", OFFERED)
        assert "crédits" in dialog.said["reason"]

    async def test_a_limit_that_is_reached_is_explained(self, dialog: Dialog, entry: MockConfigEntry) -> None:
        dialog.house.hass.config_entries.async_update_entry(entry, options={"daily_limit": 1})
        await dialog.house.async_settle()
        await dialog.house.async_call("send_message", message="Water!", target=ALICE)
        await dialog.write(name="Bob", number=BOB)
        await dialog.choose("test")
        assert dialog.step["step_id"] == "not_sent"
        assert "1 segments" in dialog.said["reason"]

    async def test_a_dialog_that_is_closed_adds_nobody_and_sends_no_more(self, dialog: Dialog) -> None:
        await dialog.write(name="Bob", number=BOB)
        await dialog.test()
        dialog.house.hass.config_entries.subentries.async_abort(dialog.step["flow_id"])
        await dialog.house.async_settle()
        assert dialog.added == []
        assert len(await dialog.house.gateway.messages()) == 1


class TestGroup:
    @pytest.fixture
    async def message(self, dialog: Dialog) -> GatewayMessage:
        """Give the test SMS to a group of two."""
        for name, number in (("Alice", ALICE), ("Bob", BOB)):
            await dialog.house.async_call("add_contact", name=name, number=number, groups=["Amis"])
        await dialog.write(name="Friends", group="Amis")
        return await dialog.test()

    async def test_all_who_have_it_are_everybody(self, dialog: Dialog, message: GatewayMessage) -> None:
        assert len(message.numbers) == 2
        await dialog.report(message, DELIVERED, "33612345678")
        assert dialog.step["progress_action"] == "under_way"
        await dialog.report(message, DELIVERED)
        assert dialog.step["description"] == "delivered"
        assert dialog.added == ["Friends"]

    async def test_those_who_have_it_are_counted(self, dialog: Dialog, message: GatewayMessage) -> None:
        await dialog.report(message, DELIVERED, "33612345678")
        await dialog.report(message, 21)
        assert (dialog.step["step_id"], dialog.said["delivered"]) == ("some_delivered", "1")

    async def test_after_two_minutes_those_who_have_it_are_counted(
        self, dialog: Dialog, message: GatewayMessage
    ) -> None:
        await dialog.report(message, DELIVERED, "33612345678")
        async with dialog.change():
            await dialog.house.async_wait(minutes=2)
        assert (dialog.step["step_id"], dialog.said["delivered"]) == ("some_delivered", "1")

    async def test_a_group_that_does_not_exist_is_found_out(self, dialog: Dialog) -> None:
        await dialog.write(name="Nobody", group="Personne")
        async with dialog.change():
            await dialog.choose("test")
        assert (dialog.step["step_id"], dialog.options) == ("group_refused", ["correct", "add"])
