"""Manager of alert plans: raises them, knows how far each is, and ends them when an entity says that the cause is over.

What an entity says when a plan is raised, or when Home Assistant starts, ends nothing: else a plan that is raised by
its button to try it would end at once, and so would an alarm because of a sensor that begins with a wrong state. Only
who was seen in another state since can say that the cause is over; unavailable and unknown are no states of that kind.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from ..config.alert_plans import NO_STATES, AlertPlan, OverWhen, alert_plan_of
from ..config.options import AccountOptions
from ..config.recipients import Recipients
from ..const import DOMAIN, SUBENTRY_ALERT_PLAN
from ..errors import validation_error
from ..helpers.listeners import Listeners, Subscriptions
from ..helpers.repair_issues import IssueType, async_clear_issues, async_raise_issue
from ..helpers.tasks import BackgroundTasks
from ..state.alert_phases import AlertPhase, PlanEnd
from ..state.alerts import Alert
from ..state.store import AccountStore
from .alert_manager import AlertManager
from .alert_notifier import AlertEvent
from .alert_starter import AlertStarter, StartedAlert

# The translation key of an alert that is refused for its cost.
_TOO_LARGE = "alert_too_large"


class AlertPlanManager:
    """Manager of the plans of one account; ``changed`` notifies of the id of each plan whose alert has changed."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        options: AccountOptions,
        recipients: Recipients,
        store: AccountStore,
        alerts: AlertManager,
    ) -> None:
        """Read the plans, and do nothing before `async_start`."""
        self._hass = hass
        self._recipients = recipients
        self._store = store
        self._ends = store.state.plan_ends
        self._alerts = alerts
        self.starter = AlertStarter(hass, entry, options, recipients, alerts)
        plans = map(alert_plan_of, entry.get_subentries_of_type(SUBENTRY_ALERT_PLAN))
        self.plans = {plan.subentry_id: plan for plan in plans}
        self.changed: Listeners[str] = Listeners()
        self._entry = entry
        self._subscriptions = Subscriptions()
        self._tasks = BackgroundTasks(hass, entry, f"{DOMAIN} plans")
        # The plans whose entity was seen in a state in which the cause lasts.
        self._lasting: set[str] = set()

    @callback
    def async_start(self) -> None:
        """Follow the alerts of the plans, and forget the ends of those that are no more."""
        for plan_id in self._ends.keys() - self.plans:
            del self._ends[plan_id]
            self._store.async_save_soon()
        self._subscriptions.add(self._alerts.notifier.changed.subscribe(self._async_handle_alert))

    @callback
    def async_begin(self) -> None:
        """Follow the entities: Home Assistant has started."""
        entities = {plan.over_when.entity_id for plan in self.plans.values() if plan.over_when}
        for plan in self.plans.values():
            self._look_at_entity(plan)
        self._tasks.create(self._async_check_costs())
        if entities:
            self._subscriptions.add(async_track_state_change_event(self._hass, entities, self._async_handle_entity))

    @callback
    def async_stop(self) -> None:
        """Stop; alerts go on at the next start."""
        self._subscriptions.end()
        self._tasks.cancel()

    async def _async_check_costs(self) -> None:
        """Raise an issue of each plan that would be refused for what it could cost, which YAML is not asked for."""
        async_clear_issues(self._hass, self._entry, IssueType.PLAN_TOO_LARGE)
        for plan in list(self.plans.values()):
            try:
                await self.starter.async_preview(self.fields(plan.subentry_id, {}))
            except HomeAssistantError as err:
                if err.translation_key == _TOO_LARGE:
                    self._tell_too_large(plan, **(err.translation_placeholders or {}))

    def _tell_too_large(self, plan: AlertPlan, cost: str, limit: str) -> None:
        plan_id, name = plan.subentry_id, plan.name
        async_raise_issue(self._hass, self._entry, IssueType.PLAN_TOO_LARGE, plan_id, plan=name, cost=cost, limit=limit)

    def alert(self, plan_id: str) -> Alert | None:
        """Return the alert of a plan that runs, or the latest if nobody acted on it and it still listens."""
        alert, end = self._alerts.alerts.find_of_plan(plan_id), self.end(plan_id)
        # One that only listens may be older than the latest, which somebody took.
        return alert if end is None or end.phase is AlertPhase.EXHAUSTED else None

    def unresolved(self, plan_id: str) -> Alert | None:
        """Return the alert of a plan whose cause can be over: it runs or listens, or has an all-clear to send."""
        return self._alerts.alerts.find_unresolved_of_plan(plan_id)

    def running(self, plan_id: str) -> Alert | None:
        """Return the alert of a plan that runs."""
        return self._alerts.alerts.get_of_plan(plan_id)

    def end(self, plan_id: str) -> PlanEnd | None:
        """Return how the latest alert of a plan ended, None while one runs and before the first."""
        return self._ends.get(plan_id)

    def names(self, alert: Alert) -> list[str]:
        """Return the names of whoever is reached by the current step of an alert."""
        return [self._alerts.notifier.name_of(target) for target in alert.targets]

    async def async_raise(
        self, plan_id: str, origin: str | None, changes: Mapping[str, Any] = MappingProxyType({})
    ) -> StartedAlert:
        """Raise a plan, with other fields than its own where they are given. Raises a translated error."""
        if self.running(plan_id) is None:
            self._look_at_entity(self.plans[plan_id])
        return await self.starter.async_start(self.fields(plan_id, changes), origin, plan_id)

    def fields(self, plan_id: str, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields of an alert of a plan."""
        return {**self.plans[plan_id].fields_for(self._hass, self._recipients), **changes}

    async def async_acknowledge(self, plan_id: str, user_id: str | None) -> None:
        """Acknowledge the alert of a plan as the person of a user. Raises a translated error if there is none."""
        alert = self.alert(plan_id)
        if alert is None:
            raise self._idle(plan_id)
        await self._alerts.async_acknowledge_by_user(alert, user_id)

    @callback
    def async_cancel(self, plan_id: str) -> None:
        """Cancel the alert of a plan; nobody is notified. Raises a translated error if there is none to end."""
        alert = self.unresolved(plan_id)
        if alert is None:
            raise self._idle(plan_id)
        self._alerts.async_cancel(alert)

    def _idle(self, plan_id: str) -> ServiceValidationError:
        return validation_error("plan_idle", plan=self.plans[plan_id].name)

    @callback
    def _async_handle_alert(self, event: AlertEvent) -> None:
        """Keep how an alert ended; one that begins makes an end out of date."""
        plan_id = event.alert.plan_id
        if plan_id is None or plan_id not in self.plans:
            return
        if self.running(plan_id) is not None:
            self._ends.pop(plan_id, None)
        else:
            self._ends[plan_id] = PlanEnd(
                phase=event.state, at=dt_util.utcnow(), reason=event.reason, acknowledged_by=event.acknowledged_by
            )
        self._store.async_save_soon()
        self.changed.notify(plan_id)

    @callback
    def _async_handle_entity(self, event: Event[EventStateChangedData]) -> None:
        for plan in self.plans.values():
            if plan.over_when is not None and plan.over_when.entity_id == event.data["entity_id"]:
                self._handle_state(plan, plan.over_when, event.data["new_state"])

    def _handle_state(self, plan: AlertPlan, over: OverWhen, state: State | None) -> None:
        if state is None or state.state in NO_STATES:
            return
        if state.state != over.state:
            self._lasting.add(plan.subentry_id)
        elif plan.subentry_id in self._lasting:
            self._lasting.discard(plan.subentry_id)
            if (alert := self.unresolved(plan.subentry_id)) is not None:
                self._alerts.async_resolve(alert, None)

    def _look_at_entity(self, plan: AlertPlan) -> None:
        """Begin anew to watch for the end of the cause."""
        self._lasting.discard(plan.subentry_id)
        if plan.over_when is not None:
            self._handle_state(plan, plan.over_when, self._hass.states.get(plan.over_when.entity_id))
