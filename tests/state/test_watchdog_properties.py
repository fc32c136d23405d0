"""The watchdog as a pure state machine: never two for longer than a moment, never none while armed."""

from datetime import datetime, timedelta
from typing import override

import pytest
from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import json_loads_object
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from custom_components.smsmode.state.serialization import decode, encode_copy
from custom_components.smsmode.state.watchdog import (
    RETRY_DELAY,
    Action,
    HeldMessage,
    WatchdogState,
    scheduled_send_time,
)
from tests.support.watchdog_states import CHECK, NOW, PERIOD, held


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations() -> None:
    """No Home Assistant runs here."""


class Storm(RuleBasedStateMachine):
    """A watchdog, a gateway that keeps what it is given, and a house that falls at any moment.

    ``scheduled`` is what the gateway holds: by its own, true clock. What the house believes may be behind, never ahead.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.watch = WatchdogState()
        self.scheduled: dict[str, datetime] = {}
        self.gone_off: list[str] = []
        self.taken: HeldMessage | None = None
        self.serial = 0
        self.was_alive = False

    @initialize()
    def begin(self) -> None:
        self.watch.arm()

    @rule(minutes=st.integers(0, 90))
    def time_goes_by(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        for message_id, leaves_at in list(self.scheduled.items()):
            if leaves_at <= self.now:
                del self.scheduled[message_id]
                self.gone_off.append(message_id)

    @rule()
    def the_house_falls_and_stands_again(self) -> None:
        self.watch = decode(WatchdogState, json_loads_object(json_bytes(encode_copy(self.watch))))
        self.watch.act_now(self.now)

    @precondition(lambda self: self.watch.pending_send_at is None and self._step() is Action.RENEW)
    @rule(arrives=st.booleans(), answer=st.sampled_from(["heard", "lost"]))
    def push(self, *, arrives: bool, answer: str) -> None:
        self.serial += 1
        leaves_at = scheduled_send_time(self.now, PERIOD)
        self.watch.begin_renewal(leaves_at)
        if arrives:
            self.taken = held(f"M{self.serial}", leaves_at)
            self.scheduled[self.taken.message_id] = leaves_at
        if answer == "heard":
            self._settle()

    @precondition(lambda self: self.watch.pending_send_at is not None)
    @rule()
    def the_list_tells(self) -> None:
        self._settle()

    def _settle(self) -> None:
        if self.taken is not None:
            self.watch.record_accepted(self.taken, self.now, CHECK)
            self.was_alive = True
        else:
            self.watch.record_failed_renewal(self.now)
        self.taken = None

    @precondition(lambda self: self._step() is Action.DELETE)
    @rule(acts=st.booleans(), heard=st.booleans())
    def delete(self, *, acts: bool, heard: bool) -> None:
        doomed = self.watch.to_delete[0]
        if doomed.may_have_been_sent(self.now) and doomed.message_id in self.gone_off:
            self.watch.record_sent(doomed)
            return
        if acts:
            self.scheduled.pop(doomed.message_id, None)
        if acts and heard:
            self.watch.record_deletion(doomed)
        else:
            self.watch.record_failed_deletion(self.now)

    @rule()
    def somebody_throws_the_switch(self) -> None:
        if self.watch.armed:
            self.watch.disarm()
        else:
            self.watch.arm()
        self.was_alive = False

    def _step(self) -> Action:
        return self.watch.next_action(self.now, CHECK)

    @invariant()
    def never_more_than_two(self) -> None:
        assert len(self.scheduled) <= 2

    @invariant()
    def never_none_while_armed_unless_silence_has_sent_it(self) -> None:
        alive = self.watch.armed_message
        if self.watch.armed and alive is not None:
            assert alive.message_id in self.scheduled or alive.message_id in self.gone_off

    @invariant()
    def what_the_gateway_has_is_known(self) -> None:
        known = {each.message_id for each in self.watch.held_messages()}
        known |= {self.taken.message_id} if self.taken else set()
        assert set(self.scheduled) <= known

    @invariant()
    def off_means_that_nothing_is_left(self) -> None:
        if self.watch.is_off:
            assert not self.scheduled

    @override
    def teardown(self) -> None:
        """However it went: a house that lives on has one in the end, and one that is switched off none."""
        if self.watch.pending_send_at is not None:
            self._settle()
        for _ in range(20):
            self.now += RETRY_DELAY
            step = self._step()
            if step is Action.RENEW:
                self.push(arrives=True, answer="heard")
            elif step is Action.DELETE:
                self.delete(acts=True, heard=True)
            self.time_goes_by(0)
        assert len(self.scheduled) == int(self.watch.armed)


TestStorm = Storm.TestCase
TestStorm.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
