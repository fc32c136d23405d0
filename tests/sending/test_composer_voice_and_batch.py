"""Voice messages and batches are composed as they were meant, or refused as a whole."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.smsmode.api import (
    BatchRow,
    InputProblem,
    MessageClass,
    SmsmodeInputError,
    VoiceLanguage,
    VoiceRequest,
)
from custom_components.smsmode.config.recipients import Resolved
from custom_components.smsmode.sending.composer import VoiceSendOptions, compose_voice
from tests.support.orders import ACCOUNT, ALICE, BOB, NAMED, TO_ALICE, batch, tomorrow


def test_a_voice_message_calls_all_numbers_and_a_call_counts_as_one_segment() -> None:
    at = tomorrow()
    order = VoiceSendOptions(message="Water!", title="Alarm", language=VoiceLanguage.ENGLISH, send_at=at)
    [draft] = compose_voice(order, Resolved((ALICE, BOB), (), ()), ACCOUNT)
    assert draft.request == VoiceRequest(
        text="Water!", numbers=(ALICE, BOB), title="Alarm", language=VoiceLanguage.ENGLISH, send_at=at
    )
    assert (draft.segments, draft.costs, draft.recipients) == (1, ((ALICE, 1), (BOB, 1)), (ALICE, BOB))


def test_a_voice_message_is_said_in_the_characters_that_the_gateway_takes() -> None:
    [draft] = compose_voice(
        VoiceSendOptions(message="L’eau déborde à la fenêtre", title="Façade sud"), TO_ALICE, ACCOUNT
    )
    assert isinstance(draft.request, VoiceRequest)
    assert (draft.request.text, draft.request.title) == ("L'eau déborde à la fenetre", "Facade sud")


@pytest.mark.parametrize(
    ("message", "targets", "problem"),
    [
        pytest.param("x" * 161, TO_ALICE, InputProblem.VOICE_TOO_LONG, id="too long"),
        pytest.param("€" * 81, TO_ALICE, InputProblem.VOICE_TOO_LONG, id="double characters"),
        pytest.param("  ", TO_ALICE, InputProblem.TEXT_EMPTY, id="empty"),
        pytest.param("Water!", Resolved((), (), ()), InputProblem.RECIPIENTS_MISSING, id="to nobody"),
    ],
)
def test_a_voice_message_that_breaks_a_limit_is_refused(message: str, targets: Resolved, problem: InputProblem) -> None:
    with pytest.raises(SmsmodeInputError) as refused:
        compose_voice(VoiceSendOptions(message=message), targets, ACCOUNT)
    assert refused.value.problem is problem


def test_a_batch_sends_each_its_own_text_and_counts_them_all() -> None:
    draft, request = batch(
        BatchRow(number=ALICE, text="Bonjour Zoë, ça va ?", reference="1"),
        BatchRow(number=BOB, text="x" * 200, sender="ALARME"),
        BatchRow(number=ALICE, text="Encore"),
        account=NAMED,
    )
    assert [(row.number, row.text, row.sender, row.reference) for row in request.rows] == [
        (ALICE, "Bonjour Zoe, ca va ?", None, "1"),
        (BOB, "x" * 200, "ALARME", None),
        (ALICE, "Encore", None, None),
    ]
    assert (request.message_class, request.sender, request.max_segments) == (MessageClass.PRO, "MAISON", 5)
    assert draft.costs == ((ALICE, 1), (BOB, 2), (ALICE, 1))
    assert (draft.segments, draft.recipients) == (4, (ALICE, BOB))


def test_a_batch_may_ask_for_replies() -> None:
    _, request = batch(BatchRow(number=ALICE, text="Hello"), account=NAMED, reply=True)
    assert (request.message_class, request.sender) == (MessageClass.REPLY, None)


@pytest.mark.parametrize("limit", [None, 1, 3])
def test_a_batch_holds_to_its_number_of_segments(limit: int | None) -> None:
    account = replace(ACCOUNT, max_segments=2)
    draft, request = batch(BatchRow(number=ALICE, text="word " * 160), account=account, max_segments=limit)
    assert draft.segments == request.max_segments == (limit or 2)


@pytest.mark.parametrize(
    ("row", "fields", "problem"),
    [
        pytest.param(None, {}, InputProblem.BATCH_EMPTY, id="no rows"),
        pytest.param({"text": "Feu 🔥"}, {}, InputProblem.BATCH_UNICODE, id="emoji"),
        pytest.param({"text": "Вода"}, {}, InputProblem.BATCH_UNICODE, id="another script"),
        pytest.param({"text": " "}, {}, InputProblem.TEXT_EMPTY, id="no text"),
        pytest.param({"text": "two\nlines"}, {}, InputProblem.TEXT_NOT_ENCODABLE, id="two lines"),
        pytest.param({"number": "+0"}, {}, InputProblem.NUMBER_INVALID, id="no number"),
        pytest.param({"sender": "MY LONG HOUSE"}, {}, InputProblem.SENDER_INVALID, id="sender of a row"),
        pytest.param({"sender": "ALARME"}, {"reply": True}, InputProblem.SENDER_WITH_REPLY, id="row, reply"),
        pytest.param({}, {"reply": True, "sender": "ALARME"}, InputProblem.SENDER_WITH_REPLY, id="sender, reply"),
        pytest.param({"reference": "x" * 41}, {}, InputProblem.REFERENCE_TOO_LONG, id="reference of a row"),
        pytest.param({"reference": "🔥"}, {}, InputProblem.TEXT_NOT_ENCODABLE, id="impossible reference of a row"),
        pytest.param({}, {"reference": "🔥"}, InputProblem.TEXT_NOT_ENCODABLE, id="impossible reference"),
        pytest.param({}, {"max_segments": 6}, InputProblem.MAX_SEGMENTS_INVALID, id="too many segments"),
    ],
)
def test_one_bad_row_refuses_the_whole_batch(
    row: dict[str, Any] | None, fields: dict[str, Any], problem: InputProblem
) -> None:
    good = BatchRow(number=BOB, text="Hello")
    bad = BatchRow(**({"number": ALICE, "text": "Hello"} | (row or {})))
    with pytest.raises(SmsmodeInputError) as refused:
        batch(*([] if row is None else [good, bad, good]), **fields)
    assert refused.value.problem is problem
