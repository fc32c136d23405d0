"""Whatever happens to messages in whatever order, the outbox knows what to do next."""

from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from custom_components.smsmode.state.deadlines import Deadlines, outbox_deadlines
from custom_components.smsmode.state.outbox import Outbox, OutboxItem, Phase
from tests.support.outboxes import NOW, new_item


class Life(RuleBasedStateMachine):
    """Messages go their ways at random; whatever happens, each that is not gone is certain to be taken up again."""

    def __init__(self) -> None:
        super().__init__()
        self.outbox = Outbox()
        self.deadlines = Deadlines(outbox_deadlines(self.outbox))
        self.now = NOW
        self.count = 0

    def ready(self) -> list[OutboxItem]:
        """Return what is to be sent, looked up or given up now."""
        return [*self.outbox.due_items(self.now), *self.ended(self.now)]

    def ended(self, now: datetime) -> list[OutboxItem]:
        """Return what is to be given up, or told as unknown."""
        return [*self.outbox.expired_items(now), *self.outbox.unknown_items(now)]

    def some(self, data: st.DataObject, phase: Phase) -> OutboxItem | None:
        found = [item for item in self.outbox.items.values() if item.phase is phase]
        return data.draw(st.sampled_from(found)) if found else None

    @rule(seconds=st.sampled_from([0, 1, 6, 31, 400, 4000]))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(minutes=st.integers(1, 90), urgent=st.booleans())
    def take_on(self, minutes: int, urgent: bool) -> None:
        self.count += 1
        self.outbox.add([new_item(str(self.count), self.now, timedelta(minutes=minutes), urgent=urgent)])

    @precondition(lambda self: self.outbox.due_items(self.now))
    @rule(data=st.data())
    def do_what_is_due(self, data: st.DataObject) -> None:
        item = data.draw(st.sampled_from(self.outbox.due_items(self.now)))
        if item.phase is Phase.WAITING:
            self.outbox.begin_attempt(item, self.now)
        elif data.draw(st.booleans()):
            self.outbox.postpone_lookup(item, self.now)
        elif self.outbox.record_absence(item, self.now):
            assert item in self.ready()

    @rule(data=st.data(), outcome=st.sampled_from(["settled", "not sent", "uncertain"]), jitter=st.floats(0.8, 1.2))
    def answer(self, data: st.DataObject, outcome: str, jitter: float) -> None:
        if (item := self.some(data, Phase.SENDING)) is None:
            return
        if outcome == "settled":
            self.outbox.remove(item)
        elif outcome == "not sent":
            self.outbox.schedule_retry(item, self.now, jitter)
            assert item not in self.outbox.due_items(self.now)
        else:
            self.outbox.mark_uncertain(item, self.now)

    @rule()
    def fall_and_stand_up(self) -> None:
        self.outbox.recover(self.now)
        assert self.outbox.idle_items() == list(self.outbox.items.values())

    @rule(hours=st.integers(-50, 50))
    def set_the_clock(self, hours: int) -> None:
        due, ended = self.outbox.due_items(self.now), self.ended(self.now)
        self.now += timedelta(hours=hours)
        self.deadlines.shift(timedelta(hours=hours))
        assert (self.outbox.due_items(self.now), self.ended(self.now)) == (due, ended)

    @rule(data=st.data(), phase=st.sampled_from(Phase))
    def call_off(self, data: st.DataObject, phase: Phase) -> None:
        if (item := self.some(data, phase)) is not None:
            assert self.outbox.cancel(item) is (phase is Phase.WAITING)
            assert (item.key in self.outbox.items) is (phase is not Phase.WAITING)

    @rule()
    def hurry(self) -> None:
        for item in self.outbox.idle_items():
            self.outbox.make_due(item, self.now)
        assert all(item in self.ready() for item in self.outbox.idle_items())

    @rule(reason=st.sampled_from(["cannot_connect", None]))
    def hear_the_gateway(self, reason: str | None) -> None:
        self.outbox.hurry(self.now, reason)

    @rule()
    def give_up(self) -> None:
        assert all(item.phase is Phase.WAITING for item in self.outbox.expired_items(self.now))
        assert all(item.phase is Phase.UNCERTAIN for item in self.outbox.unknown_items(self.now))
        for item in self.ended(self.now):
            self.outbox.remove(item)

    @invariant()
    def whoever_sleeps_until_the_next_thing_to_do_misses_nothing(self) -> None:
        next_due = self.outbox.next_due()
        assert (next_due is None) == (not self.outbox.idle_items())
        if next_due is not None:
            assert next_due <= self.now + timedelta(minutes=6)
            assert self.outbox.due_items(next_due) or self.ended(next_due)
            before = next_due - timedelta(microseconds=1)
            assert not self.outbox.due_items(before)
            assert not self.ended(before)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
