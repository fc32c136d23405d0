from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.helpers.json import prepare_save_json
from homeassistant.util.json import json_loads_object
from hypothesis import given, settings
from hypothesis import strategies as st

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
from custom_components.smsmode.budget import Budget
from custom_components.smsmode.codec import (
    decode_budget,
    decode_ledger,
    decode_outbox,
    decode_request,
    encode_budget,
    encode_ledger,
    encode_outbox,
    encode_request,
)
from custom_components.smsmode.ledger import LastStatus, Ledger, WatchedMessage
from custom_components.smsmode.outbox import Outbox, OutboxItem, Phase
from custom_components.smsmode.replies import HeardReplies

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 6, 10, 12, 30, 15, 123456, tzinfo=UTC)
ALICE, BOB = "+33612345678", "+33698765432"
URL = "https://house.example/api/webhook/a-secret-webhook-id"

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
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
CODES = st.one_of(st.none(), st.integers(0, 99999))
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
ITEMS = st.builds(
    OutboxItem,
    key=TEXTS,
    request=REQUESTS,
    costs=st.lists(st.tuples(TEXTS, COUNTS), max_size=3).map(tuple),
    created_at=MOMENTS,
    expires_at=MOMENTS,
    due=MOMENTS,
    again=st.booleans(),
    phase=st.sampled_from(Phase),
    attempts=COUNTS,
    attempted_at=MAYBE_MOMENTS,
    looks=COUNTS,
    blind=COUNTS,
)
OUTBOXES = st.lists(ITEMS, max_size=3).map(lambda items: Outbox(items={item.key: item for item in items}))
STATUSES = st.builds(
    LastStatus,
    status=st.sampled_from(MessageStatus),
    received_at=MOMENTS,
    code=CODES,
    message_id=MAYBE_TEXTS,
    number=MAYBE_TEXTS,
    reference=MAYBE_TEXTS,
)
MESSAGES = st.builds(
    WatchedMessage,
    message_id=TEXTS,
    sent_at=MOMENTS,
    codes=st.dictionaries(NUMBERS, CODES, max_size=3),
    passed=st.dictionaries(NUMBERS, st.lists(st.integers(0, 9999), max_size=3), max_size=2),
    group=MAYBE_TEXTS,
    reference=MAYBE_TEXTS,
)
HEARD = st.builds(
    HeardReplies,
    horizon=MOMENTS,
    ids=st.dictionaries(TEXTS, MOMENTS, max_size=3),
    contents=st.dictionaries(TEXTS, MOMENTS, max_size=3),
    nameless=st.dictionaries(TEXTS, MOMENTS, max_size=3),
    unlisted=st.dictionaries(TEXTS, MOMENTS, max_size=3),
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


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    messages = {message.message_id: message for message in draw(st.lists(MESSAGES, max_size=3))}
    return Ledger(
        heard=draw(HEARD),
        messages=messages,
        last_reply=draw(st.one_of(st.none(), REPLIES)),
        last_status=draw(st.one_of(st.none(), STATUSES)),
        last_status_of=draw(st.dictionaries(TEXTS, STATUSES, max_size=2)),
        segments_sent=draw(COUNTS),
        pending=sum(message.awaited for message in messages.values()),
    )


@st.composite
def budgets(draw: st.DrawFn) -> Budget:
    budget = Budget()
    now = draw(MOMENTS)
    for _ in range(draw(st.integers(0, 4))):
        budget.spend(draw(st.lists(st.tuples(NUMBERS, st.integers(1, 5)), max_size=3)), now)
        now += timedelta(minutes=draw(st.integers(0, 50)))
    return budget


def over_the_disk(data: dict[str, Any]) -> dict[str, Any]:
    """Write as Home Assistant's Store does, and read it again."""
    _, written = prepare_save_json(data, encoder=None)
    return dict(json_loads_object(written))


def survives[T](thing: T, encode: Callable[[T], dict[str, Any]], decode: Callable[[dict[str, Any]], T]) -> bool:
    return decode(over_the_disk(encode(thing))) == thing


@settings(max_examples=60)
@given(REQUESTS)
def test_a_request_survives_the_disk(request_: MessageRequest | VoiceRequest | BatchRequest) -> None:
    read = decode_request(over_the_disk(encode_request(request_)))
    assert read == request_
    assert type(read) is type(request_)
    assert type(getattr(read, "stop", None)) is type(getattr(request_, "stop", None))


@settings(max_examples=60)
@given(OUTBOXES)
def test_an_outbox_survives_the_disk_in_its_order(outbox: Outbox) -> None:
    assert survives(outbox, encode_outbox, decode_outbox)
    read = decode_outbox(over_the_disk(encode_outbox(outbox)))
    assert list(read.items) == list(outbox.items)
    assert [item.phase for item in read.items.values()] == [item.phase for item in outbox.items.values()]


@settings(max_examples=60)
@given(ledgers())
def test_a_ledger_survives_the_disk_in_its_order(ledger: Ledger) -> None:
    assert survives(ledger, encode_ledger, decode_ledger)
    read = decode_ledger(over_the_disk(encode_ledger(ledger)))
    assert list(read.messages) == list(ledger.messages)
    assert list(read.last_status_of) == list(ledger.last_status_of)
    assert list(read.heard.ids) == list(ledger.heard.ids)


@settings(max_examples=60)
@given(budgets())
def test_a_budget_survives_the_disk(budget: Budget) -> None:
    assert survives(budget, encode_budget, decode_budget)


def test_what_is_new_survives_the_disk() -> None:
    assert survives(Outbox(), encode_outbox, decode_outbox)
    assert survives(Ledger(heard=HeardReplies(horizon=NOW)), encode_ledger, decode_ledger)
    assert survives(Budget(), encode_budget, decode_budget)


def test_limits_are_options_and_not_kept() -> None:
    budget = Budget(daily_limit=1, recipient_limit=1, day=date(2026, 6, 10), spent_today=1)
    read = decode_budget(over_the_disk(encode_budget(budget)))
    assert (read.daily_limit, read.recipient_limit) == (0, 0)
    assert (read.day, read.spent_today) == (date(2026, 6, 10), 1)


def test_a_time_of_the_house_is_the_same_moment_after_a_restart() -> None:
    # Both passes of the hour that autumn repeats.
    for fold in (0, 1):
        at = datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=PARIS)
        request = MessageRequest(text="Water!", numbers=(ALICE,), send_at=at)
        read = decode_request(over_the_disk(encode_request(request)))
        assert read.send_at is not None
        assert read.send_at.astimezone(UTC) == at.astimezone(UTC)
        assert read.send_at.date() == at.date()


def test_callback_addresses_are_secret_and_never_written() -> None:
    message = MessageRequest(text="Water!", numbers=(ALICE,), report_url=URL, reply_url=URL)
    batch = BatchRequest(rows=(BatchRow(number=ALICE, text="Hello"),), report_url=URL)
    outbox = Outbox()
    for request in (message, batch):
        outbox.add(
            [
                OutboxItem(
                    key=type(request).__name__,
                    request=request,
                    costs=((ALICE, 1),),
                    created_at=NOW,
                    expires_at=NOW,
                    due=NOW,
                )
            ]
        )
        assert "webhook" not in str(encode_request(request))
    _, written = prepare_save_json(encode_outbox(outbox), encoder=None)
    assert "webhook" not in str(written)
    read = decode_request(over_the_disk(encode_request(message)))
    assert isinstance(read, MessageRequest)
    assert (read.report_url, read.reply_url) == (None, None)


def test_reports_that_came_early_are_not_kept_for_the_poll_brings_them() -> None:
    ledger = Ledger(heard=HeardReplies(horizon=NOW))
    ledger.hear_report(DeliveryReport(message_id="M1", number=ALICE, code=13), NOW)
    assert ledger.early
    assert decode_ledger(over_the_disk(encode_ledger(ledger))).early == {}


def test_news_before_a_restart_is_not_news_after_it() -> None:
    ledger = Ledger(heard=HeardReplies(horizon=NOW))
    codes: dict[str, int | None] = {ALICE: None}
    ledger.note_sent(WatchedMessage(message_id="M1", key="K1", sent_at=NOW, codes=codes), 1)
    reports = [DeliveryReport(message_id="M1", number=ALICE, code=code) for code in (0, 1, 13)]
    assert all(ledger.hear_report(report, NOW) for report in reports[:2])
    reply = Reply(reply_id="R1", received_at=NOW, sender=ALICE, text="OK")
    assert ledger.hear_reply(reply, NOW)
    read = decode_ledger(over_the_disk(encode_ledger(ledger)))
    assert not any(read.hear_report(report, NOW) for report in reports[:2])
    assert read.hear_reply(reply, NOW) is None
    assert read.hear_report(reports[2], NOW)
    assert read.pending == 1


def test_what_was_spent_before_a_restart_counts_after_it() -> None:
    budget = Budget()
    noon = datetime(2026, 6, 10, 12, tzinfo=PARIS)
    budget.spend([(ALICE, 2), (BOB, 3)], noon)
    read = decode_budget(over_the_disk(encode_budget(budget)))
    read.give_back([(BOB, 3)], datetime.fromisoformat(noon.isoformat()))
    read.spend([(ALICE, 1)], noon + timedelta(minutes=1))
    assert read.spent_today == 3
