"""In whatever order messages are sent and reported, the counts of the log are right."""

from collections import Counter
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from custom_components.smsmode.api import DeliveryReport
from tests.support.message_logs import (
    ALICE,
    BOB,
    CAROL,
    EVERY_CODE,
    NOW,
    count_awaited,
    message,
    new_message_log,
    report,
)


class Life(RuleBasedStateMachine):
    """Messages come, are reported on, deleted and forgotten; what is awaited is counted anew after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.message_log = new_message_log()
        self.now = NOW
        self.told = Counter[tuple[str, str, int]]()

    @rule(
        name=st.integers(0, 5),
        numbers=st.lists(st.sampled_from([ALICE, BOB, CAROL]), min_size=1, unique=True),
        group=st.booleans(),
        days_ahead=st.sampled_from([0, 0, 0, 5]),
    )
    def send(self, name: int, numbers: list[str], group: bool, days_ahead: int) -> None:
        message_id = f"M{name}"
        # A message of that id is a new one.
        self.told = Counter({key: times for key, times in self.told.items() if key[0] != message_id})
        at = self.now + timedelta(days=days_ahead)
        sent = message(message_id, *numbers, at=at, group="Famille" if group else None)
        for early in self.message_log.record_sent(sent, 1):
            self.hear(early)

    @rule(name=st.integers(0, 5), number=st.sampled_from([ALICE, BOB, CAROL]), code=st.sampled_from(EVERY_CODE))
    def report(self, name: int, number: str, code: int) -> None:
        self.hear(report(code, number, f"M{name}"))

    def hear(self, each: DeliveryReport) -> None:
        if self.message_log.record_report(each, self.now):
            self.told[each.message_id, each.number, each.code] += 1

    @rule(name=st.integers(0, 5))
    def forget(self, name: int) -> None:
        self.message_log.remove(f"M{name}")

    @rule(name=st.integers(0, 5))
    def know_all_numbers(self, name: int) -> None:
        self.message_log.mark_complete(f"M{name}")

    @rule(days=st.integers(0, 20))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @invariant()
    def what_is_awaited_is_what_recounting_gives(self) -> None:
        assert self.message_log.pending == count_awaited(self.message_log)
        assert all(each.pending_count >= 0 for each in self.message_log.messages.values())

    @invariant()
    def nothing_is_told_twice(self) -> None:
        assert all(times == 1 for times in self.told.values())


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
