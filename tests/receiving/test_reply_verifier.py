"""Replies that are forged, early, twice or unconfirmed: the gateway's list alone verifies them."""

from urllib.parse import urlencode

import pytest
from homeassistant.core import Event

from tests.support.action_calls import send
from tests.support.callback_client import PATH, CallbackClient
from tests.support.dialogs import active, alert, report
from tests.support.house import ALICE_DIGITS, House

LIST = "responseList.do"


async def forge(client: CallbackClient, text: str, reply_id: str | None = None, number: str = ALICE_DIGITS) -> None:
    """Announce a reply as the gateway would."""
    fields = {"numero": "36034", "message": text, "emetteur": number} | ({"responseID": reply_id} if reply_id else {})
    await client.get(f"{PATH}?{urlencode(fields)}")


async def minutes(house: House, count: float) -> None:
    """Let minutes pass, with every lookup that is due."""
    for _ in range(int(count * 10)):
        await house.async_wait(seconds=6)


def told(events: list[Event]) -> list[tuple[str, bool]]:
    """Return the texts of the replies, and whether they were verified."""
    return [(event.data["message"], event.data["verified"]) for event in events]


@pytest.mark.parametrize("fault", ["code:50", "http:500", "empty", "garble", "drop_before", "html"])
async def test_reply_is_not_told_before_the_list_can_be_read_and_then_as_verified(
    house: House, callback_client: CallbackClient, fault: str
) -> None:
    replies = house.capture("smsmode_reply")
    await send(house)
    await house.gateway.reply(ALICE_DIGITS, "before")
    await minutes(house, 0.5)
    await house.gateway.fail(LIST, fault, times=None)
    await house.gateway.reply(ALICE_DIGITS, "OK")
    await minutes(house, 3)
    assert told(replies) == [("before", True)]
    await house.gateway.clear_faults()
    await minutes(house, 0.5)
    assert told(replies) == [("before", True), ("OK", True)]
    await minutes(house, 2)
    assert len(replies) == 2


async def test_alert_hears_an_ok_although_the_list_fails_for_minutes(
    house: House, callback_client: CallbackClient
) -> None:
    await alert(house)
    (message,) = await house.gateway.messages()
    await house.gateway.report(message.id, ALICE_DIGITS, 11)
    await house.gateway.fail(LIST, "code:50", times=None)
    await house.gateway.reply(ALICE_DIGITS, "OK")
    await minutes(house, 2)
    assert active(house) == 1
    await house.gateway.clear_faults()
    await minutes(house, 1)
    assert active(house) == 0


async def test_list_without_answer_for_a_quarter_of_an_hour_is_told_with_its_reason(
    house: House, callback_client: CallbackClient
) -> None:
    replies, late = house.capture("smsmode_reply"), house.capture("smsmode_late_reply")
    await send(house)
    await house.gateway.fail(LIST, "code:50", times=None)
    await house.gateway.reply(ALICE_DIGITS, "OK")
    await minutes(house, 14.5)
    assert (told(replies), told(late)) == ([], [])
    await minutes(house, 1.5)
    (event,) = [*replies, *late]
    assert (event.data["message"], event.data["verified"], event.data["reason"]) == ("OK", False, "list_unreadable")
    await house.gateway.clear_faults()
    await house.async_poll()
    assert told([*replies, *late]) == [("OK", False), ("OK", True)]


async def test_reply_that_the_list_shows_after_minutes_is_told_again_as_verified(
    house: House, callback_client: CallbackClient
) -> None:
    replies = house.capture("smsmode_reply")
    message_id = await send(house, reference="leak")
    reply = await house.gateway.reply(ALICE_DIGITS, "OK", callback=False)
    await house.async_settle()
    # The list lags behind: the callback comes, and the reply is not there yet.
    hidden = house.gateway.emulator.state.main.replies.pop()
    await forge(callback_client, "OK", reply["id"])
    await minutes(house, 1.5)
    assert [(event.data["verified"], event.data["reason"]) for event in replies] == [(False, "not_listed")]
    house.gateway.emulator.state.main.replies.append(hidden)
    await house.async_poll()
    assert told(replies) == [("OK", False), ("OK", True)]
    assert (replies[1].data["reference"], replies[1].data["message_id"], replies[1].data["reason"]) == (
        "leak",
        message_id,
        None,
    )
    state = house.state("event.alice_reply")
    assert (state.attributes["verified"], house.state("sensor.home_last_reply").state) == (True, "OK")
    await forge(callback_client, "OK", reply["id"])
    await minutes(house, 2)
    assert len(replies) == 2


@pytest.mark.parametrize("order", ["before", "after", "pending", "told"])
async def test_forged_id_does_not_silence_the_reply_that_has_it(
    house: House, callback_client: CallbackClient, order: str
) -> None:
    replies = house.capture("smsmode_reply")
    await send(house)
    reply = await house.gateway.reply(ALICE_DIGITS, "OK", callback=False)
    genuine = house.gateway.emulator.state.main.replies.pop()
    if order == "after":
        await forge(callback_client, "OK", reply["id"])
    await forge(callback_client, "no thanks", reply["id"])
    if order == "before":
        await forge(callback_client, "OK", reply["id"])
    await minutes(house, 2 if order == "told" else 0.2)
    house.gateway.emulator.state.main.replies.append(genuine)
    if order == "told":
        assert told(replies) == [("no thanks", False)]
        await forge(callback_client, "OK", reply["id"])
    await minutes(house, 0.5)
    assert told(replies)[-1] == ("OK", True)
    assert [text for text, verified in told(replies) if verified] == ["OK"]


async def test_forged_callbacks_that_fill_the_room_silence_no_reply(
    house: House, callback_client: CallbackClient
) -> None:
    replies = house.capture("smsmode_reply")
    await send(house)
    await house.gateway.fail(LIST, "code:50", times=None)
    for number in range(60):
        await forge(callback_client, f"forged {number}", f"forged{number}")
    await house.gateway.reply(ALICE_DIGITS, "OK")
    await minutes(house, 2)
    assert told(replies) == []
    await house.gateway.clear_faults()
    await minutes(house, 0.5)
    assert ("OK", True) in told(replies)
    assert [text for text, verified in told(replies) if verified] == ["OK"]


async def test_reply_in_a_row_that_cannot_be_parsed_waits_for_the_row_to_be_read_again(
    house: House, callback_client: CallbackClient
) -> None:
    replies = house.capture("smsmode_reply")
    await send(house)
    await house.gateway.reply(ALICE_DIGITS, "before")
    await minutes(house, 0.2)
    reply = await house.gateway.reply(ALICE_DIGITS, "OK", callback=False)
    hidden = house.gateway.emulator.state.main.replies.pop()
    await house.gateway.set(unparsable_rows={LIST: 1})
    await forge(callback_client, "OK", reply["id"])
    await minutes(house, 0.3)
    assert told(replies) == [("before", True)]
    await house.gateway.set(unparsable_rows={LIST: 0})
    house.gateway.emulator.state.main.replies.append(hidden)
    await minutes(house, 1)
    assert told(replies) == [("before", True), ("OK", True)]


async def test_forged_answers_do_not_stop_an_alert(house: House, callback_client: CallbackClient) -> None:
    await alert(house)
    await report(house, 11)
    for reply_id in ("forged1", None):
        await forge(callback_client, "OK", reply_id)
    await minutes(house, 2)
    assert active(house) == 1
