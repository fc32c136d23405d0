"""A doubt has an end: the message is found, sent again, or told as unknown."""

from dataclasses import replace
from datetime import timedelta

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.sending.attempt import OutboxItemSettled
from custom_components.smsmode.state.budget import BudgetPool
from tests.support.gateway import Gateway
from tests.support.house import BOB, House, account_entry
from tests.support.sends import issue, queued, send, texts


async def minutes_go_by(house: House, count: int) -> None:
    """Let minutes go by one by one."""
    for _ in range(count):
        await house.async_wait(minutes=1)


async def lose_answer(house: House, *, accepted: bool = True) -> None:
    """Lose the next answer to a send."""
    await house.gateway.fail("sendSMS.do", "drop_after" if accepted else "drop_before")


@pytest.mark.parametrize("fault", ["code:31", "http:500", "html", "big", "half", "drop_before", "text:?? | cut"])
@pytest.mark.parametrize("accepted", [True, False], ids=["accepted", "not accepted"])
async def test_a_message_is_told_as_unknown_when_the_list_cannot_be_read_until_it_expires(
    house: House, caplog: pytest.LogCaptureFixture, fault: str, accepted: bool
) -> None:
    await house.async_enable("event.home_delivery_report")
    reports = house.capture("smsmode_delivery_report")
    await house.gateway.fail("smsList.do", fault, None)
    await lose_answer(house, accepted=accepted)
    await send(house, expires_after={"minutes": 10}, reference="cellar")
    await minutes_go_by(house, 9)
    assert (queued(house), reports) == (1, [])
    await minutes_go_by(house, 2)
    assert queued(house) == 0
    assert [
        (report.data["status"], report.data["recipient"], report.data["reference"], report.data["message_id"])
        for report in reports
    ] == [("undefined", "Alice", "cellar", None)]
    assert house.state("event.home_delivery_report").attributes["event_type"] == "failed"
    shown = issue(house, "message_unknown")
    assert shown
    assert shown.severity is ir.IssueSeverity.ERROR
    assert shown.translation_placeholders == {"account": "Home", "recipients": "Alice"}
    assert "It was not found out whether a message of Home was sent" in caplog.text
    assert not issue(house, "message_given_up")
    await minutes_go_by(house, 10)
    assert await texts(house.gateway) == ["Water!"] * accepted
    assert len(reports) == 1


async def test_whoever_is_no_recipient_is_named_by_the_last_digits_alone(house: House) -> None:
    await house.gateway.fail("smsList.do", "code:31", None)
    for target in (["Alice"], [BOB]):
        await lose_answer(house)
        await send(house, target=target, expires_after={"minutes": 5})
    await minutes_go_by(house, 6)
    shown = issue(house, "message_unknown")
    assert shown
    assert shown.translation_placeholders == {"account": "Home", "recipients": "Alice, …432"}


async def test_the_issue_of_an_unknown_message_outlives_a_restart(hass: HomeAssistant, house: House) -> None:
    await house.gateway.fail("smsList.do", "code:31", None)
    await lose_answer(house)
    await send(house, expires_after={"minutes": 5})
    await minutes_go_by(house, 6)
    registry = ir.async_get(hass)
    key = (DOMAIN, f"message_unknown_{house.entry.entry_id}")
    await hass.config_entries.async_unload(house.entry.entry_id)
    registry.issues[key] = replace(registry.issues[key], active=False)
    await house.async_set_up()
    restored = issue(house, "message_unknown")
    assert restored
    assert restored.active
    assert restored.translation_placeholders == {"account": "Home", "recipients": "Alice"}


async def test_one_old_doubt_does_not_hide_what_became_of_a_newer_one(house: House) -> None:
    """The list does not go back to the first; the second is in its first page."""
    await house.gateway.fail("smsList.do", "code:31", seconds=1500)
    await lose_answer(house)
    await send(house, "first")
    for _ in range(2):
        await minutes_go_by(house, 1)
        await house.gateway.add_foreign_messages(3_000)
    await minutes_go_by(house, 24)
    await lose_answer(house, accepted=False)
    await send(house, "second")
    await minutes_go_by(house, 5)
    assert await texts_of_ours(house) == ["first", "second"]
    assert [item.request.text for item in house.account.store.state.outbox.items.values()] == ["first"]


async def texts_of_ours(house: House) -> list[str]:
    """Return the texts that the gateway has accepted, without those of another program."""
    return [text for text in await texts(house.gateway) if "another program" not in text]


@pytest.mark.not_with("oldest first", reason="the first page has the oldest rows there")
async def test_what_the_first_page_shows_counts_though_the_next_cannot_be_read(house: House) -> None:
    await house.gateway.add_foreign_messages(600)
    await house.gateway.fail("sendSMS.do", "drop_after")
    await house.gateway.fail("smsList.do", "slow:0", 1)
    await house.gateway.fail("smsList.do", "code:31", 1)
    await send(house)
    await house.async_wait(seconds=2)
    assert queued(house) == 0
    assert await texts_of_ours(house) == ["Water!"]


async def test_a_row_that_nobody_can_read_hides_no_message_that_can_be_read(house: House) -> None:
    await house.gateway.set(unparsable_rows={"smsList.do": 1})
    await lose_answer(house)
    await send(house)
    await minutes_go_by(house, 1)
    assert queued(house) == 0
    assert await texts(house.gateway) == ["Water!"]


async def test_a_row_that_nobody_can_read_may_be_the_message_so_it_is_not_sent_again(house: House) -> None:
    await send(house, "before")
    await house.gateway.set(unparsable_rows={"smsList.do": 1})
    await lose_answer(house, accepted=False)
    await send(house)
    await minutes_go_by(house, 30)
    assert (queued(house), await texts(house.gateway)) == (1, ["before"])
    await house.gateway.set(unparsable_rows={"smsList.do": 0})
    await minutes_go_by(house, 15)
    assert await texts(house.gateway) == ["before", "Water!"]


@pytest.mark.parametrize("lag", [45, 110])
async def test_a_list_that_lags_behind_doubles_nothing(house: House, lag: float) -> None:
    await send(house, "before")
    await house.gateway.set(sent_list_lag=lag)
    await house.async_wait(seconds=200)
    await lose_answer(house)
    await send(house)
    for _ in range(30):
        await house.async_wait(seconds=10)
    assert queued(house) == 0
    assert await texts(house.gateway) == ["before", "Water!"]


@pytest.mark.parametrize("minutes", [-50, -20, 20], ids=["an hour ahead", "ahead", "behind"])
@pytest.mark.parametrize("date_header", [True, False], ids=["measured", "not measured"])
async def test_a_house_whose_clock_is_wrong_finds_its_message(house: House, minutes: int, date_header: bool) -> None:
    await house.gateway.set(date_header=date_header)
    await house.async_reload()
    await house.gateway.advance(minutes * 60)
    await lose_answer(house)
    await send(house)
    await minutes_go_by(house, 10)
    assert queued(house) == 0
    assert await texts(house.gateway) == ["Water!"]


async def test_a_list_that_begins_with_the_oldest_is_read_to_its_end(house: House) -> None:
    await house.gateway.add_foreign_messages(700)
    await house.async_wait(minutes=20)
    await house.gateway.set(ascending={"smsList.do": True})
    for accepted in (True, False):
        await lose_answer(house, accepted=accepted)
        await send(house, f"accepted: {accepted}")
    await minutes_go_by(house, 5)
    assert await texts_of_ours(house) == ["accepted: True", "accepted: False"]


async def test_a_doubt_that_begins_after_the_message_has_expired_is_settled_all_the_same(house: House) -> None:
    reports = house.capture("smsmode_delivery_report")
    await lose_answer(house, accepted=False)
    await send(house, expires_after={"seconds": 10})
    for _ in range(12):
        await house.async_wait(seconds=20)
    assert [report.data["status"] for report in reports] == ["expired"]
    assert issue(house, "message_given_up")


async def test_a_doubt_ends_before_a_restart_and_is_told_after_it(house: House) -> None:
    await house.gateway.fail("smsList.do", "code:31", None)
    await lose_answer(house)
    await send(house, expires_after={"minutes": 5})
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    house.freezer.tick(timedelta(minutes=10))
    reports = house.capture("smsmode_delivery_report")
    await house.async_set_up()
    await minutes_go_by(house, 1)
    assert [report.data["status"] for report in reports] == ["undefined"]


async def test_a_message_that_somebody_drops_during_a_lookup_is_not_told_as_unknown(house: House) -> None:
    await lose_answer(house, accepted=False)
    await house.gateway.fail("smsList.do", "hang_before")
    await send(house)
    house.freezer.tick(2)
    async_fire_time_changed(house.hass)
    await house.gateway.wait_for_requests("smsList.do")
    await house.hass.services.async_call(DOMAIN, "flush", {"mode": "drop"}, blocking=True)
    await house.gateway.release()
    await minutes_go_by(house, 5)
    assert (queued(house), await texts(house.gateway)) == (0, [])
    assert not issue(house, "message_unknown")


class TestRepeatUrgent:
    """The option to send an urgent message rather twice than never."""

    @pytest.fixture
    def entry(self, gateway: Gateway) -> MockConfigEntry:
        """Return an account with the option."""
        return account_entry(gateway, repeat_urgent=True)

    async def test_an_urgent_message_is_sent_again_once_when_nobody_knows_for_three_minutes(self, house: House) -> None:
        reports = house.capture("smsmode_delivery_report")
        await house.gateway.fail("smsList.do", "code:31", None)
        await house.gateway.fail("sendSMS.do", "drop_after", None)
        await send(house, urgent=True, expires_after={"minutes": 20})
        await send(house, "news", expires_after={"minutes": 20})
        await minutes_go_by(house, 2)
        assert await texts(house.gateway) == ["Water!", "news"]
        await minutes_go_by(house, 2)
        assert await texts(house.gateway) == ["Water!", "news", "Water!"]
        await minutes_go_by(house, 20)
        assert await texts(house.gateway) == ["Water!", "news", "Water!"]
        assert [report.data["status"] for report in reports] == ["undefined", "undefined"]

    async def test_what_was_repeated_and_then_not_accepted_is_not_told_as_expired(self, house: House) -> None:
        reports = house.capture("smsmode_delivery_report")
        await house.gateway.fail("smsList.do", "code:31", seconds=240)
        await lose_answer(house)
        await house.gateway.fail("sendSMS.do", "code:50", None)
        await send(house, urgent=True, expires_after={"minutes": 10})
        await minutes_go_by(house, 11)
        assert [report.data["status"] for report in reports] == ["undefined"]
        assert queued(house) == 0

    async def test_a_message_that_is_found_in_time_is_not_repeated(self, house: House) -> None:
        await house.gateway.fail("smsList.do", "code:31", seconds=60)
        await lose_answer(house)
        await send(house, urgent=True)
        await minutes_go_by(house, 10)
        assert await texts(house.gateway) == ["Water!"]


async def test_a_watchdog_hears_of_an_unknown_message_and_nobody_else(house: House) -> None:
    reports = house.capture("smsmode_delivery_report")
    settled: list[OutboxItemSettled] = []
    await house.gateway.fail("smsList.do", "code:31", None)
    await lose_answer(house)
    await send(house, expires_after={"minutes": 5})
    (item,) = house.account.store.state.outbox.items.values()
    item.expense = replace(item.expense, pool=BudgetPool.PROVISIONAL)
    item.request = replace(item.request, reference="wd-nobody")
    house.account.worker._gateway_sender.settled.subscribe(settled.append)
    await minutes_go_by(house, 6)
    assert [(event.item, event.message_id) for event in settled] == [(item, None)]
    assert (reports, issue(house, "message_unknown")) == ([], None)


async def test_an_urgent_message_in_doubt_is_not_repeated_without_the_option(house: House) -> None:
    await house.gateway.fail("smsList.do", "code:31", None)
    await lose_answer(house)
    await send(house, urgent=True)
    await minutes_go_by(house, 30)
    assert await texts(house.gateway) == ["Water!"]
