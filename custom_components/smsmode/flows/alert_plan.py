"""Subentry flow of an alert plan: one form, the state in which its cause is over, and what all of it comes to."""

from decimal import Decimal
from typing import Any, Final

from homeassistant.components.notify import DOMAIN as NOTIFY_DOMAIN
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_ENTITY_ID, CONF_STATE
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from ..config.alert_fields import recipients_of, with_recipients
from ..config.alert_plans import MAX_PLANS, NO_STATES, AlertPlan, PlanError, as_data, canonical_target, read_plan
from ..config.countries import country_name
from ..config.options import AccountOptions, read_settings
from ..config.phone_numbers import NumberProblem
from ..config.recipients import Recipients
from ..config.yaml_subentries import is_of_yaml
from ..const import CONF_MESSAGE, CONF_OVER_WHEN, CONF_STEPS, DOMAIN, SUBENTRY_ALERT_PLAN
from ..conversations.alert_builder import AlertBuilder, BuiltAlert
from ..conversations.alert_targets import NOT_NOTIFIER, UNKNOWN_SCRIPT
from ..conversations.answers import AnswerProblem
from ..helpers.error_sentences import async_error_sentence
from ..helpers.sms_texts import ALERT_TAKEN, localized
from ..runtime import SmsmodeConfigEntry
from ..state.account_facts import Fact
from .alert_plan_form import (
    CONF_CAMERA,
    CONF_TELL_OTHERS,
    SECTION_ANSWERS,
    SECTION_END,
    as_form,
    as_written,
    form_schema,
    state_schema,
)
from .alert_plan_summary import PlanCircumstances, async_summarize
from .folding import with_unfolded

type Input = dict[str, Any] | None

# What is wrong with a number, or is not there; whoever cannot reply or be called is only warned about.
_REFUSED: Final = {*NumberProblem, NOT_NOTIFIER, UNKNOWN_SCRIPT}
_OF_STEPS: Final = {"alert_too_large", "no_recipients", "reply_abroad", "reply_group"}


class RefusedPlanError(PlanError):
    """A plan whose alert would be refused, with the sentence that says why."""

    def __init__(self, field: str, reason: str) -> None:
        """Store the sentence."""
        super().__init__(field, "not_possible")
        self.reason = reason


class AlertPlanFlow(ConfigSubentryFlow):
    """What YAML describes is changed there."""

    _filled_in: dict[str, Any]
    _title: str
    _data: dict[str, Any]
    _built: BuiltAlert

    async def async_step_user(self, user_input: Input = None) -> SubentryFlowResult:
        """Add a plan."""
        if not self._recipients.all:
            return self.async_abort(reason="no_recipients")
        if len(self._others()) >= MAX_PLANS:
            return self.async_abort(reason="too_many")
        if user_input is None:
            taken = localized(ALERT_TAKEN, self.hass.config.language)
            return self._show("user", {SECTION_ANSWERS: {CONF_TELL_OTHERS: taken}})
        return await self._async_check_form("user", user_input)

    async def async_step_reconfigure(self, user_input: Input = None) -> SubentryFlowResult:
        """Edit a plan; an alert of it that runs stays as it is."""
        subentry = self._get_reconfigure_subentry()
        if is_of_yaml(subentry):
            return self.async_abort(reason="managed_by_yaml")
        if user_input is None:
            return self._show("reconfigure", as_form(subentry.title, subentry.data, self._entities()))
        return await self._async_check_form("reconfigure", user_input)

    async def _async_check_form(self, step_id: str, user_input: dict[str, Any]) -> SubentryFlowResult:
        """Go on with what was filled in, or show what is wrong with it."""
        self._filled_in = user_input
        try:
            await self._async_read(user_input)
        except RefusedPlanError as err:
            return self._show(step_id, user_input, {err.field: err.problem}, err.reason)
        except PlanError as err:
            return self._show(step_id, user_input, {err.field: err.problem})
        if CONF_ENTITY_ID in user_input[SECTION_END]:
            return await self.async_step_over_when()
        return await self._async_summarize()

    async def async_step_over_when(self, user_input: Input = None) -> SubentryFlowResult:
        """Ask for the state in which the cause is over."""
        entity_id = self._filled_in[SECTION_END][CONF_ENTITY_ID]
        errors = {}
        if user_input is not None:
            if state := user_input[CONF_STATE].strip():
                self._data[CONF_OVER_WHEN] = {CONF_ENTITY_ID: entity_id, CONF_STATE: state}
                return await self._async_summarize()
            errors = {CONF_STATE: "state_missing"}
        entity = self.hass.states.get(entity_id)
        # Whoever makes a plan has no alarm now.
        present = {CONF_STATE: entity.state} if entity and entity.state not in NO_STATES else {}
        schema = state_schema(entity_id)
        return self.async_show_form(
            step_id="over_when",
            data_schema=self.add_suggested_values_to_schema(schema, self._data.get(CONF_OVER_WHEN, present)),
            errors=errors,
            description_placeholders={"entity": entity.name if entity else entity_id},
        )

    async def _async_summarize(self) -> SubentryFlowResult:
        is_edited = self.source == SOURCE_RECONFIGURE
        return await (self.async_step_check_changes() if is_edited else self.async_step_check())

    async def async_step_check(self, _user_input: Input = None) -> SubentryFlowResult:
        """Show what a new plan comes to."""
        return await self._async_show_summary("check", "add")

    async def async_step_check_changes(self, _user_input: Input = None) -> SubentryFlowResult:
        """Show what a changed plan comes to."""
        return await self._async_show_summary("check_changes", "save")

    async def _async_show_summary(self, step_id: str, go_on: str) -> SubentryFlowResult:
        return self.async_show_menu(
            step_id=step_id,
            menu_options=[go_on, "correct"],
            description_placeholders={
                "name": self._title,
                "summary": await async_summarize(self.hass, self._built, self._circumstances()),
            },
        )

    async def async_step_add(self, _user_input: Input = None) -> SubentryFlowResult:
        """Add the plan."""
        return self.async_create_entry(title=self._title, data=self._data)

    async def async_step_save(self, _user_input: Input = None) -> SubentryFlowResult:
        """Keep what was changed."""
        return self.async_update_and_abort(
            self._get_entry(),
            self._get_reconfigure_subentry(),
            title=self._title,
            data=self._data,
            # Home Assistant's own word for it is English in a French house.
            reason="reconfigure_successful",
        )

    async def async_step_correct(self, _user_input: Input = None) -> SubentryFlowResult:
        """Show the form again, as it was filled in."""
        return self._show("reconfigure" if self.source == SOURCE_RECONFIGURE else "user", self._filled_in)

    async def _async_read(self, user_input: dict[str, Any]) -> None:
        """Check what was filled in, and keep it. Raises PlanError."""
        recipients, settings = self._recipients, self._settings
        kept = self._get_reconfigure_subentry().data if self.source == SOURCE_RECONFIGURE else {}
        ids = {entity_id: subentry_id for subentry_id, entity_id in self._entities().items()}
        title, fields = read_plan(as_written(user_input, ids, kept), [other.title for other in self._others()])
        fields[CONF_STEPS] = [
            with_recipients(step, [canonical_target(each, recipients, settings.region) for each in recipients_of(step)])
            for step in fields[CONF_STEPS]
        ]
        plan = AlertPlan(subentry_id="", name=title, fields=fields, over_when=None)
        self._built = await self._async_build(plan.fields_for(self.hass, recipients), recipients, settings)
        self._title, self._data = title, as_data(fields)

    async def _async_build(
        self, fields: dict[str, Any], recipients: Recipients, settings: AccountOptions
    ) -> BuiltAlert:
        """Return the alert that the plan would raise. Raises PlanError."""
        builder = AlertBuilder(self.hass, self._get_entry(), settings, recipients)
        try:
            built = builder.build(fields, None)
        except HomeAssistantError as err:
            reason = await async_error_sentence(self.hass, err, self.hass.config.language)
            raise RefusedPlanError(_field_of(err.translation_key), reason) from None
        for failure in built.failures:
            if failure.reason in _REFUSED:
                raise PlanError(CONF_STEPS, failure.reason)
        if built.obstacle is not None:
            is_of_camera = built.alert.camera is not None
            field, key = (CONF_CAMERA, f"camera_{built.obstacle}") if is_of_camera else (CONF_STEPS, built.obstacle)
            raise PlanError(field, key)
        return built

    def _others(self) -> list[ConfigSubentry]:
        own_id = self._get_reconfigure_subentry().subentry_id if self.source == SOURCE_RECONFIGURE else None
        plans = self._get_entry().get_subentries_of_type(SUBENTRY_ALERT_PLAN)
        return [plan for plan in plans if plan.subentry_id != own_id]

    @property
    def _settings(self) -> AccountOptions:
        return read_settings(self.hass, self._get_entry())

    @property
    def _recipients(self) -> Recipients:
        return Recipients(self.hass, self._get_entry(), self._settings.region)

    def _entities(self) -> dict[str, str]:
        """Return the notify entities of the recipients and of their groups, by the ids of these."""
        recipients, registry = self._recipients, er.async_get(self.hass)
        ids = [each.subentry_id for each in recipients.all] + [each.subentry_id for each in recipients.groups]
        owner = self._get_entry().entry_id
        found = {each: registry.async_get_entity_id(NOTIFY_DOMAIN, DOMAIN, f"{owner}_{each}_notify") for each in ids}
        return {subentry_id: entity_id for subentry_id, entity_id in found.items() if entity_id is not None}

    def _circumstances(self) -> PlanCircumstances:
        """Return what is known of the account, which may not be loaded."""
        entry: SmsmodeConfigEntry = self._get_entry()
        price = self._settings.credit_price
        if entry.state is not ConfigEntryState.LOADED:
            return PlanCircumstances(credit_price=price)
        account = entry.runtime_data
        reading = account.store.state.balance
        targets = [target for step in self._built.alert.steps for target in step.targets]
        return PlanCircumstances(
            balance=None if reading is None else Decimal(reading.credits),
            paused=tuple(failure.target for failure in account.pauses.find_paused(targets).values()),
            credit_price=price,
            is_proven=account.store.state.facts.is_proven(Fact.REPORTS_COME, Fact.NIGHT_DELIVERY),
        )

    def _show(
        self, step_id: str, filled_in: dict[str, Any], errors: dict[str, str] | None = None, reason: str = ""
    ) -> SubentryFlowResult:
        unfolded = [name for name in (SECTION_END, SECTION_ANSWERS) if name in (errors or {})]
        if CONF_ENTITY_ID in filled_in.get(SECTION_END, {}):
            unfolded.append(SECTION_END)
        schema = with_unfolded(form_schema(self._entities().values()), unfolded)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, filled_in),
            errors=errors,
            description_placeholders={
                "reason": reason,
                "region": country_name(self._settings.region, self.hass.config.language),
            },
        )


def _field_of(key: str | None) -> str:
    """Return the field that an error of the builder is about."""
    if key in set(AnswerProblem):
        return SECTION_ANSWERS
    return CONF_STEPS if key in _OF_STEPS or (key or "").startswith("target") else CONF_MESSAGE
