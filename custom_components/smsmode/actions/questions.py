"""Action ask: fields of a call to a question, result to response."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.util.ulid import ulid_now

from ..const import ATTR_CONFIG_ENTRY_ID
from ..conversations.answers import READY
from ..conversations.left_out import async_tell_left_out, left_out
from ..conversations.reply_targets import ensure_gsm_text, find_reply_targets, nobody_left, read_answers
from ..errors import validation_error
from ..helpers.origins import find_origin
from ..runtime import SmsmodeRuntimeData, async_get_loaded_entry
from ..state.message_log import GATEWAY_RETENTION
from ..state.questions import MAX_OPEN, Answer, Question, QuestionOpenError, TooManyQuestionsError
from .targets import read_targets


async def async_ask(call: ServiceCall) -> ServiceResponse:
    """Ask by SMS; wait for the first valid answer if the caller wants it."""
    targets = read_targets(call)
    entry = await async_get_loaded_entry(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID), targets)
    answers = _answers(call.data)
    matcher = read_answers(answers)
    found = find_reply_targets(entry.runtime_data.recipients, targets)
    paused = {} if call.data.get("urgent") else entry.runtime_data.pauses.find_paused(found.numbers)
    asked = tuple(number for number in found.numbers if number not in paused)
    if not asked:
        raise nobody_left([*found.failures, *paused.values()])
    origin = find_origin(call.hass, call.context)
    question = _question(entry.runtime_data, call.data, asked, answers, origin)
    async_tell_left_out(call.hass, entry, found.failures, name=call.data.get("ask_id"), origin=origin)
    questions = entry.runtime_data.questions
    try:
        if not call.return_response:
            # Nobody waits for the answer here; the trigger tells of it.
            await questions.async_open(question, matcher, call.context, call.data.get("camera"))
            return None
        result = await questions.async_ask(question, matcher, call.context, call.data.get("camera"))
    except QuestionOpenError:
        raise validation_error("question_open", ask_id=question.ask_id) from None
    except TooManyQuestionsError:
        raise validation_error("too_many_questions", limit=str(MAX_OPEN)) from None
    warnings: dict[str, Any] = {"warnings": list(result.warnings)} if result.warnings else {}
    missing = left_out([*found.failures, *paused.values()])
    return result.as_dict() | {"timed_out": result.reply is None} | missing | warnings


def _answers(fields: dict[str, Any]) -> tuple[Answer, ...]:
    ready: Iterable[Answer] = READY[fields["ready_answers"]] if "ready_answers" in fields else ()
    written = (Answer(answer["id"], tuple(answer["sentences"])) for answer in fields.get("answers", ()))
    return (*ready, *written)


def _question(
    account: SmsmodeRuntimeData,
    fields: dict[str, Any],
    targets: tuple[str, ...],
    answers: tuple[Answer, ...],
    origin: str | None,
) -> Question:
    """Return the question. Raises a translated error before anything is spent."""
    timeout: timedelta = fields["timeout"]
    if timeout > GATEWAY_RETENTION:
        raise validation_error("timeout_too_long", days=str(GATEWAY_RETENTION.days))
    for text in filter(None, (fields["question"], fields.get("ask_again"))):
        ensure_gsm_text(account.options, text)
    key = ulid_now()
    return Question(
        key=key,
        ask_id=fields.get("ask_id") or key,
        text=fields["question"],
        targets=targets,
        answers=answers,
        deadline=account.clock.now() + timeout,
        ask_again=fields.get("ask_again") or None,
        tell_others=fields.get("tell_others") or None,
        urgent=fields.get("urgent", False),
        origin=origin,
    )
