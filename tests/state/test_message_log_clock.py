"""Message log when the wall clock is set: ages and planned polls follow, as far as they are of this life."""

from datetime import UTC, datetime, timedelta

from custom_components.smsmode.state.message_log import FIRST_IN_QUEUE, UNPLANNED, MessageLog, TrackedMessage
from custom_components.smsmode.state.reply_history import ReplyHistory

BEGAN = datetime(2026, 6, 10, 12, tzinfo=UTC)
NOW = BEGAN + timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def test_what_this_life_sent_and_planned_follows_and_nothing_else() -> None:
    log = MessageLog(reply_history=ReplyHistory(cutoff=BEGAN))
    sent_at = {"earlier": BEGAN - MINUTE, "unplanned": NOW - MINUTE, "first": NOW - MINUTE, "later": NOW + MINUTE}
    for message_id, moment in sent_at.items():
        log.record_sent(TrackedMessage(message_id=message_id, sent_at=moment, codes={"+33612345678": ()}), 1)
        log.messages[message_id].poll_at = NOW + MINUTE
    log.messages["unplanned"].poll_at = UNPLANNED
    log.messages["first"].poll_at = FIRST_IN_QUEUE
    log.shift(DAY, BEGAN, NOW)
    found = {message_id: (message.sent_at, message.poll_at) for message_id, message in log.messages.items()}
    assert found == {
        "earlier": (BEGAN - MINUTE, NOW + MINUTE + DAY),
        "unplanned": (NOW - MINUTE + DAY, UNPLANNED),
        "first": (NOW - MINUTE + DAY, FIRST_IN_QUEUE),
        "later": (NOW + MINUTE, NOW + MINUTE),
    }
