"""Validation of messages that need a reply, before anything is spent: their targets, text and expected answers."""

from collections.abc import Iterable, Sequence

from homeassistant.exceptions import ServiceValidationError

from ..config.options import AccountOptions
from ..config.phone_numbers import can_reply
from ..config.recipients import Recipients, Resolved
from ..errors import no_target, translate_errors, validation_error
from ..helpers.redaction import mask_numbers
from ..sending.composer import MessageSendOptions, compose_message
from ..state.questions import Answer
from .answers import AnswerError, AnswerMatcher


def resolve_reply_targets(recipients: Recipients, targets: Sequence[object], *, voice: bool = False) -> tuple[str, ...]:
    """Return the numbers of people who can all be called (``voice``), or else who can all reply by SMS.

    A translated error names those who cannot.
    """
    resolved = recipients.resolve(targets, voice=voice)
    if resolved.failures:
        reason = resolved.failures[0].reason
        raise no_target([failure for failure in resolved.failures if failure.reason == reason])
    if resolved.groups:
        raise validation_error("reply_group", targets=", ".join(map(mask_numbers, resolved.groups)))
    if not voice and (abroad := [number for number in resolved.numbers if not can_reply(number)]):
        raise validation_error("reply_abroad", targets=", ".join(map(mask_numbers, abroad)))
    if not resolved.numbers:
        raise validation_error("no_recipients")
    return resolved.numbers


def ensure_gsm_text(options: AccountOptions, text: str) -> None:
    """Raise a translated error for a text that would lose characters: an SMS with a reply number cannot be Unicode."""
    order = MessageSendOptions(message=text, reply=True, accept_changes=True)
    with translate_errors():
        (draft,) = compose_message(order, Resolved(("+33600000000",), (), ()), options)
    if any(change.replacement == "?" for prepared in draft.texts for change in prepared.changes):
        raise validation_error("reply_not_latin")


def read_answers(answers: Iterable[Answer]) -> AnswerMatcher:
    """Return the matcher of the expected answers; raises a translated error if they are invalid or overlap."""
    try:
        return AnswerMatcher(answers)
    except AnswerError as err:
        raise explain_answers(err) from None


def explain_answers(err: AnswerError) -> ServiceValidationError:
    """Return the translated error for invalid answers."""
    return validation_error(err.problem, answers=", ".join(err.ids))
