from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from time import process_time
from zoneinfo import ZoneInfo

import pytest

from custom_components.smsmode.api import (
    BatchRequest,
    BatchRow,
    MessageClass,
    MessageRequest,
    SentMessage,
    StopClause,
    VoiceRequest,
)
from custom_components.smsmode.budget import Expense
from custom_components.smsmode.ledger import WatchedMessage
from custom_components.smsmode.lookup import content_of, find, find_all, looked_for_since
from custom_components.smsmode.outbox import OutboxItem, Request
from custom_components.smsmode.targets import group_target

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 6, 10, 12, 0, 40, tzinfo=UTC)
ALICE, BOB, CAROL = "+33612345678", "+33698765432", "+33700000001"


def attempted(request: Request, at: datetime | None = NOW, key: str = "1") -> OutboxItem:
    """An item whose attempt at that time got no answer."""
    match request:
        case BatchRequest():
            targets = tuple(row.number for row in request.rows)
        case MessageRequest() if request.group:
            targets = (group_target(request.group),)
        case _:
            targets = request.numbers
    expense = Expense(at=NOW, costs=tuple((target, 1) for target in targets))
    return OutboxItem(key=key, request=request, expense=expense, expires_at=NOW, due=NOW, attempts=1, attempted_at=at)


def sms(
    text: str = "Water!", *numbers: str, stop: StopClause = StopClause.NEVER, send_at: datetime | None = None
) -> OutboxItem:
    return attempted(MessageRequest(text=text, numbers=numbers or (ALICE,), stop=stop, send_at=send_at))


def row(
    text: str = "Water!",
    recipient: str = ALICE,
    at: datetime | None = NOW,
    message_id: str = "S1",
    count: int | None = 1,
) -> SentMessage:
    return SentMessage(
        message_id=message_id, sent_at=at, text=text, recipient=recipient, cost=None, recipient_count=count
    )


def is_found(item: OutboxItem, *rows: SentMessage) -> bool:
    return find(item, rows, {}) is not None


def known(*messages: WatchedMessage) -> dict[str, WatchedMessage]:
    return {message.message_id: message for message in messages}


def sent(message_id: str, request: Request | None = None, at: datetime = NOW) -> WatchedMessage:
    """A message that the gateway is known to have."""
    content = content_of(request) if request else None
    return WatchedMessage(message_id=message_id, sent_at=at, codes={}, content=content)


def test_what_the_gateway_shows_is_found_by_its_id() -> None:
    rows = [row("Fire!", message_id="S1"), row(message_id="S2"), row(recipient=BOB, message_id="S3")]
    assert find(sms(), rows, {}) == "S2"


def test_nothing_is_found_in_an_empty_list() -> None:
    assert find(sms(), [], {}) is None


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(row("Fire!"), id="another text"),
        pytest.param(row("Water! Now!"), id="a longer text"),
        pytest.param(row(recipient=BOB), id="another number"),
        pytest.param(row(at=NOW - timedelta(minutes=4)), id="before the attempt"),
    ],
)
def test_another_message_is_not_taken_for_ours(other: SentMessage) -> None:
    assert not is_found(sms(), other)


def test_of_identical_texts_each_row_is_one_message_only() -> None:
    rows = [row(message_id="S1"), row(message_id="S2")]
    assert find(sms(), rows, {}) == "S1"
    assert find(sms(), rows, known(sent("S1"))) == "S2"
    assert find(sms(), rows, known(sent("S1"), sent("S2"))) is None


def test_of_identical_texts_looked_for_together_each_finds_a_row_of_its_own() -> None:
    items = [attempted(MessageRequest(text="Water!", numbers=(ALICE,)), key=key) for key in "abc"]
    rows = [row(message_id="S1"), row(message_id="S2"), row(message_id="S3")]
    assert find_all(items, rows, known(sent("S2"))) == {"a": "S1", "b": "S3", "c": None}


@pytest.mark.parametrize(
    ("shift", "found"),
    [
        (timedelta(seconds=-40), True),
        (timedelta(minutes=-3), True),
        (timedelta(minutes=-3, seconds=-1), False),
        (timedelta(minutes=3), True),
        (timedelta(hours=1), True),
    ],
    ids=["whole minute", "clock behind by three minutes", "a second more", "clock ahead", "an hour later"],
)
def test_the_gateways_clock_may_differ_by_three_minutes(shift: timedelta, found: bool) -> None:
    assert is_found(sms(), row(at=NOW + shift)) is found


def test_the_list_is_read_back_to_what_the_gateways_clock_may_have_shown_at_the_attempt() -> None:
    assert looked_for_since(sms()) == NOW - timedelta(minutes=3)
    never_attempted = attempted(MessageRequest(text="Water!", numbers=(ALICE,)), at=None)
    assert looked_for_since(never_attempted) == never_attempted.expense.at - timedelta(minutes=3)


def test_a_row_whose_date_nobody_can_read_is_found_by_its_text() -> None:
    assert is_found(sms(), row(at=None))


def test_what_was_never_attempted_is_found_at_any_time() -> None:
    assert is_found(attempted(MessageRequest(text="Water!", numbers=(ALICE,)), at=None), row(at=NOW - timedelta(1)))


def test_a_date_at_the_beginning_of_time_is_no_accident() -> None:
    assert not is_found(sms(), row(at=datetime(1, 1, 1, tzinfo=PARIS)))


@pytest.mark.parametrize("zone", [UTC, PARIS], ids=["attempt in UTC", "attempt in local time"])
def test_in_the_hour_that_autumn_repeats_a_message_is_found_though_its_date_means_two_moments(
    zone: tzinfo,
) -> None:
    second_pass = datetime(2026, 10, 25, 1, 30, tzinfo=UTC).astimezone(zone)
    as_listed = datetime(2026, 10, 25, 2, 30, tzinfo=PARIS)
    item = attempted(MessageRequest(text="Water!", numbers=(ALICE,)), at=second_pass)
    assert is_found(item, row(at=as_listed))
    assert is_found(attempted(item.request, at=second_pass - timedelta(minutes=35)), row(at=as_listed))
    assert not is_found(item, row(at=as_listed - timedelta(minutes=31)))


def test_a_scheduled_message_is_found_by_the_time_of_the_attempt_or_by_its_own() -> None:
    at = NOW + timedelta(days=3)
    item = sms(send_at=at)
    assert is_found(item, row(at=at))
    assert is_found(item, row(at=NOW))
    assert not is_found(item, row(at=NOW - timedelta(days=3)))


def test_a_scheduled_message_is_found_at_its_time_by_a_clock_of_the_house_that_is_ahead() -> None:
    at = NOW + timedelta(minutes=5)
    item = attempted(MessageRequest(text="Water!", numbers=(ALICE,), send_at=at), at=NOW + timedelta(hours=1))
    assert is_found(item, row(at=at + timedelta(minutes=3)))
    assert is_found(item, row(at=at - timedelta(minutes=3)))
    assert not is_found(item, row(at=at - timedelta(minutes=4)))


@pytest.mark.parametrize("stop", [StopClause.IF_FREE, StopClause.ALWAYS])
@pytest.mark.parametrize("mention", [" STOP 36034", "\nSTOP au 36180", " - STOP SMS 36034", " no-sms.eu", ""])
def test_an_unsubscribe_mention_behind_our_text_does_not_hide_it(stop: StopClause, mention: str) -> None:
    assert is_found(sms(stop=stop), row(f"Water!{mention}"))


@pytest.mark.parametrize(
    "rest",
    [" In the cellar too!", " It has stopped.", " In the cellar, and nothing can make it stop until somebody comes."],
    ids=["no mention", "no word of its own", "too long"],
)
def test_a_longer_text_that_begins_like_ours_is_not_ours_with_a_mention(rest: str) -> None:
    assert not is_found(sms(stop=StopClause.ALWAYS), row(f"Water!{rest}"))


def test_a_mention_that_we_did_not_ask_for_makes_it_another_message() -> None:
    assert not is_found(sms(), row("Water! STOP 36034"))


@pytest.mark.parametrize(
    ("sent", "listed"),
    [
        pytest.param("Water!\n in the cellar ", "Water! in the cellar", id="white space"),
        pytest.param("Price: 5 €, café", "Price: 5 €, café", id="Latin-9"),
        pytest.param("Feu 🔥 là", "Feu ? là", id="an emoji as one"),
        pytest.param("Feu 🔥 là", "Feu ?? là", id="an emoji as two"),
        pytest.param("Feu 🔥 là", "Feu 🔥 là", id="an emoji as itself"),
        pytest.param("Вода!", "????!", id="another script"),
        pytest.param("A|B | C", "A|B | C", id="bars"),
    ],
)
def test_a_text_is_found_however_the_list_shows_it(sent: str, listed: str) -> None:
    request = MessageRequest(text=sent, numbers=(ALICE,), message_class=MessageClass.UNICODE)
    assert is_found(attempted(request), row(listed))


@pytest.mark.parametrize("shown", [ALICE, "33612345678", "0612345678", "0033612345678"])
def test_a_number_is_found_however_the_list_shows_it(shown: str) -> None:
    assert is_found(sms(), row(recipient=shown))
    assert is_found(sms("Water!", ALICE, BOB), row(recipient=shown))


@pytest.mark.parametrize(
    ("shown", "count", "found"),
    [
        pytest.param(ALICE, 1, True, id="the first"),
        pytest.param(BOB, 1, True, id="another"),
        pytest.param("33612345678,33698765432", 2, True, id="all of them"),
        pytest.param("33612345678; 33698765432", 2, True, id="with semicolons"),
        pytest.param("33612345678 33698765432", 2, True, id="with spaces"),
        pytest.param("0612345678,0698765432", 2, True, id="in national form"),
        pytest.param("", 2, True, id="only how many"),
        pytest.param("multi", 2, True, id="a word and how many"),
        pytest.param("", 3, False, id="of other people"),
        pytest.param("", None, False, id="nothing at all"),
        pytest.param(CAROL, 1, False, id="somebody else"),
        pytest.param("33700000001,33700000002", 2, False, id="two other people"),
    ],
)
def test_a_message_to_several_is_found_by_whatever_the_list_shows_of_them(
    shown: str, count: int | None, found: bool
) -> None:
    assert is_found(sms("Water!", ALICE, BOB), row(recipient=shown, count=count)) is found


@pytest.mark.parametrize("shown", ["Famille", "33612345678,33698765432", ALICE, ""])
def test_a_message_to_a_group_is_found_by_its_text_since_its_numbers_are_not_known(shown: str) -> None:
    item = attempted(MessageRequest(text="Water!", group="Famille"))
    assert is_found(item, row(recipient=shown, count=2))
    assert not is_found(item, row("Fire!", recipient=shown, count=2))


def test_a_voice_message_is_found() -> None:
    item = attempted(VoiceRequest(text="Water!", numbers=(ALICE,)))
    assert is_found(item, row())
    assert not is_found(item, row("Water! STOP 36034"))


def test_a_batch_is_found_by_any_of_its_rows_and_not_by_a_mixture_of_two() -> None:
    batch = BatchRequest(rows=(BatchRow(number=ALICE, text="Hello Alice"), BatchRow(number=BOB, text="Hello Bob")))
    assert is_found(attempted(batch), row("Hello Alice", ALICE))
    assert is_found(attempted(batch), row("Hello Bob", "33698765432"))
    assert not is_found(attempted(batch), row("Hello Alice", BOB))
    assert not is_found(attempted(batch), row("Hello Carol", ALICE))


def batch(*texts: str, sender: str | None = None) -> BatchRequest:
    """A line to Alice, a line to Bob, and so on."""
    return BatchRequest(
        rows=tuple(
            BatchRow(number=number, text=text) for number, text in zip((ALICE, BOB, CAROL), texts, strict=False)
        ),
        sender=sender,
    )


BATCH = batch("Hello Alice", "Hello Bob", "Hello Carol")


def as_campaign(message_id: str, request: BatchRequest = BATCH, at: datetime = NOW) -> list[SentMessage]:
    """List a batch as one row under the id of its campaign."""
    first = request.rows[0]
    return [row(first.text, first.number, at, message_id, count=len(request.rows))]


def as_lines(name: str, request: BatchRequest = BATCH, at: datetime = NOW) -> list[SentMessage]:
    """List each line of a batch as a row of its own, under an id that nobody was told."""
    return [row(each.text, each.number, at, f"{name}-{index}") for index, each in enumerate(request.rows)]


def test_a_second_batch_of_the_same_lines_is_found_under_its_own_campaign() -> None:
    first = known(sent("C1", BATCH))
    assert find(attempted(BATCH), as_campaign("C1"), first) is None
    assert find(attempted(BATCH), as_campaign("C2") + as_campaign("C1"), first) == "C2"


def test_the_lines_of_a_batch_that_is_known_are_not_taken_for_a_second_one() -> None:
    first = known(sent("C1", BATCH))
    assert find(attempted(BATCH), as_lines("first"), first) is None
    second = as_lines("second")
    assert find(attempted(BATCH), as_lines("first") + second, first) is not None
    # However far the gateway has come with listing the second one.
    assert find(attempted(BATCH), second[:1] + as_lines("first"), first) is not None


@pytest.mark.parametrize("listed", [as_campaign, as_lines])
@pytest.mark.parametrize("there", [0, 1, 2, 3])
def test_of_three_batches_of_the_same_lines_as_many_are_found_as_the_gateway_has(
    listed: Callable[[str], list[SentMessage]], there: int
) -> None:
    rows = [each for index in range(there) for each in listed(f"B{index}")]
    at_once = find_all([attempted(BATCH, key=key) for key in "abc"], rows, {})
    assert [message_id is not None for message_id in at_once.values()] == [index < there for index in range(3)]
    one_after_the_other: dict[str, WatchedMessage] = {}
    for index in range(3):
        message_id = find(attempted(BATCH), rows, one_after_the_other)
        assert (message_id is not None) is (index < there)
        if message_id is not None:
            assert message_id not in one_after_the_other
            one_after_the_other[message_id] = sent(message_id, BATCH)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(sent("C1"), id="no batch"),
        pytest.param(sent("C1", batch("Hello Alice", "Bye Bob", "Bye Carol")), id="other lines"),
        pytest.param(sent("C1", BATCH, NOW - timedelta(minutes=4)), id="long before"),
    ],
)
def test_other_messages_that_are_known_do_not_hide_a_batch(other: WatchedMessage) -> None:
    assert find(attempted(BATCH), as_lines("ours"), known(other)) is not None


def test_a_line_that_was_also_sent_by_itself_is_not_taken_for_the_batch() -> None:
    alone = row("Hello Alice", ALICE, message_id="S1")
    assert find(attempted(BATCH), [alone], known(sent("S1"))) is None
    assert find(attempted(BATCH), [alone, *as_campaign("C1")], known(sent("S1"))) == "C1"


def test_a_line_that_stands_twice_in_a_batch_counts_once() -> None:
    twice = BatchRequest(rows=(BatchRow(number=ALICE, text="Hello"), BatchRow(number=ALICE, text="Hello")))
    rows = as_lines("first", twice)
    assert find(attempted(twice), rows, {}) is not None
    assert find(attempted(twice), rows, known(sent("C1", twice))) is None
    assert find(attempted(twice), rows + as_lines("second", twice), known(sent("C1", twice))) is not None


def test_a_large_batch_is_looked_for_in_a_long_list_without_holding_up_the_house() -> None:
    numbers = [f"+336{index:08}" for index in range(5_000)]
    large = BatchRequest(rows=tuple(BatchRow(number=number, text="Hello") for number in numbers))
    rows = [row("Hello", f"+337{index:08}", message_id=f"S{index}") for index in range(5_000)]
    began = process_time()
    assert find(attempted(large), rows, {}) is None
    assert process_time() - began < 5


def test_what_a_batch_says_is_told_from_others_without_keeping_its_texts() -> None:
    content = content_of(BATCH)
    assert content is not None
    # In the list they look the same, whoever they are said to be from.
    assert content == content_of(batch("Hello Alice", "Hello Bob", "Hello Carol", sender="HOUSE"))
    assert "Hello" not in content
    others = [
        batch("Hello Alice", "Hello Bob"),
        batch("Hello Alice", "Hello Bob", "Bye Carol"),
        batch("Bye Alice", "Hello Bob", "Hello Carol"),
    ]
    assert content not in {content_of(other) for other in others}
    assert content_of(MessageRequest(text="Hello Alice", numbers=(ALICE,))) is None
