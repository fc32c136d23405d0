"""Questions by SMS that are open, each until its deadline. Pure: time is handed in.

A question is tied to a reply by the reference of its messages, never by the number alone: whoever writes something else
has not answered it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .tracked_dict import TrackedDict

MAX_OPEN = 100


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """Answer that a question expects, by its sentences."""

    id: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class MatchedAnswer:
    """Answer that a text matches; ``id`` is None if any text is one. Slots are spelt as the person spelt them."""

    id: str | None
    slots: Mapping[str, str]


@dataclass(slots=True, kw_only=True, repr=False)
class Question:
    """Question that people were asked by SMS.

    ``key`` names its messages, ``ask_id`` the question for automations. ``asked_again`` is who was asked once more,
    ``pending_notice`` what the others are yet to be told, by whom it was answered being ``answered_by``. ``origin`` is
    the automation or script that asks.
    """

    key: str
    ask_id: str
    text: str
    targets: tuple[str, ...]
    deadline: datetime
    answers: tuple[Answer, ...] = ()
    ask_again: str | None = None
    tell_others: str | None = None
    urgent: bool = False
    asked_again: str | None = None
    answered_by: str | None = None
    pending_notice: str | None = None
    origin: str | None = None

    @property
    def reference(self) -> str:
        """The reference of the message that asked."""
        return f"ask-{self.key}"

    @property
    def ask_again_reference(self) -> str:
        """The reference of the message that asked once more."""
        return f"{self.reference}-again"

    @property
    def notice_reference(self) -> str:
        """The reference of the message that tells the others."""
        return f"{self.reference}-told"

    @property
    def others(self) -> tuple[str, ...]:
        """The targets that did not answer."""
        return tuple(target for target in self.targets if target != self.answered_by)

    def record_answer(self, number: str, name: str, understood: MatchedAnswer) -> None:
        """Record the answer and close the question; what the others are told is yet to be sent, if anything."""
        self.answered_by = number
        if self.tell_others and self.others:
            self.pending_notice = self.tell_others.replace("{recipient}", name).replace("{answer}", understood.id or "")


class TooManyQuestionsError(Exception):
    """As many questions are open as may be."""


class QuestionOpenError(Exception):
    """A question of this id is open already."""


@dataclass(slots=True, kw_only=True, repr=False)
class Questions:
    """All questions of one account that are open, or whose answer is yet to be told."""

    all: TrackedDict[Question] = field(default_factory=TrackedDict)

    def add(self, question: Question) -> None:
        """Open a question. Raises QuestionOpenError, TooManyQuestionsError."""
        if any(other.ask_id == question.ask_id and other.answered_by is None for other in self.all.values()):
            raise QuestionOpenError
        if len(self.all) >= MAX_OPEN:
            raise TooManyQuestionsError
        self.all[question.key] = question

    def find_asked(self, reference: str | None) -> Question | None:
        """Return the question that a message of this reference asks."""
        return next((each for each in self.all.values() if reference in _asking(each)), None)

    def find_by_reference(self, reference: str, number: str) -> Question | None:
        """Return the open question that a reply to a message of this reference, from this number, may answer."""
        for question in self.all.values():
            if question.answered_by is None and reference in _asking(question) and number in question.targets:
                return question
        return None

    @property
    def has_open(self) -> bool:
        """Whether any question is unanswered."""
        return any(question.answered_by is None for question in self.all.values())


def _asking(question: Question) -> tuple[str, str]:
    """Return the references of the messages that ask a question."""
    return question.reference, question.ask_again_reference
