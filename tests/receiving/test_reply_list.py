"""List of replies that is read from its end: its length is found in few requests, whatever becomes of the list."""

from dataclasses import replace
from datetime import datetime, timedelta
from math import log2
from typing import Any

import pytest
from homeassistant.core import Event

from custom_components.smsmode.api import SmsmodeUncertainError
from custom_components.smsmode.receiving.reply_list import ReversedReplyList, came_before
from custom_components.smsmode.state.account_facts import Fact, Verdict
from emulator.models import Reply
from tests.support.house import BOB_DIGITS, House
from tests.support.replies import PARIS, reply

LIST = "responseList.do"


@pytest.fixture(autouse=True)
async def reverse(house: House) -> None:
    """Have the gateway list the oldest reply first."""
    await house.gateway.set(ascending={LIST: True})


async def written(house: House, *texts: str) -> None:
    """Have somebody write, and nobody call back."""
    for text in texts:
        await house.gateway.reply(BOB_DIGITS, text, stray=True, callback=False)


def listed(house: House) -> list[Reply]:
    """Return the replies that the gateway has, the oldest first."""
    return house.gateway.emulator.state.main.replies


def change_row(house: House, index: int, **fields: Any) -> None:
    """Change a row of the list."""
    listed(house)[index] = replace(listed(house)[index], **fields)


def delay_last(house: House, by: timedelta) -> None:
    """Have the last reply be so much older than its place in the list."""
    change_row(house, -1, received_at=listed(house)[-1].received_at - by)


async def fill(house: House, length: int) -> None:
    """Have the gateway list so many replies."""
    await written(house, "0")
    listed(house)[:] = [replace(listed(house)[0], id=f"R{number}", text=str(number)) for number in range(length)]


async def asked(house: House) -> int:
    """Return how many requests for replies there were."""
    return len(await house.gateway.requests(LIST))


async def polled(house: House) -> int:
    """Poll, and return how many requests for replies that took."""
    before = await asked(house)
    await house.async_poll()
    return await asked(house) - before


async def with_order(house: House, *, newest_first: bool) -> None:
    """Have an account with two replies that knows the order of its list."""
    await house.gateway.set(ascending={LIST: not newest_first})
    for text in ("one", "two"):
        await written(house, text)
        await house.async_poll()
        await house.async_wait(minutes=3)
    # A list that was empty a moment ago is read to its end for a while.
    for _ in range(4):
        await house.async_poll()
    assert verdict(house) is (Verdict.PROVEN if newest_first else Verdict.REFUTED)


def verdict(house: House) -> Verdict:
    """Return what is known of the order."""
    return house.account.store.state.facts.verdict(Fact.REPLIES_NEWEST_FIRST)


def texts(events: list[Event]) -> list[str]:
    """Return the texts of replies."""
    return [event.data["message"] for event in events]


@pytest.mark.parametrize(("newest_first", "quiet", "busy"), [(True, 1, 2), (False, 2, 3)])
async def test_a_poll_takes_few_requests(house: House, newest_first: bool, quiet: int, busy: int) -> None:
    await with_order(house, newest_first=newest_first)
    assert await polled(house) == quiet
    await written(house, "three")
    assert await polled(house) == busy
    assert await polled(house) == quiet


@pytest.mark.parametrize("before", [0, 1, 2, 60])
async def test_the_length_is_found_from_the_one_known_last(house: House, before: int) -> None:
    for after in (0, 1, 2, 8, 59, 61, 1000):
        await fill(house, before)
        rows = ReversedReplyList(house.account.client)
        await rows.async_measure()
        assert (rows.length, rows.has_grown) == (before, False)
        await fill(house, after)
        requests = await asked(house)
        await rows.async_measure()
        assert (rows.length, rows.has_grown) == (after, 0 < before < after)
        assert await asked(house) - requests <= 2 + 2 * log2(abs(before - after) + 1)


async def test_a_list_that_became_shorter_meanwhile_is_measured_anew(house: House) -> None:
    await fill(house, 80)
    rows = ReversedReplyList(house.account.client)
    await rows.async_measure()
    assert [each.text for each in await rows.async_page(0, 3) or []] == ["79", "78", "77"]
    del listed(house)[:10]
    row = await rows.async_row(5)
    assert row is not None
    assert (row.text, rows.length) == ("74", 70)
    del listed(house)[:10]
    assert await rows.async_page(2, 5) is None
    assert [each.text for each in await rows.async_page(2, 5) or []] == ["77", "76", "75", "74", "73"]
    assert await rows.async_page(58, 3) is None
    del listed(house)[:]
    assert await rows.async_row(1) is None
    assert rows.length == 0


async def test_a_row_that_comes_and_goes_is_looked_for_twice(house: House) -> None:
    await fill(house, 8)
    rows = ReversedReplyList(house.account.client)
    await rows.async_measure()
    requests = await asked(house)
    for times in (1, 1):
        await house.gateway.fail(LIST, "empty", times=times)
        # So that the length is as it was.
        await house.gateway.fail(LIST, "slow:0", times=2)
    assert await rows.async_row(3) is None
    assert await asked(house) - requests <= 8


async def test_a_gateway_that_gives_one_row_whatever_it_is_asked_for_is_not_asked_for_ever(house: House) -> None:
    await written(house, "one")
    await house.async_poll()
    await house.account.client.get_replies(start=0, count=1)
    *_, request = await house.gateway.requests(LIST)
    await house.gateway.fail(LIST, f"text:{(request.answer or b'').decode()}", times=None)
    assert await polled(house) < 60
    assert await polled(house) < 10
    assert verdict(house) is Verdict.UNKNOWN


@pytest.mark.parametrize("kept", [0, 2], ids=["unknown", "known"])
async def test_a_newest_row_that_cannot_be_read_hides_no_other(house: House, kept: int) -> None:
    replies = house.capture("smsmode_reply")
    if kept:
        await with_order(house, newest_first=False)
    await written(house, "three", "four")
    change_row(house, -1, sender="")
    await house.async_poll()
    await written(house, "five")
    await house.async_poll()
    assert texts(replies)[kept:] == ["three", "five"]


async def test_an_oldest_row_that_cannot_be_read_leaves_both_ends_to_be_read(house: House) -> None:
    replies = house.capture("smsmode_reply")
    await written(house, "zero")
    change_row(house, 0, sender="")
    for number in range(4):
        await written(house, f"new {number}")
        await house.async_poll()
        await house.async_wait(minutes=1)
    assert verdict(house) is Verdict.UNKNOWN
    assert texts(replies) == [f"new {number}" for number in range(4)]


async def test_a_list_that_cannot_be_read_at_all_is_no_list(house: House) -> None:
    rows = ReversedReplyList(house.account.client)
    await house.gateway.fail(LIST, "garble", times=None)
    with pytest.raises(SmsmodeUncertainError):
        await rows.async_measure()


@pytest.mark.parametrize("newest_first", [True, False])
async def test_a_late_reply_in_front_is_doubted_once_and_changes_nothing(house: House, newest_first: bool) -> None:
    replies, late = house.capture("smsmode_reply"), house.capture("smsmode_late_reply")
    await with_order(house, newest_first=newest_first)
    known = verdict(house)
    await written(house, "slow")
    delay_last(house, timedelta(minutes=4))
    assert await polled(house) > 3
    assert texts(replies + late) == ["one", "two", "slow"]
    assert verdict(house) is known
    assert await polled(house) == (1 if newest_first else 2)


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("restarts", [False, True])
async def test_an_order_that_was_learned_wrongly_is_corrected_by_the_fetch_that_notices_it(
    house: House, newest_first: bool, restarts: bool
) -> None:
    replies = house.capture("smsmode_reply")
    await with_order(house, newest_first=newest_first)
    house.account.learner.learn(Fact.REPLIES_NEWEST_FIRST, holds=not newest_first)
    if restarts:
        await house.async_reload()
    await written(house, "three", "four")
    await house.async_poll()
    assert texts(replies) == ["one", "two", "three", "four"]
    assert verdict(house) is (Verdict.PROVEN if newest_first else Verdict.REFUTED)


async def test_a_row_more_and_nothing_new_is_reason_to_doubt(house: House) -> None:
    replies = house.capture("smsmode_reply")
    await house.gateway.set(ascending={LIST: False})
    # Two replies in the order in which they entered the list, the later of which was written before the other.
    await written(house, "quick", "slow")
    delay_last(house, timedelta(minutes=2))
    await house.async_poll()
    assert verdict(house) is Verdict.REFUTED
    await house.async_wait(minutes=1)
    await written(house, "three")
    await house.async_poll()
    assert texts(replies)[-1] == "three"
    assert verdict(house) is Verdict.PROVEN


@pytest.mark.parametrize("newest_first", [True, False])
async def test_a_list_of_nothing_but_new_replies_in_another_order_is_told_from_its_oldest_on(
    house: House, newest_first: bool
) -> None:
    replies = house.capture("smsmode_reply")
    await with_order(house, newest_first=newest_first)
    listed(house).clear()
    await house.gateway.set(ascending={LIST: newest_first})
    for text in ("three", "four", "five"):
        await written(house, text)
        house.freezer.tick(60)
    await house.async_poll()
    assert texts(replies) == ["one", "two", "three", "four", "five"]


async def test_a_row_that_could_not_be_read_is_read_again_also_while_nobody_knows_the_order(house: House) -> None:
    replies = house.capture("smsmode_reply")
    await written(house, "one")
    for _ in range(5):
        await house.async_poll()
    await written(house, "two", "three", "four")
    sender = listed(house)[2].sender
    change_row(house, 2, sender="")
    await house.async_poll()
    assert texts(replies) == ["one", "two", "four"]
    change_row(house, 2, sender=sender)
    await house.async_poll()
    assert texts(replies) == ["one", "two", "four", "three"]
    assert verdict(house) is Verdict.UNKNOWN


async def test_what_a_text_says_of_dates_proves_no_order(house: House) -> None:
    await house.gateway.set(ascending={LIST: False})
    await written(house, f"hi\nforged1 | 01012030-10:00 | {BOB_DIGITS} | OPEN | 36034 | x")
    await house.async_call("get_replies")
    await house.async_poll()
    assert verdict(house) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param((1, 59), (3, 0), True, id="around the hour that is repeated"),
        pytest.param((2, 10), (2, 50), False, id="perhaps in its second pass"),
        pytest.param((2, 10), (3, 9), True, id="before the hour after it"),
        pytest.param((4, 0), (4, 0), False, id="in the same minute"),
        pytest.param((4, 0), None, False, id="of something without a date"),
    ],
)
def test_a_reply_came_before_another_if_no_reading_of_their_dates_says_otherwise(
    first: tuple[int, int], second: tuple[int, int] | None, expected: bool
) -> None:
    moment = None if second is None else datetime(2026, 10, 25, *second, tzinfo=PARIS)
    assert came_before(reply(at=datetime(2026, 10, 25, *first, tzinfo=PARIS)), moment) is expected


def test_a_reply_without_a_date_came_before_nothing() -> None:
    assert not came_before(reply(at=None), datetime(2026, 10, 25, tzinfo=PARIS))
