"""Manager of questions: sends them and matches the answers, across reloads and restarts, and whether or not awaited."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send
from homeassistant.helpers.event import async_call_later
from homeassistant.util.signal_type import SignalType

from ..api import SmsmodeError
from ..config.pin_redaction import hide_digits
from ..const import ATTR_CONFIG_ENTRY_ID, DOMAIN, EVENT_QUESTION_ANSWERED, LOGGER, LONGEST_EXPIRY
from ..errors import validation_error
from ..helpers.clock import Clock, KeyedTimers
from ..helpers.tasks import BackgroundTasks
from ..receiving.events import ReplyEvent
from ..receiving.processor import InboundProcessor
from ..sending.composer import MessageSendOptions
from ..sending.duplicates import WINDOW
from ..sending.responses import SendWarning
from ..sending.service import MessageService
from ..state.questions import MatchedAnswer, Question
from ..state.store import AccountStore
from .answers import AnswerMatcher
from .reply_router import ReplyRouter

# Whoever awaits an answer is told of the deadline by the account; if that is not loaded, so much later by a timer.
DEADLINE_GRACE_PERIOD = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class QuestionResult:
    """Result of a question: an answer, or none until the deadline."""

    ask_id: str
    answer: MatchedAnswer | None = None
    reply: ReplyEvent | None = None
    # What whoever asked may not expect of its SMS.
    warnings: Sequence[SendWarning] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the public event data; the response has ``timed_out`` besides."""
        reply = self.reply.as_dict() if self.reply else {}
        return {
            "ask_id": self.ask_id,
            "id": self.answer.id if self.answer else None,
            "text": reply.get("message"),
            "slots": dict(self.answer.slots) if self.answer else {},
            "number": reply.get("sender"),
            "recipient": reply.get("recipient"),
            "message_id": reply.get("message_id"),
            "answered_at": reply.get("received_at"),
        }


# From a manager to whoever awaits the result by the key of the question, who may have asked before a reload.
_SIGNAL_RESULT = SignalType[str, QuestionResult](f"{DOMAIN}_question_result")


class QuestionManager:
    """Manager of the questions of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        store: AccountStore,
        processor: InboundProcessor,
        messages: MessageService,
        fetch_replies: Callable[[], Awaitable[object]],
        clock: Clock,
    ) -> None:
        """Do nothing before `async_start`; ``fetch_replies`` asks the gateway for replies."""
        self._hass = hass
        self._entry = entry
        self._store = store
        self._messages = messages
        self._fetch_replies = fetch_replies
        self._questions = store.state.questions
        self._clock = clock
        self._matchers: dict[str, AnswerMatcher] = {}
        self._asked_at: dict[tuple[str, tuple[str, ...]], datetime] = {}
        self._expiring: set[str] = set()
        self._timers = KeyedTimers(hass, clock)
        self._tasks = BackgroundTasks(hass, entry, f"{DOMAIN} question")
        self._router = ReplyRouter(processor, self._async_handle_reply)

    @callback
    def async_start(self) -> None:
        """Subscribe to replies."""
        self._router.async_start()

    @callback
    def async_stop(self) -> None:
        """Stop; open questions are resumed at the next start."""
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

    async def async_ask(
        self, question: Question, matcher: AnswerMatcher, context: Context | None = None, camera: str | None = None
    ) -> QuestionResult:
        """Send a question and wait for its answer or its deadline, also over a reload of the account."""
        future: asyncio.Future[QuestionResult] = self._hass.loop.create_future()

        @callback
        def handle(key: str, result: QuestionResult) -> None:
            if key == question.key and not future.done():
                future.set_result(result)

        @callback
        def time_out(_now: datetime) -> None:
            handle(question.key, QuestionResult(ask_id=question.ask_id))

        with contextlib.ExitStack() as stack:
            stack.callback(async_dispatcher_connect(self._hass, _SIGNAL_RESULT, handle))
            warnings = await self.async_open(question, matcher, context, camera)
            pause = question.deadline - self._clock.now() + DEADLINE_GRACE_PERIOD
            stack.callback(async_call_later(self._hass, pause, time_out))
            return replace(await future, warnings=warnings)

    async def async_open(
        self, question: Question, matcher: AnswerMatcher, context: Context | None = None, camera: str | None = None
    ) -> Sequence[SendWarning]:
        """Open a question and send it, or neither; return warnings about its SMS. The answer is an event."""
        self._questions.add(question)
        self._matchers[question.key] = matcher
        self._set_timer(question)
        try:
            self._refuse_repetition(question)
            order = replace(_question_options(question, self._clock.now()), context=context, camera=camera)
            summary = await self._messages.async_send_message(order)
        except HomeAssistantError:
            self._forget(question)
            raise
        self._asked_at[question.text, question.targets] = self._clock.now()
        return summary.warnings

    def _refuse_repetition(self, question: Question) -> None:
        """Raise an error if the same was asked of the same people within the last minute.

        The duplicate filter takes each question for a message of its own, for its answers belong to it alone.
        """
        now = self._clock.now()
        self._asked_at = {asked: at for asked, at in self._asked_at.items() if abs(now - at) < WINDOW}
        if (question.text, question.targets) in self._asked_at:
            raise validation_error("ask_repeated")

    @callback
    def _async_handle_reply(self, event: ReplyEvent, reference: str) -> None:
        """Close the question with the first valid answer."""
        question = self._questions.find_by_reference(reference, event.reply.sender)
        if question is None:
            return
        answer = self._matcher(question).understand(event.raw_text)
        if answer is None:
            self._ask_again(question, event)
        else:
            slots = {name: hide_digits(value, event.pins) for name, value in answer.slots.items()}
            self._close(question, event, replace(answer, slots=slots))

    def _close(self, question: Question, event: ReplyEvent, answer: MatchedAnswer) -> None:
        question.record_answer(event.reply.sender, event.recipient or event.reply.sender, answer)
        self._timers.cancel(question.key)
        if question.pending_notice:
            self._questions.all.mark_changed(question.key)
            self._tasks.create(self._async_notify_others(question))
        else:
            self._forget(question)
        self._store.async_save_soon()
        result = QuestionResult(ask_id=question.ask_id, answer=answer, reply=event)
        async_dispatcher_send(self._hass, _SIGNAL_RESULT, question.key, result)
        data = {ATTR_CONFIG_ENTRY_ID: self._entry.entry_id, **result.as_dict()}
        self._hass.bus.async_fire(EVENT_QUESTION_ANSWERED, data)

    def _ask_again(self, question: Question, event: ReplyEvent) -> None:
        """Ask once more, if the question says so and that was not done yet."""
        if question.ask_again and question.asked_again is None:
            question.asked_again = event.reply.sender
            self._questions.all.mark_changed(question.key)
            self._tasks.create(self._async_send_once(question, _ask_again_options(question)))

    async def _async_notify_others(self, question: Question) -> None:
        """Notify the others who answered; then forget the question."""
        await self._async_send_once(question, _notice_options(question))
        self._forget(question)

    async def _async_send_once(self, question: Question, options: MessageSendOptions) -> None:
        """Send a follow-up of a question, unless that was done before a crash."""
        if self._store.state.is_enqueued(options.reference or ""):
            return
        try:
            await self._messages.async_send_message(options)
        except HomeAssistantError as err:
            LOGGER.warning("A message that belongs to the question %s was not sent: %s", question.ask_id, err)

    @callback
    def async_resume(self) -> None:
        """Resume each question where it stood; Home Assistant has started."""
        for question in list(self._questions.all.values()):
            if question.answered_by is not None:
                self._tasks.create(self._async_notify_others(question))
            elif not self._store.state.is_enqueued(question.reference):
                # Home Assistant crashed before it was sent; whoever called the action got no response.
                self._forget(question)
            else:
                self._set_timer(question)
                if question.asked_again is not None:
                    self._tasks.create(self._async_send_once(question, _ask_again_options(question)))

    def _matcher(self, question: Question) -> AnswerMatcher:
        if question.key not in self._matchers:
            self._matchers[question.key] = AnswerMatcher(question.answers)
        return self._matchers[question.key]

    def _set_timer(self, question: Question) -> None:
        self._timers.set(question.key, question.deadline, lambda: self._tasks.create(self._async_expire(question)))
        self._clock.async_wake()

    async def _async_expire(self, question: Question) -> None:
        """Fetch once more, for the answer may not be known yet; then close the question without one."""
        self._expiring.add(question.key)
        try:
            with contextlib.suppress(SmsmodeError):
                await self._fetch_replies()
        finally:
            self._expiring.discard(question.key)
        if question.key in self._questions.all and question.answered_by is None:
            self._forget(question)
            result = QuestionResult(ask_id=question.ask_id)
            async_dispatcher_send(self._hass, _SIGNAL_RESULT, question.key, result)

    def _forget(self, question: Question) -> None:
        self._timers.cancel(question.key)
        self._matchers.pop(question.key, None)
        self._questions.all.pop(question.key, None)
        self._store.async_save_soon()


def _question_options(question: Question, now: datetime) -> MessageSendOptions:
    # An answer after the deadline is of no use, so the question is not sent after that either.
    expires_after = min(max(question.deadline - now, timedelta(minutes=1)), LONGEST_EXPIRY)
    return MessageSendOptions(
        message=question.text,
        targets=question.targets,
        reply=True,
        reference=question.reference,
        urgent=question.urgent,
        expires_after=expires_after,
        origin=question.origin,
    )


def _ask_again_options(question: Question) -> MessageSendOptions:
    return MessageSendOptions(
        message=question.ask_again or "",
        targets=(question.asked_again or "",),
        reply=True,
        reference=question.ask_again_reference,
        urgent=question.urgent,
        repeat=True,
        ignore_quiet_hours=True,
        accept_changes=True,
        origin=question.origin,
    )


def _notice_options(question: Question) -> MessageSendOptions:
    return MessageSendOptions(
        message=question.pending_notice or "",
        targets=question.others,
        reference=question.notice_reference,
        urgent=question.urgent,
        repeat=True,
        accept_changes=True,
        origin=question.origin,
    )
