"""What the client refuses before anything leaves the house."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.smsmode.api import (
    BatchRequest,
    BatchRow,
    Contact,
    InputProblem,
    MessageClass,
    MessageRequest,
    SendRequest,
    SmsmodeClient,
    SmsmodeInputError,
    StopClause,
    SubaccountRequest,
    VoiceRequest,
)
from custom_components.smsmode.api.request import validate_request
from custom_components.smsmode.api.validation import require_ahead
from tests.support.gateway import Gateway

SMS = MessageRequest(text="x", numbers=("+33612345678",))
REPLIABLE = replace(SMS, message_class=MessageClass.REPLY)
UNICODE = replace(SMS, message_class=MessageClass.UNICODE)
VOICE = VoiceRequest(text="x", numbers=("+33612345678",))
ROW = BatchRow(number="+33612345678", text="x")
BATCH = BatchRequest(rows=(ROW,))
CHILD = SubaccountRequest(username="enfant", password="y")
CONTACT = Contact(name="Zoé", number="+33612345678")
PAST = datetime.now(UTC) - timedelta(seconds=1)
NAIVE = datetime(2099, 1, 1)  # noqa: DTZ001
NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
type Refused = MessageRequest | VoiceRequest | BatchRequest | SubaccountRequest | Contact


async def send(client: SmsmodeClient, request: Refused) -> object:
    """Hand a request to its method."""
    match request:
        case MessageRequest():
            return await client.send_message(request)
        case VoiceRequest():
            return await client.send_voice_message(request)
        case BatchRequest():
            return await client.send_batch(request)
        case SubaccountRequest():
            return await client.create_subaccount(request)
        case Contact():
            return await client.add_contact(request)


BAD_NUMBERS = ["", "Alice", "+", "123", "+1234567890123456", "0142345678", "0033612345678", "06 12 34 56 78", "1,2345"]
REQUESTS: list[tuple[Refused, InputProblem]] = [
    (replace(SMS, text=""), InputProblem.TEXT_EMPTY),
    (replace(SMS, text=" \n "), InputProblem.TEXT_EMPTY),
    (replace(UNICODE, text=""), InputProblem.TEXT_EMPTY),
    (replace(SMS, text="ê"), InputProblem.TEXT_NOT_ENCODABLE),
    (replace(SMS, text="È"), InputProblem.TEXT_NOT_ENCODABLE),
    (replace(SMS, text="☺"), InputProblem.TEXT_NOT_ENCODABLE),
    (replace(REPLIABLE, text="ê"), InputProblem.TEXT_NOT_ENCODABLE),
    (replace(UNICODE, text="\ud83d"), InputProblem.TEXT_NOT_ENCODABLE),
    (replace(SMS, text="x" * 161, max_segments=1), InputProblem.TEXT_TOO_LONG),
    (replace(SMS, text="€" * 81, max_segments=1), InputProblem.TEXT_TOO_LONG),
    (replace(SMS, text="x" * 766), InputProblem.TEXT_TOO_LONG),
    (replace(SMS, text="x" * 150, max_segments=1, stop=StopClause.ALWAYS), InputProblem.TEXT_TOO_LONG),
    (replace(UNICODE, text="x" * 336), InputProblem.TEXT_TOO_LONG),
    (replace(SMS, max_segments=0), InputProblem.MAX_SEGMENTS_INVALID),
    (replace(SMS, max_segments=6), InputProblem.MAX_SEGMENTS_INVALID),
    (replace(SMS, numbers=()), InputProblem.RECIPIENTS_MISSING),
    (replace(SMS, numbers=(), group=" "), InputProblem.RECIPIENTS_MISSING),
    (replace(SMS, group="Famille"), InputProblem.RECIPIENTS_AND_GROUP),
    *[(replace(SMS, numbers=("+33612345678", number)), InputProblem.NUMBER_INVALID) for number in BAD_NUMBERS],
    (replace(SMS, sender="x" * 12), InputProblem.SENDER_INVALID),
    (replace(SMS, sender=""), InputProblem.SENDER_INVALID),
    (replace(SMS, sender="0612345678"), InputProblem.SENDER_INVALID),
    (replace(SMS, sender="MA MAISON"), InputProblem.SENDER_INVALID),
    (replace(SMS, sender="ÉTÉ"), InputProblem.SENDER_INVALID),
    (replace(SMS, sender="a-b"), InputProblem.SENDER_INVALID),
    (replace(SMS, sender="MAISON\n"), InputProblem.SENDER_INVALID),
    (replace(REPLIABLE, sender="MAISON"), InputProblem.SENDER_WITH_REPLY),
    (replace(SMS, reference="x" * 41), InputProblem.REFERENCE_TOO_LONG),
    (replace(SMS, reference="☺"), InputProblem.TEXT_NOT_ENCODABLE),
    (replace(SMS, send_at=PAST), InputProblem.DATE_PAST),
    (replace(SMS, send_at=NAIVE), InputProblem.DATES_INVALID),
    (replace(VOICE, text=""), InputProblem.TEXT_EMPTY),
    (replace(VOICE, text="x" * 161), InputProblem.VOICE_TOO_LONG),
    (replace(VOICE, text="ê"), InputProblem.TEXT_NOT_ENCODABLE),
    (replace(VOICE, title="☺"), InputProblem.TEXT_NOT_ENCODABLE),
    (replace(VOICE, numbers=()), InputProblem.RECIPIENTS_MISSING),
    (replace(VOICE, numbers=("Alice",)), InputProblem.NUMBER_INVALID),
    (replace(VOICE, send_at=PAST), InputProblem.DATE_PAST),
    (replace(BATCH, rows=()), InputProblem.BATCH_EMPTY),
    (replace(BATCH, message_class=MessageClass.UNICODE), InputProblem.BATCH_UNICODE),
    (replace(BATCH, rows=(ROW, replace(ROW, text="ê"))), InputProblem.BATCH_UNICODE),
    (replace(BATCH, rows=(replace(ROW, text=""),)), InputProblem.TEXT_EMPTY),
    (replace(BATCH, rows=(replace(ROW, text="a\nb"),)), InputProblem.TEXT_NOT_ENCODABLE),
    (replace(BATCH, rows=(replace(ROW, text="a\rb"),)), InputProblem.TEXT_NOT_ENCODABLE),
    (replace(BATCH, rows=(replace(ROW, text="x" * 766),)), InputProblem.TEXT_TOO_LONG),
    (replace(BATCH, rows=(replace(ROW, number="Alice"),)), InputProblem.NUMBER_INVALID),
    (replace(BATCH, rows=(replace(ROW, sender="MA MAISON"),)), InputProblem.SENDER_INVALID),
    (replace(BATCH, rows=(replace(ROW, reference="x" * 41),)), InputProblem.REFERENCE_TOO_LONG),
    (replace(BATCH, rows=(replace(ROW, reference="☺"),)), InputProblem.TEXT_NOT_ENCODABLE),
    (replace(BATCH, rows=(replace(ROW, reference="a\nb"),)), InputProblem.TEXT_NOT_ENCODABLE),
    (replace(BATCH, sender="MA MAISON"), InputProblem.SENDER_INVALID),
    (replace(BATCH, message_class=MessageClass.REPLY, sender="MAISON"), InputProblem.SENDER_WITH_REPLY),
    (
        replace(BATCH, message_class=MessageClass.REPLY, rows=(replace(ROW, sender="MAISON"),)),
        InputProblem.SENDER_WITH_REPLY,
    ),
    (replace(BATCH, reference="x" * 41), InputProblem.REFERENCE_TOO_LONG),
    (replace(BATCH, max_segments=6), InputProblem.MAX_SEGMENTS_INVALID),
    (replace(BATCH, send_at=PAST), InputProblem.DATE_PAST),
    (replace(CHILD, username=""), InputProblem.NAME_MISSING),
    (replace(CHILD, username="x" * 51), InputProblem.USERNAME_TOO_LONG),
    (replace(CHILD, password=""), InputProblem.PASSWORD_MISSING),
    (replace(CHILD, reference="x" * 41), InputProblem.REFERENCE_TOO_LONG),
    (replace(CHILD, mobile="Alice"), InputProblem.NUMBER_INVALID),
    (replace(CHILD, city="☺"), InputProblem.TEXT_NOT_ENCODABLE),
    (replace(CONTACT, name=" "), InputProblem.NAME_MISSING),
    (replace(CONTACT, number="Alice"), InputProblem.NUMBER_INVALID),
    (replace(CONTACT, groups=("Famille", "")), InputProblem.GROUP_NAME_INVALID),
    (replace(CONTACT, groups=("a,b",)), InputProblem.GROUP_NAME_INVALID),
]


@pytest.mark.parametrize(("request_", "problem"), REQUESTS, ids=[problem for _, problem in REQUESTS])
async def test_a_request_beyond_the_document_is_refused_and_nothing_leaves(
    client: SmsmodeClient, gateway: Gateway, request_: Refused, problem: InputProblem
) -> None:
    with pytest.raises(SmsmodeInputError) as raised:
        await send(client, request_)
    assert raised.value.problem is problem
    assert str(raised.value) == problem.value
    assert raised.value.__context__ is None
    assert await gateway.requests() == []


# Whether a time has passed is decided by the gateway's clock, when the request leaves.
SENDS = [
    pair
    for pair in REQUESTS
    if isinstance(pair[0], MessageRequest | VoiceRequest | BatchRequest) and pair[1] is not InputProblem.DATE_PAST
]


@pytest.mark.parametrize(("request_", "problem"), SENDS, ids=[problem for _, problem in SENDS])
def test_a_request_is_refused_for_the_same_reason_before_it_is_sent(
    request_: SendRequest, problem: InputProblem
) -> None:
    with pytest.raises(SmsmodeInputError) as raised:
        validate_request(request_)
    assert raised.value.problem is problem


@pytest.mark.parametrize(
    "request_",
    [SMS, REPLIABLE, replace(UNICODE, text="☺"), VOICE, BATCH],
    ids=["pro", "reply", "unicode", "voice", "batch"],
)
def test_a_request_within_the_limits_is_valid(request_: SendRequest) -> None:
    validate_request(request_)


CALLS: list[tuple[Callable[[SmsmodeClient], Awaitable[object]], InputProblem]] = [
    (lambda client: client.get_delivery_reports(" "), InputProblem.MESSAGE_ID_MISSING),
    (lambda client: client.get_message_status(""), InputProblem.MESSAGE_ID_MISSING),
    (lambda client: client.delete_message(message_id="a b"), InputProblem.MESSAGE_ID_MISSING),
    (lambda client: client.delete_message(), InputProblem.MESSAGE_ID_XOR_NUMBER),
    (lambda client: client.delete_message(message_id="", number=""), InputProblem.MESSAGE_ID_XOR_NUMBER),
    (lambda client: client.delete_message(message_id="a", number="33612345678"), InputProblem.MESSAGE_ID_XOR_NUMBER),
    (lambda client: client.delete_message(number="Alice"), InputProblem.NUMBER_INVALID),
    (lambda client: client.delete_subaccount(" "), InputProblem.NAME_MISSING),
    (lambda client: client.delete_subaccount("x" * 51), InputProblem.USERNAME_TOO_LONG),
    (lambda client: client.transfer_credits("", 1), InputProblem.NAME_MISSING),
    (lambda client: client.transfer_credits("enfant", 0), InputProblem.AMOUNT_INVALID),
    (lambda client: client.transfer_credits("enfant", -1), InputProblem.AMOUNT_INVALID),
    (lambda client: client.transfer_credits("enfant", 1, "x" * 41), InputProblem.REFERENCE_TOO_LONG),
    (lambda client: client.get_sent_messages(count=0), InputProblem.PAGE_INVALID),
    (lambda client: client.get_sent_messages(count=10_001), InputProblem.PAGE_INVALID),
    (lambda client: client.get_sent_messages(start=-1), InputProblem.PAGE_INVALID),
    (lambda client: client.get_replies(count=0), InputProblem.PAGE_INVALID),
    (lambda client: client.get_replies(start=-1), InputProblem.PAGE_INVALID),
    (lambda client: client.get_replies_between(NOON, NOON), InputProblem.DATES_INVALID),
    (lambda client: client.get_replies_between(NOON, NOON - timedelta(days=1)), InputProblem.DATES_INVALID),
    (lambda client: client.get_replies_between(NAIVE, NOON), InputProblem.DATES_INVALID),
    (lambda client: client.get_replies_between(NOON, NAIVE), InputProblem.DATES_INVALID),
]


@pytest.mark.parametrize(("call", "problem"), CALLS, ids=[problem for _, problem in CALLS])
async def test_a_question_beyond_the_document_is_refused_and_nothing_leaves(
    client: SmsmodeClient,
    gateway: Gateway,
    call: Callable[[SmsmodeClient], Awaitable[object]],
    problem: InputProblem,
) -> None:
    with pytest.raises(SmsmodeInputError) as raised:
        await call(client)
    assert raised.value.problem is problem
    assert await gateway.requests() == []


@pytest.mark.parametrize(
    "request_",
    [
        replace(SMS, text="x" * 160, max_segments=1),
        replace(SMS, text="x" * 765),
        replace(UNICODE, text="☺" * 335),
        replace(SMS, numbers=("3363123456", "0623123457", "+1234")),
        replace(SMS, sender="A1234567890"),
        replace(SMS, reference="x" * 40),
        replace(UNICODE, sender="PERSO"),
        replace(VOICE, text="x" * 160),
        replace(BATCH, rows=(replace(ROW, reference="x" * 40, sender="A1234567890"),)),
        replace(CHILD, username="x" * 50, reference="x" * 40),
    ],
    ids=["160", "765", "335", "document", "sender", "reference", "unicode", "voice", "batch", "subaccount"],
)
async def test_the_limit_itself_is_still_allowed(client: SmsmodeClient, gateway: Gateway, request_: Refused) -> None:
    await send(client, request_)
    (request,) = await gateway.requests()
    assert request.answer is not None
    assert request.answer.startswith(b"0 | ")


def test_a_time_that_has_just_come_has_passed() -> None:
    now = datetime(2026, 7, 14, 10, tzinfo=UTC)
    require_ahead(None, now)
    require_ahead(now + timedelta(minutes=1), now)
    with pytest.raises(SmsmodeInputError, match=InputProblem.DATE_PAST):
        require_ahead(now, now)
