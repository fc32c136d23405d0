"""What follows the form of a new recipient: the number shown back, and the test SMS."""

import pytest
from homeassistant.data_entry_flow import FlowResultType

from custom_components.smsmode.flows.recipient_check import NEXT_PAGES
from custom_components.smsmode.sending.composer import MessageSendOptions
from tests.support.flow_forms import suggested
from tests.support.house import BOB, BOB_DIGITS
from tests.support.recipient_dialogs import AT_THE_OPERATOR, DELIVERED, OFFERED, SWITCHED_OFF, Dialog

BOB_READ = "+33\u00a06\u00a098\u00a076\u00a054\u00a032"


class TestOffer:
    @pytest.mark.parametrize(
        "number", ["0698765432", "06.98.76.54.32", "+33 (0)6 98 76 54 32", "0033698765432"], ids=repr
    )
    async def test_a_number_is_shown_back_in_international_form(self, dialog: Dialog, number: str) -> None:
        await dialog.write(name="Bob", number=number)
        assert dialog.step["step_id"] == "check"
        assert dialog.said == {"name": "Bob", "target": BOB_READ, "price": ""}
        assert dialog.options == OFFERED
        assert not await dialog.house.gateway.messages()

    async def test_of_a_number_of_no_known_range_it_is_said(self, dialog: Dialog) -> None:
        await dialog.write(name="Pump", number="0700 12 34 56 78 90")
        assert (dialog.step["step_id"], dialog.options) == ("check_unknown", OFFERED)
        await dialog.choose("add")
        assert dialog.added == ["Pump"]

    async def test_of_a_foreign_number_it_is_said_that_nobody_can_reply(self, dialog: Dialog) -> None:
        await dialog.write(name="Emma", number="+44 7911 123456")
        assert (dialog.step["step_id"], dialog.options) == ("check_abroad", OFFERED)
        await dialog.choose("add")
        assert dialog.added == ["Emma"]

    async def test_of_a_group_it_is_said_that_each_member_costs(self, dialog: Dialog) -> None:
        await dialog.write(name="Friends", group="Amis")
        assert (dialog.step["step_id"], dialog.options) == ("check_group", OFFERED)
        assert dialog.said == {"name": "Friends", "target": "Amis", "price": ""}

    async def test_it_is_said_what_a_test_costs_if_a_credit_has_a_price(self, dialog: Dialog) -> None:
        entry = dialog.house.entry
        dialog.house.hass.config_entries.async_update_entry(entry, options={**entry.options, "credit_price": 0.06})
        await dialog.house.async_settle()
        await dialog.write(name="Bob", number=BOB)
        assert dialog.said["price"] == " (0.06\u00a0EUR)"

    async def test_who_goes_back_finds_what_was_written(self, dialog: Dialog) -> None:
        await dialog.write(name="Bob", number="06 98 76 54 33")
        await dialog.choose("correct")
        assert suggested(dialog.step) == {"name": "Bob", "number": "06 98 76 54 33"}
        await dialog.configure({"name": "Bob", "number": BOB})
        assert dialog.said == {"name": "Bob", "target": BOB_READ, "price": ""}
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
        assert dialog.said == {"name": "Bob", "target": BOB_READ, **NEXT_PAGES}
        assert dialog.added == ["Bob"]
        await dialog.house.async_settle()
        await dialog.house.async_enable("sensor.bob_last_status")
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
        order = MessageSendOptions(message="Water!", targets=(BOB,))
        await dialog.house.account.messages.async_send_message(order)
        other = (await dialog.house.gateway.messages())[-1]
        assert other.id != message.id
        await dialog.house.gateway.report(other.id, BOB_DIGITS, DELIVERED, callback=False)
        await dialog.house.account.coordinator.async_refresh()
        await dialog.configure()
        assert dialog.step["type"] is FlowResultType.SHOW_PROGRESS
