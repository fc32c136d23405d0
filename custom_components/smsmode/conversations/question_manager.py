"""Asks by SMS and hears the answer: over reloads and restarts, and whether or not anybody still waits for it."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send
from homeassistant.helpers.event import async_call_later
from homeassistant.util.signal_type import SignalType

from ..api import SmsmodeError
from ..const import DOMAIN, EVENT_QUESTION_ANSWERED, LOGGER, LONGEST_EXPIRY
from ..errors import validation_error
from ..helpers.clock import Clock, KeyedTimers
from ..helpers.tasks import BackgroundTasks
from ..receiving.events import ReplyEvent
from ..receiving.processor import InboundProcessor
from ..sending.composer import MessageSendOptions
from ..sending.dispatcher import ReceiptStatus
from ..sending.service import MessageService
from ..state.questions import MatchedAnswer, Question
from ..state.store import AccountStore
from .answers import AnswerMatcher
from .reply_router import ReplyRouter

# Who waits for an answer hears of the deadline from the account; only if that is gone, so much later from the clock.
GRACE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class QuestionResult:
    """What became of a question: an answer, or none until the deadline."""

    ask_id: str
    understood: MatchedAnswer | None = None
    reply: ReplyEvent | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give the data of the event; the response has ``timed_out`` besides."""
        reply = self.reply.as_dict() if self.reply else {}
        return {
            "ask_id": self.ask_id,
            "id": self.understood.id if self.understood else None,
            "text": reply.get("message"),
            "slots": dict(self.understood.slots) if self.understood else {},
            "number": reply.get("sender"),
            "recipient": reply.get("recipient"),
            "message_id": reply.get("message_id"),
            "answered_at": reply.get("received_at"),
        }


# For those who listen to all accounts: the id of the config entry, the key of the question, and what became of it.
SIGNAL_QUESTION = SignalType[str, str, QuestionResult](f"{DOMAIN}_question")


class QuestionManager:
    """The questions of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        store: AccountStore,
        processor: InboundProcessor,
        messages: MessageService,
        fetch_replies: Callable[[], Awaitable[None]],
        clock: Clock,
    ) -> None:
        """Take over what is open; nothing happens before `async_start`."""
        self._hass = hass
        self._entry = entry
        self._store = store
        self._messages = messages
        self._fetch_replies = fetch_replies
        self._questions = store.state.questions
        self._clock = clock
        self._books: dict[str, AnswerMatcher] = {}
        self._expiring: set[str] = set()
        self._timers = KeyedTimers(hass, clock)
        self._tasks = BackgroundTasks(hass, entry, f"{DOMAIN} question")
        self._router = ReplyRouter(processor, self._hear)

    @callback
    def async_start(self) -> None:
        """Listen to replies."""
        self._router.async_start()

    @callback
    def async_stop(self) -> None:
        """Stop; whatever is open is taken over at the next start."""
        self._router.async_stop()
        self._timers.stop()
        self._tasks.cancel()

    def is_waiting(self) -> bool:
        """Return whether a question is open."""
        return any(question.answered_by is None for question in self._questions.all.values())

    @callback
    def async_look_over(self) -> None:
        """Set the timer of each open question anew."""
        for question in list(self._questions.all.values()):
            if question.answered_by is None and question.key not in self._expiring:
                self._set_timer(question)

    async def async_ask(self, question: Question, book: AnswerMatcher) -> QuestionResult:
        """Send a question and wait for its answer or its deadline, also over a reload of the account."""
        answer: asyncio.Future[QuestionResult] = self._hass.loop.create_future()

        @callback
        def hear(_entry_id: str, key: str, outcome: QuestionResult) -> None:
            if key == question.key and not answer.done():
                answer.set_result(outcome)

        @callback
        def give_up(_now: datetime) -> None:
            hear(self._entry.entry_id, question.key, QuestionResult(ask_id=question.ask_id))

        with contextlib.ExitStack() as stack:
            stack.callback(async_dispatcher_connect(self._hass, SIGNAL_QUESTION, hear))
            await self.async_open(question, book)
            pause = question.deadline - self._clock.now() + GRACE
            stack.callback(async_call_later(self._hass, pause, give_up))
            return await answer

    async def async_open(self, question: Question, book: AnswerMatcher) -> None:
        """Open a question and have it sent, or neither; whoever listens hears of the answer."""
        self._questions.add(question)
        self._books[question.key] = book
        self._set_timer(question)
        try:
            sent = await self._messages.async_send_message(_first(question, self._clock.now()))
            if all(receipt.status is ReceiptStatus.DUPLICATE for receipt in sent.receipts):
                raise validation_error("ask_repeated")
        except HomeAssistantError:
            self._forget(question)
            raise

    @callback
    def _hear(self, event: ReplyEvent, reference: str) -> None:
        """Take the first valid answer."""
        question = self._questions.find_by_reference(reference, event.reply.sender)
        if question is None:
            return
        understood = self._book(question).understand(event.raw_text)
        if understood is None:
            self._note_unclear(question, event)
        else:
            self._close(question, event, understood)

    def _close(self, question: Question, event: ReplyEvent, understood: MatchedAnswer) -> None:
        question.record_answer(event.reply.sender, event.recipient or event.reply.sender, understood)
        self._timers.cancel(question.key)
        if question.pending_notice:
            self._questions.all.mark_changed(question.key)
            self._tasks.create(self._async_tell(question))
        else:
            self._forget(question)
        self._store.async_save_soon()
        outcome = QuestionResult(ask_id=question.ask_id, understood=understood, reply=event)
        async_dispatcher_send(self._hass, SIGNAL_QUESTION, self._entry.entry_id, question.key, outcome)
        self._hass.bus.async_fire(
            EVENT_QUESTION_ANSWERED, outcome.as_dict() | {"config_entry_id": self._entry.entry_id}
        )

    def _note_unclear(self, question: Question, event: ReplyEvent) -> None:
        """Ask once more, if that is wanted and was not done yet."""
        if question.ask_again and question.asked_again is None:
            question.asked_again = event.reply.sender
            self._questions.all.mark_changed(question.key)
            self._tasks.create(self._async_send_once(question, _again(question)))

    async def _async_tell(self, question: Question) -> None:
        """Tell the others who answered; then nothing is left to do."""
        await self._async_send_once(question, _news(question))
        self._forget(question)

    async def _async_send_once(self, question: Question, order: MessageSendOptions) -> None:
        """Send what belongs to a question, unless that was done before a fall."""
        if self._store.state.is_enqueued(order.reference or ""):
            return
        try:
            await self._messages.async_send_message(order)
        except HomeAssistantError as err:
            LOGGER.warning("A message that belongs to the question %s was not sent: %s", question.ask_id, err)

    @callback
    def async_resume(self) -> None:
        """Home Assistant has started: go on with each question where it stood."""
        for question in list(self._questions.all.values()):
            if question.answered_by is not None:
                self._tasks.create(self._async_tell(question))
            elif not self._store.state.is_enqueued(question.reference):
                # The house fell before it was asked; whoever wanted that got no answer.
                self._forget(question)
            else:
                self._set_timer(question)
                if question.asked_again is not None:
                    self._tasks.create(self._async_send_once(question, _again(question)))

    def _book(self, question: Question) -> AnswerMatcher:
        if question.key not in self._books:
            self._books[question.key] = AnswerMatcher(question.answers)
        return self._books[question.key]

    def _set_timer(self, question: Question) -> None:
        self._timers.set(question.key, question.deadline, lambda: self._tasks.create(self._async_expire(question)))
        self._clock.async_wake()

    async def _async_expire(self, question: Question) -> None:
        """Look once more, for the answer may have come and only not be known; then close the question."""
        self._expiring.add(question.key)
        try:
            with contextlib.suppress(SmsmodeError):
                await self._fetch_replies()
        finally:
            self._expiring.discard(question.key)
        if question.key in self._questions.all and question.answered_by is None:
            self._forget(question)
            outcome = QuestionResult(ask_id=question.ask_id)
            async_dispatcher_send(self._hass, SIGNAL_QUESTION, self._entry.entry_id, question.key, outcome)

    def _forget(self, question: Question) -> None:
        self._timers.cancel(question.key)
        self._books.pop(question.key, None)
        self._questions.all.pop(question.key, None)
        self._store.async_save_soon()


def _first(question: Question, now: datetime) -> MessageSendOptions:
    # An answer to a question that is closed is of no use, so it is not asked after that.
    patience = min(max(question.deadline - now, timedelta(minutes=1)), LONGEST_EXPIRY)
    return MessageSendOptions(
        message=question.text,
        targets=question.targets,
        reply=True,
        reference=question.reference,
        urgent=question.urgent,
        expires_after=patience,
    )


def _again(question: Question) -> MessageSendOptions:
    return MessageSendOptions(
        message=question.ask_again or "",
        targets=(question.asked_again or "",),
        reply=True,
        reference=question.ask_again_reference,
        urgent=question.urgent,
        repeat=True,
        ignore_quiet_hours=True,
    )


def _news(question: Question) -> MessageSendOptions:
    return MessageSendOptions(
        message=question.pending_notice or "",
        targets=question.others,
        reference=question.notice_reference,
        urgent=question.urgent,
        repeat=True,
    )
