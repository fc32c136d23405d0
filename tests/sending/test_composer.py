"""What is ordered is composed as it was meant, or refused before anything is stored."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.smsmode.api import (
    Alphabet,
    BatchRow,
    Encoding,
    InputProblem,
    MessageClass,
    MessageRequest,
    SmsmodeInputError,
    StopClause,
)
from custom_components.smsmode.config.options import AccountOptions
from custom_components.smsmode.config.recipients import Resolved
from custom_components.smsmode.sending.composer import MessageSendOptions, compose_message
from tests.support.orders import ACCOUNT, ALICE, BOB, NAMED, TO_ALICE, batch, composed, tomorrow


def test_all_numbers_go_in_one_request_and_each_group_in_one_of_its_own() -> None:
    drafts = compose_message(
        MessageSendOptions(message="Water!"), Resolved((ALICE, BOB), ("Famille", "Voisins"), ()), ACCOUNT
    )
    requests = [draft.request for draft in drafts if isinstance(draft.request, MessageRequest)]
    assert [(request.numbers, request.group) for request in requests] == [
        ((ALICE, BOB), None),
        ((), "Famille"),
        ((), "Voisins"),
    ]
    assert [draft.recipients for draft in drafts] == [(ALICE, BOB), ("group:Famille",), ("group:Voisins",)]
    assert [draft.costs for draft in drafts] == [
        ((ALICE, 1), (BOB, 1)),
        (("group:Famille", 1),),
        (("group:Voisins", 1),),
    ]


def test_groups_alone_make_no_request_to_nobody() -> None:
    drafts = compose_message(MessageSendOptions(message="Water!"), Resolved((), ("Famille",), ()), ACCOUNT)
    assert [draft.recipients for draft in drafts] == [("group:Famille",)]


def test_each_recipient_costs_as_many_segments_as_the_text_has() -> None:
    [draft] = compose_message(MessageSendOptions(message="x" * 161), Resolved((ALICE, BOB), (), ()), ACCOUNT)
    assert (draft.segments, draft.costs) == (2, ((ALICE, 2), (BOB, 2)))
    assert isinstance(draft.request, MessageRequest)
    assert draft.request.max_segments == 2


def test_the_title_stands_before_the_text_on_a_line_of_its_own() -> None:
    assert composed("In the cellar", title="Water!").text == "Water!\nIn the cellar"
    assert composed("In the cellar", title="").text == "In the cellar"


def test_the_title_counts() -> None:
    assert composed("x" * 160).max_segments == 1
    assert composed("x" * 160, title="y").max_segments == 2


@pytest.mark.parametrize(
    ("account", "fields", "sender"),
    [
        pytest.param(ACCOUNT, {}, None, id="none"),
        pytest.param(NAMED, {}, "MAISON", id="that of the account"),
        pytest.param(NAMED, {"sender": "ALARME"}, "ALARME", id="that of the call"),
        pytest.param(NAMED, {"reply": True}, None, id="none where replies are to come"),
    ],
)
def test_the_sender_is_that_of_the_call_else_of_the_account_unless_replies_are_to_come(
    account: AccountOptions, fields: dict[str, Any], sender: str | None
) -> None:
    assert composed(account=account, **fields).sender == sender
    assert batch(BatchRow(number=ALICE, text="Hello"), account=account, **fields)[1].sender == sender


@pytest.mark.parametrize(
    ("text", "policy", "fields", "message_class", "sent"),
    [
        pytest.param("Water!", Encoding.AUTO, {}, MessageClass.PRO, "Water!", id="auto, plain"),
        pytest.param("Fenêtre", Encoding.AUTO, {}, MessageClass.UNICODE, "Fenêtre", id="auto, no dearer"),
        pytest.param("ê" * 80, Encoding.AUTO, {}, MessageClass.PRO, "e" * 80, id="auto, dearer"),
        pytest.param("Feu 🔥", Encoding.GSM, {}, MessageClass.PRO, "Feu ?", id="gsm"),
        pytest.param("Water!", Encoding.UNICODE, {}, MessageClass.UNICODE, "Water!", id="unicode"),
        pytest.param(
            "Fenêtre", Encoding.UNICODE, {"encoding": Encoding.GSM}, MessageClass.PRO, "Fenetre", id="the call decides"
        ),
        pytest.param("Fenêtre", Encoding.AUTO, {"reply": True}, MessageClass.REPLY, "Fenetre", id="auto, reply"),
        pytest.param(
            "Fenêtre", Encoding.UNICODE, {"reply": True}, MessageClass.REPLY, "Fenetre", id="unicode account, reply"
        ),
        pytest.param("Fenêtre", Encoding.GSM, {"reply": True}, MessageClass.REPLY, "Fenetre", id="gsm, reply"),
    ],
)
def test_the_encoding_follows_the_call_else_the_account(
    text: str, policy: Encoding, fields: dict[str, Any], message_class: MessageClass, sent: str
) -> None:
    request = composed(text, replace(ACCOUNT, encoding=policy), **fields)
    assert (request.message_class, request.text) == (message_class, sent)


def test_what_was_done_to_the_text_is_said() -> None:
    [draft] = compose_message(MessageSendOptions(message="Fenêtre", encoding=Encoding.GSM), TO_ALICE, ACCOUNT)
    (text,) = draft.texts
    assert [(change.original, change.replacement) for change in text.changes] == [("ê", "e")]
    assert text.alphabet is Alphabet.GSM


@pytest.mark.parametrize(
    ("account_limit", "call_limit", "segments"), [(5, None, 3), (2, None, 2), (1, 3, 3), (5, 1, 1)]
)
def test_a_text_is_cut_at_the_limit_of_the_call_else_of_the_account_and_that_is_said(
    account_limit: int, call_limit: int | None, segments: int
) -> None:
    order = MessageSendOptions(message="word " * 80, max_segments=call_limit)
    [draft] = compose_message(order, TO_ALICE, replace(ACCOUNT, max_segments=account_limit))
    (text,) = draft.texts
    assert (draft.segments, text.truncated) == (segments, segments < 3)


@pytest.mark.parametrize(
    ("account_stop", "call_stop", "stop"),
    [
        (StopClause.ALWAYS, None, StopClause.ALWAYS),
        (StopClause.ALWAYS, StopClause.NEVER, StopClause.NEVER),
        (StopClause.NEVER, StopClause.IF_FREE, StopClause.IF_FREE),
    ],
)
def test_the_stop_mention_follows_the_call_else_the_account_and_counts(
    account_stop: StopClause, call_stop: StopClause | None, stop: StopClause
) -> None:
    account = replace(ACCOUNT, stop=account_stop)
    request = composed("x" * 155, account, stop=call_stop)
    assert (request.stop, request.max_segments) == (stop, 2 if stop is StopClause.ALWAYS else 1)
    draft, sent = batch(BatchRow(number=ALICE, text="x" * 155), account=account, stop=call_stop)
    assert (sent.stop, draft.segments) == (stop, 2 if stop is StopClause.ALWAYS else 1)


def test_reference_and_date_go_along() -> None:
    at = tomorrow()
    request = composed(reference="door 4", send_at=at)
    assert (request.reference, request.send_at) == ("door 4", at)
    _, sent = batch(BatchRow(number=ALICE, text="Hello"), reference="door 4", send_at=at)
    assert (sent.reference, sent.send_at) == ("door 4", at)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        pytest.param({"message": ""}, InputProblem.TEXT_EMPTY, id="no text"),
        pytest.param({"message": " \n\t"}, InputProblem.TEXT_EMPTY, id="white space"),
        pytest.param({"sender": "MAISON", "reply": True}, InputProblem.SENDER_WITH_REPLY, id="sender with reply"),
        pytest.param({"sender": "MY LONG HOUSE"}, InputProblem.SENDER_INVALID, id="sender too long"),
        pytest.param({"sender": "MÉMÉ"}, InputProblem.SENDER_INVALID, id="accents in the sender"),
        pytest.param({"sender": "0612345678"}, InputProblem.SENDER_INVALID, id="a number as sender"),
        pytest.param(
            {"encoding": Encoding.UNICODE, "reply": True}, InputProblem.TEXT_NOT_ENCODABLE, id="unicode with reply"
        ),
        pytest.param({"max_segments": 6}, InputProblem.MAX_SEGMENTS_INVALID, id="too many segments"),
        pytest.param({"max_segments": -1}, InputProblem.MAX_SEGMENTS_INVALID, id="fewer than no segments"),
        pytest.param({"reference": "x" * 41}, InputProblem.REFERENCE_TOO_LONG, id="reference too long"),
        pytest.param({"reference": "🔥"}, InputProblem.TEXT_NOT_ENCODABLE, id="a reference that cannot travel"),
        pytest.param({"reference": "\ud83d"}, InputProblem.TEXT_NOT_ENCODABLE, id="half a character"),
        pytest.param(
            {"reference": "\ud83d", "encoding": Encoding.UNICODE},
            InputProblem.TEXT_NOT_ENCODABLE,
            id="half a character in Unicode",
        ),
    ],
)
def test_what_breaks_a_limit_is_refused_before_anything_is_stored(
    fields: dict[str, Any], problem: InputProblem
) -> None:
    with pytest.raises(SmsmodeInputError) as refused:
        compose_message(MessageSendOptions(**({"message": "Water!"} | fields)), TO_ALICE, ACCOUNT)
    assert refused.value.problem is problem


@pytest.mark.parametrize("group", ["Famille 🔥", "\udcff"])
def test_a_group_whose_name_cannot_travel_is_refused(group: str) -> None:
    with pytest.raises(SmsmodeInputError, match=InputProblem.TEXT_NOT_ENCODABLE):
        compose_message(MessageSendOptions(message="Water!"), Resolved((ALICE,), (group,), ()), ACCOUNT)


@settings(max_examples=100)
@given(
    st.text(max_size=400),
    st.one_of(st.none(), st.text(max_size=45)),
    st.sampled_from([None, *Encoding]),
    st.booleans(),
    st.sampled_from([None, *StopClause]),
    st.integers(1, 5),
)
def test_whatever_is_asked_is_refused_as_a_whole_or_fits_what_was_promised(
    message: str,
    reference: str | None,
    encoding: Encoding | None,
    reply: bool,
    stop: StopClause | None,
    max_segments: int,
) -> None:
    order = MessageSendOptions(
        message=message,
        reference=reference,
        encoding=encoding,
        reply=reply,
        stop=stop,
        max_segments=max_segments,
    )
    try:
        [draft] = compose_message(order, TO_ALICE, NAMED)
    except SmsmodeInputError:
        return
    assert isinstance(draft.request, MessageRequest)
    assert draft.request.max_segments == draft.segments <= max_segments
    draft.request.text.encode()
    (draft.request.reference or "").encode()
