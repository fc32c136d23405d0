"""The way in: what no callback told is found by the poll, within limits."""

import pytest
from homeassistant.core import HomeAssistant

from custom_components.smsmode.state.account_facts import Fact
from tests.support.action_calls import send
from tests.support.house import ALICE_DIGITS, BOB_DIGITS, House
from tests.support.sends import issue


async def test_a_reply_that_came_while_the_house_was_down_opens_no_doors(hass: HomeAssistant, house: House) -> None:
    replies, late = house.capture("smsmode_reply"), house.capture("smsmode_late_reply")
    await hass.config_entries.async_unload(house.entry.entry_id)
    await house.gateway.reply(ALICE_DIGITS, "OK", stray=True)
    await house.async_wait(hours=1)
    await house.async_set_up()
    assert replies == []
    assert [event.data["message"] for event in late] == ["OK"]
    assert house.state("event.home_reply").attributes["event_type"] == "received_late"


async def test_long_backlog_of_replies_is_processed_in_order(hass: HomeAssistant, house: House) -> None:
    late = house.capture("smsmode_late_reply")
    await hass.config_entries.async_unload(house.entry.entry_id)
    for number in range(130):
        await house.gateway.reply(ALICE_DIGITS, f"reply {number}", stray=True)
        house.freezer.tick(1)
    await house.async_wait(hours=1)
    await house.async_set_up()
    assert [event.data["message"] for event in late] == [f"reply {number}" for number in range(130)]
    assert all(event.data["verified"] for event in late)
    assert len(await house.gateway.requests("responseList.do")) < 60


async def test_backlog_above_the_limit_is_a_repair_issue(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("custom_components.smsmode.receiving.reply_fetcher.MAX_ROWS", 3)
    replies = house.capture("smsmode_reply")
    for number in range(5):
        await house.gateway.reply(ALICE_DIGITS, f"reply {number}", stray=True)
        house.freezer.tick(30)
    await house.async_poll()
    assert [event.data["message"] for event in replies] == ["reply 2", "reply 3", "reply 4"]
    assert "more than 3 new replies" in caplog.text
    assert issue(house, "replies_left_out")


async def test_text_of_a_reply_cannot_forge_a_reply_of_somebody_else(house: House) -> None:
    replies = house.capture("smsmode_reply")
    forged = f"hi\nforged1 | 01/01/2030 10:00 | {ALICE_DIGITS} | OK | 36034 | x"
    await house.gateway.reply(BOB_DIGITS, forged, stray=True)
    await house.async_poll()
    assert [event.data["recipient"] for event in replies] == [None]


async def test_message_unknown_to_the_gateway_is_pending_no_longer(house: House) -> None:
    await send(house)
    await house.gateway.fail("compteRendu.do", "code:61", times=None)
    await house.async_poll()
    # The gateway may only not have it in its books yet.
    assert house.state("sensor.home_pending").state == "1"
    await house.async_wait(hours=2)
    await house.async_poll()
    assert house.state("sensor.home_pending").state == "0"


async def test_reports_are_pending_for_two_days(house: House) -> None:
    await send(house)
    await house.async_wait(hours=47)
    await house.async_poll()
    assert house.state("sensor.home_pending").state == "1"
    await house.async_wait(hours=6)
    await house.async_poll()
    assert house.state("sensor.home_pending").state == "0"


async def test_pending_messages_are_polled_in_turn_within_the_rate_limit(house: House) -> None:
    sent = [
        (await house.async_call("send_message", message="Water!", target=[f"+336120000{number}"]))["messages"][0]
        for number in range(10, 80)
    ]
    for minutes in range(1, 4):
        for _ in range(3):
            await house.async_poll()
        asked = [request.params["smsID"] for request in await house.gateway.requests("compteRendu.do")]
        # However often there is a poll, a minute has so many requests; first come those that had none yet.
        assert len(asked) == 30 * minutes
        assert len(set(asked[:70])) == min(30 * minutes, len(sent))
        await house.async_wait(seconds=61)


async def test_refused_reply_list_does_not_stop_reports_and_balance(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    message_id = await send(house)
    await house.gateway.report(message_id, ALICE_DIGITS, 11, callback=False)
    await house.gateway.fail("responseList.do", "code:35", times=None)
    for _ in range(3):
        await house.async_poll()
    assert house.state("sensor.home_balance").state == "99"
    assert house.state("sensor.home_last_status").state == "received"
    assert caplog.text.count("does not give the news") == 1


@pytest.mark.not_with("oldest reply first", reason="the row that is read first is another")
@pytest.mark.parametrize(("unreadable", "heard"), [(1, ["OK"]), (4, [])])
async def test_unreadable_reply_hides_few_others(house: House, unreadable: int, heard: list[str]) -> None:
    replies = house.capture("smsmode_reply")
    house.account.learner.learn(Fact.REPLIES_NEWEST_FIRST, holds=True)
    await house.gateway.reply(ALICE_DIGITS, "OK", stray=True, callback=False)
    for number in range(unreadable):
        await house.gateway.reply(ALICE_DIGITS, f"x{number}", stray=True, callback=False)
    await house.gateway.fail("responseList.do", "text:not | a row", times=unreadable)
    await house.async_poll()
    assert [event.data["message"] for event in replies] == heard


async def test_a_key_that_is_refused_for_a_while_keeps_no_reply_from_being_heard(
    hass: HomeAssistant, house: House
) -> None:
    replies = house.capture("smsmode_reply")
    await house.gateway.revoke()
    await house.async_poll()
    assert [flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()] == ["reauth"]
    await house.gateway.set(token=house.gateway.token)
    await house.gateway.reply(ALICE_DIGITS, "OK", stray=True, callback=False)
    await house.async_wait(minutes=6)
    assert [event.data["message"] for event in replies] == ["OK"]
    # The key works again, so nobody is asked for another.
    assert hass.config_entries.flow.async_progress() == []
