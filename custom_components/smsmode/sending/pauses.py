"""Manager of pauses: recipients to whom nothing is sent for a while but what is urgent."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant, callback

from ..config.recipients import PAUSED, Failure, Recipient, Recipients, Resolved
from ..helpers.clock import Clock, KeyedTimers
from ..helpers.listeners import Listeners
from ..helpers.targets import group_target
from ..state.pauses import Pause
from ..state.store import AccountStore


class PauseManager:
    """Manager of the pauses of one account; ``changed`` notifies of the id of each recipient that is concerned."""

    def __init__(self, hass: HomeAssistant, store: AccountStore, recipients: Recipients, clock: Clock) -> None:
        """Do nothing before `async_start`."""
        self._store = store
        self._pauses = store.state.pauses
        self._recipients = recipients
        self._clock = clock
        self._timers = KeyedTimers(hass, clock)
        self.changed: Listeners[str] = Listeners()

    @callback
    def async_start(self) -> None:
        """Forget the pauses of recipients that are no more, and wait for the ends of the others."""
        for subentry_id in self._pauses.keys() - {recipient.subentry_id for recipient in self._recipients.all}:
            del self._pauses[subentry_id]
            self._store.async_save_soon()
        self.async_look_over()

    @callback
    def async_stop(self) -> None:
        """Stop; pauses go on at the next start."""
        self._timers.stop()

    def is_waiting(self) -> bool:
        """Return whether any pause has an end."""
        return any(pause.until is not None for pause in self._pauses.values())

    @callback
    def async_look_over(self) -> None:
        """End what is over, and set the timers of the others anew."""
        for subentry_id in list(self._pauses):
            self._look_at(subentry_id)

    def find(self, subentry_id: str) -> Pause | None:
        """Return the pause of a recipient that is paused now."""
        pause = self._pauses.get(subentry_id)
        return pause if pause is not None and pause.covers(self._clock.now()) else None

    @callback
    def async_pause(self, subentry_id: str, duration: timedelta | None = None) -> Pause:
        """Pause a recipient, for as long as is said or until `async_resume`; it replaces a pause that lasts."""
        until = None if duration is None else self._clock.now() + duration
        self._pauses[subentry_id] = pause = Pause(until=until, duration=duration)
        self._changed(subentry_id)
        self._look_at(subentry_id)
        return pause

    @callback
    def async_resume(self, subentry_id: str) -> None:
        """End the pause of a recipient, if there is one."""
        self._timers.cancel(subentry_id)
        if self._pauses.pop(subentry_id, None) is not None:
            self._changed(subentry_id)

    def find_paused(self, targets: Iterable[str], moment: datetime | None = None) -> dict[str, Failure]:
        """Return those of some numbers and groups whose recipients are paused then, or now; each with its name."""
        if not self._pauses:
            return {}
        at = moment or self._clock.now()
        found = ((target, self._recipients.find_by_target(target)) for target in targets)
        return {
            target: Failure(recipient.name, PAUSED)
            for target, recipient in found
            if recipient is not None and self._is_paused(recipient, at)
        }

    def leave_out(self, resolved: Resolved, moment: datetime | None) -> Resolved:
        """Return resolved targets without those that are paused, which are failures."""
        paused = self.find_paused(resolved.targets, moment)
        if not paused:
            return resolved
        return replace(
            resolved,
            numbers=tuple(number for number in resolved.numbers if number not in paused),
            groups=tuple(group for group in resolved.groups if group_target(group) not in paused),
            failures=(*resolved.failures, *paused.values()),
        )

    def _is_paused(self, recipient: Recipient, moment: datetime) -> bool:
        pause = self._pauses.get(recipient.subentry_id)
        return pause is not None and pause.covers(moment)

    def _look_at(self, subentry_id: str) -> None:
        """Wait for the end of a pause, if it has one."""
        until = self._pauses[subentry_id].until
        if until is None:
            self._timers.cancel(subentry_id)
            return
        self._timers.set(subentry_id, until, lambda: self.async_resume(subentry_id))
        self._clock.async_wake()

    def _changed(self, subentry_id: str) -> None:
        self._store.async_save_soon()
        self.changed.notify(subentry_id)
