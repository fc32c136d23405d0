from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from custom_components.smsmode.api import BatchRequest, BatchRow, MessageRequest, VoiceRequest
from custom_components.smsmode.budget import Expense, Purse
from custom_components.smsmode.outbox import MAX_ITEMS, MAX_URGENT, Outbox, OutboxFullError, OutboxItem, Phase, Request

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
ALICE, BOB, CAROL = "+33612345678", "+33698765432", "+33700000001"


def new_item(
    key: str = "1",
    now: datetime = NOW,
    lifetime: timedelta = HOUR,
    *,
    numbers: tuple[str, ...] = (ALICE,),
    request: Request | None = None,
    urgent: bool = False,
) -> OutboxItem:
    purse = Purse.URGENT if urgent else Purse.ORDINARY
    return OutboxItem(
        key=key,
        request=request or MessageRequest(text="Water!", numbers=numbers),
        expense=Expense(at=now, costs=tuple((number, 1) for number in numbers), purse=purse),
        expires_at=now + lifetime,
        due=now,
    )


def outbox_with(*items: OutboxItem) -> Outbox:
    outbox = Outbox()
    outbox.add(items)
    return outbox


def test_what_is_taken_on_is_due_at_once_in_the_order_in_which_it_came() -> None:
    items = [new_item(str(index)) for index in range(3)]
    outbox = outbox_with(*items)
    assert outbox.due(NOW) == items
    assert outbox.due(NOW - SECOND) == []
    assert outbox.next_due() == NOW
    assert len(outbox) == 3


def test_what_is_urgent_goes_before_the_rest_and_each_in_the_order_in_which_it_came() -> None:
    outbox = outbox_with(new_item("1"), new_item("2"))
    outbox.add([new_item("3", urgent=True)])
    outbox.add([new_item("4"), new_item("5", urgent=True)])
    assert [item.key for item in outbox.due(NOW)] == ["3", "5", "1", "2", "4"]
    outbox.begin(outbox.items["3"], NOW)
    outbox.uncertain(outbox.items["3"], NOW + SECOND)
    assert [item.key for item in outbox.due(NOW)] == ["5", "1", "2", "4"]
    assert [item.key for item in outbox.due(NOW + SECOND)] == ["3", "5", "1", "2", "4"]


def test_an_item_names_each_of_its_targets_once() -> None:
    assert new_item(numbers=(ALICE, BOB, ALICE)).targets == (ALICE, BOB)


def test_what_is_leaving_is_neither_tried_nor_looked_for_nor_given_up() -> None:
    item = new_item()
    outbox = outbox_with(item)
    outbox.begin(item, NOW + SECOND)
    assert (item.phase, item.attempts, item.attempted_at) == (Phase.LEAVING, 1, NOW + SECOND)
    much_later = NOW + timedelta(days=9)
    assert (outbox.due(much_later), outbox.expired(much_later), outbox.next_due()) == ([], [], None)


def test_what_the_gateway_has_or_refused_is_gone_and_settling_it_again_does_nothing() -> None:
    item = new_item()
    outbox = outbox_with(item, new_item("2"))
    outbox.begin(item, NOW)
    outbox.settle(item)
    outbox.settle(item)
    assert list(outbox.items) == ["2"]


def test_pauses_grow_from_five_seconds_to_five_minutes() -> None:
    item = new_item()
    outbox = outbox_with(item)
    pauses = []
    for _ in range(12):
        outbox.begin(item, NOW)
        outbox.not_sent(item, NOW, 1.0)
        assert item.phase is Phase.WAITING
        pauses.append(item.due - NOW)
    assert pauses[0] == timedelta(seconds=5)
    assert all(before < after or before == after == timedelta(minutes=5) for before, after in pairwise(pauses))
    assert pauses[-1] == timedelta(minutes=5)


@given(st.integers(1, 10**6), st.floats(0.8, 1.2))
def test_a_pause_is_never_shorter_than_four_seconds_nor_longer_than_six_minutes(attempts: int, jitter: float) -> None:
    item = new_item()
    outbox = outbox_with(item)
    item.attempts = attempts - 1
    outbox.begin(item, NOW)
    outbox.not_sent(item, NOW, jitter)
    assert 4 * SECOND <= item.due - NOW <= timedelta(minutes=6)
    assert outbox.due(item.due) == [item]
    assert outbox.due(item.due - SECOND) == []


def test_two_messages_that_failed_together_are_not_tried_together() -> None:
    items = [new_item("1"), new_item("2")]
    outbox = outbox_with(*items)
    for item, jitter in zip(items, (0.8, 1.2), strict=True):
        outbox.begin(item, NOW)
        outbox.not_sent(item, NOW, jitter)
    assert items[0].due < items[1].due


def test_what_is_uncertain_is_looked_for_at_once_and_again_half_a_minute_later() -> None:
    item = new_item()
    outbox = outbox_with(item)
    outbox.begin(item, NOW)
    outbox.uncertain(item, NOW + SECOND)
    assert item.phase is Phase.DOUBTFUL
    assert outbox.due(NOW + SECOND) == [item]
    assert outbox.absent(item, NOW + SECOND) is False
    assert outbox.due(NOW + 30 * SECOND) == []
    assert outbox.due(NOW + 31 * SECOND) == [item]
    assert outbox.absent(item, NOW + 31 * SECOND) is True
    assert outbox.due(NOW + 31 * SECOND) == [item]
    assert outbox.expired(item.expires_at) == [item]


def test_a_look_that_failed_counts_for_nothing() -> None:
    item = new_item()
    outbox = outbox_with(item)
    outbox.begin(item, NOW)
    outbox.uncertain(item, NOW)
    for seconds in (30, 60, 120, 240, 300, 300):
        outbox.look_later(item, NOW)
        assert outbox.due(NOW + (seconds - 1) * SECOND) == []
        assert outbox.due(NOW + seconds * SECOND) == [item]
    assert outbox.absent(item, NOW) is False
    assert outbox.absent(item, NOW) is True


def test_each_uncertain_attempt_is_looked_for_twice_anew() -> None:
    item = new_item()
    outbox = outbox_with(item)
    for _ in range(3):
        outbox.begin(item, NOW)
        outbox.uncertain(item, NOW)
        assert [outbox.absent(item, NOW), outbox.absent(item, NOW)] == [False, True]


def test_each_uncertain_attempt_begins_to_look_at_short_intervals() -> None:
    item = new_item()
    outbox = outbox_with(item)
    for _ in range(2):
        outbox.begin(item, NOW)
        outbox.uncertain(item, NOW)
        for seconds in (30, 60):
            outbox.look_later(item, NOW)
            assert item.due == NOW + seconds * SECOND


def test_what_waits_too_long_expires_and_wakes_the_house_for_it() -> None:
    item = new_item(lifetime=10 * SECOND)
    outbox = outbox_with(item)
    outbox.begin(item, NOW)
    item.attempts = 20
    outbox.not_sent(item, NOW, 1.0)
    assert outbox.next_due() == item.expires_at < item.due
    assert outbox.expired(item.expires_at - SECOND) == []
    assert outbox.expired(item.expires_at) == [item]


def test_what_is_doubtful_never_expires() -> None:
    item = new_item()
    outbox = outbox_with(item)
    outbox.begin(item, NOW)
    outbox.uncertain(item, NOW)
    years_later = NOW + timedelta(days=1000)
    assert outbox.expired(years_later) == []
    assert outbox.due(years_later) == [item]
    outbox.absent(item, years_later)
    assert outbox.next_due() == years_later + 30 * SECOND
    outbox.absent(item, years_later)
    assert outbox.expired(years_later) == [item]


def test_the_next_thing_to_do_is_the_first_of_all() -> None:
    waiting, doubtful, leaving = new_item("1"), new_item("2"), new_item("3")
    outbox = outbox_with(waiting, doubtful, leaving)
    for item in (waiting, doubtful, leaving):
        outbox.begin(item, NOW)
    outbox.not_sent(waiting, NOW, 1.0)
    outbox.uncertain(doubtful, NOW)
    outbox.absent(doubtful, NOW)
    assert outbox.next_due() == waiting.due == NOW + 5 * SECOND
    outbox.settle(waiting)
    assert outbox.next_due() == doubtful.due == NOW + 30 * SECOND


def test_an_empty_outbox_wants_nothing() -> None:
    outbox = Outbox()
    assert (len(outbox), outbox.next_due(), outbox.due(NOW), outbox.expired(NOW)) == (0, None, [], [])


def test_after_a_fall_what_was_leaving_is_doubtful_and_the_rest_as_it_was() -> None:
    waiting, leaving, doubtful = new_item("1"), new_item("2"), new_item("3")
    outbox = outbox_with(waiting, leaving, doubtful)
    outbox.begin(leaving, NOW)
    outbox.begin(doubtful, NOW)
    outbox.uncertain(doubtful, NOW)
    outbox.absent(doubtful, NOW)
    outbox.recover(NOW + HOUR)
    assert (leaving.phase, leaving.due, leaving.attempted_at) == (Phase.DOUBTFUL, NOW + HOUR, NOW)
    assert (waiting.phase, waiting.due) == (Phase.WAITING, NOW)
    assert (doubtful.phase, doubtful.looks, doubtful.due) == (Phase.DOUBTFUL, 1, NOW + 30 * SECOND)


def test_a_thousand_messages_fit_and_not_one_more() -> None:
    outbox = outbox_with(*(new_item(str(index)) for index in range(999)))
    with pytest.raises(OutboxFullError):
        outbox.add([new_item("one"), new_item("too many")])
    assert len(outbox) == 999
    outbox.add([new_item("last")])
    with pytest.raises(OutboxFullError):
        outbox.add([new_item("more")])
    assert len(outbox) == MAX_ITEMS == 1_000
    outbox.settle(outbox.items["last"])
    outbox.add([new_item("more")])


def test_for_urgent_messages_there_is_room_when_an_automation_has_filled_the_rest() -> None:
    outbox = outbox_with(*(new_item(str(index)) for index in range(MAX_ITEMS)))
    outbox.add([new_item(f"urgent {index}", urgent=True) for index in range(MAX_URGENT - 1)])
    with pytest.raises(OutboxFullError):
        outbox.add([new_item("one", urgent=True), new_item("too many", urgent=True)])
    # What is not urgent does not get in by coming along.
    with pytest.raises(OutboxFullError):
        outbox.add([new_item("more", urgent=True), new_item("and more")])
    outbox.add([new_item("last", urgent=True)])
    with pytest.raises(OutboxFullError):
        outbox.add([new_item("more", urgent=True)])
    assert len(outbox) == MAX_ITEMS + MAX_URGENT


def test_taking_on_nothing_is_possible_even_if_it_is_full() -> None:
    outbox = outbox_with(*(new_item(str(index), urgent=True) for index in range(MAX_ITEMS + MAX_URGENT)))
    outbox.add([])


def test_what_is_not_on_its_way_out_can_be_hurried() -> None:
    leaving, waiting, doubtful = new_item("1"), new_item("2"), new_item("3")
    outbox = outbox_with(leaving, waiting, doubtful)
    for item in (leaving, waiting, doubtful):
        outbox.begin(item, NOW)
    outbox.not_sent(waiting, NOW, 1.0)
    outbox.uncertain(doubtful, NOW)
    outbox.absent(doubtful, NOW)
    assert outbox.resting() == [waiting, doubtful]
    assert outbox.due(NOW + SECOND) == []
    for item in outbox.resting():
        outbox.hurry(item, NOW + SECOND)
    assert outbox.due(NOW + SECOND) == [waiting, doubtful]
    # Having been hurried is no reason to look less often.
    assert outbox.absent(doubtful, NOW + SECOND) is True


@pytest.mark.parametrize("by", [timedelta(days=7000), -timedelta(hours=3)], ids=["ahead", "back"])
def test_with_a_clock_that_is_set_everything_stays_as_far_away_as_it_was(by: timedelta) -> None:
    waiting, leaving, doubtful = new_item("1"), new_item("2"), new_item("3")
    outbox = outbox_with(waiting, leaving, doubtful)
    for item in (leaving, doubtful):
        outbox.begin(item, NOW)
    outbox.uncertain(doubtful, NOW)
    outbox.absent(doubtful, NOW)
    outbox.shift(by)
    assert (waiting.due, waiting.expires_at, waiting.attempted_at) == (NOW + by, NOW + HOUR + by, None)
    assert (doubtful.due, doubtful.attempted_at) == (NOW + 30 * SECOND + by, NOW + by)
    assert (leaving.attempted_at, leaving.expires_at) == (NOW + by, NOW + HOUR + by)
    assert outbox.expired(NOW + by) == []
    assert outbox.due(NOW + by) == [waiting]


def test_the_last_message_taken_on_to_somebody_is_found_whoever_else_it_goes_to() -> None:
    outbox = outbox_with(
        new_item("1", numbers=(ALICE,)), new_item("2", numbers=(BOB, ALICE)), new_item("3", numbers=(BOB,))
    )
    assert outbox.latest_to(ALICE) is outbox.items["2"]
    assert outbox.latest_to(BOB) is outbox.items["3"]
    assert outbox.latest_to(CAROL) is None


BATCH = BatchRequest(
    rows=tuple(BatchRow(number=number, text=text) for number, text in ((ALICE, "A"), (BOB, "B"), (ALICE, "C")))
)


@pytest.mark.parametrize(
    ("request_", "numbers", "left"),
    [
        pytest.param(
            MessageRequest(text="Water!", numbers=(ALICE, BOB, CAROL), reference="door 4"),
            (ALICE, BOB, CAROL),
            MessageRequest(text="Water!", numbers=(BOB, CAROL), reference="door 4"),
            id="SMS",
        ),
        pytest.param(
            VoiceRequest(text="Water!", numbers=(ALICE, BOB)),
            (ALICE, BOB),
            VoiceRequest(text="Water!", numbers=(BOB,)),
            id="voice message",
        ),
        pytest.param(
            BATCH, (ALICE, BOB, ALICE), BatchRequest(rows=(BatchRow(number=BOB, text="B"),)), id="all lines of a batch"
        ),
    ],
)
def test_what_waits_can_go_to_one_recipient_less(request_: Request, numbers: tuple[str, ...], left: Request) -> None:
    item = new_item(request=request_, numbers=numbers)
    outbox = outbox_with(item)
    assert outbox.leave_out(item, ALICE) is True
    assert item.request == left
    assert ALICE not in item.targets
    assert item.expense == Expense(at=NOW, costs=tuple((number, 1) for number in numbers if number != ALICE))
    assert outbox.latest_to(ALICE) is None


def test_what_goes_to_nobody_else_is_not_left_empty() -> None:
    item = new_item()
    outbox = outbox_with(item)
    assert outbox.leave_out(item, ALICE) is False
    assert item.targets == (ALICE,)


def begun(item: OutboxItem) -> Outbox:
    outbox = outbox_with(item)
    outbox.begin(item, NOW)
    return outbox


def test_of_what_may_have_left_nobody_is_left_out() -> None:
    outbox = begun(item := new_item(numbers=(ALICE, BOB)))
    assert outbox.leave_out(item, ALICE) is False
    outbox.uncertain(item, NOW)
    assert outbox.leave_out(item, ALICE) is False
    assert item.request == MessageRequest(text="Water!", numbers=(ALICE, BOB))


def test_what_waits_is_called_off_and_gone() -> None:
    item = new_item()
    outbox = outbox_with(item, new_item("2"))
    assert outbox.call_off(item) is True
    assert list(outbox.items) == ["2"]


def test_what_is_called_off_while_it_may_have_left_is_made_certain_and_not_tried_again() -> None:
    outbox = begun(item := new_item())
    assert outbox.call_off(item) is False
    assert (list(outbox.items), item.again, item.phase) == (["1"], False, Phase.LEAVING)
    item.again = True
    outbox.uncertain(item, NOW)
    assert outbox.call_off(item) is False
    assert (outbox.due(NOW), item.again) == ([item], False)


class Life(RuleBasedStateMachine):
    """Messages go their ways at random; whatever happens, each that is not gone is certain to be taken up again."""

    def __init__(self) -> None:
        super().__init__()
        self.outbox = Outbox()
        self.now = NOW
        self.count = 0

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

    @precondition(lambda self: self.outbox.due(self.now))
    @rule(data=st.data())
    def do_what_is_due(self, data: st.DataObject) -> None:
        item = data.draw(st.sampled_from(self.outbox.due(self.now)))
        if item.phase is Phase.WAITING:
            self.outbox.begin(item, self.now)
        elif data.draw(st.booleans()):
            self.outbox.look_later(item, self.now)
        elif self.outbox.absent(item, self.now):
            assert item in self.outbox.due(self.now)

    @rule(data=st.data(), outcome=st.sampled_from(["settled", "not sent", "uncertain"]), jitter=st.floats(0.8, 1.2))
    def answer(self, data: st.DataObject, outcome: str, jitter: float) -> None:
        if (item := self.some(data, Phase.LEAVING)) is None:
            return
        if outcome == "settled":
            self.outbox.settle(item)
        elif outcome == "not sent":
            self.outbox.not_sent(item, self.now, jitter)
            assert item not in self.outbox.due(self.now)
        else:
            self.outbox.uncertain(item, self.now)

    @rule()
    def fall_and_stand_up(self) -> None:
        self.outbox.recover(self.now)
        assert self.outbox.resting() == list(self.outbox.items.values())

    @rule(hours=st.integers(-50, 50))
    def set_the_clock(self, hours: int) -> None:
        due, expired = self.outbox.due(self.now), self.outbox.expired(self.now)
        self.now += timedelta(hours=hours)
        self.outbox.shift(timedelta(hours=hours))
        assert (self.outbox.due(self.now), self.outbox.expired(self.now)) == (due, expired)

    @rule(data=st.data(), phase=st.sampled_from(Phase))
    def call_off(self, data: st.DataObject, phase: Phase) -> None:
        if (item := self.some(data, phase)) is not None:
            assert self.outbox.call_off(item) is (phase is Phase.WAITING)
            assert (item.key in self.outbox.items) is (phase is not Phase.WAITING)

    @rule()
    def hurry(self) -> None:
        for item in self.outbox.resting():
            self.outbox.hurry(item, self.now)
        assert all(item in self.outbox.due(self.now) for item in self.outbox.resting())

    @rule()
    def give_up(self) -> None:
        for item in self.outbox.expired(self.now):
            assert item.phase is Phase.WAITING
            self.outbox.settle(item)

    @invariant()
    def whoever_sleeps_until_the_next_thing_to_do_misses_nothing(self) -> None:
        next_due = self.outbox.next_due()
        assert (next_due is None) == (not self.outbox.resting())
        if next_due is not None:
            assert next_due <= self.now + timedelta(minutes=6)
            assert self.outbox.due(next_due) or self.outbox.expired(next_due)
            before = next_due - timedelta(microseconds=1)
            assert not self.outbox.due(before)
            assert not self.outbox.expired(before)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
