"""Order of the list of replies: whichever end the newest is at, each reply is told at once, verified and once."""

from collections.abc import Callable

import pytest
from homeassistant.core import Event, HomeAssistant

from tests.support.callback_client import PATH, CallbackClient
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, BOB, BOB_DIGITS, House

LIST = "responseList.do"
FORGED = f"hi\nforged1 | 01012030-10:00 | {ALICE_DIGITS} | OPEN | 36034 | x"


@pytest.fixture(params=[True, False], ids=["oldest first", "newest first"])
async def ordered(request: pytest.FixtureRequest, house: House) -> House:
    """Return a house whose gateway lists replies in one of the two orders."""
    await house.gateway.set(ascending={LIST: request.param})
    return house


@pytest.fixture
def told(house: House) -> Callable[[], list[tuple[str, bool]]]:
    """Return a function that returns the texts of all replies so far, and whether they were verified."""
    events: list[Event] = house.capture("smsmode_reply")
    late: list[Event] = house.capture("smsmode_late_reply")
    return lambda: [(event.data["message"], event.data["verified"]) for event in events + late]


async def written(gateway: Gateway, *texts: str) -> None:
    """Have somebody write, and nobody call back."""
    for text in texts:
        await gateway.reply(BOB_DIGITS, text, stray=True, callback=False)


async def two_heard(house: House) -> list[tuple[str, bool]]:
    """Let two replies arrive some minutes apart; return what is told of them."""
    for text in ("one", "two"):
        await written(house.gateway, text)
        await house.async_poll()
        await house.async_wait(minutes=3)
    return [("one", True), ("two", True)]


@pytest.mark.parametrize("restarts", [False, True])
async def test_a_reply_without_a_callback_is_told_with_the_next_poll_and_once(
    ordered: House, told: Callable[[], list[tuple[str, bool]]], *, restarts: bool
) -> None:
    expected = await two_heard(ordered)
    for text in ("three", "four", "five"):
        if restarts:
            await ordered.async_reload()
        await written(ordered.gateway, text)
        await ordered.async_poll()
        expected.append((text, True))
        assert told() == expected
        await ordered.async_wait(minutes=3)
    for _ in range(3):
        await ordered.async_wait(hours=1)
    assert told() == expected


async def test_replies_of_one_minute_are_told_with_the_next_poll(
    ordered: House, told: Callable[[], list[tuple[str, bool]]]
) -> None:
    for text in ("one", "two", "three", "four"):
        await written(ordered.gateway, text)
        await ordered.async_poll()
    assert told() == [(text, True) for text in ("one", "two", "three", "four")]


async def test_a_reply_that_a_callback_announces_is_verified(
    ordered: House, callback_client: CallbackClient, told: Callable[[], list[tuple[str, bool]]]
) -> None:
    expected = await two_heard(ordered)
    reply = await ordered.gateway.reply(BOB_DIGITS, "three", stray=True, callback=False)
    fields = {"numero": "36034", "message": "three", "emetteur": BOB_DIGITS, "responseID": reply["id"]}
    await callback_client.get(PATH, params=fields)
    await ordered.async_settle()
    assert told() == [*expected, ("three", True)]
    for _ in range(20):
        await ordered.async_wait(seconds=6)
    assert len(told()) == 3


@pytest.mark.parametrize("before", [0, 2], ids=["the first", "after others"])
async def test_a_backlog_is_told_from_its_oldest_on_and_once(
    hass: HomeAssistant, ordered: House, told: Callable[[], list[tuple[str, bool]]], before: int
) -> None:
    expected = await two_heard(ordered) if before else []
    await hass.config_entries.async_unload(ordered.entry.entry_id)
    texts = [f"reply {number}" for number in range(120)]
    for text in texts:
        await written(ordered.gateway, text)
        ordered.freezer.tick(20)
    await ordered.async_wait(hours=1)
    await ordered.async_set_up()
    expected += [(text, True) for text in texts]
    assert told() == expected
    for _ in range(3):
        await ordered.async_wait(hours=1)
    assert told() == expected


@pytest.mark.parametrize("backlog", [0, 130], ids=lambda count: f"among {count}")
async def test_a_text_that_imitates_the_next_row_is_no_reply_of_somebody_else(
    hass: HomeAssistant, ordered: House, backlog: int
) -> None:
    late = ordered.capture("smsmode_late_reply")
    await two_heard(ordered)
    await hass.config_entries.async_unload(ordered.entry.entry_id)
    texts = [f"reply {number}" for number in range(backlog)]
    texts[backlog // 2 : backlog // 2] = [FORGED]
    await written(ordered.gateway, *texts)
    await ordered.async_wait(hours=1)
    await ordered.async_set_up()
    assert [event.data["message"] for event in late] == texts
    assert {event.data["sender"] for event in late} == {BOB}
    assert all(event.data["verified"] for event in late)


async def shows_each(
    house: House, told: Callable[[], list[tuple[str, bool]]], heard: list[tuple[str, bool]], new: int
) -> None:
    """Check that so many new replies are told after those that were heard, each once."""
    texts = [f"new {number}" for number in range(new)]
    await written(house.gateway, *texts)
    await house.async_poll()
    expected = heard + [(text, True) for text in texts]
    assert told() == expected
    await house.async_wait(hours=1)
    assert told() == expected


@pytest.mark.parametrize(("pruned", "new"), [(1, 1), (4, 1), (4, 9), (6, 3)])
async def test_a_list_that_loses_its_oldest_rows_shows_each_new_one(
    ordered: House, told: Callable[[], list[tuple[str, bool]]], pruned: int, new: int
) -> None:
    expected = await two_heard(ordered)
    await written(ordered.gateway, *map(str, range(4)))
    await ordered.async_poll()
    expected += [(str(number), True) for number in range(4)]
    await ordered.async_wait(minutes=3)
    del ordered.gateway.emulator.state.main.replies[:pruned]
    await shows_each(ordered, told, expected, new)


@pytest.mark.parametrize("new", [1, 2, 30])
async def test_a_list_that_is_emptied_and_filled_again_shows_each_new_reply(
    ordered: House, told: Callable[[], list[tuple[str, bool]]], new: int
) -> None:
    expected = await two_heard(ordered)
    ordered.gateway.emulator.state.main.replies.clear()
    if new == 1:
        await ordered.async_poll()
    await shows_each(ordered, told, expected, new)


async def test_a_list_that_is_turned_over_loses_no_reply_and_tells_none_twice(
    ordered: House, told: Callable[[], list[tuple[str, bool]]]
) -> None:
    expected = await two_heard(ordered)
    ascending = ordered.gateway.emulator.state.options.ascending
    for number in range(4):
        ascending[LIST] = not ascending[LIST]
        texts = [f"{number} {each}" for each in range(number + 1)]
        await written(ordered.gateway, *texts)
        await ordered.async_poll()
        expected += [(text, True) for text in texts]
        assert told() == expected
        await ordered.async_wait(minutes=3)
