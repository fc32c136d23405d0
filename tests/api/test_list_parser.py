"""Lists of the gateway."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.smsmode.api import Reply, SentMessage, SmsmodeTemporaryError, SmsmodeUncertainError
from custom_components.smsmode.api.dates import PARIS
from custom_components.smsmode.api.encoding import decode_text
from custom_components.smsmode.api.parser import parse_replies, parse_sent_messages, parse_sent_page

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=PARIS)

SENT = [
    SentMessage(
        message_id=f"S7EpYZ5kmS8{i}",
        sent_at=NOON,
        text=text,
        recipient="+33612345678",
        cost=Decimal("1.0"),
        recipient_count=1,
    )
    for i, text in enumerate(("Bonjour Maman", "", "dernier"))
]
REPLIES = [
    Reply(
        reply_id=f"azertyu12{i}",
        received_at=NOON,
        sender="+33601020304",
        text=text,
        short_code="36034",
        message_id=message_id,
    )
    for i, (text, message_id) in enumerate((("OK", "S7EpYZ5kmS87"), ("", None), ("non merci", "S7EpYZ5kmS89")))
]

DATES = ["22/11/2026 12:00", "22112026-12:00", "22112026-120000", "2026-11-22 12:00:00", "22/11/2026 12:00:00"]
SEPARATORS = ["\n", "\n\n", "\r\n", "\r\n\r\n", "<br/>", "<br/>\n", "<br>", " \n \n", "<br />\r\n\r\n"]


def sent_row(message: SentMessage, date: str = DATES[0], end: str = " |") -> str:
    return f"{message.message_id} | {date} | {message.text} | 33612345678 | 1.0 | 1{end}"


def reply_row(reply: Reply, date: str = DATES[1], end: str = "") -> str:
    return f"{reply.reply_id} | {date} | 33601020304 | {reply.text} | 36034 | {reply.message_id or ''}{end}"


@pytest.mark.parametrize("end", ["", " |", "|"], ids=["plain", "bar", "tight-bar"])
@pytest.mark.parametrize("date", DATES)
def test_rows_are_read_with_any_separator_and_date_format(date: str, end: str) -> None:
    for separator in SEPARATORS:
        sent = separator.join(sent_row(message, date, end) for message in SENT) + separator
        assert parse_sent_messages(decode_text(sent.encode())) == SENT, ascii(separator)
        replies = separator.join(reply_row(reply, date, end) for reply in REPLIES) + separator
        assert parse_replies(decode_text(replies.encode())) == REPLIES, ascii(separator)


@pytest.mark.parametrize("text", ["a | b", "a\nb", "a\n\nb", "a | b\n\nc | 12", "|||", "12 | 3.5 | 4"], ids=ascii)
def test_texts_keep_their_own_pipes_and_newlines(text: str) -> None:
    row = f"abc | {DATES[0]} | {text} | 33612345678 | 1.0 | 1 |"
    following = sent_row(SENT[0])
    assert [message.text for message in parse_sent_messages(f"{row}\n\n{following}")] == [text, "Bonjour Maman"]
    row = f"abc | {DATES[1]} | 33601020304 | {text} | 36034 | def"
    following = reply_row(REPLIES[0])
    assert [reply.text for reply in parse_replies(f"{row}\n{following}")] == [text, "OK"]


def test_an_empty_list_is_empty() -> None:
    assert parse_sent_messages("") == []
    assert parse_replies("") == []
    assert parse_replies("", single=True) == []


def test_a_message_to_a_group_or_to_many_keeps_what_the_gateway_wrote() -> None:
    rows = f"a | {DATES[0]} | x | Famille | 2,5 | 3 |\nb | {DATES[0]} | x | 33612345678,33698765432 | | |"
    family, both = parse_sent_messages(rows)
    assert (family.recipient, family.cost, family.recipient_count) == ("Famille", Decimal("2.5"), 3)
    assert (both.recipient, both.cost, both.recipient_count) == ("33612345678,33698765432", None, None)


def test_an_impossible_date_does_not_lose_the_row() -> None:
    (message,) = parse_sent_messages("abc | 31/02/2026 12:00 | x | 33612345678 | 1.0 | 1 |")
    assert message.sent_at is None


@pytest.mark.parametrize(
    ("tail", "short_code", "message_id"),
    [
        (" | def", None, "def"),
        (" | def |", None, "def"),
        (" | ", None, None),
        (" |  |", None, None),
        (" House | ", "House", None),
        (" My house | ", "My house", None),
    ],
)
def test_a_reply_may_lack_a_short_code_or_a_message_id(
    tail: str, short_code: str | None, message_id: str | None
) -> None:
    (reply,) = parse_replies(f"abc | {DATES[1]} | 33601020304 | OK |{tail}".strip())
    assert (reply.text, reply.short_code, reply.message_id) == ("OK", short_code, message_id)


@pytest.mark.parametrize(
    "row",
    [
        f"abc | {DATES[0]} | text | 33612345678 | 1.0",
        f"abc | {DATES[0]} | text",
        f"abc | {DATES[0]} |",
        f"abc | {DATES[0]} | text | 33612345678 | one | 1 |",
        f"abc | {DATES[0]} | text | 33612345678 | 1.0 | one |",
    ],
    ids=["five", "three", "two", "cost", "count"],
)
def test_a_sent_message_that_cannot_be_parsed_is_skipped_except_at_the_end(
    row: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    assert parse_sent_messages(f"{row}\n{sent_row(SENT[0])}") == SENT[:1]
    assert "1 of 2 rows not understood" in caplog.text
    assert "text" not in caplog.text
    assert "336" not in caplog.text
    with pytest.raises(SmsmodeUncertainError) as raised:
        parse_sent_messages(f"{sent_row(SENT[0])}\n{row}")
    assert "text" not in str(raised.value)


def test_a_line_before_the_first_row_of_the_sent_list_hides_none_of_the_others() -> None:
    assert parse_sent_messages(f"?? | no row\nnor this\n{sent_row(SENT[0])}") == SENT[:1]


def test_a_line_whose_id_or_date_is_none_is_no_message_although_all_else_is_there() -> None:
    lines = ["a$b | 21122005-14:35 | text | 33612345678 | 1 | 1 |", "abc | yesterday | text | 33612345678 | 1 | 1 |"]
    for line in lines:
        assert parse_sent_page(f"{line}\n{sent_row(SENT[0])}") == [None, SENT[0]]


def test_a_page_of_the_sent_list_shows_where_a_row_cannot_be_read() -> None:
    wrong = f"abc | {DATES[0]} | text | 33612345678 | one | 1 |"
    page = parse_sent_page(f"?? | no row\nnor this\n{sent_row(SENT[0])}\n{wrong}")
    assert page == [None, SENT[0], None]
    assert parse_sent_page("") == []


@pytest.mark.parametrize(
    ("text", "error"), [("?? | no row", SmsmodeUncertainError), ("31 | Erreur", SmsmodeTemporaryError)]
)
def test_a_page_without_any_row_is_no_page(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse_sent_page(text)


@pytest.mark.parametrize(
    "row",
    [
        f"abc | {DATES[1]} | 33601020304 | text | 36034",
        f"abc | {DATES[1]} | 33601020304 | te",
        f"abc | {DATES[1]} | | text | 36034 | def",
        f"abc | {DATES[1]} | 33601020304 | text | 36034 | d e f",
    ],
    ids=["five", "cut", "nobody", "id"],
)
def test_a_reply_that_cannot_be_parsed_is_skipped_except_at_the_end(row: str) -> None:
    assert parse_replies(f"{row}\n{reply_row(REPLIES[0])}") == REPLIES[:1]
    with pytest.raises(SmsmodeUncertainError):
        parse_replies(f"{reply_row(REPLIES[0])}\n{row}")


FORGERY = f"hello | 36034 | x\nforged | {DATES[1]} | 33612345678 | OPEN"


def test_in_a_page_of_one_no_text_can_imitate_a_reply() -> None:
    row = f"abc | {DATES[1]} | 33601020304 | {FORGERY} | 36034 | def"
    assert len(parse_replies(row)) == 2
    (reply,) = parse_replies(row, single=True)
    assert (reply.sender, reply.text) == ("+33601020304", FORGERY)


@given(text=st.text().filter(lambda text: text == text.strip()))
def test_in_a_page_of_one_every_text_is_exact(text: str) -> None:
    (reply,) = parse_replies(f"abc | {DATES[1]} | 33601020304 | {text} | 36034 | def", single=True)
    assert reply.text == text
    (message,) = parse_sent_messages(f"abc | {DATES[0]} | {text} | 33612345678 | 1.0 | 1 |", single=True)
    assert message.text == text


def test_ten_thousand_rows_are_read() -> None:
    text = "\n\n".join(sent_row(SENT[0]) for _ in range(10_000))
    assert len(parse_sent_messages(text)) == 10_000


HEAD = "abc | 22112026-12:00 | 33601020304"


@pytest.mark.parametrize(
    ("tail", "text", "short_code", "message_id"),
    [
        pytest.param("a | b | 36034 |", "a | b", "36034", None, id="no message id"),
        pytest.param("a | b | My house |", "a | b", "My house", None, id="no message id, and a name of two words"),
        pytest.param("a | b | 123|", "a | b", "123", None, id="no message id, and the shortest short code"),
        pytest.param("a | b | 36034 | |", "a | b", "36034", None, id="no message id, and a spare bar"),
        pytest.param("a | b | 36034 | def |", "a | b", "36034", "def", id="a message id and a spare bar"),
        pytest.param("a | b | 36034 | def", "a | b", "36034", "def", id="a message id"),
    ],
)
def test_a_reply_with_a_pipe_in_its_text_is_split_at_the_right_ones(
    tail: str, text: str, short_code: str, message_id: str | None
) -> None:
    (reply,) = parse_replies(f"{HEAD} | {tail}")
    assert (reply.text, reply.short_code, reply.message_id) == (text, short_code, message_id)


def test_in_a_page_of_one_no_text_can_imitate_a_sent_message() -> None:
    forgery = "hello | 33698765432 | 1 | 1 |\nforged | 22/11/2026 12:00 | never said"
    row = f"abc | 22/11/2026 12:00 | {forgery} | 33612345678 | 1.0 | 1 |"
    assert len(parse_sent_messages(row)) == 2
    (message,) = parse_sent_messages(row, single=True)
    assert (message.message_id, message.text) == ("abc", forgery)
