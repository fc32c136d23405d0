"""Any state survives a restart, and an entry that cannot be read is set aside alone."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.smsmode.api import (
    BatchRequest,
    BatchRow,
    MessageClass,
    MessageRequest,
    MessageStatus,
    Reply,
    StopClause,
    VoiceLanguage,
    VoiceRequest,
)
from custom_components.smsmode.state.account_state import COLLECTIONS, FACT, Record, initial_state, load_state
from custom_components.smsmode.state.budget import BudgetPool, Expense
from custom_components.smsmode.state.message_log import LastStatus, TrackedMessage
from custom_components.smsmode.state.outbox import OutboxItem, Phase
from tests.support.account_states import (
    ALICE,
    NOW,
    NUMBERS,
    FakeDatabase,
    assert_same,
    full_state,
    load,
    report,
    restored,
)
from tests.support.version_1_state import version_1_state

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
KEYS = TEXTS.filter(bool)
MAYBE_TEXTS = st.one_of(st.none(), TEXTS)
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
    pool=st.sampled_from(BudgetPool),
)
ITEMS = st.builds(
    OutboxItem,
    key=KEYS,
    request=REQUESTS,
    expense=EXPENSES,
    expires_at=MOMENTS,
    due=MOMENTS,
    may_retry=st.booleans(),
    phase=st.sampled_from(Phase),
    attempts=COUNTS,
    attempted_at=MAYBE_MOMENTS,
    lookup_count=COUNTS,
    failed_lookups=COUNTS,
)
MESSAGES = st.builds(
    TrackedMessage,
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


@settings(max_examples=60)
@given(st.lists(ITEMS, max_size=3, unique_by=lambda item: item.key))
def test_any_queued_message_survives_a_restart(items: list[OutboxItem]) -> None:
    state = initial_state(NOW)
    state.outbox.add(items)
    read = restored(state)
    assert_same(read, state)
    for item, same in zip(state.outbox.items.values(), read.outbox.items.values(), strict=True):
        assert type(same.request) is type(item.request)
        assert (type(same.phase), type(same.expense.pool)) == (Phase, BudgetPool)
        assert same.expense.at.utcoffset() == item.expense.at.utcoffset()


@settings(max_examples=60)
@given(
    st.lists(MESSAGES, max_size=3),
    st.lists(st.tuples(NUMBERS, CODES), max_size=5),
    st.lists(st.tuples(TEXTS, STATUSES), max_size=2),
)
def test_any_sent_message_and_its_reports_survive_a_restart(
    messages: list[TrackedMessage], reports: list[tuple[str, int]], statuses: list[tuple[str, LastStatus]]
) -> None:
    state = initial_state(NOW)
    for each in messages:
        state.message_log.record_sent(each, 1)
        for number, code in reports:
            state.message_log.record_report(report(code, number, each.message_id), NOW)
    for target, status in statuses:
        state.message_log.last_status_of[target] = state.message_log.last_status = status
    assert_same(restored(state), state)


@settings(max_examples=60)
@given(st.lists(st.tuples(REPLIES, MOMENTS, st.booleans()), max_size=5), MOMENTS)
def test_any_reply_survives_a_restart(replies: list[tuple[Reply, datetime, bool]], horizon: datetime) -> None:
    state = initial_state(horizon)
    for each, now, listed in replies:
        state.message_log.record_reply(each, now, listed=listed)
    assert_same(restored(state), state)


@settings(max_examples=60)
@given(st.lists(st.tuples(KEYS, EXPENSES, st.integers(0, 50)), max_size=4), MOMENTS)
def test_any_spending_survives_a_restart(spent: list[tuple[str, Expense, int]], now: datetime) -> None:
    state = initial_state(NOW)
    for key, expense, minutes in spent:
        if key not in state.budget.recent:
            state.budget.reserve([(key, expense)], now)
        now += timedelta(minutes=minutes)
    read = restored(state)
    assert_same(read, state)
    assert all(type(purse) is BudgetPool for purse in read.budget.spent_today)
    moments = [
        (expense.at.isoformat(), each.at.isoformat())
        for expense, each in zip(state.budget.recent.values(), read.budget.recent.values(), strict=True)
    ]
    assert all(
        datetime.fromisoformat(before).date() == datetime.fromisoformat(after).date() for before, after in moments
    )


ITEM = {"kind": "sms", "request": {}, "expense": {}}


@pytest.mark.parametrize(
    "records",
    [
        pytest.param([Record("outbox", "K1", "", {})], id="half a queued message"),
        pytest.param([Record("outbox", "K1", "request", ITEM), Record("outbox", "K1", "", {})], id="an empty one"),
        pytest.param([Record("message", "M1", ALICE, [11])], id="reports of nothing"),
        pytest.param([Record("message", "M1", "", [])], id="a list for a message"),
        pytest.param([Record("reply_id", "R1", "", "yesterday")], id="no date"),
        pytest.param([Record("reply_id", "R1", "", "2026-06-10T12:00:00")], id="a date without an offset"),
        pytest.param([Record("reply_id", "R1", "", 5)], id="a number for a date"),
        pytest.param(
            [Record("last_status", ALICE, "", {"status": "lost", "received_at": NOW.isoformat()})], id="a status"
        ),
        pytest.param([Record("expense", "K1", "", None)], id="nothing for an expense"),
        pytest.param([Record("expense", "K1", "", {"at": NOW.isoformat(), "costs": [[ALICE]]})], id="half a cost"),
        pytest.param(
            [Record("expense", "K1", "", {"at": NOW.isoformat(), "costs": [[ALICE, True]]})], id="a cost of True"
        ),
        pytest.param([Record("watchdog", "W1", "", {"balance": "97"})], id="a text for a number"),
        pytest.param([Record("day", "monday", "", 5)], id="a day that is none"),
        pytest.param([Record("day", "2026-06-10", "", None)], id="nothing for a day"),
        pytest.param([Record(FACT, "segments_sent", "", {})], id="a fact of another type"),
        pytest.param([Record(FACT, "x", "", {})], id="an unknown fact"),
    ],
)
def test_an_entry_that_cannot_be_read_is_named_and_not_loaded(records: list[Record]) -> None:
    state, unreadable = load_state(records, NOW)
    assert unreadable == [records[0][:2]]
    assert_same(state, initial_state(NOW))
    assert not state.watchdogs


def test_a_field_that_may_be_unknown_is_unknown_if_it_is_missing() -> None:
    state = load([Record(FACT, "last_reply", "", {"sender": ALICE, "text": "OK"})])
    assert state.message_log.last_reply == Reply(reply_id=None, received_at=None, sender=ALICE, text="OK")


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-10, 10), st.text(max_size=5), st.just(NOW.isoformat())),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)


@settings(max_examples=200)
@given(st.data())
def test_a_record_of_which_something_was_replaced_is_read_or_set_aside_alone(data: st.DataObject) -> None:
    disk = FakeDatabase()
    disk.take(full_state())
    records = disk.read()
    index = data.draw(st.integers(0, len(records) - 1))
    value = records[index].value
    if isinstance(value, dict) and data.draw(st.booleans()):
        value = value | {data.draw(st.sampled_from(sorted(value))): data.draw(JSON)}
    else:
        value = data.draw(JSON)
    records[index] = records[index]._replace(value=value)
    state, unreadable = load_state(records, NOW)
    assert unreadable in ([], [records[index][:2]])
    for collection in COLLECTIONS:
        written = {record[:2] for record in records if record.collection == collection.name}
        assert {(collection.name, key) for key in collection.select(state)} == written - set(unreadable)


def test_an_unknown_collection_is_ignored() -> None:
    state = load([Record("another", "K1", "", {}), Record("reply_id", "R1", "", NOW.isoformat())])
    assert list(state.message_log.reply_history.ids) == ["R1"]
    assert all(record.collection == FACT for record in state.drain_changes())


@settings(max_examples=300)
@given(st.data())
def test_a_record_with_a_field_more_or_less_is_read_with_defaults_or_set_aside_alone(data: st.DataObject) -> None:
    expected = version_1_state()
    disk = FakeDatabase()
    disk.take(expected)
    records = disk.read()
    index = data.draw(st.sampled_from([at for at, record in enumerate(records) if isinstance(record.value, dict)]))
    changed, is_added = dict(records[index].value), data.draw(st.booleans())
    if is_added:
        changed["a field of another version"] = data.draw(JSON)
    else:
        del changed[data.draw(st.sampled_from(sorted(changed)))]
    records[index] = records[index]._replace(value=changed)
    state, unreadable = load_state(records, NOW)
    assert unreadable in ([], [records[index][:2]])
    assert not (is_added and unreadable)
    for collection in COLLECTIONS:
        kept = {
            key: entry for key, entry in collection.select(expected).items() if (collection.name, key) not in unreadable
        }
        read = dict(collection.select(state))
        if not is_added:
            for entries_of in (kept, read):
                entries_of.pop(records[index].key, None)
        assert read == kept
