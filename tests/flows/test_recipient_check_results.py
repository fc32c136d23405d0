"""What came of the test SMS to a new recipient or group, and what a person does about it."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.support.gateway import GatewayMessage
from tests.support.house import ALICE, BOB, BOB_DIGITS
from tests.support.recipient_dialogs import DELIVERED, OFFERED, Dialog


class TestOutcome:
    @pytest.mark.parametrize(
        ("language", "sentence"), [("en", "Undeliverable"), ("fr", "Impossible à remettre")], ids=["english", "french"]
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
        dialog.house.account.processor.async_forget_messages([message.id])
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
