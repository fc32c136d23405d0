"""Manager of the check of one account: runs its steps one by one, stops, and leaves nothing behind at the gateway.

Between two looks there is a timer and no task, so that a reload finds the check at rest. It does not go on after one:
the record says that it was interrupted, and what it had scheduled is deleted.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError

from ..api import SmsmodeError
from ..const import DOMAIN, LOGGER, SUBENTRY_ALERT_PLAN, SUBENTRY_WATCHDOG
from ..errors import operation_error
from ..helpers.clock import KeyedTimers
from ..helpers.listeners import Listeners, Subscriptions
from ..helpers.repair_issues import IssueType, async_clear_issue, async_raise_issue
from ..helpers.tasks import BackgroundTasks
from ..state.account_facts import (
    ESSENTIAL_FACTS,
    CheckPhase,
    CheckRecord,
    CheckStep,
    Evidence,
    Fact,
    is_to_be_deleted,
)
from .context import CheckAccount, CheckContext
from .sending_steps import CallStep, GroupStep, NightStep, ReplyStep, ScheduleStep
from .steps import KeyStep, ReportStep, SentListStep, Step, TextStep

_KINDS: Final[tuple[type[Step], ...]] = (
    KeyStep,
    TextStep,
    ReportStep,
    SentListStep,
    ScheduleStep,
    ReplyStep,
    CallStep,
    GroupStep,
    NightStep,
)
STEPS: Final[Mapping[CheckStep, type[Step]]] = {each.step: each for each in _KINDS}
# What a check is without anything that a person has to ask for.
MAIN_STEPS: Final = tuple(CheckStep)[: tuple(CheckStep).index(CheckStep.CALL)]
_LOOK: Final = "look"
_GUARDS: Final = (SUBENTRY_WATCHDOG, SUBENTRY_ALERT_PLAN)


class CheckManager:
    """Manager of the check; ``changed`` notifies of every step."""

    def __init__(self, account: CheckAccount, entry: ConfigEntry) -> None:
        """Do nothing before `async_start`."""
        self._account = account
        self._entry = entry
        self._context: CheckContext | None = None
        self._waiting: list[CheckStep] = []
        self._step: Step | None = None
        self._deadline = account.clock.now()
        self._finishes = False
        self._is_working = self._has_news = self._may_ask = False
        self._timers = KeyedTimers(account.hass, account.clock)
        self._tasks = BackgroundTasks(account.hass, entry, f"{DOMAIN} check")
        self._subscriptions = Subscriptions()
        self.changed: Listeners[None] = Listeners()

    @property
    def record(self) -> CheckRecord | None:
        """Return the record of the latest check."""
        return self._account.store.state.check

    @property
    def is_running(self) -> bool:
        """Return whether a check has begun and not ended, be it that a person thinks about its next step."""
        return self.record is not None and self.record.phase is CheckPhase.RUNNING

    @property
    def is_busy(self) -> bool:
        """Return whether a step is under way, or waits for its turn."""
        return self._step is not None or bool(self._waiting)

    @property
    def step(self) -> CheckStep | None:
        """Return the step that is under way."""
        return None if self._step is None else self._step.step

    @callback
    def async_start(self) -> None:
        """Record that a check was interrupted, if one was."""
        if self.record is not None and self.is_running:
            self._set_record(replace(self.record, phase=CheckPhase.INTERRUPTED))
        self._subscriptions.add(
            self._account.processor.async_on_change(self._async_hear),
            self._account.learner.changed.subscribe(lambda _fact: self._update_issue()),
        )
        self._update_issue()

    @callback
    def _update_issue(self) -> None:
        """Raise the issue of an account that guards something while nobody knows what its gateway does.

        It is one and the same for good: who ignores it is not told again. That of an account that guards nothing was
        raised at the end of its set-up, and is cleared like the others by what is known.
        """
        hass, facts = self._account.hass, self._account.store.state.facts
        if not any(facts.unknown(*ESSENTIAL_FACTS)):
            async_clear_issue(hass, self._entry, IssueType.ACCOUNT_UNPROVEN)
        elif any(each.subentry_type in _GUARDS for each in self._entry.subentries.values()):
            async_raise_issue(hass, self._entry, IssueType.ACCOUNT_UNPROVEN)

    @callback
    def async_stop(self) -> None:
        """Do no more; the next start says that the check was interrupted."""
        self._subscriptions.end()
        self._timers.stop()
        self._tasks.cancel()
        self._waiting.clear()
        self._step = None
        self.changed.notify(None)

    @callback
    def async_begin(self, number: str, group: str | None = None) -> None:
        """Begin a check of a person's number; raises a translated error if one is under way."""
        if self.is_running:
            raise operation_error("check_running")
        now = self._account.clock.now()
        self._context = CheckContext(account=self._account, number=number, group=group, started_at=now)
        last = None if self.record is None else self.record.finished_at
        self._set_record(CheckRecord(phase=CheckPhase.RUNNING, started_at=now, finished_at=last))

    @callback
    def async_run(self, steps: Sequence[CheckStep], *, and_finish: bool = False) -> None:
        """Run steps of the check that has begun, one by one."""
        self._waiting += steps
        self._finishes = and_finish
        self._wake()

    @callback
    def async_skip(self) -> None:
        """Wait no longer for the present step, which proves nothing."""
        self._end_step(self._step, failed=False)

    @callback
    def async_answer(self, *, reads_well: bool) -> None:
        """Record what a person says of the text of the SMS."""
        self._account.learner.learn(Fact.TEXT_INTACT, holds=reads_well, evidence=Evidence.PERSON)

    @callback
    def async_finish(self) -> None:
        """End the check: what was to be proven is."""
        self._end(CheckPhase.FINISHED)

    @callback
    def async_cancel(self) -> None:
        """End the check early."""
        self._end(CheckPhase.STOPPED)

    def _end(self, phase: CheckPhase) -> None:
        if self.record is None or not self.is_running:
            return
        self._waiting.clear()
        self._finishes = False
        self._step = self._context = None
        self._timers.cancel(_LOOK)
        finished_at = self._account.clock.now() if phase is CheckPhase.FINISHED else self.record.finished_at
        self._set_record(replace(self.record, phase=phase, finished_at=finished_at))
        self._account.clock.async_wake()
        self.async_look_over()

    def is_waiting(self) -> bool:
        """Return whether the gateway holds a message that is to be deleted, and no step deletes it."""
        return not self.is_busy and bool(self._left_behind())

    @callback
    def async_look_over(self) -> None:
        """Delete what a check has left at the gateway."""
        if self.is_waiting():
            self._tasks.create(self._async_tidy())

    def _left_behind(self) -> list[str]:
        scheduled = self._account.store.state.schedule.items
        return [key for key, each in scheduled.items() if is_to_be_deleted(each.reference)]

    async def _async_tidy(self) -> None:
        for message_id in self._left_behind():
            try:
                await self._account.schedule.async_delete(message_id)
            except SmsmodeError as err:
                LOGGER.debug("A message of a check may be left at the gateway: %s", type(err).__name__)

    @callback
    def _async_hear(self) -> None:
        """Let the present step conclude from what was received just now, without asking the gateway."""
        if self._step is not None:
            self._wake(ask=False)

    @callback
    def _wake(self, *, ask: bool = True) -> None:
        """Go on; one piece of work at a time."""
        self._has_news = True
        self._may_ask |= ask
        if not self._is_working:
            self._is_working = True
            self._tasks.create(self._async_work())

    async def _async_work(self) -> None:
        try:
            while self._has_news:
                self._has_news, ask, self._may_ask = False, self._may_ask, False
                await self._async_advance(ask=ask)
        finally:
            self._is_working = False

    async def _async_advance(self, *, ask: bool) -> None:
        """Do what is next: begin a step, look what has come of it, draw the conclusion, or end the check."""
        if self._step is not None:
            await self._async_look(self._step, ask=ask)
        elif self._waiting and self._context is not None:
            await self._async_begin_step(STEPS[self._waiting.pop(0)](self._context))
        elif self._finishes:
            self.async_finish()
        else:
            self.changed.notify(None)

    async def _async_begin_step(self, step: Step) -> None:
        self._step, self._deadline = step, self._account.clock.now() + step.timeout
        self.changed.notify(None)
        with self._ending_if_it_fails(step):
            await step.async_begin()
        self._wake()

    async def _async_look(self, step: Step, *, ask: bool) -> None:
        now, is_done = self._account.clock.now(), False
        with self._ending_if_it_fails(step):
            is_done = await (step.async_look() if ask else step.async_hear())
            if not is_done and now >= self._deadline:
                await step.async_expire()
                is_done = True
        if is_done:
            self._end_step(step, failed=False)
        elif self._step is step:
            self._timers.set(_LOOK, now + step.interval, self._wake)

    @contextmanager
    def _ending_if_it_fails(self, step: Step) -> Iterator[None]:
        """End a step that raises an error, and go on with the next one."""
        try:
            yield
        except (SmsmodeError, HomeAssistantError) as err:
            LOGGER.warning("A step of the check of %s failed: %s", self._entry.title, type(err).__name__)
            self._end_step(step, failed=True)

    def _end_step(self, step: Step | None, *, failed: bool) -> None:
        """Record that a step is over, unless a person has ended it before. Without a key the others prove nothing."""
        if step is None or self._step is not step or self.record is None:
            return
        self._step = None
        self._timers.cancel(_LOOK)
        if failed:
            if step.step is CheckStep.KEY:
                self._waiting.clear()
            self._set_record(replace(self.record, failed=(*self.record.failed, step.step)))
        else:
            self._set_record(replace(self.record, done=(*self.record.done, step.step)))
        self._wake()

    def _set_record(self, record: CheckRecord) -> None:
        self._account.store.state.check = record
        self._account.processor.async_changed()
        self.changed.notify(None)
