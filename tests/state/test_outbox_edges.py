"""How long a message waits, and what a cap says of itself."""

from datetime import timedelta

from custom_components.smsmode.state.budget import LimitExceededError, LimitType
from tests.support.outboxes import NOW, new_item, outbox_with


def test_each_pause_is_twice_as_long_as_the_one_before() -> None:
    item = new_item()
    outbox = outbox_with(item)
    pauses = []
    for _ in range(7):
        outbox.begin_attempt(item, NOW)
        outbox.schedule_retry(item, NOW, 1.0)
        pauses.append(item.due - NOW)
    assert pauses == [timedelta(seconds=seconds) for seconds in (5, 10, 20, 40, 80, 160, 300)]


def test_a_cap_that_nobody_explains_still_names_itself_and_its_limit() -> None:
    assert str(LimitExceededError(LimitType.DAILY, 50)) == "('daily_limit_reached', 50)"
