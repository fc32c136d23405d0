"""Changes of the wall clock: everything that is remembered with a time goes with it."""

from datetime import timedelta

from ..api import GatewayClock
from ..helpers.clock import Clock
from .deadlines import account_deadlines, bound_deadlines
from .store import AccountStore


def follow_clock(clock: Clock, store: AccountStore, gateway_clock: GatewayClock) -> None:
    """Have the deadlines go with the clock when it is set; those read from the disk are known from now on."""
    deadlines, began_at = account_deadlines(store.state), clock.now()
    deadlines.correct_outbox(store.state.outbox, clock.now())

    def follow(by: timedelta) -> None:
        nonlocal began_at
        if gateway_clock.agrees:
            deadlines.adopt()
        deadlines.shift(by)
        store.state.message_log.shift(by, began_at, clock.now() - by)
        store.state.text_archive.shift(by, began_at)
        began_at += by
        gateway_clock.shift(by)
        deadlines.correct_outbox(store.state.outbox, clock.now())
        bound_deadlines(store.state, clock.now())
        store.async_save_soon()

    clock.was_set.subscribe(follow)
