"""Alerts whose account is refused: refused aloud at the start, else tried again, and told."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.core import Event
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from custom_components.smsmode.const import DOMAIN, EVENT_ALERT_CHANGED
from custom_components.smsmode.conversations.alert_notifier import UnsentAlert
from custom_components.smsmode.conversations.alert_refusals import reason_of_expiry
from custom_components.smsmode.state.deadlines import bound_deadlines
from tests.support.delivery_failures import shown
from tests.support.dialogs import ACTIVE, ALERT, LEAK, active, alert, last, reply, report, sent
from tests.support.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, House

ISSUE = "alert_not_sent"
BOTH = [("Water", [ALICE_DIGITS]), ("Water", [BOB_DIGITS])]
type Cause = Callable[[House], Awaitable[object]]


async def without_credit(house: House) -> None:
    await house.gateway.set(balance=0)


async def with_revoked_key(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "code:32", times=None)


async def set_options(house: House, **options: Any) -> None:
    house.hass.config_entries.async_update_entry(house.entry, options=options)
    await house.async_settle()


async def at_daily_limit(house: House) -> None:
    await set_options(house, urgent_daily_limit=1)
    await house.async_call("send_message", message="x", target="+33639980000", urgent=True)


async def at_hourly_limit(house: House) -> None:
    await set_options(house, recipient_hourly_limit=1)
    for target in ("Alice", BOB):
        await house.async_call("send_message", message="x", target=target, urgent=True)


async def with_full_queue(_house: House) -> None:
    pytest.MonkeyPatch().setattr("custom_components.smsmode.state.outbox.MAX_ITEMS", -1_000)


async def while_stopping(house: House) -> None:
    house.account.dispatcher.async_stop()


async def with_refused_numbers(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "code:35", times=None)


REFUSALS = [
    pytest.param(without_credit, "no_credit_balance", "no_credit", id="no credit"),
    pytest.param(with_revoked_key, "invalid_auth", "key_refused", id="revoked key"),
    pytest.param(at_daily_limit, "urgent_daily_limit_reached", "limit", id="daily limit"),
    pytest.param(at_hourly_limit, "recipient_limit_reached", "limit", id="hourly limit"),
    pytest.param(with_full_queue, "outbox_full", "queue_full", id="full queue"),
    pytest.param(while_stopping, "account_stopping", "unloading", id="being reloaded"),
    pytest.param(with_refused_numbers, "gateway_parameter", "nobody_reached", id="refused numbers"),
]


@pytest.fixture(autouse=True)
def undo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the size of the queue as it was, after each test."""
    monkeypatch.setattr("custom_components.smsmode.state.outbox.MAX_ITEMS", 1_000)


def states(changes: list[Event]) -> list[str]:
    return [change.data["state"] for change in changes]


def hear(house: House) -> list[UnsentAlert]:
    heard: list[UnsentAlert] = []
    house.account.alerts.notifier.not_sent.subscribe(heard.append)
    return heard


async def refused_in_the_middle(house: House, cause: Cause) -> None:
    """Alarm Alice, who cannot be reached, while the account is refused."""
    await alert(house)
    await cause(house)
    await report(house, 3998)


@pytest.mark.parametrize(("cause", "key", "reason"), REFUSALS)
async def test_an_alert_that_reaches_nobody_from_the_start_is_refused_aloud(
    house: House, cause: Cause, key: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    await cause(house)
    changes, heard, before = house.capture(EVENT_ALERT_CHANGED), hear(house), len(await sent(house))
    with pytest.raises(HomeAssistantError) as refused:
        await alert(house, repeat=3)
    assert refused.value.translation_key == key
    assert (changes[-1].data["state"], changes[-1].data["reason"]) == ("not_sent", reason)
    assert changes[-1].data["next_attempt"] is None
    assert [(each.alert_id, each.reason, each.message) for each in heard] == [("cellar", reason, LEAK)]
    issue = shown(house, ISSUE)
    assert issue is not None
    assert issue.severity is ir.IssueSeverity.ERROR
    assert "- `cellar` → `Alice`, `…432`: " in (issue.translation_placeholders or {})["list"]
    assert "The alert cellar of Home cannot be sent" in caplog.text
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("custom_components")]
    assert not any(secret in line for line in ours for secret in (LEAK, ALICE, ALICE_DIGITS))
    await house.async_wait(hours=1)
    assert (active(house), len(await sent(house))) == (0, before)


async def test_the_notice_goes_when_a_later_alert_leaves(house: House) -> None:
    await without_credit(house)
    for alert_id in ("cellar", "attic"):
        with pytest.raises(HomeAssistantError):
            await alert(house, alert_id=alert_id)
    issue = shown(house, ISSUE)
    assert issue is not None
    assert [line.split("`")[1] for line in (issue.translation_placeholders or {})["list"].splitlines()] == [
        "cellar",
        "attic",
    ]
    await house.gateway.set(balance=10)
    await alert(house)
    assert shown(house, ISSUE) is None


async def test_the_notice_names_the_latest_alerts_alone(house: House) -> None:
    await without_credit(house)
    for number in range(22):
        with pytest.raises(HomeAssistantError):
            await alert(house, alert_id=str(number))
    issue = shown(house, ISSUE)
    assert issue is not None
    lines = (issue.translation_placeholders or {})["list"].splitlines()
    assert [line.split("`")[1] for line in lines] == [str(number) for number in range(2, 22)]


async def test_who_is_refused_is_passed_over_within_the_call(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "code:35")
    changes = house.capture(EVENT_ALERT_CHANGED)
    assert (await alert(house))["started"]
    assert states(changes) == ["sending", "sending", "delivering"]
    assert await sent(house) == BOTH[1:]


async def test_who_has_got_too_much_is_passed_over(house: House) -> None:
    await set_options(house, recipient_hourly_limit=1)
    await house.async_call("send_message", message="x", target="Alice", urgent=True)
    await alert(house)
    assert (await sent(house))[1:] == BOTH[1:]


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        pytest.param(without_credit, "no_credit", id="no credit"),
        pytest.param(with_revoked_key, "key_refused", id="revoked key"),
        pytest.param(with_full_queue, "queue_full", id="full queue"),
    ],
)
async def test_while_the_account_is_refused_no_step_is_used_up(house: House, cause: Cause, reason: str) -> None:
    heard = hear(house)
    changes = house.capture(EVENT_ALERT_CHANGED)
    await refused_in_the_middle(house, cause)
    assert (states(changes)[-2:], changes[-1].data["reason"]) == (["sending", "not_sent"], reason)
    assert changes[-1].data["recipients"] == ["…432"]
    assert changes[-1].data["next_attempt"] is not None
    told = len(changes)
    for _ in range(10):
        await house.async_wait(minutes=1)
    assert (len(changes), len(heard), heard[0].recipients) == (told, 1, ("…432",))
    assert house.state(ACTIVE).attributes["alerts"][0]["step"] == 2
    issue = shown(house, ISSUE)
    assert issue is not None
    assert "Alice" not in (issue.translation_placeholders or {})["list"]
    await house.gateway.clear_faults()
    await house.gateway.set(balance=100)
    pytest.MonkeyPatch().setattr("custom_components.smsmode.state.outbox.MAX_ITEMS", 1_000)
    await house.async_wait(minutes=1)
    assert await sent(house) == BOTH
    assert (states(changes)[told:], shown(house, ISSUE)) == (["delivering"], None)
    await report(house, 11)
    await reply(house, "ok", BOB_DIGITS)
    assert active(house) == 0


async def test_soon_after_it_is_refused_it_is_tried_within_seconds(house: House) -> None:
    await refused_in_the_middle(house, without_credit)
    await house.gateway.set(balance=10)
    await house.async_wait(seconds=5)
    assert await sent(house) == BOTH


async def test_a_limit_that_is_raised_lets_it_go_on_at_once(house: House) -> None:
    await set_options(house, urgent_daily_limit=1)
    changes = house.capture(EVENT_ALERT_CHANGED)
    await alert(house)
    await report(house, 3998)
    assert (changes[-1].data["state"], changes[-1].data["reason"]) == ("not_sent", "limit")
    await set_options(house, urgent_daily_limit=10)
    assert await sent(house) == BOTH


async def test_one_person_alone_who_has_got_too_much_is_waited_for(house: House) -> None:
    await set_options(house, recipient_hourly_limit=1)
    changes = house.capture(EVENT_ALERT_CHANGED)
    await alert(house, steps=[{"target": "Alice"}, {"target": "Alice", "how": "voice"}])
    await report(house, 21)
    assert (changes[-1].data["state"], changes[-1].data["reason"]) == ("not_sent", "limit")
    for _ in range(61):
        await house.async_wait(minutes=1)
    assert [message.kind for message in await house.gateway.messages()] == ["sms", "voice"]


async def test_after_an_hour_of_refusals_it_ends_as_not_sent(house: House) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await refused_in_the_middle(house, without_credit)
    told = len(changes)
    for _ in range(59):
        await house.async_wait(minutes=1)
    assert active(house) == 1
    await house.async_wait(minutes=1)
    assert (active(house), len(house.account.store.state.alerts.all)) == (0, 0)
    (end,) = changes[told:]
    assert (end.data["state"], end.data["reason"], end.data["next_attempt"]) == ("not_sent", "no_credit", None)
    await house.gateway.set(balance=10)
    await house.async_wait(minutes=2)
    assert len(await sent(house)) == 1
    assert shown(house, ISSUE) is not None


async def test_one_whose_steps_take_longer_is_tried_for_as_long(house: House) -> None:
    steps = [{"target": "Alice"}, {"target": BOB, "answer_timeout": {"hours": 3}}]
    await alert(house, steps=steps)
    await without_credit(house)
    await report(house, 3998)
    for _ in range(3):
        await house.async_wait(hours=1)
    assert active(house) == 1
    await house.async_wait(minutes=15)
    assert active(house) == 0


async def test_a_refusal_of_another_kind_is_news(house: House) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await refused_in_the_middle(house, without_credit)
    await with_revoked_key(house)
    await house.async_wait(minutes=1)
    assert [change.data.get("reason") for change in changes[-2:]] == ["no_credit", "key_refused"]


async def test_what_the_gateway_refuses_after_it_waited_is_tried_again(house: House) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await house.gateway.fail("sendSMS.do", "code:50")
    await alert(house)
    await with_revoked_key(house)
    await house.async_wait(minutes=1)
    assert (changes[-1].data["state"], changes[-1].data["reason"]) == ("not_sent", "key_refused")
    await house.gateway.clear_faults()
    await house.async_wait(minutes=1)
    assert await sent(house) == BOTH[:1]


async def test_what_waits_again_after_it_was_refused_is_told(house: House) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await refused_in_the_middle(house, without_credit)
    await house.gateway.set(balance=10)
    await house.gateway.fail("sendSMS.do", "code:50")
    await house.async_wait(seconds=5)
    assert states(changes)[-2:] == ["not_sent", "sending"]
    await house.async_wait(minutes=1)
    assert (states(changes)[-1], await sent(house)) == ("delivering", BOTH)


async def test_what_the_gateway_took_without_credits_is_sent_again(house: House) -> None:
    """A status of the annex: the gateway had the message, and no credits for it."""
    changes = house.capture(EVENT_ALERT_CHANGED)
    await alert(house, steps=[{"target": ["Alice", BOB]}, {"target": "Alice", "how": "voice"}])
    await report(house, 33, ALICE_DIGITS)
    assert states(changes)[-1] == "delivering"
    await report(house, 33, BOB_DIGITS)
    assert (changes[-1].data["state"], changes[-1].data["reason"]) == ("not_sent", "no_credit")
    await house.async_wait(seconds=5)
    assert await sent(house) == [("Water", [ALICE_DIGITS, BOB_DIGITS])] * 2
    await report(house, 11)
    assert states(changes)[-1] == "waiting"


@pytest.mark.parametrize("later", [timedelta(minutes=1), timedelta(hours=2)], ids=["soon", "too late"])
async def test_after_a_restart_it_is_tried_again_unless_it_is_too_late(house: House, later: timedelta) -> None:
    await refused_in_the_middle(house, without_credit)
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    await house.gateway.set(balance=10)
    house.freezer.tick(later)
    await house.async_set_up()
    assert len(await sent(house)) == (2 if later < timedelta(hours=1) else 1)
    assert active(house) == (1 if later < timedelta(hours=1) else 0)


async def test_after_a_quick_restart_it_ends_if_it_was_refused_for_too_long(house: House) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await refused_in_the_middle(house, without_credit)
    for _ in range(50):
        await house.async_wait(minutes=1)
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    await house.gateway.set(balance=10)
    house.freezer.tick(timedelta(minutes=20))
    await house.async_set_up()
    assert (len(await sent(house)), active(house)) == (1, 0)
    assert (changes[-1].data["state"], changes[-1].data["reason"]) == ("not_sent", "no_credit")


async def test_set_off_again_it_is_tried_at_once_and_still_refused_aloud(house: House) -> None:
    await refused_in_the_middle(house, without_credit)
    await house.async_wait(minutes=10)
    with pytest.raises(HomeAssistantError) as refused:
        await alert(house)
    assert refused.value.translation_key == "no_credit_balance"
    await house.gateway.set(balance=10)
    assert (await alert(house))["started"] is False
    assert await sent(house) == BOTH


async def test_somebody_can_take_it_while_it_is_refused(house: House) -> None:
    await refused_in_the_middle(house, without_credit)
    await house.gateway.set(balance=10)
    await house.async_call("acknowledge", alert_id="cellar", by="Zoé")
    assert ((await last(house)).text.split()[0], (await last(house)).numbers) == ("Zoé", [ALICE_DIGITS])
    await house.async_wait(hours=1)
    assert (active(house), len(await sent(house))) == (0, 2)


async def test_one_that_is_cancelled_while_it_is_sent_is_not_told_as_refused(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "hang_before")
    changes = house.capture(EVENT_ALERT_CHANGED)
    call = house.hass.services.async_call
    begun = asyncio.create_task(call(DOMAIN, "alert", ALERT, blocking=True, return_response=True))
    await house.gateway.wait_for_requests("sendSMS.do")
    await call(DOMAIN, "cancel_alert", {"alert_id": "cellar"}, blocking=True)
    await without_credit(house)
    await house.gateway.release()
    assert dict(await begun or {})["started"]
    assert states(changes)[-1] == "cancelled"
    await house.async_settle()


async def test_who_got_it_and_did_not_act_is_no_fault(house: House) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await alert(house, steps=[{"target": "Alice"}])
    await report(house, 11)
    for _ in range(5):
        await house.async_wait(minutes=1)
    assert (changes[-1].data["state"], changes[-1].data["reason"]) == ("exhausted", "nobody_acted")
    assert shown(house, ISSUE) is None


async def test_that_nobody_could_be_reached_is_told_until_somebody_is(house: House) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await alert(house, steps=[{"target": "Alice"}])
    await report(house, 3998)
    assert (changes[-1].data["state"], changes[-1].data["reason"]) == ("exhausted", "nobody_reached")
    await alert(house, alert_id="attic")
    assert shown(house, ISSUE) is not None
    await report(house, 11)
    assert shown(house, ISSUE) is None


async def test_one_that_waited_for_the_gateway_until_it_was_too_old_is_not_sent(house: House) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    heard = hear(house)
    async with house.gateway.offline():
        await alert(house, steps=[{"target": "Alice"}])
        for _ in range(62):
            await house.async_wait(minutes=1)
    assert (changes[-1].data["state"], changes[-1].data["reason"]) == ("not_sent", "gateway_unreachable")
    assert (len(heard), active(house)) == (1, 0)


@pytest.mark.parametrize(
    ("key", "reason"), [("gateway_busy", "gateway_unreachable"), ("uncertain", "expired"), (None, "expired")]
)
def test_what_has_waited_for_too_long_is_told_with_the_reason(key: str | None, reason: str) -> None:
    assert reason_of_expiry(key) == reason


async def test_a_step_that_meets_the_end_of_the_account_goes_on_at_the_next_start(house: House) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await refused_in_the_middle(house, while_stopping)
    assert (states(changes)[-1], len(await sent(house))) == ("sending", 1)
    await house.async_reload()
    assert await sent(house) == BOTH


async def test_a_clock_that_was_ahead_does_not_have_it_tried_for_days(house: House) -> None:
    await refused_in_the_middle(house, without_credit)
    (refused,) = house.account.store.state.alerts.running
    refused.give_up_at = dt_util.utcnow() + timedelta(days=30)
    bound_deadlines(house.account.store.state, dt_util.utcnow())
    assert refused.give_up_at == dt_util.utcnow() + timedelta(hours=1)


async def test_whose_message_is_refused_later_is_passed_over(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "code:50")
    await alert(house)
    await house.gateway.fail("sendSMS.do", "code:35")
    await house.async_wait(minutes=1)
    assert await sent(house) == BOTH[1:]


async def test_who_is_refused_in_the_middle_is_passed_over(house: House) -> None:
    await alert(house, steps=[{"target": "Alice"}, {"target": "+33639980001"}, {"target": BOB}])
    await house.gateway.fail("sendSMS.do", "code:35")
    await report(house, 3998)
    assert await sent(house) == BOTH
