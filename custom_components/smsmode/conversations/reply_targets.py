"""Validation of messages that need a reply, before anything is spent: their targets, text and expected answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from homeassistant.exceptions import ServiceValidationError

from ..api.text import PreparedText
from ..config.options import AccountOptions
from ..config.phone_numbers import can_reply
from ..config.recipients import Failure, Recipients, Resolved
from ..errors import no_target, translate_errors, validation_error
from ..helpers.redaction import mask_numbers
from ..sending.composer import MessageSendOptions, compose_message
from ..state.questions import Answer
from .answers import AnswerError, AnswerMatcher

# Whose reply would find nobody here; also why the target is left out.
REPLY_GROUP: Final = "reply_group"
REPLY_ABROAD: Final = "reply_abroad"
# Why a step or a question reaches nobody that names nobody.
NO_RECIPIENTS: Final = "no_recipients"


@dataclass(frozen=True, slots=True, repr=False)
class ReplyTargets:
    """The numbers of the people who can be written to or called, and the targets that nothing can be sent to."""

    numbers: tuple[str, ...]
    failures: tuple[Failure, ...]


def find_reply_targets(
    recipients: Recipients, targets: Sequence[object], *, voice: bool = False, may_be_abroad: bool = False
) -> ReplyTargets:
    """Return the people who can be called (``voice``), or else who can reply by SMS, and who cannot.

    ``may_be_abroad`` tells that whoever cannot reply can act in another way.
    """
    resolved = recipients.resolve(targets, voice=voice)
    abroad = [number for number in resolved.numbers if not voice and not may_be_abroad and not can_reply(number)]
    failures = (
        *resolved.failures,
        *(Failure(group, REPLY_GROUP) for group in resolved.groups),
        *(Failure(number, REPLY_ABROAD) for number in abroad),
    )
    return ReplyTargets(tuple(number for number in resolved.numbers if number not in abroad), failures)


def nobody_left(failures: Sequence[Failure]) -> ServiceValidationError:
    """Return the translated error if nobody can be written to; it names those who cannot, for the first reason."""
    reason = failures[0].reason if failures else NO_RECIPIENTS
    alike = [failure for failure in failures if failure.reason == reason]
    targets = ", ".join(mask_numbers(failure.target) for failure in alike)
    match reason:
        case "no_recipients":
            return validation_error("no_recipients")
        case "reply_group":
            return validation_error("reply_group", targets=targets)
        case "reply_abroad":
            return validation_error("reply_abroad", targets=targets)
        case _:
            return no_target(alike)


def ensure_gsm_text(options: AccountOptions, text: str) -> None:
    """Raise a translated error for a text that would lose characters: an SMS with a reply number cannot be Unicode."""
    if any(change.replacement == "?" for prepared in _prepare(options, text) for change in prepared.changes):
        raise validation_error("reply_not_latin")


def ensure_readable_text(options: AccountOptions, text: str) -> None:
    """Raise a translated error for the text of an alarm of which nothing can be read as an SMS with a reply number.

    An alarm that loses an emoji is better than none, and told as changed.
    """
    if not any(character.isalnum() for prepared in _prepare(options, text) for character in prepared.text):
        raise validation_error("reply_not_latin")


def _prepare(options: AccountOptions, text: str) -> tuple[PreparedText, ...]:
    order = MessageSendOptions(message=text, reply=True, accept_changes=True)
    with translate_errors():
        (draft,) = compose_message(order, Resolved(("+33600000000",), (), ()), options)
    return draft.texts


def read_answers(answers: Iterable[Answer]) -> AnswerMatcher:
    """Return the matcher of the expected answers; raises a translated error if they are invalid or overlap."""
    try:
        return AnswerMatcher(answers)
    except AnswerError as err:
        raise explain_answers(err) from None


def explain_answers(err: AnswerError) -> ServiceValidationError:
    """Return the translated error for invalid answers."""
    return validation_error(err.problem, answers=", ".join(err.ids))
