from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import json_loads
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from custom_components.smsmode.api import (
    BatchRequest,
    BatchRow,
    DeliveryReport,
    MessageClass,
    MessageRequest,
    MessageStatus,
    Reply,
    StopClause,
    VoiceLanguage,
    VoiceRequest,
)
from custom_components.smsmode.budget import Expense, Purse
from custom_components.smsmode.codes import Codes
from custom_components.smsmode.ledger import LastStatus, WatchedMessage
from custom_components.smsmode.outbox import OutboxItem, Phase, Request
from custom_components.smsmode.records import FACTS, Changes, Memory, Record, first_memory, restore

PARIS = ZoneInfo("Europe/Paris")
SUMMER = timezone(timedelta(hours=2))
NOW = datetime(2026, 6, 10, 12, 30, 15, 123456, tzinfo=UTC)
ALICE, BOB = "+33612345678", "+33698765432"
URL = "https://house.example/api/webhook/a-secret-webhook-id"

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
KEYS = TEXTS.filter(bool)
MAYBE_TEXTS = st.one_of(st.none(), TEXTS)
NUMBERS = st.sampled_from([ALICE, BOB, "36034", "+262692123456"])
ZONES = st.one_of(
    st.just(UTC), st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
)
MOMENTS = st.builds(
    lambda away, zone: (NOW + away).astimezone(zone), st.timedeltas(timedelta(-20_000), timedelta(2_900_000)), ZONES
)
MAYBE_MOMENTS = st.one_of(st.none(), MOMENTS)
COUNTS = st.integers(0, 10**6)
CODES = st.integers(0, 99999)
ANY_NUMBERS = st.lists(NUMBERS, max_size=3).map(tuple)
COMMON = {
    "sender": MAYBE_TEXTS,
    "reference": MAYBE_TEXTS,
    "send_at": MAYBE_MOMENTS,
    "max_segments": st.integers(1, 5),
    "stop": st.sampled_from(StopClause),
    "message_class": st.sampled_from(MessageClass),
}
REQUESTS = st.one_of(
    st.builds(MessageRequest, text=TEXTS, numbers=ANY_NUMBERS, group=MAYBE_TEXTS, **COMMON),
    st.builds(
        VoiceRequest,
        text=TEXTS,
        numbers=ANY_NUMBERS,
        title=MAYBE_TEXTS,
        language=st.one_of(st.none(), st.sampled_from(VoiceLanguage)),
        send_at=MAYBE_MOMENTS,
    ),
    st.builds(
        BatchRequest,
        rows=st.lists(
            st.builds(BatchRow, number=NUMBERS, text=TEXTS, sender=MAYBE_TEXTS, reference=MAYBE_TEXTS), max_size=3
        ).map(tuple),
        **COMMON,
    ),
)
EXPENSES = st.builds(
    Expense,
    at=MOMENTS,
    costs=st.lists(st.tuples(TEXTS, COUNTS), max_size=3).map(tuple),
    purse=st.sampled_from(Purse),
)
ITEMS = st.builds(
    OutboxItem,
    key=KEYS,
    request=REQUESTS,
    expense=EXPENSES,
    expires_at=MOMENTS,
    due=MOMENTS,
    again=st.booleans(),
    phase=st.sampled_from(Phase),
    attempts=COUNTS,
    attempted_at=MAYBE_MOMENTS,
    looks=COUNTS,
    blind=COUNTS,
)
MESSAGES = st.builds(
    WatchedMessage,
    message_id=KEYS,
    sent_at=MOMENTS,
    codes=st.dictionaries(NUMBERS, st.just(()), max_size=3),
    group=MAYBE_TEXTS,
    reference=MAYBE_TEXTS,
    content=MAYBE_TEXTS,
    is_complete=st.booleans(),
)
STATUSES = st.builds(
    LastStatus,
    status=st.sampled_from(MessageStatus),
    received_at=MOMENTS,
    code=st.one_of(st.none(), CODES),
    message_id=MAYBE_TEXTS,
    number=MAYBE_TEXTS,
    reference=MAYBE_TEXTS,
)
REPLIES = st.builds(
    Reply,
    reply_id=MAYBE_TEXTS,
    received_at=MAYBE_MOMENTS,
    sender=TEXTS,
    text=TEXTS,
    short_code=MAYBE_TEXTS,
    message_id=MAYBE_TEXTS,
    reference=MAYBE_TEXTS,
)


class Disk:
    """What the file of an account does with records: new ones last, all parts of what is taken off gone."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str, str], bytes] = {}

    def write(self, records: Iterable[Record]) -> None:
        for shelf, key, part, value in records:
            if value is None:
                self.values = {place: each for place, each in self.values.items() if place[:2] != (shelf, key)}
            else:
                self.values[shelf, key, part] = json_bytes(value)

    def read(self) -> list[Record]:
        return [Record(*place, json_loads(value)) for place, value in self.values.items()]

    def take(self, memory: Memory) -> None:
        self.write(memory.take_changes())


def over_the_disk(memory: Memory) -> Memory:
    disk = Disk()
    disk.take(memory)
    return restore(disk.read(), NOW)


def places(records: Iterable[Record]) -> set[tuple[str, str, str]]:
    """Say where records belong, without the few facts."""
    return {record[:3] for record in records if record.shelf != FACTS}


def assert_same(one: Memory, other: Memory) -> None:
    """Compare memories, and the order on each shelf; reports that came early are not kept."""
    for memory in (one, other):
        memory.ledger.early.clear()
    assert (one.outbox, one.ledger, one.budget) == (other.outbox, other.ledger, other.budget)
    for ours, theirs in (
        (one.outbox.items, other.outbox.items),
        (one.ledger.messages, other.ledger.messages),
        (one.ledger.last_status_of, other.ledger.last_status_of),
        (one.budget.recent, other.budget.recent),
        (one.budget.runway.days, other.budget.runway.days),
        (one.ledger.heard.ids, other.ledger.heard.ids),
        (one.ledger.heard.contents, other.ledger.heard.contents),
        (one.ledger.heard.nameless, other.ledger.heard.nameless),
        (one.ledger.heard.unlisted, other.ledger.heard.unlisted),
    ):
        assert list(ours) == list(theirs)


def sms(key: str = "K1", *numbers: str, expense: Expense | None = None) -> OutboxItem:
    return OutboxItem(
        key=key,
        request=MessageRequest(text="Water!", numbers=numbers or (ALICE,)),
        expense=expense or Expense(at=NOW, costs=tuple((number, 1) for number in numbers or (ALICE,))),
        expires_at=NOW + timedelta(hours=1),
        due=NOW,
    )


def message(message_id: str = "M1", *numbers: str, group: str | None = None) -> WatchedMessage:
    codes: dict[str, Codes] = {} if group else dict.fromkeys(numbers or (ALICE,), ())
    return WatchedMessage(message_id=message_id, sent_at=NOW, codes=codes, group=group, is_complete=group is None)


def report(code: int, number: str = ALICE, message_id: str = "M1") -> DeliveryReport:
    return DeliveryReport(message_id=message_id, number=number, code=code)


def reply(reply_id: str | None = "R1", text: str = "OK", at: datetime = NOW) -> Reply:
    return Reply(reply_id=reply_id, received_at=at, sender=ALICE, text=text)


def lived_in() -> Memory:
    """A memory that has something of everything."""
    memory = first_memory(NOW)
    memory.outbox.add([sms("K1", ALICE, BOB), sms("K2")])
    memory.outbox.begin(memory.outbox.items["K1"], NOW)
    memory.ledger.note_sent(message("M1", ALICE, BOB), 2)
    memory.ledger.note_sent(message("M2", group="Famille"), 3)
    memory.ledger.hear_report(report(13), NOW)
    memory.ledger.hear_report(report(11, BOB, "M2"), NOW)
    memory.ledger.hear_reply(reply(), NOW)
    memory.ledger.hear_reply(reply(None, "Other"), NOW)
    memory.ledger.hear_reply(reply("R2", "Third"), NOW, listed=False)
    memory.budget.spend([("K1", Expense(at=NOW, costs=((ALICE, 2),)))], NOW)
    memory.budget.spend([("K2", Expense(at=NOW, costs=((BOB, 1),), purse=Purse.URGENT))], NOW)
    return memory


def test_what_is_new_survives_the_disk() -> None:
    memory = first_memory(NOW)
    assert_same(over_the_disk(memory), memory)
    assert_same(restore([], NOW), first_memory(NOW))


def test_a_memory_that_has_something_of_everything_survives_the_disk() -> None:
    memory = lived_in()
    read = over_the_disk(memory)
    assert_same(read, memory)
    assert (len(read.outbox), read.ledger.pending, read.ledger.segments_sent) == (2, 3, 5)


@settings(max_examples=60)
@given(st.lists(ITEMS, max_size=3, unique_by=lambda item: item.key))
def test_any_queued_message_survives_the_disk(items: list[OutboxItem]) -> None:
    memory = first_memory(NOW)
    memory.outbox.add(items)
    read = over_the_disk(memory)
    assert_same(read, memory)
    for item, same in zip(memory.outbox.items.values(), read.outbox.items.values(), strict=True):
        assert type(same.request) is type(item.request)
        assert (type(same.phase), type(same.expense.purse)) == (Phase, Purse)
        assert same.expense.at.utcoffset() == item.expense.at.utcoffset()


@settings(max_examples=60)
@given(
    st.lists(MESSAGES, max_size=3),
    st.lists(st.tuples(NUMBERS, CODES), max_size=5),
    st.lists(st.tuples(TEXTS, STATUSES), max_size=2),
)
def test_any_sent_message_and_what_came_of_it_survives_the_disk(
    messages: list[WatchedMessage], reports: list[tuple[str, int]], statuses: list[tuple[str, LastStatus]]
) -> None:
    memory = first_memory(NOW)
    for each in messages:
        memory.ledger.note_sent(each, 1)
        for number, code in reports:
            memory.ledger.hear_report(report(code, number, each.message_id), NOW)
    for target, status in statuses:
        memory.ledger.last_status_of[target] = memory.ledger.last_status = status
    assert_same(over_the_disk(memory), memory)


@settings(max_examples=60)
@given(st.lists(st.tuples(REPLIES, MOMENTS, st.booleans()), max_size=5), MOMENTS)
def test_any_reply_heard_survives_the_disk(replies: list[tuple[Reply, datetime, bool]], horizon: datetime) -> None:
    memory = first_memory(horizon)
    for each, now, listed in replies:
        memory.ledger.hear_reply(each, now, listed=listed)
    assert_same(over_the_disk(memory), memory)


@settings(max_examples=60)
@given(st.lists(st.tuples(KEYS, EXPENSES, st.integers(0, 50)), max_size=4), MOMENTS)
def test_whatever_was_spent_survives_the_disk(spent: list[tuple[str, Expense, int]], now: datetime) -> None:
    memory = first_memory(NOW)
    for key, expense, minutes in spent:
        if key not in memory.budget.recent:
            memory.budget.spend([(key, expense)], now)
        now += timedelta(minutes=minutes)
    read = over_the_disk(memory)
    assert_same(read, memory)
    assert all(type(purse) is Purse for purse in read.budget.spent_today)
    moments = [
        (expense.at.isoformat(), each.at.isoformat())
        for expense, each in zip(memory.budget.recent.values(), read.budget.recent.values(), strict=True)
    ]
    assert all(
        datetime.fromisoformat(before).date() == datetime.fromisoformat(after).date() for before, after in moments
    )


def test_only_what_changed_is_written() -> None:
    memory = over_the_disk(lived_in())
    memory.take_changes()
    assert not memory.take_changes()
    memory.outbox.begin(memory.outbox.items["K2"], NOW)
    memory.ledger.hear_report(report(11), NOW)
    assert places(memory.take_changes()) == {("outbox", "K2", ""), ("message", "M1", ALICE), ("status", ALICE, "")}
    memory.outbox.settle(memory.outbox.items["K2"])
    memory.ledger.note_complete("M2")
    memory.budget.spend([("K3", Expense(at=NOW, costs=((ALICE, 1),)))], NOW)
    assert places(memory.take_changes()) == {
        ("outbox", "K2", ""),
        ("message", "M2", ""),
        ("expense", "K3", ""),
        ("day", NOW.date().isoformat(), ""),
    }


def test_a_report_costs_the_same_write_however_many_numbers_its_message_has() -> None:
    memory = first_memory(NOW)
    numbers = [f"+336{index:08}" for index in range(1_000)]
    memory.ledger.note_sent(message("M1", *numbers), 1)
    memory.take_changes()
    memory.ledger.hear_report(report(11, numbers[500]), NOW)
    written = [record for record in memory.take_changes() if record.shelf == "message"]
    assert [record[1:] for record in written] == [("M1", numbers[500], (11,))]


def test_how_far_a_queued_message_is_is_written_without_its_text() -> None:
    memory = lived_in()
    memory.take_changes()
    memory.outbox.not_sent(memory.outbox.items["K1"], NOW, 1.0)
    [record] = memory.take_changes()
    assert record[:3] == ("outbox", "K1", "")
    assert b"Water" not in json_bytes(record.value)


def test_a_recipient_less_is_a_recipient_less_after_a_restart() -> None:
    memory, disk = first_memory(NOW), Disk()
    memory.outbox.add([sms("K1", ALICE, BOB)])
    disk.take(memory)
    assert memory.outbox.leave_out(memory.outbox.items["K1"], BOB)
    disk.take(memory)
    read = restore(disk.read(), NOW)
    assert_same(read, memory)
    assert read.outbox.items["K1"].targets == (ALICE,)


def test_what_could_not_be_written_is_written_again_with_what_changed_since() -> None:
    memory, disk = lived_in(), Disk()
    changes = memory.take_changes()
    memory.outbox.settle(memory.outbox.items["K1"])
    memory.ledger.note_sent(message("M3"), 1)
    memory.give_back(changes)
    disk.take(memory)
    assert_same(restore(disk.read(), NOW), memory)


def test_removals_that_could_not_be_written_are_written_again() -> None:
    memory, disk = lived_in(), Disk()
    disk.take(memory)
    memory.outbox.settle(memory.outbox.items["K1"])
    memory.ledger.forget("M1")
    memory.give_back(memory.take_changes())
    disk.take(memory)
    assert_same(restore(disk.read(), NOW), memory)


def test_a_message_noted_anew_under_its_id_has_nothing_of_what_the_old_one_came_to() -> None:
    memory, disk = lived_in(), Disk()
    memory.ledger.note_sent(message("M2", group="Famille"), 1)
    disk.take(memory)
    read = restore(disk.read(), NOW)
    assert read.ledger.messages["M2"].codes == {}
    memory.ledger.hear_report(report(13, BOB, "M2"), NOW)
    disk.take(memory)
    memory.ledger.note_sent(message("M2", group="Famille"), 1)
    disk.take(memory)
    assert_same(restore(disk.read(), NOW), memory)


def test_a_message_noted_anew_while_the_disk_was_failing_is_written_as_it_is() -> None:
    memory, disk = first_memory(NOW), Disk()
    memory.ledger.note_sent(message("M1", group="Famille"), 1)
    memory.ledger.hear_report(report(13), NOW)
    changes = memory.take_changes()
    memory.ledger.note_sent(message("M1", group="Famille"), 1)
    memory.give_back(changes)
    disk.take(memory)
    assert_same(restore(disk.read(), NOW), memory)


def test_what_somebody_still_works_on_after_it_is_gone_is_not_written() -> None:
    memory, disk = lived_in(), Disk()
    item = memory.outbox.items["K1"]
    memory.outbox.settle(item)
    memory.outbox.uncertain(item, NOW)
    disk.take(memory)
    assert_same(restore(disk.read(), NOW), memory)


def test_what_came_while_the_disk_was_failing_stays_behind_what_came_before() -> None:
    memory, disk = first_memory(NOW), Disk()
    memory.outbox.add([sms("before")])
    changes = memory.take_changes()
    memory.outbox.add([sms("meanwhile")])
    memory.give_back(changes)
    disk.take(memory)
    assert list(restore(disk.read(), NOW).outbox.items) == ["before", "meanwhile"]


def test_whoever_was_written_to_last_is_the_last_to_be_forgotten_after_a_restart_too() -> None:
    memory = first_memory(NOW)
    for number in (ALICE, BOB, ALICE):
        memory.ledger.note_sent(message(number, number), 1)
    assert list(over_the_disk(memory).ledger.last_status_of) == [BOB, ALICE]


def test_limits_are_options_and_not_kept() -> None:
    memory = first_memory(NOW)
    budget = memory.budget
    budget.daily_limit, budget.urgent_daily_limit, budget.recipient_limit = 1, 2, 3
    budget.spend([("K1", Expense(at=NOW, costs=((ALICE, 1),)))], NOW)
    read = over_the_disk(memory).budget
    assert (read.daily_limit, read.urgent_daily_limit, read.recipient_limit) == (0, 0, 0)
    assert (read.day, read.spent_today) == (date(2026, 6, 10), {Purse.ORDINARY: 1})


@pytest.mark.parametrize("fold", [0, 1], ids=["summer time", "winter time"])
def test_a_time_of_the_house_is_the_same_moment_and_day_after_a_restart(fold: int) -> None:
    at = datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=PARIS)
    memory = first_memory(NOW)
    item = sms(expense=Expense(at=at, costs=((ALICE, 1),)))
    item.request = MessageRequest(text="Water!", numbers=(ALICE,), send_at=at)
    memory.outbox.add([item])
    read = over_the_disk(memory).outbox.items["K1"]
    for moment in (read.expense.at, read.request.send_at):
        assert moment is not None
        assert moment.astimezone(UTC) == at.astimezone(UTC)
        assert moment.date() == at.date()


def test_what_was_spent_shortly_after_midnight_can_be_given_back_after_a_restart() -> None:
    # In UTC it is still yesterday.
    at = datetime(2026, 6, 11, 0, 30, tzinfo=PARIS)
    memory = first_memory(NOW)
    memory.budget.spend([("K1", expense := Expense(at=at, costs=((ALICE, 3),)))], at)
    memory.outbox.add([sms(expense=expense)])
    read = over_the_disk(memory)
    read.budget.give_back("K1", read.outbox.items["K1"].expense)
    assert read.budget.spent_today.total() == 0
    assert not read.budget.recent


def test_callback_addresses_are_secret_and_never_written() -> None:
    memory, disk = first_memory(NOW), Disk()
    requests: list[Request] = [
        MessageRequest(text="Water!", numbers=(ALICE,), report_url=URL, reply_url=URL),
        BatchRequest(rows=(BatchRow(number=ALICE, text="Hello"),), report_url=URL),
    ]
    for key, request in enumerate(requests):
        item = sms(str(key))
        item.request = request
        memory.outbox.add([item])
    disk.take(memory)
    assert not any(b"webhook" in value for value in disk.values.values())
    assert [item.request for item in restore(disk.read(), NOW).outbox.items.values()] == [
        MessageRequest(text="Water!", numbers=(ALICE,)),
        BatchRequest(rows=(BatchRow(number=ALICE, text="Hello"),)),
    ]


def test_reports_that_came_early_are_not_kept_for_the_poll_brings_them() -> None:
    memory = first_memory(NOW)
    memory.ledger.hear_report(report(13), NOW)
    assert memory.ledger.early
    assert over_the_disk(memory).ledger.early == {}


def test_news_before_a_restart_is_not_news_after_it() -> None:
    memory = first_memory(NOW)
    memory.ledger.note_sent(message("M1"), 1)
    reports = [report(code) for code in (0, 1, 13)]
    assert all(memory.ledger.hear_report(each, NOW) for each in reports[:2])
    assert memory.ledger.hear_reply(reply(), NOW)
    read = over_the_disk(memory).ledger
    assert not any(read.hear_report(each, NOW) for each in reports[:2])
    assert read.hear_reply(reply(), NOW) is None
    assert read.hear_report(reports[2], NOW)
    assert read.pending == 1


def test_a_group_whose_numbers_were_all_named_awaits_nothing_more_after_a_restart() -> None:
    memory, disk = first_memory(NOW), Disk()
    memory.ledger.note_sent(message("M1", group="Famille"), 1)
    memory.ledger.hear_report(report(11), NOW)
    disk.take(memory)
    assert restore(disk.read(), NOW).ledger.pending == 1
    memory.ledger.note_complete("M1")
    disk.take(memory)
    read = restore(disk.read(), NOW).ledger
    assert read.pending == 0


ITEM = {"kind": "MessageRequest", "request": {}, "expense": {}}


@pytest.mark.parametrize(
    "records",
    [
        pytest.param([Record("outbox", "K1", "", {})], id="half a queued message"),
        pytest.param([Record("outbox", "K1", "draft", ITEM), Record("outbox", "K1", "", {})], id="an empty one"),
        pytest.param([Record("message", "M1", ALICE, [11])], id="reports of nothing"),
        pytest.param([Record("message", "M1", "", [])], id="a list for a message"),
        pytest.param([Record("ids", "R1", "", "yesterday")], id="no date"),
        pytest.param([Record("ids", "R1", "", 5)], id="a number for a date"),
        pytest.param([Record("status", ALICE, "", {"status": "lost", "received_at": NOW.isoformat()})], id="a status"),
        pytest.param([Record("expense", "K1", "", None)], id="nothing for an expense"),
        pytest.param([Record("day", "monday", "", 5)], id="a day that is none"),
        pytest.param([Record("day", "2026-06-10", "", None)], id="nothing for a day"),
        pytest.param([Record(FACTS, "", "", {})], id="facts without facts"),
        pytest.param([Record(FACTS, "x", "", {})], id="facts under a key"),
    ],
)
def test_what_is_not_ours_is_not_read_as_ours(records: list[Record]) -> None:
    with pytest.raises((LookupError, TypeError, ValueError, AttributeError)):
        restore(records, NOW)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-10, 10), st.text(max_size=5), st.just(NOW.isoformat())),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)


@settings(max_examples=200)
@given(st.data())
def test_a_record_of_which_something_was_replaced_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    disk = Disk()
    disk.take(lived_in())
    records = disk.read()
    index = data.draw(st.integers(0, len(records) - 1))
    value = records[index].value
    if isinstance(value, dict) and data.draw(st.booleans()):
        value = value | {data.draw(st.sampled_from(sorted(value))): data.draw(JSON)}
    else:
        value = data.draw(JSON)
    records[index] = records[index]._replace(value=value)
    with suppress(LookupError, TypeError, ValueError, AttributeError):
        restore(records, NOW)


class Life(RuleBasedStateMachine):
    """A house lives, its disk is written from time to time, sometimes in vain, and it falls and stands up again."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = first_memory(NOW)
        self.disk = Disk()
        self.now = NOW.astimezone(SUMMER)
        self.count = 0
        self.under_way: Changes | None = None

    def some_item(self, data: st.DataObject) -> OutboxItem | None:
        items = list(self.memory.outbox.items.values())
        return data.draw(st.sampled_from(items)) if items else None

    @rule(minutes=st.sampled_from([1, 20, 70, 60 * 24 * 20]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(urgent=st.booleans())
    def take_on(self, urgent: bool) -> None:
        self.count += 1
        purse = Purse.URGENT if urgent else Purse.ORDINARY
        expense = Expense(at=self.now, costs=((ALICE, 1), (BOB, 2)), purse=purse)
        item = sms(f"K{self.count}", ALICE, BOB, expense=expense)
        self.memory.budget.spend([(item.key, expense)], self.now)
        self.memory.outbox.add([item])

    @rule(data=st.data(), way=st.sampled_from(["begin", "not sent", "doubt", "look", "absent", "hurry"]))
    def go_on(self, data: st.DataObject, way: str) -> None:
        outbox = self.memory.outbox
        if (item := self.some_item(data)) is None:
            return
        match way:
            case "begin":
                outbox.begin(item, self.now)
            case "not sent":
                outbox.not_sent(item, self.now, 1.0)
            case "doubt":
                outbox.uncertain(item, self.now)
            case "look":
                outbox.look_later(item, self.now)
            case "absent":
                outbox.absent(item, self.now)
            case "hurry":
                outbox.hurry(item, self.now)

    @rule(data=st.data(), way=st.sampled_from(["settle", "refuse", "leave out", "call off"]))
    def take_off(self, data: st.DataObject, way: str) -> None:
        if (item := self.some_item(data)) is None:
            return
        match way:
            case "settle":
                self.memory.outbox.settle(item)
            case "refuse":
                self.memory.outbox.settle(item)
                self.memory.budget.give_back(item.key, item.expense)
            case "leave out":
                self.memory.outbox.leave_out(item, BOB)
            case "call off":
                self.memory.outbox.call_off(item)

    @rule()
    def set_the_clock(self) -> None:
        self.memory.outbox.shift(timedelta(hours=1))

    @rule(name=st.integers(0, 3), group=st.booleans())
    def note_sent(self, name: int, group: bool) -> None:
        sent = message(f"M{name}", ALICE, BOB, group="Famille" if group else None)
        sent.sent_at = self.now
        for early in self.memory.ledger.note_sent(sent, 1):
            self.memory.ledger.hear_report(early, self.now)

    @rule(name=st.integers(0, 3), number=NUMBERS, code=st.sampled_from([0, 1, 13, 11, 35, 100]))
    def hear_report(self, name: int, number: str, code: int) -> None:
        self.memory.ledger.hear_report(report(code, number, f"M{name}"), self.now)

    @rule(name=st.integers(0, 3))
    def know_all_numbers(self, name: int) -> None:
        self.memory.ledger.note_complete(f"M{name}")

    @rule(name=st.integers(0, 3))
    def forget(self, name: int) -> None:
        self.memory.ledger.forget(f"M{name}")

    @rule(reply_id=st.sampled_from(["R1", "R2", "R3", None]), text=st.sampled_from("ab"), listed=st.booleans())
    def hear_reply(self, reply_id: str | None, text: str, listed: bool) -> None:
        self.memory.ledger.hear_reply(reply(reply_id, text, self.now), self.now, listed=listed)

    @precondition(lambda self: self.under_way is None)
    @rule()
    def begin_to_write(self) -> None:
        self.under_way = self.memory.take_changes()

    @precondition(lambda self: self.under_way is not None)
    @rule()
    def write(self) -> None:
        self.disk.write(self.under_way or Changes())
        self.under_way = None

    @precondition(lambda self: self.under_way is not None)
    @rule()
    def write_in_vain(self) -> None:
        self.memory.give_back(self.under_way or Changes())
        self.under_way = None

    @precondition(lambda self: self.under_way is None)
    @rule()
    def stop_and_start(self) -> None:
        self.disk.take(self.memory)
        read = restore(self.disk.read(), self.now)
        assert_same(read, self.memory)
        self.memory = read


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_a_shelf_of_a_newer_version_is_left_alone() -> None:
    memory = restore([Record("another", "K1", "", {}), Record("ids", "R1", "", NOW.isoformat())], NOW)
    assert list(memory.ledger.heard.ids) == ["R1"]
    assert all(record.shelf == FACTS for record in memory.take_changes())
