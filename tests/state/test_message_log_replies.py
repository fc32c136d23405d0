"""A reply is new once, and the last reply is the one received last."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.smsmode.api import Reply
from custom_components.smsmode.state.reply_history import ReplyEventType
from tests.support.message_logs import ALICE, NOW, message, new_message_log


def reply(reply_id: str = "R1", message_id: str | None = None, at: datetime | None = NOW) -> Reply:
    return Reply(reply_id=reply_id, received_at=at, sender=ALICE, text="OK", message_id=message_id)


def test_a_reply_is_new_once_with_its_time_and_the_reference_of_its_message() -> None:
    message_log = new_message_log()
    message_log.record_sent(message(reference="door 4"), 1)
    completed = replace(reply(message_id="M1"), reference="door 4", received_at=NOW)
    assert message_log.record_reply(reply(message_id="M1", at=None), NOW) == (ReplyEventType.RECEIVED, completed)
    assert message_log.record_reply(reply(message_id="M1"), NOW) is None
    assert message_log.last_reply == completed


def test_a_reply_keeps_the_reference_that_it_names_itself() -> None:
    message_log = new_message_log()
    message_log.record_sent(message(reference="door 4"), 1)
    named = replace(reply(message_id="M1"), reference="own")
    assert message_log.record_reply(named, NOW) == (ReplyEventType.RECEIVED, named)


@pytest.mark.parametrize("message_id", ["unknown", None])
def test_a_reply_to_an_unknown_message_is_new_all_the_same(message_id: str | None) -> None:
    message_log = new_message_log()
    assert message_log.record_reply(reply(message_id=message_id), NOW) == (
        ReplyEventType.RECEIVED,
        reply(message_id=message_id),
    )


def test_a_late_reply_is_given_as_late() -> None:
    later = NOW + timedelta(hours=1)
    assert new_message_log().record_reply(reply(), later) == (ReplyEventType.RECEIVED_LATE, reply())


def test_a_reply_known_by_callback_alone_is_still_to_be_seen_in_the_list() -> None:
    message_log = new_message_log()
    assert message_log.record_reply(reply(), NOW, listed=False)
    assert not message_log.reply_history.is_listed(reply(), NOW)
    assert message_log.record_reply(reply(), NOW, listed=False) is None
    assert message_log.record_reply(reply(), NOW)
    assert message_log.record_reply(reply(), NOW) is None
    assert message_log.reply_history.is_listed(reply(), NOW)


def last_reply_after(*arrivals: tuple[str, datetime | None], now: datetime = NOW + timedelta(hours=2)) -> str | None:
    """Let a ledger hear replies received at these times; give the id of the last one."""
    message_log = new_message_log()
    for reply_id, at in arrivals:
        assert message_log.record_reply(replace(reply(reply_id, at=at), text=reply_id), now)
    return message_log.last_reply.reply_id if message_log.last_reply else None


def test_the_last_reply_is_the_one_received_last_in_whatever_order_they_come() -> None:
    early, late = ("R1", NOW), ("R2", NOW + timedelta(minutes=1))
    assert last_reply_after(early, late) == "R2"
    assert last_reply_after(late, early) == "R2"
    # The gateway gives whole minutes: of two in one minute, the one heard last.
    assert last_reply_after(early, ("R3", NOW)) == "R3"
    assert last_reply_after(late, ("R3", None)) == "R3"


def test_a_reply_dated_in_the_future_does_not_stay_the_last_for_years() -> None:
    message_log = new_message_log()
    heard_at = NOW + timedelta(minutes=10, seconds=20)
    forged = reply("forged", at=datetime(2099, 1, 1, tzinfo=UTC))
    # Its date is told as it came.
    assert message_log.record_reply(forged, heard_at) == (ReplyEventType.RECEIVED_LATE, forged)
    assert message_log.last_reply is not None
    assert message_log.last_reply.reply_id == "forged"
    # Still, what came before is not what came last.
    message_log.record_reply(reply("late", at=NOW), heard_at)
    assert message_log.last_reply.reply_id == "forged"
    # The list gives whole minutes, and is asked a little later.
    next_minute = NOW + timedelta(minutes=11)
    message_log.record_reply(reply("real", at=next_minute), next_minute + timedelta(seconds=40))
    assert message_log.last_reply.reply_id == "real"


def test_a_reply_older_than_the_cutoff_is_neither_new_nor_the_last() -> None:
    message_log = new_message_log()
    assert message_log.record_reply(reply(at=NOW - timedelta(days=1)), NOW) is None
    assert message_log.last_reply is None
