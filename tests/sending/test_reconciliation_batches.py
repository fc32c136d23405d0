"""A batch is found in the gateway's list, and no line is taken for two."""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import process_time

import pytest

from custom_components.smsmode.api import BatchRequest, BatchRow, MessageRequest, SentMessage
from custom_components.smsmode.sending.reconciliation import content_digest, match_all_sent_rows, match_sent_rows
from custom_components.smsmode.state.message_log import TrackedMessage
from tests.support.sent_rows import ALICE, BOB, CAROL, NOW, attempted, is_found, known, row, sent


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
    assert match_sent_rows(attempted(BATCH), as_campaign("C1"), first) is None
    assert match_sent_rows(attempted(BATCH), as_campaign("C2") + as_campaign("C1"), first) == "C2"


def test_the_lines_of_a_batch_that_is_known_are_not_taken_for_a_second_one() -> None:
    first = known(sent("C1", BATCH))
    assert match_sent_rows(attempted(BATCH), as_lines("first"), first) is None
    second = as_lines("second")
    assert match_sent_rows(attempted(BATCH), as_lines("first") + second, first) is not None
    # However far the gateway has come with listing the second one.
    assert match_sent_rows(attempted(BATCH), second[:1] + as_lines("first"), first) is not None


@pytest.mark.parametrize("listed", [as_campaign, as_lines])
@pytest.mark.parametrize("there", [0, 1, 2, 3])
def test_of_three_batches_of_the_same_lines_as_many_are_found_as_the_gateway_has(
    listed: Callable[[str], list[SentMessage]], there: int
) -> None:
    rows = [each for index in range(there) for each in listed(f"B{index}")]
    at_once = match_all_sent_rows([attempted(BATCH, key=key) for key in "abc"], rows, {})
    assert [message_id is not None for message_id in at_once.values()] == [index < there for index in range(3)]
    one_after_the_other: dict[str, TrackedMessage] = {}
    for index in range(3):
        message_id = match_sent_rows(attempted(BATCH), rows, one_after_the_other)
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
def test_other_messages_that_are_known_do_not_hide_a_batch(other: TrackedMessage) -> None:
    assert match_sent_rows(attempted(BATCH), as_lines("ours"), known(other)) is not None


def test_a_line_that_was_also_sent_by_itself_is_not_taken_for_the_batch() -> None:
    alone = row("Hello Alice", ALICE, message_id="S1")
    assert match_sent_rows(attempted(BATCH), [alone], known(sent("S1"))) is None
    assert match_sent_rows(attempted(BATCH), [alone, *as_campaign("C1")], known(sent("S1"))) == "C1"


def test_a_line_that_stands_twice_in_a_batch_counts_once() -> None:
    twice = BatchRequest(rows=(BatchRow(number=ALICE, text="Hello"), BatchRow(number=ALICE, text="Hello")))
    rows = as_lines("first", twice)
    assert match_sent_rows(attempted(twice), rows, {}) is not None
    assert match_sent_rows(attempted(twice), rows, known(sent("C1", twice))) is None
    assert match_sent_rows(attempted(twice), rows + as_lines("second", twice), known(sent("C1", twice))) is not None


def test_a_large_batch_is_looked_for_in_a_long_list_without_holding_up_the_house() -> None:
    numbers = [f"+336{index:08}" for index in range(5_000)]
    large = BatchRequest(rows=tuple(BatchRow(number=number, text="Hello") for number in numbers))
    rows = [row("Hello", f"+337{index:08}", message_id=f"S{index}") for index in range(5_000)]
    began = process_time()
    assert match_sent_rows(attempted(large), rows, {}) is None
    assert process_time() - began < 5


def test_what_a_batch_says_is_told_from_others_without_keeping_its_texts() -> None:
    content = content_digest(BATCH)
    assert content is not None
    # In the list they look the same, whoever they are said to be from.
    assert content == content_digest(batch("Hello Alice", "Hello Bob", "Hello Carol", sender="HOUSE"))
    assert "Hello" not in content
    others = [
        batch("Hello Alice", "Hello Bob"),
        batch("Hello Alice", "Hello Bob", "Bye Carol"),
        batch("Bye Alice", "Hello Bob", "Hello Carol"),
    ]
    assert content not in {content_digest(other) for other in others}
    assert content_digest(MessageRequest(text="Hello Alice", numbers=(ALICE,))) is None
