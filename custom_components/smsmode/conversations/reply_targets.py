"""Who can reply, and to what: checked before anything is spent on a message that is of no use without a reply."""

from collections.abc import Iterable, Sequence

from homeassistant.exceptions import ServiceValidationError

from ..config.phone_numbers import can_reply
from ..config.recipients import Resolved
from ..errors import explained, invalid, mask, no_target
from ..runtime import Account
from ..sending.composer import MessageOrder, compose_message
from .answers import Answer, AnswerBook, AnswerError


def repliers(account: Account, targets: Sequence[str]) -> tuple[str, ...]:
    """Give the numbers of people who can all reply; a translated error names those who cannot."""
    resolved = account.recipients.resolve(targets)
    if resolved.failures:
        reason = resolved.failures[0].reason
        raise no_target([failure for failure in resolved.failures if failure.reason == reason])
    if resolved.groups:
        raise invalid("reply_group", targets=", ".join(map(mask, resolved.groups)))
    if abroad := [number for number in resolved.numbers if not can_reply(number)]:
        raise invalid("reply_abroad", targets=", ".join(map(mask, abroad)))
    if not resolved.numbers:
        raise invalid("no_recipients")
    return resolved.numbers


def check_latin(account: Account, text: str) -> None:
    """Refuse a text of which something would be lost: what can be replied to cannot be Unicode."""
    order = MessageOrder(message=text, reply=True)
    with explained():
        (draft,) = compose_message(order, Resolved(("+33600000000",), (), ()), account.settings)
    if any(change.replacement == "?" for prepared in draft.texts for change in prepared.changes):
        raise invalid("reply_not_latin")


def read_answers(answers: Iterable[Answer]) -> AnswerBook:
    """Read the answers that are expected; a translated error if they cannot be read or told apart."""
    try:
        return AnswerBook(answers)
    except AnswerError as err:
        raise explain_answers(err) from None


def explain_answers(err: AnswerError) -> ServiceValidationError:
    """Say what is wrong with answers."""
    return invalid(err.problem, answers=", ".join(err.ids))
